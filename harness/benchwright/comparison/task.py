"""One task of a comparison: comparable systems, differences, slices, examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from benchwright import unranked
from benchwright.comparison.cases import telling_example
from benchwright.comparison.comparable_answers import ComparableAnswers, read_answers
from benchwright.comparison.difference import Difference
from benchwright.comparison.estimate import is_same
from benchwright.comparison.flips import Flip, find_flips
from benchwright.comparison.measure_difference import measure_difference
from benchwright.comparison.pairing import PairedRecords, Replicates
from benchwright.comparison.pairwise import PairwiseEstimates
from benchwright.comparison.result import FlipExample, Refusal, TaskComparison
from benchwright.comparison.right_answers import what_is_right
from benchwright.comparison.slices import large_slices
from benchwright.comparison.systems import System
from benchwright.errors import NotComparable
from benchwright.items import call, noun
from benchwright.quantities import mixed_score
from benchwright.types import Task


@dataclass(frozen=True, kw_only=True)
class ComparisonOptions:
    """Options of a comparison; without metrics: the score and every metric of the card."""

    metrics: tuple[str, ...] = ()
    slices: bool = False
    minimum: int = 1
    flips: int = 0
    confidence: float = 0.95
    resamples: int = 10_000
    seed: int = 0
    missing: Literal["pairwise", "wrong"] = "pairwise"

    def family(self, card: Task) -> tuple[str, ...]:
        """Metrics whose p is adjusted: the task's score, or all requested ones if the score is not among them; none of an unranked task."""
        if card.unranked:
            return ()
        names = self.metrics_of(card)
        score = card.score_metrics
        own = tuple(name for name in names if name == "score" or (name,) == score)
        return own[:1] or names

    def metrics_of(self, card: Task) -> tuple[str, ...]:
        """Metrics of a task, the score first if it is a mean of several."""
        if self.metrics:
            return tuple(name for name in self.metrics if name == "score" or name in card.metrics)
        own = ("score",) if len(card.score_metrics) > 1 else ()
        return (*own, *card.metrics)

    def leading(self, card: Task) -> str:
        """The metric by which slices are compared and ranks given."""
        return self.metrics_of(card)[0] if self.metrics or len(card.score_metrics) > 1 else card.score_metrics[0]


@dataclass(frozen=True, kw_only=True)
class TaskOutcome:
    """The result of comparing one task.

    Attributes:
        comparison: None if no other system is comparable with the first.
        refused: What could not be compared, and why.
        estimates: All pairs of comparable systems; None without a comparison.
        scores: Label -> difference to the first system on the task's score; empty if the score is not meaningful.
    """

    comparison: TaskComparison | None = None
    refused: tuple[Refusal, ...] = ()
    estimates: PairwiseEstimates | None = None
    scores: Mapping[str, Difference] = field(default_factory=dict)


def compare_task(systems: Sequence[System], path: str, asked: ComparisonOptions) -> TaskOutcome:
    """Compare systems on a task, or say why they cannot be compared."""
    kept, answers, refused = _comparable(systems, path, asked)
    if answers is None:
        return TaskOutcome(refused=tuple(refused))
    labels = [system.label for system in kept]
    estimates = PairwiseEstimates(
        answers, labels, seed=asked.seed, resamples=asked.resamples, confidence=asked.confidence
    )
    card, names = answers.task, asked.metrics_of(answers.task)
    mixed = mixed_score(card)
    why = "" if names else "has none of these metrics"
    if names and mixed and (not asked.metrics or "score" in asked.metrics):
        why = f"{mixed}; compare its metrics one by one: --metric {card.metrics[0]}"
    if why:
        return TaskOutcome(refused=(*refused, *(_refuse(path, system, why) for system in kept[1:])))
    every = [_compare_with_first(estimates, kept, at, asked, mixed=bool(mixed)) for at in range(1, len(kept))]
    differences = [one for against in every for one in against.differences]
    comparison = TaskComparison(
        path=path,
        split=answers.cells[0][0].split,
        n=estimates.n,
        unit=noun(card),
        clusters=estimates.units,
        unranked=unranked.why(card),
        right=what_is_right(card),
        score=card.score_metrics,
        leading=asked.leading(card),
        systems=tuple(labels),
        differences=tuple(sorted(differences, key=lambda one: names.index(one.metric_name))),
        slices=tuple(one for against in every for one in against.slices),
        small=every[-1].small,
        pairs=tuple(pair for name in asked.family(card) for pair in estimates.pairs(name)),
        flips=tuple(flip for against in every for flip in against.flips),
    )
    return TaskOutcome(
        comparison=comparison,
        refused=tuple(refused),
        estimates=estimates,
        scores={label: one.score for label, one in zip(labels[1:], every, strict=True) if one.score is not None},
    )


@dataclass(frozen=True, kw_only=True)
class _AgainstFirst:
    """A system beside the first: differences by metric, that of the score, by slice, slices too small, examples."""

    differences: tuple[Difference, ...]
    score: Difference | None
    slices: tuple[Difference, ...] = ()
    small: dict[str, int]
    flips: tuple[FlipExample, ...] = ()


