"""Which items of a task are explained: those that were named, are answered wrongly, that two models disagree on; how many of them; in words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from weakref import WeakKeyDictionary

from benchwright import kinds, registry
from benchwright.answers import answers_of
from benchwright.errors import BenchwrightError
from benchwright.items import count
from benchwright.metrics.behaviour import case_verdicts
from benchwright.metrics.gathering import gather
from benchwright.store import Store
from benchwright.store.reader import RecordReader
from benchwright.store.stored_records import StoredRecords
from benchwright.tags import entities
from benchwright.types import Example, ExplainSpec, Kind, PlannedCell, Task


@dataclass(frozen=True, kw_only=True)
class ItemChoice:
    """The items that are explained.

    Attributes:
        ids: Of their examples, in dataset order.
        text: How they were chosen: ``50 of 872 items, drawn by seed 0``.
    """

    ids: tuple[str, ...]
    text: str


@dataclass(kw_only=True)
class Answered:
    """The answers of one model to a task: which items, or cases of a behavioural test, are right and which are wrong.

    Attributes:
        task: The card of the task itself.
        key: Cell of the answers.
        root: Folder of the store that it is in.
    """

    task: Task
    key: str
    root: Path

    @property
    def records(self) -> StoredRecords:
        """The records, which are not kept: what is made of them is."""
        return RecordReader(Store(self.root), inputs=False)(self.key)

    @cached_property
    def verdicts(self) -> dict[str, bool]:
        """Unit -> whether it is right, where that is known: an item by its id; of a behavioural test a case by its name."""
        if self.task.behaviour:
            return {name: passed for name, (passed, _) in self.cases.items() if passed is not None}
        found = self.records
        ids, right = [record.id for record in found], answers_of(self.task, found).correct.tolist()
        return {id_: bool(one) for id_, one in zip(ids, right, strict=True) if one >= 0}

    @cached_property
    def naming(self) -> frozenset[str]:
        """Ids of the sentences in which an entity was found, rightly or not."""
        return frozenset(
            record.id
            for record in self.records
            if isinstance(record.output, list | tuple) and entities([str(tag) for tag in record.output])
        )

    @cached_property
    def cases(self) -> dict[str, tuple[bool | None, frozenset[str]]]:
        """Case of a behavioural test -> whether it is passed, and the ids of its original and of the examples that fail."""
        records = self.records
        gathered = gather(self.task, records)
        judged, places = case_verdicts(gathered.columns), gathered.columns.places.tolist()
        found = {}
        for rows, verdict in zip(judged.rows, judged.verdicts, strict=True):
            where = [records[places[row]] for row in rows]
            failing = {one.id for one, result in zip(where, verdict.results, strict=True) if result.passed is False}
            found[str(where[0].group)] = (verdict.passed, frozenset({where[0].id, *failing}))
        return found


@dataclass(kw_only=True)
class _Left:
    """What is left of the examples of a task while choices are made one after another."""

    task: Task
    examples: list[Example]
    said: list[tuple[str, str]] = field(default_factory=list)
    """Of one and of several items: ``was named``, ``were named``."""

    def keep(self, is_kept: Callable[[Example], bool], one: str, several: str) -> None:
        self.examples = [example for example in self.examples if is_kept(example)]
        self.said.append((one, several))


def choose(
    spec: ExplainSpec, task: Task, examples: Sequence[Example], answered: Sequence[Answered], *, seed: int
) -> ItemChoice:
    """The items that are explained. A number of sentences to tag is drawn from those in whose answer an entity is named, since there
    is nothing to explain in the others.

    Args:
        spec: What was asked for.
        task: The card of the task itself.
        examples: Those under evaluation.
        answered: Of the model whose answers are explained, then of the two models of ``flips``, where these are asked for.
        seed: Of the run: by it items are drawn.

    Raises:
        BenchwrightError: An answer to the task is not right or wrong by itself, and that was asked for.
    """
    left = _Left(task=task, examples=list(examples))
    if spec.ids:
        named = set(find_named(spec.ids, examples)[0])
        left.keep(lambda example: example.id in named, "was named", "were named")
    if spec.wrong:
        _keep_wrong(left, answered[0])
    if spec.flips:
        _keep_flips(left, spec.flips, answered[1:])
    if task.kind is Kind.TAG and spec.examples is not None and not spec.ids:
        naming = answered[0].naming
        left.keep(lambda example: example.id in naming, "is answered with an entity", "are answered with an entity")
    before = len(left.examples)
    text = _left_text(left, whole=len(examples))
    if spec.examples is not None and before > spec.examples:
        left.examples = _drawn(left, spec.examples, seed=seed)
        of = f"of the {text.removeprefix('the ')}" if left.said else f"of {count(before, 'item')}"
        text = f"{len(left.examples):,} {of}, drawn by seed {seed}"
    return ItemChoice(ids=tuple(example.id for example in left.examples), text=text)


def why_not_chosen(spec: ExplainSpec, task: Task) -> BenchwrightError | None:
    """Why items of a task cannot be chosen as asked for; None: they can."""
    if not (spec.wrong or spec.flips) or task.behaviour or kinds.of(task).is_correct is not None:
        return None
    asked = "wrong" if spec.wrong else "flips"
    return BenchwrightError(
        f"{asked} chooses no items of {task.view_of or task.name}: an answer to it is not right or wrong by itself",
        expected="examples or ids for such a task",
        hint="--examples 50, or --ids 3,17",
    )


def find_named(names: Sequence[str], examples: Sequence[Example]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of the examples that are named, in dataset order, and the names that no example has.

    A name is an id, else an official id of the data, else the 0-based number of a row.
    """
    found: set[str] = set()
    unknown = []
    by_id = {example.id for example in examples}
    by_official: dict[str, list[str]] = {}
    for example in examples:
        if example.official_id is not None:
            by_official.setdefault(example.official_id, []).append(example.id)
    by_row = {str(example.index): example.id for example in examples}
    for name in names:
        if name in by_id:
            found.add(name)
        elif name in by_official:
            found.update(by_official[name])
        elif name in by_row:
            found.add(by_row[name])
        else:
            unknown.append(name)
    return tuple(example.id for example in examples if example.id in found), tuple(unknown)


