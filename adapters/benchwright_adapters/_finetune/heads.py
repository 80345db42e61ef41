"""Heads by kind of task, their raw outputs, and standardised regression targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchwright.errors import ModelError
from benchwright.types import ChoiceTask, ClassificationTask, Example, RegressionTask, SpanTask, TaggingTask, Task

_TEXTS = "ForSequenceClassification"
_OPTIONS = "ForMultipleChoice"
_ENDINGS: Mapping[type[Task], str] = {
    ClassificationTask: _TEXTS,
    RegressionTask: _TEXTS,
    TaggingTask: "ForTokenClassification",
    SpanTask: "ForQuestionAnswering",
    ChoiceTask: _OPTIONS,
}


def output_settings(task: Task) -> dict[str, Any]:
    """The part of a configuration that names the outputs, in the task's own label order."""
    match task:
        case RegressionTask():
            return {**_named(("value",)), "problem_type": "regression"}
        case SpanTask():
            return {**_named(("start", "end")), "problem_type": None}
        case ChoiceTask():
            return {**_named(("score",)), "problem_type": None}
        case TaggingTask():
            return {**_named(task.label_names), "problem_type": None}
        case _:
            problem = "multi_label_classification" if task.multilabel else "single_label_classification"
            return {**_named(task.label_names), "problem_type": problem}


def find_class(architecture: Any, task: Task, shown: str) -> Any:
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
    ending = _ENDINGS[type(task)]
    if ending == _OPTIONS and architecture.model_type not in served[ending]:
        ending = _TEXTS
    if architecture.model_type not in served[ending]:
        raise ModelError(
            f"{shown} is of the family {architecture.model_type}, to which `transformers` gives no head for {task.kind} tasks",
            expected=f"a family with a class ...{ending}",
            hint="a base like BERT, RoBERTa, DeBERTa, ELECTRA or ModernBERT",
        )
    return getattr(transformers, f"AutoModel{ending}")


def make_tiny(architecture: Any, task: Task) -> Any:
    """A fresh model like BERT with a head for the task."""
    import transformers

    return getattr(transformers, f"Bert{_ENDINGS[type(task)]}")(architecture)


def reads_tokens(task: Task) -> bool:
    """Whether a head answers for each token; others answer for the whole input."""
    return isinstance(task, TaggingTask | SpanTask)


def takes_options(model: Any) -> bool:
    """Whether a model takes options as a separate dimension (multiple choice)."""
    return type(model).__name__.endswith(_OPTIONS)


def raw_outputs(output: Any) -> torch.Tensor:
    """Raw outputs of a head, in single precision: logits, or those of start and end (lines, tokens, 2)."""
    if "start_logits" in output:
        return torch.stack([output.start_logits, output.end_logits], -1).float()
    found: torch.Tensor = output.logits
    return found.float()


def _named(names: tuple[str, ...]) -> dict[str, Any]:
    return {"id2label": dict(enumerate(names)), "label2id": {name: number for number, name in enumerate(names)}}


@dataclass(frozen=True, kw_only=True)
class TargetScaler:
    """Standardises regression targets to mean 0 and standard deviation 1: ``number = mean + spread * learned``."""

    mean: float = 0.0
    spread: float = 1.0

    def transform(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Standardised targets."""
        return (numbers - self.mean) / self.spread

    def inverse_transform(self, learned: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers on the original scale."""
        return self.mean + self.spread * learned

    def fold_into_head(self, model: Any) -> None:
        """Fold the scale into the model's last layer, so that the checkpoint outputs numbers on the original scale."""
        if self == TargetScaler():
            return
        last = output_layer(model)
        assert last is not None
        with torch.no_grad():
            last.weight.mul_(self.spread)
            if last.bias is not None:
                last.bias.mul_(self.spread).add_(self.mean)


def fit_scaler(task: Task, examples: Sequence[Example], model: Any) -> TargetScaler:
    """The scale of a regression task's training targets; the identity for labels, and if the head has no single output layer.

    Without it, loss and gradient clipping would depend on the scale of the targets.
    """
    last = output_layer(model)
    if not isinstance(task, RegressionTask) or last is None:
        return TargetScaler()
    numbers = np.array([example.target for example in examples], dtype=np.float64)
    if last.bias is None:
        return TargetScaler(spread=float(np.sqrt(np.mean(numbers**2))) or 1.0)
    return TargetScaler(mean=float(numbers.mean()), spread=float(numbers.std()) or 1.0)


def output_layer(model: Any) -> Any:
    """The linear layer that gives the outputs; None unless there is exactly one at the end of the head."""
    prefix = f"{model.base_model_prefix}."
    found = [
        module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
        and module.out_features == model.config.num_labels
        and not name.startswith(prefix)
    ]
    return found[0] if len(found) == 1 else None
