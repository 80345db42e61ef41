"""What a checkpoint's configuration says about its head, and whether that head fits a task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchwright.checkpoints import outputs
from benchwright.checkpoints.config import brief
from benchwright.errors import ModelError
from benchwright.tags import LETTERS, OUTSIDE, Scheme, fits, parts, spelled
from benchwright.types import Kind, Task

_FITTING = {
    Kind.CLASSIFY: ("ForSequenceClassification",),
    Kind.REGRESS: ("ForSequenceClassification",),
    Kind.TAG: ("ForTokenClassification",),
    Kind.SPAN: ("ForQuestionAnswering", "ForQuestionAnsweringSimple"),
    Kind.CHOOSE: ("ForMultipleChoice", "ForSequenceClassification"),
}
"""Endings of class names whose answers are of a kind, the usual one first."""

_OTHER_HEADS = {
    "ForSequenceClassification": "a label or number for the whole input",
    "ForTokenClassification": "a label for each token",
    "ForQuestionAnswering": "an answer span",
    "ForQuestionAnsweringSimple": "an answer span",
    "ForMultipleChoice": "a choice among options",
    "ForNextSentencePrediction": "next-sentence prediction",
}
_LANGUAGE_HEADS = {
    "ForMaskedLM": "masked language modelling",
    "ForPreTraining": "pre-training",
    "ForCausalLM": "language modelling",
    "LMHeadModel": "language modelling",
    "ForConditionalGeneration": "text generation",
}
_AUTO = {
    **{ending: f"AutoModel{ending}" for ending in _OTHER_HEADS},
    **{ending: f"AutoModel{ending}" for ending in ("ForMaskedLM", "ForPreTraining", "ForCausalLM")},
    "ForQuestionAnsweringSimple": "AutoModelForQuestionAnswering",
    "LMHeadModel": "AutoModelForCausalLM",
    "ForConditionalGeneration": "AutoModelForSeq2SeqLM",
}
"""Endings of class names and the automatic class that opens them."""

_BEAMS = frozenset({"xlnet", "xlm", "flaubert"})
"""Families whose ``ForQuestionAnswering`` searches with beams and gives no plain start and end scores."""

_GENERIC = re.compile(r"label[_ -]?\d+", re.IGNORECASE)

_DEFAULT_LABELS = {"bart": 3}
"""Labels of a configuration that says nothing of them, where it is not 2."""


@dataclass(frozen=True, kw_only=True)
class CheckpointHead:
    """The head of a checkpoint, and what its configuration says of inputs.

    Attributes:
        architecture: Class name of the model that was saved; None where the configuration does not say.
        model_type: Family, ``bert``.
        labels: Name of each output, in output order.
        contradicted: Names that ``label2id`` gives to another output than ``id2label`` does.
        problem: ``single_label_classification``, ``multi_label_classification``, ``regression``, or None.
        positions: Longest input that its position table holds, as far as the configuration tells.
        activation: Output function that another library would apply, or None.
    """

    architecture: str | None
    model_type: str
    labels: tuple[str, ...]
    contradicted: tuple[str, ...]
    problem: str | None
    positions: int | None
    activation: str | None


def saved_as(config: Mapping[str, Any]) -> str:
    """Name of the automatic class of `transformers` for the head that a checkpoint was saved with."""
    name = (config.get("architectures") or [""])[0]
    return next((auto for ending, auto in _AUTO.items() if name.endswith(ending)), "AutoModel")


def read_head(config: Mapping[str, Any], shown: str) -> CheckpointHead:
    """The head that a configuration describes; raises ModelError when its label names have gaps."""
    architectures = config.get("architectures") or [None]
    positions = config.get("max_position_embeddings")
    if positions is None and str(config["model_type"]).startswith("gpt"):
        positions = config.get("n_positions")
    relative = config.get("position_biased_input") is False
    nested = config.get("sentence_transformers") or {}
    labels = _labels(config, shown)
    return CheckpointHead(
        architecture=architectures[0],
        model_type=config["model_type"],
        labels=labels,
        contradicted=tuple(_contradicted(labels, config.get("label2id"))),
        problem=config.get("problem_type"),
        positions=positions if isinstance(positions, int) and positions > 0 and not relative else None,
        activation=config.get("sbert_ce_default_activation_function") or nested.get("activation_fn"),
    )


def check_head(head: CheckpointHead, task: Task, *, shown: str, path: str, said: bool = False) -> tuple[str, ...]:
    """What a reader of the numbers must know about the head.

    Args:
        head: As the configuration describes it.
        task: What it is to answer.
        shown: How messages call the checkpoint.
        path: How it was named.
        said: Whether the user says what its outputs mean.

    Raises:
        ModelError: It does not fit the task.
    """
    if task.kind in (Kind.CLASSIFY, Kind.REGRESS) and len(task.inputs) > 2:
        raise ModelError(
            f"{task.name} has {len(task.inputs)} inputs ({', '.join(task.inputs)}), {shown} reads one text or two",
            expected="a task of one or two texts",
            hint="choose a task of one text or two",
        )
    if head.architecture is None or not head.architecture.endswith(_FITTING[task.kind]):
        raise _wrong_head(head, task, shown, path)
    if task.kind in (Kind.CLASSIFY, Kind.REGRESS):
        outputs.check_outputs(head, task, shown, said=said)
    elif task.kind is Kind.SPAN:
        _check_span_outputs(head, task, shown)
    elif task.kind is Kind.CHOOSE:
        _check_scorer(head, task, shown, path)
    by_names = not said and task.kind in (Kind.CLASSIFY, Kind.TAG)
    told = _told_of_names(head) if by_names else ()
    return (*told, *_notes(head, task, binary=outputs.is_binary(head, task, said=said)))


def check_scheme(head: CheckpointHead, scheme: Scheme | None, shown: str) -> tuple[str, ...]:
    """What a reader must know of how a head writes tags; raises ModelError when it cannot be as the user says."""
    tags = [label.strip() for label in head.labels if label.strip() != OUTSIDE]
    if scheme is not None:
        strange = next((tag for tag in tags if not _GENERIC.fullmatch(tag) and not fits(tag, scheme)), None)
        if strange is None:
            return ()
        raise ModelError(
            f"{shown} gives the tag {strange}, which is none of {scheme}",
            expected=f"O, or one of the letters {', '.join(LETTERS[scheme])} with a type",
            hint="name the scheme that the head was trained on, or leave ?scheme= out",
        )
    if {parts(spelled(tag))[0] for tag in tags} != {"I"}:
        return ()
    return ("the head writes tags I- and none B-: strict scores find no entity (IOB1 or IO? ?scheme=IOB1, ?scheme=IO)",)


def auto_class(head: CheckpointHead, task: Task) -> str:
    """Name of the class of `transformers` that opens a checkpoint with a fitting head."""
    endings = [ending for ending in _FITTING[task.kind] if (head.architecture or "").endswith(ending)]
    return f"AutoModel{(endings or _FITTING[task.kind])[0]}".removesuffix("Simple")


def _labels(config: Mapping[str, Any], shown: str) -> tuple[str, ...]:
    given = config.get("id2label")
    if not given:
        count = config.get("num_labels") or _DEFAULT_LABELS.get(config["model_type"], 2)
        return tuple(f"LABEL_{number}" for number in range(count))
    try:
        named = {int(number): str(name) for number, name in given.items()}
    except ValueError:
        named = {}
    if sorted(named) != list(range(len(given))):
        raise ModelError(
            f"{shown}: `id2label` in config.json does not number the outputs 0 to {len(given) - 1}: {brief(given)}",
            expected="one name for each output",
            hint="mend `id2label` in config.json",
        )
    return tuple(named[number] for number in range(len(named)))


def _contradicted(labels: tuple[str, ...], numbers: Any) -> Iterator[str]:
    """Names that a ``label2id`` numbers otherwise; what it lacks, or names beside, contradicts nothing."""
    if not isinstance(numbers, dict):
        return
    for at, name in enumerate(labels):
        if labels.count(name) == 1 and name in numbers and str(numbers[name]) != str(at):
            yield name


def _told_of_names(head: CheckpointHead) -> tuple[str, ...]:
    if not head.contradicted:
        return ()
    names = brief(", ".join(head.contradicted))
    told = f"`id2label` and `label2id` in config.json contradict each other about {names}"
    return (f"{told}: `id2label` was followed, as `transformers` does; ?labels= says it otherwise",)


def _wrong_head(head: CheckpointHead, task: Task, shown: str, path: str) -> ModelError:
    expected = f"a checkpoint saved as ...{_FITTING[task.kind][0]}"
    train = f"train a head for the task first: `finetune:{path}`"
    name = head.architecture
    for ending, what in _LANGUAGE_HEADS.items():
        if name and name.endswith(ending):
            given = f"{shown} has a head for {what} ({name}), none for {task.name} ({task.kind})"
            return ModelError(given, expected=expected, hint=train)
    for ending, what in _OTHER_HEADS.items():
        if name and name.endswith(ending):
            given = f"{shown} has a head that gives {what} ({name}), none for {task.name} ({task.kind})"
            hint = (
                "name a checkpoint that was fine-tuned for the task, run this one on a task of its own kind, or train "
                f"another head: `finetune:{path}`"
            )
            return ModelError(given, expected=expected, hint=hint)
    if name is None or name.endswith(("Model", "Encoder")):
        what = f"a bare encoder ({name})" if name else "a checkpoint that names no head (`architectures` is empty)"
        return ModelError(f"{shown} is {what}: {task.name} ({task.kind}) needs a head", expected=expected, hint=train)
    hint = "save it as a model of `transformers`; code that comes with a checkpoint is never run"
    return ModelError(
        f"{shown} has an unknown head ({name}) for {task.name} ({task.kind})", expected=expected, hint=hint
    )


def _check_span_outputs(head: CheckpointHead, task: Task, shown: str) -> None:
    name = head.architecture or ""
    if head.model_type in _BEAMS and not name.endswith("Simple"):
        raise ModelError(
            f"{shown} searches for answers with beams ({name}), {task.name} needs a score for each start and end",
            expected=f"a checkpoint saved as {name}Simple",
            hint=f"train one: `finetune:{shown}`",
        )
    if len(head.labels) != 2:
        raise ModelError(
            f"{shown} has {len(head.labels)} outputs for each token, an answer span needs 2: start and end",
            expected="num_labels 2, or an `id2label` of two names, in config.json",
            hint="mend config.json if the weights have two outputs",
        )


def _check_scorer(head: CheckpointHead, task: Task, shown: str, path: str) -> None:
    if (head.architecture or "").endswith("ForMultipleChoice"):
        return
    if len(head.labels) != 1:
        raise ModelError(
            f"{shown} is a classifier with {len(head.labels)} outputs ({', '.join(head.labels)}), {task.name} asks "
            "which of several options is best",
            expected="a checkpoint saved as ...ForMultipleChoice, or a scorer of pairs with one output",
            hint=f"train a head for the task first: `finetune:{path}`",
        )


def _notes(head: CheckpointHead, task: Task, *, binary: bool) -> Iterator[str]:
    if binary:
        yield f"one output for two labels: read through a sigmoid, with the threshold {outputs.THRESHOLD}"
    if task.multilabel and head.problem is None:
        yield "the checkpoint does not say that it gives several labels at once; each output is read through a sigmoid"
    if task.kind is Kind.CHOOSE and not (head.architecture or "").endswith("ForMultipleChoice"):
        yield "each option is scored by a sequence-classification head with one output"
    if task.kind is Kind.REGRESS and head.activation:
        yield f"raw outputs: the checkpoint's {head.activation.rpartition('.')[2]} is not applied"
