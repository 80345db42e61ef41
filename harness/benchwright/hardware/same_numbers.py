"""Whether a profile that a run tells is the one that its raw samples give."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from benchwright.measuring.machine import fingerprint
from benchwright.types import MeasuredQuantity, Profile

_WORDS = frozenset({"reason", "method", "alarms"})
"""Fields that say something in words, which may be put otherwise by the next version."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


def profile_differences(told: Profile, found: Profile) -> Iterator[str]:
    """A sentence for each number, condition or fact of ``told`` that the raw samples do not give; a quantity is told once.

    Args:
        told: As it stands in a run.
        found: Made anew from the measurements.
    """
    for one in told.quantities:
        again = found.quantity(one.quantity)
        if again is None:
            yield f"{one.quantity} is {one.value}, its raw samples say nothing of it"
        elif next(_apart(one, again, ""), None) is not None:
            yield f"{one.quantity} is {_with_ends(one)}, its raw samples say {_with_ends(again)}"
    left_out = [one.quantity for one in found.quantities if told.quantity(one.quantity) is None]
    if left_out:
        yield f"{', '.join(left_out)} was measured, and is not told"
    bare = msgspec.structs.replace
    for place, one, again in differences(bare(told, quantities=()), bare(found, quantities=())):
        yield f"{place} is {one!r}, its measurements say {again!r}"
    machine = found.machine
    if _DIGEST.fullmatch(machine.fingerprint) and fingerprint(machine.facts) != machine.fingerprint:
        yield "the facts of its machine are not those of its fingerprint"


def _with_ends(one: MeasuredQuantity) -> str:
    ends = "" if one.low is None and one.high is None else f" [{one.low}, {one.high}]"
    return f"{one.value}{ends}"


def differences(told: Any, found: Any) -> Iterator[tuple[str, Any, Any]]:
    """Where two values differ, with both; numbers may differ by as much as another machine computes them."""
    return _apart(told, found, "")


def _apart(told: Any, found: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(told, msgspec.Struct) and type(told) is type(found):
        yield from _apart(msgspec.structs.asdict(told), msgspec.structs.asdict(found), place)
    elif isinstance(told, dict) and isinstance(found, dict):
        for name in sorted(told.keys() | found.keys()):
            if name not in _WORDS:
                yield from _apart(told.get(name), found.get(name), f"{place}.{name}" if place else name)
    elif isinstance(told, tuple) and isinstance(found, tuple) and len(told) == len(found):
        for number, (one, again) in enumerate(zip(told, found, strict=True), start=1):
            yield from _apart(one, again, f"{place} {number}")
    elif isinstance(told, float) and isinstance(found, int | float):
        if not math.isclose(told, found, rel_tol=1e-9, abs_tol=1e-12):
            yield place, told, found
    elif told != found:
        yield place, told, found