def unknown_names(cells: Iterable[PlannedCell]) -> list[BenchwrightError]:
    """A problem for each name in ``ids`` that no example of any task has whose answers are explained with it."""
    lacking: dict[str, list[PlannedCell]] = {}
    known: set[str] = set()
    for cell in cells:
        spec = cell.view.explain if cell.view is not None else None
        if spec is None or not cell.examples:
            continue
        unknown = set(find_named(spec.ids, cell.examples)[1])
        known |= set(spec.ids) - unknown
        for name in sorted(unknown):
            lacking.setdefault(name, []).append(cell)
    return [_unknown(name, where[0]) for name, where in lacking.items() if name not in known]


def _unknown(name: str, cell: PlannedCell) -> BenchwrightError:
    known = [text for one in cell.examples for text in (one.id, one.official_id, str(one.index)) if text is not None]
    first, last = cell.examples[0], cell.examples[-1]
    return BenchwrightError(
        f"{cell.task.view_of} has no item {name!r}",
        expected=f"an id such as {first.id}, or the number of a row from {first.index} to {last.index}",
        hint=registry.suggest(name, dict.fromkeys(known)) or f"--ids {first.index},{last.index}",
    )


def _keep_wrong(left: _Left, answered: Answered) -> None:
    wrong = {unit for unit, right in answered.verdicts.items() if not right}
    if not left.task.behaviour:
        left.keep(lambda example: example.id in wrong, "is answered wrongly", "are answered wrongly")
        return
    shown = {id_ for unit in wrong for id_ in answered.cases[unit][1]}
    left.keep(lambda example: example.id in shown, *_in_cases(len(wrong), "that fails", "that fail"))