def _compare_with_first(
    estimates: PairwiseEstimates, systems: Sequence[System], position: int, asked: ComparisonOptions, *, mixed: bool
) -> _AgainstFirst:
    """The system at a position beside the first; ``mixed``: the task's score has no meaning."""
    pairing, two = estimates.pairing(0, position), estimates.two(0, position)
    found = {name: estimates.difference(name, 0, position) for name in asked.metrics_of(pairing.task)}
    whole = next((one for one in found.values() if one.is_score), None)
    leading = asked.leading(pairing.task)
    fewest = max(asked.minimum, unranked.FEWEST) if pairing.task.unranked else asked.minimum
    large, small = large_slices(pairing, fewest, leading) if asked.slices else ({}, {})
    is_single = all(len(one.models) == 1 for one in two)
    flips = _examples(pairing, two, systems[0], systems[position], asked.flips) if asked.flips and is_single else []
    return _AgainstFirst(
        differences=tuple(_each_once(pairing, found, two, asked)),
        score=None if mixed else whole or estimates.difference("score", 0, position),
        slices=tuple(
            measure_difference(part, leading, *two, confidence=asked.confidence, slice=slice)
            for slice, part in large.items()
        ),
        small=small,
        flips=tuple(flips),
    )


def _each_once(
    pairing: PairedRecords, found: dict[str, Difference], two: Sequence[Replicates], asked: ComparisonOptions
) -> list[Difference]:
    """Differences, exploratory ones marked; those equivalent to a member of the family are copied from it."""
    family = asked.family(pairing.task)
    models = [at for system in two for at in system.models]
    marked = []
    for name, one in found.items():
        if name in family:
            marked.append(one)
            continue
        twin = next((other for other in family if other in found and is_same(pairing, name, other, models)), "")
        if twin:
            marked.append(
                msgspec.structs.replace(found[twin], metric=one.metric, is_score=False, exploratory=True, same_as=twin)
            )
        else:
            marked.append(msgspec.structs.replace(one, exploratory=True))
    return marked


def _comparable(
    systems: Sequence[System], path: str, asked: ComparisonOptions
) -> tuple[list[System], ComparableAnswers | None, list[Refusal]]:
    """Systems comparable with the first on a task, their answers, and refusals of the others."""
    kept, refused = [systems[0]], list[Refusal]()
    try:
        found = read_answers(systems, path)
        return list(systems), _with_missing(found, asked), []
    except NotComparable as error:
        if len(systems) == 2:
            return kept, None, [_refuse(path, systems[1], error.problem)]
    for system in systems[1:]:
        try:
            _with_missing(read_answers([systems[0], system], path), asked)
        except NotComparable as error:
            refused.append(_refuse(path, system, error.problem))
        else:
            kept.append(system)
    if len(kept) < 2:
        return kept, None, refused
    return kept, _with_missing(read_answers(kept, path), asked), refused


def _with_missing(answers: ComparableAnswers, asked: ComparisonOptions) -> ComparableAnswers:
    """The answers, with unanswered items counted as wrong if requested."""
    return answers.counted_wrong() if asked.missing == "wrong" else answers


def _refuse(path: str, system: System, reason: str) -> Refusal:
    return Refusal(path=path, system=system.label, reason=reason)


def _examples(
    pairing: PairedRecords, two: Sequence[Replicates], first: System, second: System, most: int
) -> list[FlipExample]:
    """The first items that the second system fixed, then those that it broke, as text."""
    from benchwright.render.examples import given, gold

    fixed, broken = find_flips(pairing, two[0].models[0], two[1].models[0])
    if not fixed and not broken:
        return []
    texts = first.store.read_inputs(first.store.read_cell(str(first.cells(pairing.path)[0].key)).inputs)
    found = []
    for flips, is_fixed in ((fixed[:most], True), (broken[:most], False)):
        for item in flips:
            flip = _telling(pairing, item, two[1 if not is_fixed else 0].models[0])
            inputs = texts.get(flip.id, {})
            before, after = (
                msgspec.structs.replace(record, extra={**record.extra, "inputs": inputs})
                for record in (flip.first, flip.second)
            )
            found.append(
                FlipExample(
                    second=second.label,
                    fixed=is_fixed,
                    id=call(flip.first) if not pairing.task.behaviour else str(flip.first.group),
                    gold=gold(pairing.task, before),
                    before=given(pairing.task, before),
                    after=given(pairing.task, after),
                    inputs=inputs,
                )
            )
    return found


def _telling(pairing: PairedRecords, flip: Flip, failing: int) -> Flip:
    """The flip itself; of a case, the example by which the model that fails it does so."""
    if not pairing.task.behaviour:
        return flip
    at = telling_example(pairing.columns[failing], pairing.records[0].index(flip.first))
    return Flip(first=pairing.records[0][at], second=pairing.records[1][at])
