"""Value, bound and p of one estimator are one answer, at every level and null value; and what bounds decide."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.stats.bootstrap_difference import BootstrapDifference, WidenedDifference
from benchwright.stats.difference import QUESTIONS, WeightedDifference, decide, two_sided
from benchwright.stats.jackknife import JackknifeDifference
from benchwright.stats.paired import DiscordantCounts
from benchwright.stats.retention import RetentionData
from benchwright.stats.seeds import two_level_difference

LEVELS = (0.001, 0.01, 0.025, 0.05, 0.1, 0.3, 0.45)


def pairs(rng):
    """Counts of independent pairs, ties and one-sided ones among them."""
    n = int(rng.integers(1, 400))
    b, c = (int(rng.integers(0, n // 2 + 1)) * int(rng.integers(0, 2)) for _ in range(2))
    return DiscordantCounts(b=b, c=c, n=n)


def drawn(rng):
    """Draws of few or many units: even and skewed sizes, rare changes, undefined resamples, no spread."""
    units = int(rng.choice([2, 3, 4, 7, 12, 40, 600]))
    rare = float(rng.choice([0.02, 0.3, 1.0]))
    values = rng.normal(rng.normal(0, 0.3), 0.4, units) * (rng.random(units) < rare)
    sizes = rng.integers(1, 30, units).astype(float)
    weights = rng.multinomial(units, np.full(units, 1 / units), 500)
    draws = weights @ (values * sizes) / (weights @ sizes)
    value = float(values @ sizes / sizes.sum())
    without = (values @ sizes - values * sizes) / (sizes.sum() - sizes)
    lost = int(rng.choice([0, 0, 7]))
    few = units < 200 and rng.random() < 0.8
    return BootstrapDifference(
        value=value,
        draws=draws[lost:],
        units=units,
        width=float(rng.choice([1.0, 2.0, math.inf])),
        resamples=500,
        changed=int((values != 0).sum()) if rng.random() < 0.8 else None,
        without_one=without if few else None,
        sizes=sizes if few else None,
    )


def linear(rng):
    """What units add to a difference of areas."""
    units = int(rng.choice([2, 5, 30, 500]))
    pull = rng.normal(0, 0.3, units) ** int(rng.choice([1, 2, 3])) / units * int(rng.integers(0, 4) > 0)
    changed = int(rng.integers(0, 30)) if rng.random() < 0.7 else None
    return JackknifeDifference(
        value=rng.normal(0, 0.05), influence=pull - pull.mean(), width=1.0, df=max(units // 3, 1), changed=changed
    )


def shared(rng):
    """Two systems on the same units, one of them perhaps constant."""
    units = int(rng.choice([5, 30, 300]))
    one, other = (
        (rng.random(units) < rng.uniform(0.5, 1)).astype(float) if rng.random() < 0.85 else np.ones(units)
        for _ in range(2)
    )
    weights = rng.multinomial(units, np.full(units, 1 / units), 400) / units
    few = units < 200
    return RetentionData(
        parent=one.mean(),
        candidate=other.mean(),
        parent_draws=weights @ one,
        candidate_draws=weights @ other,
        units=units,
        width=1.0,
        changed=int((one != other).sum()),
        parent_without_one=(one.sum() - one) / (units - 1) if few else None,
        candidate_without_one=(other.sum() - other) / (units - 1) if few else None,
    )


def retained(rng):
    """What is kept over a share, of one task or of a mean of two."""
    share = float(rng.choice([1.0, 0.97, 0.5]))
    one, other = shared(rng), shared(rng)
    if rng.random() < 0.5:
        return one.difference(share)
    mean = {name: (getattr(one, name) + getattr(other, name)) / 2 for name in ("parent", "candidate")}
    draws = {
        name: (getattr(one, name)[:400] + getattr(other, name)[:400]) / 2
        for name in ("parent_draws", "candidate_draws")
    }
    units = min(one.units, other.units)
    return RetentionData(**mean, **draws, units=units, width=1.0, parts=((0.5, one), (0.5, other))).difference(share)


def combined(rng):
    """A mean over tasks."""
    parts = [(drawn if rng.random() < 0.5 else pairs)(rng) for _ in range(int(rng.integers(1, 4)))]
    return WeightedDifference(parts=tuple((1 / len(parts), part) for part in parts))


def widened(rng):
    """Draws that do not show all."""
    far = float(rng.choice([0.0, 0.01, 0.2]))
    return WidenedDifference(seen=drawn(rng), beyond=lambda alpha, _: far * (0.5 - alpha))


def recipes(rng):
    """Several seeds on the same items."""
    seeds = int(rng.integers(2, 5))
    table = rng.random((seeds, 30)) < rng.uniform(0.3, 0.9, (seeds, 1))
    weights = rng.multinomial(30, np.full(30, 1 / 30), 200) / 30
    other = rng.random((seeds, 30)) < 0.6
    return two_level_difference(table.mean(1), table @ weights.T, other.mean(1), other @ weights.T, 30)


MADE = [pairs, drawn, linear, retained, combined, widened, recipes]


@pytest.mark.parametrize("make", MADE)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), far=st.floats(-1.5, 1.5), level=st.sampled_from(LEVELS))
def test_a_bound_excludes_what_p_rejects(make, seed, far, level):
    """bound(alpha) > m exactly where p(m) < alpha, on both sides, and two-sided."""
    found = make(np.random.default_rng(seed))
    low, high = found.bound(level, "lower"), found.bound(level, "upper")
    ends = [end for end in (low, high) if end is not None]
    near = [end + step for end in ends for step in (-1e-5, 1e-5)]
    for delta0 in (far * 0.3, found.value + 0.1 * far, 0.0, -0.02, *near):
        if any(abs(delta0 - end) < 1e-9 for end in ends):
            continue  # at the bound itself rounding decides
        above, below = found.p(delta0, "greater"), found.p(delta0, "less")
        assert (low is not None and low > delta0) == (above is not None and above < level), (low, delta0, above)
        assert (high is not None and high < delta0) == (below is not None and below < level), (high, delta0, below)
        both = two_sided(found, delta0)
        if both is not None and level < 0.5 and low is not None and high is not None:
            assert (both < 2 * level) == (not low <= delta0 <= high)


@pytest.mark.parametrize("make", MADE)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), far=st.floats(-1.5, 1.5))
def test_two_sided_p_is_twice_the_smaller_tail_which_lies_on_the_side_of_the_value(make, seed, far):
    found = make(np.random.default_rng(seed))
    for delta0 in (0.0, found.value, 0.3 * far, found.value + 0.1 * far):
        above, below = found.p(delta0, "greater"), found.p(delta0, "less")
        if above is None or below is None:
            assert (above, below, two_sided(found, delta0)) == (None, None, None)
            continue
        assert two_sided(found, delta0) == min(1.0, 2 * min(above, below))
        assert (below if found.value > delta0 else above) >= 0.5 - 1e-9


@pytest.mark.parametrize("make", MADE)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_p_and_bounds_are_monotone(make, seed):
    """The farther the null value the smaller p; the smaller the level the wider the bounds, which hold the value."""
    found = make(np.random.default_rng(seed))
    grid = np.linspace(-1.2, 1.2, 25)
    above = [found.p(float(at), "greater") for at in grid]
    below = [found.p(float(at), "less") for at in grid]
    if above[0] is None:
        assert found.bound(0.05, "lower") is None
        return
    assert (np.diff(above) >= -1e-9).all()
    assert (np.diff(below) <= 1e-9).all()
    lows, highs = ([found.bound(level, side) for level in LEVELS] for side in ("lower", "upper"))
    lows, highs = [x for x in lows if x is not None], [x for x in highs if x is not None]
    assert (np.diff(lows) >= -1e-12).all()
    assert (np.diff(highs) <= 1e-12).all()
    assert all(low <= found.value + 1e-12 for low in lows)
    assert all(high >= found.value - 1e-12 for high in highs)


@pytest.mark.parametrize("n", [1, 5, 100])
def test_equal_systems_are_never_told_apart(n):
    """Without a differing answer 0 is in every interval and p is 1, one-sided at least a half."""
    flat = BootstrapDifference(value=0.0, draws=np.zeros(100), units=n, width=1.0, resamples=100, changed=0)
    for found in (DiscordantCounts(b=0, c=0, n=n), *((flat,) if n > 1 else ())):
        assert found.bound(0.05, "lower") < 0 < found.bound(0.05, "upper")
        assert two_sided(found) == 1
        assert found.p(0.0, "greater") >= 0.5
        assert found.p(0.0, "less") >= 0.5


def test_the_t_test_of_equal_clusters():
    """Of equal clusters without skewness p is that of scipy's one-sample t test, and never below it."""
    from scipy.stats import ttest_1samp

    rng = np.random.default_rng(3)
    half = rng.normal(0, 0.2, 6)
    values = np.concatenate([half, -half]) - 0.1
    weights = rng.multinomial(12, np.full(12, 1 / 12), 20_000)
    found = BootstrapDifference(
        value=values.mean(), draws=weights @ values / 12, units=12, width=2.0, resamples=20_000, changed=12,
        without_one=(values.sum() - values) / 11, sizes=np.full(12, 10.0),
    )  # fmt: skip
    for null in (0.0, -0.02, 0.05):
        t = ttest_1samp(values, null, alternative="less").pvalue
        assert found.p(null, "less") >= t * 0.98
        assert found.p(null, "less") == pytest.approx(t, rel=0.15)


