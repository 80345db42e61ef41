"""The session of all encoders: encode examples to rows, run rows in batches, decode raw outputs to predictions.

A codec knows a kind of task, a forward pass knows an engine; neither knows the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from benchwright.encoders.batches import Batch, pad, stays_equal
from benchwright.encoders.codec import Codec, Row
from benchwright.encoders.encoded import Encoded, InputRows, Ints
from benchwright.encoders.failures import complaint
from benchwright.encoders.flat import Buffer, ComputesBuffers, FlatPlan
from benchwright.encoders.layouts import Alone, EqualRows, Flat, Layout, Padded
from benchwright.encoders.mask_token import find_mask
from benchwright.encoders.places import FindsPlaces, score_examples
from benchwright.encoders.read_ahead import ReadAhead
from benchwright.encoders.running import RawOutputs, make_passes, run
from benchwright.encoders.stages import UNTIMED, StageTimes, staged
from benchwright.encoders.token_counts import count_tokens, with_counts
from benchwright.encoders.tokenise import check_rows, encode
from benchwright.encoders.work import CountsOperations, count_work
from benchwright.errors import ModelError
from benchwright.prediction_table import PredictionTable
from benchwright.types import Example, Prediction, ScoreScale, Target, Work

_NO_NUMBERS = "the model gives outputs that are not numbers"
_PROBE = ("a", "a b c d e f g h i j k l")

Batching = Literal["constant", "alone", "padded"]
"""``constant``: flat buffers of a constant size where the engine reads them, else rows of one length, so that the numbers of a row do not
depend on those beside it. ``alone``: one row at a time, for engines that are not so. ``padded``: rows of nearly one length, padded, for
comparisons.
"""


@dataclass(frozen=True, kw_only=True)
class ModelInputs:
    """Input properties of a model.

    Attributes:
        vocabulary: Ids that it has embeddings for.
        fill: Padding value of each column; 0 where nothing is said.
        end_token: Id that rows which share a batch hold equally often, for models that pool at the last one; None: any rows
            may share one.
        dtype: What it computes in.
    """

    vocabulary: int
    fill: Mapping[str, int] = field(default_factory=dict)
    end_token: int | None = None
    dtype: str = "float32"


class Forward(Protocol):
    """A model in one engine (torch, ONNX Runtime, NumPy): batches in, raw outputs out; see `ComputesBuffers` too."""

    @property
    def inputs(self) -> ModelInputs:
        """What it reads."""

    @property
    def settings(self) -> Mapping[str, str]:
        """Settings that affect its numbers and were chosen when it was opened, as text."""

    def __call__(self, batch: Batch) -> Mapping[str, NDArray[np.float32]]:
        """Raw outputs by the names that `transformers` gives them, with a row for each line of the batch, filling included.

        ``logits`` are lines x outputs, of tokens lines x tokens x outputs; ``start_logits`` and ``end_logits`` are lines x
        tokens. An exhausted memory is raised as the engine raises it: the batch is tried again in smaller ones.
        """

    def release(self) -> None:
        """Give back memory that nothing uses; called after it ran out."""

    def close(self) -> None:
        """Give back the model; closing twice is safe."""


class ProbeError(ModelError):
    """A model fails on a short text, or gives no numbers for it; the cause says what happened."""


class EncoderSession:
    """An open encoder that answers for one task.

    Args:
        codec: Of the task, with the tokenizer.
        forward: The model.
        token_budget: Tokens of a buffer; for an engine that reads none, most tokens to a batch.
        quiet: Made around every use of the tokenizer and the model, so that only the console prints.
        batching: How rows share forward passes.

    Attributes:
        settings: In words, what decides the numbers beside the key of a cell.

    Raises:
        ProbeError: The model fails on a short text.
    """

    def __init__(
        self,
        codec: Codec,
        forward: Forward,
        *,
        token_budget: int,
        quiet: Callable[[], AbstractContextManager[None]] = nullcontext,
        batching: Batching = "constant",
    ) -> None:
        self.codec, self.forward = codec, forward
        self._tokenizing, self._quiet, self._batching = codec.tokenizing, quiet, batching
        self._reads_buffers = isinstance(forward, ComputesBuffers) and forward.flat.tokens is not None
        self._budget = self._budget_now = token_budget
        self._is_filled = True
        self._rows_checked = False
        self._mask: str | None = None
        self._ahead = ReadAhead(codec)
        self._may_pad = self._probe()
        self.settings = self._describe()

    def predict(self, examples: Sequence[Example]) -> Sequence[Prediction]:
        """Predictions in the order of the examples, as the codec's `decode` gives them.

        ``extra`` begins with the number of tokens the model read (``tokens``), of them those of the text (``text_tokens``)
        and those the vocabulary lacks (``unknown_tokens``), and after memory ran out the lower ``token_budget`` that was
        used. An example that the tokenizer cannot take, or that does not fit into memory alone, carries its error.

        Raises:
            ModelError: The tokenizer gives ids that the model has no embedding for, or other tokens than its own file does.
        """
        return self._answer(examples, UNTIMED)

    def read_ahead(self, examples: Sequence[Example]) -> None:
        """As `types.ReadsAhead`. Slow tokenizers do not let go of the interpreter, and read when they are asked."""
        if getattr(self._tokenizing.tokenizer, "is_fast", False):
            self._ahead.want(examples)

    def predict_in_stages(
        self, examples: Sequence[Example], clock: Callable[[], float]
    ) -> tuple[Sequence[Prediction], dict[str, float]]:
        """The predictions of `predict`, and seconds by stage, which add up to those of the query; see `HasStages`."""
        stages = StageTimes(clock)
        return self._answer(examples, stages), stages.seconds

    def _answer(self, examples: Sequence[Example], stages: StageTimes) -> Sequence[Prediction]:
        if not examples:
            return []
        with self._quiet():
            with stages.during("tokenise"):
                rows = self._ahead.rows(examples)
                self._check_rows(rows, examples)
            self._ahead.begin()
            with stages.during("collate"):
                raw = self.run(rows.encoded, stages)
        with stages.during("post_process"):
            return self._decode(rows, raw, examples)

    def _decode(self, rows: InputRows, raw: RawOutputs[Row], examples: Sequence[Example]) -> Sequence[Prediction]:
        """Predictions of raw outputs, with counts of tokens."""
        problems, outputs = self._checked(raw)
        decoded = self.codec.decode(rows, outputs, examples)
        counts = count_tokens(rows.encoded, self._tokenizing.tokenizer)
        if isinstance(decoded, PredictionTable):
            errors = {row: problem for row, problem in enumerate(problems) if problem}
            lowered = np.where(raw.budgets < self._budget, raw.budgets, -1)
            return with_counts(decoded, counts, errors=errors, truncated=rows.encoded.truncated, lowered=lowered)
        summaries = rows.gather(len(examples), problems, self._lowered(raw))
        return [
            Prediction(error=one.problem, truncated=one.truncated)
            if one.problem is not None
            else replace(answer, extra=known | answer.extra, truncated=one.truncated)
            for one, answer, known in zip(summaries, decoded, counts.facts(summaries), strict=True)
        ]

    @property
    def mask(self) -> str:
        """The tokenizer's mask token, else its unknown token, if it is read as one token in the midst of a text; else empty."""
        if self._mask is None:
            with self._quiet():
                self._mask = find_mask(self._tokenizing.tokenizer)
        return self._mask

    def score_targets(
        self, examples: Sequence[Example], targets: Sequence[Sequence[Target]], scale: ScoreScale
    ) -> list[list[float] | str]:
        """As `types.ScoresTargets`; numbers are those of `places.number_at`."""
        if not examples:
            return []
        codec = self.codec
        if not isinstance(codec, FindsPlaces):
            return ["no number of this kind of answer is explained"] * len(examples)
        with self._quiet():
            rows = codec.encode(examples)
            self._check_rows(rows, examples)
            raw = self.run(rows.encoded)
        problems, outputs = self._checked(raw)
        summaries = rows.gather(len(examples), problems, self._lowered(raw))
        why = [one.problem for one in summaries]
        return score_examples(codec, rows, outputs, examples, targets, problems=why, scale=scale)

    def run(self, encoded: Encoded, stages: StageTimes = UNTIMED, *, is_filled: bool = True) -> RawOutputs[Row]:
        """Raw outputs of every row; what memory could not hold once is not tried again in later calls.

        Without ``is_filled`` as where `is_filled` is turned off.

        Raises:
            ModelError: A row holds an id that the model has no embedding for.
        """
        self._check_ids(encoded)

        def pick(outputs: Mapping[str, NDArray[np.float32]], batch: Batch | Buffer) -> list[Row]:
            with stages.during("post_process"):
                return self.codec.pick(outputs, batch)

        layout = self._layout(is_filled=is_filled and self._is_filled)
        raw = run(
            encoded,
            staged(self.forward, stages, is_flat=isinstance(layout, Flat)),
            pick,
            budget=self._budget_now,
            layout=layout,
            groups=self._groups(encoded),
            release=self.forward.release,
        )
        self._budget_now = raw.budget
        return raw

    def batches(self, encoded: Encoded) -> list[Batch | Buffer]:
        """What `run` would give the forward pass, in its order, without computing anything; rows that equal others are left out."""
        layout = self._layout(is_filled=self._is_filled)
        return make_passes(encoded, layout, budget=self._budget_now, groups=self._groups(encoded))

    @property
    def token_budget(self) -> int:
        """Most tokens to a forward pass, padding and filling included, as asked for; after memory ran out less is used."""
        return self._budget

    @token_budget.setter
    def token_budget(self, tokens: int) -> None:
        self._budget = self._budget_now = tokens
        self.settings = self._describe()

    @property
    def is_filled(self) -> bool:
        """Whether buffers and batches are filled up to a constant size, without which numbers depend in their last digits on what is
        asked together; a measurement of the time of one query turns it off.
        """
        return self._is_filled

    @is_filled.setter
    def is_filled(self, value: bool) -> None:
        self._is_filled = value
        self.settings = self._describe()

    def count_tokens(self, examples: Sequence[Example]) -> list[int]:
        """Tokens of each example, over all its rows, without computing anything; 0 for one that cannot be read."""
        if not examples:
            return []
        with self._quiet():
            rows = self.codec.encode(examples)
        found = np.zeros(len(examples), dtype=np.int64)
        np.add.at(found, rows.owner, rows.encoded.lengths)
        return [int(tokens) for tokens in found]

    def count_work(self, examples: Sequence[Example]) -> Work:
        """What a query of these examples costs, in the batches that it would be computed in."""
        with self._quiet():
            encoded = self.codec.encode(examples).encoded
        forward = self.forward
        known = forward.work if isinstance(forward, CountsOperations) else "the engine does not say what it computes"
        return count_work(
            encoded,
            known,
            inputs=len(examples),
            layout=self._layout(is_filled=self._is_filled),
            budget=self._budget_now,
            groups=self._groups(encoded),
        )

    def close(self) -> None:
        """Release the model; closing twice is safe."""
        self._ahead.stop()
        self.forward.close()

    def _forward(self, batch: Batch) -> Sequence[Row]:
        return self.codec.pick(self.forward(batch), batch)

    def _checked(self, raw: RawOutputs[Row]) -> tuple[list[str | None], list[Row | None]]:
        """For each row what is wrong with its raw outputs, or None; and these outputs where nothing is."""
        refused = self.codec.refuses_nan
        problems = [
            raw.errors.get(row) or (_NO_NUMBERS if refused and value is not None and np.isnan(value).any() else None)
            for row, value in enumerate(raw.values)
        ]
        return problems, [None if problem else value for problem, value in zip(problems, raw.values, strict=True)]

    def _lowered(self, raw: RawOutputs[Row]) -> list[int | None]:
        """For each row the token budget it was computed under, where memory made it less than was asked for."""
        return [int(budget) if budget < self._budget else None for budget in raw.budgets]

    def _check_rows(self, rows: InputRows, examples: Sequence[Example]) -> None:
        """Compare rows of the task with those of the tokenizer alone, the first time."""
        if not self._rows_checked:
            texts = self.codec.texts_of_rows(rows, examples)
            check_rows(self._tokenizing.tokenizer, rows.encoded, texts, self._tokenizing.shown)
            self._rows_checked = True

    def _check_ids(self, encoded: Encoded) -> None:
        highest, vocabulary = int(encoded.columns["input_ids"].max(initial=0)), self.forward.inputs.vocabulary
        if highest >= vocabulary:
            raise ModelError(
                f"{self._tokenizing.shown}: the tokenizer gives the id {highest}, the model has embeddings for {vocabulary:,}",
                expected="the tokenizer that the model was trained with",
                hint="save that tokenizer into the folder of the checkpoint",
            )

    def _layout(self, *, is_filled: bool) -> Layout:
        """How rows share forward passes."""
        fill = self.forward.inputs.fill
        if self._batching == "padded":
            return Padded(fill=fill, is_equal=not self._may_pad)
        if self._batching == "alone":
            return Alone()
        flat = self.forward.flat if isinstance(self.forward, ComputesBuffers) else FlatPlan(tokens=None)
        if flat.is_alone:
            return Alone(shown=f"{Alone.shown} ({flat.reason})")
        if self._reads_buffers:
            return Flat(fill=fill, is_filled=is_filled)
        return EqualRows(asked=self._budget, by_tokens=flat.fills_products, reason=flat.reason, is_filled=is_filled)

    def _groups(self, encoded: Encoded) -> Ints | None:
        """Rows that may share a batch: as many end tokens (T5 and BART pool at the last one and want as many in each
        line); None: any.
        """
        end = self.forward.inputs.end_token
        if end is None:
            return None
        ends = np.concatenate([[0], np.cumsum(encoded.columns["input_ids"] == end)])
        groups: Ints = ends[encoded.offsets[1:]] - ends[encoded.offsets[:-1]]
        return groups

    def _probe(self) -> bool:
        """Whether rows of different lengths may be padded, tried on short texts; that the model answers one at all, in any case."""
        how, fill = self._tokenizing, self.forward.inputs.fill
        with self._quiet():
            probe = encode(how.tokenizer, _PROBE, max_length=how.max_length, names=how.names, stand_in=how.stand_in)
            try:
                if not np.isfinite(self._forward(pad(probe, np.array([0]), fill))[0]).all():
                    raise FloatingPointError(_NO_NUMBERS)  # noqa: TRY301 - one place explains
                return self._batching == "padded" and stays_equal(self._forward, probe, fill, self.forward.inputs.dtype)
            except Exception as error:
                raise _explain(error, how.shown) from error

    def _describe(self) -> dict[str, str]:
        how, layout = self._tokenizing, self._layout(is_filled=self._is_filled)
        size = f" of {self._budget} tokens" if isinstance(layout, Flat) and layout.is_filled else ""
        chosen = {
            **self.forward.settings,
            "batches": f"{layout.shown}{size}",
            "max_length": str(how.max_length),
            "token_budget": str(self._budget),
            "tokenizer": how.source,
        }
        note = {"note": how.note} if how.note else {}
        return {**dict(sorted(chosen.items())), **note, **self.codec.settings}


def _explain(error: Exception, shown: str) -> ProbeError:
    """Why a short text fails."""
    numbers = isinstance(error, FloatingPointError)
    return ProbeError(
        f"{shown} fails on a short text: {complaint(error)}",
        expected="weights that are numbers" if numbers else "a model and a tokenizer that belong together",
        hint="fetch or save the checkpoint again"
        if numbers
        else "save the tokenizer that it was trained with into its folder",
    )
