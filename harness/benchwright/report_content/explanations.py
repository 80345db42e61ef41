"""The section about explanations: what methods say of models' answers to items, and how far each can be believed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from benchwright.errors import BenchwrightError
from benchwright.explanations.remarks import ModelMethod, chosen_of, named
from benchwright.formatting import clip
from benchwright.inert import html_text
from benchwright.render.details import Records
from benchwright.render.grid import Grid
from benchwright.render.heat_map import LONG
from benchwright.report_content.explained_answers import AnswersOf, Told, read_answers_of
from benchwright.report_content.explained_items import PageItem, find_items, in_cases, told_ids
from benchwright.report_content.explained_words import LabelWords, words_by_label
from benchwright.report_content.explanation_verdicts import (
    AgreementRow,
    MethodRow,
    agreement_row,
    method_name,
    method_row,
    remarks_of,
    titles_of,
)
from benchwright.report_content.item_maps import SEEN
from benchwright.types import Explanation, ExplanationSummary, ReportOptions, Run, Task

MOST = 50
"""Items of a task on a page where nobody says how many."""
ROOM = 415_000
"""Bytes that items of all tasks together have on a page, by an estimate that is a sixth too high; each task has an equal share of what it would need."""
_MAP, _WORD, _SHOWN = 450, 15, 80
"""Bytes of an attribution without words, and of the marks of a word beside its text; words of a long text that are shown or marked."""
_LINE = 200
"""Bytes of an attribution in which no word counts: a line."""
_TOLD = 8
"""Words told beside a text: those that count most, the target, the answer."""
_LOOKED_AT = 50
"""Items of a task by which the size of all is estimated."""
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
    items: tuple[PageItem, ...] = ()
    explained: int = 0
    withheld: str = ""
    problems: tuple[str, ...] = ()

    @property
    def cases(self) -> list[list[PageItem]]:
        """The items, those of one behavioural case together."""
        return in_cases(self.items)

    @property
    def told_words(self) -> tuple[LabelWords, ...]:
        """Of `words` those labels for which a word counts."""
        return tuple(one for one in self.words if one.raising or one.lowering)

    @property
    def wordless(self) -> str:
        """The other labels, with whom that is of."""
        found: dict[tuple[str, str], list[str]] = {}
        for one in self.words:
            if not (one.raising or one.lowering):
                found.setdefault((one.system, one.method), []).append(clip(one.label, 40))
        return "; ".join(f"{', '.join(names)} ({system}, {method})" for (system, method), names in found.items())


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplanationSection:
    """The section."""

    tasks: tuple[ExplainedTask, ...]

    @property
    def withheld(self) -> str:
        """Why no words are shown; empty where they are."""
        return next((task.withheld for task in self.tasks), "")

    @property
    def framed(self) -> bool:
        """Whether an entity or answer is framed in any heat map."""
        texts = (
            text
            for task in self.tasks
            for item in task.items
            for model in item.models
            for one in model.maps
            for text in one.texts
        )
        return any(piece.named for text in texts for piece in text.pieces)


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
    desk = _Desk(runs=runs, grid=grid, records=records, options=options, items=items)
    gathered = {place: _gather(desk, place) for place in places}
    drawn = {place: _drawn(one.told) for place, one in gathered.items()}
    share = min(1.0, ROOM / max(1.0, math.fsum(_bytes(drawn[place], gathered[place], desk.limit) for place in places)))
    tasks = (
        replace(
            _task(desk, place, gathered[place]),
            missing=tuple(absent.get(place, ())),
            items=_items(desk, gathered[place], drawn[place], share),
        )
        for place in places
    )
    return ExplanationSection(tasks=tuple(tasks))


def _bytes(told: Sequence[Told], gathered: _Gathered, limit: int) -> float:
    """What the items of a task would take, about."""
    ids = told_ids(told)
    some = ids[:_LOOKED_AT]
    if not some:
        return 0.0
    return math.fsum(_item_bytes(told, gathered, id_) for id_ in some) / len(some) * min(limit, len(ids))


def _item_bytes(told: Sequence[Told], gathered: _Gathered, id_: str) -> float:
    total = 0.0
    for at in dict.fromkeys(one.at for one in told):
        values = gathered.answers[at].inputs(id_).values()
        text = sum(len(html_text(one).encode()) for one in map(str, values))
        mine = (one.explanations[id_] for one in told if one.at == at and id_ in one.explanations)
        for found in mine:
            words = len(found.words)
            share = 1.0 if words <= LONG else _SHOWN / words
            told_beside = _TOLD * text / max(1, words)
            mapped = sum(any(abs(value) >= SEEN for value in one.values) for one in found.attributions)
            total += mapped * (_MAP + told_beside + share * (text + _WORD * words))
            total += (len(found.attributions) - mapped) * _LINE
        total += 0 if total == 0 else text / 2  # of a long one the whole text, once
    return total


@dataclass(frozen=True, kw_only=True, slots=True)
class _Desk:
    runs: Sequence[Run]
    grid: Grid
    records: Records
    options: ReportOptions
    items: bool

    @property
    def labels(self) -> list[str]:
        """Of the models, by position."""
        return [system.label for system in self.grid.systems]

    @property
    def limit(self) -> int:
        """Most items of a task."""
        return MOST if self.options.max_examples is None else self.options.max_examples

    def card(self, base: str, at: int | None = None) -> Task | None:
        """Of the task that is explained: as the run of a model used it, else as the first one did."""
        column = next((one for one in self.grid.columns if one.name == base), None)
        if at is not None and column is not None and column.card_of(at) is not None:
            return column.card_of(at)
        return next((run.tasks[base] for run in self.runs if base in run.tasks), None)


def _absent(grid: Grid) -> dict[tuple[str, str], list[str]]:
    """Task and split -> what is missing there, in words: what came of which methods of which models, and why."""
    about: dict[tuple[str, str], dict[str, list[ModelMethod]]] = {}
    for at, cell in grid.unexplained:
        method = method_name(cell.task_path.rpartition("@")[0].rpartition("/")[2])
        why = f"{cell.status}: {cell.reason}" if cell.reason else cell.status
        place = (cell.task_path.rpartition("@")[2], cell.split)
        about.setdefault(place, {}).setdefault(why, []).append(ModelMethod(grid.systems[at].label, method))
    return {place: [f"{named(places)}: {why}" for why, places in found.items()] for place, found in about.items()}


@dataclass(kw_only=True, slots=True)
class _Gathered:
    """What is known of a task: what its attachments hold, and why some cannot be read."""

    card: Task | None
    summaries: Sequence[tuple[int, ExplanationSummary]]
    titles: Mapping[str, str]
    told: list[Told] = field(default_factory=list)
    answers: dict[int, AnswersOf] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def _task(desk: _Desk, place: tuple[str, str], gathered: _Gathered) -> ExplainedTask:
    """All but its items."""
    labels = desk.labels
    rows = tuple(method_row(labels[at], one, gathered.titles[one.attachment]) for at, one in gathered.summaries)
    return ExplainedTask(
        name=place[0],
        split=place[1],
        rows=rows,
        chosen=chosen_of([(row.system, row.summary.chosen) for row in rows]),
        remarks=remarks_of(rows),
        agreement=_agreement(desk, place, gathered.titles),
        words=words_by_label(gathered.told, gathered.answers, labels),
        explained=len(told_ids(gathered.told)),
        withheld=_withheld(desk) if desk.items else "",
        problems=tuple(gathered.problems),
    )


def _items(desk: _Desk, gathered: _Gathered, drawn: Sequence[Told], share: float) -> tuple[PageItem, ...]:
    if not desk.items or not drawn:
        return ()
    most = min(desk.limit, len(told_ids(drawn)))
    return find_items(gathered.card, drawn, gathered.answers, desk.labels, limit=math.ceil(most * share))


def _agreement(desk: _Desk, place: tuple[str, str], titles: Mapping[str, str]) -> tuple[AgreementRow, ...]:
    """Of each model the pairs of its methods; random values agree with nothing."""
    return tuple(
        agreement_row(desk.labels[at], one, titles)
        for at, one in desk.grid.agreement
        if (one.base, one.split) == place and _LAST not in one.methods
    )


def _withheld(desk: _Desk) -> str:
    if not desk.options.inputs:
        return "texts are left out of this report, and with them the words that were explained"
    if getattr(desk.records, "explanations", None) is None:
        return "this report was not given the attributions of words"
    return ""


def _gather(desk: _Desk, place: tuple[str, str]) -> _Gathered:
    mine = [(at, one) for at, one in desk.grid.explanations if (one.base, one.split) == place]
    mine.sort(key=lambda one: (one[0], one[1].method == _LAST))
    card = desk.card(place[0])
    found = _Gathered(card=card, summaries=mine, titles=titles_of([one for _, one in mine]))
    for at, summary in () if _withheld(desk) else mine:
        try:
            there: dict[str, Explanation] = desk.records.explanations(summary.key, summary.attachment, summary.ids)  # type: ignore[attr-defined]
            if at not in found.answers:
                found.answers[at] = read_answers_of(desk.card(place[0], at), desk.records(summary.key))
        except BenchwrightError as error:
            found.problems.append(f"{desk.labels[at]}, {found.titles[summary.attachment]}: {error.problem}")
            continue
        asked = {id_: there[id_] for id_ in summary.ids if id_ in there}
        found.told.append(Told(at=at, title=found.titles[summary.attachment], summary=summary, explanations=asked))
    return found


def _drawn(told: Sequence[Told]) -> list[Told]:
    """All methods but random values, which say nothing of an item; these too where there is nothing else."""
    return [one for one in told if one.summary.method != _LAST] or list(told)
