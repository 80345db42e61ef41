"""The difference of two systems on one metric, as something that gives bounds and p-values at any level.

Accuracy and its kin on the same items: Tango's score method, for clusters on effective counts with Student's t. Everything
else: bootstrap draws over units, the same resamples for both systems and for all metrics.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from operator import ne
from typing import Literal, Protocol

import numpy as np
from scipy.special import ndtr

from benchwright.comparison.pairing import Pairing
from benchwright.comparison.swaps import randomised
from benchwright.metrics.columns import Floats, Metric
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.clustered import effective_pairs
from benchwright.stats.paired import mcnemar, tango_bound, tango_p, upper_quantile

Bound = Literal["lower", "upper"]
Tail = Literal["greater", "less"]

_NONE = 1e-12
_FEW = 10
"""With fewer differing answers a bootstrap of them is too sure: one item won in twenty never gives a loss."""


class Contrast(Protocol):
    """A difference, second minus first."""

    @property
    def value(self) -> float:
        """The difference itself; NaN where one side is undefined."""
        ...

    @property
    def se(self) -> float | None:
        """Standard error; None where nothing estimates it."""
        ...

    @property
    def method(self) -> str:
        """How bounds are made."""
        ...

    @property
    def test(self) -> str:
        """How the two-sided p is made."""
        ...

    @property
    def flags(self) -> tuple[str, ...]:
        """What a reader must know."""
        ...

    def bound(self, alpha: float, side: Bound) -> float | None:
        """One-sided (1 - alpha) bound; None where there is none."""
        ...

    def p(self, delta0: float, tail: Tail) -> float | None:
        """One-sided p at H0: difference = delta0, for evidence that it is ``greater`` or ``less``."""
        ...

    def p_two_sided(self) -> float | None:
        """Two-sided p at H0: no difference."""
        ...


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Items that one side alone has right: ``b`` the second, ``c`` the first, of ``n``; effective counts for clusters."""

    b: float
    c: float
    n: float
    df: int | None = None
    flags: tuple[str, ...] = ()
    randomise: Callable[[], float] | None = None

    @property
    def value(self) -> float:
        """(b - c) / n."""
        return (self.b - self.c) / self.n

    @property
    def se(self) -> float | None:
        """Wald standard error of independent or effective pairs."""
        return float((max((self.b + self.c) / self.n - self.value**2, 0.0) / self.n) ** 0.5)

    @property
    def method(self) -> str:
        """Tango, with clusters or without."""
        return "tango" if self.df is None else "tango-clustered"

    @property
    def test(self) -> str:
        """Exact McNemar for independent items, else answers swapped by cluster (the score test has no few clusters)."""
        if self.df is None:
            return "exact McNemar"
        return "clustered score test" if self.randomise is None else "randomisation"

    def bound(self, alpha: float, side: Bound) -> float | None:
        """Tango's one-sided bound."""
        return tango_bound(self.b, self.c, self.n, alpha, side, df=self.df)

    def p(self, delta0: float, tail: Tail) -> float | None:
        """P of the score test; a delta0 that no difference can reach is settled."""
        if abs(delta0) >= 1:
            return 0.0 if (delta0 <= -1) == (tail == "greater") else 1.0
        return tango_p(self.b, self.c, self.n, delta0, tail, df=self.df)

    def p_two_sided(self) -> float | None:
        """Exact McNemar for independent items, else the score test twice."""
        if self.df is None:
            return mcnemar(round(self.b), round(self.c))
        if self.randomise is not None:
            return self.randomise()
        if self.b == self.c:
            return 1.0
        return float(min(1.0, 2 * min(self.p(0.0, "greater") or 0.0, self.p(0.0, "less") or 0.0)))


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """Bootstrap draws of a difference.

    Attributes:
        value: The difference on the items.
        draws: Of the difference (R), undefined ones left out.
        units: Independent units.
        width: Highest minus lowest value of the metric; infinite where there is none.
        randomise: Makes the two-sided p of approximate randomisation; None where the metric is not made of sums.
        of: Resamples asked for.
        changed: Units that the two answer differently; None where that is unknown or means nothing.
    """

    value: float
    draws: Floats
    units: int
    width: float
    of: int
    randomise: Callable[[], float] | None = None
    changed: int | None = None
    extra: tuple[str, ...] = ()

    @property
    def se(self) -> float | None:
        """Standard deviation of the draws."""
        return float(self.draws.std(ddof=1)) if self.draws.size > 1 else None

    @property
    def method(self) -> str:
        """Paired bootstrap, or what stands in for it without spread."""
        return f"paired bootstrap {self.of:,}" if not self._is_flat else "unseen differences"

    @property
    def test(self) -> str:
        """Approximate randomisation, or the bootstrap draws."""
        return f"randomisation {self.of:,}" if self.randomise else "bootstrap"

    @property
    def flags(self) -> tuple[str, ...]:
        """Undefined resamples; no spread."""
        lost = self.of - self.draws.size
        told = (f"{lost} of {self.of} resamples are undefined and left out",) if lost else ()
        flat = ("no resample differs: bounds from differences not seen",) if self._is_flat else ()
        rare = (f"{_few(self.changed or 0)}: bounds allow for differences not seen",) if self._is_rare else ()
        return (*self.extra, *told, *flat, *rare)

    @property
    def _is_flat(self) -> bool:
        return not self.draws.size or float(np.ptp(self.draws)) <= _NONE

    @property
    def _is_rare(self) -> bool:
        """Whether so few answers differ that resamples of them say little about those that were not seen."""
        return not self._is_flat and self.changed is not None and self.changed < _FEW and math.isfinite(self.width)

    def bound(self, alpha: float, side: Bound) -> float | None:
        """Percentile bound, tail widened for few units (Hesterberg 2015); without spread what z^2 unseen units allow."""
        if self.units < 2 or 2 * self.draws.size < self.of or not math.isfinite(self.value):
            return None
        sign = -1 if side == "lower" else 1
        quantile = upper_quantile(alpha, self.units - 1)
        unseen = self.value + sign * quantile**2 / (self.units + quantile**2) * self.width
        unseen = min(max(unseen, -self.width), self.width)
        if self._is_flat:
            return None if math.isinf(self.width) else unseen
        tail = float(ndtr(-((self.units / (self.units - 1)) ** 0.5) * quantile))
        found = float(np.quantile(self.draws, tail if side == "lower" else 1 - tail))
        ends = (found, self.value, *((unseen,) if self._is_rare else ()))
        return float(min(ends) if side == "lower" else max(ends))

    def p(self, delta0: float, tail: Tail) -> float | None:
        """Share of draws on the other side of delta0, never below 1 / (R + 1)."""
        if self.units < 2 or 2 * self.draws.size < self.of or not math.isfinite(self.value):
            return None
        if self._is_flat:
            return self._flat_p(delta0, tail)
        beyond = self.draws <= delta0 if tail == "greater" else self.draws >= delta0
        p = float((1 + beyond.sum()) / (self.draws.size + 1))
        return max(p, self._flat_p(delta0, tail) or 0.0) if self._is_rare else p

    def p_two_sided(self) -> float | None:
        """Approximate randomisation for metrics made of sums, else twice the smaller share of draws beyond 0."""
        if self.randomise is not None and math.isfinite(self.value):
            return self.randomise()
        up, down = self.p(0.0, "greater"), self.p(0.0, "less")
        return None if up is None or down is None else float(min(1.0, 2 * min(up, down)))

    def _flat_p(self, delta0: float, tail: Tail) -> float | None:
        """The level at which the bound of unseen differences meets delta0: u = z^2 / (U + z^2) gives z."""
        distance = (self.value - delta0) * (1 if tail == "greater" else -1)
        if math.isinf(self.width):
            return None
        if distance <= 0:
            return 1.0
        share = min(distance / self.width, 1 - 1e-9)
        return float(ndtr(-((share * self.units / (1 - share)) ** 0.5)))


