"""Every Eval Ever, schema 0.3.0 (https://github.com/evaleval/every_eval_ever): one record for each entry, the scores of all its tasks in it.

The schema has no place for the revision of data, the version of a suite, unanswered items and how a number was verified: they stand in its
free fields, whose values are texts. A score on data that the board no longer has, or that is undefined, is left out.
"""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import benchwright
from benchwright.alarm import in_order
from benchwright.errors import BenchwrightError
from benchwright.formatting import finite
from benchwright.quantities import Quantity, bare, metric_title, quantity_of, score_title
from benchwright.types import Score, Task
from benchwright_leaderboards.alarm_marks import NOT_LOOKED_FOR
from benchwright_leaderboards.content import BoardContent, BoardRow
from benchwright_leaderboards.entries import TaskResult
from benchwright_leaderboards.exports.json_text import json_text

VERSION = "0.3.0"
FOLDER = "every-eval-ever"
"""Where the records lie in the site."""
_SCORE = "benchwright.score"
"""Id of a task's score that is the mean of several metrics."""
_RUN_HERE = frozenset({"transformers", "finetune", "tfidf", "majority", "constant", "python"})
"""Adapters that ran the model on a machine of the submitters; of predictions nobody knows."""


def record_of(content: BoardContent, row: BoardRow, cards: Mapping[str, Task]) -> dict[str, Any]:
    """The record of an entry as plain data; same entry, same record, whatever stands beside it on the board.

    Args:
        content: The board.
        row: The entry, by its row of the overview.
        cards: Of the tasks (`task_cards.task_cards`).
    """
    entry, submission = row.entry.entry, row.entry.submission
    added = str(int(datetime.fromisoformat(submission.added).timestamp()))
    name = f"{collection(content)}/{entry.id}/{added}"
    return {
        "schema_version": VERSION,
        "evaluation_id": name,
        "retrieved_timestamp": added,
        "source_metadata": {
            "source_name": content.board.spec.title,
            "source_type": "evaluation_run",
            "source_organization_name": content.board.spec.title,
            "evaluator_relationship": "other",
            "additional_details": {
                "submission": submission.digest,
                "submitted_by": submission.team,
                "attempt": str(entry.attempt),
                "verification": "scores computed by the board from the predictions that were submitted",
                "status": row.status if row.status in ("withdrawn", "stale") else "current",
            },
        },
        "eval_library": {"name": "benchwright", "version": benchwright.__version__},
        "model_info": _model(row),
        "evaluation_results": list(_results(content, row, cards, name)),
    }


def record_text(record: dict[str, Any]) -> str:
    """A record as JSON."""
    return json_text(record)


def record_path(content: BoardContent, row: BoardRow) -> str:
    """``data/COLLECTION/DEVELOPER/MODEL/UUID.json``, as their store of records names it; the UUID is made of submission and entry."""
    entry, submission = row.entry.entry, row.entry.submission
    digest = hashlib.sha256(f"{submission.digest}:{entry.id}".encode()).digest()
    name = uuid.UUID(bytes=digest[:16], version=4)
    return f"data/{collection(content)}/{portable(submission.team) or 'unknown'}/{portable(entry.id)}/{name}.json"


def collection(content: BoardContent) -> str:
    """What the records of this board are filed under: its title in small letters."""
    return portable(content.board.spec.title).lower() or "leaderboard"


def portable(name: str) -> str:
    """A name of which a file system makes nothing else: letters, digits, ``-`` and ``.`` between them, at most 80 of them."""
    kept = "".join(sign if sign.isascii() and (sign.isalnum() or sign in ".-") else "-" for sign in name)
    made = "-".join(part.strip(".") for part in kept.split("-") if part.strip("."))[:80].strip("-.")
    return f"{made}-" if made.partition(".")[0].upper() in _RESERVED or made == "data" else made


_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{name}{at}" for name in ("COM", "LPT") for at in range(1, 10))}


def _model(row: BoardRow) -> dict[str, Any]:
    entry, submission = row.entry.entry, row.entry.submission
    told = {
        "deployment_type": "self_deployed" if entry.adapter in _RUN_HERE else "unknown",
        "model_availability": "unknown",
        "adapter": entry.adapter,
        "digest": entry.model or "",
        "trained_on": entry.trained_on,
        "size_bytes": "" if entry.cost.size is None else str(entry.cost.size),
        "parameters": "" if entry.cost.parameters is None else str(entry.cost.parameters),
    }
    developer = {"developer": submission.team} if submission.team else {}
    return {"name": entry.name, "id": entry.id, **developer, "additional_details": _told(told)}


