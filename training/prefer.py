"""
Learning from judgements: DPO from pairs of answers, KTO from answers that were good or bad alone.

Sources: Rafailov et al., "Direct Preference Optimization", 2023 (arXiv 2305.18290), equation 7;
Ethayarajh et al., "KTO: Model Alignment as Prospect Theoretic Optimization", 2024 (arXiv 2402.01306),
section 4. The reference is the base itself: the same model without the adapter.
"""

import random
from collections import deque
from dataclasses import dataclass

import torch
from torch.nn.functional import cross_entropy, logsigmoid

from texts import Row

# Of the mean that stands for the divergence from the base (KTO's z): as many as a batch has in the paper.
RECENT = 32


@dataclass
class Judged:
    """One answer, or the better and the worse one of a pair, each a text of its own in the row."""

    row: Row
    good: bool = True
    # The answer of another question, which tells how far the model has moved at all.
    other: Row | None = None
    # What the base finds each text's answer likely, in nats: filled once.
    base: list | None = None
    base_other: float = 0.0

    @property
    def pair(self):
        return self.row.text[-1] == 1


def row_of(examples):
    row = Row([], [], [], [])
    for at, one in enumerate(examples):
        row.answer += [False, *one.answer[1:]]
        row.tokens += one.tokens
        row.text += [at] * len(one.tokens)
        row.place += range(len(one.tokens))
    return row


def last_alone(messages):
    """Only the last answer was judged."""
    return [{**one, "weight": 0} for one in messages[:-1]] + [{**messages[-1], "weight": 1}]


class Preferences:
    """The data of a run and its loss, in the place of `Answers`."""

    def __init__(self, base, writer, chats, held, settings, method):
        self.base, self.method, self.beta = base, method, settings["beta"]
        self.writer, self.limit = writer, settings["length"]
        self.cut = self.tokens = self.answers = 0
        self.learned = self.judged(chats)
        self.held = self.judged(held)
        good = sum(one.good for one in self.learned)
        bad = len(self.learned) - good
        # Both kinds count alike, however many there are of each.
        both = good > 0 and bad > 0
        self.weights = {True: (good + bad) / (2 * good) if both else 1.0,
                        False: (good + bad) / (2 * bad) if both else 1.0}
        self.moved = deque(maxlen=RECENT)

    def example(self, messages):
        one = self.writer.example(last_alone(messages), self.limit)
        return one if any(one.answer[1:]) else None

    def judged(self, chats):
        found, texts = [], []
        for chat in chats:
            messages = chat["messages"]
            one = self.example(messages)
            rejected = chat.get("rejected")
            other = rejected and self.example(
                [*messages[:-1], {"role": "assistant", "content": rejected}]
            )
            if one is None or (rejected and other is None):
                self.cut += 1
                continue
            self.tokens += len(one.tokens) + (len(other.tokens) if other else 0)
            self.answers += sum(one.answer) + (sum(other.answer) if other else 0)
            if self.method == "dpo":
                found.append(Judged(row_of([one, other])))
                continue
            found.append(Judged(row_of([one]), good=not chat.get("bad")))
            texts.append(messages)
            if other:
                found.append(Judged(row_of([other]), good=False))
                texts.append(messages)
        if self.method == "kto":
            for at, one in enumerate(found):
                foreign = texts[(at + 1) % len(texts)][-1]
                mixed = self.example([*texts[at][:-1], foreign])
                one.other = mixed and row_of([mixed])
        return found

    def sums(self, row):
        """The log-probability of each text's answer."""
        device = self.base.device
        answer = torch.tensor(row.answer[1:], device=device)
        wanted = torch.tensor(row.tokens[1:], device=device)[answer]
        text = torch.tensor(row.text[1:], device=device)[answer]
        logits = self.base.logits(self.base.hidden(row)[:-1][answer])
        nats = -cross_entropy(logits, wanted, reduction="none")
        return torch.zeros(row.text[-1] + 1, device=device).index_add(0, text, nats)

    def prepare(self, turn):
        """What the base says is asked once."""
        self.base.model.eval()
        with torch.no_grad(), self.base.model.disable_adapter():
            for one in [*self.learned, *self.held]:
                turn()
                one.base = self.sums(one.row).tolist()
                if one.other:
                    one.base_other = self.sums(one.other).item()
        self.base.model.train()

    def state(self):
        return list(self.moved)

    def restore(self, state):
        self.moved.extend(state)

    def rows(self, seed):
        order = list(self.learned)
        random.Random(seed).shuffle(order)
        return order

    def count(self, _one):
        return 1

    def length(self, one):
        return len(one.row.tokens)

    def loss(self, one):
        """@returns of one answer or pair, and that it is one"""
        moved = self.sums(one.row) - torch.tensor(one.base, device=self.base.device)
        if one.pair:
            return -logsigmoid(self.beta * (moved[0] - moved[1])), 1
        if one.other and self.base.model.training:
            with torch.no_grad():
                self.moved.append(self.sums(one.other).item() - one.base_other)
        far = max(0.0, sum(self.moved) / len(self.moved)) if self.moved else 0.0
        gain = moved[0] - far if one.good else far - moved[0]
        return self.weights[one.good] * (1 - torch.sigmoid(self.beta * gain)), 1

    def validation(self):
        return self.held


def told(writer, chat, settings):
    """The judged answers of a chat as tokens, each with what it counts: 1 better, -1 worse."""
    messages = chat["messages"]
    answers = [(messages[-1]["content"], -1 if chat.get("bad") else 1)]
    if chat.get("rejected"):
        answers.append((chat["rejected"], -1))
    for content, sign in answers:
        said = last_alone([*messages[:-1], {"role": "assistant", "content": content}])
        one = writer.example(said, settings["length"])
        yield {"tokens": one.tokens, "answer": [int(is_) for is_ in one.answer], "sign": sign}
