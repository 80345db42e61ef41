"""What explanations of many items come to: faithfulness against random attributions, stability over seeds, agreement of two methods.

An item counts once, whatever the number of its targets: they are averaged first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from benchwright.explanations.gaps import NOTHING, UNMOVED, ItemMean, item_mean
from benchwright.explanations.ranks import kendall_tau, top_overlap
from benchwright.types import Attribution, Explanation, FaithfulnessScore

Measure = Literal["comprehensiveness", "sufficiency", "tau"]
MEASURES: tuple[Measure, ...] = ("comprehensiveness", "sufficiency", "tau")
"""The first decides whether an explanation is told from random attributions."""
TOP = 3
"""Words of an item that are its top words where two methods are held against each other."""

Clusters = Mapping[str, str | None]
"""Id of an item -> what it shares with others."""


def faithfulness_scores(found: Sequence[Explanation], clusters: Clusters) -> tuple[FaithfulnessScore, ...]:
    """Each measure over the items that were judged; empty where none was."""
    judged = [one for one in found if any(each.faithfulness for each in one.attributions)]
    return tuple(_measured(measure, judged, clusters) for measure in MEASURES) if judged else ()


def _measured(measure: Measure, judged: Sequence[Explanation], clusters: Clusters) -> FaithfulnessScore:
    pairs: dict[str, tuple[float, float]] = {}
    for one in judged:
        own = [_pair(each, measure) for each in one.attributions]
        known = [pair for pair in own if pair is not None]
        if known:
            pairs[one.id] = (mean([value for value, _ in known]), mean([random for _, random in known]))
    gap = item_mean([value - random for value, random in pairs.values()], [clusters.get(item) for item in pairs])
    return FaithfulnessScore(
        metric=measure,
        value=mean([value for value, _ in pairs.values()]) if pairs else None,
        random=mean([random for _, random in pairs.values()]) if pairs else None,
        gap=gap.value,
        low=gap.low,
        high=gap.high,
        n=gap.n,
        units=gap.units,
        undefined=len(judged) - gap.n,
        reason=gap.reason,
    )


def _pair(one: Attribution, measure: Measure) -> tuple[float, float] | None:
    """The measure and that of random attributions; None where either is undefined."""
    if one.faithfulness is None:
        return None
    value, random = getattr(one.faithfulness, measure), getattr(one.faithfulness, f"random_{measure}")
    return None if value is None or random is None else (value, random)


def drift(found: Sequence[Explanation]) -> float | None:
    """Mean over items of how far explained numbers are from those of the stored answers; None where no answer holds them."""
    apart = [
        mean(own)
        for one in found
        if (own := [abs(each.full - each.stored) for each in one.attributions if each.stored is not None])
    ]
    return mean(apart) if apart else None


def is_noise(scores: Sequence[FaithfulnessScore], away: float | None) -> bool:
    """Whether a gap that lies above 0 may be made of numbers that a model does not repeat.

    Methods and judge share the numbers of variants, so that of a model that draws its numbers those words count most that were drawn
    low, and the judge finds the same. The largest of many draws lies at most some three mean distances of two draws away.
    """
    decides = next((one for one in scores if one.metric == MEASURES[0]), None)
    if away is None or decides is None or decides.gap is None or decides.low is None:
        return False
    return decides.low > 0 and away > NOTHING and decides.gap <= 3 * away


def is_distinguishable(scores: Sequence[FaithfulnessScore], away: float | None = None) -> bool | None:
    """Whether the 95 % interval of the gap of comprehensiveness lies above 0; ``away``: the model's `drift`.

    None where the gap may be noise of the model. False too where every gap is 0, since the number moves for no word; None where there is no interval, and so no answer. One measure
    decides, so that three looks do not make a discovery of chance; each method is judged by itself, at 2.5 % on this side.
    """
    decides = next((one for one in scores if one.metric == MEASURES[0]), None)
    if decides is None or decides.gap is None:
        return None
    if decides.low is None:
        return False if decides.reason == UNMOVED else None
    return None if is_noise(scores, away) else decides.low > 0


def stability(found: Sequence[Explanation], clusters: Clusters) -> ItemMean:
    """Mean over items of Kendall's tau between the values of each two seeds (targets and pairs averaged first)."""
    taus: dict[str, float] = {}
    for one in found:
        every = [
            tau
            for each in one.attributions
            for first, second in combinations((each.values, *each.others), 2)
            if (tau := kendall_tau(first, second)) is not None
        ]
        if every:
            taus[one.id] = mean(every)
    return item_mean(list(taus.values()), [clusters.get(item) for item in taus])


@dataclass(frozen=True, kw_only=True)
class MethodAgreementScores:
    """How far two methods agree on the items that both explained.

    Attributes:
        tau: Mean over items of Kendall's tau.
        overlap: Mean share of the `TOP` words of each that both have, over items with more words.
        overlap_random: What two random orders of the same words share on average; None without such an item.
        undefined: Items that both explained and for which tau is undefined.
    """

    tau: ItemMean
    overlap: ItemMean
    overlap_random: float | None
    undefined: int


def agreement(
    first: Mapping[str, Explanation], second: Mapping[str, Explanation], clusters: Clusters
) -> MethodAgreementScores:
    """Of the items of the first that the second explained too; targets of an item that both explained are averaged first."""
    both = [item for item, one in first.items() if one.attributions and item in second and second[item].attributions]
    taus = _by_item(both, first, second, kendall_tau)
    shares = _by_item(both, first, second, lambda one, other: top_overlap(one, other, TOP))
    by_chance = [TOP / len(first[item].words) for item in shares]
    return MethodAgreementScores(
        tau=item_mean(list(taus.values()), [clusters.get(item) for item in taus]),
        overlap=item_mean(list(shares.values()), [clusters.get(item) for item in shares]),
        overlap_random=mean(by_chance) if by_chance else None,
        undefined=len(both) - len(taus),
    )


def _by_item(
    items: Sequence[str],
    first: Mapping[str, Explanation],
    second: Mapping[str, Explanation],
    measure: Callable[[Sequence[float], Sequence[float]], float | None],
) -> dict[str, float]:
    """The measure of each item, over the targets that both explain; items for which it is undefined stay out."""
    means: dict[str, float] = {}
    for item in items:
        others = {each.target: each.values for each in second[item].attributions}
        known = [
            value
            for each in first[item].attributions
            if each.target in others
            and len(others[each.target]) == len(each.values)
            and (value := measure(each.values, others[each.target])) is not None
        ]
        if known:
            means[item] = mean(known)
    return means


def mean(values: Sequence[float]) -> float:
    """Of at least one number."""
    return sum(values) / len(values)
