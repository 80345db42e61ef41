"""Columns gathered from the records of a cell, or from its own columns: answered items with a gold label, and how many are neither."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchwright.answers import AnswerArrays, HasColumns
from benchwright.coded import Coded
from benchwright.kinds import NO_TEXT
from benchwright.metrics.columns import Codes, Columns, Floats, Strict
from benchwright.types import Kind, Record, Task


@dataclass(frozen=True)
class GatheredColumns:
    """Columns of the answered examples, and how many have no answer or no gold label."""

    columns: Columns
    errored: int
    skipped: int


def group_sizes(records: Sequence[Record]) -> Mapping[str | None, int]:
    """How many records each group has."""
    return Counter(record.group for record in records)


def gather(task: Task, records: Sequence[Record], *, among: Mapping[str | None, int] | None = None) -> GatheredColumns:
    """Columns from records: no gold label is *skipped*, otherwise no answer is *errored*.

    Scores are kept if every answered example has the same number of them. A group with an errored or skipped example is
    dissolved, since the rest of it would be easier to get right. For a slice, ``among`` says how many records each group has
    (`group_sizes`), and one that lies partly outside the slice is dissolved too. If no example has a cluster, groups are the clusters.

    Records of a store are gathered from their columns, and none is made; of behavioural tests, whose cases need more of a record than
    columns hold, all are.
    """
    if isinstance(records, HasColumns) and not task.behaviour:
        answers = records.answers(task)
        return gather_answers(
            answers, among=None if among is None else np.array([*map(among.__getitem__, answers.groups.values)])
        )
    labelled = [record for record in records if record.target is not None]
    answered = [record for record in labelled if record.error is None and record.output is not None]
    scores = _scores(task, answered)
    broken = {record.group for record in records if None in (record.target, record.output) or record.error is not None}
    if among is not None:
        broken |= {name for name, size in group_sizes(records).items() if size < among[name]}
    clustered = any(record.cluster is not None for record in labelled)
    columns = Columns(
        task,
        [record.target for record in answered],
        [record.output for record in answered],
        scores,
        [record.cluster if clustered else record.group for record in answered],
        [record.slices for record in answered],
        [None if record.group in broken else record.group for record in answered],
        _strict(answered),
        None if len(answered) == len(records) else _rows_of(answered, records),
        _lacking(answered) if task.behaviour else [],
        _metadata(answered) if task.metadata else [],
    )
    return GatheredColumns(columns, errored=len(labelled) - len(answered), skipped=len(records) - len(labelled))


def gather_answers(
    answers: AnswerArrays, rows: NDArray[np.intp] | None = None, *, among: NDArray[np.int64] | None = None
) -> GatheredColumns:
    """What `gather` makes of the records of some rows, or of all, from their columns. Not for behavioural tests.

    Args:
        answers: Of a whole cell.
        rows: Positions of records, ascending; None: all.
        among: How many records of the cell each of ``answers.groups.values`` has; None: no group lies partly outside.
    """
    every = np.arange(answers.n) if rows is None else rows
    has_gold, silent = answers.has_gold[every], answers.unanswered[every]
    answered = has_gold & ~silent
    kept = every[answered]
    columns = gather_rows(answers, kept, clustered=bool((answers.clusters.codes[every[has_gold]] >= 0).any()))
    columns = replace(columns, rows_of_split=None if len(kept) == len(every) else np.flatnonzero(answered))
    broken = np.zeros(len(answers.groups.values) + 1, dtype=np.bool_)  # the last one stands for no group
    broken[answers.groups.codes[every[~answered]]] = True
    if among is not None:
        broken[:-1] |= np.bincount(answers.groups.codes[every] + 1, minlength=len(broken))[1:] < among
    if broken[:-1].any():
        codes = answers.groups.codes[kept]
        columns = replace(
            columns, group=Coded(np.where(broken[codes], -1, codes).astype(np.int32), answers.groups.values)
        )
    labelled = int(has_gold.sum())
    return GatheredColumns(columns, errored=labelled - len(kept), skipped=len(every) - labelled)


def gather_rows(answers: AnswerArrays, rows: NDArray[np.intp], *, clustered: bool | None = None) -> Columns:
    """What `gather` makes of the records of some rows, each with a gold label and an answer, without making them.

    Of behavioural tests, whose cases need more of a record than columns hold, records are to be gathered. ``clustered``: whether
    items have clusters; None: as those of the rows say.
    """
    if clustered is None:
        clustered = bool((answers.clusters.codes[rows] >= 0).any())
    clusters = answers.clusters if clustered else answers.groups
    facts = answers.extras.take(rows).to_list() if answers.task.kind is Kind.TAG or answers.task.metadata else []
    strict = [(fact.get("strict_gold"), fact.get("strict")) if fact else (None, None) for fact in facts]
    metadata: list[dict[str, str]] = [(fact or {}).get("metadata") or {} for fact in facts]
    return Columns(
        answers.task,
        answers.targets.take(rows),
        answers.outputs.take(rows),
        answers.score_rows.of_rows(rows),
        clusters.take(rows),
        _slices_of(answers, rows),
        answers.groups.take(rows),
        strict if any(gold is not None or said is not None for gold, said in strict) else [],
        metadata=metadata if answers.task.metadata and any(metadata) else [],
    )


def _slices_of(answers: AnswerArrays, rows: NDArray[np.intp]) -> Coded:
    """Slices of each row; rows with equal ones share them."""
    places = np.zeros(len(rows), dtype=np.int64)
    firsts = np.zeros(min(len(rows), 1), dtype=np.int64)
    for coded in answers.slices.values():
        codes = places * (len(coded.values) + 1) + coded.codes[rows] + 1
        _, firsts, places = np.unique(codes, return_index=True, return_inverse=True)
    found: list[dict[str, str]] = []
    for first in firsts.tolist():
        row = int(rows[first])
        values = {name: coded.codes[row] for name, coded in answers.slices.items()}
        found.append({name: answers.slices[name].values[code] for name, code in values.items() if code >= 0})
    return Coded(places.astype(np.int32), tuple(found))


def _scores(task: Task, records: Sequence[Record]) -> Floats | None:
    """A row of scores each; None unless all have the same number. Cases with silence that counts as wrong fail whatever the
    scores, so there a row that decides nothing stands for it, and the other cases keep theirs.
    """
    silent = [task.behaviour and record.scores is None and record.output == NO_TEXT for record in records]
    widths = {
        None if record.scores is None else len(record.scores)
        for record, without in zip(records, silent, strict=True)
        if not without
    }
    if None in widths or (len(widths) != 1 and not (task.behaviour and task.kind is Kind.FILL)):
        return None
    if len(widths) > 1:
        return _padded(records)
    width = next(iter(widths)) or 0
    nothing = (1 / max(width, 1),) * width
    rows = [nothing if without else record.scores for record, without in zip(records, silent, strict=True)]
    return np.array(rows, dtype=np.float64)


def _padded(records: Sequence[Record]) -> Floats:
    """Scores of options of which cases have several numbers; gaps are no numbers."""
    rows = [record.scores or () for record in records]
    found = np.full((len(rows), max(map(len, rows))), np.nan)
    for place, row in enumerate(rows):
        found[place, : len(row)] = row
    return found


def _strict(records: Sequence[Record]) -> list[tuple[Strict | None, Strict | None]]:
    found = [(record.extra.get("strict_gold"), record.extra.get("strict")) for record in records]
    return found if any(gold is not None or said is not None for gold, said in found) else []


def _lacking(records: Sequence[Record]) -> list[bool]:
    found = [record.extra.get("lacks") is True for record in records]
    return found if any(found) else []


def _metadata(records: Sequence[Record]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = [record.extra.get("metadata") or {} for record in records]
    return found if any(found) else []


def _rows_of(answered: Sequence[Record], records: Sequence[Record]) -> Codes:
    there = set(map(id, answered))
    return np.array([row for row, record in enumerate(records) if id(record) in there], dtype=np.intp)
