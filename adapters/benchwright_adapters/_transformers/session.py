"""An open checkpoint that gives labels or numbers for one task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchwright import encoders
from benchwright.checkpoints.model import DEFAULT
from benchwright.checkpoints.outputs import THRESHOLD
from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders.hold import ROWS
from benchwright.encoders.texts import decide, to_probabilities
from benchwright.errors import ModelError
from benchwright.types import Example, Kind, LabelMap, Prediction, Task
from benchwright_adapters._transformers.opening import Opened
from benchwright_adapters._transformers.runner import Row, Runner
from benchwright_adapters._transformers.settings import Settings


class TransformersSession:
    """A model with its tokenizer; ``settings`` says in words what decides the numbers and was chosen here."""

    def __init__(self, opened: Opened, *, task: Task, labels: LabelMap, settings: Settings, shown: str) -> None:
        self._task, self._labels = task, labels
        self._truncation = settings.truncation
        self._binary = task.kind is Kind.CLASSIFY and len(labels.to_task) == 2 and opened.model.config.num_labels == 1
        outputs = 1 if task.kind is Kind.REGRESS or self._binary else len(labels.to_task)
        check_outputs(opened.model, outputs, shown)
        self._runner = Runner(opened, _rows, settings=settings, shown=shown, default_length=DEFAULT)
        self.settings = {**self._runner.settings, "truncation": self._truncation}
        if self._binary:
            self.settings["threshold"] = str(THRESHOLD)

    @property
    def _model(self) -> Any:
        return self._runner.model

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """Predictions in the order of the examples: labels with probabilities in the task's order, or raw numbers.

        ``extra`` holds the number of tokens the model read; after memory ran out also the lower token budget that was
        used. An example that does not fit alone, or that the tokenizer cannot take, carries its error.

        Raises:
            ModelError: The tokenizer gives ids that the model has no embedding for.
        """
        if not examples:
            return []
        with quiet():
            encoded = self._encode([[str(example.inputs[name]) for name in self._task.inputs] for example in examples])
            self._runner.hold(encoded, lambda: self._rows(encoded, examples))
            answers = self._runner.run(encoded)
        return self._read(encoded, answers)

    def close(self) -> None:
        """Release model and tokenizer; closing twice is safe."""
        self._runner.close()

    def _rows(self, encoded: encoders.Encoded, examples: Sequence[Example]) -> dict[int, tuple[str, ...]]:
        """The first whole rows, with their texts."""
        whole = [at for at in range(len(encoded)) if at not in encoded.errors and not encoded.truncated[at]]
        return {at: tuple(str(examples[at].inputs[name]) for name in self._task.inputs) for at in whole[:ROWS]}

    def _encode(self, texts: Sequence[Sequence[str]]) -> encoders.Encoded:
        pairs = len(texts[0]) == 2
        return encoders.encode(
            self._runner.tokenizer,
            [text[0] for text in texts],
            [text[1] for text in texts] if pairs else None,
            max_length=self._runner.max_length,
            truncation=self._truncation,
            names=self._runner.names,
            stand_in=self._runner.stand_in,
        )

    def _read(self, encoded: encoders.Encoded, answers: encoders.RawOutputs[Row]) -> list[Prediction]:
        blank = np.zeros(self._model.config.num_labels, dtype=np.float32)
        logits = np.stack([blank if value is None else value for value in answers.values]).astype(np.float64)
        lowered = self._runner.lowered(answers)
        tally = self._runner.tally(encoded)
        if self._task.kind is Kind.REGRESS:
            rows = logits[:, :1].tolist()
        else:
            wanted = len(self._task.labels)
            if self._binary:  # the softmax beside a 0 is the sigmoid
                logits = np.column_stack([np.zeros(len(logits)), logits])
            found = to_probabilities(logits, self._labels.to_task, wanted, multilabel=self._task.multilabel)
            rows = found.tolist()
        return [
            Prediction(error=answers.errors[at], truncated=bool(encoded.truncated[at]))
            if at in answers.errors
            else self._one(
                row, facts=tally.facts(slice(at, at + 1), lowered[at]), truncated=bool(encoded.truncated[at])
            )
            for at, row in enumerate(rows)
        ]

    def _one(self, row: list[float], *, facts: dict[str, Any], truncated: bool) -> Prediction:
        if self._task.kind is not Kind.REGRESS:
            return decide(self._task, row, facts=facts, truncated=truncated)
        return Prediction(output=row[0], truncated=truncated, extra=facts)


def check_outputs(model: Any, wanted: int, shown: str) -> None:
    """Raise ModelError unless the model has as many outputs as its label map, made from the configuration's text, names."""
    if model.config.num_labels != wanted:
        raise ModelError(
            f"{shown} has {model.config.num_labels} outputs, its label map names {wanted}",
            expected="an `id2label` in config.json with one name for each output",
            hint="write `id2label` into config.json, in output order",
        )


def _rows(output: Any, _batch: encoders.Batch) -> list[Row]:
    return list(output.logits.float().cpu().numpy())
