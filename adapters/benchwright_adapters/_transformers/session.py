"""An open checkpoint that answers for one task."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright import bulk
from benchwright.environment import processors
from benchwright.errors import ModelError
from benchwright.types import Example, Kind, LabelMap, Prediction, Task

from . import padding
from .limits import choose_max_length
from .opening import Opened, quiet
from .reading import decide, to_probabilities
from .settings import Settings

Row = NDArray[np.float32]

_PROBE = ("a", "a b c d e f g h i j k l")


class TransformersSession:
    """A model with its tokenizer; ``settings`` says in words what decides the numbers and was chosen here."""

    def __init__(self, opened: Opened, *, task: Task, labels: LabelMap, settings: Settings, shown: str) -> None:
        self._model, self._tokenizer, self._device = opened.model, opened.tokenizer, opened.device
        self._task, self._labels, self._shown = task, labels, shown
        self._budget = self._budget_now = settings.token_budget
        self._truncation = settings.truncation
        self._max_length = choose_max_length(settings.max_length, opened.model, opened.tokenizer, shown)
        self._check_outputs()
        self._names = _accepted(opened.model)
        self._vocabulary = padding.vocabulary(opened.model)
        self._pad = padding.padding_token(opened.model, opened.tokenizer)
        self._stand_in = padding.stand_in(opened.model, opened.tokenizer)
        self._fill = {"input_ids": self._pad or 0, "token_type_ids": opened.tokenizer.pad_token_type_id}
        self._padded = self._may_pad(settings)
        self.settings = {
            "attention": str(getattr(opened.model.config, "_attn_implementation", None) or "eager"),
            "batches": "padded" if self._padded else "equal lengths",
            "dtype": settings.dtype,
            "max_length": str(self._max_length),
            "threads": str(processors()),
            "token_budget": str(self._budget),
            "truncation": self._truncation,
        }

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
            answers = bulk.run(
                encoded,
                self._forward,
                budget=self._budget_now,
                fill=self._fill,
                groups=self._groups(encoded),
                release=self._release,
            )
        self._budget_now = answers.budget  # what memory could not hold once is not tried again
        return self._read(encoded, answers)

    def close(self) -> None:
        """Release model and tokenizer; closing twice is safe."""
        if self._model is not None:
            self._model = self._tokenizer = None
            self._release()

    def _encode(self, texts: Sequence[Sequence[str]]) -> bulk.Encoded:
        pairs = len(texts[0]) == 2
        encoded = bulk.encode(
            self._tokenizer,
            [text[0] for text in texts],
            [text[1] for text in texts] if pairs else None,
            max_length=self._max_length,
            truncation=self._truncation,
            names=[name for name in ("input_ids", "token_type_ids") if name in self._names],
            stand_in=self._stand_in,
        )
        highest = int(encoded.columns["input_ids"].max(initial=0))
        if highest >= self._vocabulary:
            raise ModelError(
                f"{self._shown}: the tokenizer gives the id {highest}, the model has embeddings for {self._vocabulary:,}",
                expected="the tokenizer that the model was trained with",
                hint="save that tokenizer into the folder of the checkpoint",
            )
        return encoded

    def _forward(self, batch: bulk.Batch) -> list[Row]:
        """Raw outputs of each line, in single precision, on the host."""
        import torch

        columns = dict(batch.columns)
        if self._pad is None:
            free = padding.free_token(batch)
            padding.text_config(self._model).pad_token_id = free
            columns["input_ids"] = np.where(batch.mask, columns["input_ids"], free)
        if "attention_mask" in self._names:
            columns["attention_mask"] = batch.mask.astype(np.int64)
        with torch.inference_mode():
            inputs = {name: torch.from_numpy(values).to(self._device) for name, values in columns.items()}
            logits = self._model(**inputs).logits
            return list(logits.float().cpu().numpy())

    def _groups(self, encoded: bulk.Encoded) -> NDArray[np.int64] | None:
        """Rows that may share a batch: as many end tokens (T5 and BART pool at the last one and want as many in each
        line), and the same length where padding would change an answer.
        """
        groups = np.zeros(len(encoded), dtype=np.int64)
        config = self._model.config
        end = config.eos_token_id if getattr(config, "is_encoder_decoder", False) else None
        if isinstance(end, int):
            ends = np.concatenate([[0], np.cumsum(encoded.columns["input_ids"] == end)])
            groups = ends[encoded.offsets[1:]] - ends[encoded.offsets[:-1]]
        if not self._padded:
            groups = groups * (self._max_length + 1) + encoded.lengths
        return groups

    def _may_pad(self, settings: Settings) -> bool:
        with quiet():
            probe = bulk.encode(
                self._tokenizer,
                _PROBE,
                max_length=self._max_length,
                names=[name for name in ("input_ids", "token_type_ids") if name in self._names],
                stand_in=self._stand_in,
            )
            try:
                return padding.stays_equal(self._forward, probe, self._fill, settings.dtype)
            except Exception as error:
                first = str(error).strip().split("\n", 1)[0]
                raise ModelError(
                    f"{self._shown} fails on a short text: {type(error).__name__}: {first}",
                    expected="a model and a tokenizer that belong together",
                    hint="save the tokenizer that it was trained with into its folder",
                ) from error

    def _check_outputs(self) -> None:
        """The label map was made from the configuration's text; the model that came of it must have as many outputs."""
        wanted = 1 if self._task.kind is Kind.REGRESS else len(self._labels.to_task)
        if self._model.config.num_labels != wanted:
            raise ModelError(
                f"{self._shown} has {self._model.config.num_labels} outputs, its label map names {wanted}",
                expected="an `id2label` in config.json with one name for each output",
                hint="write `id2label` into config.json, in output order",
            )

    def _read(self, encoded: bulk.Encoded, answers: bulk.Answers[Row]) -> list[Prediction]:
        outputs = self._model.config.num_labels
        blank = np.zeros(outputs, dtype=np.float32)
        logits = np.stack([blank if value is None else value for value in answers.values]).astype(np.float64)
        lowered = [int(b) if b < self._budget else None for b in answers.budgets]
        lengths = encoded.lengths.tolist()
        if self._task.kind is Kind.REGRESS:
            rows = logits[:, :1].tolist()
        else:
            wanted = len(self._task.labels)
            found = to_probabilities(logits, self._labels.to_task, wanted, multilabel=self._task.multilabel)
            rows = found.tolist()
        return [
            Prediction(error=answers.errors[at], truncated=bool(encoded.truncated[at]))
            if at in answers.errors
            else self._one(row, tokens=lengths[at], truncated=bool(encoded.truncated[at]), budget=lowered[at])
            for at, row in enumerate(rows)
        ]

    def _one(self, row: list[float], *, tokens: int, truncated: bool, budget: int | None) -> Prediction:
        if self._task.kind is not Kind.REGRESS:
            return decide(self._task, row, tokens=tokens, truncated=truncated, budget=budget)
        facts = {"tokens": tokens} if budget is None else {"tokens": tokens, "token_budget": budget}
        return Prediction(output=row[0], truncated=truncated, extra=facts)

    def _release(self) -> None:
        gc.collect()
        if self._device == "cuda":
            import torch

            torch.cuda.empty_cache()


def _accepted(model: Any) -> frozenset[str]:
    """Names of inputs that a model's forward pass takes; segments only where it has more than one."""
    forward: Callable[..., Any] = model.forward
    names = set(inspect.signature(forward).parameters)
    if getattr(model.config, "type_vocab_size", None) == 1:
        names.discard("token_type_ids")
    return frozenset(names)
