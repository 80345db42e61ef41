"""What an interval of a difference decides: non-inferiority, superiority, equivalence."""

from __future__ import annotations

from typing import Literal

import numpy as np

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import finite, one_of, within

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


def _end(name: str, value: float | None, absent: float) -> float:
    if value is None:
        return absent
    if np.isnan(value):
        raise BenchwrightError(f"{name} is NaN", expected="a number, or None where there is no bound")
    return float(value)
