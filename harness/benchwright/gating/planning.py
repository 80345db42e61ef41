"""What a gate can tell before anybody relies on it: smallest margins and power, from stored disagreement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchwright import formatting
from benchwright.comparison.flips import rightness
from benchwright.comparison.pairing import Pairing
from benchwright.errors import BenchwrightError, ConfigError, NotComparable
from benchwright.gating.gain import Gain
from benchwright.gating.ground import Ground, is_same_model
from benchwright.gating.paired import gain_of, pairing_of
from benchwright.gating.rules import Rule, RuleKind, Rules
from benchwright.gating.tasks import quantity_on, tasks_with
from benchwright.quantities import Unit, positive_of
from benchwright.stats.power import design_effect
from benchwright.types import Frozen

Differences = NDArray[np.float64]

_PLANNED = (RuleKind.NONINFERIORITY, RuleKind.EQUIVALENCE)


class Outlook(Frozen, frozen=True, kw_only=True):
    """What one rule can tell on one task.

    Attributes:
        rule: Id of the rule.
        path: ``suite/task``.
        metric: As the rule calls it.
        positive: The label that the metric is about; None for metrics about all of them.
        n: Items.
        clusters: Independent units.
        discordance: Share of items that exactly one of the two has right; None where right and wrong mean nothing.
        icc: Intra-cluster correlation of those differences; None without clusters or where it cannot be seen.
        margin: The rule's.
        mde: Smallest margin that equal models pass with 80 % power.
        least: Margin that models agreeing on every item just fail; None where no formula tells.
        power: Chance that equal models, disagreeing like these, pass.
        value_unit: What margins are measured in.
        reason: Why nothing can be said.
    """

    rule: str
    path: str
    metric: str
    positive: str | None = None
    n: int = 0
    clusters: int = 0
    discordance: float | None = None
    icc: float | None = None
    margin: float = 0.0
    mde: float | None = None
    least: float | None = None
    power: float | None = None
    value_unit: Unit = "fraction"
    reason: str = ""


def plan(rules: Rules, ground: Ground) -> tuple[Outlook, ...]:
    """One outlook for each margin that is to be shown, and task."""
    return tuple(outlook for rule in rules.rules if rule.kind in _PLANNED for outlook in _rule(rule, ground))


def refuse_impossible(outlooks: Sequence[Outlook], *, where: str) -> None:
    """Raise ConfigError for margins that even models agreeing on every item could not pass."""
    problems = [
        BenchwrightError(
            f"rule {one.rule!r} on {one.path}: {one.n:,} items cannot show a margin of "
            f"{formatting.points(one.margin, one.value_unit)}, even for models that agree on every one",
            expected=f"a margin above {formatting.points(one.least, one.value_unit)}",
            hint=f"margin = {one.mde:.4f} has 80 % power" if one.mde else "",
        )
        for one in outlooks
        if one.least is not None and one.least >= one.margin
    ]
    if problems:
        raise ConfigError(problems, where=where)


def _rule(rule: Rule, ground: Ground) -> Iterable[Outlook]:
    for path in tasks_with(rule, ground):
        try:
            pairing = pairing_of(rule, ground, path)
            yield _outlook(rule, pairing, _alike(rule, pairing, ground))
        except NotComparable as error:
            yield Outlook(rule=rule.id, path=path, metric=rule.metric, margin=rule.margin, reason=error.given)


def _outlook(rule: Rule, pairing: Pairing, reason: str) -> Outlook:
    gain = gain_of(pairing, rule.metric)
    sides = 2 if rule.kind is RuleKind.EQUIVALENCE else 1
    differences = _differences(pairing)
    return Outlook(
        rule=rule.id,
        path=pairing.path,
        metric=rule.metric,
        positive=positive_of(rule.metric, pairing.task, rule.slice),
        n=pairing.n,
        clusters=pairing.n_clusters if pairing.n else 0,
        discordance=None if differences is None else float(np.abs(differences).mean()),
        icc=_icc(differences, pairing),
        margin=rule.margin,
        mde=gain.mde(rule.alpha, 1 - (1 - 0.8) / sides),
        least=gain.least(rule.alpha),
        power=_power(gain, rule, sides),
        value_unit=quantity_on(rule, pairing).unit,
        reason=reason,
    )


def _alike(rule: Rule, pairing: Pairing, ground: Ground) -> str:
    """What to say of identical answers: those of two models are no proof that the next ones are identical too."""
    if not pairing.is_identical(0, 1):
        return ""
    same = is_same_model(pairing, ground, rule.against)
    return "the same model: any margin passes" if same else "identical answers of two models"


def _differences(pairing: Pairing) -> Differences | None:
    """1 where only the candidate is right, -1 where only the reference is."""
    one, other = (rightness(pairing, system) for system in (0, 1)) if pairing.n else (None, None)
    return None if one is None or other is None else other.astype(np.float64) - one.astype(np.float64)


def _icc(differences: Differences | None, pairing: Pairing) -> float | None:
    """Intra-cluster correlation of the differences; None without clusters, or where hardly any holds several items."""
    codes = pairing.columns[0].cluster_codes if pairing.n else None
    if differences is None or codes is None:
        return None
    try:
        found = design_effect(differences, codes).icc
    except BenchwrightError:
        return None
    return found if found is not None and abs(found) <= 1 else None


def _power(gain: Gain, rule: Rule, sides: int) -> float | None:
    """Chance that equal models pass; for equivalence both one-sided tests must (a bound: 1 - 2 (1 - power))."""
    power = gain.power(rule.margin, rule.alpha)
    return None if power is None else max(0.0, 1 - sides * (1 - power))
