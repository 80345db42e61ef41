"""Predictions of any other system, from a file for one task or a folder of `<suite>/<task>.jsonl` files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from benchwright.errors import PredictionsError
from benchwright.types import Context, Example, Facts, Kind, ModelRef, Prediction, Task

from ._predictions.answers import answer, disagreements
from ._predictions.conll import WordSpellings, check_sentences
from ._predictions.label_matching import detect_positions, label_matcher
from ._predictions.locate import locate
from ._predictions.match import match
from ._predictions.null_threshold import null_scores, read_null_odds
from ._predictions.table import read
from ._predictions.tags import shown_scheme, tag_notes


class Predictions:
    """Answers read from files; ids are checked one to one against the whole split before anything runs."""

    name = "predictions"
    version = 5
    kinds = tuple(Kind)
    options: Mapping[str, str] = {
        "format": "jsonl, json, tsv, csv, parquet, conll or lines (default: told from the content, but for lines)",
        "delimiter": "what stands between the cells of a CSV file: ; or | or tab (default: a comma)",
        "scheme": "how the tags are written: IOB1, IOB2, BIOES (also BILOU) or IO (default: IOB2, or IO where no tag has a letter)",
        "words": "ignore: tags go by position where the file spells words otherwise; each sentence needs as many (default: refused)",
        "null_odds": "official null odds JSON beside answers to SQuAD 2.0: question id -> belief in no answer",
        "null_threshold": 'the null score above which the answer is "" (default: the answers are final)',
    }
    files = frozenset({"null_odds"})
    """Options that name files: the digest holds their content, so a cell key needs no path."""

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts; the digest is that of the files (and of the data's own ids), notes tell what is odd about the answers.

        Raises:
            DataMissing: A folder has no file for the task.
            LabelError: ``?labels=`` does not fit the labels of the task.
            PredictionsError: A file does not fit the split, or an option the task.
        """
        given = _read(model, task, context)
        answered, notes = _answers(given, model, task, context)
        return Facts(
            digest=_digest(given, context.items()),
            kinds=self.kinds,
            replayed=True,
            notes=(*disagreements(answered, task), *notes),
        )

    def open(self, model: ModelRef, task: Task, context: Context) -> PredictionsSession:
        """A session that looks answers up by example id."""
        answered, _ = _answers(_read(model, task, context), model, task, context)
        return PredictionsSession({example.id: prediction for example, prediction in answered})


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


class _Given(NamedTuple):
    """The files of one task as they are."""

    path: Path
    content: bytes
    odds: bytes

    @property
    def digest(self) -> str:
        hashed = hashlib.sha256(self.content)
        if self.odds:
            hashed.update(hashlib.sha256(self.odds).digest())
        return hashed.hexdigest()


def _digest(given: _Given, items: Sequence[Example]) -> str:
    """The digest of the files, and of the data's own ids where they decide which row an answer is about."""
    keys = [example.key for example in items]
    if not any(keys):
        return given.digest
    return hashlib.sha256(json.dumps([given.digest, keys]).encode()).hexdigest()


def _read(model: ModelRef, task: Task, context: Context) -> _Given:
    path = locate(model, task, context.suite)
    return _Given(path, _read_bytes(path), read_null_odds(model, task))


def _answers(
    given: _Given, model: ModelRef, task: Task, context: Context
) -> tuple[list[tuple[Example, Prediction]], tuple[str, ...]]:
    """Each example with its prediction, and what a reader must know of how they were read."""
    name, items = given.path.name, context.items()
    matcher = label_matcher(model, task, context)
    content = read(
        given.content,
        items,
        name=name,
        task=task,
        form=model.options.get("format"),
        delimiter=model.options.get("delimiter"),
    )
    spellings = WordSpellings.of(model, task)
    if content.form == "conll" and task.kind is Kind.TAG:
        content = content._replace(
            rows=spellings.as_in_split(zip(content.rows, items, strict=False), content.rows, name)
        )
        check_sentences(content.rows, items, name)
    if content.form == "lines" and len(content.rows) != len(items):
        raise PredictionsError(
            f"{name} holds {len(content.rows)} lines, the split {len(items)} rows",
            expected="one answer in each line, in the order of the split",
            hint="write an answer for every row, or give rows with `index`",
        )
    matcher = detect_positions(matcher, content.rows, name)
    if task.kind is Kind.TAG and matcher.scheme is None and not matcher.outputs:
        matcher = replace(matcher, scheme=shown_scheme(content.rows))
    rule = null_scores(model, task, given.odds, items)
    answered = []
    pairs = match(content.rows, items, name=name, task=task)
    rows = [row for row, _ in pairs] if content.form == "conll" else spellings.as_in_split(pairs, content.rows, name)
    for row, (_, example) in zip(rows, pairs, strict=True):
        prediction = answer(row, example, matcher, name)
        answered.append((example, rule.applied(prediction, example, f"{name}, line {row.line}")))
    tagged = tag_notes([prediction for _, prediction in answered], matcher, said=bool(model.options.get("scheme")))
    return answered, (*spellings.notes, *tagged, *rule.notes)


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PredictionsError(
            f"cannot read {path}: {error.strerror}", hint="check the path and who may read it"
        ) from error


adapter = Predictions()
