"""How tables write of the tasks of a board: metric, unit and direction of each, by its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from benchwright.caveats import caveat_alarms
from benchwright.errors import BenchwrightError
from benchwright.quantities import Unit, find_mean, metric_title, positive_of, quantity_of
from benchwright.quantities import unit_of as unit_of_metrics
from benchwright.types import Alarm, Task
from benchwright_leaderboards.board import Board
from benchwright_leaderboards.task_cards import task_cards


@dataclass(frozen=True)
class TaskWords:
    """A task of a board as tables write of it.

    Attributes:
        path: ``suite/task``.
        card: As a run used it; None where no entry answered the present data.
    """

    path: str
    card: Task | None

    @cached_property
    def metric(self) -> str:
        """What the score is, in words: ``Matthews correlation``, ``mean of Accuracy and F1 (equivalent)``."""
        if self.card is None:
            return "score"
        names = [_title(name, self.card) for name in self.card.score_metrics]
        title = names[0] if len(names) == 1 else f"mean of {' and '.join(names)}"
        return title if self.higher else f"{title}, lower is better"

    @cached_property
    def unit(self) -> Unit:
        """How scores are written."""
        return "fraction" if self.card is None else unit_of_metrics(self.card.score_metrics)

    @cached_property
    def higher(self) -> bool:
        """Whether a higher score is better."""
        found = None if self.card is None else find_mean(self.card.score_metrics)
        return found is None or found.direction == "higher"

    @cached_property
    def caveats(self) -> tuple[Alarm, ...]:
        """What its card says of every number of the task."""
        return () if self.card is None else caveat_alarms(self.card)


def _title(metric: str, card: Task) -> str:
    """A metric's title with its positive label; its name where nobody here registers it."""
    try:
        title = quantity_of(metric).title
    except BenchwrightError:
        return metric_title(metric, card)
    label = positive_of(metric, card)
    return f"{title} ({label})" if label else title


def words_of(board: Board) -> Mapping[str, TaskWords]:
    """``suite/task`` -> how it is written of, in the order of the board. Raises StoreError where a run cannot be read."""
    cards = task_cards(board)
    return {task.path: TaskWords(task.path, cards.get(task.path)) for task in board.spec.task}
