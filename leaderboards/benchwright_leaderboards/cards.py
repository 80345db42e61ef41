"""The card by which a board scores a task: the installed one for a suite's own task, that of the run for a user's own data."""

from __future__ import annotations

import hashlib

import msgspec

from benchwright import registry
from benchwright.errors import PluginError
from benchwright.types import AnyTask, CellKey, Suite, Task

_TOLD = frozenset(
    "splits default_split target prepare sizes licence citation description notes taken trained_on official_id name rationale".split()  # noqa: SIM905
)
"""Fields of a card that decide no score: where data lie, what is said of them, and what explanations are held against."""
_NAMES_COUNT = ("inputs", "slices", "metadata")
"""Fields of which only the names count, not the columns that a file has for them."""


def scoring_card(key: CellKey, of_run: AnyTask) -> AnyTask:
    """The card by which results of a cell are scored now: whoever makes a bundle does not choose the metrics.

    A suite's own task has the installed card, so that a corrected one re-scores history. A user's own data, behavioural tests and views
    have that of the run, which is held against the board's (`card_digest`).
    """
    return (None if key.card else installed_card(key.task)) or of_run


def installed_card(path: str) -> AnyTask | None:
    """The card of ``suite/task`` as it is installed; None of views, of a user's own data, and of suites that are not installed."""
    name, _, task = path.partition("/")
    if "@" in path:
        return None
    try:
        suite: Suite = registry.get("suites", name)
    except PluginError:
        return None
    return suite.task(task)


def card_digest(task: Task) -> str:
    """SHA-256 of what of a card decides scores: labels, metrics, which of them is the score, rules of its kind."""
    told = {name: value for name, value in msgspec.to_builtins(task).items() if name not in _TOLD}
    told |= {name: sorted(told.get(name, ())) for name in _NAMES_COUNT}
    told["cluster"] = None if task.cluster is None else "told"
    return hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()
