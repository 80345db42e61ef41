"""Two models over all ranked tasks: where one is shown to be better, where worse, and where nothing tells them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.report_content.standings import Standing


@dataclass(frozen=True, kw_only=True, slots=True)
class Duel:
    """One model against another; tasks on which the pair was not tested are in none of the four.

    Attributes:
        subject: The model that is spoken of.
        other: The other.
        better: Tasks on which the subject is shown to be better.
        worse: Tasks on which it is shown to be worse.
        tied: Tasks on which they cannot be told apart.
        unscored: Tasks that both answered and on which one of them has no score, so that there is no difference to test.
    """

    subject: int
    other: int
    better: tuple[Standing, ...]
    worse: tuple[Standing, ...]
    tied: tuple[Standing, ...]
    unscored: tuple[Standing, ...] = ()

    @property
    def compared(self) -> tuple[Standing, ...]:
        """All tasks that were tested."""
        return (*self.better, *self.worse, *self.tied)

    @property
    def answered(self) -> int:
        """Tasks that both answered on items that compare them, those without a score of one of them among them."""
        return len(self.compared) + len(self.unscored)


def duel_of(subject: int, other: int, standings: Sequence[Standing]) -> Duel:
    """The duel of two models, by positions, over ranked tasks."""
    paired = [one for one in standings if one.is_ranked and (subject, other) in one.gains]
    tested = [one for one in paired if one.gains[subject, other] is not None]
    unscored = tuple(one for one in paired if one.gains[subject, other] is None)
    better = tuple(one for one in tested if (subject, other) in one.ahead)
    worse = tuple(one for one in tested if (other, subject) in one.ahead)
    tied = tuple(one for one in tested if not {(subject, other), (other, subject)} & one.ahead)
    return Duel(subject=subject, other=other, better=better, worse=worse, tied=tied, unscored=unscored)
