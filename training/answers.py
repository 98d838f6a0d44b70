"""Learning from answers word for word, and the loss over data that is not learned from."""

import torch

import together
from texts import pack


def validate(base, work, rows, turn):
    """@returns the loss of the words alone; how far a teacher is, stands in the base then"""
    total, count = 0.0, 0
    base.model.eval()
    base.soft.reset()
    with torch.no_grad():
        for row in together.own(rows):
            turn()
            loss, tokens = work.loss(row) if row else (None, 0)
            total += loss.item() if tokens else 0.0
            count += tokens
    base.model.train()
    soft = base.soft
    total, count, soft.far, soft.places = together.summed(total, count, soft.far, soft.places)
    return total / max(1, count)


class Answers:
    """What is learned word for word: chats in rows, and the loss over their answers."""

    def __init__(self, base, writer, chats, held, settings):
        self.base, self.limit = base, settings["length"]
        self.examples = examples_of(writer, chats, self.limit)
        self.held = examples_of(writer, held, self.limit)
        self.learned = self.examples
        self.cut = sum(bool(one.cut) for one in self.examples)
        self.tokens = sum(len(one.tokens) for one in self.examples)
        self.answers = sum(sum(one.answer) for one in self.examples)

    def prepare(self, _turn):
        pass

    def state(self):
        return None

    def restore(self, _state):
        pass

    def rows(self, seed):
        return pack(self.examples, self.limit, seed)

    def validation(self):
        return pack(self.held, self.limit)

    def count(self, row):
        return sum(row.answer[1:])

    def length(self, row):
        return len(row.tokens)

    def loss(self, row):
        return self.base.loss(row)


def examples_of(writer, chats, limit):
    examples = []
    for chat in chats:
        one = writer.example(chat["messages"], limit)
        one.likely = chat.get("likely")
        if one.likely and len(one.likely) != sum(one.answer[1:]):
            raise ValueError("likely tokens of other answers")
        if any(one.answer[1:]):
            examples.append(one)
    return examples
