"""One task of a comparison: who can be compared, differences, slices, places, examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from benchwright.comparison.averages import Scores
from benchwright.comparison.difference import Difference, differ
from benchwright.comparison.flips import find_flips
from benchwright.comparison.many import places_of, side_draws
from benchwright.comparison.pairing import Pairing, pair
from benchwright.comparison.recipes import Seeds, differ_recipes
from benchwright.comparison.result import FlipExample, Refusal, TaskComparison
from benchwright.comparison.sides import Side
from benchwright.comparison.slices import large_slices
from benchwright.errors import NotComparable
from benchwright.quantities import mixed_score


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a comparison is asked for; no metric stands for the score and every metric of the card."""

    metrics: tuple[str, ...] = ()
    slices: bool = False
    minimum: int = 1
    flips: int = 0
    confidence: float = 0.95
    resamples: int = 10_000
    seed: int = 0

    def metrics_of(self, pairing: Pairing) -> tuple[str, ...]:
        """Metrics of a task, the score first where it is a mean of several."""
        card = pairing.task
        if self.metrics:
            return tuple(name for name in self.metrics if name == "score" or name in card.metrics)
        own = ("score",) if len(card.score_metrics) > 1 else ()
        return (*own, *card.metrics)

    def leading(self, pairing: Pairing) -> str:
        """The metric by which slices are compared and places given."""
        return (
            self.metrics_of(pairing)[0]
            if self.metrics or len(pairing.task.score_metrics) > 1
            else pairing.task.score_metrics[0]
        )


def compare_task(
    sides: Sequence[Side], path: str, asked: Asked, scores: Scores
) -> tuple[TaskComparison | None, list[Refusal]]:
    """The comparison of a task, None where no other side is comparable with the first, and what was refused.

    ``scores`` takes up what averages are made of.
    """
    joint, pairs, refused = _comparable(sides, path, asked)
    if joint is None:
        return None, refused
    kept = [sides[0], *(side for side, _ in pairs)]
    if not asked.metrics_of(joint):
        return None, [*refused, *(_refuse(path, side, "has none of these metrics") for side in kept[1:])]
    mixed = mixed_score(joint.task)
    if mixed and (not asked.metrics or "score" in asked.metrics):
        why = f"{mixed}; compare its metrics one by one: --metric {joint.task.metrics[0]}"
        return None, [*refused, *(_refuse(path, side, why) for side in kept[1:])]
    places = _seeds(kept)
    differences, slices, small, flips = list[Difference](), list[Difference](), dict[str, int](), list[FlipExample]()
    for position, (side, pairing) in enumerate(pairs, start=1):
        two = [places[0], places[position]] if pairing is joint else _seeds([sides[0], side])
        found = {name: _differ(pairing, name, two, asked) for name in asked.metrics_of(pairing)}
        differences += found.values()
        whole = next((one for one in found.values() if one.is_score), None)
        if not mixed:
            scores.differences[path, side.label] = whole or _differ(pairing, "score", two, asked)
        if asked.slices:
            large, small = large_slices(pairing, asked.minimum)
            slices += [_differ(part, asked.leading(pairing), two, asked, group) for group, part in large.items()]
        if asked.flips and not _is_recipe(two):
            flips += _examples(pairing, two, sides[0], side, asked.flips)
    labels = tuple(side.label for side in kept)
    if len(kept) > 2 and joint.n and not mixed:
        scores.draws[path] = (labels, *side_draws(joint, "score", places))
    found_places = places_of(joint, asked.leading(joint), places, confidence=asked.confidence) if joint.n else ()
    return TaskComparison(
        path=path,
        split=joint.cells[0].split,
        n=joint.n,
        clusters=joint.units if joint.n else 0,
        score=joint.task.score_metrics,
        leading=asked.leading(joint),
        systems=labels,
        differences=tuple(sorted(differences, key=lambda one: _order(one, asked.metrics_of(joint)))),
        slices=tuple(slices),
        small=small,
        places=found_places,
        flips=tuple(flips),
    ), refused


def _comparable(
    sides: Sequence[Side], path: str, asked: Asked
) -> tuple[Pairing | None, list[tuple[Side, Pairing]], list[Refusal]]:
    """All that go together on a task, each with what it is compared on, and why the others do not.

    Where every item has an answer by all, that is one pairing for all; else each has its own with the first system, since
    items that a third system did not answer say nothing about two others.
    """
    try:
        joint = _pair(sides, path, asked)
    except NotComparable as error:
        if len(sides) == 2:
            return None, [], [_refuse(path, sides[1], error.given)]
    else:
        if len(sides) == 2 or not joint.left_out:
            return joint, [(side, joint) for side in sides[1:]], []
    pairs, refused = list[tuple[Side, Pairing]](), list[Refusal]()
    for side in sides[1:]:
        try:
            pairs.append((side, _pair([sides[0], side], path, asked)))
        except NotComparable as error:
            refused.append(_refuse(path, side, error.given))
    if not pairs:
        return None, [], refused
    joint = pairs[0][1] if len(pairs) == 1 else _pair([sides[0], *(side for side, _ in pairs)], path, asked)
    if not joint.left_out:
        pairs = [(side, joint) for side, _ in pairs]
    return joint, pairs, refused


def _pair(sides: Sequence[Side], path: str, asked: Asked) -> Pairing:
    return pair(sides, path, seed=asked.seed, resamples=asked.resamples)


def _refuse(path: str, side: Side, reason: str) -> Refusal:
    return Refusal(path=path, system=side.label, reason=reason)


def _seeds(sides: Sequence[Side]) -> list[Seeds]:
    """Which systems of a pairing belong to which side."""
    found, start = [], 0
    for side in sides:
        found.append(Seeds(label=side.label, systems=tuple(range(start, start + len(side.models)))))
        start += len(side.models)
    return found


def _is_recipe(two: Sequence[Seeds]) -> bool:
    return any(len(side.systems) > 1 for side in two)


def _differ(pairing: Pairing, metric: str, two: Sequence[Seeds], asked: Asked, group: str | None = None) -> Difference:
    first, second = two
    if _is_recipe(two):
        return differ_recipes(pairing, metric, first, second, confidence=asked.confidence, group=group)
    found = differ(pairing, metric, first.systems[0], second.systems[0], confidence=asked.confidence, group=group)
    return msgspec.structs.replace(found, first=first.label, second=second.label)


def _order(one: Difference, metrics: Sequence[str]) -> int:
    return metrics.index(one.metric.partition("@")[0])


def _examples(pairing: Pairing, two: Sequence[Seeds], first: Side, second: Side, most: int) -> list[FlipExample]:
    """The first items that the second fixed, then those that it broke, as a reader sees them."""
    from benchwright.render.answers import given, gold

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
                    id=flip.id,
                    gold=gold(pairing.task, before),
                    before=given(pairing.task, before),
                    after=given(pairing.task, after),
                    inputs=inputs,
                )
            )
    return found
