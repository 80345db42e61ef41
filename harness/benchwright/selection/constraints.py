"""Requirements as constraints on measured quantities: which candidates satisfy them, on the data and in every resample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchwright import formatting, limit_checks, limit_texts
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.limit_checks import Bound
from benchwright.metrics.columns import Floats
from benchwright.quantities import Quantity
from benchwright.registry import suggest
from benchwright.selection.candidates import Candidates
from benchwright.selection.measurement import Measurement
from benchwright.selection.question import BEST, Requirement, TypedNumber, error_at

Flags = NDArray[np.bool_]

_SLACK = 1e-9
"""Rounding that no rule is about: 0.94 - 0.01 is a little less than 0.93."""

_SHARES = {
    "retained": (1.0, "the share of the model's quality that must be kept, above 0 and at most 1: 0.97"),
    "share": (10.0, "the share of the model's size that may be used, above 0 and at most 10: 0.6 is 60 %"),
}
"""Shares: most that a rule may ask for, and what is expected."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ConstraintResult:
    """A requirement and the candidates that satisfy it.

    Attributes:
        requirement: As typed.
        kept: Whether each candidate (k) satisfies it on the data; False if a value is undefined.
        kept_draws: The same over resamples (k, R), or (k, 1).
        reasons: Why each candidate violates it; empty if satisfied.
        unknown: Whether it cannot be evaluated for a candidate, because a size or time was not measured.
    """

    requirement: Requirement
    kept: Flags
    kept_draws: Flags
    reasons: tuple[str, ...]
    unknown: Flags


def check_constraint(rule: Requirement, found: Measurement, candidates: Candidates) -> ConstraintResult:
    """Evaluate a requirement for all candidates. Raises BenchwrightError for a limit that does not fit the quantity."""
    amount = amount_of(rule, found)
    if found.high is not None:
        return _by_bound(rule, found, amount)
    bound, bound_draws = _bound(rule, found, candidates, amount)
    with np.errstate(invalid="ignore"):
        kept = _compare(found.values, bound, rule.operator)
        kept_draws = _compare(found.draws, bound_draws, rule.operator) & is_defined(found)[:, None]
    reasons = tuple("" if ok else _reason(rule, found, at, bound) for at, ok in enumerate(kept))
    unknown = ~np.isfinite(found.values) | (not math.isfinite(bound)) if found.unknown else np.zeros_like(kept)
    return ConstraintResult(requirement=rule, kept=kept, kept_draws=kept_draws, reasons=reasons, unknown=unknown)


def _by_bound(rule: Requirement, found: Measurement, amount: float) -> ConstraintResult:
    """A limit on a gap or on flips: kept where the upper bound is at most the limit; what cannot be told keeps no rule."""
    if rule.operator not in ("<=", "<") or rule.limit.reference:
        what = f"{rule.quantity.text} is held against a limit by its upper bound"
        raise error_at(rule.text, rule.limit.column, what, "at most a number: <= 0.05")
    assert found.high is not None
    assert found.low is not None
    kept = _compare(found.high, amount, rule.operator)
    reasons = tuple("" if ok else _bounded_reason(rule, found, at, amount) for at, ok in enumerate(kept.tolist()))
    return ConstraintResult(
        requirement=rule, kept=kept, kept_draws=kept[:, None], reasons=reasons, unknown=np.zeros_like(kept)
    )


def _bounded_reason(rule: Requirement, found: Measurement, at: int, amount: float) -> str:
    """``exceeds`` or ``cannot tell``, with value and bounds, and what would tell."""
    assert found.high is not None
    assert found.low is not None
    unit = found.quantity.unit
    value, low, high = (formatting.value(float(ends[at]), unit) for ends in (found.values, found.low, found.high))
    limit = formatting.value(amount, unit)
    if found.low[at] > amount:
        return f"{rule.quantity.text} exceeds {limit}: {value}, bounds {low} and {high} (95 % each)"
    seen = f": {value}, bounds {low} and {high} (95 % each)" if math.isfinite(found.high[at]) else ""
    told = found.open[at](amount)
    return f"{rule.quantity.text} cannot be told to be at most {limit}{seen}" + (f"; {told}" if told else "")


