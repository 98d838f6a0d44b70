"""
Several processes that train one model, as `accelerate launch` starts them: each computes other rows of a step,
and their gradients are added. The first one talks with Charla and writes files; alone, nothing here does anything.
"""

import os
from datetime import timedelta

RANK = int(os.environ.get("RANK", "0"))
SIZE = int(os.environ.get("WORLD_SIZE", "1"))
FIRST = RANK == 0
# They wait for one another while people chat, and in quiet hours.
PATIENCE = timedelta(days=7)


def join():
    if SIZE == 1:
        return
    import torch
    from accelerate import PartialState

    PartialState(cpu=not torch.cuda.is_available(), timeout=PATIENCE)


def leave():
    if SIZE == 1:
        return
    from accelerate import PartialState

    PartialState().destroy_process_group()


def device():
    """A card for each where there are some."""
    import torch

    if not torch.cuda.is_available():
        return "cpu"
    return "cuda" if SIZE == 1 else f"cuda:{os.environ.get('LOCAL_RANK', '0')}"


def shared(value):
    """What the first one has."""
    if SIZE == 1:
        return value
    from accelerate.utils import broadcast_object_list

    return broadcast_object_list([value])[0]


def own(rows):
    """Of each round of rows the one of this process, or None."""
    return [rows[at] if at < len(rows) else None for at in range(RANK, len(rows) + RANK, SIZE)]


def summed(*numbers):
    if SIZE == 1:
        return numbers
    import torch
    from torch.distributed import all_reduce

    all_ = torch.tensor(numbers, dtype=torch.float64, device=device())
    all_reduce(all_)
    return all_.tolist()


def sum_gradients(weights):
    if SIZE == 1:
        return
    import torch
    from torch.distributed import all_reduce

    for one in weights:
        if one.grad is None:
            one.grad = torch.zeros_like(one)
        all_reduce(one.grad)
