"""Peaks of memory and sizes: what was read and not sampled. Of several processes the largest counts, and one that is not known hides it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchwright.types import MeasuredQuantity, Reading

MEMORY = ("host_memory_peak", "host_memory_model", "gpu_memory_peak")
"""Peaks that every profile tells first, where they were read."""

SIZES = ("size_bytes", "parameters")


def peaks(readings: Iterable[Reading]) -> Iterator[MeasuredQuantity]:
    """Each peak of memory: the largest over processes and phases; None where one of them could not be read."""
    by_name: dict[str, list[Reading]] = {}
    for one in readings:
        if one.quantity.startswith(("host_memory_", "gpu_memory_")):
            by_name.setdefault(one.quantity, []).append(one)
    for name in (*(one for one in MEMORY if one in by_name), *(one for one in by_name if one not in MEMORY)):
        yield largest(name, by_name[name])


def largest(name: str, told: list[Reading]) -> MeasuredQuantity:
    """The largest of readings of one quantity, or why one of them has no value."""
    unread = next((one for one in told if one.value is None), None)
    if unread is not None:
        return MeasuredQuantity(quantity=name, value=None, reason=unread.reason or "it cannot be read here")
    most = max(told, key=lambda one: one.value or 0.0)
    processes = len({one.process for one in told})
    return MeasuredQuantity(
        quantity=name,
        value=most.value,
        n=processes,
        reason=most.reason,
        method=f"{most.source or 'read'}{f', largest of {processes} processes' if processes > 1 else ''}",
    )


def sizes(readings: Iterable[Reading]) -> Iterator[MeasuredQuantity]:
    """Bytes on disk and parameters of the model."""
    told = list(readings)
    for name in SIZES:
        of_name = [one for one in told if one.quantity == name]
        if not of_name:
            continue
        known = next((one for one in of_name if one.value is not None), of_name[0])
        yield MeasuredQuantity(
            quantity=name,
            value=known.value,
            n=1 if known.value is not None else 0,
            reason=known.reason,
            method=known.source,
        )
