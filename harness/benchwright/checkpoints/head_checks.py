"""Check that the head of a checkpoint fits a task, with notes about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchwright.checkpoints.config import brief
from benchwright.checkpoints.head import FITTING, TASK_HEADS, CheckpointHead, is_binary
from benchwright.encoders.texts import THRESHOLD
from benchwright.errors import ModelError
from benchwright.tags import LETTERS, OUTSIDE, Scheme, fits, parts, spelled
from benchwright.types import ChoiceTask, ClassificationTask, FillTask, RegressionTask, SpanTask, TaggingTask, Task

_LANGUAGE_HEADS = {
    "ForMaskedLM": "masked language modelling",
    "ForPreTraining": "pre-training",
    "ForCausalLM": "language modelling",
    "LMHeadModel": "language modelling",
    "ForConditionalGeneration": "text generation",
}

_BEAMS = frozenset({"xlnet", "xlm", "flaubert"})
"""Families whose ``ForQuestionAnswering`` searches with beams and gives no plain start and end scores."""

_DISCRIMINATORS = frozenset({"electra", "funnel"})
"""Families whose ``ForPreTraining`` tells replaced tokens from others, and gives no words."""

_GENERIC = re.compile(r"label[_ -]?\d+", re.IGNORECASE)


def check_head(
    head: CheckpointHead, task: Task, *, shown: str, path: str, named_by_user: bool = False
) -> tuple[str, ...]:
    """Check that the head fits the task; returns notes about it.

    Args:
        head: As the configuration describes it.
        task: What it is to answer.
        shown: How messages call the checkpoint.
        path: How it was named.
        named_by_user: Whether the user says what its outputs mean.

    Raises:
        ModelError: It does not fit the task.
    """
    if isinstance(task, ClassificationTask | RegressionTask) and len(task.inputs) > 2:
        raise ModelError(
            f"{task.name} has {len(task.inputs)} inputs ({', '.join(task.inputs)}), {shown} reads one text or two",
            expected="a task of one or two texts",
            hint="choose a task of one text or two",
        )
    if head.architecture is None or not head.architecture.endswith(FITTING[type(task)]):
        raise _wrong_head(head, task, shown, path)
    if (
        isinstance(task, FillTask)
        and head.model_type in _DISCRIMINATORS
        and head.architecture.endswith("ForPreTraining")
    ):
        raise _discriminator(head, task, shown)
    if isinstance(task, ClassificationTask | RegressionTask):
        _check_label_outputs(head, task, shown, named_by_user=named_by_user)
    elif isinstance(task, SpanTask):
        _check_span_outputs(head, task, shown)
    elif isinstance(task, ChoiceTask):
        _check_scorer(head, task, shown, path)
    by_names = not named_by_user and isinstance(task, ClassificationTask | TaggingTask)
    told = _contradicted_names(head) if by_names else ()
    return (*told, *_notes(head, task, binary=is_binary(head, task, named_by_user=named_by_user)))


def check_scheme(head: CheckpointHead, scheme: Scheme | None, shown: str) -> tuple[str, ...]:
    """Notes about the tagging scheme of a head; raises ModelError if it contradicts the user's scheme."""
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


def _check_label_outputs(head: CheckpointHead, task: Task, shown: str, *, named_by_user: bool) -> None:
    """Raise ModelError unless the head gives what a task of labels or numbers asks for."""
    if isinstance(task, RegressionTask):
        _check_number(head, task, shown)
        return
    count = len(head.labels)
    if head.problem == "regression":
        raise ModelError(
            f"{shown} is a regression head with {_counted(count)}, {_asked(task)}",
            expected=f"one output for each of: {', '.join(task.label_names)}",
            hint="name a checkpoint that was fine-tuned for classification",
        )
    if is_binary(head, task, named_by_user=named_by_user):
        return
    if count == 1 and not (task.multilabel and head.problem == "multi_label_classification"):
        raise _one_output(head, task, shown)
    multi = head.problem == "multi_label_classification"
    if head.problem is not None and multi != task.multilabel:
        trained, asked = ("several labels at once", "one label") if multi else ("one label", "several labels at once")
        raise ModelError(
            f"{shown} was trained to give {trained} (problem_type {head.problem}), {task.name} asks for {asked}",
            expected=f"problem_type {'multi' if task.multilabel else 'single'}_label_classification",
            hint="name a checkpoint that was fine-tuned for a task of this form",
        )


