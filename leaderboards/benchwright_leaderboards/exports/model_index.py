"""``model-index``: the results of an entry as the YAML metadata of a model card on the Hugging Face hub (https://huggingface.co/docs/hub/model-cards).

Put it between the ``---`` lines of the model's README.md. It is written for tasks whose suite names a data set of the hub, about their present
data, whole splits only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from benchwright.formatting import finite
from benchwright.inert import inert
from benchwright.quantities import bare, metric_title
from benchwright.types import Task
from benchwright_leaderboards.alarm_marks import placed, placed_line
from benchwright_leaderboards.content import BoardContent, BoardRow
from benchwright_leaderboards.entries import TaskResult

FOLDER = "model-index"
"""Where these files lie in the site."""


def model_index(content: BoardContent, row: BoardRow, cards: Mapping[str, Task]) -> str:
    """The YAML, alarms as comments first; with an empty list of results where no task is of the hub, which is then said in a comment.

    Args:
        content: The board.
        row: The entry, by its row of the overview.
        cards: Of the tasks (`task_cards.task_cards`).
    """
    entry = row.entry.entry
    found = [
        one
        for result in entry.results
        if (card := cards.get(result.path)) is not None
        and result.digest == content.board.spec.digest(result.path)
        and result.limit is None
        for one in _result(result, card)
    ]
    lines = ["model-index:", f"- name: {_scalar(entry.name)}"]
    lines += ["  results:", *(line for one in found for line in one)] if found else ["  results: []"]
    if not found:
        lines.insert(0, "# no task of this board that the entry answered has a data set on the hub")
    lines[:0] = [
        f"# {inert(placed_line(one))}"
        for one in placed(row.entry, content.board.spec.weights)
        if one.severity == "alarm"
    ]
    return "\n".join(lines) + "\n"


def _result(result: TaskResult, card: Task) -> Iterator[list[str]]:
    from benchwright.report_content.hub_results import hub_task

    source = card.splits.get(card.default_split)
    hub = source.hub if source else None
    metrics = [line for score in result.scores for line in _metric(score.metric, score.value, score.slice, card)]
    if hub is None or not metrics:
        return
    config = [f"      config: {_scalar(hub.config)}"] if hub.config else []
    yield [
        "  - task:",
        f"      type: {_scalar(hub_task(card))}",
        "    dataset:",
        f"      name: {_scalar(result.path)}",
        f"      type: {_scalar(hub.repo)}",
        *config,
        f"      split: {_scalar(hub.split)}",
        "    metrics:",
        *metrics,
    ]


def _metric(name: str, value: float | None, part: str | None, card: Task) -> list[str]:
    if part is not None or finite(value) is None:
        return []
    from benchwright.report_content.hub_results import hub_metric

    return [
        f"    - type: {_scalar(hub_metric(bare(name)))}",
        f"      value: {value!r}",
        f"      name: {_scalar(metric_title(name, card))}",
    ]


def _scalar(value: Any) -> str:
    """A text as YAML: JSON's quoted form, which YAML reads the same."""
    return json.dumps(inert(value), ensure_ascii=False)
