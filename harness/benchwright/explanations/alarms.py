"""What must be said beside explanations: that they are no better than random ones, that items are few or failed, what was explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchwright.alarm import alarm, in_order, note
from benchwright.explanations.gaps import FEWEST, UNMOVED, ItemMean
from benchwright.explanations.scores import drift, is_distinguishable, is_noise
from benchwright.formatting import fixed, with_sign
from benchwright.items import count
from benchwright.types import (
    Alarm,
    Attribution,
    ExplainSpec,
    Explanation,
    FaithfulnessScore,
    PlausibilityScore,
    ScoreScale,
)

FEW = 30
"""Items below which a reader is told how few they are, as of scores."""
UNSTABLE = 0.5
"""Mean Kendall's tau between seeds below which a reader is told."""

BASELINE = "random"
_COMPLETE = ("shap", "integrated_gradients")
"""Methods whose values of an item add up to the number less its base."""
_GAP = 0.05
"""Share of that difference which may be left over."""


def alarms_of(
    found: Sequence[Explanation],
    scores: Sequence[FaithfulnessScore],
    steady: ItemMean,
    *,
    spec: ExplainSpec,
    scale: ScoreScale,
) -> tuple[Alarm, ...]:
    """Alarms, then notes, about the explanations of a cell by one method."""
    told = [
        *_against_random(spec.method, scores, judged=spec.faithfulness or not any(one.attributions for one in found)),
        *_unrepeated(scores, drift(found)),
        *_without(found),
        *_unfinished_sums(spec.method, found),
        *_read(found, scale),
    ]
    if scale == "agreement":
        told.append(
            alarm(
                "agreement-only",
                "the model gives no scores: explained is whether its answer stays the same (1 or 0), so most words count nothing",
            )
        )
    if steady.value is not None and steady.value < UNSTABLE and spec.method != BASELINE:
        agree = f"Kendall's tau between seeds is {_shown(steady.value)} on average over {count(steady.n, 'item')}"
        told.append(
            alarm(
                "unstable",
                f"{agree}: another seed puts the words in another order, which more evaluations would steady",
            )
        )
    return in_order(told)


def _against_random(method: str, scores: Sequence[FaithfulnessScore], *, judged: bool) -> Iterator[Alarm]:
    decides = next((one for one in scores if one.metric == "comprehensiveness"), None)
    if decides is None or decides.gap is None:
        if not judged:
            yield note("not-judged", "whether they say more than random attributions was not measured")
        return
    seen = (
        f"without its top words the number falls by {_shown(decides.value)}, without those of random attributions by "
        f"{_shown(decides.random)}; gap {_change(decides.gap)}"
    )
    over = f"over {count(decides.n, 'item')}"
    loud = note if method == BASELINE else alarm
    verdict = is_distinguishable(scores)
    if decides.reason == UNMOVED:
        still = not decides.value and not decides.random
        seen = "no word that is taken away changes the number" if still else f"{seen} for every one"
        yield loud("no-better-than-random", f"not distinguishable from random attributions: {seen}, {over}")
    elif verdict is None:
        yield loud("few-units", f"cannot be told from random attributions: {decides.reason}")
    elif not verdict:
        ends = f"[{_change(decides.low)}, {_change(decides.high)}]"
        below = decides.high is not None and decides.high < 0
        what = "worse than random attributions" if below else "not distinguishable from random attributions"
        yield loud("no-better-than-random", f"{what}: {seen} {ends} {over}")
    if verdict is not None and FEWEST <= decides.units < FEW:
        what = "item" if decides.units == decides.n else "independent cluster"
        yield note("few-units", f"only {count(decides.units, what)}")
    if method == "leave_one_out" and any(one.metric == "tau" and one.n for one in scores):
        yield note("by-construction", "its tau is 1 by construction: it is held against itself")


def _unrepeated(scores: Sequence[FaithfulnessScore], away: float | None) -> Iterator[Alarm]:
    """Where a gap may be noise."""
    if is_noise(scores, away):
        yield alarm(
            "not-repeated",
            f"cannot be told from random attributions: asked again, the model gives other numbers than in its stored answers (by "
            f"{_shown(away)} on average), and picking words by such numbers makes a gap of that size by itself",
        )


