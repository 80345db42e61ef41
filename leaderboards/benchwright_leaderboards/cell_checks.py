"""What a scored cell must be to stand on a board: of its task, on its data, whole, with answers in the domain of what was asked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from benchwright import kinds
from benchwright.inert import inert
from benchwright.store import Store
from benchwright.store.file_forms import CellFile
from benchwright.types import AnyTask, CellResult, Kind, ModelRef, Prediction, Record, Run
from benchwright_leaderboards.board import Board, PlacedEntry
from benchwright_leaderboards.cards import card_digest, scoring_card
from benchwright_leaderboards.entries import TaskResult
from benchwright_leaderboards.results import score_result
from benchwright_leaderboards.spec import BoardTask
from benchwright_leaderboards.task_digest import data_digest, digest_of, example_of, items_digest


@dataclass(frozen=True, kw_only=True)
class CheckedCell:
    """A result of an entry, or why it is none."""

    result: TaskResult | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A cell with what it is held against."""

    board: Board
    wanted: BoardTask
    cell: CellFile
    card: AnyTask
    records: Sequence[Record]
    texts: Mapping[str, Mapping[str, Any]]


def check_cell(board: Board, store: Store, run: Run, ref: ModelRef, result: CellResult) -> CheckedCell:
    """A scored cell as a result of an entry of the board; problems are told with the model and the task."""
    cell, path = store.read_cell(str(result.key)), result.task_path
    wanted = next(task for task in board.spec.task if task.path == path)
    asked = _Asked(
        board=board, wanted=wanted, cell=cell, card=scoring_card(cell.key, run.tasks[path]), records=(), texts={}
    )
    place = f"{ref.name} on {path}"
    problems = [*_key_problems(asked, run, ref, result), *_fact_problems(asked), *_digest_problems(asked)]
    if problems:
        return CheckedCell(result=None, problems=tuple(f"{place}: {text}" for text in problems))
    records = store.read_records(str(result.key))
    asked = replace(asked, records=records, texts=store.read_inputs(cell.inputs))
    problems = [*_gold_problems(asked), *_reference_problems(asked), *_answer_problems(asked)]
    if problems:
        return CheckedCell(result=None, problems=tuple(f"{place}: {text}" for text in problems))
    try:
        found = score_result(store, str(result.key), asked.card, path, records=records)
    except Exception as error:  # facts beside an answer, which nobody checks, may break a metric in any way
        return CheckedCell(result=None, problems=(f"{place} cannot be scored: {inert(error)[:300]}",))
    return CheckedCell(result=found)


def _key_problems(asked: _Asked, run: Run, ref: ModelRef, result: CellResult) -> Iterator[str]:
    key, rules = asked.cell.key, asked.board.spec.rules
    if (key.task, key.split) != (result.task_path, result.split):
        yield f"its cell is that of {key.task}, split {key.split}"
    if any(card.kind != key.kind for card in (run.tasks[result.task_path], asked.cell.task, asked.card)):
        yield f"its card is of another kind than its cell, {key.kind}"
    if key.adapter != ref.adapter:
        yield f"the run says that {ref.adapter} opened it, its cell {key.adapter}"
    if rules.adapters and key.adapter not in rules.adapters:
        yield f"opened by {key.adapter}; the board takes models of: {', '.join(rules.adapters)}"
    if rules.whole_splits and key.limit is not None:
        yield f"{key.limit} items were answered (--limit), and the board takes whole splits"


def _fact_problems(asked: _Asked) -> Iterator[str]:
    """What the cell tells of its model is shown beside the entry as told; sizes that none can have are not."""
    facts = asked.cell.facts
    for name, value in (("size", facts.size_bytes), ("number of parameters", facts.parameters)):
        if value is not None and value < 0:
            yield f"its model has a {name} of {value}"


def _digest_problems(asked: _Asked) -> Iterator[str]:
    """In what the task that was answered differs from the board's, as far as an entry of the board tells."""
    here, key, wanted = digest_of(asked.cell.key, asked.card), asked.cell.key, asked.wanted
    if here == wanted.digest:
        return
    known = next((one.store().read_cell(result.key).key for one, result in _others(asked)), None)
    told = "it answered another task than the board's"
    if known is None:
        yield f"{told}: its digest is {here[:12]}, that of board.toml {wanted.digest[:12]}"
        return
    words = {
        "data": "texts or gold answers",
        "split": "the split",
        "inputs": "what the model is given",
        "kind": "the kind",
        "card": "labels, slices, clusters or groups of the data",
    }
    differing = [text for name, text in words.items() if getattr(known, name) != getattr(key, name)]
    yield f"{told}: {'; '.join(differing) or 'the labels'} differ"


