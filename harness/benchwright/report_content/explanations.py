"""The section about explanations: what methods say of models' answers to items, and how far each can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from benchwright.errors import BenchwrightError
from benchwright.render.details import Records
from benchwright.render.grid import Grid
from benchwright.report_content.explained_answers import AnswersOf, Told, read_answers_of
from benchwright.report_content.explained_items import ExplainedItem, find_items, told_ids
from benchwright.report_content.explained_words import LabelWords, words_by_label
from benchwright.report_content.explanation_verdicts import (
    AgreementRow,
    MethodRow,
    agreement_row,
    method_row,
    remarks_of,
)
from benchwright.types import Explanation, ExplanationSummary, ReportOptions, Run, Task

MOST = 50
"""Items of a task on a page where nobody says how many."""
MOST_MAPS = 600
"""Attributions of all tasks together that are drawn."""
_LAST = "random"


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainedTask:
    """A task whose answers were explained.

    Attributes:
        name: ``suite/task``.
        rows: Each model with each method, and how far it can be believed.
        chosen: How items were chosen, in words.
        remarks: Severity, whom it is said of, and what must be said beside the rows.
        agreement: How far methods say the same of a model.
        missing: Explanations that were asked for and are not there, and why.
        words: Words that count most for each label.
        items: Items with what was said of them, those to look at first: where models disagree, then wrong answers.
        explained: Items that any method says something of.
        withheld: Why no words are shown; empty where they are.
        problems: Attachments that cannot be read, and why.
    """

    name: str
    split: str
    rows: tuple[MethodRow, ...]
    chosen: str = ""
    remarks: tuple[tuple[str, str, str], ...] = ()
    agreement: tuple[AgreementRow, ...] = ()
    missing: tuple[str, ...] = ()
    words: tuple[LabelWords, ...] = ()
    items: tuple[ExplainedItem, ...] = ()
    explained: int = 0
    withheld: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplanationSection:
    """The section."""

    tasks: tuple[ExplainedTask, ...]


def find_explanations(
    runs: Sequence[Run], grid: Grid, records: Records, options: ReportOptions, *, items: bool
) -> ExplanationSection | None:
    """What was explained; None where nothing was asked to be.

    Args:
        runs: With the cards of the tasks.
        grid: Models and their explanations.
        records: Gives the records of a cell; with a method ``explanations(key, attachment)``, as a store's reader has it, attributions too.
        options: What was asked for.
        items: Whether items and their words are wanted.
    """
    places = list(dict.fromkeys((one.base, one.split) for _, one in grid.explanations))
    absent = _absent(grid)
    places += [place for place in absent if place not in places]
    if not places:
        return None
    desk = _Desk(runs=runs, grid=grid, records=records, options=options, items=items, tasks=len(places))
    return ExplanationSection(
        tasks=tuple(_task(desk, base, split, tuple(absent.get((base, split), ()))) for base, split in places)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Desk:
    runs: Sequence[Run]
    grid: Grid
    records: Records
    options: ReportOptions
    items: bool
    tasks: int

    def card(self, base: str) -> Task | None:
        """Of the task that is explained."""
        return next((run.tasks[base] for run in self.runs if base in run.tasks), None)


def _absent(grid: Grid) -> dict[tuple[str, str], list[str]]:
    """Task and split -> what is missing there, in words."""
    found: dict[tuple[str, str], list[str]] = {}
    for at, cell in grid.unexplained:
        method = cell.task_path.rpartition("@")[0].rpartition("/")[2]
        why = f"{cell.status}: {cell.reason}" if cell.reason else cell.status
        place = (cell.task_path.rpartition("@")[2], cell.split)
        found.setdefault(place, []).append(f"{grid.systems[at].label}, {method}: {why}")
    return found


@dataclass(kw_only=True, slots=True)
class _Gathered:
    """What attachments of a task hold."""

    told: list[Told] = field(default_factory=list)
    answers: dict[int, AnswersOf] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def _task(desk: _Desk, base: str, split: str, missing: tuple[str, ...]) -> ExplainedTask:
    mine = [(at, one) for at, one in desk.grid.explanations if (one.base, one.split) == (base, split)]
    mine.sort(key=lambda one: (one[0], one[1].method == _LAST))
    labels = [system.label for system in desk.grid.systems]
    rows = tuple(method_row(labels[at], one) for at, one in mine)
    withheld = _withheld(desk)
    found = ExplainedTask(
        name=base,
        split=split,
        rows=rows,
        chosen="; ".join(dict.fromkeys(one.chosen for _, one in mine if one.chosen)),
        remarks=remarks_of(rows),
        agreement=_agreement(desk, base, split),
        missing=missing,
        withheld=withheld if desk.items else "",
    )
    if withheld or not mine:
        return found
    card = desk.card(base)
    gathered = _gather(desk, card, mine)
    return replace(
        found,
        words=words_by_label(gathered.told, gathered.answers, labels),
        items=_items(desk, card, gathered, labels) if desk.items else (),
        explained=len(told_ids(gathered.told)),
        problems=tuple(gathered.problems),
    )


def _items(desk: _Desk, card: Task | None, gathered: _Gathered, labels: Sequence[str]) -> tuple[ExplainedItem, ...]:
    shown = _drawn(gathered.told)
    limit = MOST if desk.options.max_examples is None else desk.options.max_examples
    room = max(1, MOST_MAPS // desk.tasks // max(1, len(shown)))
    return find_items(card, shown, gathered.answers, labels, limit=min(limit, room))


def _agreement(desk: _Desk, base: str, split: str) -> tuple[AgreementRow, ...]:
    """Of each model the pairs of its methods; random values agree with nothing."""
    return tuple(
        agreement_row(desk.grid.systems[at].label, one)
        for at, one in desk.grid.agreement
        if (one.base, one.split) == (base, split) and _LAST not in one.methods
    )


def _withheld(desk: _Desk) -> str:
    if not desk.options.inputs:
        return "texts are left out of this report, and with them the words that were explained"
    if getattr(desk.records, "explanations", None) is None:
        return "this report was not given the attributions of words"
    return ""


def _gather(desk: _Desk, card: Task | None, mine: Sequence[tuple[int, ExplanationSummary]]) -> _Gathered:
    found = _Gathered()
    for at, summary in mine:
        label = desk.grid.systems[at].label
        try:
            there: dict[str, Explanation] = desk.records.explanations(summary.key, summary.attachment, summary.ids)  # type: ignore[attr-defined]
            if at not in found.answers:
                found.answers[at] = read_answers_of(card, desk.records(summary.key))
        except BenchwrightError as error:
            found.problems.append(f"{label}, {summary.method}: {error.problem}")
            continue
        asked = {id_: there[id_] for id_ in summary.ids if id_ in there}
        found.told.append(Told(at=at, summary=summary, explanations=asked))
    return found


def _drawn(told: Sequence[Told]) -> list[Told]:
    """All methods but random values, which say nothing of an item; these too where there is nothing else."""
    return [one for one in told if one.summary.method != _LAST] or list(told)