def _keep_flips(left: _Left, names: Sequence[str], answered: Sequence[Answered]) -> None:
    one, other = (side.verdicts for side in answered)
    differing = {unit for unit, right in one.items() if unit in other and other[unit] != right}
    who = f"exactly one of {names[0]} and {names[1]}"
    if not left.task.behaviour:
        left.keep(lambda example: example.id in differing, *(f"{who} answers rightly",) * 2)
        return
    shown = {id_ for unit in differing for side in answered for id_ in side.cases[unit][1]}
    left.keep(lambda example: example.id in shown, *_in_cases(len(differing), *(f"that {who} passes",) * 2))


def _in_cases(number: int, one: str, several: str) -> tuple[str, str]:
    """How examples of cases are told: the originals of failing cases, and what fails of them."""
    told = f"{count(number, 'case')} {one if number == 1 else several}"
    return f"belongs to the {told}", f"belong to the {told}"


def _left_text(left: _Left, *, whole: int) -> str:
    number = len(left.examples)
    if not left.said:
        return f"all {count(whole, 'item')}" if number != 1 else "the one item"
    if not number:
        return f"no item that {' and '.join(one for one, _ in left.said)}"
    told = " and ".join(one if number == 1 else several for one, several in left.said)
    return f"the one item that {told}" if number == 1 else f"the {number:,} items that {told}"


def _drawn(left: _Left, most: int, *, seed: int) -> list[Example]:
    """So many examples, drawn by their ids; of behavioural tests whole cases, of which the first is taken whatever its size."""
    units: dict[str, list[Example]] = {}
    for example in left.examples:
        name = example.group if left.task.behaviour and example.group is not None else example.id
        units.setdefault(name, []).append(example)
    kept: set[str] = set()
    for name in sorted(units, key=lambda unit: hashlib.sha256(f"{seed}:{unit}".encode()).digest()):
        if kept and len(kept) + len(units[name]) > most:
            break
        kept.update(example.id for example in units[name])
    return [example for example in left.examples if example.id in kept]


def spec_of(cell: PlannedCell) -> ExplainSpec:
    """What a planned explanation asks for."""
    assert cell.view is not None
    assert cell.view.explain is not None
    return cell.view.explain


def base_of(cell: PlannedCell, every: Sequence[PlannedCell]) -> PlannedCell:
    """The cell whose answers are explained."""
    return next(one for one in every if one.id == cell.id and not one.is_explanation)


def choice_of(cell: PlannedCell, every: Sequence[PlannedCell], store: Store, *, seed: int) -> ItemChoice:
    """The items that a planned explanation is about; answers that this depends on are in the store.

    Raises:
        BenchwrightError: The answers of a model that ``flips`` names are not there, or none is right or wrong by itself.
    """
    spec, base = spec_of(cell), base_of(cell, every)
    sides = [base, *(_answers(cell, every, name, store) for name in spec.flips)]
    answered = [_answered(base.task, str(side.id), store) for side in sides]
    return choose(spec, base.task, cell.examples, answered, seed=seed)


def _answered(task: Task, key: str, store: Store) -> Answered:
    """The answers in a cell, judged once for all that is chosen by them through one `Store`; answers made anew are others."""
    known, place = _JUDGED.setdefault(store, {}), (key, store.read_ledger(key).records)
    if place not in known:
        known[place] = Answered(task=task, key=key, root=store.root)
    return known[place]


_JUDGED: WeakKeyDictionary[Store, dict[tuple[str, str], Answered]] = WeakKeyDictionary()


def _answers(cell: PlannedCell, every: Sequence[PlannedCell], model: str, store: Store) -> PlannedCell:
    wanted = (model, cell.task.view_of, cell.split)
    found = next((one for one in every if one.place == wanted and one.id and store.is_complete(one.id)), None)
    if found is None:
        raise BenchwrightError(
            f"flips needs the answers of {model} to {cell.task.view_of}, which are not there",
            hint="type the same command again",
        )
    return found
