"""The ratio of two models' times over blocks that were measured in turn: the median over blocks of log(t_B / t_A), with its bounds.

The bounds are order statistics of the blocks' ratios, which invert the sign test: they cover the median of any distribution with
at least the nominal confidence, need no draws, and give the same p for the same blocks. The percentile bootstrap over blocks ends at
neighbouring order statistics, but a rank or so too early. Measured coverage of nominal 95 % intervals and median width in
log(ratio), 2,000 samples each, percentile bootstrap / order statistics:

===================================  =================================  =================================  =================================
differences of blocks                8 blocks                           16 blocks                          30 blocks
===================================  =================================  =================================  =================================
normal, sd 0.1                       92.6 % / 99.5 %, .158 / .282       93.4 % / 98.1 %, .116 / .152       95.2 % / 96.4 %, .087 / .094
Student's t with 2 degrees           93.3 % / 99.1 %, .107 / .248       93.9 % / 98.3 %, .072 / .096       94.1 % / 95.6 %, .051 / .056
an effect of the order of +-0.15     91.6 % / 99.1 %, .304 / .356       92.8 % / 97.4 %, .285 / .305       94.7 % / 95.9 %, .270 / .276
a stall in a fifth of the blocks     92.4 % / 99.3 %, .048 / .884       94.4 % / 97.9 %, .031 / .041       94.7 % / 95.8 %, .021 / .024
===================================  =================================  =================================  =================================

The bootstrap mostly falls short, most with few blocks (``python benchmarks/interleaved.py coverage``), and a bound that is too
narrow is a false alarm; the price of the order statistics is width with fewer than some 16 blocks, and one tenth of it at 30.

Two processes of one model differ by more than their blocks show: where its code and data lie in memory is drawn once for each process, and
on one machine two processes were 3.6 % apart in every round, with a standard deviation of 1 %. So a session opens its processes anew
several times (*sets*), and `BlockRatio.beside` adds what sets differ by: d_p, the ratio of two copies of one model in set p, and how
far the sets of the ratio itself are from their mean r. With P sets the variance of a session's ratio from this is
(sum d_p^2 + sum (r_p - r)^2) / (2 P - 1) / P, and half of the width of an interval the root of the sum of squares of what blocks say
and of Student's quantile with 2 P - 1 degrees of freedom times its root (after Howe 1974, as in `seeds`). Measured coverage of
one-sided 95 % bounds, 3,000 samples each, processes and blocks normal: blocks alone / with the sets:

=====================================  =====================  =====================  =====================
sd in the logarithm                    16 rounds in 2 sets    30 rounds in 3 sets    60 rounds in 5 sets
=====================================  =====================  =====================  =====================
blocks 0.005, processes 0              95.8 % / 99.4 %        94.6 % / 99.0 %        95.2 % / 99.2 %
blocks 0.005, processes 0.01           76.1 % / 97.0 %        72.0 % / 96.2 %        72.5 % / 95.0 %
blocks 0.005, processes 0.03           75.4 % / 96.2 %        61.1 % / 94.7 %        72.9 % / 95.3 %
blocks 0.03, processes 0.01            93.0 % / 99.2 %        90.2 % / 99.0 %        89.1 % / 98.4 %
blocks 0.03, processes 0.03            81.2 % / 97.4 %        78.5 % / 96.7 %        78.0 % / 96.4 %
=====================================  =====================  =====================  =====================

What is asked of the blocks: differences that are independent and have one median. Blocks of a round run on the same inputs, one right
after another and in either order equally often, so that slow drift and what a place in the round adds cancel. Where differences of
neighbouring rounds of a set are still alike (`BlockRatio.autocorrelation`), the bounds are too narrow and a flag says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrc, betaincinv, ndtr, ndtri

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import finite, within
from benchwright.stats.difference import Bound, Tail
from benchwright.stats.intervals import upper_quantile

Floats = NDArray[np.float64]

FEWEST_BLOCKS = 6
"""Below this a two-sided 95 % interval of a median does not exist: 2 x (1/2)^5 is above 0.05."""

MOST_ROUNDS = 1000
"""Rounds that somebody may still measure."""

_QUARTILES = 1.3489795003921634
"""Distance of the quartiles of a standard normal distribution."""

_HALVINGS = 60
_DEEPEST = -15.0
"""Decimal logarithm of the smallest p that is told."""

_ALIKE = 2.0
"""Standard errors (1 / sqrt(K), under independence) from which on a correlation of neighbouring rounds is told."""


@dataclass(frozen=True, kw_only=True)
class ProcessSpread:
    """What a ratio varies by because its processes might have been others.

    Attributes:
        se: Standard error in the logarithm of the ratio over all sets.
        freedom: Its degrees of freedom.
    """

    se: float
    freedom: int

    def reach(self, alpha: float) -> float:
        """How far a one-sided (1 - alpha) bound lies away because of it."""
        return upper_quantile(alpha, self.freedom) * self.se if alpha > 0 else math.inf


@dataclass(frozen=True, kw_only=True, eq=False)
class BlockRatio:
    """Times of one model divided by those of another, block by block.

    Attributes:
        logs: log(t_B / t_A) in the order in which the rounds were measured (K).
        sets: Which set of fresh processes each round was measured in (K).
        processes: What the sets add to the bounds; None: nothing is known of it, and bounds are those of these very processes.
        flags: Notes for the reader.
    """

    logs: Floats
    sets: NDArray[np.int64]
    processes: ProcessSpread | None = None
    flags: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """How the bounds are made."""
        over = "order statistics over blocks"
        return over if self.processes is None else f"{over}, Student's t over {count_sets(self.sets)} sets of processes"

    @property
    def blocks(self) -> int:
        """Rounds that hold a block of both."""
        return int(self.logs.size)

    @property
    def value(self) -> float:
        """Median over rounds as a ratio, exp(median of ``logs``): 1.1 where the second takes a tenth longer."""
        return math.exp(float(np.median(self.logs)))

    @property
    def autocorrelation(self) -> float | None:
        """Correlation of neighbouring rounds (lag 1) of the differences' ranks, each less the median of its set; None where they do not vary or are fewer than 6.

        Ranks, since one stall would decide it otherwise.
        """
        if self.blocks < FEWEST_BLOCKS or np.ptp(self.logs) == 0:
            return None
        centred = self.logs.copy()
        for one in np.unique(self.sets):
            centred[self.sets == one] -= np.median(centred[self.sets == one])
        ranks = np.argsort(np.argsort(centred, kind="stable"), kind="stable").astype(np.float64)
        ranks -= ranks.mean()
        return float((ranks[1:] @ ranks[:-1]) / (ranks @ ranks))

    def bound(self, alpha: float, side: Bound) -> float | None:
        """One-sided (1 - alpha) bound of the ratio, for alpha up to 0.5; None where so few blocks have none (5 for alpha 0.05)."""
        rank = _rank(self.blocks, within("alpha", alpha, 0, 0.5, ends=True))
        if rank == 0:
            return None
        ordered = np.sort(self.logs)
        end = float(ordered[rank - 1] if side == "lower" else ordered[-rank])
        if self.processes is None:
            return math.exp(end)
        middle = float(np.median(self.logs))
        away = math.hypot(end - middle, self.processes.reach(alpha))
        return math.exp(middle - away if side == "lower" else middle + away)

    def interval(self, confidence: float = 0.95) -> tuple[float, float] | None:
        """Both ends at once, with half of the error on either side; None where so few blocks have none (6 for 95 %)."""
        low, high = (self.bound((1 - confidence) / 2, side) for side in ("lower", "upper"))
        return None if low is None or high is None else (low, high)

    def p(self, ratio: float, tail: Tail) -> float:
        """One-sided p at H0: the ratio is ``ratio``, of the sign test or, with what sets add, the level whose bound reaches it.

        At most alpha exactly if the bound at alpha is beyond it.

        Raises BenchwrightError unless ``ratio`` is above 0.
        """
        if not (math.isfinite(ratio) and ratio > 0):
            raise BenchwrightError(f"a ratio of {ratio!r}", expected="a number above 0")
        if self.processes is not None:
            return self._inverted(ratio, tail)
        null = math.log(ratio)
        beyond = int((self.logs > null).sum() if tail == "greater" else (self.logs < null).sum())
        return float(bdtrc(beyond - 1, self.blocks, 0.5)) if beyond else 1.0

    def _inverted(self, ratio: float, tail: Tail) -> float:
        sign = 1 if tail == "greater" else -1
        if sign * (self.value - ratio) < 0:
            return 1 - self._inverted(ratio, "less" if tail == "greater" else "greater")
        side: Bound = "lower" if tail == "greater" else "upper"

        def is_beyond(alpha: float) -> bool:
            bound = self.bound(alpha, side)
            return bound is not None and sign * (bound - ratio) > 0

        low, high = _DEEPEST, math.log10(0.5)
        if not is_beyond(0.5):
            return 0.5
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if is_beyond(10.0**middle) else (middle, high)
        return float(10.0**high)

    @property
    def set_medians(self) -> Floats:
        """Median of ``logs`` in each set of processes (P)."""
        return np.array([np.median(self.logs[self.sets == one]) for one in np.unique(self.sets)])

    def beside(self, noise: BlockRatio) -> BlockRatio:
        """The same ratio with bounds that allow for other processes.

        Args:
            noise: Of two copies of one model in the same rounds; itself where this is that ratio.
        """
        apart = noise.set_medians
        squares, freedom = float(apart @ apart), apart.size
        if noise is not self:
            own = self.set_medians
            squares, freedom = squares + float(((own - own.mean()) ** 2).sum()), freedom + own.size - 1
        sets = count_sets(self.sets)
        return replace(self, processes=ProcessSpread(se=math.sqrt(squares / freedom / sets), freedom=freedom))

    @property
    def spread(self) -> float:
        """Standard deviation of ``logs``, from their quartiles, which stalls do not move; 0 where half of the rounds agree."""
        low, high = np.quantile(self.logs, (0.25, 0.75))
        return float(high - low) / _QUARTILES

    def power(self, limit: float, alpha: float) -> float | None:
        """Chance that equal models, differing from round to round as these do, are shown to be below ``limit`` (above 1) in as many rounds.

        None where so few rounds show nothing.
        """
        rank = _rank(self.blocks, alpha)
        left = self._left(math.log(limit), alpha)
        return _chance(self.blocks, rank, left, self.spread) if rank else None

    def smallest_limit(self, alpha: float, power: float = 0.8) -> float | None:
        """The limit that equal models, differing as these do, are shown to be below with that power; None likewise."""
        rank = _rank(self.blocks, alpha)
        if not rank:
            return None
        share = float(betaincinv(self.blocks - rank + 1, rank, power))
        reach = 0.0 if self.processes is None else self.processes.reach(alpha)
        return math.exp(math.hypot(self.spread * float(ndtri(share)), reach))

    def rounds_to_tell(self, distance: float, alpha: float, power: float = 0.8) -> int | None:
        """Rounds that tell a ratio from a limit at that distance in the logarithm, at the spread of these and in as many sets of processes; None
        beyond `MOST_ROUNDS`.
        """
        left = self._left(abs(distance), alpha)
        for rounds in range(FEWEST_BLOCKS, MOST_ROUNDS + 1):
            if _chance(rounds, _rank(rounds, alpha), left, self.spread) >= power:
                return rounds
        return None

    def _left(self, distance: float, alpha: float) -> float:
        """What is left to the blocks of a distance once the sets have had their part."""
        reach = 0.0 if self.processes is None else self.processes.reach(alpha)
        return math.sqrt(max(distance * abs(distance) - reach**2, 0.0))

    @property
    def reach(self) -> float | None:
        """How far the 95 % interval goes from 1, as a ratio less 1 in whichever direction is farther: 0.1 for 1.1 and for 1/1.1."""
        ends = self.interval()
        return None if ends is None else math.expm1(max(abs(math.log(end)) for end in ends))


def count_sets(sets: NDArray[np.int64]) -> int:
    """How many sets of processes there were."""
    return int(np.unique(sets).size)


def block_ratio(times: ArrayLike, against: ArrayLike, sets: ArrayLike | None = None) -> BlockRatio:
    """Times of a model over those of another, one of each a round (K), in the order of the rounds; ``sets``: set of processes of each (K).

    Raises:
        BenchwrightError: There is no block, the two differ in number, or a time is not above 0: a clock too coarse for the block.
    """
    above, below = finite("times", times, 1), finite("against", against, 1)
    if above.size != below.size or not above.size:
        raise BenchwrightError(
            f"{above.size} blocks of one model and {below.size} of the other",
            expected="one of each in every round",
        )
    for name, values in (("times", above), ("against", below)):
        at = np.flatnonzero(values <= 0)
        if at.size:
            raise BenchwrightError(
                f"{name}: block {int(at[0])} took {values[at[0]]:g} s",
                expected="times above 0",
                hint="blocks are too short for this clock: more queries in each",
            )
    of_set = np.zeros(above.size, dtype=np.int64) if sets is None else np.asarray(sets, dtype=np.int64)
    found = BlockRatio(logs=np.log(above) - np.log(below), sets=of_set)
    alike = found.autocorrelation
    if alike is not None and alike > _ALIKE / math.sqrt(found.blocks):
        flag = f"neighbouring rounds are alike (correlation {alike:.2f}): the bounds are narrower than they should be"
        return replace(found, flags=(flag,))
    return found


def _chance(blocks: int, rank: int, distance: float, spread: float) -> float:
    """P[the order statistic of that rank from above is below a limit at ``distance`` from the median], for normal differences."""
    if not rank:
        return 0.0
    share = float(ndtr(distance / spread)) if spread > 0 else float(distance > 0)
    return float(bdtrc(blocks - rank, blocks, share))


def _rank(blocks: int, alpha: float) -> int:
    """The largest r for which the r-th smallest of so many blocks is below their median with probability 1 - alpha; 0: there is none.

    P[X_(r) > median] = P[Binomial(K, 1/2) <= r - 1] must be at most alpha.
    """
    tails = bdtr(np.arange(blocks), blocks, 0.5)
    return int(np.searchsorted(tails, alpha * (1 + 1e-12), side="right"))
