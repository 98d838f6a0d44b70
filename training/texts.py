"""From chats to rows of tokens: the model's own template, a mask over the assistant's words, packing."""

import random
from dataclasses import dataclass, field

from worker import Refused


@dataclass
class Example:
    tokens: list
    # Whether a token is an answer's: only those count towards the loss.
    answer: list
    # Tokens that did not fit.
    cut: int = 0
    # What a teacher finds likely at each of the answers' tokens; None where it was not asked.
    likely: list | None = None


@dataclass
class Row:
    tokens: list
    answer: list
    # Of which text of the row a token is, and its place in it.
    text: list
    place: list
    # Of each answer's token, as above; empty where nothing is known.
    likely: list = field(default_factory=list)


class Writer:
    """Writes chats down as they are served."""

    def __init__(self, tokenizer, opening=()):
        """`opening`: tokens that begin every text, where the template does not write them."""
        if tokenizer.chat_template is None:
            raise Refused("training_no_template")
        self.tokenizer = tokenizer
        self.opening = list(opening)
        added = [str(one) for one in tokenizer.added_tokens_decoder.values()]
        # Longest first, so that none is left of another.
        self.controls = sorted({*tokenizer.all_special_tokens, *added} - {""}, key=len, reverse=True)

    def plain(self, text):
        """No text of a person is a control token, as in a chat."""
        for control in self.controls:
            text = text.replace(control, "")
        return text

    def render(self, messages, opened=False):
        try:
            return self.tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=opened
            )
        except Exception as error:
            raise Refused("training_template", detail=str(error)[:200]) from error

    def spans(self, messages, whole):
        """Where answers stand: what a message adds to the prompt that is written before it."""
        found = []
        for at, message in enumerate(messages):
            # One of weight 0 is read and not learned, as in OpenAI's files.
            if message["role"] != "assistant" or message.get("weight") == 0:
                continue
            before = self.render(messages[:at], opened=True)
            after = self.render(messages[: at + 1])
            if after.startswith(before) and whole.startswith(after):
                # The mark that ends an answer is learned, the line break behind it is not.
                found.append((len(before), len(after.rstrip())))
            elif at == len(messages) - 1:
                # The template opens answers otherwise than it writes them (an empty thought).
                raise Refused("training_template", detail="answer")
        return found

    def example(self, messages, limit):
        messages = [{**one, "content": self.plain(one["content"])} for one in messages]
        whole = self.render(messages)
        spans = self.spans(messages, whole)
        encoded = self.tokenizer(whole, add_special_tokens=False, return_offsets_mapping=True)
        tokens, offsets = encoded["input_ids"], encoded["offset_mapping"]
        answer = [any(a < end and b > start for start, end in spans) for a, b in offsets]
        if self.opening and tokens[: len(self.opening)] != self.opening:
            tokens, answer = self.opening + tokens, [False] * len(self.opening) + answer
        cut = max(0, len(tokens) - limit)
        return Example(tokens[:limit], answer[:limit], cut)


def pack(examples, length, seed=None):
    """Rows of whole texts, first fit; the order of rows is by chance where there is a seed."""
    order = sorted(range(len(examples)), key=lambda at: -len(examples[at].tokens))
    chance = random.Random(seed)
    if seed is not None:
        # Texts of about a length change places, so that each epoch has other neighbours.
        order.sort(key=lambda at: -(len(examples[at].tokens) // 16) + chance.random() / 2)
    rows = []
    for at in order:
        example = examples[at]
        row = next((one for one in rows if len(one.tokens) + len(example.tokens) <= length), None)
        if row is None:
            row = Row([], [], [], [])
            rows.append(row)
        text = row.text[-1] + 1 if row.text else 0
        # The first token of a text is foretold by nothing.
        row.answer += [False, *example.answer[1:]]
        row.likely += example.likely or [None] * sum(example.answer[1:])
        row.tokens += example.tokens
        row.text += [text] * len(example.tokens)
        row.place += range(len(example.tokens))
    if seed is not None:
        chance.shuffle(rows)
    return rows
