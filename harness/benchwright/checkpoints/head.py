"""The head of a checkpoint, from its configuration: type, names and meaning of outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchwright.checkpoints.config import brief
from benchwright.encoders.texts import THRESHOLD
from benchwright.errors import ModelError
from benchwright.labels import canonical
from benchwright.types import (
    ChoiceTask,
    ClassificationTask,
    EmbeddingTask,
    FillTask,
    RegressionTask,
    SpanTask,
    TaggingTask,
    Task,
)

FITTING: Mapping[type[Task], tuple[str, ...]] = {
    ClassificationTask: ("ForSequenceClassification",),
    RegressionTask: ("ForSequenceClassification",),
    TaggingTask: ("ForTokenClassification",),
    SpanTask: ("ForQuestionAnswering", "ForQuestionAnsweringSimple"),
    ChoiceTask: ("ForMultipleChoice", "ForSequenceClassification"),
    FillTask: ("ForMaskedLM", "ForPreTraining"),
}
"""Endings of class names whose answers are of a kind, the usual one first."""

TASK_HEADS = {
    "ForSequenceClassification": "a label or number for the whole input",
    "ForTokenClassification": "a label for each token",
    "ForQuestionAnswering": "an answer span",
    "ForQuestionAnsweringSimple": "an answer span",
    "ForMultipleChoice": "a choice among options",
    "ForNextSentencePrediction": "next-sentence prediction",
}
"""Endings of class names that answer a task, and with what."""

_AUTO = {
    **{ending: f"AutoModel{ending}" for ending in TASK_HEADS},
    **{ending: f"AutoModel{ending}" for ending in ("ForMaskedLM", "ForPreTraining", "ForCausalLM")},
    "ForQuestionAnsweringSimple": "AutoModelForQuestionAnswering",
    "LMHeadModel": "AutoModelForCausalLM",
    "ForConditionalGeneration": "AutoModelForSeq2SeqLM",
}
"""Endings of class names and the automatic class that opens them."""

ENCODER_CLASSES = frozenset({"t5", "mt5", "umt5"})
"""Families with a decoder of which `transformers` has the encoder as a class of its own."""

_DEFAULT_LABELS = {"bart": 3}
"""Labels of a configuration that says nothing of them, where it is not 2."""

_CLASSES = ("single_label_classification", "multi_label_classification")


@dataclass(frozen=True, kw_only=True)
class CheckpointHead:
    """The head of a checkpoint, and what its configuration says of inputs.

    Attributes:
        architecture: Class name of the model that was saved; None where the configuration does not say.
        model_type: Family, ``bert``.
        labels: Name of each output, in output order.
        contradicted: Names that ``label2id`` gives to another output than ``id2label`` does.
        problem: ``single_label_classification``, ``multi_label_classification``, ``regression``, or None.
        positions: Longest input that its position table holds, as far as the configuration states it.
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


def auto_class(head: CheckpointHead, task: Task) -> str:
    """Name of the class of `transformers` that opens a checkpoint with a fitting head, or without any where none is asked for."""
    if isinstance(task, EmbeddingTask):
        return "AutoModelForTextEncoding" if head.model_type in ENCODER_CLASSES else "AutoModel"
    endings = [ending for ending in FITTING[type(task)] if (head.architecture or "").endswith(ending)]
    if isinstance(task, FillTask):
        return "AutoModelForMaskedLM"  # also of a checkpoint of pre-training: of its two heads the one for words
    return f"AutoModel{(endings or FITTING[type(task)])[0]}".removesuffix("Simple")


def is_binary(head: CheckpointHead, task: Task, *, named_by_user: bool) -> bool:
    """Whether a single output separates two labels: its sigmoid is the probability of one of them.

    Args:
        head: Its configuration says that it classifies, or names a sigmoid as its output function.
        task: One of two labels.
        named_by_user: Whether the user gave the meaning of the output (``?labels=``), needed if the configuration does not.
    """
    if not task.single_label or len(task.labels) != 2 or len(head.labels) != 1:
        return False
    if head.problem is not None:
        return head.problem in _CLASSES
    return named_by_user or (head.activation or "").rpartition(".")[2] == "Sigmoid"


def output_labels(head: CheckpointHead, task: Task, *, named_by_user: bool) -> tuple[str, ...] | None:
    """Name of each output; of a binary head what its one output says up to the threshold, and above it; None where the
    outputs stand for no labels.
    """
    if not isinstance(task, ClassificationTask | TaggingTask):
        return None
    if not is_binary(head, task, named_by_user=named_by_user):
        return head.labels
    (name,) = head.labels
    meant = None if name.strip().isdigit() else canonical(name, task.labels)
    if meant is None:
        return f"{name} up to {THRESHOLD}", f"{name} above {THRESHOLD}"
    return next(label for label in task.label_names if label != meant), meant


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