def contrast(pairing: Pairing, metric: str, first: int = 0, second: int = 1) -> Contrast:
    """The difference of two systems of a pairing on a metric, or on ``score``.

    Raises:
        NotComparable: The task has no such metric.
    """
    members = pairing.task.score_metrics if metric == "score" else (metric,)
    if len(members) == 1:
        found = pairing.metric(members[0])
        if pairing.n and found.proportion:
            pairs = _pairs(pairing, found, first, second)
            if pairs is not None:
                return pairs
    return _drawn(pairing, metric, first, second)


def _pairs(pairing: Pairing, metric: Metric, first: int, second: int) -> Pairs | None:
    """Counts of a share of items, each tried by both sides or by neither; None for shares of something else."""
    assert metric.share is not None
    assert metric.basis is not None
    shares = []
    for system in (first, second):
        rows = pairing.columns[system].rows(metric.basis)
        hits, trials = metric.share(rows.values, pairing.task)
        shares.append((np.asarray(hits)[rows.codes], np.asarray(trials)[rows.codes]))
    (one, tried), (other, tried_too) = shares
    if not np.array_equal(tried, tried_too) or not np.isin(tried, (0.0, 1.0)).all() or not tried.any():
        return None
    up, down = np.maximum(other - one, 0.0), np.maximum(one - other, 0.0)
    codes = pairing.columns[first].cluster_codes
    if codes is None:
        return Pairs(b=float(up.sum()), c=float(down.sum()), n=float(tried.sum()))
    by_unit = sum_by_cluster(np.stack([up, down, tried], axis=1), codes)
    by_unit = by_unit[by_unit[:, 2] > 0]
    if len(by_unit) < 2:
        return None
    if (by_unit[:, 2] == 1).all():
        return Pairs(b=float(up.sum()), c=float(down.sum()), n=float(tried.sum()))
    found = effective_pairs(by_unit[:, 0], by_unit[:, 1], by_unit[:, 2])
    few = (f"only {len(by_unit)} independent clusters",) if len(by_unit) < 30 else ()
    swaps = randomised(pairing, metric.name, first, second)
    return Pairs(b=found.b, c=found.c, n=found.n, df=found.df, flags=few, randomise=swaps)