def is_defined(found: Measurement) -> Flags:
    """Whether each candidate has a value on the data; if not, resamples with a value are ignored."""
    defined: Flags = np.isfinite(found.values)
    return defined


def amount_of(rule: Requirement, found: Measurement) -> float:
    """The number of a limit in the quantity's unit. Raises BenchwrightError for a unit or a size that does not fit."""
    amount, value = rule.limit.amount, _in_unit(rule, found)
    if math.isnan(value):
        units = limit_texts.units_of(found.quantity)
        if amount.unit:
            raise error_at(rule.text, amount.column, f"{amount.unit} is no unit of {rule.quantity.text}", units)
        what = f"{rule.quantity.text} has a unit, and this number has none"
        hint = f"write {limit_texts.example(found.quantity, abs(amount.value))}"
        raise error_at(rule.text, amount.column, what, units, hint)
    _check_sense(rule, found, amount, value)
    return value


def _in_unit(rule: Requirement, found: Measurement) -> float:
    """The number of a limit in the quantity's unit; NaN where its unit is missing or that of something else.

    What is below 0 needs no unit, for it is refused anyway, and neither does the nothing that is added to a reference.
    """
    amount = rule.limit.amount
    value = limit_texts.convert(amount.value, amount.unit, found.quantity.unit)
    if value is None and not amount.unit and not rule.limit.reference and amount.value < 0:
        return amount.value
    if value is None and not amount.unit and rule.limit.reference and not amount.value:
        return 0.0
    return math.nan if value is None else value


def _check_sense(rule: Requirement, found: Measurement, amount: TypedNumber, value: float) -> None:
    """Refuse a limit outside the range of the quantity (90 for 0.90), and one that every model or none satisfies."""
    span = replace(found.quantity, title=rule.quantity.text)
    name = rule.quantity.name
    if not rule.limit.reference:
        problem = _share_problem(name, value) if name in _SHARES else limit_checks.limit_problem(value, span)
        if problem is not None:
            typed = 1 < abs(amount.value) <= 100 and not amount.unit and name not in _SHARES
            hint = f"write {amount.value:g}% or {amount.value / 100:g}" if typed else problem.hint
            raise error_at(rule.text, amount.column, problem.what, problem.expected, hint)
        if limit_checks.sense(rule.operator, value, span) == "none":
            told = f"no model could keep it: {span.title} {span.reach}"
            raise error_at(rule.text, amount.column, told, "a limit that some value meets")
        return
    if name in _SHARES:
        return
    apart = _distance(rule, found)
    if limit_checks.sense(rule.operator, value, apart) == "all":
        told = f"every model would keep it: {apart.title} {apart.reach}"
        hint = limit_checks.as_fraction(abs(value), Quantity(name="", title="")) if found.quantity.high <= 1 else ""
        raise error_at(rule.text, amount.column, told, f"{rule.limit.reference} - 0.01 takes off one point", hint)
    if limit_checks.sense(rule.operator, value, apart) == "none":
        told = f"no model could keep it: {apart.title} {apart.reach}"
        raise error_at(rule.text, amount.column, told, f"{rule.limit.reference} - 0.01 takes off one point")


def _distance(rule: Requirement, found: Measurement) -> Quantity:
    """The range of differences to the reference; no value is better than ``best``."""
    reach = found.quantity.width
    if rule.limit.reference != BEST:
        return replace(
            found.quantity, title=f"{rule.quantity.text} minus that of {rule.limit.reference}", low=-reach, high=reach
        )
    of = f"{rule.quantity.text} minus the best"
    return replace(found.quantity, title=of, low=-reach if found.higher else 0.0, high=0.0 if found.higher else reach)


