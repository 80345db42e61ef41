"""`benchwright.explain`: texts that are given in Python, explained at once. Nothing is kept unless a store is named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import msgspec

from benchwright import callables, registry
from benchwright.errors import BenchwrightError, ConfigError, DataMissing, ModelError
from benchwright.execution.opening import open_session
from benchwright.execution.records import to_records
from benchwright.explain_cells import said
from benchwright.explain_options import explain_views
from benchwright.explain_summaries import summarise
from benchwright.explained_cells import refuse_unexplained
from benchwright.explanations.collection import Explanations
from benchwright.explanations.explain import explain_items
from benchwright.explanations.stored import ExplainedItem
from benchwright.given_texts import SUITE, GivenTask, read_given
from benchwright.plan import plan_given
from benchwright.run import Model, references
from benchwright.store import Store
from benchwright.task_path import EXPLAIN, task_path
from benchwright.types import (
    Context,
    Dataset,
    Example,
    ExplainSpec,
    ModelRef,
    PlannedCell,
    Prediction,
    Record,
    RunSpec,
    Session,
    Task,
)

_OF_TASKS = ("examples", "ids", "wrong", "flips")


def explain(
    model: Model,
    texts: Any,
    *,
    method: str = "shap",
    task: str | None = None,
    labels: Sequence[str] | None = None,
    seed: int = 0,
    device: str = "cpu",
    precision: Literal["exact", "fast"] = "exact",
    offline: bool = False,
    data: str | Path | None = None,
    store: str | Path | None = None,
    **options: Any,
) -> Explanations:
    """How much each word of texts counts for a model's answers, and whether that is more than chance.

    Args:
        model: A reference as on the command line (``./checkpoint``, ``tfidf``), or a function: texts in, for each a mapping
            label -> probability out, or a row of scores, or a label.
        texts: A text, or a list of them. Pairs are tuples of two texts; a sentence to tag is a list of words; a question about a
            text is a tuple (question, context); a choice (text, list of options).
        method: ``shap``, ``lime``, ``leave_one_out``, ``integrated_gradients`` or ``random``.
        task: ``suite/task`` whose labels and train split are meant (``glue/sst2``), or ``classify``, ``regress``, ``tag``, ``span``,
            ``choose``. Default: what the head of the checkpoint, or the answers of the function, say.
        labels: Label names in the order of the model's outputs, where neither the task nor the model says them.
        seed: Of what is drawn.
        device: ``cpu`` or ``cuda``.
        precision: ``exact`` or ``fast``.
        offline: Never touch the network.
        data: Folder of benchmark files, for a model that is trained on a task.
        store: Where a checkpoint that is fine-tuned for this lies; default: a folder that is gone afterwards.
        options: Of the method: evaluations, removal, scale, seeds, steps, faithfulness.

    Returns:
        Explanations in the order of the texts; printed as text, shown as heat maps in notebooks.

    Raises:
        ConfigError: What is given is wrong somewhere; nothing is computed then.
        BenchwrightError: The model cannot be opened.
    """
    spec = _spec(method, options)
    function = model if callable(model) else None
    (reference,) = references([model])
    with _folder(store) as folder, _forgotten(reference):
        given = read_given(
            reference,
            function,
            texts,
            task=task,
            labels=labels,
            context=_context(folder, offline=offline, device=device),
        )
        reference = msgspec.structs.replace(reference, options={**given.options, **reference.options})
        if function is not None and given.labels:
            reference = _with_labels(reference, function, given.labels)
        asked = RunSpec(
            models=(reference,),
            suites=(task_path(given.suite.name, given.task.name),),
            seed=seed,
            device=device,
            precision=precision,
            offline=offline,
            data=None if data is None else str(data),
        )
        return _explained(asked, given, spec, Store(folder))


def _spec(method: str, options: Mapping[str, Any]) -> ExplainSpec:
    misplaced = [name for name in _OF_TASKS if name in options]
    if misplaced:
        problem = BenchwrightError(
            f"{misplaced[0]}= chooses among the items of a task, and the texts are given here",
            expected="options of the method: evaluations, removal, scale, seeds, steps",
            hint=f'benchwright.evaluate(model, "{EXPLAIN}/{method}?{misplaced[0]}=...", on="suite/task")',
        )
        raise ConfigError([problem], where="explain")
    told = {name: _written(value) for name, value in options.items() if value is not None}
    name = str(method).replace("-", "_")
    try:
        (view,) = explain_views(registry.get("suites", EXPLAIN), (name,), told)
    except ConfigError as error:
        raise ConfigError(error.problems, where="explain") from error
    assert view.explain is not None
    return msgspec.structs.replace(view.explain, examples=None)


def _written(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@contextmanager
def _folder(store: str | Path | None) -> Iterator[Path]:
    if store is not None:
        yield Path(store)
        return
    with TemporaryDirectory(prefix="benchwright-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def _forgotten(reference: ModelRef) -> Iterator[None]:
    """What is kept of functions for this alone is let go of afterwards."""
    before = callables.kept()
    try:
        yield
    finally:
        for path in callables.kept() - before:
            callables.forget(path)
        if callables.is_kept(reference.path):
            callables.forget(reference.path)


@dataclass(frozen=True)
class _Labelled:
    """A function that says its labels."""

    function: Callable[..., Any]
    labels: tuple[str, ...]
    __name__: str

    def __call__(self, texts: list[Any]) -> Any:
        return self.function(texts)


def _with_labels(reference: ModelRef, function: Callable[..., Any], labels: tuple[str, ...]) -> ModelRef:
    named = _Labelled(function, labels, callables.name_of(function))
    return msgspec.structs.replace(reference, path=callables.path_of(named))


def _context(folder: Path, *, offline: bool, device: str) -> Context:
    """Enough to find a checkpoint."""

    def train(task: Task) -> Dataset:
        raise DataMissing(f"{task.name} has no train split")

    return Context(suite=SUITE, train=train, items=tuple, offline=offline, device=device, workdir=folder / "work")


def _explained(asked: RunSpec, given: GivenTask, spec: ExplainSpec, store: Store) -> Explanations:
    try:
        cell = plan_given(asked, given.suite, given.task, given.examples, store)
    except ConfigError as error:
        raise _told(error, given, asked.models[0].name) from error
    refuse_unexplained(cell, spec)
    scores = None if cell.facts is None else cell.facts.scores
    began = time.perf_counter()
    session = open_session(cell, tell=lambda *_: None)
    try:
        records = _answers(session, cell, given.examples)
        pairs = [(example, said(record)) for example, record in zip(given.examples, records, strict=True)]
        found = list(explain_items(session, given.task, pairs, spec, seed=asked.seed, scores=scores))
    finally:
        session.close()
    summary = msgspec.structs.replace(
        summarise(
            found,
            spec=spec,
            task=given.task,
            model=cell.model.name,
            examples=given.examples,
            base=cell.task_path,
        ),
        split=cell.split,
        seconds=time.perf_counter() - began,
    )
    return Explanations(
        summary=summary,
        items=tuple(
            ExplainedItem(summary=summary, task=given.task, record=record, explanation=one)
            for record, one in zip(records, found, strict=True)
        ),
    )


def _told(error: ConfigError, given: GivenTask, model: str) -> ConfigError:
    """The error, which says how to name a task where the model must be trained on one."""
    if given.suite.name != SUITE or not any(isinstance(one, DataMissing) for one in error.problems):
        return error
    problem = BenchwrightError(
        f"{model} is trained on a task, and none is named",
        expected="task=SUITE/TASK with a train split, whose labels the texts get",
        hint=f'explain("{model}", texts, task="starter/sentiment")',
    )
    return ConfigError([problem], where="explain")


def _answers(session: Session, cell: PlannedCell, examples: Sequence[Example]) -> list[Record]:
    """Records with their texts; an answer that is none of the task is told in its record.

    Raises:
        ModelError: The model answers no text at all.
    """
    predictions = _predicted(session, list(examples))
    labels = cell.key.labels if cell.key is not None else None
    records = to_records(examples, predictions, cell.task, labels)
    if all(record.error for record in records):
        raise ModelError(
            f"{cell.model.name} answers none of the texts: {records[0].error}",
            expected="an answer to one of them at least",
            hint="try the model on one text by itself",
        )
    return [
        msgspec.structs.replace(record, extra={**record.extra, "inputs": dict(example.inputs)})
        for record, example in zip(records, examples, strict=True)
    ]


def _predicted(session: Session, examples: list[Example]) -> list[Prediction]:
    """Predictions; a text that makes the model fail is found by bisection."""
    try:
        return list(session.predict(examples))
    except BenchwrightError:
        raise
    except Exception as error:  # whatever a model throws is told with the text
        if len(examples) == 1:
            return [Prediction(error=f"{type(error).__name__}: {error}")]
        half = len(examples) // 2
        return _predicted(session, examples[:half]) + _predicted(session, examples[half:])
