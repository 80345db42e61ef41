"""Rules against measured quantities: who keeps them, on the data and in every resample."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.choosing.field import Field
from benchwright.choosing.measured import Measured
from benchwright.choosing.parsing import mistake
from benchwright.choosing.rules import BEST, Amount, Rule
from benchwright.choosing.words import written
from benchwright.metrics.columns import Floats
from benchwright.registry import suggest

Flags = NDArray[np.bool_]

_SLACK = 1e-9
"""Rounding that no rule is about: 0.94 - 0.01 is a little less than 0.93."""

_FACTORS: dict[str, dict[str, float]] = {
    "bytes": {"": 1, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30},
    "count": {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "B": 1e9},
    "seconds": {"": 1, "s": 1, "ms": 1e-3, "us": 1e-6},
    "quality": {"": 1, "%": 0.01},
    "share": {"": 1, "%": 0.01},
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """A rule and who keeps it.

    Attributes:
        rule: As typed.
        kept: By each side (k) on the data; never where something is undefined.
        kept_draws: The same over resamples (k, R), or (k, 1).
        reasons: Why each side breaks it; empty where it is kept.
        unknown: Sides of which nobody can say, because a size or time behind it was not measured.
    """

    rule: Rule
    kept: Flags
    kept_draws: Flags
    reasons: tuple[str, ...]
    unknown: Flags


def judge(rule: Rule, found: Measured, arena: Field) -> Judged:
    """Who keeps a rule. Raises BenchwrightError for a limit that does not fit the quantity."""
    amount = amount_of(rule, found)
    bound, bound_draws = _bound(rule, found, arena, amount)
    with np.errstate(invalid="ignore"):
        kept = _compare(found.values, bound, rule.operator)
        kept_draws = _compare(found.draws, bound_draws, rule.operator) & kept_defined(found)[:, None]
    reasons = tuple("" if ok else _reason(rule, found, at, bound) for at, ok in enumerate(kept))
    unknown = ~np.isfinite(found.values) | (not math.isfinite(bound)) if found.unknown else np.zeros_like(kept)
    return Judged(rule=rule, kept=kept, kept_draws=kept_draws, reasons=reasons, unknown=unknown)


def kept_defined(found: Measured) -> Flags:
    """Sides that have a value at all: where there is none, resamples that happen to have one do not count."""
    defined: Flags = np.isfinite(found.values)
    return defined


def amount_of(rule: Rule, found: Measured) -> float:
    """The number of a limit in the quantity's unit. Raises BenchwrightError for a unit or a size that does not fit."""
    amount, factors = rule.limit.amount, _FACTORS[found.sort]
    if amount.unit not in factors:
        units = ", ".join(unit for unit in factors if unit) or "no unit"
        raise mistake(rule.text, amount.column, f"{amount.unit} is no unit of {rule.quantity.text}", units)
    value = amount.value * factors[amount.unit]
    _check_range(rule, found, amount, value)
    return value


def _check_range(rule: Rule, found: Measured, amount: Amount, value: float) -> None:
    """Refuse what every model or none would keep: 90 for 0.90."""
    if found.sort != "quality" or not (math.isfinite(found.low) and math.isfinite(found.high)):
        return
    low, high = found.low, found.high
    if rule.limit.reference:
        low, high = found.low - found.high, found.high - found.low
    if not low <= value <= high:
        hint = f"write {amount.value:g}% or {amount.value / 100:g}" if 1 < abs(amount.value) <= 100 else ""
        what = f"{rule.quantity.text} goes from {found.low:g} to {found.high:g}"
        raise mistake(rule.text, amount.column, what, f"a number from {low:g} to {high:g}", hint)


def _bound(rule: Rule, found: Measured, arena: Field, amount: float) -> tuple[float, Floats]:
    reference = rule.limit.reference
    if not reference:
        return amount, np.array([amount])
    if reference == BEST:
        rows = slice(arena.candidates)
        values, draws = found.values[rows], found.draws[rows]
        if any(found.unknown[rows]):
            return math.nan, np.array([math.nan])  # the best of all is not that of those that are known
        best = (-np.inf, np.fmax) if found.higher else (np.inf, np.fmin)
        top = float(best[1].reduce(values))
        return top + amount, best[1].reduce(draws, axis=0) + amount
    row = _reference(rule, arena)
    return float(found.values[row]) + amount, found.draws[row] + amount


def _reference(rule: Rule, arena: Field) -> int:
    """The model of a limit. Raises BenchwrightError that shows its place; NotComparable where it is not complete."""
    name, column = rule.limit.reference, rule.limit.column
    known = (BEST, *arena.names, *(("parent",) if arena.parent is not None else ()))
    if name not in known and name not in arena.partial:
        expected = f"a number, or one of: {', '.join(known)}"
        raise mistake(rule.text, column, f"no model {name!r}", expected, suggest(name, known))
    return arena.index(name)


def _compare(values: Floats, bound: float | Floats, operator: str) -> Flags:
    slack = _SLACK * np.maximum(1.0, np.abs(bound))
    if operator == ">=":
        result = values >= bound - slack
    elif operator == "<=":
        result = values <= bound + slack
    elif operator == ">":
        result = values > bound + slack
    else:
        result = values < bound - slack
    made: Flags = np.asarray(result & np.isfinite(values) & np.isfinite(bound))
    return made


def undefined_reason(found: Measured, at: int) -> str:
    """Why a side has no value of a quantity."""
    return f"{found.text} was not measured: {found.unknown[at]}" if found.unknown else f"{found.text} is undefined"


def _reason(rule: Rule, found: Measured, at: int, bound: float) -> str:
    name, value = rule.quantity.text, float(found.values[at])
    if not math.isfinite(value):
        return undefined_reason(found, at)
    if not math.isfinite(bound):
        return f"{rule.limit.reference} of {name} {'was not measured' if found.unknown else 'is undefined'}"
    is_, limit = written(value, found), written(bound, found)
    if is_ == limit:
        is_, limit = f"{value:,.12g}", f"{bound:,.12g}"  # too close for rounded numbers to show which rule is broken
    return f"{name} is {is_}, not {rule.operator} {limit}"