def _share_problem(name: str, value: float) -> limit_checks.LimitProblem | None:
    """A problem of a limit on a fraction retained or used, by the same limits as in gates."""
    most, wants = _SHARES[name]
    if 0 < value <= most:
        return None
    hint = f"write {value / 100:g} for {value:g} %" if value > most and 0 < value / 100 <= most else ""
    return limit_checks.LimitProblem(what=f"{value:g} is no such share", expected=wants, hint=hint)


def constraint_warnings(rule: Requirement, found: Measurement) -> tuple[str, ...]:
    """Warnings about valid limits: one that every model satisfies, a loose one, one on the wrong side."""
    value = _in_unit(rule, found)
    span = replace(found.quantity, title=rule.quantity.text)
    told = []
    if not rule.limit.reference:
        if limit_checks.sense(rule.operator, value, span) == "all":
            told.append(f"nothing could break it: {span.title} {span.reach}")
        elif found.is_quality:
            told.append(limit_checks.wrong_side_warning(rule.operator, higher=found.higher, of=span.title))
    elif found.is_quality and math.isfinite(span.width):
        loss = -value if found.higher else value
        told.append(limit_checks.margin_warning(loss, span))
    return tuple(f"{rule.text}: {text}" for text in told if text)


def refuse_contradictions(asked: Sequence[tuple[Requirement, Measurement]]) -> None:
    """Raise ConfigError for contradicting requirements: accuracy at least 0.9 and at most 0.8."""
    by_question: dict[tuple[object, ...], list[Bound]] = {}
    for rule, found in asked:
        about = rule.quantity
        amount = _in_unit(rule, found)
        key = (about.name, about.task, about.arguments, rule.limit.reference)
        by_question.setdefault(key, []).append(Bound(rule=rule.text, operator=rule.operator, amount=amount))
    problems = [
        BenchwrightError(
            f"no model can keep both {low.rule!r} and {high.rule!r}",
            expected="limits that one value can meet",
            hint="drop one of the two rules",
        )
        for bounds in by_question.values()
        for low, high in limit_checks.contradictions(bounds)
    ]
    if problems:
        raise ConfigError(problems, where="rules")


def _bound(rule: Requirement, found: Measurement, candidates: Candidates, amount: float) -> tuple[float, Floats]:
    reference = rule.limit.reference
    if not reference:
        return amount, np.array([amount])
    if reference == BEST:
        rows = slice(candidates.n_candidates)
        values, draws = found.values[rows], found.draws[rows]
        if any(found.unknown[rows]):
            return math.nan, np.array([math.nan])  # the best of all is not that of those that are known
        best = (-np.inf, np.fmax) if found.higher else (np.inf, np.fmin)
        top = float(best[1].reduce(values))
        return top + amount, best[1].reduce(draws, axis=0) + amount
    row = _reference(rule, candidates)
    return float(found.values[row]) + amount, found.draws[row] + amount


def _reference(rule: Requirement, candidates: Candidates) -> int:
    """Position of the model that a limit refers to. Raises BenchwrightError with its position in the text; NotComparable if incomplete."""
    name, column = rule.limit.reference, rule.limit.column
    known = (BEST, *candidates.names, *(("parent",) if candidates.parent is not None else ()))
    if name not in known and name not in candidates.incomplete:
        expected = f"a number, or one of: {', '.join(known)}"
        raise error_at(rule.text, column, f"no model {name!r}", expected, suggest(name, known))
    return candidates.index(name)


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


def undefined_reason(found: Measurement, at: int) -> str:
    """Why a candidate has no value of a quantity."""
    return f"{found.name} was not measured: {found.unknown[at]}" if found.unknown else f"{found.name} is undefined"


def _reason(rule: Requirement, found: Measurement, at: int, bound: float) -> str:
    name, value = rule.quantity.text, float(found.values[at])
    if not math.isfinite(value):
        return undefined_reason(found, at)
    if not math.isfinite(bound):
        return f"{rule.limit.reference} of {name} {'was not measured' if found.unknown else 'is undefined'}"
    is_, limit = formatting.distinct(value, bound, found.quantity.unit)
    return f"{name} is {is_}, not {rule.operator} {limit}"
