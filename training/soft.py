"""
Learning from a teacher's probabilities: at each token of an answer its likeliest tokens are known, and the rest
is one outcome beside them. Flattened by a temperature on both sides, as in Hinton et al., "Distilling the
Knowledge in a Neural Network", 2015 (arXiv 1503.02531), section 2, whose T squared keeps the gradients' size.
At temperature 1 it is a lower bound of the divergence over the whole vocabulary.
"""

import torch
from torch.nn.functional import log_softmax

# What is left for all other tokens at least.
REST = 1e-6


def outcomes(told, temperature):
    """`told`: log-probabilities [places, tokens]. @returns those and the rest, flattened"""
    rest = torch.log((1 - told.exp().sum(-1, keepdim=True)).clamp(min=REST))
    return log_softmax(torch.cat([told, rest], -1) / temperature, -1)


def divergence(logits, likely, temperature=1.0):
    """The sum over the places, from the teacher to the student, in nats times T squared."""
    ids = torch.tensor([[token for token, _ in one] for one in likely], device=logits.device)
    told = torch.tensor([[value for _, value in one] for one in likely], device=logits.device)
    own = log_softmax(logits.float(), -1).gather(1, ids)
    wanted, given = outcomes(told, temperature), outcomes(own, temperature)
    return (wanted.exp() * (wanted - given)).sum() * temperature**2


class Soft:
    """How much of it counts, and how far the teacher is over what was measured."""

    def __init__(self, settings):
        self.share = settings.get("soft", 0)
        self.temperature = settings.get("temperature", 1)
        self.reset()

    def reset(self):
        self.far, self.places = 0.0, 0

    def measured(self):
        return {"divergence": self.far / self.places} if self.places else {}

    def loss(self, words, logits, likely, training):
        """`words`: nats of each token; `likely`: of each, or None. @returns the sum over the tokens"""
        known = [at for at, one in enumerate(likely) if one]
        if not known or not self.share:
            return words.sum()
        some = logits[known]
        if not training:
            self.far += divergence(some, [likely[at] for at in known]).item()
            self.places += len(known)
            return words.sum()
        far = divergence(some, [likely[at] for at in known], self.temperature)
        return words.sum() - self.share * words[known].sum() + self.share * far
