"""The protocol of a codec: encodes examples of one kind of task as rows of token ids, and decodes raw outputs to predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.batches import Batch
from benchwright.encoders.encoded import InputRows
from benchwright.encoders.flat import Buffer
from benchwright.encoders.tokenise import Tokenizing
from benchwright.encoders.truncation import Truncation
from benchwright.errors import ModelError
from benchwright.tags import Scheme
from benchwright.types import Example, LabelMap, Prediction

Row = NDArray[np.float32]
"""Raw outputs of one row; their shape depends on the head."""

Floats = NDArray[np.float64]

Pooling = Literal["mean", "cls", "max"]
"""How vectors of tokens become one; special tokens count as any other, padding never."""


@dataclass(frozen=True, kw_only=True)
class HeadOutputs:
    """The outputs of a model's head.

    Attributes:
        count: Outputs for each text or token.
        labels: Map from outputs to labels of the task; unused for a task without labels.
        names: Output -> its name in the model's configuration, if names are needed.
    """

    count: int
    labels: LabelMap
    names: Mapping[int, str] | None = None


@dataclass(frozen=True, kw_only=True)
class CodecOptions:
    """Options for truncating inputs and decoding answers; each kind of task uses those that apply.

    Attributes:
        truncation: Which text of a pair is cut.
        doc_stride: Tokens that windows over a long input share; None: decided by the kind.
        n_best: Starts and ends of an answer tried in each window.
        max_answer_length: Most tokens to an answer.
        threshold: Null-score threshold above which there is no answer; None if every question has one.
        scheme: Tagging scheme of the head, if given.
        pooling: How vectors of tokens become one.
        scaled: Whether that vector is scaled to length 1.
    """

    truncation: Truncation = "longest_first"
    doc_stride: int | None = None
    n_best: int = 20
    max_answer_length: int = 30
    threshold: NullThreshold | None = None
    scheme: Scheme | None = None
    pooling: Pooling = "mean"
    scaled: bool = False


@dataclass(frozen=True, kw_only=True)
class NullThreshold:
    """Null-score threshold above which there is no answer; ``origin``: ``given``, ``checkpoint`` or ``default``."""

    value: float
    origin: str

    @property
    def note(self) -> str:
        """A note about the threshold."""
        origins = {
            "given": "as given",
            "checkpoint": "chosen when the checkpoint was trained",
            "default": "the default, tuned on nothing",
        }
        return f"no answer above a null score of {self.value:g} ({origins[self.origin]})"


class Codec(Protocol):
    """One kind of task; `codec_for` makes the one for a task."""

    @property
    def tokenizing(self) -> Tokenizing:
        """Tokenizer and its options."""

    @property
    def settings(self) -> Mapping[str, str]:
        """Settings that affect the numbers and were chosen here, as text."""

    @property
    def refuses_nan(self) -> bool:
        """Whether raw outputs that are no numbers are an error of the example, and never decoded."""

    def encode(self, examples: Sequence[Example]) -> InputRows:
        """The rows of some examples."""

    def texts_of_rows(self, rows: Any, examples: Sequence[Example]) -> Mapping[int, tuple[Any, ...]]:
        """Some rows that hold all of their texts: number of a row -> its text or two, or its words."""

    def pick(self, outputs: Mapping[str, NDArray[np.float32]], batch: Batch | Buffer) -> list[Row]:
        """Raw outputs of each row of a batch or a buffer, from what a forward pass gave; nothing in them comes from padding or filling."""

    def decode(self, rows: Any, outputs: Sequence[Row | None], examples: Sequence[Example]) -> Sequence[Prediction]:
        """A prediction for each example, in the task's own terms.

        Args:
            rows: As `encode` gave them.
            outputs: Raw outputs of each row; None where it has none, and what is said of its example is not used.
            examples: Those that were encoded.
        """


def check_outputs(found: int, wanted: int, shown: str) -> None:
    """Raise ModelError unless the model has as many outputs as its label map, made from the configuration's text, names."""
    if found != wanted:
        raise ModelError(
            f"{shown} has {found} outputs, its label map names {wanted}",
            expected="an `id2label` in config.json with one name for each output",
            hint="write `id2label` into config.json, in output order",
        )
