"""Checks of limits, margins and significance levels for all commands: meaningless ones are refused, doubtful ones get a warning,
contradictions are found.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from benchwright import formatting
from benchwright.errors import BenchwrightError, NotComparable, PluginError
from benchwright.quantities import SCORE, Quantity, quantity_of
from benchwright.types import Task

LOOSEST = 0.2
"""A level beyond that shows nothing: it is refused."""
TIGHTEST = 0.0001
"""A level below that asks for what 10,000 resamples never show: no rule could fail, and it is refused."""
LOOSE = 0.1
"""A level beyond that is remarked."""
WIDE = 0.2
"""Share of a metric's range from which on a margin is remarked: 20 points of a fraction."""

LEAST_RESAMPLES = 100
"""Fewer resamples than that bound nothing."""

Operator = Literal[">=", "<=", ">", "<"]


@dataclass(frozen=True, kw_only=True)
class LimitProblem:
    """Why a limit is meaningless: what is wrong, what is expected, and a suggestion."""

    what: str
    expected: str
    hint: str = ""


def range_of(metric: str, card: Task | None = None) -> Quantity | None:
    """The quantity of a metric name, or of the score of a card, with its title for messages.

    None for a score without a card, and for unknown names.
    """
    try:
        found = quantity_of(metric, card)
    except (NotComparable, PluginError):
        return None
    if metric != SCORE or card is None:
        return replace(found, title=metric)
    return replace(found, title=f"the score of {card.name} ({', '.join(found.members)})")


def level_problem(level: float, *, as_confidence: bool = False) -> LimitProblem | None:
    """The problem of a level that is too loose (0.49 is a coin toss) or too strict (1e-300 is never reached); else None."""
    if TIGHTEST <= level <= LOOSEST:
        return None
    given = f"{1 - level:g}" if as_confidence else f"{level:g}"
    expected = (
        f"from {1 - LOOSEST:g} to {1 - TIGHTEST:g}, such as 0.95"
        if as_confidence
        else f"from {TIGHTEST:g} to {LOOSEST:g}, such as 0.05"
    )
    if 0 < level < TIGHTEST:
        why = "nothing could ever be shown at it"
    else:
        why = f"{formatting.percent(level, 0)} of the time chance alone would decide" if 0 < level < 1 else "no level"
    return LimitProblem(what=f"{given}: {why}", expected=expected)


def level_warning(level: float) -> str:
    """A warning about a loose level; empty for others."""
    if not LOOSE < level <= LOOSEST:
        return ""
    return f"at a level of {level:g} one in {1 / level:.2g} decisions on nothing would be wrong; 0.05 is usual"


def check_draws(resamples: int, seed: int) -> None:
    """Raise BenchwrightError for too few resamples for a bound, and for an invalid seed."""
    for name, value, least in (("resamples", resamples, LEAST_RESAMPLES), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise BenchwrightError(f"{name}: {value!r}", expected=f"a whole number of at least {least}")


def margin_problem(margin: float, of: Quantity) -> LimitProblem | None:
    """The problem of a margin as wide as the range of the quantity; else None."""
    if margin < of.width:
        return None
    return LimitProblem(
        what=f"{margin:g} is as wide as all of {of.title}, nothing could fail it",
        expected=f"a margin below {of.width:g}",
        hint=as_fraction(margin, of) or "0.01 is one point",
    )


def margin_warning(margin: float, of: Quantity) -> str:
    """A warning about a wide margin; empty for others."""
    if not WIDE * of.width < margin < of.width:
        return ""
    much = "more than half" if margin > of.width / 2 else formatting.percent(margin / of.width, 0)
    return f"the margin {margin:g} is {much} of {of.title}, which {of.reach}"


def limit_problem(limit: float, of: Quantity) -> LimitProblem | None:
    """The problem of a limit outside the range of the quantity; else None."""
    if of.holds(limit):
        return None
    ends = f"from {of.low:g} to {of.high:g}" if of.width < math.inf else f"of at least {of.low:g}"
    return LimitProblem(
        what=f"{limit:g} is beyond {of.title}, which {of.reach}",
        expected=f"a limit {ends}",
        hint=as_fraction(limit, of),
    )


def limit_warning(minimum: float | None, maximum: float | None, of: Quantity) -> str:
    """A warning about limits that every value meets; empty for others."""
    if (minimum is None or minimum <= of.low) and (maximum is None or maximum >= of.high):
        return f"nothing could fail it: {of.title} {of.reach}"
    return ""


def bound_warning(use: str, minimum: float | None, maximum: float | None, of: Quantity) -> str:
    """A warning about a limit that no confidence bound meets, as a lower bound of 1 for a fraction; empty for others."""
    beyond = (use == "lower" and minimum is not None and minimum >= of.high) or (
        use == "upper" and maximum is not None and maximum <= of.low
    )
    return f"nothing could pass it: a bound of {of.title} never reaches the end of its range" if beyond else ""


def wrong_side_warning(operator: Operator, *, higher: bool, of: str) -> str:
    """A warning about a limit that excludes the better values instead of the worse; empty for others."""
    if higher == (operator in {">=", ">"}):
        return ""
    better, keeps = ("higher", "low") if higher else ("lower", "high")
    return f"{better} values of {of} are better: this limit keeps the {keeps} ones"


def sense(operator: Operator, amount: float, of: Quantity) -> Literal["", "all", "none"]:
    """``all`` if every value of a quantity satisfies ``value OPERATOR amount``, ``none`` if no value does; else empty."""
    everyone = {
        ">=": amount <= of.low,
        ">": amount < of.low,
        "<=": amount >= of.high,
        "<": amount > of.high,
    }[operator]
    nobody = {">=": amount > of.high, ">": amount >= of.high, "<=": amount < of.low, "<": amount <= of.low}[operator]
    return "all" if everyone else "none" if nobody else ""


def as_fraction(limit: float, of: Quantity) -> str:
    """A suggestion to write a percentage as a fraction; empty if the number is not one."""
    meant = limit / 100
    return f"write {meant:g} for {limit:g} %" if of.high <= 1 < abs(limit) <= 100 and of.holds(meant) else ""


def unquoted(text: str) -> str:
    """A suggestion for a number in quotes or a percentage; empty for any other text."""
    found = re.fullmatch(r"\s*([+-]?\d+(?:\.\d+)?)\s*(%?)\s*", text)
    if not found:
        return ""
    return f"write {float(found[1]) / 100:g} for {found[1]} %" if found[2] else f"write {found[1]}, without quotes"


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A one-sided constraint of a rule on a value.

    Attributes:
        rule: Name of the rule.
        operator: ``>=`` and the like.
        amount: The limit.
    """

    rule: str
    operator: Operator
    amount: float


def contradictions(bounds: Sequence[Bound]) -> list[tuple[Bound, Bound]]:
    """Pairs of contradicting bounds on one value: at least 0.9 and at most 0.8."""
    return [
        (low, high)
        for one, other in combinations(bounds, 2)
        for low, high in ((one, other), (other, one))
        if low.operator in {">=", ">"}
        and high.operator in {"<=", "<"}
        and (low.amount > high.amount or (low.amount == high.amount and {low.operator, high.operator} != {">=", "<="}))
    ]
