"""StereoSet's official predictions: a document of scores by sentence id, for the items whose sentences it scores.

The document scores both parts of the data and all domains, whatever part of them is asked for; scores of other sentences are
counted and told, and left alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from benchwright.errors import PredictionsError
from benchwright.items import count
from benchwright.types import Example, FillTask, Task

from .json import members
from .rows import LEADING, PredictionRow, listed, shown

PART = "intrasentence"
_PARTS = (PART, "intersentence")
_FORM = '{"intrasentence": [{"id": "b4637268728f90e2", "score": 0.0581}]}'


class SentenceScores(NamedTuple):
    """Rows of the items, and how many scores are of none of their sentences."""

    rows: list[PredictionRow]
    notes: tuple[str, ...]


def has_sentence_scores(start: bytes, task: Task) -> bool:
    """Whether a file opens as StereoSet's official predictions do, and the task can be answered by them."""
    if not isinstance(task, FillTask) or task.rule != "stereoset":
        return False
    opening = start.lstrip(LEADING).removeprefix(b"{").lstrip()
    return any(opening.startswith(f'"{part}"'.encode()) for part in _PARTS)


def read_sentence_scores(text: str, items: Sequence[Example], name: str) -> SentenceScores:
    """A row for each item, with the scores of its sentences in the order of the options.

    Raises:
        PredictionsError: The document has another form, a score is no number or given twice, items have no sentence ids, or
            sentences of theirs have no score.
    """
    parts = {key: (line, value) for line, key, value in members(text, name)}
    if PART not in parts:
        raise _malformed(f"{name} has no {PART!r}")
    line, given = parts[PART]
    scores = dict(_scores(given, name))
    wanted = {example.id: tuple((example.official_id or "").split("/")) for example in items}
    if any(len(ids) != len(example.inputs["options"]) for example, ids in zip(items, wanted.values(), strict=True)):
        raise PredictionsError(
            f"{name} names sentences by their ids, and these items have none",
            expected="dev.json of the release, or a part of it that has the ids",
            hint="--suite 'bias/stereoset?path=dev.json'",
        )
    lacking = [one for ids in wanted.values() for one in ids if one not in scores]
    if lacking:
        raise PredictionsError(
            f"{name} has no score of {count(len(lacking), 'sentence')}: {listed(lacking)}",
            expected=f"a score of each sentence of the {len(items):,} items, under {PART!r}",
            hint="score the whole data set, or name the file of the part that was scored: --suite 'bias/stereoset?path=FILE'",
        )
    rows = [
        PredictionRow(fields={"id": item, "scores": [scores[one] for one in ids]}, line=line)
        for item, ids in wanted.items()
    ]
    others = len(scores) - len({one for ids in wanted.values() for one in ids})
    told = f"scores of {count(others, 'further sentence')} that no item here has are left alone"
    return SentenceScores(rows, (told,) if others else ())


def _scores(given: Any, name: str) -> Iterator[tuple[str, float]]:
    if not isinstance(given, list):
        raise _malformed(f"{name}: {PART!r} is {shown(given)}")
    seen: set[str] = set()
    for place, one in enumerate(given, 1):
        where = f"{name}, entry {place} of {PART!r}"
        if not isinstance(one, Mapping) or not isinstance(one.get("id"), str):
            raise _malformed(f"{where} is {shown(one)}")
        score = one.get("score")
        if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
            raise PredictionsError(
                f"{where}: the score is {shown(score)}", expected="a finite number", hint="score that sentence again"
            )
        if one["id"] in seen:
            raise PredictionsError(
                f"{where}: the sentence {shown(one['id'])} is scored twice",
                expected="one score for each sentence",
                hint="remove one of the two",
            )
        seen.add(one["id"])
        yield one["id"], float(score)


def _malformed(given: str) -> PredictionsError:
    return PredictionsError(given, expected=_FORM, hint="write the predictions as StereoSet's own script does")
