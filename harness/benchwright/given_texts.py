"""Texts that are given in Python as items of a task: of a task of a suite, or of a kind of task that the model itself tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright import callables
from benchwright.checkpoints.config import read_config
from benchwright.checkpoints.head import CheckpointHead, read_head
from benchwright.checkpoints.locate import locate_checkpoint
from benchwright.errors import BenchwrightError
from benchwright.given_items import are_pairs, examples_of, in_words, items_of, unnamed, wrong
from benchwright.tags import OUTSIDE, parts, types_of, untyped
from benchwright.task_refs import resolve_tasks
from benchwright.types import (
    AnyTask,
    ChoiceTask,
    ClassificationTask,
    Context,
    Example,
    Label,
    ModelRef,
    RegressionTask,
    SpanTask,
    Suite,
    TaggingTask,
)

KINDS = ("classify", "regress", "tag", "span", "choose")
"""Kinds of task that can be named instead of a task."""

SUITE = "given"
"""Suite of tasks that no suite has."""


@dataclass(frozen=True, kw_only=True)
class GivenTask:
    """What texts are items of.

    Attributes:
        suite: Of the task.
        task: Its card.
        examples: The texts.
        options: What the reference of the model must say besides: meaning of scores.
        labels: Names of the outputs of a function, where they were given or found; else empty.
    """

    suite: Suite
    task: AnyTask
    examples: tuple[Example, ...]
    options: Mapping[str, str]
    labels: tuple[str, ...] = ()


def read_given(
    model: ModelRef,
    function: Callable[..., Any] | None,
    texts: Any,
    *,
    task: str | None,
    labels: Sequence[str] | None,
    context: Context,
) -> GivenTask:
    """The task and its items.

    Args:
        model: Reference.
        function: The model, where it is one.
        texts: As `benchwright.explain` takes them.
        task: ``suite/task``, one of `KINDS`, or None: the model's own head or answers say the kind.
        labels: Label names in the order of the model's outputs, or None.
        context: Where a checkpoint is found.

    Raises:
        ConfigError: The task or its labels cannot be told, or a text is none of its items.
    """
    if labels is not None and (isinstance(labels, str) or not all(isinstance(one, str) for one in labels)):
        raise wrong(f"labels={labels!r}", "a list of label names, in the order of the scores", 'labels=["bad", "good"]')
    if task is not None and task not in KINDS:
        return _of_suite(task, texts, labels)
    if function is not None:
        return _of_function(function, texts, kind=task, labels=labels)
    if model.adapter == "transformers":
        return _of_checkpoint(model, texts, kind=task, labels=labels, context=context)
    if task is None or (task in ("classify", "tag") and not labels):
        raise wrong(
            f"{model.name} does not say what it answers",
            "the task whose labels it knows, or on whose train split it is trained",
            f'explain("{model.name}", texts, task="starter/sentiment"); a kind of task with labels=[...] for others',
        )
    return _given(str(task), texts, tuple(labels or ()))


def _of_suite(name: str, texts: Any, labels: Sequence[str] | None) -> GivenTask:
    found = resolve_tasks((name,), where="explain, task=") if "/" in name else ()
    if len(found) != 1 or found[0].task.kind not in KINDS:
        raise wrong(
            f"task={name!r}",
            f"SUITE/TASK of a kind that is explained, or one of: {', '.join(KINDS)}",
            'task="glue/sst2", or task="classify"',
        )
    if labels is not None:
        raise wrong(f"task={name!r} has labels of its own", "labels of the task, by name", "leave labels out")
    card = found[0].task
    return GivenTask(suite=found[0].suite, task=card, examples=examples_of(card, texts), options={})


def _of_function(
    function: Callable[..., Any], texts: Any, *, kind: str | None, labels: Sequence[str] | None
) -> GivenTask:
    """Of a function: it is asked once, and its answers say what they are."""
    guess = kind or "classify"
    asked = [unnamed(item) for item in in_words(guess, items_of(guess, texts))]
    answers = _ask(function, asked)
    first = next((one for one in answers if one is not None), None)
    if kind is None and isinstance(first, int | float) and not isinstance(first, bool):
        guess = "regress"
    stated = labels if labels is not None else getattr(function, "labels", None)
    names = tuple(stated) if stated is not None else _names(guess, answers, function)
    options = {"scores": "probabilities"} if guess in ("classify", "choose") and _are_probabilities(answers) else {}
    found = _given(guess, texts, names)
    return GivenTask(suite=found.suite, task=found.task, examples=found.examples, options=options, labels=names)


def _ask(function: Callable[..., Any], inputs: list[Any]) -> list[Any]:
    try:
        with callables.printing_aside():
            answers = function(list(inputs))
    except Exception as error:
        raise BenchwrightError(
            f"{callables.name_of(function)} raised {type(error).__name__}: {error}",
            expected="a function that takes a list of texts and returns an answer for each",
            hint=f"try it: {callables.name_of(function)}({str(inputs[:1])[:60]})",
        ) from error
    if isinstance(answers, str | bytes | Mapping) or not hasattr(answers, "__len__") or len(answers) != len(inputs):
        raise wrong(
            f"{callables.name_of(function)} gave {type(answers).__name__} for {len(inputs)} texts",
            "a list with one answer for each text, in the same order",
            "return a list",
        )
    return [answer.tolist() if hasattr(answer, "tolist") else answer for answer in answers]


def _names(kind: str, answers: Sequence[Any], function: Callable[..., Any]) -> tuple[str, ...]:
    """Names of labels that answers tell: keys of mappings, numbers of places; of tags those that occur."""
    if kind == "tag":
        return tuple(dict.fromkeys(str(tag) for row in answers if isinstance(row, list | tuple) for tag in row))
    if kind != "classify":
        return ()
    if _is_of_pipeline(answers[0]):
        raise wrong(
            f"{callables.name_of(function)} answers as a pipeline of transformers does: {str(answers[0])[:60]}",
            "a mapping label -> score for each text",
            'explain(lambda texts: [{one["label"]: one["score"] for one in row} for row in pipe(texts, top_k=None)], texts)',
        )
    if answers and all(isinstance(one, Mapping) for one in answers):
        return tuple(dict.fromkeys(str(key) for one in answers for key in one))
    if answers and all(isinstance(one, list | tuple) for one in answers):
        return tuple(map(str, range(max(map(len, answers)))))
    raise wrong(
        f"{callables.name_of(function)} answers {str(answers[0])[:60]!r}, which does not say what else it can answer",
        "the labels, or scores: a mapping label -> probability for each text",
        'explain(function, texts, labels=["bad", "good"])',
    )


def _is_of_pipeline(answer: Any) -> bool:
    first = answer[0] if isinstance(answer, list | tuple) and answer else answer
    return isinstance(first, Mapping) and set(first) == {"label", "score"}


def _are_probabilities(answers: Sequence[Any]) -> bool:
    rows = [list(one.values()) if isinstance(one, Mapping) else one for one in answers]
    return bool(rows) and all(
        isinstance(row, list | tuple)
        and row
        and all(isinstance(one, int | float) and 0 <= one <= 1 for one in row)
        and abs(sum(row) - 1) < 1e-4
        for row in rows
    )


def _of_checkpoint(
    model: ModelRef, texts: Any, *, kind: str | None, labels: Sequence[str] | None, context: Context
) -> GivenTask:
    found = locate_checkpoint(model, context, only=("config.json",))
    head = read_head(read_config(found.folder, found.shown), found.shown)
    told = kind or _kind_of(head)
    if told is None:
        raise wrong(
            f"{found.shown} was saved as {head.architecture or 'a model without a head'}, which answers no kind of task",
            f"a checkpoint with a head, or one of: {', '.join(KINDS)}",
            f'explain("{model.name}", texts, task="classify")',
        )
    names = tuple(labels) if labels is not None else head.labels
    given = _given(told, texts, names if told in ("classify", "tag") else (), multilabel=_is_multilabel(head))
    if labels is None:
        return given
    return GivenTask(suite=given.suite, task=given.task, examples=given.examples, options={"labels": ",".join(labels)})


def _kind_of(head: CheckpointHead) -> str | None:
    name = head.architecture or ""
    if name.endswith("ForSequenceClassification"):
        is_number = head.problem == "regression" or (head.problem is None and len(head.labels) == 1)
        return "regress" if is_number else "classify"
    endings = {"ForTokenClassification": "tag", "ForQuestionAnswering": "span", "ForMultipleChoice": "choose"}
    return next((kind for ending, kind in endings.items() if name.removesuffix("Simple").endswith(ending)), None)


def _is_multilabel(head: CheckpointHead) -> bool:
    return head.problem == "multi_label_classification"


def _given(kind: str, texts: Any, names: tuple[str, ...], *, multilabel: bool = False) -> GivenTask:
    several = kind in ("classify", "regress") and are_pairs(items_of(kind, texts))
    inputs = {
        "tag": ("words",),
        "span": ("question", "context"),
        "choose": ("text", "options"),
    }.get(kind, ("text", "text_pair") if several else ("text",))
    about: dict[str, Any] = {
        "name": {"tag": "sentences", "span": "questions", "choose": "choices"}.get(kind, "texts"),
        "splits": {},
        "default_split": SUITE,
        "inputs": {name: (name,) for name in inputs},
        "target": ("label",),
    }
    card: AnyTask
    match kind:
        case "classify":
            card = ClassificationTask(**about, metrics=("accuracy",), labels=_labels(names), multilabel=multilabel)
        case "regress":
            card = RegressionTask(**about, metrics=("pearson",))
        case "tag":
            card = TaggingTask(**about, metrics=("entity_f1",), labels=_labels(_tags(names)))
        case "span":
            card = SpanTask(**about, metrics=("exact_match",), unanswerable=True)
        case _:
            card = ChoiceTask(**about, metrics=("accuracy",))
    suite = Suite(name=SUITE, version=1, tasks=(card,))
    return GivenTask(suite=suite, task=card, examples=examples_of(card, texts), options={})


def _labels(names: Iterable[str]) -> tuple[Label, ...]:
    return tuple(Label(name=name, id=at) for at, name in enumerate(names))


def _tags(names: Sequence[str]) -> tuple[str, ...]:
    """All tags of IOB2 that the tags of a model can mean."""
    bare = [name for name in names if name != OUTSIDE and not untyped(parts(name)[0])]
    types = (*types_of([name for name in names if untyped(parts(name)[0])]), *bare)
    return (OUTSIDE, *(f"{letter}-{name}" for name in dict.fromkeys(types) for letter in "BI"))
