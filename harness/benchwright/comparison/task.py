"""One task of a comparison: who can be compared, differences, slices, places, examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np

from benchwright.comparison.averages import Scores
from benchwright.comparison.comparable import ComparableAnswers, read_answers
from benchwright.comparison.difference import Difference, differ
from benchwright.comparison.estimate import estimate_between, is_same
from benchwright.comparison.pairing import PairedRecords, Replicates, find_flips
from benchwright.comparison.pairwise import every_pair
from benchwright.comparison.recipes import differ_recipes
from benchwright.comparison.result import FlipExample, Pair, Refusal, TaskComparison
from benchwright.comparison.slices import large_slices
from benchwright.comparison.systems import System
from benchwright.errors import NotComparable
from benchwright.items import call, noun
from benchwright.quantities import mixed_score
from benchwright.stats.difference import DifferenceEstimate
from benchwright.types import Task


@dataclass(frozen=True, kw_only=True)
class ComparisonOptions:
    """What a comparison is asked for; no metric stands for the score and every metric of the card."""

    metrics: tuple[str, ...] = ()
    slices: bool = False
    minimum: int = 1
    flips: int = 0
    confidence: float = 0.95
    resamples: int = 10_000
    seed: int = 0
    missing: Literal["pairwise", "wrong"] = "pairwise"

    def family(self, pairing: PairedRecords) -> tuple[str, ...]:
        """Metrics whose p is adjusted: the task's score, or all that were asked for where the score is not among them."""
        names = self.metrics_of(pairing)
        score = pairing.task.score_metrics
        own = tuple(name for name in names if name == "score" or (name,) == score)
        return own[:1] or names

    def metrics_of(self, pairing: PairedRecords) -> tuple[str, ...]:
        """Metrics of a task, the score first where it is a mean of several."""
        card = pairing.task
        if self.metrics:
            return tuple(name for name in self.metrics if name == "score" or name in card.metrics)
        own = ("score",) if len(card.score_metrics) > 1 else ()
        return (*own, *card.metrics)

    def leading(self, pairing: PairedRecords) -> str:
        """The metric by which slices are compared and places given."""
        return (
            self.metrics_of(pairing)[0]
            if self.metrics or len(pairing.task.score_metrics) > 1
            else pairing.task.score_metrics[0]
        )


def compare_task(
    sides: Sequence[System], path: str, asked: ComparisonOptions, scores: Scores
) -> tuple[TaskComparison | None, list[Refusal]]:
    """The comparison of a task, None where no other side is comparable with the first, and what was refused.

    ``scores`` takes up what averages are made of.
    """
    kept, answers, refused = _comparable(sides, path, asked)
    if answers is None:
        return None, refused
    field = PairwiseEstimates(answers, [side.label for side in kept], asked)
    first = field.pairing(0, 1)
    names = asked.metrics_of(first)
    if not names:
        return None, [*refused, *(_refuse(path, side, "has none of these metrics") for side in kept[1:])]
    mixed = mixed_score(first.task)
    if mixed and (not asked.metrics or "score" in asked.metrics):
        why = f"{mixed}; compare its metrics one by one: --metric {first.task.metrics[0]}"
        return None, [*refused, *(_refuse(path, side, why) for side in kept[1:])]
    differences, slices, small, flips = list[Difference](), list[Difference](), dict[str, int](), list[FlipExample]()
    for position, side in enumerate(kept[1:], start=1):
        pairing, two = field.pairing(0, position), field.two(0, position)
        found = {name: _differ(pairing, name, two, asked) for name in names}
        differences += _told_once(pairing, found, two, asked)
        whole = next((one for one in found.values() if one.is_score), None)
        if not mixed:
            scores.differences[path, side.label] = whole or _differ(pairing, "score", two, asked)
        if asked.slices:
            large, small = large_slices(pairing, asked.minimum, asked.leading(pairing))
            slices += [_differ(part, asked.leading(pairing), two, asked, slice) for slice, part in large.items()]
        if asked.flips and not _is_recipe(two):
            flips += _examples(pairing, two, sides[0], side, asked.flips)
    scores.fields[path] = field
    return TaskComparison(
        path=path,
        split=first.cells[0].split,
        n=field.n,
        unit=noun(first.task),
        clusters=field.units,
        score=first.task.score_metrics,
        leading=asked.leading(first),
        systems=tuple(field.labels),
        differences=tuple(sorted(differences, key=lambda one: _order(one, names))),
        slices=tuple(slices),
        small=small,
        pairs=tuple(pair for name in asked.family(first) for pair in field.pairs(name)),
        flips=tuple(flips),
    ), refused