def _results(content: BoardContent, row: BoardRow, cards: Mapping[str, Task], name: str) -> Iterator[dict[str, Any]]:
    for result in row.entry.entry.results:
        card = cards.get(result.path)
        if card is None or result.digest != content.board.spec.digest(result.path):
            continue
        for metric, score in _scores(result, card):
            quantity = _quantity(metric, card)
            if quantity is not None and finite(score.value) is not None:
                yield {
                    "evaluation_result_id": f"{name}#{result.path}#{metric}",
                    "evaluation_name": result.path,
                    "source_data": _source(result, card),
                    "metric_config": _metric(metric, score, card, quantity),
                    "score_details": _details(result, score),
                }


def _scores(result: TaskResult, card: Task) -> Iterator[tuple[str, Score]]:
    """The metrics that the task's score is made of, over the whole split, and the score itself where it is the mean of several; the others
    are in ``models/ID.json``.
    """
    if len(card.score_metrics) > 1:
        yield "score", result.score
    for score in result.scores:
        if score.slice is None and bare(score.metric) in card.score_metrics:
            yield bare(score.metric), score


def _quantity(metric: str, card: Task) -> Quantity | None:
    try:
        return quantity_of(metric, card)
    except BenchwrightError:  # a metric that is not installed here: whether more is better is not known
        return None


def _source(result: TaskResult, card: Task) -> dict[str, Any]:
    source = card.splits.get(card.default_split)
    hub = source.hub if source else None
    told = {
        "task_digest": result.digest,
        "split": card.default_split,
        "limit": "" if result.limit is None else str(result.limit),
        "licence": card.licence,
        "hub_revision_named_by_the_suite": hub.revision if hub else "",
        "hub_config_named_by_the_suite": (hub.config or "") if hub else "",
    }
    same = {"dataset_name": result.path, "additional_details": _told(told)}
    if hub is None:
        return {**same, "source_type": "other"}
    return {**same, "source_type": "hf_dataset", "hf_repo": hub.repo, "hf_split": hub.split}


def _metric(metric: str, score: Score, card: Task, quantity: Quantity) -> dict[str, Any]:
    whole = metric == "score"
    return {
        "evaluation_description": card.description,
        "metric_id": _SCORE if whole else metric,
        "metric_name": score_title(card) if whole else metric_title(metric, card),
        "metric_unit": "proportion" if quantity.unit == "fraction" and quantity.low >= 0 else quantity.unit,
        "lower_is_better": quantity.direction == "lower",
        "score_type": "continuous",
        "min_score": _bound(quantity.low),
        "max_score": _bound(quantity.high),
        "additional_details": {"version": score.metric},
    }


def _bound(end: float) -> float | str:
    """An end of a range; JSON has no infinity, and the schema writes it as a text."""
    return end if math.isfinite(end) else "Infinity" if end > 0 else "-Infinity"


def _details(result: TaskResult, score: Score) -> dict[str, Any]:
    uncertainty = dict[str, Any]()
    if finite(score.se) is not None:
        uncertainty["standard_error"] = {"value": score.se}
    if finite(score.low) is not None and finite(score.high) is not None:
        ends = {"lower": score.low, "upper": score.high, "confidence_level": 0.95}
        uncertainty["confidence_interval"] = {**ends, "method": score.method}
    uncertainty["num_samples"] = score.n
    told = {
        "unit": score.unit or "example",
        "unanswered_counted_as_wrong": str(score.errored),
        "skipped": str(score.skipped),
        "answers_sha256": result.records,
        "alarms": "" if result.alarms is not None else NOT_LOOKED_FOR,
        "notes": "; ".join(alarm.sentence for alarm in in_order((*(result.alarms or ()), *score.alarms))),
    }
    return {"score": score.value, "uncertainty": uncertainty, "details": _told(told)}


def _told(values: dict[str, str]) -> dict[str, str]:
    """Without what is empty: not told."""
    return {name: value for name, value in values.items() if value}
