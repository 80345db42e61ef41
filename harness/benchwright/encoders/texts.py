"""One text or two as a row, and raw outputs of a head as labels or a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.coded import Coded, of_numbers
from benchwright.encoders.batches import Batch
from benchwright.encoders.codec import CodecOptions, Floats, HeadOutputs, Row, check_outputs
from benchwright.encoders.encoded import InputRows
from benchwright.encoders.flat import Buffer
from benchwright.encoders.places import OutputPlace, Places, label_places
from benchwright.encoders.token_places import TokenPlaces, places_in_texts
from benchwright.encoders.tokenise import ROWS, TextRows, Tokenizing
from benchwright.example_table import ExampleTable
from benchwright.prediction_table import PredictionTable
from benchwright.types import Example, Prediction, Target, Task

THRESHOLD = 0.5
"""From this probability on a label of several is given; above it the one output of a binary head gives the label it stands for."""


def to_probabilities(logits: Floats, to_task: Sequence[int], labels: int, *, multilabel: bool) -> Floats:
    """Probabilities in the task's label order, rows x labels.

    One label: softmax; outputs that share a label are added. Several labels: a sigmoid for each output; of outputs that
    share a label the highest counts, so that the label is given exactly when one of them is.

    Args:
        logits: Rows x outputs.
        to_task: Label of each output.
        labels: Number of labels of the task.
        multilabel: Whether several labels may be given.
    """
    found = np.zeros((len(logits), labels))
    if multilabel:
        each = 1 / (1 + np.exp(-np.clip(logits, -700, 700)))
        for output, label in enumerate(to_task):
            found[:, label] = np.maximum(found[:, label], each[:, output])
        return found
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    each = powers / powers.sum(axis=1, keepdims=True)
    for output, label in enumerate(to_task):
        found[:, label] += each[:, output]
    return np.minimum(found, 1.0)


def choose_labels(names: Sequence[str], probabilities: Floats, *, multilabel: bool) -> Coded:
    """Of each row the most probable label, the first of equals; of several labels every one from 0.5 on."""
    if multilabel:
        chosen, codes = np.unique(probabilities >= THRESHOLD, axis=0, return_inverse=True)
        given = (tuple(name for name, is_given in zip(names, row, strict=True) if is_given) for row in chosen.tolist())
        return Coded(codes.reshape(-1).astype(np.int32), tuple(given))
    best, codes = np.unique(probabilities.argmax(axis=1), return_inverse=True)
    return Coded(codes.astype(np.int32), tuple(names[label] for label in best.tolist()))


def texts_of(examples: Sequence[Example], name: str) -> list[str]:
    """One input of all examples as texts."""
    if isinstance(examples, ExampleTable):
        return [str(text) for text in examples.inputs[name]]
    return [str(example.inputs[name]) for example in examples]


class TextCodec:
    """Texts or pairs with one or several labels each."""

    def __init__(self, task: Task, tokenizing: Tokenizing, head: HeadOutputs, options: CodecOptions) -> None:
        self.tokenizing = tokenizing
        self.refuses_nan = False  # what is no number is refused with the scores it gives
        self._task, self._truncation, self._outputs = task, options.truncation, head.count
        self._check_head(head)
        self._rows = TextRows(tokenizing, texts=len(task.inputs), truncation=options.truncation)
        self.settings = {"truncation": options.truncation, **({"threshold": str(THRESHOLD)} if self._binary else {})}

    def encode(self, examples: Sequence[Example]) -> InputRows:
        """A row for each example."""
        encoded = self._rows.encode(*(texts_of(examples, name) for name in self._task.inputs))
        return InputRows(encoded=encoded, owner=np.arange(len(examples)))

    def texts_of_rows(self, rows: InputRows, examples: Sequence[Example]) -> dict[int, tuple[Any, ...]]:
        """The first rows that hold all of their texts, with these."""
        encoded = rows.encoded
        whole = [row for row in range(len(encoded)) if row not in encoded.errors and not encoded.truncated[row]][:ROWS]
        return dict(zip(whole, self._texts([examples[row] for row in whole]), strict=True))

    def token_places(self, rows: InputRows, row: int, example: Example) -> TokenPlaces | str:
        """Where the tokens of a row stand in the texts."""
        texts = dict(zip(self._task.inputs, self._texts([example])[0], strict=True))
        return places_in_texts(self.tokenizing, texts, rows.encoded.row(row), self._truncation)

    def pick(self, outputs: Mapping[str, NDArray[np.float32]], batch: Batch | Buffer) -> list[Row]:
        """Raw outputs of each row."""
        return list(outputs["logits"][: len(batch)])

    def decode(
        self,
        rows: InputRows,
        outputs: Sequence[Row | None],
        examples: Sequence[Example],
    ) -> Sequence[Prediction]:
        """Labels with probabilities in the task's order."""
        logits = self._logits(outputs)
        if self._binary:  # the softmax beside a 0 is the sigmoid
            logits = np.column_stack([np.zeros(len(logits)), logits])
        names, several = self._task.label_names, self._task.multilabel
        found = to_probabilities(logits, self._to_task, len(names), multilabel=several)
        return PredictionTable(choose_labels(names, found, multilabel=several), found)

    def places(
        self,
        rows: InputRows,
        outputs: Sequence[Row | None],
        examples: Sequence[Example],
        targets: Sequence[Sequence[Target]],
    ) -> list[Places | str]:
        """Where labels stand among the outputs of a row."""
        return [self._places(row, some) for row, some in enumerate(targets)]

    def _places(self, row: int, targets: Sequence[Target]) -> Places | str:
        names, found = self._task.label_names, []
        for target in targets:
            place = None
            if target.label in names:
                label = names.index(str(target.label))
                several = self._task.multilabel
                place = label_places(row, label, self._to_task, multilabel=several, binary=self._binary)
            if place is None:
                return f"no output of the model means {target.name}"
            found.append(place)
        return tuple(found)

    def _check_head(self, head: HeadOutputs) -> None:
        self._to_task = head.labels.to_task
        self._binary = len(self._to_task) == 2 and head.count == 1
        check_outputs(head.count, 1 if self._binary else len(self._to_task), self.tokenizing.shown)

    def _texts(self, examples: Sequence[Example]) -> list[tuple[str, ...]]:
        return list(zip(*(texts_of(examples, name) for name in self._task.inputs), strict=True))

    def _logits(self, outputs: Sequence[Row | None]) -> Floats:
        """Raw outputs, rows x outputs; zeros where there are none."""
        blank = np.zeros(self._outputs, dtype=np.float32)
        return np.stack([blank if row is None else row for row in outputs]).astype(np.float64)


class NumberCodec(TextCodec):
    """Texts or pairs with a number each."""

    def decode(
        self,
        rows: InputRows,
        outputs: Sequence[Row | None],
        examples: Sequence[Example],
    ) -> Sequence[Prediction]:
        """The raw output."""
        return PredictionTable(of_numbers(self._logits(outputs)[:, 0]))

    def _places(self, row: int, targets: Sequence[Target]) -> Places | str:
        return tuple((OutputPlace(row=row, at=np.array([0])),) for _ in targets)

    def _check_head(self, head: HeadOutputs) -> None:
        self._binary = False
        check_outputs(head.count, 1, self.tokenizing.shown)
