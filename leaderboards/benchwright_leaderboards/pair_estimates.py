"""Two entries compared from their records, for pairs that a ranking does not hold: on a large board most, and those of a stale row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchwright.comparison.averages import mean_difference
from benchwright.comparison.pairwise import pair_of
from benchwright.comparison.task import ComparisonOptions, TaskOutcome, compare_task
from benchwright.errors import BenchwrightError
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.pair_tests import PairTest, PairTests, as_test
from benchwright_leaderboards.ranking import LEVEL, MEAN, Ranking

_ASKED = ComparisonOptions(metrics=("score",), missing="wrong")


@dataclass(frozen=True)
class PairFinder:
    """The differences of one entry minus another, by the tests of a ranking, or estimated where it holds none.

    Attributes:
        tests: Of the ranking.
        one: The entry that is spoken of.
        other: The other.
    """

    tests: PairTests
    one: PlacedEntry
    other: PlacedEntry
    _outcomes: dict[str, TaskOutcome | str] = field(default_factory=dict, init=False, repr=False)

    @property
    def ranking(self) -> Ranking:
        """The ranking."""
        return self.tests.ranking

    def on_task(self, path: str, *, higher: bool) -> tuple[PairTest | None, str]:
        """The difference on a task; None with the reason where there is none."""
        found = self.tests.find(path, *self._ids, higher=higher)
        if found is not None:
            return found, ""
        outcome = self._outcome(path)
        if isinstance(outcome, str):
            return None, outcome
        assert outcome.estimates is not None
        pair = pair_of("score", *self._ids[::-1], outcome.estimates.estimate("score", 0, 1))
        if self._are_ranked(path):
            return as_test(pair, higher=higher, rule="critical", level=self.ranking.critical), ""
        return as_test(pair, higher=higher, rule="alone", level=LEVEL), ""

    def on_mean(self) -> tuple[PairTest | None, str]:
        """The difference on the board's mean; None with the reason where there is none."""
        found = self.tests.find(MEAN, *self._ids)
        if found is not None:
            return found, ""
        if not self._are_ranked(MEAN):
            return None, "a mean needs a whole result on every task, of both"
        outcomes = self._outcomes_of(self.ranking.weights)
        if isinstance(outcomes, str):
            return None, outcomes
        pair = pair_of("mean", *self._ids[::-1], mean_difference(self.ranking.weights, outcomes, *self._ids[::-1]))
        return as_test(pair, higher=True, rule="critical", level=self.ranking.critical), ""

    @property
    def _ids(self) -> tuple[str, str]:
        return self.one.entry.id, self.other.entry.id

    def _are_ranked(self, name: str) -> bool:
        """Whether the pair is one of the board's tests."""
        places = self.ranking.places.get(name, {})
        return all(id_ in places for id_ in self._ids)

    def _outcomes_of(self, weights: Mapping[str, float]) -> dict[str, TaskOutcome] | str:
        found = {}
        for path in weights:
            outcome = self._outcome(path)
            if isinstance(outcome, str):
                return f"{path}: {outcome}"
            found[path] = outcome
        return found

    def _outcome(self, path: str) -> TaskOutcome | str:
        """The comparison of the two on a task, or why there is none."""
        if path not in self._outcomes:
            self._outcomes[path] = self._compared(path)
        return self._outcomes[path]

    def _compared(self, path: str) -> TaskOutcome | str:
        lacking = [each.entry.id for each in (self.one, self.other) if each.entry.result(path) is None]
        if lacking:
            return f"no result of {' and '.join(lacking)}"
        try:
            outcome = compare_task([self.other.system(), self.one.system()], path, _ASKED)
        except BenchwrightError as error:
            return error.problem
        if outcome.estimates is None:
            return "; ".join(refusal.reason for refusal in outcome.refused) or "not comparable"
        return outcome