class PairwiseEstimates:
    """All comparable sides on a task, two at a time: each pair on the items that both answered, whoever else is there."""

    def __init__(self, answers: ComparableAnswers, labels: Sequence[str], asked: ComparisonOptions) -> None:
        self.answers, self.labels, self.asked = answers, labels, asked
        self._pairings: dict[tuple[int, int], PairedRecords] = {}

    def pairing(self, one: int, other: int) -> PairedRecords:
        """Two sides by position."""
        if (one, other) not in self._pairings:
            found = self.answers.pairing((one, other), seed=self.asked.seed, resamples=self.asked.resamples)
            self._pairings[one, other] = found
        return self._pairings[one, other]

    def two(self, one: int, other: int) -> list[Replicates]:
        """Which systems of their pairing belong to which side."""
        sizes = [len(self.answers.names[at]) for at in (one, other)]
        return [
            Replicates(label=self.labels[one], systems=tuple(range(sizes[0]))),
            Replicates(label=self.labels[other], systems=tuple(range(sizes[0], sum(sizes)))),
        ]

    def estimate(self, metric: str, one: int, other: int) -> DifferenceEstimate | None:
        """The difference of two sides, second minus first."""
        return estimate_between(self.pairing(one, other), metric, *self.two(one, other))

    def difference(self, metric: str, one: int, other: int) -> Difference:
        """The difference of two sides as it is shown."""
        return _differ(self.pairing(one, other), metric, self.two(one, other), self.asked)

    def pairs(self, metric: str) -> tuple[Pair, ...]:
        """All pairs on a metric."""
        return every_pair(metric, self.labels, lambda one, other: self.estimate(metric, one, other))

    def value(self, metric: str, position: int) -> float:
        """A side's value over the items that it answered itself, the mean over its seeds."""
        alone = self._alone(position)
        return float(np.mean([alone.value(at, metric) for at in range(len(alone.names))]))

    def _alone(self, position: int) -> PairedRecords:
        if (position, position) not in self._pairings:
            self._pairings[position, position] = self.answers.pairing((position,))
        return self._pairings[position, position]

    @property
    def n(self) -> int:
        """The most items that any pair answered."""
        return max(self.pairing(0, at).n for at in range(1, len(self.labels)))

    @property
    def units(self) -> int:
        """The most independent units of any pair."""
        return max(
            pairing.n_clusters if pairing.n else 0
            for pairing in (self.pairing(0, at) for at in range(1, len(self.labels)))
        )

    @property
    def task(self) -> Task:
        """The card."""
        return self.answers.task


def _told_once(
    pairing: PairedRecords, found: dict[str, Difference], two: Sequence[Replicates], asked: ComparisonOptions
) -> list[Difference]:
    """Differences with those outside of the family marked, and those that equal one inside by definition taken from it."""
    family = asked.family(pairing)
    systems = [at for side in two for at in side.systems]
    told = []
    for name, one in found.items():
        if name in family:
            told.append(one)
            continue
        twin = next((other for other in family if other in found and is_same(pairing, name, other, systems)), "")
        if twin:
            told.append(
                msgspec.structs.replace(found[twin], metric=one.metric, is_score=False, exploratory=True, same_as=twin)
            )
        else:
            told.append(msgspec.structs.replace(one, exploratory=True))
    return told


def _comparable(
    sides: Sequence[System], path: str, asked: ComparisonOptions
) -> tuple[list[System], ComparableAnswers | None, list[Refusal]]:
    """All that go together with the first on a task, what they answered, and why the others do not."""
    kept, refused = [sides[0]], list[Refusal]()
    try:
        found = read_answers(sides, path)
        return list(sides), _silence(found, asked), []
    except NotComparable as error:
        if len(sides) == 2:
            return kept, None, [_refuse(path, sides[1], error.given)]
    for side in sides[1:]:
        try:
            _silence(read_answers([sides[0], side], path), asked)
        except NotComparable as error:
            refused.append(_refuse(path, side, error.given))
        else:
            kept.append(side)
    if len(kept) < 2:
        return kept, None, refused
    return kept, _silence(read_answers(kept, path), asked), refused


def _silence(answers: ComparableAnswers, asked: ComparisonOptions) -> ComparableAnswers:
    return answers.counted_wrong() if asked.missing == "wrong" else answers


def _refuse(path: str, side: System, reason: str) -> Refusal:
    return Refusal(path=path, system=side.label, reason=reason)


def _is_recipe(two: Sequence[Replicates]) -> bool:
    return any(len(side.systems) > 1 for side in two)


def _differ(
    pairing: PairedRecords, metric: str, two: Sequence[Replicates], asked: ComparisonOptions, slice: str | None = None
) -> Difference:
    first, second = two
    if _is_recipe(two):
        return differ_recipes(pairing, metric, first, second, confidence=asked.confidence, slice=slice)
    found = differ(pairing, metric, first.systems[0], second.systems[0], confidence=asked.confidence, slice=slice)
    return msgspec.structs.replace(found, first=first.label, second=second.label)


def _order(one: Difference, metrics: Sequence[str]) -> int:
    return metrics.index(one.metric.partition("@")[0])


def _examples(
    pairing: PairedRecords, two: Sequence[Replicates], first: System, second: System, most: int
) -> list[FlipExample]:
    """The first items that the second fixed, then those that it broke, as a reader sees them."""
    from benchwright.render.examples import given, gold

    fixed, broken = find_flips(pairing, two[0].systems[0], two[1].systems[0])
    if not fixed and not broken:
        return []
    texts = first.store.read_inputs(first.store.read_cell(str(first.cells(pairing.path)[0].key)).inputs)
    found = []
    for flips, is_fixed in ((fixed[:most], True), (broken[:most], False)):
        for flip in flips:
            inputs = texts.get(flip.id, {})
            before, after = (
                msgspec.structs.replace(record, extra={**record.extra, "inputs": inputs})
                for record in (flip.first, flip.second)
            )
            found.append(
                FlipExample(
                    second=second.label,
                    fixed=is_fixed,
                    id=call(flip.first),
                    gold=gold(pairing.task, before),
                    before=given(pairing.task, before),
                    after=given(pairing.task, after),
                    inputs=inputs,
                )
            )
    return found
