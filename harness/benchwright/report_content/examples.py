"""The example browser of a report: chosen items of every task with the answers of all models beside one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchwright import kinds
from benchwright.errors import BenchwrightError
from benchwright.formatting import clip
from benchwright.inert import visible
from benchwright.items import base_id, call
from benchwright.redaction import answers_are_texts
from benchwright.render.details import Records
from benchwright.render.drawn_item import DrawnText, draw_item, is_partly
from benchwright.render.examples import given, gold
from benchwright.render.grid import Column, Grid
from benchwright.render.segments import Segment
from benchwright.render.summary import anchor
from benchwright.report_content.example_answers import CellAnswers, read_answers
from benchwright.report_content.example_choice import (
    ERRORED,
    NOT_ASKED,
    NOT_RIGHT,
    RIGHT,
    ExampleChoice,
    choose_items,
    in_words,
)
from benchwright.tags import types_of
from benchwright.types import Record, ReportOptions, Task

MOST = 30
"""Items of a task on a page where nobody says how many."""
MOST_OF_ALL = 200
"""Items of all tasks together then, `FEWEST` of each at least."""
FEWEST = 4
MOST_LISTED, MOST_LISTED_ANSWERS = 5, 300
"""Items of a task, and answers to items of all tasks, in the lists that need no script; one item of each task at least."""
LONGEST_ANSWER = 400
WITHHELD = "left out"

AnswerVerdict = str
"""``right``, ``wrong``, ``partly``, ``errored``, ``none`` (no verdict) or ``absent`` (was not asked)."""


@dataclass(frozen=True, slots=True)
class ExampleAnswer:
    """What a model said to an item.

    Attributes:
        model: Its number among the models of the section.
        text: Ready to print; why there is no answer where it errored.
        verdict: What came of it.
        confidence: Probability of its own answer, in [0, 1]; None where its scores do not tell.
        size: Distance from the target; None where undefined, or where confidence orders answers.
        before: To a variant: what it said to the original, where that was another answer; empty elsewhere.
        truncated: Whether it saw less than the whole input.
    """

    model: int
    text: str
    verdict: AnswerVerdict
    confidence: float | None = None
    size: float | None = None
    before: str = ""
    truncated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleItem:
    """An item.

    Attributes:
        id: As official files call it, or its place.
        labels: Labels or entity types of its gold answer.
        slices: ``name=value`` each.
    """

    id: str
    texts: tuple[DrawnText, ...]
    gold: str
    labels: tuple[str, ...]
    slices: tuple[str, ...]
    answers: tuple[ExampleAnswer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleTask:
    """Chosen items of a task.

    Attributes:
        name: ``suite/task``.
        anchor: Of the section about the task.
        why: Which items these are, in a sentence.
        measure: What orders answers: ``Confidence``, ``Wrong tags``; empty: nothing does.
        total: Items of the task.
        models: Numbers of the models that were asked, among those of the section.
        problems: Models whose records cannot be read, and why.
        expected: Whether the gold answer is what a behavioural test expects.
        withheld: Whether texts and answers made of them are left out.
    """

    name: str
    anchor: str
    split: str
    why: str
    measure: str
    total: int
    models: tuple[int, ...]
    items: tuple[ExampleItem, ...]
    problems: tuple[str, ...] = ()
    expected: bool = False
    withheld: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleSection:
    """The section.

    Attributes:
        models: Labels of all rows that answered any of the tasks.
        inputs: Whether texts are shown.
    """

    models: tuple[str, ...]
    tasks: tuple[ExampleTask, ...]
    inputs: bool

    @property
    def shown(self) -> int:
        """Items on the page."""
        return sum(len(task.items) for task in self.tasks)

    @property
    def static(self) -> tuple[tuple[ExampleTask, tuple[ExampleItem, ...]], ...]:
        """What stands on a page without its script: of each task a few items, those that most models get wrong."""
        results = sum(len(task.models) for task in self.tasks)
        each = max(1, min(MOST_LISTED, MOST_LISTED_ANSWERS // max(1, results)))
        return tuple((task, tuple(_worst_first(task)[:each])) for task in self.tasks if task.items)

    @property
    def has_partly(self) -> bool:
        """Whether any answer is right in part."""
        return any(answer.verdict == "partly" for item in self._items() for answer in item.answers)

    @property
    def has_marks(self) -> bool:
        """Whether gold or predicted spans are drawn in any text."""
        return any(one.gold or one.models for one in self._segments())

    @property
    def has_changes(self) -> bool:
        """Whether changed words are marked in any text."""
        return any(one.change != "kept" for one in self._segments())

    def _items(self) -> Iterator[ExampleItem]:
        return (item for task in self.tasks for item in task.items)

    def _segments(self) -> Iterator[Segment]:
        return (one for item in self._items() for text in item.texts for one in text.segments)


def find_examples(grid: Grid, records: Records, options: ReportOptions) -> ExampleSection | None:
    """Chosen items of every task that has records; None where none are wanted, or there are none."""
    columns = [column for column in grid.columns if not column.is_hardware and _readable(column)]
    limit = options.max_examples
    each = max(FEWEST, min(MOST, MOST_OF_ALL // max(1, len(columns)))) if limit is None else limit
    if each <= 0 or not columns:
        return None
    numbers = {at: n for n, at in enumerate(sorted({at for column in columns for at in _readable(column)}))}
    page = _Page(grid=grid, numbers=numbers, records=records, inputs=options.inputs, each=each)
    tasks = [_task(page, column) for column in columns]
    found = tuple(task for task in tasks if task is not None)
    if not found:
        return None
    labels = tuple(grid.systems[at].label for at in numbers)
    return ExampleSection(models=labels, tasks=found, inputs=options.inputs)


def _readable(column: Column) -> dict[int, str]:
    """Position of a system -> key of its cell, where records may be."""
    if column.card is None:
        return {}
    return {
        at: cell.key
        for at, cell in sorted(column.cells.items())
        if cell.key is not None and cell.status in {"scored", "failed"}
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """A cell: its answers as arrays, the places of its items by id, and the records of the chosen ones by place."""

    model: int
    answers: CellAnswers
    records: Sequence[Record]
    places: Mapping[str, int]
    rows: dict[int, Record] = field(default_factory=dict)

    def keep(self, places: Sequence[int]) -> None:
        """Read the records of the chosen places, all at once where they are read from columns."""
        pick = getattr(self.records, "pick", None)
        found = pick(places) if pick is not None else [self.records[place] for place in places]
        self.rows.update(zip(places, found, strict=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """What every task of the section is made from.

    Attributes:
        numbers: Position of a system -> its number in the section.
        each: Most items of a task.
    """

    grid: Grid
    numbers: Mapping[int, int]
    records: Records
    inputs: bool
    each: int


def _task(page: _Page, column: Column) -> ExampleTask | None:
    card = column.card
    assert card is not None
    cells, problems = _read(page, column, card)
    if not cells:
        return None
    ids = list(dict.fromkeys(id_ for cell in cells for id_ in cell.answers.ids))
    counted, aside = _counted(page, column, cells)
    choice = _choose(counted, ids, page.each)
    for cell in cells:
        cell.keep([cell.places[ids[place]] for place in choice.places if ids[place] in cell.places])
    originals = _originals(page, column, card)
    spec = kinds.of(card)
    confident = any(np.isfinite(cell.answers.confidence).any() for cell in cells)
    sized = not confident and any(np.isfinite(cell.answers.size).any() for cell in cells)
    return ExampleTask(
        name=column.name,
        anchor=anchor(page.grid, column),
        split=column.split,
        why=in_words(choice, spec.noun, models=len(counted), confident=confident, aside=aside),
        measure="Confidence" if confident else (spec.error_title or "Distance from gold") if sized else "",
        total=choice.total,
        models=tuple(cell.model for cell in cells),
        items=tuple(_item(card, cells, ids[place], originals, inputs=page.inputs) for place in choice.places),
        problems=tuple(problems),
        expected=card.behaviour,
        withheld=not page.inputs and answers_are_texts(card),
    )


def _read(page: _Page, column: Column, card: Task) -> tuple[list[_Read], list[str]]:
    found, problems = [], []
    for at, key in _readable(column).items():
        try:
            rows = page.records(key)
        except BenchwrightError as error:
            if column.cells[at].status == "scored":
                problems.append(f"{page.grid.systems[at].label}: its records cannot be read: {error.problem}")
            continue
        if rows:
            answers = read_answers(column.card_of(at) or card, rows)
            places = {id_: place for place, id_ in enumerate(answers.ids)}
            found.append(_Read(model=page.numbers[at], answers=answers, records=rows, places=places))
    return found, problems


def _counted(page: _Page, column: Column, cells: Sequence[_Read]) -> tuple[Sequence[_Read], tuple[str, ...]]:
    """The models by whose answers items are chosen, and names of those that are left aside: they say the same to every item."""
    telling = [cell for cell in cells if not cell.answers.is_constant]
    if not telling or len(telling) == len(cells):
        return cells, ()
    names = {page.numbers[at]: page.grid.systems[at].label for at in _readable(column)}
    return telling, tuple(names[cell.model] for cell in cells if cell.answers.is_constant)


def _choose(cells: Sequence[_Read], ids: Sequence[str], limit: int) -> ExampleChoice:
    """Items that all were asked have one place; what a model was not asked is `NOT_ASKED`."""
    shape = (len(cells), len(ids))
    verdicts = np.full(shape, NOT_ASKED, dtype=np.int8)
    confidence, size = np.full(shape, np.nan), np.full(shape, np.nan)
    for row, cell in enumerate(cells):
        mine = cell.answers
        if list(mine.ids) == ids:
            at: Any = slice(None)
        else:
            known = {id_: place for place, id_ in enumerate(ids)}
            at = [known[id_] for id_ in mine.ids]
        verdicts[row, at], confidence[row, at], size[row, at] = mine.verdicts, mine.confidence, mine.size
    return choose_items(verdicts, confidence, size, limit=limit)


def _originals(page: _Page, column: Column, card: Task) -> dict[int, dict[str, Record]]:
    """Number of a model -> id of an original -> its record, of a view; of behavioural cases the first example of each, by group."""
    found: dict[int, dict[str, Record]] = {}
    if not card.view_of:
        return found
    base = next((one for one in page.grid.columns if one.name == card.view_of and one.split == column.split), None)
    if base is None:
        return found
    for at, key in _readable(base).items():
        if at in column.cells and at in page.numbers:
            try:
                found[page.numbers[at]] = {record.id: record for record in page.records(key)}
            except BenchwrightError:
                continue  # told where the base task is shown
    return found


def _item(
    card: Task, cells: Sequence[_Read], id_: str, originals: Mapping[int, Mapping[str, Record]], *, inputs: bool
) -> ExampleItem:
    mine = {cell.model: cell.rows[cell.places[id_]] for cell in cells if id_ in cell.places}
    record = next(iter(mine.values()))
    hidden = not inputs and answers_are_texts(card)
    before = {model: known[base_id(id_)] for model, known in originals.items() if base_id(id_) in known}
    original = next(iter(before.values()), None) if card.view_of else _first_of_case(card, cells, record)
    return ExampleItem(
        id=clip(visible(call(record)), 120),
        texts=draw_item(card, record, mine, original=original) if inputs else (),
        gold="" if hidden or record.target is None else clip(gold(card, record), LONGEST_ANSWER),
        labels=() if hidden or record.target is None else _labels(card, record.target),
        slices=tuple(f"{name}={value}" for name, value in record.slices.items()),
        answers=tuple(
            _answer(card, cell, cell.places[id_], before.get(cell.model), hidden=hidden)
            for cell in cells
            if id_ in cell.places
        ),
    )


def _first_of_case(card: Task, cells: Sequence[_Read], record: Record) -> Record | None:
    """The original of a variant of a behavioural case."""
    if not card.behaviour or record.group is None or record.slices.get("type") == "MFT":
        return None
    known = next((cell for cell in cells if record.id in cell.places), None)
    if known is None:
        return None
    at = first = known.places[record.id]
    while first and known.records[first - 1].group == record.group:
        first -= 1
    return known.records[first] if first < at else None


def _labels(card: Task, target: Any) -> tuple[str, ...]:
    """Labels of the card, or types of its tags, that a gold answer holds."""
    spec = kinds.of(card)
    known = types_of(card.label_names) if spec.slice_name == "type" else card.label_names
    if not known:
        return ()
    held = spec.labels_in(tuple(map(str, target)) if isinstance(target, list | tuple) else target)
    return tuple(visible(label) for label in known if label in held)


def _answer(card: Task, cell: _Read, at: int, before: Record | None, *, hidden: bool) -> ExampleAnswer:
    record, answers = cell.rows[at], cell.answers
    verdict = _verdict(card, record, int(answers.verdicts[at]))
    text = record.error if record.error is not None else WITHHELD if hidden else _said(card, record)
    changed = before is not None and before.error is None and before.output != record.output
    return ExampleAnswer(
        model=cell.model,
        text=clip(visible(text), LONGEST_ANSWER),
        verdict=verdict,
        confidence=_known(answers.confidence[at]),
        size=_known(answers.size[at]),
        before=clip(given(card, before), LONGEST_ANSWER) if before is not None and changed and not hidden else "",
        truncated=record.truncated,
    )


def _said(card: Task, record: Record) -> str:
    """What the model answered; a label of the card needs no more than its name."""
    if card.single_label and record.output in card.label_names:
        return str(record.output)
    return given(card, record)


def _verdict(card: Task, record: Record, code: int) -> AnswerVerdict:
    if code == NOT_RIGHT:
        silent = record.output == kinds.NO_TEXT
        partly = not card.behaviour and not silent and is_partly(card, record.target, record.output)
        return "partly" if partly else "wrong"
    return {RIGHT: "right", ERRORED: "errored"}.get(code, "none")


def _known(number: Any) -> float | None:
    return float(number) if np.isfinite(number) else None


def _worst_first(task: ExampleTask) -> list[ExampleItem]:
    """Items with the most models that are not right, then by confidence."""
    return sorted(task.items, key=lambda item: (-_bad(item), -_sureness(item)))


def _bad(item: ExampleItem) -> int:
    return sum(answer.verdict in ("wrong", "partly", "errored") for answer in item.answers)


def _sureness(item: ExampleItem) -> float:
    wrong = [one for one in item.answers if one.verdict in ("wrong", "partly")]
    return max((one.confidence if one.confidence is not None else one.size or 0.0 for one in wrong), default=0.0)
