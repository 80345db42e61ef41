"""Which head a kind of task gets, what its configuration says, and its raw outputs."""

from __future__ import annotations

from typing import Any

import torch

from benchwright.errors import ModelError
from benchwright.types import Kind, Task

_ENDINGS = {
    Kind.CLASSIFY: "ForSequenceClassification",
    Kind.REGRESS: "ForSequenceClassification",
    Kind.TAG: "ForTokenClassification",
    Kind.SPAN: "ForQuestionAnswering",
    Kind.CHOOSE: "ForMultipleChoice",
}


def output_settings(task: Task) -> dict[str, Any]:
    """The part of a configuration that names the outputs, in the task's own label order."""
    if task.kind is Kind.REGRESS:
        return {**_named(("value",)), "problem_type": "regression"}
    if task.kind is Kind.SPAN:
        return {**_named(("start", "end")), "problem_type": None}
    if task.kind is Kind.CHOOSE:
        return {**_named(("score",)), "problem_type": None}
    if task.kind is Kind.TAG:
        return {**_named(task.label_names), "problem_type": None}
    problem = "multi_label_classification" if task.multilabel else "single_label_classification"
    return {**_named(task.label_names), "problem_type": problem}


def find_class(config: Any, task: Task, shown: str) -> Any:
    """The class of `transformers` that opens a base with a head for the task.

    A family without a head for options gets one that scores a pair of texts: a classifier with one output.

    Raises:
        ModelError: The family has no such head.
    """
    import transformers
    from transformers.models.auto import modeling_auto

    served = {
        "ForSequenceClassification": modeling_auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
        "ForTokenClassification": modeling_auto.MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES,
        "ForQuestionAnswering": modeling_auto.MODEL_FOR_QUESTION_ANSWERING_MAPPING_NAMES,
        "ForMultipleChoice": modeling_auto.MODEL_FOR_MULTIPLE_CHOICE_MAPPING_NAMES,
    }
    ending = _ENDINGS[task.kind]
    if task.kind is Kind.CHOOSE and config.model_type not in served[ending]:
        ending = _ENDINGS[Kind.CLASSIFY]
    if config.model_type not in served[ending]:
        raise ModelError(
            f"{shown} is of the family {config.model_type}, to which `transformers` gives no head for {task.kind} tasks",
            expected=f"a family with a class ...{ending}",
            hint="a base like BERT, RoBERTa, DeBERTa, ELECTRA or ModernBERT",
        )
    return getattr(transformers, f"AutoModel{ending}")


def make_tiny(config: Any, task: Task) -> Any:
    """A fresh model like BERT with a head for the task."""
    import transformers

    return getattr(transformers, f"Bert{_ENDINGS[task.kind]}")(config)


def reads_tokens(kind: Kind) -> bool:
    """Whether a head answers for each token; others answer for the whole input."""
    return kind in (Kind.TAG, Kind.SPAN)


def takes_options(model: Any) -> bool:
    """Whether a model wants options as a dimension of their own."""
    return type(model).__name__.endswith(_ENDINGS[Kind.CHOOSE])


def raw_outputs(output: Any) -> torch.Tensor:
    """What a head gives, in single precision: logits, or those of start and end (lines, tokens, 2)."""
    if "start_logits" in output:
        return torch.stack([output.start_logits, output.end_logits], -1).float()
    found: torch.Tensor = output.logits
    return found.float()


def _named(names: tuple[str, ...]) -> dict[str, Any]:
    return {"id2label": dict(enumerate(names)), "label2id": {name: number for number, name in enumerate(names)}}