def test_seeds_agree_with_their_p():
    """The interval of a recipe touches 0 where its two-sided p is 5 %."""
    rng = np.random.default_rng(1)
    found = recipes(rng)
    assert 2 * found.p(found.low, "greater") == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "low", "high", "decision"),
    [
        ("noninferiority", -0.005, 0.02, "pass"),
        ("noninferiority", -0.01, 0.02, "inconclusive"),  # at the margin is not above it
        ("noninferiority", -0.03, 0.02, "inconclusive"),
        ("noninferiority", -0.03, -0.005, "inconclusive"),  # worse for sure, but perhaps within the margin
        ("noninferiority", -0.03, -0.01, "inconclusive"),
        ("noninferiority", -0.03, -0.011, "fail"),
        ("superiority", 0.011, 0.02, "pass"),
        ("superiority", 0.005, 0.02, "inconclusive"),
        ("superiority", 0.0, 0.009, "fail"),
        ("equivalence", -0.009, 0.009, "pass"),
        ("equivalence", -0.009, 0.011, "inconclusive"),
        ("equivalence", 0.011, 0.03, "fail"),
        ("equivalence", -0.03, -0.011, "fail"),
    ],
)
def test_decisions_at_a_margin_of_one_point(kind, low, high, decision):
    """Pass above the margin, fail below, inconclusive between."""
    assert decide(kind, low, high, 0.01) == decision


