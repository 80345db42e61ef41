"""Predictions of any other system, from a file for one task or a folder of `<suite>/<task>.jsonl` files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchwright.errors import PredictionsError
from benchwright.types import Context, Example, Facts, Kind, ModelRef, Prediction, Task

from ._predictions.answers import answer, disagreements
from ._predictions.match import match
from ._predictions.meaning import meaning
from ._predictions.place import locate
from ._predictions.rows import read


class Predictions:
    """Answers read from files; ids are checked one to one against the whole split before anything runs."""

    name = "predictions"
    version = 2
    kinds = tuple(Kind)
    options: Mapping[str, str] = {"format": "jsonl, json, tsv, csv, parquet or conll (default: told from the content)"}

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts; the digest is that of the file, a note counts labels that differ from the highest score.

        Raises:
            DataMissing: A folder has no file for the task.
            LabelError: ``?labels=`` does not fit the labels of the task.
            PredictionsError: The file does not fit the split.
        """
        path = locate(model, task, context.suite)
        content = _read_bytes(path)
        answers = _answers(content, path, model, task, context)
        return Facts(
            digest=hashlib.sha256(content).hexdigest(),
            kinds=self.kinds,
            size_bytes=len(content),
            notes=disagreements(tuple(answers.values()), task),
        )

    def open(self, model: ModelRef, task: Task, context: Context) -> PredictionsSession:
        """A session that looks answers up by example id."""
        path = locate(model, task, context.suite)
        return PredictionsSession(_answers(_read_bytes(path), path, model, task, context))


@dataclass
class PredictionsSession:
    """Example id -> prediction."""

    answers: dict[str, Prediction]

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """The stored predictions of the examples."""
        return [self.answers[example.id] for example in examples]

    def close(self) -> None:
        """Forget the answers."""
        self.answers = {}


def _answers(content: bytes, path: Path, model: ModelRef, task: Task, context: Context) -> dict[str, Prediction]:
    meant = meaning(model, task, context)
    rows = read(content, name=path.name, task=task, form=model.options.get("format"))
    pairs = match(rows, context.items(), name=path.name, task=task)
    return {example.id: answer(row, example, meant, path.name) for row, example in pairs}


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PredictionsError(f"cannot read {path}: {error.strerror}") from error


adapter = Predictions()
