"""What stays out of every average, rank and default gate: tasks whose caveats say that their numbers are disputed.

Each verb asks here, so that a contested number is left out everywhere for the same reason and in the same words. A task is ranked
unless one of its caveats is among `benchwright.types.UNRANKED`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchwright.types import UNRANKED, Task

FEWEST = 100
"""Items of a slice of an unranked task below which it is printed without emphasis and compared by nobody."""


def why(task: Task | None) -> str:
    """Kinds of the caveats that keep a task out, ``contested, recast``; empty for a ranked task, and where there is no card."""
    found = task.caveats if task is not None else ()
    return ", ".join(dict.fromkeys(caveat.kind for caveat in found if caveat.kind in UNRANKED))


def is_averaged(task: Task) -> bool:
    """Whether a task belongs to a mean over tasks: no diagnostic, view, behavioural test or unranked task does."""
    return not (task.diagnostic or task.behaviour or task.view_of or task.unranked)


def ranked(cards: Mapping[str, Task]) -> dict[str, Task]:
    """The tasks that are ranked, in their order."""
    return {path: card for path, card in cards.items() if not card.unranked}


def listed(cards: Mapping[str, Task], paths: Iterable[str] | None = None) -> str:
    """The unranked tasks, each with the reason: ``bias/crows_pairs (contested)``; empty where there is none.

    Args:
        cards: ``suite/task`` -> card.
        paths: Only these of them.
    """
    wanted = cards if paths is None else paths
    return ", ".join(f"{path} ({why(cards[path])})" for path in wanted if cards[path].unranked)


def is_grey(task: Task | None, n: int) -> bool:
    """Whether a slice of ``n`` items is printed without emphasis: one of fewer than `FEWEST` items of an unranked task."""
    return task is not None and task.unranked and n < FEWEST
