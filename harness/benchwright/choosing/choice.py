"""From a field and a question to a selection."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from benchwright.choosing.case import (
    Case,
    Question,
    chances_of,
    level_with,
    make_case,
    optimism_of,
    order_of,
    sensitivity_of,
    ties_of,
    unmeasured_in,
)
from benchwright.choosing.chances import Chances
from benchwright.choosing.field import Field
from benchwright.choosing.judging import judge, refuse_contradictions, remarks_on, undefined_reason
from benchwright.choosing.keeping import kept_of, saved_of
from benchwright.choosing.measured import Measured
from benchwright.choosing.measuring import Gauge
from benchwright.choosing.outcome import SCHEMA, Goal, Partial, Selection, Standing
from benchwright.choosing.parsing import mistake
from benchwright.choosing.rules import Quantity, Rule
from benchwright.choosing.scope import is_unmeasured, spread
from benchwright.choosing.ties import Ties
from benchwright.choosing.weighing import Sensitivity, knee
from benchwright.comparison.attempts import count_attempts
from benchwright.comparison.sides import alarms_of
from benchwright.errors import NotComparable
from benchwright.items import count, noun
from benchwright.quantities import positive_of
from benchwright.stats.selection import non_dominated

_FEW_UNITS = 30


def choose(arena: Field, question: Question, gauge: Gauge, *, ignore_unmeasured: bool = False) -> Selection:
    """The selection. Raises BenchwrightError where the question does not fit the field, NotComparable."""
    rules = [rule for rule in question.rules if not is_unmeasured(rule.quantity)]
    unmeasured = [rule.text for rule in question.rules if is_unmeasured(rule.quantity)]
    for quantity, _ in question.goals:
        if is_unmeasured(quantity):
            raise NotComparable(
                f"{quantity.text} is not measured",
                expected="an objective that is: a metric of the tasks, size_bytes, parameters or seconds_per_example",
                hint="--minimize seconds_per_example is the time of predicting that every run keeps",
            )
    each = [
        rule_about(rule, quantity) for rule in rules for quantity in spread(rule.quantity, gauge.paths(rule.quantity))
    ]
    goals = [quantity for quantity, _ in question.goals]
    for quantity in (*goals, *(rule.quantity for rule in each)):
        gauge.ask(quantity)
    if arena.parent is not None:
        for path in arena.tasks:
            gauge.needs.add(path, "score")
    gauge.draw()
    measured = tuple(gauge.measure(quantity) for quantity in goals)
    _check_directions(question, measured)
    asked = [(rule, gauge.measure(rule.quantity)) for rule in each]
    refuse_contradictions(asked)
    judged = tuple(judge(rule, quantity, arena) for rule, quantity in asked)
    known = tuple(one for one in judged if not one.unknown[: arena.candidates].all())
    unmeasured += [one.rule.text for one in judged if one not in known]
    case = make_case(arena, question, measured, known)
    open_ = unmeasured_in(case)
    if open_ and ignore_unmeasured:  # rules may be left out, objectives may not
        unmeasured += [one.rule.text for one in known if one.rule.text in open_]
        case = make_case(arena, question, measured, tuple(one for one in known if one.rule.text not in open_))
        open_ = unmeasured_in(case)
    found = _conclude(case, gauge)
    flags = (
        *(text for rule, quantity in asked for text in remarks_on(rule, quantity)),
        *found.flags,
        *(flag for _, quantity in asked for flag in quantity.flags),
    )
    if unmeasured:
        told = tuple(f"not measured: {text}" for text in unmeasured)
        flags = (*flags, *told, *(("rules that are not measured were left out",) if ignore_unmeasured else ()))
    if open_:
        flags = (*flags, *(f"not measured: {text}" for text in open_))
    unmeasured += open_
    found = msgspec.structs.replace(
        found, unmeasured=tuple(dict.fromkeys(unmeasured)), flags=tuple(dict.fromkeys(flags))
    )
    if open_ or (unmeasured and not ignore_unmeasured):
        return _invalid(found)
    return found


def rule_about(rule: Rule, quantity: Quantity) -> Rule:
    """The rule about one task of an ``each:``."""
    if quantity is rule.quantity:
        return rule
    return Rule(text=rule.text, quantity=quantity, operator=rule.operator, limit=rule.limit)


def _check_directions(question: Question, measured: Sequence[Measured]) -> None:
    for (quantity, high), found in zip(question.goals, measured, strict=True):
        if high != found.higher:
            better, verb = ("higher", "maximize") if found.higher else ("lower", "minimize")
            raise mistake(quantity.text, 0, f"{better} values of {quantity.text} are better", f"--{verb}")


def _conclude(case: Case, gauge: Gauge) -> Selection:
    arena = case.arena
    order = order_of(case)
    winner = order[0] if case.feasible.any() else None
    chance = chances_of(case)
    tie = None if winner is None else ties_of(case, winner)
    safe = sensitivity_of(case, winner)
    optimism, if_equal = (None, None) if winner is None else optimism_of(case, chance)
    standings = _standings(case, order, chance, tie)
    paths = tuple(arena.tasks)
    first = case.goals[0]
    return Selection(
        schema=SCHEMA,
        verdict="none feasible" if winner is None else "chosen",
        winner=None if winner is None else arena.names[winner],
        level=() if winner is None else level_with(case, winner),
        goals=tuple(_goal(case, number, safe) for number in range(len(case.goals))),
        rules=tuple(rule.text for rule in case.question.rules),
        standings=standings,
        partial=tuple(Partial(model=name, reason=why) for name, why in arena.partial.items()),
        parent="" if arena.parent is None else arena.names[arena.parent],
        kept=()
        if arena.parent is None or not first.paths
        else tuple(kept_of(arena, first, case.question.goals[0][0], gauge)),
        saved=() if arena.parent is None else tuple(saved_of(arena, gauge)),
        weight_share=None if safe is None else safe.share,
        attempts=count_attempts(arena.sides, paths),
        optimism=optimism,
        optimism_if_equal=if_equal,
        paths=paths,
        family=0 if tie is None else tie[1].pairs,
        n={path: arena.pairing(path).n for path in case.arena.measured},
        units={path: arena.pairing(path).n_clusters for path in case.arena.measured},
        resamples=arena.resamples,
        seed=arena.seed,
        alarms=alarms_of(arena.sides, {path: gauge.needs.metrics.get(path, ()) for path in paths}),
        flags=tuple(_flags(case, gauge)),
    )


def _standings(
    case: Case,
    order: Sequence[int],
    chance: Chances | None,
    tie: tuple[list[int], Ties] | None,
) -> tuple[Standing, ...]:
    front = np.zeros(case.value.size, dtype=np.bool_)
    rows = np.flatnonzero(case.feasible)
    bend = None
    if rows.size:
        front[rows] = non_dominated(case.values[:, rows].T)
        on_front = np.flatnonzero(front)
        at = knee(case.values[:, on_front])
        bend = None if at is None else int(on_front[at])
    return tuple(_standing(case, at, chance, tie, front=bool(front[at]), is_knee=at == bend) for at in order)


def _standing(
    case: Case, at: int, chance: Chances | None, tie: tuple[list[int], Ties] | None, *, front: bool, is_knee: bool
) -> Standing:
    values = {goal.text: _known(goal.values[at]) for goal in case.goals}
    undefined = [undefined_reason(goal, at) for goal in case.goals if not math.isfinite(goal.values[at])]
    found = Standing(
        model=case.arena.names[at],
        values=values,
        feasible=bool(case.feasible[at]),
        reasons=tuple(dict.fromkeys([*undefined, *(one.reasons[at] for one in case.judged if one.reasons[at])])),
        front=front,
        knee=is_knee,
        utility=None if case.table is None else _known(case.value[at]),
    )
    if chance is not None:
        found = msgspec.structs.replace(
            found,
            p_feasible=float(chance.feasible[at]),
            p_front=float(chance.front[at]),
            p_best=float(chance.best[at]),
            p_best_if_feasible=_known(chance.best_if_feasible[at]),
        )
    if tie is None or at not in tie[0]:
        return found
    row, ends = tie[0].index(at), tie[1]
    return msgspec.structs.replace(
        found,
        behind=_known(ends.behind[row]),
        low=_known(ends.low[row]),
        high=_known(ends.high[row]),
        p_adjusted=_known(ends.p[row]),
        tied=bool(ends.tied[row]),
    )


def _goal(case: Case, number: int, safe: Sensitivity | None) -> Goal:
    found = case.goals[number]
    low, high = (None, None) if safe is None else safe.ranges[number]
    return Goal(
        text=found.text,
        direction="maximize" if found.higher else "minimize",
        value_unit=found.unit,
        weight=None if case.question.weights is None else case.question.weights[number],
        weight_low=low,
        weight_high=high,
        paths=found.paths,
    )


def _flags(case: Case, gauge: Gauge) -> list[str]:
    arena, found = case.arena, list[str]()
    for goal in case.goals:
        found += goal.flags
    for path, metrics in gauge.needs.metrics.items():
        labels = {name: positive_of(name, arena.tasks[path]) for name in metrics}
        found += [f"{path}: {name} is that of {label!r}" for name, label in labels.items() if label is not None]
    for path in arena.measured:
        pairing = arena.pairing(path)
        found += [f"{path}: {flag}" for flag in pairing.flags]
        found += [
            f"{path}: {count(silent, noun(pairing.task))} without an answer by {name} count as wrong"
            for name, silent in arena.silent(path).items()
        ]
        if pairing.n_clusters < 2:
            found.append(f"{path}: one independent unit, nothing tells how sure this is")
        elif pairing.n_clusters < _FEW_UNITS:
            found.append(f"{path}: only {pairing.n_clusters} independent units")
        limit = arena.sides[0].store.read_cell(str(pairing.cells[0].key)).key.limit
        if limit is not None:
            found.append(f"{path}: first {limit:,} rows only: not a benchmark score")
    found += [
        f"{side.label} and {', '.join(side.also)} are one model, counted once" for side in arena.sides if side.also
    ]
    found += [f"{side.label}: mean of {len(side.models)} seeds" for side in arena.sides if side.is_recipe]
    for drawn in case.draws:
        lost = int((~np.isfinite(drawn)).any(axis=0).sum()) if drawn.shape[1] > 1 else 0
        if lost and np.isfinite(case.values).all():
            found.append(
                f"{lost:,} of {arena.resamples:,} resamples leave an objective undefined: nobody is best in them for it"
            )
    return list(dict.fromkeys(found))


def _invalid(found: Selection) -> Selection:
    """Nothing is chosen where a rule cannot be judged: feasible would mean less than was asked."""
    standings = tuple(
        msgspec.structs.replace(
            one, feasible=False, front=False, tied=False, knee=False, behind=None, low=None, high=None, p_adjusted=None,
            p_feasible=None, p_front=None, p_best=None, p_best_if_feasible=None,
            reasons=(
                *one.reasons,
                *(f"not measured: {text}" for text in found.unmeasured if not any(text.split(" ")[0] in why for why in one.reasons)),
            ),
        )
        for one in found.standings
    )  # fmt: skip
    return msgspec.structs.replace(
        found, verdict="invalid", winner=None, level=(), standings=standings, optimism=None, optimism_if_equal=None
    )


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
