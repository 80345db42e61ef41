"""The models that a gate compares with: names in the lock file or ``RUN:MODEL``; a first run is recorded as the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchwright.comparison.systems import System, read_system
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.context import GateContext, MissingBaseline
from benchwright.gating.lock import BaselineEntry, accept, locked_side, read_lock
from benchwright.gating.result import GateResult
from benchwright.gating.rules import Rules
from benchwright.gating.verdict import Verdict
from benchwright.store import Store

REASON = 'first run, recorded by the gate (on_missing = "record")'
"""What the lock file says of a baseline that nobody accepted by hand."""


@dataclass(frozen=True, kw_only=True)
class Locations:
    """The store and the lock file in which models and accepted baselines are looked up."""

    store: Store
    lock: Path


def find_baselines(rules: Rules, where: Locations, baseline: str | None) -> dict[str, System | MissingBaseline]:
    """``baseline``, ``anchor`` and every other name that a rule compares with -> system, or why it is missing.

    Args:
        rules: The rules.
        where: Store and lock file.
        baseline: ``RUN[:MODEL]`` in place of the file's baseline.

    Raises:
        BenchwrightError: ``baseline`` names no stored model, or the lock file cannot be read.
    """
    entries = read_lock(where.lock)
    found: dict[str, System | MissingBaseline] = {}
    if baseline is not None:
        found["baseline"] = _single(read_system(where.store, baseline))
    elif rules.baseline.name:
        found["baseline"] = _named(rules.baseline.name, entries, where, tolerated=_is_first(rules, entries))
    if rules.baseline.anchor:
        found["anchor"] = _named(rules.baseline.anchor, entries, where, tolerated=_is_first(rules, entries))
    for name in rules.compared:
        if name not in found:
            found[name] = _other(name, entries, where)
    return found


def _is_first(rules: Rules, entries: Mapping[str, BaselineEntry]) -> bool:
    """Whether a baseline is missing because this is the first run: the lock file is empty. If it has other names, one is missing by mistake."""
    return rules.baseline.on_missing == "record" and not entries


def _named(
    name: str, entries: Mapping[str, BaselineEntry], where: Locations, *, tolerated: bool
) -> System | MissingBaseline:
    """The system of a name in the lock file; ``RUN:MODEL`` is read from the store."""
    if name not in entries and ":" in name:
        return _single(read_system(where.store, name))
    try:
        return locked_side(name, entries, where.store)
    except NotComparable as error:
        if tolerated:
            return MissingBaseline(reason=f"nothing is compared: no baseline {name!r} is recorded yet", tolerated=True)
        reason = f"{error.problem}; accept this run first: benchwright baseline accept RUN --name {name} --reason TEXT"
        return MissingBaseline(reason=reason if name not in entries else error.problem)


def _other(name: str, entries: Mapping[str, BaselineEntry], where: Locations) -> System | MissingBaseline:
    if name in ("baseline", "anchor"):
        return MissingBaseline(
            reason=f"there is no {name}: write [baseline] {'name' if name == 'baseline' else name} = NAME"
            + (", or give --baseline RUN:MODEL" if name == "baseline" else "")
        )
    if name in entries:
        return _named(name, entries, where, tolerated=False)
    try:
        return _single(read_system(where.store, name))
    except BenchwrightError as error:
        return MissingBaseline(reason=f"{name} is no accepted baseline and no stored model: {error.problem}")


def _single(side: System) -> System:
    if side.has_replicates:
        raise BenchwrightError(
            f"{'+'.join(side.models)} are {len(side.models)} models",
            expected="one",
            hint="a gate judges one checkpoint",
        )
    return side


def awaited_baselines(rules: Rules, context: GateContext) -> tuple[str, ...]:
    """Names of the rules file that have no accepted model yet and that a first run is to be recorded under."""
    names = {"baseline": rules.baseline.name, "anchor": rules.baseline.anchor}
    return tuple(dict.fromkeys(name for part, name in names.items() if name and context.warns_only(part)))


def record(rules: Rules, context: GateContext, where: Locations, result: GateResult) -> GateResult:
    """Record the candidate as baseline where one is awaited_baselines and the gate passed; returns the result with a note of it.

    A candidate that cannot be a baseline (limited, unfinished, without an answer to items) leaves a first run INVALID: else
    every run would be a first run.
    """
    names = awaited_baselines(rules, context)
    if not names:
        return result
    if result.exit_code:
        return msgspec.structs.replace(result, reason=f"{result.reason}; nothing is recorded as {' or '.join(names)}")
    try:
        for name in names:
            accept(context.candidate, name=name, reason=REASON, path=where.lock, force=context.allowed > 0)
    except BenchwrightError as error:
        reason = f"nothing was compared, and nothing could be recorded as {' and '.join(names)}: {error.problem}"
        return msgspec.structs.replace(result, verdict=Verdict.INVALID, exit_code=3, reason=reason)
    note = (
        f"{context.candidate.name} is recorded as {' and '.join(names)} in {where.lock.name}: commit that file, or every run is"
        " a first run and nothing is ever compared"
    )
    return msgspec.structs.replace(result, reason=f"{result.reason}; {note}")
