"""Failure rates of behavioural tests: by test, by capability, by type, and capability by type; and the cases that fail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchwright.behaviour.verdict import Result
from benchwright.metrics.behaviour import CaseVerdicts, case_verdicts
from benchwright.metrics.columns import Codes, Columns
from benchwright.metrics.gathering import gather
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.intervals import share_interval, share_of
from benchwright.types import Record, Task
from benchwright.types.base import Frozen


class BehaviourCounts(Frozen, frozen=True, kw_only=True):
    """What came out for some cases.

    Attributes:
        cases: All of them; ``applicable + not_applicable + errored``.
        applicable: Those that passed or failed.
        not_applicable: Those of which no example could be judged; they leave the denominator.
        errored: Those of which an example has no answer, or was cut off by a limit.
        failures: Those that failed.
        rate: ``failures / applicable``, in [0, 1]; None where nothing is applicable.
        low: Lower end of Wilson's 95 % interval, clustered by template; None where there is none.
        high: Upper end.
        flips: Cases of invariance tests in which an answer flips, whatever the tolerance.
        flip_rate: Of those of which it can be asked; None where there is none.
    """

    cases: int
    applicable: int
    not_applicable: int
    errored: int
    failures: int
    rate: float | None
    low: float | None
    high: float | None
    flips: int = 0
    flip_rate: float | None = None


class TestSummary(BehaviourCounts, frozen=True, kw_only=True):
    """A test."""

    name: str
    type: str
    capability: str
    description: str


class GroupSummary(BehaviourCounts, frozen=True, kw_only=True):
    """The cases of a capability, of a type, or of a capability and a type; what it is not about is empty."""

    capability: str = ""
    type: str = ""


class BehaviourSummary(Frozen, frozen=True, kw_only=True):
    """Rates of one model on a behavioural task, tests and capabilities in the order of the suite.

    Attributes:
        matrix: Capability by type, of the pairs that have cases.
    """

    tests: tuple[TestSummary, ...]
    capabilities: tuple[GroupSummary, ...]
    types: tuple[GroupSummary, ...]
    matrix: tuple[GroupSummary, ...]


@dataclass(frozen=True, eq=False)
class _Judged:
    """Columns with their verdicts, and the place of every case, those that lack an answer included."""

    columns: Columns
    verdicts: CaseVerdicts
    slices: list[dict[str, str]]
    """Of each judged case."""
    lost: list[dict[str, str]]
    """Slices of each case that lacks an answer."""
    told: dict[str, str]
    """Test -> description."""


def summarise(task: Task, records: Sequence[Record], columns: Columns | None = None) -> BehaviourSummary:
    """Rates of a behavioural task by test, capability and type.

    The rate and the interval of a test are those of its slice ``test=NAME`` (`benchwright.score.score_slices`).

    Args:
        task: A behavioural task.
        records: Its records.
        columns: Those of all these records, where they were gathered before: what was judged on them is not judged again.

    Raises:
        BenchwrightError: The task is not behavioural.
    """
    judged = _judge(task, records, columns)
    tests = _members(judged, ("test",))
    first = {one["test"]: one for one in (*judged.lost, *judged.slices)}
    return BehaviourSummary(
        tests=tuple(
            TestSummary(
                name=name,
                type=first[name].get("type", ""),
                capability=first[name].get("capability", ""),
                description=judged.told.get(name, ""),
                **_counts(judged, *members),
            )
            for (name,), members in tests.items()
        ),
        capabilities=tuple(
            GroupSummary(capability=name, **_counts(judged, *members))
            for (name,), members in _members(judged, ("capability",)).items()
        ),
        types=tuple(
            GroupSummary(type=name, **_counts(judged, *members))
            for (name,), members in _members(judged, ("type",)).items()
        ),
        matrix=tuple(
            GroupSummary(capability=capability, type=kind, **_counts(judged, *members))
            for (capability, kind), members in _members(judged, ("capability", "type")).items()
        ),
    )


def _judge(task: Task, records: Sequence[Record], columns: Columns | None = None) -> _Judged:
    columns = gather(task, records).columns if columns is None else columns
    verdicts = case_verdicts(columns)
    whole = {columns.group[rows[0]] for rows in verdicts.rows}
    lost: dict[str, dict[str, str]] = {}
    told: dict[str, str] = {}
    for record in records:
        if record.group is None:
            lost.setdefault(f"cut off: {record.slices.get('test', '')}", record.slices)
        elif record.group not in whole:
            lost.setdefault(record.group, record.slices)
        told.setdefault(record.slices.get("test", ""), record.target.get("description", "") if record.target else "")
    slices = [columns.slices[rows[0]] for rows in verdicts.rows]
    return _Judged(columns, verdicts, slices, list(lost.values()), told)


def _members(judged: _Judged, names: tuple[str, ...]) -> dict[tuple[str, ...], tuple[list[int], int]]:
    """Values of slices -> numbers of the judged cases that have them, and how many cases lack an answer."""
    found: dict[tuple[str, ...], tuple[list[int], int]] = {}
    for number, slices in enumerate(judged.slices):
        found.setdefault(_values(slices, names), ([], 0))[0].append(number)
    for slices in judged.lost:
        key = _values(slices, names)
        cases, lost = found.get(key, ([], 0))
        found[key] = (cases, lost + 1)
    return found


def _values(slices: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(slices.get(name, "") for name in names)


def _counts(judged: _Judged, cases: Sequence[int], lost: int) -> dict[str, Any]:
    found, at = judged.verdicts, np.asarray(cases, dtype=np.intp)
    passed, flipped = found.passed[at], found.flipped[at]
    applicable, failures = int((passed >= 0).sum()), int((passed == 0).sum())
    asked, flips = int((flipped >= 0).sum()), int((flipped > 0).sum())
    low, high = _interval(judged.columns, found.first[at], passed) if applicable else (None, None)
    return {
        "cases": len(cases) + lost,
        "applicable": applicable,
        "not_applicable": len(cases) - applicable,
        "errored": lost,
        "failures": failures,
        "rate": failures / applicable if applicable else None,
        "low": low,
        "high": high,
        "flips": flips,
        "flip_rate": flips / asked if asked else None,
    }


_DIGITS = 12
"""Decimals kept of interval ends, as in scores."""


def _interval(columns: Columns, first: Codes, passed: Any) -> tuple[float | None, float | None]:
    terms = np.stack([passed == 0, passed >= 0], axis=1).astype(np.float64)
    codes = columns.cluster_codes
    units = None if codes is None else np.unique(codes[first], return_inverse=True)[1].astype(np.intp)
    sums = sum_by_cluster(terms, units)
    found = share_interval(share_of(sums[:, 0], sums[:, 1]))
    return tuple(None if end is None else round(end, _DIGITS) for end in (found.low, found.high))  # type: ignore[return-value]


@dataclass(frozen=True, kw_only=True)
class FailingExample:
    """An example of a failing case.

    Attributes:
        record: Its record.
        inputs: Its texts by input name; empty where they were not kept.
        result: What came out for it; the original of an INV or DIR case has a result that is not judged.
        judged: Whether that result counts.
    """

    record: Record
    inputs: Mapping[str, Any]
    result: Result
    judged: bool


@dataclass(frozen=True, kw_only=True)
class CaseFailure:
    """A case that failed, with all its examples in order.

    Attributes:
        case: ``TEST/CASE``.
        size: Size of its largest failure: by how much a probability or number moved, how sure a wrong answer was, how many
            entities differ; 1 where no size is known.
        flipped: Whether an answer of an invariance test flipped; None where this cannot be asked.
    """

    case: str
    test: str
    capability: str
    type: str
    description: str
    size: float
    flipped: bool | None
    examples: tuple[FailingExample, ...]


def failing_cases(
    task: Task,
    records: Sequence[Record],
    inputs: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    test: str | None = None,
    capability: str | None = None,
    most: int | None = None,
) -> tuple[CaseFailure, ...]:
    """The cases that fail, largest failure first (equal ones in the order of the suite), with all their variants.

    Args:
        task: A behavioural task.
        records: Its records.
        inputs: Example id -> texts by input name; None: those in ``extra["inputs"]`` of the records.
        test: Of one test alone.
        capability: Of one capability alone.
        most: How many at most; None: all.
    """
    judged = _judge(task, records)
    places = judged.columns.places
    wanted = [
        number
        for number, slices in enumerate(judged.slices)
        if judged.verdicts.passed[number] == 0
        and test in (None, slices.get("test"))
        and capability in (None, slices.get("capability"))
    ]
    wanted.sort(key=lambda number: -judged.verdicts.verdicts[number].size)
    return tuple(_failing(judged, number, records, places, inputs) for number in wanted[:most])


def _failing(
    judged: _Judged,
    number: int,
    records: Sequence[Record],
    places: Codes,
    inputs: Mapping[str, Mapping[str, Any]] | None,
) -> CaseFailure:
    verdict, rows = judged.verdicts.verdicts[number], judged.verdicts.rows[number]
    mine = [records[int(places[row])] for row in rows]
    slices = judged.slices[number]
    every = mine[0].target.get("judged", "all") == "all"
    return CaseFailure(
        case=mine[0].group or "",
        test=slices.get("test", ""),
        capability=slices.get("capability", ""),
        type=slices.get("type", ""),
        description=judged.told.get(slices.get("test", ""), ""),
        size=verdict.size,
        flipped=verdict.flipped,
        examples=tuple(
            FailingExample(
                record=record,
                inputs=record.extra.get("inputs", {}) if inputs is None else inputs.get(record.id, {}),
                result=result,
                judged=every or at > 0,
            )
            for at, (record, result) in enumerate(zip(mine, verdict.results, strict=True))
        ),
    )
