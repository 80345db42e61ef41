"""An open checkpoint that chooses among options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchwright import encoders
from benchwright.checkpoints.model import DEFAULT
from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders.choices import ChoiceRows, choice_texts, encode_choices
from benchwright.encoders.hold import ROWS
from benchwright.types import Example, Prediction, Task
from benchwright_adapters._transformers.opening import Opened
from benchwright_adapters._transformers.runner import Row, Runner
from benchwright_adapters._transformers.settings import Settings
from benchwright_adapters._transformers.tag_session import not_finite


class ChooseSession:
    """A multiple-choice model, or a scorer of pairs; ``settings`` says in words what decides the numbers."""

    def __init__(self, opened: Opened, *, task: Task, settings: Settings, shown: str) -> None:
        self._task, self._truncation = task, settings.truncation
        grouped = type(opened.model).__name__.endswith("ForMultipleChoice")
        self._runner = Runner(
            opened,
            _scores,
            settings=settings,
            shown=shown,
            default_length=DEFAULT,
            shape=(lambda column: column[:, None, :]) if grouped else (lambda column: column),
        )
        self.settings = {**self._runner.settings, "truncation": self._truncation}

    @property
    def _model(self) -> Any:
        return self._runner.model

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """Predictions in the order of the examples: the number of the best option, or its text where the task says so.

        ``scores`` are the softmax over the options of an example, each read by itself; of equal ones the first is chosen. An
        example is errored when one of its options is.

        Raises:
            ModelError: The tokenizer gives ids that the model has no embedding for.
        """
        with quiet():
            inputs = encode_choices(
                self._runner.tokenizer,
                self._task,
                examples,
                max_length=self._runner.max_length,
                truncation=self._truncation,
                names=self._runner.names,
                stand_in=self._runner.stand_in,
            )
            self._runner.hold(inputs.encoded, lambda: self._rows(inputs, examples))
            answers = self._runner.run(inputs.encoded)
        ends = np.searchsorted(inputs.owner, np.arange(len(examples)), side="right").tolist()
        starts, lowered = [0, *ends[:-1]], self._runner.lowered(answers)
        tally = self._runner.tally(inputs.encoded)
        found = []
        for at, example in enumerate(examples):
            mine = slice(starts[at], ends[at])
            rows = answers.values[mine]
            told = [inputs.errors.get(at), *(answers.errors.get(row) for row in range(starts[at], ends[at]))]
            problem = next((text for text in (*told, *map(not_finite, rows)) if text), None)
            truncated = bool(inputs.encoded.truncated[mine].any())
            if problem is not None:
                found.append(Prediction(error=problem, truncated=truncated))
                continue
            budget = min((budget for budget in lowered[mine] if budget is not None), default=None)
            facts = tally.facts(mine, budget)
            found.append(self._decide(example, rows, facts, truncated=truncated))
        return found

    def close(self) -> None:
        """Release model and tokenizer; closing twice is safe."""
        self._runner.close()

    def _rows(self, inputs: ChoiceRows, examples: Sequence[Example]) -> dict[int, tuple[str, ...]]:
        """The first whole rows, with their texts."""
        texts: list[tuple[str, str]] = []
        for at, example in enumerate(examples):
            if at not in inputs.errors:
                texts += zip(*choice_texts(self._task, example), strict=True)
            if len(texts) >= ROWS:
                break
        encoded = inputs.encoded
        return {at: pair for at, pair in enumerate(texts) if at not in encoded.errors and not encoded.truncated[at]}

    def _decide(
        self, example: Example, rows: Sequence[Row | None], facts: dict[str, Any], *, truncated: bool
    ) -> Prediction:
        """The best option of one example."""
        logits = np.array([row[0] for row in rows if row is not None], dtype=np.float64)
        powers = np.exp(logits - logits.max())
        best = int(logits.argmax())
        options = example.inputs[tuple(self._task.inputs)[-1]]
        return Prediction(
            output=str(options[best]) if self._task.by_text else best,
            scores=tuple((powers / powers.sum()).tolist()),
            extra=facts,
            truncated=truncated,
        )


def _scores(output: Any, _batch: encoders.Batch) -> list[Row]:
    return list(output.logits.float().cpu().numpy().reshape(-1, 1))
