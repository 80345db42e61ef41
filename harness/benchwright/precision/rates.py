"""How much faster this machine multiplies numbers of half the precision: measured once for a kind of machine, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchwright.documents import Unreadable, read_json_as
from benchwright.measuring.clock import Clock, ProcessorClock, RealClock
from benchwright.measuring.machine import describe_machine
from benchwright.measuring.matrix_rate import matrix_rate
from benchwright.paths import is_file
from benchwright.store.atomic import write

SINGLE = "float32"
_SECONDS = 0.03
"""How long each shape of a product is repeated in a turn."""
_TURNS = 3
"""Data types take turns, and the best of each counts: what other programs do meanwhile would be kept as a property of the machine."""


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """Operations a second of the best matrix product, by data type (on a processor, a second of all its threads); None where there is none."""

    rates: dict[str, float | None] = {}


def times_as_fast(dtype: str, device: str, cache: Path) -> float | None:
    """How many times as many operations a second a product of such numbers reaches as one of ``float32``; None where there is none.

    It is measured at the first call on a kind of machine (`describe_machine`: processor, memory, libraries, threads) and read afterwards.

    Args:
        dtype: ``bfloat16`` or ``float16``.
        device: ``cpu`` or ``cuda``.
        cache: Folder where rates are kept.
    """
    seconds_of = "" if device == "cuda" else "processor-"
    path = cache / f"{seconds_of}rates-{device}-{describe_machine(device).fingerprint[:16]}.json"
    known = dict(_read(path).rates)
    missing = [name for name in (SINGLE, dtype) if name not in known]
    if missing:
        missing = [SINGLE, dtype]  # in turn with one another
        known |= _measure(missing, device)
        write(path, msgspec.json.encode(Rates(rates=known)))
    single, other = known[SINGLE], known[dtype]
    return other / single if single and other else None


def _measure(names: Sequence[str], device: str) -> dict[str, float | None]:
    """The rates of data types, in turn."""
    clock: Clock = RealClock() if device == "cuda" else ProcessorClock()
    found: dict[str, float | None] = dict.fromkeys(names)
    for _ in range(_TURNS):
        for name in names:
            rate = matrix_rate(name, clock, device=device, seconds=_SECONDS).value
            found[name] = max(filter(None, (rate, found[name])), default=None)
    return found


def _read(path: Path) -> Rates:
    if not is_file(path):
        return Rates()
    try:
        return read_json_as(path.read_bytes(), Rates)
    except Unreadable:
        return Rates()
