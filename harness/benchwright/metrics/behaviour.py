"""Behavioural tests: the share of cases that fail, and the share of INV cases in which an answer flips.

The unit is the case, on its first example; a case of which not every example was answered is left out, with a flag.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchwright.behaviour.expectations import SCORED, judge
from benchwright.behaviour.verdict import Answers, CaseVerdict
from benchwright.errors import BenchwrightError
from benchwright.items import count
from benchwright.metrics.columns import CodedRows, Codes, Columns, Floats
from benchwright.metrics.grouped import group_codes, share_parts, share_value
from benchwright.metrics.metric import Metric
from benchwright.types import FillTask, Kind
from benchwright.types.expectations import CaseTarget, Monotonic

Signs = NDArray[np.int8]

_SCORED_KINDS = (Kind.CLASSIFY, Kind.CHOOSE)
_KNOWN, _PROBABILITIES = "known verdicts", "probabilities"
_SUM = 1e-3
"""How far the scores of an example may be from a sum of 1 and still be probabilities."""


@dataclass(frozen=True, eq=False)
class CaseVerdicts:
    """What came out for the cases of columns, in order of their first examples.

    Attributes:
        first: Row of the first example of each case (cases).
        passed: 1 passed, 0 failed, -1 not applicable (cases).
        flipped: 1 an answer of a variant is not that of the original, 0 none, -1 this cannot be asked (cases).
        rows: Rows of the examples of each case, in order.
        verdicts: The verdict on each case, with a result for every example.
    """

    first: Codes
    passed: Signs
    flipped: Signs
    rows: Sequence[Sequence[int]]
    verdicts: Sequence[CaseVerdict]


def case_verdicts(columns: Columns) -> CaseVerdicts:
    """Verdicts on the cases of a behavioural task, remembered on the columns.

    Raises:
        BenchwrightError: The task is not behavioural, or the examples of a case lie in several clusters.
    """
    return columns.remember("case verdicts", lambda: _judged(columns))


def _judged(columns: Columns) -> CaseVerdicts:
    task = columns.task
    if not task.behaviour:
        raise BenchwrightError(
            f"{task.name} is no task of behavioural tests",
            expected="a task whose targets say what is expected of cases",
        )
    group_codes(columns)  # refuses cases that lie in several clusters
    cases: dict[str, list[int]] = {}
    for row, name in enumerate(columns.group):
        if name is not None:
            cases.setdefault(name, []).append(row)
    scores = probabilities(columns)
    logs = columns.scores if task.kind is Kind.FILL and not (isinstance(task, FillTask) and task.top) else None
    places = {name: place for place, name in enumerate(task.label_names)} if task.kind is Kind.CLASSIFY else {}
    targets, outputs, lacks = _targets(columns.targets), columns.outputs, columns.lacks
    known: Mapping[str, CaseVerdict] = columns.remember(_KNOWN, dict)
    verdicts = [
        known[name]
        if name in known
        else judge(
            task.kind,
            [targets[row] for row in rows],
            Answers(
                [outputs[row] for row in rows],
                None if scores is None else scores[rows].tolist(),
                places,
                [lacks[row] for row in rows] if lacks else (),
                None if logs is None else logs[rows].tolist(),
            ),
        )
        for name, rows in cases.items()
    ]
    return CaseVerdicts(
        first=np.array([rows[0] for rows in cases.values()], dtype=np.intp),
        passed=np.array([_SIGNS[one.passed] for one in verdicts], dtype=np.int8),
        flipped=np.array([_SIGNS[one.flipped] for one in verdicts], dtype=np.int8),
        rows=list(cases.values()),
        verdicts=verdicts,
    )


def share_verdicts(whole: Columns, part: Columns) -> None:
    """Let columns of a slice take over what was found for all: verdicts of its cases, and whether scores are probabilities."""
    part.remember(_KNOWN, lambda: whole.remember("verdicts by case", lambda: _by_case(whole)))
    if probabilities(whole) is None:
        part.remember(_PROBABILITIES, lambda: None)


def _by_case(columns: Columns) -> dict[str | None, CaseVerdict]:
    found = case_verdicts(columns)
    return {columns.group[rows[0]]: verdict for rows, verdict in zip(found.rows, found.verdicts, strict=True)}


_SIGNS = {None: -1, False: 0, True: 1}


def _targets(targets: Sequence[Any]) -> list[CaseTarget]:
    """Targets as they were written; rows that share a mapping share what is read of it."""
    known: dict[int, CaseTarget] = {}
    found = []
    for target in targets:
        one = known.get(id(target))
        if one is None:
            one = known[id(target)] = msgspec.convert(target, CaseTarget)
        found.append(one)
    return found


def probabilities(columns: Columns) -> Floats | None:
    """A probability per label or option for each example (n, k); None unless every example has scores in [0, 1] that sum to 1."""
    return columns.remember(_PROBABILITIES, lambda: _probabilities(columns))


def _probabilities(columns: Columns) -> Floats | None:
    scores, task = columns.scores, columns.task
    if scores is None or not scores.size or task.kind not in _SCORED_KINDS or task.multilabel or task.by_text:
        return None
    inside = bool(((scores >= 0) & (scores <= 1)).all())
    if not inside or bool((np.abs(scores.sum(axis=1) - 1) > _SUM).any()):
        return None
    return scores


def failures(columns: Columns) -> CodedRows:
    """Basis (the case fails, 1), on the first example of each case that is applicable."""
    found = case_verdicts(columns)
    return _on_first(columns, found.first, np.where(found.passed < 0, 0, np.where(found.passed == 0, 2, 1)))


def flips(columns: Columns) -> CodedRows:
    """Basis (an answer flips, 1), on the first example of each case of which it can be asked."""
    found = case_verdicts(columns)
    return _on_first(columns, found.first, np.where(found.flipped < 0, 0, 1 + found.flipped))


def _on_first(columns: Columns, first: Codes, codes: NDArray[Any]) -> CodedRows:
    rows = np.zeros(columns.n, dtype=np.intp)
    rows[first] = codes
    return CodedRows(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), rows)


def _cases(columns: Columns) -> dict[str, int]:
    found = case_verdicts(columns).passed
    lost = int((found < 0).sum())
    return {"applicable": found.size - lost, **({"not applicable": lost} if lost else {})}


def _flags(columns: Columns) -> tuple[str, ...]:
    found = case_verdicts(columns)
    told = [*_left_out(columns)]
    if not found.passed.size:
        told.append("undefined: no case has all its answers")
    elif (found.passed < 0).all():
        told.append(f"undefined: none of {found.passed.size:,} cases is applicable")
    if _asks_for_probabilities(columns) and probabilities(columns) is None:
        what = "the model gives no scores" if columns.scores is None else "its scores are no probabilities"
        told.append(f"labels alone decide where a test asks how probabilities move: {what}")
    return tuple(told)


def _left_out(columns: Columns) -> tuple[str, ...]:
    alone = sum(name is None for name in columns.group) if columns.group else columns.n
    return (f"left out: {count(alone, 'example')} of cases that lack an answer or were cut off",) if alone else ()


def _asks_for_probabilities(columns: Columns) -> bool:
    task = columns.task
    if task.kind not in _SCORED_KINDS or task.multilabel or task.by_text:
        return False
    return any(
        isinstance(one.expect, SCORED) and (isinstance(one.expect, Monotonic) or one.expect.tolerance > 0)
        for one in {id(one): one for one in _targets(columns.targets)}.values()
    )


def _flip_counts(columns: Columns) -> dict[str, int]:
    return {"asked": int((case_verdicts(columns).flipped >= 0).sum())}


def _flip_flags(columns: Columns) -> tuple[str, ...]:
    if (case_verdicts(columns).flipped >= 0).any():
        return ()
    return ("undefined: no case of an invariance test",)


_FLIPPING = (Kind.CLASSIFY, Kind.TAG, Kind.SPAN, Kind.CHOOSE, Kind.FILL)
"""Kinds whose answers flip; numbers differ by more or less."""

failure_rate = Metric(
    name="failure_rate",
    title="Failure rate",
    kinds=(*_FLIPPING, Kind.REGRESS),
    direction="lower",
    reference="CheckList (Ribeiro et al. 2020, arXiv 2005.04118): failing cases / (cases - not applicable); lower is better",
    by_group=True,
    of_cases=True,
    unit="case",
    counts=_cases,
    basis=failures,
    compute=share_value,
    share=share_parts,
    flags=_flags,
)
flip_rate = Metric(
    name="flip_rate",
    title="Flip rate",
    kinds=_FLIPPING,
    direction="lower",
    reference="share of INV cases in which a variant is answered otherwise than its original, whatever the tolerance; lower is better",
    by_group=True,
    of_cases=True,
    unit="case",
    counts=_flip_counts,
    basis=flips,
    compute=share_value,
    share=share_parts,
    flags=_flip_flags,
)
