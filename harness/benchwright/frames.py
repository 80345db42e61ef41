"""Results as tables: pandas for analysis, text for terminals, escaped HTML for notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchwright.alarm import lines, mark_of, of_cell, of_run, of_score, sentences
from benchwright.formatting import estimate
from benchwright.inert import inert
from benchwright.quantities import alarms_beside, positive_of, score_title, unit_of
from benchwright.tables import html_table, text_table
from benchwright.task_path import task_path
from benchwright.types import Run, Score, Task


def to_frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> Any:
    """A pandas DataFrame with one row per mapping, and these columns where there is no row; pandas is imported here."""
    import pandas as pd

    return pd.DataFrame([dict(row) for row in rows], columns=None if rows else list(columns))


def run_rows(run: Run) -> list[dict[str, Any]]:
    """One row per score of a run: the task's score, every metric, every slice; cells without scores have one row."""
    rows = []
    for cell in run.cells:
        about = {"run": run.name, "model": cell.model, "suite": cell.suite, "task": cell.task, "split": cell.split}
        task = run.tasks.get(cell.task_path)
        scores: list[Score | None] = [score for score in (cell.score, *cell.scores) if score is not None]
        rows += [
            {
                **about,
                "status": cell.status,
                "reason": cell.reason,
                **{name: getattr(score, name, None) for name in Score.__struct_fields__},
                "positive": positive_of(score.metric, task, score.slice) if score else None,
                "alarms": "; ".join(sentences(of_cell(cell) if score is None else of_score(cell, score))),
                "seconds": cell.seconds,
            }
            for score in scores or [None]
        ]
    return rows


def run_text(run: Run) -> str:
    """A run as text: its task scores, one row per task, one column per model."""
    columns, rows = _run_table(run)
    head = f"run {run.name}: {_count(len(columns) - 2, 'model')} on {_count(len(rows), 'task')}"
    state = "" if run.complete else ", unfinished"
    table = text_table(columns, rows, right=range(2, len(columns)), indent=2)
    return "\n".join([inert(head + state), *table, *(f"  {inert(line)}" for line in lines(of_run(run)))])


def run_html(run: Run) -> str:
    """The same as a table for notebooks."""
    columns, rows = _run_table(run)
    caption = f"Run {run.name}: task scores with 95 % intervals, fractions x 100"
    return html_table(columns, rows, caption=caption, right=range(2, len(columns)), notes=lines(of_run(run)))


def _run_table(run: Run) -> tuple[list[str], list[list[str]]]:
    models = list(dict.fromkeys([*(model.name for model in run.spec.models), *(cell.model for cell in run.cells)]))
    by_place = {(cell.suite, cell.task, cell.model): cell for cell in run.cells}
    rows = []
    for suite, task in dict.fromkeys((cell.suite, cell.task) for cell in run.cells):
        texts = []
        for model in models:
            cell = by_place.get((suite, task, model))
            known = cell is not None and cell.status == "scored"
            text = _score(cell.score, run.tasks.get(task_path(suite, task))) if cell is not None and known else ""
            mark = (
                mark_of(alarms_beside(cell, run.tasks.get(task_path(suite, task))))
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