def _check_number(head: CheckpointHead, task: Task, shown: str) -> None:
    count = len(head.labels)
    if count == 1 and head.problem in (None, "regression"):
        return
    what = f"a regression head with {_counted(count)}" if head.problem == "regression" else "a classifier with "
    if head.problem != "regression":
        what += f"{_counted(count)} ({', '.join(head.labels)})"
    raise ModelError(
        f"{shown} is {what}, {task.name} asks for a number",
        expected="a regression head (num_labels 1)",
        hint="name a checkpoint that was fine-tuned for regression",
    )


def _one_output(head: CheckpointHead, task: Task, shown: str) -> ModelError:
    """Why one output is too few: the task has more labels, or nothing says that it is not a number."""
    if len(task.labels) != 2 or task.multilabel:
        return ModelError(
            f"{shown} has 1 output ({head.labels[0]}), {_asked(task)}",
            expected=f"one output for each of: {', '.join(task.label_names)}",
            hint="name a checkpoint that was fine-tuned for this task",
        )
    below, above = task.label_names
    return ModelError(
        f"{shown} has 1 output, and its config.json does not say that it is a label: `transformers` trains such a head by "
        f"regression; {_asked(task)}",
        expected="one output for each label, or one and `problem_type: single_label_classification` in config.json",
        hint=f"if it was trained with binary cross-entropy, say what it means up to {THRESHOLD} and above: "
        f"`?labels={below},{above}` (check the order!)",
    )


def _counted(count: int) -> str:
    return f"{count} output{'s' * (count != 1)}"


def _asked(task: Task) -> str:
    some = "any" if task.multilabel else "one"
    return f"{task.name} asks for {some} of {len(task.labels)} labels"


def _contradicted_names(head: CheckpointHead) -> tuple[str, ...]:
    if not head.contradicted:
        return ()
    names = brief(", ".join(head.contradicted))
    told = f"`id2label` and `label2id` in config.json contradict each other about {names}"
    return (f"{told}: `id2label` was followed, as `transformers` does; ?labels= says it otherwise",)


def _wrong_head(head: CheckpointHead, task: Task, shown: str, path: str) -> ModelError:
    expected = f"a checkpoint saved as ...{FITTING[type(task)][0]}"
    train = f"train a head for the task first: `finetune:{path}`"
    if isinstance(task, FillTask):
        train = (
            "name the checkpoint of pre-training that still has its head for words (bert-base-uncased, roberta-base, ...); a head "
            "is never initialised at random"
        )
    name = head.architecture
    for ending, what in _LANGUAGE_HEADS.items():
        if name and name.endswith(ending):
            given = f"{shown} has a head for {what} ({name}), none for {task.name} ({task.kind})"
            return ModelError(given, expected=expected, hint=train)
    for ending, what in TASK_HEADS.items():
        if name and name.endswith(ending):
            given = f"{shown} has a head that gives {what} ({name}), none for {task.name} ({task.kind})"
            hint = (
                train
                if isinstance(task, FillTask)
                else "name a checkpoint that was fine-tuned for the task, run this one on a task of its own kind, or train "
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


def _discriminator(head: CheckpointHead, task: Task, shown: str) -> ModelError:
    return ModelError(
        f"{shown} tells replaced tokens from others ({head.architecture}), none of its heads gives words for {task.name} ({task.kind})",
        expected=f"a checkpoint saved as ...{FITTING[type(task)][0]}",
        hint="name the generator that was trained with it (google/electra-base-generator)",
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
        yield f"one output for two labels: read through a sigmoid, with the threshold {THRESHOLD}"
    if task.multilabel and head.problem is None:
        yield "the checkpoint does not say that it gives several labels at once; each output is read through a sigmoid"
    if isinstance(task, ChoiceTask) and not (head.architecture or "").endswith("ForMultipleChoice"):
        yield "each option is scored by a sequence-classification head with one output"
    if isinstance(task, RegressionTask) and head.activation:
        yield f"raw outputs: the checkpoint's {head.activation.rpartition('.')[2]} is not applied"
