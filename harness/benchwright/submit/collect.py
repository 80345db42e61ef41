"""The test predictions of one model of a run, task by task, or everything that is missing for a submission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.store import Store
from benchwright.task_path import task_path
from benchwright.types import CellResult, Record, Run, Task

SPLIT = "test"


@dataclass(frozen=True, kw_only=True)
class TaskAnswers:
    """What a model answered on the test split of a task.

    Attributes:
        task: The card that was used.
        records: In the order of the split.
        digest: What identifies the model that answered.
        adapter: How it was opened.
    """

    task: Task
    records: Sequence[Record]
    digest: str
    adapter: str


def choose_model(run: Run, name: str) -> str:
    """The model named by ``RUN`` or ``RUN:MODEL``. Raises ConfigError unless it is exactly one model."""
    known = [model.name for model in run.spec.models]
    listing = ", ".join(f"{run.name}:{model}" for model in known)
    if name and name not in known:
        raise ConfigError(
            [
                BenchwrightError(
                    f"no model {name!r} in {run.name}", expected=f"one of: {listing}", hint=f"say {run.name}:MODEL"
                )
            ]
        )
    if not name and len(known) > 1:
        raise ConfigError(
            [
                BenchwrightError(
                    f"{run.name} has {len(known)} models", expected=f"one of: {listing}", hint=f"say {run.name}:MODEL"
                )
            ]
        )
    return name or known[0]


def collect(
    store: Store, run: Run, model: str, suite: str, tasks: Sequence[str], *, with_inputs: Sequence[str] = ()
) -> dict[str, TaskAnswers]:
    """Task -> answers of the model on its test split.

    Args:
        store: Holds the records.
        run: Which run.
        model: Name of one of its models.
        suite: The suite of the tasks.
        tasks: Tasks that the submission needs.
        with_inputs: Tasks whose records are wanted with their inputs.

    Raises:
        ConfigError: With every task that has no whole set of test predictions, and what to run.
    """
    found: dict[str, TaskAnswers] = {}
    problems: list[BenchwrightError] = []
    for name in tasks:
        cells = [c for c in run.cells if (c.model, c.suite, c.task, c.split) == (model, suite, name, SPLIT)]
        try:
            found[name] = _answers(store, run, _scored(run, cells, suite, name), inputs=name in with_inputs)
        except BenchwrightError as error:
            problems.append(error)
    if problems:
        raise ConfigError(problems, where=f"the submission of {model} in {run.name}")
    return found


def model_remarks(answers: Mapping[str, TaskAnswers], same: Mapping[str, str]) -> Iterator[str]:
    """Notes about tasks that the rules require to be answered by the model of another task, and were not.

    Files of predictions say nothing about the model behind them.
    """
    for task, home in same.items():
        mine, other = answers[task], answers[home]
        if "predictions" not in (mine.adapter, other.adapter) and mine.digest != other.digest:
            yield f"{task} was answered by another model than {home}; the rules ask for the {home} model"


def _scored(run: Run, cells: Sequence[CellResult], suite: str, task: str) -> CellResult:
    place = task_path(suite, task)
    hint = f"benchwright run MODEL --suite {suite} --split {SPLIT} --unlabelled --data DIR"
    if not cells:
        others = sorted({c.split for c in run.cells if (c.suite, c.task) == (suite, task)})
        ran = f"it was run on {', '.join(others)}" if others else "it was not run"
        raise BenchwrightError(f"{place}: no predictions of the test split ({ran})", hint=hint)
    cell = cells[0]
    if cell.status != "scored" or cell.key is None:
        raise BenchwrightError(f"{place}: no predictions of the test split ({cell.status}: {cell.reason})", hint=hint)
    return cell


def _answers(store: Store, run: Run, cell: CellResult, *, inputs: bool) -> TaskAnswers:
    assert cell.key is not None
    place = cell.task_path
    stored = store.read_cell(cell.key)
    if stored.key.limit is not None:
        given = f"{place}: only the first {stored.key.limit:,} rows were predicted"
        raise BenchwrightError(given, hint="run it again without --limit")
    records = store.read_records_with_inputs(cell.key) if inputs else store.read_records(cell.key)
    lost = [record for record in records if record.error is not None or record.output is None]
    if lost:
        given = f"{place}: {len(lost):,} rows have no answer, the first is {lost[0].id}: {lost[0].error}"
        raise BenchwrightError(given, expected="an answer for every row", hint="mend the model or its predictions")
    if inputs and any("inputs" not in record.extra for record in records):
        raise BenchwrightError(f"{place}: its inputs are not in the store", hint="run it again with --rerun always")
    return TaskAnswers(task=run.tasks[place], records=records, digest=stored.key.model, adapter=stored.key.adapter)


def number_of(record: Record) -> int:
    """The item's own number in the data, where it carries one, else the 0-based row of the record in its split."""
    if record.official_id is not None and record.official_id.isascii() and record.official_id.isdigit():
        return int(record.official_id)
    return int(record.id.rpartition("/")[2])


@dataclass(frozen=True, kw_only=True)
class SubmissionFiles:
    """Files of a submission in the order of the official table, and notes about them."""

    files: dict[str, bytes]
    remarks: tuple[str, ...] = ()
