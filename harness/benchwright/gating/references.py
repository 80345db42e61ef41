"""Who a gate compares with: names of the lock, runs named outright, or the reason why there is nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchwright.comparison.sides import Side, read_side
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.ground import Absent
from benchwright.gating.lock import Pin, locked_side, read_lock
from benchwright.gating.rules import Rules
from benchwright.store import Store
from benchwright.types import Record


class OnceStore(Store):
    """A store whose records are read once: a gate pairs the same candidate with several models."""

    def __init__(self, root: Path | str) -> None:
        super().__init__(root)
        self._records: dict[str, list[Record]] = {}

    def read_records(self, key: str) -> list[Record]:
        """The records of a finished cell, in dataset order; not to be changed."""
        if key not in self._records:
            self._records[key] = super().read_records(key)
        return self._records[key]


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where models and pins are looked up."""

    store: Store
    lock: Path


def find_references(rules: Rules, where: Where, baseline: str | None) -> dict[str, Side | Absent]:
    """``baseline``, ``anchor`` and every other name that a rule compares with -> side, or why there is none.

    Args:
        rules: The rules.
        where: Store and lock file.
        baseline: ``RUN[:MODEL]`` in place of the file's baseline.

    Raises:
        BenchwrightError: ``baseline`` names no stored model, or the lock file cannot be read.
    """
    pins = read_lock(where.lock)
    found: dict[str, Side | Absent] = {}
    if baseline is not None:
        found["baseline"] = _single(read_side(where.store, baseline))
    elif rules.baseline.name:
        found["baseline"] = _named(rules.baseline.name, pins, where, tolerated=_is_first(rules, pins))
    if rules.baseline.anchor:
        found["anchor"] = _named(rules.baseline.anchor, pins, where, tolerated=_is_first(rules, pins))
    for rule in rules.rules:
        if rule.is_paired and rule.against not in found:
            found[rule.against] = _other(rule.against, pins, where)
    return found


def _is_first(rules: Rules, pins: Mapping[str, Pin]) -> bool:
    """Whether a missing baseline is that of a first run: nothing is pinned at all. A name that others stand beside is amiss."""
    return rules.baseline.on_missing == "record" and not pins


def _named(name: str, pins: Mapping[str, Pin], where: Where, *, tolerated: bool) -> Side | Absent:
    """The side of a name in the lock; outside of it a ``RUN:MODEL`` is taken as written."""
    if name not in pins and ":" in name:
        return _single(read_side(where.store, name))
    try:
        return locked_side(name, pins, where.store)
    except NotComparable as error:
        if tolerated:
            return Absent(reason=f"nothing is compared: no baseline {name!r} is recorded yet", tolerated=True)
        told = f"{error.given}; accept this run first: benchwright baseline accept RUN --name {name} --reason TEXT"
        return Absent(reason=told if name not in pins else error.given)


def _other(name: str, pins: Mapping[str, Pin], where: Where) -> Side | Absent:
    if name in ("baseline", "anchor"):
        return Absent(
            reason=f"there is no {name}: write [baseline] {'name' if name == 'baseline' else name} = NAME"
            + (", or give --baseline RUN:MODEL" if name == "baseline" else "")
        )
    if name in pins:
        return _named(name, pins, where, tolerated=False)
    try:
        return _single(read_side(where.store, name))
    except BenchwrightError as error:
        return Absent(reason=f"{name} is no accepted baseline and no stored model: {error.given}")


def _single(side: Side) -> Side:
    if side.is_recipe:
        raise BenchwrightError(
            f"{'+'.join(side.models)} are {len(side.models)} models",
            expected="one",
            hint="a gate judges one checkpoint",
        )
    return side
