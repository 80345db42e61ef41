"""Seeds and threads for the time of a training; what was set before is set again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from benchwright.environment import processors

_SMALL = 2_000_000
"""Fewer weights than this, embeddings aside, are multiplied sooner than a second thread is woken."""


@contextmanager
def seeded(seed: int, device: str) -> Iterator[None]:
    """Torch's generators start from a seed, and it uses the processors this process may use."""
    threads = torch.get_num_threads()
    cards = list(range(torch.cuda.device_count())) if device == "cuda" else []
    with torch.random.fork_rng(devices=cards):
        torch.manual_seed(seed)
        torch.set_num_threads(processors())
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def suit_threads(module: Any) -> None:
    """Give torch one thread for a small module, and all processors for a large one."""
    embeddings = {id(m.weight) for m in module.modules() if isinstance(m, torch.nn.Embedding)}
    weights = sum(p.numel() for p in module.parameters() if id(p) not in embeddings)
    torch.set_num_threads(1 if weights < _SMALL else processors())


def read_generators(device: str) -> dict[str, torch.Tensor]:
    """State of each generator that training draws from, as bytes."""
    states = {"cpu": torch.get_rng_state()}
    if device == "cuda":
        states["cuda"] = torch.cuda.get_rng_state()
    return states


def set_generators(states: dict[str, torch.Tensor]) -> None:
    """Put the generators where they were."""
    torch.set_rng_state(states["cpu"])
    if "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"])