def _drawn(pairing: Pairing, metric: str, first: int, second: int) -> Drawn:
    members = pairing.task.score_metrics if metric == "score" else (metric,)
    metrics = [pairing.metric(name) for name in members]
    width = float(np.mean([m.high - m.low for m in metrics]))
    if not pairing.n:
        return Drawn(value=math.nan, draws=np.empty(0), units=0, width=width, of=pairing.resamples)
    value = pairing.value(second, metric) - pairing.value(first, metric)
    draws = pairing.draws(metric)
    found = draws[second] - draws[first]
    few = (f"only {pairing.units} independent units",) if pairing.units < 30 else ()
    return Drawn(
        value=value,
        draws=found[np.isfinite(found)],
        units=pairing.units,
        width=width,
        of=pairing.resamples,
        changed=count_changed(pairing, first, second),
        randomise=randomised(pairing, metric, first, second),
        extra=few,
    )


def count_changed(pairing: Pairing, first: int, second: int) -> int:
    """Units that two systems answer differently."""

    def count() -> int:
        one, other = pairing.columns[first], pairing.columns[second]
        changed = np.fromiter(map(ne, one.outputs, other.outputs), bool, one.n)
        codes = one.cluster_codes
        return int(changed.sum()) if codes is None else len(np.unique(codes[changed]))

    found: int = pairing.remember(("changed", first, second), count)
    return found


def _few(changed: int) -> str:
    return {0: "no answer differs", 1: "only 1 answer differs"}.get(changed, f"only {changed} answers differ")
