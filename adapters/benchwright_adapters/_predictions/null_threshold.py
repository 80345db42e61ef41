"""When a question counts as unanswered: official null odds, and the threshold a user gave for them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from benchwright.errors import PredictionsError
from benchwright.types import Example, ModelRef, Prediction, SpanTask, Task

from .json import members
from .rows import PredictionRow, decode, match, shown

OPTIONS = ("null_odds", "null_threshold")


@dataclass(frozen=True)
class NullScores:
    """Example id -> null score of a file of null odds, and the score above which there is no answer."""

    odds: dict[str, float] = field(default_factory=dict)
    threshold: float | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the number must know."""
        if self.threshold is None:
            return ()
        note = f'answers are "" where the null score is above {self.threshold:g}, as ?null_threshold= says'
        return (f"{note}; where that number comes from is not known here",)

    def applied(self, prediction: Prediction, example: Example, where: str) -> Prediction:
        """The prediction with its null score; the answer is "" where that is strictly greater than the threshold.

        Raises:
            PredictionsError: The row has a null score of its own beside the file of them, or there is none to compare.
        """
        if prediction.error is not None:
            return prediction
        if self.odds:
            if "null_score" in prediction.extra:
                raise PredictionsError(
                    f"{where}: a null score in the row, and ?null_odds= beside it",
                    expected="one of them",
                    hint="leave ?null_odds= out, or remove `null_score` from the rows",
                )
            prediction = msgspec.structs.replace(
                prediction, extra={**prediction.extra, "null_score": self.odds[example.id]}
            )
        if self.threshold is None:
            return prediction
        if "null_score" not in prediction.extra:
            raise PredictionsError(
                f"{where}: no null score to hold against ?null_threshold={self.threshold:g}",
                expected="`null_score` in every row, or a file of them with ?null_odds=FILE",
                hint="?null_odds=null_odds.json, or leave ?null_threshold= out",
            )
        silent = prediction.extra["null_score"] > self.threshold
        return msgspec.structs.replace(prediction, output="") if silent else prediction


def read_null_odds(model: ModelRef, task: Task) -> bytes:
    """The file that ``?null_odds=`` names; empty when there is none.

    Raises:
        PredictionsError: It cannot be read, or the task has no unanswerable questions.
    """
    given = [f"?{name}=" for name in OPTIONS if name in model.options]
    if given and not (isinstance(task, SpanTask) and task.unanswerable):
        raise PredictionsError(
            f"{' and '.join(given)} means nothing for {task.name}",
            expected="a task with unanswerable questions",
            hint="leave it out",
        )
    if "null_odds" not in model.options:
        return b""
    path = Path(model.options["null_odds"])
    try:
        return path.read_bytes()
    except OSError as error:
        raise PredictionsError(
            f"cannot read the null odds {path}: {error.strerror}", hint="check the path behind ?null_odds="
        ) from error


def null_scores(model: ModelRef, task: Task, odds: bytes, items: Sequence[Example]) -> NullScores | None:
    """What null odds and threshold say for every example of the split; None where neither is given.

    Raises:
        PredictionsError: The file is no JSON object of finite numbers, does not fit the split one to one, or the threshold
            is not a finite number.
    """
    threshold = None
    if "null_threshold" in model.options:
        threshold = _finite(model.options["null_threshold"])
        if threshold is None:
            given = f"?null_threshold={shown(model.options['null_threshold'])}"
            raise PredictionsError(
                given,
                expected="a finite number; answers with a null score above it become empty",
                hint="?null_threshold=-1.5",
            )
    if "null_odds" not in model.options:
        return None if threshold is None else NullScores(threshold=threshold)
    name = Path(model.options["null_odds"]).name
    rows = []
    for line, key, value in members(decode(odds, name), name):
        if key is None:
            raise PredictionsError(
                f"{name} is a list",
                expected="an object: question id -> null score",
                hint='write {"id of a question": -1.5} for all questions',
            )
        number = _finite(value)
        if number is None:
            given = f"{name}, line {line}: the null score of {shown(key)} is {shown(value)}"
            raise PredictionsError(given, expected="a finite number", hint="mend that number")
        rows.append(PredictionRow(fields={"id": key, "score": number}, line=line, keyed=True))
    pairs = match(rows, items, name=name, task=task)
    return NullScores({example.id: row.fields["score"] for row, example in pairs}, threshold)


def _finite(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
