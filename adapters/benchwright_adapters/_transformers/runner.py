"""Raw outputs of an open model for any number of rows, batch by batch."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright import encoders
from benchwright.checkpoints import model as padding
from benchwright.checkpoints.model import choose_max_length
from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders import batches
from benchwright.encoders.failures import complaint
from benchwright.encoders.hold import check_rows
from benchwright.encoders.tally import Tally, count_tokens
from benchwright.environment import processors
from benchwright.errors import ModelError
from benchwright_adapters._transformers.opening import Opened
from benchwright_adapters._transformers.settings import Settings

Row = NDArray[np.float32]

Read = Callable[[Any, encoders.Batch], list[Row]]
"""What a model gave for a batch -> raw outputs of each line, on the host; nothing in them may come from padding."""

_PROBE = ("a", "a b c d e f g h i j k l")


class Runner:
    """A model with what is known about feeding it.

    Args:
        opened: Model and tokenizer.
        read: Picks the outputs of a kind of head.
        settings: Lengths, precision, budget.
        shown: How messages call the checkpoint.
        default_length: Most tokens to an input where the user and the model ask for nothing less.
        shape: What the model wants of a column of rows x tokens; multiple-choice heads want rows x 1 x tokens.

    Raises:
        ModelError: The model fails on a short text, or cannot read as many tokens as were asked for.
    """

    def __init__(
        self,
        opened: Opened,
        read: Read,
        *,
        settings: Settings,
        shown: str,
        default_length: int,
        shape: Callable[[NDArray[np.int64]], NDArray[np.int64]] = lambda column: column,
    ) -> None:
        self.model, self.tokenizer, self.device = opened.model, opened.tokenizer, opened.device
        self.shown = shown
        self.max_length = choose_max_length(
            settings.max_length, opened.model, opened.tokenizer, shown, default=default_length
        )
        self.budget = self._budget_now = settings.token_budget
        self._read, self._shape = read, shape
        self._held = False
        self._accepted = _accepted(opened.model)
        self.names = [name for name in ("input_ids", "token_type_ids") if name in self._accepted]
        self._vocabulary = padding.vocabulary(opened.model)
        self._pad = padding.padding_token(opened.model, opened.tokenizer)
        self.stand_in = padding.stand_in(opened.model, opened.tokenizer)
        self._fill = {"input_ids": self._pad or 0, "token_type_ids": opened.tokenizer.pad_token_type_id}
        self._padded = self._may_pad(settings)
        self.settings = {
            "attention": str(getattr(opened.model.config, "_attn_implementation", None) or "eager"),
            "batches": "padded" if self._padded else "equal lengths",
            "dtype": settings.dtype,
            "max_length": str(self.max_length),
            "threads": str(processors()),
            "token_budget": str(self.budget),
            "tokenizer": opened.reading.source,
            **({"note": opened.reading.note} if opened.reading.note else {}),
        }

    def run(self, encoded: encoders.Encoded) -> encoders.RawOutputs[Row]:
        """Raw outputs of every row; what memory could not hold once is not tried again in later calls.

        Raises:
            ModelError: A row holds an id that the model has no embedding for.
        """
        self._check_ids(encoded)
        answers = encoders.run(
            encoded,
            self._forward,
            budget=self._budget_now,
            fill=self._fill,
            groups=self._groups(encoded),
            release=self._release,
        )
        self._budget_now = answers.budget
        return answers

    def lowered(self, answers: encoders.RawOutputs[Row]) -> list[int | None]:
        """For each row the token budget it was computed under, where memory made it less than was asked for."""
        return [int(budget) if budget < self.budget else None for budget in answers.budgets]

    def hold(self, encoded: encoders.Encoded, rows: Callable[[], Mapping[int, tuple[Any, ...]]]) -> None:
        """Hold rows of the task against the tokenizer alone, the first time; raises ModelError as `check_rows` does."""
        if not self._held:
            check_rows(self.tokenizer, encoded, rows(), self.shown)
            self._held = True

    def tally(self, encoded: encoders.Encoded) -> Tally:
        """Counts of tokens for each row."""
        return count_tokens(encoded, self.tokenizer)

    def close(self) -> None:
        """Release model and tokenizer; closing twice is safe."""
        if self.model is not None:
            self.model = self.tokenizer = None
            self._release()

    def _check_ids(self, encoded: encoders.Encoded) -> None:
        highest = int(encoded.columns["input_ids"].max(initial=0))
        if highest >= self._vocabulary:
            raise ModelError(
                f"{self.shown}: the tokenizer gives the id {highest}, the model has embeddings for {self._vocabulary:,}",
                expected="the tokenizer that the model was trained with",
                hint="save that tokenizer into the folder of the checkpoint",
            )

    def _forward(self, batch: encoders.Batch) -> Sequence[Row]:
        import torch

        columns = dict(batch.columns)
        if self._pad is None:
            free = batches.free_token(batch)
            padding.text_config(self.model).pad_token_id = free
            columns["input_ids"] = np.where(batch.mask, columns["input_ids"], free)
        if "attention_mask" in self._accepted:
            columns["attention_mask"] = batch.mask.astype(np.int64)
        with torch.inference_mode():
            inputs = {name: torch.from_numpy(self._shape(values)).to(self.device) for name, values in columns.items()}
            return self._read(self.model(**inputs), batch)

    def _groups(self, encoded: encoders.Encoded) -> NDArray[np.int64]:
        """Rows that may share a batch: as many end tokens (T5 and BART pool at the last one and want as many in each
        line), and the same length where padding would change an answer.
        """
        groups = np.zeros(len(encoded), dtype=np.int64)
        config = self.model.config
        end = config.eos_token_id if getattr(config, "is_encoder_decoder", False) else None
        if isinstance(end, int):
            ends = np.concatenate([[0], np.cumsum(encoded.columns["input_ids"] == end)])
            groups = ends[encoded.offsets[1:]] - ends[encoded.offsets[:-1]]
        if not self._padded:
            groups = groups * (self.max_length + 1) + encoded.lengths
        return groups

    def _may_pad(self, settings: Settings) -> bool:
        with quiet():
            probe = encoders.encode(
                self.tokenizer, _PROBE, max_length=self.max_length, names=self.names, stand_in=self.stand_in
            )
            try:
                self._check_numbers(probe)
                return batches.stays_equal(self._forward, probe, self._fill, settings.dtype)
            except Exception as error:
                raise self._explain(error, probe, settings.dtype) from error

    def _check_numbers(self, probe: encoders.Encoded) -> None:
        """Raise FloatingPointError when a short text gets an answer that is none."""
        if not np.isfinite(self._forward(encoders.pad(probe, np.array([0]), self._fill))[0]).all():
            raise FloatingPointError("the model gives outputs that are not numbers")

    def _explain(self, error: Exception, probe: encoders.Encoded, dtype: str) -> ModelError:
        """Why a short text fails: the precision, where single precision has no trouble; else the checkpoint."""
        if dtype != "float32" and self._works_in_single(probe):
            return ModelError(
                f"{self.shown} does not compute in {dtype}: {complaint(error)}. In float32 it does",
                expected="a precision that the code of this family is written for",
                hint="type ?dtype=float32 after the model (`--precision fast` on a GPU takes bfloat16 where nothing is said)",
            )
        numbers = isinstance(error, FloatingPointError)
        return ModelError(
            f"{self.shown} fails on a short text: {complaint(error)}",
            expected="weights that are numbers" if numbers else "a model and a tokenizer that belong together",
            hint="fetch or save the checkpoint again"
            if numbers
            else "save the tokenizer that it was trained with into its folder",
        )

    def _works_in_single(self, probe: encoders.Encoded) -> bool:
        """Whether the same weights give numbers in single precision, or were too large for the other already."""
        if any(bool(parameter.isinf().any()) for parameter in self.model.parameters()):
            return True
        try:
            self.model.float()
            self._check_numbers(probe)
        except Exception:
            return False
        return True

    def _release(self) -> None:
        gc.collect()
        if self.device == "cuda":
            import torch

            torch.cuda.empty_cache()


def _accepted(model: Any) -> frozenset[str]:
    """Names of inputs that a model's forward pass takes; segments only where it has more than one."""
    forward: Callable[..., Any] = model.forward
    names = set(inspect.signature(forward).parameters)
    if getattr(model.config, "type_vocab_size", None) == 1:
        names.discard("token_type_ids")
    return frozenset(names)