def _without(found: Sequence[Explanation]) -> Iterator[Alarm]:
    errors = Counter(one.error for one in found if one.error is not None)
    if errors:
        (reason, times), failed = errors.most_common(1)[0], sum(errors.values())
        most = reason if times == failed else f"{reason} ({times:,} times, and other reasons)"
        yield alarm("no-explanation", f"{count(failed, 'item')} of {len(found):,} without an explanation: {most}")
    empty = sum(one.error is None and not one.attributions for one in found)
    if empty:
        left = f"{count(empty, 'item')} of {len(found):,} with nothing to explain"
        yield note("nothing-to-explain", f"{left}: no words, or an answer that names nothing")


def _read(found: Sequence[Explanation], scale: ScoreScale) -> Iterator[Alarm]:
    """How far items were read, and what nobody said of their numbers."""
    cut = sum(one.truncated and bool(one.attributions) for one in found)
    if cut:
        what = f"{count(cut, 'item')} of {len(found):,} longer than what the model reads"
        yield note("truncated", f"{what}: words behind that count nothing")
    if scale == "value" and any(each.target.label is not None for one in found for each in one.attributions):
        yield note(
            "unsaid-scores",
            "nobody says what the scores of the model are: they are explained as they are (?scores=probabilities, logits or "
            "log-probabilities says it)",
        )


def _unfinished_sums(method: str, found: Sequence[Explanation]) -> Iterator[Alarm]:
    """Where values do not add up to what they share out."""
    if method not in _COMPLETE:
        return
    gaps = [gap for one in found for each in one.attributions if (gap := _gap_of(each)) is not None]
    open_ = [gap for gap in gaps if gap > _GAP]
    if open_:
        yield alarm(
            "completeness-gap",
            f"the values of {count(len(open_), 'attribution')} of {len(gaps):,} do not add up to what the words change together: off "
            f"by up to {max(open_) * 100:,.0f} % of it, which more evaluations or steps would mend",
        )


def _gap_of(one: Attribution) -> float | None:
    """What is left over, as a share of what is shared out; None where the values add up to nothing that is known.

    Integrated gradients are of raw outputs, and share out values on both sides that may cancel each other.
    """
    if one.completeness is not None:
        ends, given = one.completeness, sum(map(abs, one.values))
        off = sum(one.values) + ends.rest - (ends.full - ends.base)
        return abs(off) / max(abs(ends.full - ends.base), given, 1e-3)
    if one.base is None:
        return None
    return abs(sum(one.values) - (one.full - one.base)) / max(abs(one.full - one.base), 1e-3)


PLAUSIBILITY_NOTES = ("no-rationale", "other-label")
"""Codes of what is said beside plausibility."""


def plausibility_notes(
    found: Sequence[Explanation], scores: Sequence[PlausibilityScore], gold: Mapping[str, Any]
) -> tuple[Alarm, ...]:
    """What plausibility rests on: items without a rationale that could be met or missed, and answers that people did not justify."""
    if not scores:
        return ()
    told, explained = [], [one for one in found if one.attributions]
    if scores[0].undefined:
        left = f"{count(scores[0].undefined, 'item')} of {len(explained):,} left out of plausibility"
        told.append(note("no-rationale", f"{left}: no rationale, or one that marks no word or every one"))
    wrong = sum(
        any(not _is_gold(each.target.label, gold.get(one.id)) for each in one.attributions) for one in explained
    )
    if wrong:
        apart = f"{count(wrong, 'item')} of {len(explained):,}"
        told.append(
            note("other-label", f"the model gives another answer to {apart} than the one that people marked words for")
        )
    return tuple(told)


def _is_gold(label: str | None, gold: Any) -> bool:
    return label is None or gold is None or label in (gold if isinstance(gold, list | tuple) else (gold,))


def _shown(number: float | None) -> str:
    return "–" if number is None else fixed(number, 3)


def _change(number: float | None) -> str:
    return "–" if number is None else with_sign(float(f"{number:.3f}"), "+.3f")