@settings(deadline=None)
@given(st.sampled_from(QUESTIONS), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.floats(0.001, 0.1))
def test_an_unknown_end_never_decides(kind, one, other, margin):
    """Without bounds nothing is decided; without the lower one nothing passes, except what needs no lower one."""
    low, high = min(one, other), max(one, other)

    assert decide(kind, None, None, margin) == "inconclusive"
    assert decide(kind, None, high, margin) != "pass"
    assert decide(kind, low, None, margin) in (decide(kind, low, max(high, 1.0), margin), "inconclusive")


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: decide("better", 0.0, 1.0, 0.1), "kind"),
        (lambda: decide("noninferiority", float("nan"), 1.0, 0.1), "low"),
        (lambda: decide("noninferiority", 0.0, float("nan"), 0.1), "high"),
        (lambda: decide("noninferiority", 1.0, 0.0, 0.1), "low"),
        (lambda: decide("noninferiority", 0.0, 1.0, -0.1), "margin"),
        (lambda: decide("noninferiority", 0.0, 1.0, float("nan")), "margin"),
        (lambda: decide("noninferiority", 0.0, 1.0, float("inf")), "margin"),
        (lambda: decide("equivalence", 0.0, 1.0, 0.0), "margin"),
    ],
)
def test_refusals_name_the_argument(call, name):
    """NaN never decides."""
    with pytest.raises(BenchwrightError, match=rf"\b{name}\b"):
        call()
