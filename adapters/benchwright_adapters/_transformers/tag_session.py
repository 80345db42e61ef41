"""An open checkpoint that gives a tag for each word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchwright import bulk
from benchwright.errors import ModelError
from benchwright.labels import output_names
from benchwright.tags import OUTSIDE
from benchwright.types import Example, LabelMap, Prediction, Task

from .limits import DEFAULT
from .opening import Opened, quiet
from .own_tokenizer import byte_level_space
from .runner import Row, Runner, facts_of
from .session import check_outputs
from .settings import Settings
from .tag_inputs import TagInputs, encode_words
from .template import read_template

UNPREDICTED = "words without a prediction"
LONG = "sentences read in several windows"


class TagSession:
    """A token-classification model; ``settings`` says in words what decides the numbers and was chosen here."""

    def __init__(self, opened: Opened, *, task: Task, labels: LabelMap, settings: Settings, shown: str) -> None:
        check_outputs(opened.model, len(labels.to_task), shown)
        self._runner = Runner(opened, tokens_of_lines, settings=settings, shown=shown, default_length=DEFAULT)
        self._tags = np.array(output_names(task, labels), dtype=object)
        self._words = next(iter(task.inputs))
        self._stride = self._choose_stride(settings.doc_stride)
        space = byte_level_space(opened.tokenizer)
        self.settings = {
            **self._runner.settings,
            "doc_stride": str(self._stride),
            "truncation": "none: windows",
            **({} if space is None else {"prefix_space": str(space).lower()}),
        }

    @property
    def _model(self) -> Any:
        return self._runner.model

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """Predictions in the order of the examples: one tag for each word.

        A word takes the tag of its first token, where most is shown around it. Words without a token are ``O`` and
        counted (``extra["counts"]``). A sentence that the tokenizer cannot take, or that does not fit into memory, carries
        its error.

        Raises:
            ModelError: The tokenizer gives ids that the model has no embedding for.
        """
        sentences = [[str(word) for word in example.inputs[self._words]] for example in examples]
        with quiet():
            inputs = encode_words(
                self._runner.tokenizer,
                sentences,
                max_length=self._runner.max_length,
                stride=self._stride,
                names=self._runner.names,
            )
            answers = self._runner.run(inputs.encoded)
        return self._read(inputs, answers, [len(words) for words in sentences])

    def close(self) -> None:
        """Release model and tokenizer; closing twice is safe."""
        self._runner.close()

    def _choose_stride(self, wanted: int | None) -> int:
        runner = self._runner
        room = runner.max_length - read_template(runner.tokenizer, runner.names, words=True).special
        if wanted is not None and wanted >= room:
            given = f"{runner.shown}: doc_stride={wanted} with a max_length of {runner.max_length}"
            raise ModelError(given, expected=f"less than the {room} tokens that a window shows", hint="?doc_stride=0")
        return room // 2 if wanted is None else wanted

    def _read(self, inputs: TagInputs, answers: bulk.Answers[Row], sizes: Sequence[int]) -> list[Prediction]:
        tags: list[list[str]] = [[OUTSIDE] * size for size in sizes]
        errors = dict(inputs.errors)
        tokens, windows = np.zeros(len(sizes), dtype=np.int64), np.zeros(len(sizes), dtype=np.int64)
        budgets: dict[int, int] = {}
        lengths, lowered = inputs.encoded.lengths.tolist(), self._runner.lowered(answers)
        for at, (owner, firsts) in enumerate(zip(inputs.owner.tolist(), inputs.firsts, strict=True)):
            tokens[owner] += lengths[at]
            windows[owner] += 1
            logits, budget = answers.values[at], lowered[at]
            problem = answers.errors.get(at) or not_finite(logits)
            if problem or logits is None:
                errors.setdefault(owner, problem or "no answer")
                continue
            if budget is not None:
                budgets[owner] = min(budget, budgets.get(owner, budget))
            chosen = self._tags[logits[firsts[:, 0]].argmax(axis=1)]
            for word, tag in zip(firsts[:, 1].tolist(), chosen, strict=True):
                tags[owner][word] = tag
        return [
            Prediction(error=errors[at])
            if at in errors
            else Prediction(
                output=tuple(tags[at]),
                extra=facts_of(int(tokens[at]), budgets.get(at)) | _counts(inputs.lost[at], int(windows[at])),
            )
            for at in range(len(sizes))
        ]


def tokens_of_lines(output: Any, batch: bulk.Batch) -> list[Row]:
    """Raw outputs of each token, tokens x outputs, without those of padding."""
    logits = output.logits.float().cpu().numpy()
    return [logits[line, :length].copy() for line, length in enumerate(batch.lengths.tolist())]


def not_finite(row: Row | None) -> str | None:
    """What is wrong with raw outputs that hold no numbers, or None."""
    return "the model gives outputs that are not numbers" if row is not None and np.isnan(row).any() else None


def _counts(lost: Sequence[int], windows: int) -> dict[str, Any]:
    """Facts that the ledger adds up."""
    counts = {name: count for name, count in ((UNPREDICTED, len(lost)), (LONG, int(windows > 1))) if count}
    return {"counts": counts} if counts else {}