def _gold_problems(asked: _Asked) -> Iterator[str]:
    """Ids, texts and gold answers are those of the data: by their hash in the key, by the board's digest, by entries of the board."""
    key, records = asked.cell.key, asked.records
    if key.limit is not None:
        return
    proved = data_digest(records, asked.texts, key, asked.card)
    if proved is not None and proved != key.data:
        yield "its texts or gold answers are not those of the data that its key names"
        return
    known = asked.wanted.items or next((result.items for _, result in _others(asked) if result.items), "")
    if known and items_digest(records) != known:
        yield f"its items are not those of the board: {_differing(asked)}"
    elif not known and proved is None:
        yield "its bundle holds no texts, and nothing on the board tells its items: export it with its texts"
    else:
        yield from _slice_problems(asked)


def _slice_problems(asked: _Asked) -> Iterator[str]:
    """Slices and official ids are those of another entry on the same data: no answer and no hash of the data tells them."""
    found = next((one for one in _others(asked) if one[0].withdrawn is None), None)
    if found is None:
        return
    placed, result = found
    for mine, theirs in zip(asked.records, placed.store().read_records(result.key), strict=True):
        if (mine.slices, mine.official_id) != (theirs.slices, theirs.official_id):
            yield f"the slices of {mine.id} are not those that {placed.entry.id} was asked with"
            return


def _differing(asked: _Asked) -> str:
    """The first item that is another than that of an entry of the board."""
    found = next(_others(asked), None)
    if found is None:
        return "ids, gold answers, clusters or groups"
    placed, result = found
    mine, theirs = asked.records, placed.store().read_records(result.key)
    ids, known = {record.id for record in mine}, {record.id for record in theirs}
    if ids != known:
        first = min(known - ids or ids - known)
        return f"{first} is {'missing' if known - ids else 'none of them'}"
    pairs = zip(mine, theirs, strict=True)
    odd = next((one.id for one, other in pairs if (one.id, one.target) != (other.id, other.target)), "")
    return f"the gold answer of {odd}" if odd else "its clusters or groups, as of another copy of the data"


def _reference_problems(asked: _Asked) -> Iterator[str]:
    """The card of a user's own data is that of the board: metrics, and what decides them."""
    if not asked.cell.key.card:
        return
    known = asked.wanted.card
    if not known:
        found = next(_others(asked), None)
        if found is None:
            return
        store = found[0].store()
        known = card_digest(store.read_run(found[0].entry.run).tasks[asked.wanted.path])
    if card_digest(asked.card) != known:
        yield f"its card counts otherwise than the board's (metrics here: {', '.join(asked.card.metrics)})"


def _answer_problems(asked: _Asked) -> Iterator[str]:
    """Answers lie in the domain of what was asked, and scores are finite: no run makes a record otherwise."""
    check = kinds.of(asked.card).check_output(asked.card)
    for at, record in enumerate(asked.records):
        if record.error is not None and record.output is not None:
            yield f"{record.id} has an answer and an error"
            return
        if record.error is not None or record.output is None:
            continue
        if record.scores is not None and not all(map(math.isfinite, record.scores)):
            yield f"{record.id}: its scores are not finite numbers"
            return
        problem = check(*_as_predicted(asked, record, at))
        if problem:
            yield f"{record.id}: {inert(problem)[:200]}"
            return


def _as_predicted(asked: _Asked, record: Record, at: int) -> tuple[Prediction, Any]:
    """The answer and the item; where texts were not kept, without what is told of places in them."""
    answer = Prediction(output=record.output, scores=record.scores, extra=record.extra)
    example = example_of(record, asked.texts, asked.cell.key, at)
    if record.id not in asked.texts:
        answer = msgspec.structs.replace(answer, extra={})
        if asked.cell.key.kind is Kind.TAG:
            example = msgspec.structs.replace(example, inputs={"words": record.target})
    return answer, example


def _others(asked: _Asked) -> Iterator[tuple[PlacedEntry, TaskResult]]:
    """Entries of the board with whole results on the same task."""
    for one in asked.board.entries:
        result = one.entry.result(asked.wanted.path)
        if result is not None and result.digest == asked.wanted.digest and result.limit is None:
            yield one, result
