"""Results as rows, one for each score, and as tables: pandas for analysis, text for terminals, escaped HTML for notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from benchwright.alarm import (
    alarm_mark,
    cell_alarms,
    in_order,
    lines,
    note,
    place_alarms,
    run_alarms,
    score_alarms,
    sentences,
)
from benchwright.formatting import estimate
from benchwright.inert import inert
from benchwright.quantities import alarms_beside, positive_of, score_title, unit_of
from benchwright.render.hardware import hardware_caption, hardware_cells, hardware_tables, missing, profile_quantities
from benchwright.render.hardware_words import unit_in_words
from benchwright.tables import html_list, html_table, text_table
from benchwright.task_path import has_answers, task_path
from benchwright.types import Alarm, CellResult, IdentityScore, Profile, Run, Score, Task


def to_frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> Any:
    """A pandas DataFrame with one row per mapping, and these columns where there is no row; pandas is imported here."""
    import pandas as pd

    return pd.DataFrame([dict(row) for row in rows], columns=None if rows else list(columns))


@dataclass(frozen=True, kw_only=True)
class ResultRow:
    """One score of a run with its cell: the row of result tables and files.

    Attributes:
        run: The run.
        cell: The model on the task.
        score: The task's score, a metric or a slice; None for a cell without any.
        positive: The positive label of the metric; None for a metric over all labels.
        alarms: Alarms and notes about the number.
        profile: The hardware profile that the score is of; None for what was computed from answers.
        reason: Why there is no number.
    """

    run: Run
    cell: CellResult
    score: Score | None
    positive: str | None
    alarms: tuple[Alarm, ...]
    profile: Profile | None = None
    reason: str = ""

    @property
    def value_unit(self) -> str:
        """The unit of a measured value in words, all of the SI: ``seconds``, ``bytes``; empty for what was computed from answers."""
        return "" if self.profile is None or self.score is None else unit_in_words(self.score.metric)

    @property
    def machine(self) -> str:
        """Fingerprint of the machine that a value was measured on; empty for what was computed from answers."""
        return "" if self.profile is None else self.profile.machine.fingerprint


def result_rows(run: Run) -> Iterator[ResultRow]:
    """A row per score: of each cell the task's score, every metric, every slice, of an identity view then the numbers of each dimension;
    of a hardware profile a row per quantity, at each condition of a sweep too (the slice ``batch=8 & length=64``); a cell without scores
    has one row.
    """
    measured = {(one.model, one.task_path): one for one in run.profiles}
    swaps: dict[str | None, list[IdentityScore]] = {}
    for one in run.bias:
        swaps.setdefault(one.view_key, []).append(one)
    for cell in run.cells:
        profile = measured.get((cell.model, cell.task_path)) if cell.status == "measured" else None
        if profile is not None:
            yield from _measured_rows(run, cell, profile)
            continue
        task = run.tasks.get(cell.task_path)
        scores: list[Score | None] = [score for score in (cell.score, *cell.scores) if score is not None]
        for score in scores or [None]:
            yield ResultRow(
                run=run,
                cell=cell,
                score=score,
                positive=positive_of(score.metric, task, score.slice) if score else None,
                alarms=score_alarms(cell, score) if score else cell_alarms(cell),
                reason=cell.reason,
            )
        for one in swaps.get(cell.key, ()) if cell.status == "scored" else ():
            for number in swap_scores(one):
                yield ResultRow(
                    run=run, cell=cell, score=number, positive=None, alarms=in_order((*number.alarms, *one.alarms))
                )


def _measured_rows(run: Run, cell: CellResult, profile: Profile) -> Iterator[ResultRow]:
    alarms = in_order((*cell.alarms, *profile.alarms))
    for place, found in profile_quantities(profile):
        score = Score(
            metric=found.quantity,
            value=found.value,
            low=found.low,
            high=found.high,
            n=found.n,
            slice=place or None,
            method=found.method,
        )
        yield ResultRow(
            run=run, cell=cell, score=score, positive=None, alarms=alarms, profile=profile, reason=found.reason
        )


def swap_scores(found: IdentityScore) -> Iterator[Score]:
    """The numbers of a dimension as scores: metrics ``flip_rate``, ``shift_size``, ``gap(LABEL)``, ``range(LABEL)`` and
    ``standard_deviation(LABEL)`` in the slice ``identity=DIMENSION``; ``flip_rate`` and ``shift(LABEL)`` of each group in
    ``identity=DIMENSION & identity_to=GROUP``. The flip rate carries the verdict as a note.
    """
    where = f"identity={found.dimension}"
    about = note(
        "verdict",
        f"{found.verdict} a limit of {found.limit:g}"
        if found.verdict != "cannot tell"
        else f"cannot tell about a limit of {found.limit:g}",
    )
    yield replace(found.flip_rate, slice=where, alarms=(about, *found.flip_rate.alarms))
    if found.shift is not None:
        yield replace(found.shift, slice=where)
    for label, gap in found.gaps.items():
        yield Score(
            metric=f"gap({label})",
            value=gap.value,
            low=gap.low,
            high=gap.high,
            n=found.n,
            slice=where,
            method=gap.method,
        )
    for scores in (found.spread, found.deviation):
        for label, score in scores.items():
            yield replace(score, metric=f"{score.metric}({label})", slice=where)
    for group in found.groups:
        there = f"{where} & identity_to={group.group}"
        yield replace(group.flip_rate, slice=there)
        for label, score in group.shifts.items():
            yield replace(score, metric=f"shift({label})", slice=there)


def run_rows(run: Run) -> list[dict[str, Any]]:
    """The same as flat mappings, for a data frame."""
    return [
        {
            "run": run.name,
            **{name: getattr(row.cell, name) for name in ("model", "suite", "task", "split", "status")},
            "reason": row.reason,
            **{name: getattr(row.score, name, None) for name in Score.__struct_fields__},
            "positive": row.positive,
            "alarms": "; ".join(sentences(row.alarms)),
            "seconds": row.cell.seconds,
            "value_unit": row.value_unit,
            "machine": row.machine,
        }
        for row in result_rows(run)
    ]


def run_text(run: Run) -> str:
    """A run as text: its task scores, one row per task, one column per model, then its hardware profiles."""
    columns, rows = _run_table(run)
    counts = [f"{_count(len(columns) - 2, 'model')} on {_count(len(rows), 'task')}"] if rows or not run.profiles else []
    counts += [_count(len(run.profiles), "hardware profile")] if run.profiles else []
    head = f"run {run.name}: {', '.join(counts)}"
    state = "" if run.complete else ", unfinished"
    table = text_table(columns, rows, right=range(2, len(columns)), indent=2) if rows else []
    for measured in hardware_tables((profile.model, profile) for profile in run.profiles):
        heads, cells = hardware_cells(measured)
        table += [
            f"  {inert(hardware_caption(measured))}",
            *text_table(heads, cells, right=range(1, len(heads)), indent=2),
        ]
    return "\n".join([inert(head + state), *table, *(f"  {inert(line)}" for line in lines(run_alarms(run)))])


def run_html(run: Run) -> str:
    """The same as a table for notebooks."""
    columns, rows = _run_table(run)
    caption = f"Run {run.name}: task scores with 95 % intervals, fractions x 100"
    notes = lines(run_alarms(run))
    if not run.profiles:
        return html_table(columns, rows, caption=caption, right=range(2, len(columns)), notes=notes)
    tables = [html_table(columns, rows, caption=caption, right=range(2, len(columns)))] if rows else []
    for measured in hardware_tables((profile.model, profile) for profile in run.profiles):
        heads, cells = hardware_cells(measured)
        tables.append(
            html_table(
                heads, cells, caption=hardware_caption(measured), right=range(1, len(heads)), notes=missing(measured)
            )
        )
    told = [one for profile in run.profiles for one in place_alarms(profile.model, profile.task_path, profile.alarms)]
    return "".join([*tables, html_list(lines((*run_alarms(run), *told)))])


def _run_table(run: Run) -> tuple[list[str], list[list[str]]]:
    models = list(dict.fromkeys([*(model.name for model in run.spec.models), *(cell.model for cell in run.cells)]))
    by_place = {(cell.suite, cell.task, cell.model): cell for cell in run.cells}
    rows = []
    judged = (cell for cell in run.cells if has_answers(cell.task_path))
    for suite, task in dict.fromkeys((cell.suite, cell.task) for cell in judged):
        texts = []
        for model in models:
            cell = by_place.get((suite, task, model))
            known = cell is not None and cell.status == "scored"
            text = _score(cell.score, run.tasks.get(task_path(suite, task))) if cell is not None and known else ""
            mark = (
                alarm_mark(alarms_beside(cell, run.tasks.get(task_path(suite, task))))
                if cell is not None and known
                else ""
            )
            texts.append("" if cell is None else f"{text} {mark}".rstrip() if known else cell.status)
        card = run.tasks.get(task_path(suite, task))
        rows.append([task_path(suite, task), score_title(card) if card else "", *texts])
    return ["task", "score", *models], rows


def _score(score: Score | None, task: Task | None) -> str:
    if score is None or score.value is None:
        return "undefined"
    return estimate(score, unit_of(task.score_metrics if task else ()))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
