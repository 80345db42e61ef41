"""What share of one system's quality another keeps, with an interval from draws that both share."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from benchwright.comparison.contrast import Tail, changes_of, count_changed, unit_sizes
from benchwright.comparison.difference import direction_of
from benchwright.comparison.pairing import Pairing
from benchwright.comparison.surplus import Shared, ends_of

_STEPS = 40
_CLOSE = 1e-7


@dataclass(frozen=True, kw_only=True, eq=False)
class Ratio:
    """A share that is kept: second / first.

    Attributes:
        value: The share; None where it means nothing, and ``flags`` say why.
        low: Lower end of the two-sided interval; None where there is none.
        high: Upper end.
        flags: What a reader must know.
        shared: What it was made of; None without a value.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    flags: tuple[str, ...] = ()
    shared: Shared | None = None

    def p(self, share: float, tail: Tail = "greater") -> float | None:
        """One-sided p at H0: ``share`` is kept, for evidence that more (``less``) is; None where nothing estimates it."""
        return None if self.shared is None else self.shared.surplus(share).p(0.0, tail)


def ratio(pairing: Pairing, metric: str, first: int = 0, second: int = 1, alpha: float = 0.05) -> Ratio:
    """The share of ``first``'s value of a metric, or of ``score``, that ``second`` keeps, with a 1 - alpha interval.

    Defined where higher is better and first's value is clearly above zero: in all but alpha of the resamples.

    Raises:
        NotComparable: The task has no such metric.
    """
    if direction_of(pairing, metric) == "lower":
        return Ratio(value=None, flags=(f"lower values of {metric} are better: a kept share means nothing",))
    if not pairing.n:
        return Ratio(value=None, flags=("no common items",))
    draws = pairing.draws(metric)
    left = pairing.without_one(metric)
    shared = Shared(
        before=pairing.value(first, metric),
        now=pairing.value(second, metric),
        first=draws[first],
        second=draws[second],
        units=pairing.units,
        width=pairing.quantity(metric).width,
        changed=count_changed(pairing, first, second),
        counted=changes_of(pairing, first, second),
        first_left=None if left is None else left[first],
        second_left=None if left is None else left[second],
        sizes=unit_sizes(pairing),
        first_ends=ends_of(pairing, range(first, first + 1), metric),
        second_ends=ends_of(pairing, range(second, second + 1), metric),
    )
    found = ratio_of(shared, alpha)
    if found.value is None or not pairing.is_identical(first, second):
        return found
    return replace(found, flags=("identical answers", *found.flags))


def ratio_of(shared: Shared, alpha: float = 0.05) -> Ratio:
    """The same from values and draws, of one task or of a mean over several.

    An end is the share at which the one-sided bound (alpha / 2) of second - share x first meets 0. For a share whose first
    is above 0 in every resample that is the quantile of the ratios, with what `Drawn` adds for few units, and `Surplus` for
    differences that no resample shows: few changes, or a value that never varies.
    """
    if not (math.isfinite(shared.before) and math.isfinite(shared.now)):
        return Ratio(value=None, flags=("undefined on one side",))
    if shared.before <= 0 or (shared.first > 0).sum() < (1 - alpha) * shared.first.size:
        return Ratio(value=None, flags=("the first is not clearly above 0: a share of it means nothing",))
    value = shared.now / shared.before
    return Ratio(
        value=value,
        low=_end(shared, value, alpha / 2, -1),
        high=_end(shared, value, alpha / 2, 1),
        flags=shared.surplus(value).flags,
        shared=shared,
    )


def _end(shared: Shared, value: float, tail: float, sign: int) -> float | None:
    """Where the bound of the surplus, which falls as the share grows, meets 0: false position from a bracket."""

    def reach(share: float) -> float | None:
        bound = shared.surplus(share).bound(tail, "lower" if sign < 0 else "upper")
        return None if bound is None else sign * bound

    near, at_near = value, reach(value)
    if at_near is None or at_near <= 0:
        return None if at_near is None else value
    step = at_near / shared.before
    for _ in range(_STEPS):
        far = value + sign * step
        at_far = reach(far)
        if at_far is None:
            return None
        if at_far <= 0:
            break
        near, at_near, step = far, at_far, 2 * step
    else:
        return None  # a first that may be 0 bounds nothing
    for _ in range(_STEPS):
        middle = near + (far - near) * at_near / (at_near - at_far)
        if min(abs(middle - near), abs(middle - far)) <= _CLOSE:
            middle = (near + far) / 2
        if abs(far - near) <= _CLOSE:
            return middle
        found = reach(middle)
        if found is None:
            return None
        near, at_near, far, at_far = (
            (middle, found, far, at_far / 2) if found > 0 else (near, at_near / 2, middle, found)
        )
    return (near + far) / 2
