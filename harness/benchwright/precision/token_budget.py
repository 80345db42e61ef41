"""``token_budget=auto``: how many tokens a forward pass computes, found by measuring. Only in ``fast``: exact answers have one size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.types import Example, ModelRef, Session, SizesBatches

AUTO = "auto"
OPTION = "token_budget"

SIZES = (512, 1024, 2048, 4096)
"""Tokens that are tried on a processor; caches decide, and no more than these four differ."""

PROBES = (4096, 16384)
"""Tokens of the two passes whose memory on a GPU is measured."""

SPARE = 0.8
"""Share of the free memory of a GPU that is used: its allocator keeps pieces."""

LARGEST = 262_144


def has_auto(model: ModelRef) -> bool:
    """Whether a reference asks for it."""
    return model.options.get(OPTION) == AUTO


def without_auto(model: ModelRef) -> ModelRef:
    """The reference as adapters know it."""
    if not has_auto(model):
        return model
    options = {name: value for name, value in model.options.items() if name != OPTION}
    return msgspec.structs.replace(model, options=options)


def refuse_auto(model: ModelRef, precision: str) -> None:
    """Raise BenchwrightError where it is asked for under ``exact``."""
    if has_auto(model) and precision != "fast":
        raise BenchwrightError(
            f"{model.name}: token_budget=auto with --precision {precision}",
            expected="a fixed number of tokens: exact answers must not depend on what was fastest or fitted into memory when they were computed",
            hint="type --precision fast, or leave token_budget out",
        )


def fastest_size(session: Session, seconds_of: Callable[[], float], sizes: Sequence[int] = SIZES) -> dict[int, float]:
    """Seconds of a sample under each number of tokens; the session is left with the fastest. Empty where it has no such number.

    Args:
        session: The open model.
        seconds_of: Predicts the sample and says how long it took.
        sizes: Tokens that are tried.
    """
    if not isinstance(session, SizesBatches):
        return {}
    found = {}
    for tokens in sizes:
        session.token_budget = tokens
        found[tokens] = seconds_of()
    session.token_budget = min(found, key=lambda tokens: found[tokens])
    return found


def largest_that_fits(probes: Sequence[tuple[int, int]], free: int) -> int:
    """Tokens whose forward pass takes the free memory of a GPU, by a straight line through two probes: bytes = a + b * tokens.

    Args:
        probes: (tokens, bytes at the peak beyond the weights) of two passes.
        free: Bytes that are free.

    Returns:
        Tokens, a multiple of 1024, at least those of the first probe and at most `LARGEST`.
    """
    (few, small), (many, large) = probes
    slope = (large - small) / (many - few)
    if slope <= 0:
        return many
    fits = (SPARE * free - (small - slope * few)) / slope
    return max(few, min(LARGEST, int(fits) // 1024 * 1024))


def size_by_memory(session: Session, examples: Sequence[Example]) -> int | None:
    """Tokens that the free memory of a GPU holds, from two passes; the session is left with them. None where it has no such number."""
    if not isinstance(session, SizesBatches):
        return None
    import torch

    probes = []
    for tokens in PROBES:
        session.token_budget = tokens
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        session.predict(examples)
        torch.cuda.synchronize()
        probes.append((tokens, torch.cuda.max_memory_allocated() - before))
    free, _ = torch.cuda.mem_get_info()
    session.token_budget = largest_that_fits(
        probes, free + torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
    )
    return session.token_budget
