"""Agreement beyond chance between answers and gold, used to detect permuted labels and shifted rows.

The statistic is the correlation of Gorodkin (2004), R_K: the multi-class MCC of answers and gold, Pearson's correlation
of numbers, and for label sets the same sum of covariances over labels. Its denominator does not depend on how labels
are named, so the naming that agrees best is a linear assignment. Accuracy does not have this property: if one class is common,
a permutation can raise accuracy and lower agreement.

An association counts as *clear* when it is above `WEAK` by a score test: with the variance that the same margins have
where the association is exactly `WEAK`, clusters of items counted as they vary, and the level divided by the number of
readings that could rival each other: shifts that were looked at, other labels that the answers of one label may go to. (By
all namings it would be divided by 719 for six labels, though few of them can come near the best: swaps of able systems
on skewed gold were missed.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, ndtri_exp, stdtr

from benchwright.stats.bootstrap import sum_by_cluster

Codes = NDArray[np.intp]
Floats = NDArray[np.float64]

WEAK = 0.3
"""Systems that agree with gold no better than this under any naming are weak, whatever they are called."""
LEVEL = 0.01
CLEARLY = 0.1
"""How much better than as given another reading must agree."""


@dataclass(frozen=True)
class Naming:
    """Answers renamed one to one.

    Attributes:
        names: Gold number of each answer number.
        given: Agreement beyond chance of the answers as they are.
        renamed: Agreement beyond chance with the other names.
    """

    names: Codes
    given: float
    renamed: float


def best_naming(said: Codes, gold: Codes, size: int, units: Codes | None) -> Naming | None:
    """The permutation of labels under which answers agree with gold significantly better than as given; None if there is none.

    Names move in cycles (``a<->b``, ``a->b->c->a``); a cycle is kept when its answers are right more often than as given
    by an exact sign test (by Student's t where items share units).

    Args:
        said: Label numbers answered (n).
        gold: Label numbers of gold (n).
        size: Number of labels.
        units: Unit of each item (n); None: items are independent.
    """
    table = _table(said, gold, size)
    excess = _excess(table)
    if excess is None:
        return None
    weights, scale = excess
    seen = int(((table.sum(axis=0) + table.sum(axis=1)) > 0).sum())
    names = np.arange(size)
    for cycle in _cycles(_assigned(weights)):
        moving, to = np.array(cycle).T
        if _cycle_gains(table, moving, to, (said, gold, units), _level(seen, len(moving))):
            names[moving] = to
    given, renamed = (float(weights[np.arange(size), column].sum()) / scale for column in (np.arange(size), names))
    rivals = math.log(max(seen - 1, 1))
    if renamed - given < CLEARLY or not is_clear(names[said], gold, size, units, log_tries=rivals):
        return None
    return Naming(names, given, renamed)


def is_clear(
    said: Codes, gold: Codes, size: int, units: Codes | None, *, above: float = WEAK, log_tries: float = 0.0
) -> bool:
    """Whether agreement beyond chance is clearly ``above`` that; ``log_tries``: log of how many readings were looked at."""
    table = _table(said, gold, size)
    excess = _excess(table)
    if excess is None:
        return False
    total = float(table.sum())
    value = float(np.trace(excess[0])) / excess[1]
    if value <= above:
        return False
    influence = _influence(table / total, value)
    null = _shrunk(table / total, above / value)
    variance = float((null * _influence(null, above) ** 2).sum()) * _design_effect(influence, said, gold, units)
    return (value - above) > _needed(log_tries, units) * math.sqrt(variance / total)


def _needed(log_tries: float, units: Codes | None) -> float:
    """The quantile that an association must pass, at `LEVEL` shared by all readings; Student's t of few units, nearly."""
    z = -float(ndtri_exp(math.log(LEVEL) - log_tries))
    return z if units is None else z * (1 + (z * z + 1) / (4 * max(int(units.max()), 1)))


def _table(said: Codes, gold: Codes, size: int) -> Floats:
    return np.bincount(said * size + gold, minlength=size * size).reshape(size, size).astype(np.float64)


def _log_others(size: int) -> float:
    """Log of the number of namings other than the one given: k! - 1."""
    return math.log(math.factorial(size) - 1) if size <= 20 else math.lgamma(size + 1)


def agreement(said: Codes, gold: Codes, size: int) -> float:
    """Agreement beyond chance of codes: the multi-class MCC; 0 where one side never varies."""
    excess = _excess(_table(said, gold, size))
    return float(np.trace(excess[0])) / excess[1] if excess is not None else 0.0


def products(said: Floats, gold: Floats) -> Floats:
    """Contribution of each row of numbers or label sets (n, k) to their covariance (n)."""
    found: Floats = ((said - said.mean(axis=0)) * (gold - gold.mean(axis=0))).sum(axis=1)
    return found


def correlation(said: Floats, gold: Floats) -> float:
    """Agreement beyond chance of numbers (n, 1), which is Pearson's correlation, or of label sets (n, k)."""
    scale = math.sqrt(float(products(said, said).mean()) * float(products(gold, gold).mean()))
    return float(products(said, gold).mean()) / scale if scale > 0 else 0.0


def is_correlated(
    said: Floats, gold: Floats, units: Codes | None, *, above: float = WEAK, log_tries: float = 0.0
) -> bool:
    """`is_clear` of numbers and label sets, by Fisher's z with the rows' design effect."""
    value = correlation(said, gold)
    if value <= above:
        return False
    both, mine, theirs = products(said, gold), products(said, said), products(gold, gold)
    scale = math.sqrt(float(mine.mean()) * float(theirs.mean()))
    influence = both / scale - value / 2 * (mine / mine.mean() + theirs / theirs.mean())
    effective = len(said) / design_effect(influence, units)
    if effective <= 3:
        return False
    distance = math.atanh(min(value, 1 - 1e-12)) - math.atanh(above)
    return distance * math.sqrt(effective - 3) > _needed(log_tries, units)


def best_set_naming(said: Floats, gold: Floats, units: Codes | None) -> Naming | None:
    """`best_naming` of label sets (n, labels)."""
    size = said.shape[1]
    inner = said - said.mean(axis=0), gold - gold.mean(axis=0)
    weights = inner[0].T @ inner[1]
    scale = math.sqrt(float((inner[0] ** 2).sum()) * float((inner[1] ** 2).sum()))
    if scale <= 0:
        return None
    names = np.arange(size)
    for cycle in _cycles(_assigned(weights / len(said))):
        moving, to = np.array(cycle).T
        gain = (inner[0][:, moving] * (inner[1][:, to] - inner[1][:, moving])).sum(axis=1)
        if sum_test(gain, units, _level(size, len(moving))):
            names[moving] = to
    given, renamed = (float(weights[np.arange(size), column].sum()) / scale for column in (np.arange(size), names))
    if renamed - given < CLEARLY or not is_correlated(said, gold[:, names], units, log_tries=_log_others(size)):
        return None
    return Naming(names, given, renamed)


def is_more_often(wins: float, losses: float, level: float) -> bool:
    """Whether there are more wins than losses, by an exact sign test at that level."""
    return wins > losses and float(bdtrc(round(wins) - 1, round(wins + losses), 0.5)) <= level


def sign_test(gain: Floats, units: Codes | None, level: float) -> bool:
    """Whether the gains of items (-1, 0, 1) are above 0 on the whole: exact where items are independent, else by t."""
    if units is None:
        return is_more_often(float((gain > 0).sum()), float((gain < 0).sum()), level)
    return sum_test(gain, units, level)


def sum_test(gain: Floats, units: Codes | None, level: float) -> bool:
    """Whether gains of any size are above 0 on the whole, by Student's t over units."""
    by_unit = sum_by_cluster(gain[:, None], units)[:, 0]
    spread = float(np.sqrt((by_unit**2).sum()))
    if len(by_unit) < 2 or not spread:
        return False
    return float(stdtr(len(by_unit) - 1, -float(by_unit.sum()) / spread)) <= level


def _excess(table: Floats) -> tuple[Floats, float] | None:
    """Agreement beyond chance of each (answer, gold), and the number that makes their sum a correlation."""
    total = table.sum()
    if not total:
        return None
    said, gold = table.sum(axis=1) / total, table.sum(axis=0) / total
    scale = math.sqrt(max((1 - float(said @ said)) * (1 - float(gold @ gold)), 0.0))
    if scale < 1e-12:
        return None
    return table / total - np.outer(said, gold), scale


def _assigned(weights: Floats) -> Codes:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(weights + 1e-9 * np.eye(len(weights)), maximize=True)
    names = np.empty(len(weights), dtype=np.intp)
    names[rows] = columns
    return names


def _cycles(names: Codes) -> Iterator[list[tuple[int, int]]]:
    """The cycles of a naming that move something, as (number, its other number)."""
    left = {int(number) for number in np.flatnonzero(names != np.arange(len(names)))}
    while left:
        at = min(left)
        cycle = []
        while at in left:
            left.discard(at)
            cycle.append((at, int(names[at])))
            at = int(names[at])
        yield cycle


def _cycle_gains(
    table: Floats, moving: Codes, to: Codes, items: tuple[Codes, Codes, Codes | None], level: float
) -> bool:
    """Whether answers of a cycle are right more often under their other names; ``items``: said, gold, units."""
    said, gold, units = items
    if units is None:
        return is_more_often(float(table[moving, to].sum()), float(table[moving, moving].sum()), level)
    names = np.full(len(table), -1)
    names[moving] = to
    gain = np.where(names[said] >= 0, (names[said] == gold).astype(np.float64) - (said == gold), 0.0)
    return sum_test(gain, units, level)


def _level(size: int, length: int) -> float:
    """The level of one cycle: every length has the same share, and every cycle of that length."""
    cycles = math.lgamma(size + 1) - math.lgamma(max(size - length, 0) + 1) - math.log(length)  # k! / (k - m)! / m
    return math.exp(math.log(LEVEL) - math.log(max(size - 1, 1)) - max(cycles, 0.0))


def _influence(shares: Floats, value: float) -> Floats:
    """How much one more item in each cell of a table of shares would move its agreement beyond chance, times n."""
    said, gold = shares.sum(axis=1), shares.sum(axis=0)
    a, b = 1 - float(said @ said), 1 - float(gold @ gold)
    chance = float(said @ gold)
    agreed = float(np.trace(shares))
    part = np.eye(len(shares)) - agreed - (gold[:, None] + said[None, :] - 2 * chance)
    widths = (said[:, None] - (1 - a)) / a + (gold[None, :] - (1 - b)) / b
    found: Floats = part / math.sqrt(a * b) + value * widths
    return found


def _shrunk(shares: Floats, by: float) -> Floats:
    """The table with the same margins and only this part of its association."""
    found: Floats = by * shares + (1 - by) * np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return found


def _design_effect(influence: Floats, said: Codes, gold: Codes, units: Codes | None) -> float:
    """Design effect of items that share units; with no variation, as if a unit were one item."""
    if units is None:
        return 1.0
    return design_effect(influence[said, gold], units)


def design_effect(of_item: Floats, units: Codes | None) -> float:
    """Design effect from the influence of each item."""
    if units is None:
        return 1.0
    by_unit = sum_by_cluster(of_item[:, None], units)[:, 0]
    alone = float((of_item**2).sum())
    if alone < 1e-9 * len(of_item):
        return len(of_item) / len(by_unit)
    return max(1.0, float((by_unit**2).sum()) / alone)
