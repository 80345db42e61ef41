"""What a reader must know of a gate as a whole: judged against itself, waivers that apply to nothing or never end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from benchwright.comparison.sides import Side
from benchwright.gating.evaluate import is_about
from benchwright.gating.ground import Ground, name_of
from benchwright.gating.lock import FILE
from benchwright.gating.mistakes import long_waiver, name_waiver
from benchwright.gating.ranges import superfluous
from benchwright.gating.recording import awaited
from benchwright.gating.rules import Rules
from benchwright.gating.verdict import Finding
from benchwright.types import CellKey


def itself(rules: Rules, ground: Ground) -> tuple[str, ...]:
    """Names that rules compare with and behind which stands the candidate: the same run and model, or a copy of it."""
    asked = dict.fromkeys(rule.against for rule in rules.rules if rule.is_paired)
    sides = [(name, ground.references.get(name)) for name in asked]
    return tuple(name for name, side in sides if isinstance(side, Side) and _is_itself(side, ground.candidate))


def whole_remarks(
    rules: Rules,
    ground: Ground,
    findings: Sequence[Finding],
    same: Sequence[str],
    *,
    attempts: int = 1,
    today: dt.date | None = None,
) -> tuple[str, ...]:
    """Sentences about the gate as a whole; ``same`` are the names that `itself` found, ``attempts`` as the result has them."""
    day = today or dt.datetime.now(dt.UTC).date()
    mine = name_of(ground.candidate)
    told = [*superfluous(rules.rules), *_no_first(rules, ground, attempts)]
    for name in same:
        side = ground.references[name]
        other = name_of(side) if isinstance(side, Side) else ""
        copy = "itself" if other == mine else f"{other}, the same model"
        told.append(f"{mine} was compared with {copy} ({name}): this tells nothing about a change")
    for waiver in rules.waivers:
        told += long_waiver(waiver, day)
        if not any(is_about(waiver, finding) for finding in findings):
            told.append(f"{name_waiver(waiver)} applies to nothing that was judged")
    return tuple(told)


def _no_first(rules: Rules, ground: Ground, attempts: int) -> tuple[str, ...]:
    """What to say of a first run that others came before: a lock file that was deleted looks like one that never was."""
    names = awaited(rules, ground)
    if not names or attempts < 2:
        return ()
    told = (
        f"{' and '.join(names)} would be recorded as if nothing came before, but {attempts:,} models here answered the same tasks:"
        f" if {FILE} was there and is gone, take it from the last good commit"
    )
    return (told,)


def _is_itself(side: Side, candidate: Side) -> bool:
    """Whether two sides are one model: the same name, or equal artefacts and options on all tasks of both."""
    if name_of(side) == name_of(candidate) and side.store.root == candidate.store.root:
        return True
    shared = [path for path in side.paths if path in candidate.paths]
    return bool(shared) and all(_artefact(side, path) == _artefact(candidate, path) for path in shared)


def _artefact(side: Side, path: str) -> tuple[object, ...]:
    key: CellKey = side.store.read_cell(str(side.cells(path)[0].key)).key
    return key.model, key.adapter, key.adapter_version, key.options, key.precision
