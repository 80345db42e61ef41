"""What an interval of a difference decides: non-inferiority, superiority, equivalence."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import finite, one_of, within
from benchwright.stats.paired import Bound, Side

Question = Literal["noninferiority", "superiority", "equivalence"]
Decision = Literal["pass", "fail", "inconclusive"]

QUESTIONS: tuple[Question, ...] = ("noninferiority", "superiority", "equivalence")


def decide(kind: Question, low: float | None, high: float | None, margin: float) -> Decision:
    """The decision from one-sided (1 - alpha) bounds of a difference, new minus old, higher better.

    The bounds are the ends of a two-sided interval with confidence 1 - 2 alpha: 90 % for alpha 0.05.

    ==============  =========================  ==========================================
    kind            pass                       fail
    ==============  =========================  ==========================================
    noninferiority  low > -margin              high < -margin (worse by more than margin)
    superiority     low > margin               high < margin
    equivalence     -margin < low, high < m.   high < -margin or low > margin
    ==============  =========================  ==========================================

    Everything else is inconclusive, and so is an interval without the end that is asked about: nothing passes because
    nothing is known. Equivalence is two one-sided tests (TOST): its size is alpha, not 2 alpha.

    Raises:
        BenchwrightError: An unknown kind, NaN, low above high, a negative margin, or a margin of 0 for equivalence.
    """
    one_of("kind", kind, QUESTIONS)
    lower, upper = _end("low", low, -np.inf), _end("high", high, np.inf)
    if lower > upper:
        raise BenchwrightError(f"low is {lower:g}, above high, {upper:g}", expected="low at most high")
    within("margin", float(finite("margin", margin)), 0, float("inf"), ends=True)
    if kind == "equivalence" and margin == 0:
        raise BenchwrightError("margin is 0", expected="a margin above 0: no interval fits into nothing")
    floor = margin if kind == "superiority" else -margin
    if lower > floor and (kind != "equivalence" or upper < margin):
        return "pass"
    if upper < floor or (kind == "equivalence" and lower > margin):
        return "fail"
    return "inconclusive"


def decide_p(kind: Question, p_above: tuple[float, float], p_below: tuple[float, float], alpha: float) -> Decision:
    """The same decision from one-sided p-values, which can be corrected for many rules.

    ``p_above`` are those of "greater" at (-margin, margin), ``p_below`` those of "less" at (-margin, margin); for failing,
    hand in adjusted ones.

    Raises:
        BenchwrightError: An unknown kind, a p outside [0, 1] or alpha not between 0 and 1.
    """
    one_of("kind", kind, QUESTIONS)
    within("alpha", alpha, 0, 1)
    (above_low, above_high), (below_low, below_high) = (
        tuple(within(name, p, 0, 1, ends=True) for p in pair)
        for name, pair in (("p_above", p_above), ("p_below", p_below))
    )
    passes = {
        "noninferiority": above_low,
        "superiority": above_high,
        "equivalence": max(above_low, below_high),
    }[kind]
    fails = {"noninferiority": below_low, "superiority": below_high, "equivalence": min(below_low, above_high)}[kind]
    if passes < alpha:
        return "pass"
    return "fail" if fails < alpha else "inconclusive"


def draws_bound(draws: ArrayLike, alpha: float, side: Bound) -> float:
    """One-sided (1 - alpha) percentile bound of a difference from its bootstrap draws (R)."""
    drawn = _draws(draws)
    tail = within("alpha", alpha, 0, 0.5)
    return float(np.quantile(drawn, tail if one_of("side", side, ("lower", "upper")) == "lower" else 1 - tail))


def draws_p(draws: ArrayLike, delta0: float, side: Side) -> float:
    """One-sided p at H0: difference = ``delta0``, from bootstrap draws (R): (1 + #{draws not beyond delta0}) / (R + 1).

    The inverse of ``draws_bound``: below alpha where that bound is beyond delta0. Never below 1 / (R + 1). Draws that are
    all equal saw no spread and give 1.
    """
    drawn = _draws(draws)
    finite("delta0", delta0)
    above = one_of("side", side, ("greater", "less")) == "greater"
    if np.ptp(drawn) == 0:
        return 1.0
    return float((1 + ((drawn <= delta0) if above else (drawn >= delta0)).sum()) / (drawn.size + 1))


def _draws(draws: ArrayLike) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    drawn = finite("draws", draws, 1)
    if not drawn.size:
        raise BenchwrightError("draws is empty", expected="bootstrap differences")
    return drawn


def _end(name: str, value: float | None, absent: float) -> float:
    if value is None:
        return absent
    if np.isnan(value):
        raise BenchwrightError(f"{name} is NaN", expected="a number, or None where there is no bound")
    return float(value)
