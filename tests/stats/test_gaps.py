"""Gaps between groups: bounds by hand and by a plain search, verdicts, and how often they are wrong."""

import importlib.util
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import ndtri, stdtrit
from scipy.stats import beta

from benchwright.errors import BenchwrightError
from benchwright.stats.gaps import gap_between, ratio_between
from benchwright.stats.group_bounds import IndependentGroups
from benchwright.stats.intervals import share_of, wilson
from benchwright.stats.share_pairs import SharePair, is_below, is_ratio_above, lower_ratio, upper_difference
from benchwright.stats.shares_of_groups import SharesOfGroups

_FILE = Path(__file__).parents[2] / "benchmarks" / "gap_verdicts.py"
_SPEC = importlib.util.spec_from_file_location("gap_verdicts", _FILE)
gap_verdicts = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(gap_verdicts)


def share(hits, trials):
    return share_of(np.r_[np.ones(hits), np.zeros(trials - hits)], np.ones(trials))


def groups(**counts):
    return SharesOfGroups({name: share(*found) for name, found in counts.items()})


def pair(x, n, y, m, df=1e9):
    return SharePair(*(np.asarray(float(number)) for number in (x, n, y, m, df)))


def statistic(x, n, y, m, d):
    """Z and the skewness of p1 - p2 at the constrained estimate, found by a search of the likelihood."""

    def minus(q):
        p = q + d
        parts = [(x, p), (n - x, 1 - p), (y, q), (m - y, 1 - q)]
        return -sum(count * math.log(max(chance, 1e-300)) for count, chance in parts if count)

    q = minimize_scalar(minus, bounds=(max(0.0, -d), min(1.0, 1 - d)), method="bounded", options={"xatol": 1e-12}).x
    p = q + d
    v, w = p * (1 - p) / n, q * (1 - q) / m
    third = p * (1 - p) * (1 - 2 * p) / n**2 - q * (1 - q) * (1 - 2 * q) / m**2
    return (x / n - y / m - d) / math.sqrt((v + w) * (n + m) / (n + m - 1)), third / (v + w) ** 1.5


def by_search(x, n, y, m, alpha, df):
    """The bound as its docstring says, by a plain search."""
    reach = -stdtrit(df, 0.9 * alpha)  # nine tenths of the level
    low, high = x / n - y / m, 1 - 1e-9
    for _ in range(50):
        middle = (low + high) / 2
        z, skew = statistic(x, n, y, m, middle)
        low, high = (low, middle) if z <= -reach + min(skew, 0) * (reach**2 - 1) / 6 else (middle, high)
    return high


@pytest.mark.parametrize(
    ("x", "n", "y", "m"), [(56, 70, 48, 80), (9, 10, 3, 10), (5, 56, 1, 29), (49, 50, 940, 1000), (3, 200, 2, 50)]
)
def test_the_upper_bound_of_a_difference_equals_a_plain_search_of_the_likelihood(x, n, y, m):
    df = min(n, m) - 1
    assert upper_difference(pair(x, n, y, m, df), 0.05) == pytest.approx(by_search(x, n, y, m, 0.05, df), abs=2e-6)


# Newcombe 1998, Statistics in Medicine 17, table II, method 6 (Miettinen and Nurminen), 95 %. The bound here may only be wider.
NEWCOMBE = [
    (56, 70, 48, 80, 0.0528, 0.3382),
    (9, 10, 3, 10, 0.1700, 0.8406),
    (6, 7, 2, 7, 0.0342, 0.8534),
    (5, 56, 0, 29, -0.0326, 0.1933),
]


@pytest.mark.parametrize(("x", "n", "y", "m", "low", "high"), NEWCOMBE)
def test_bounds_lie_at_the_published_ones_of_miettinen_and_nurminen_or_a_little_outside(x, n, y, m, low, high):
    upper, lower = upper_difference(pair(x, n, y, m), 0.025), -upper_difference(pair(y, m, x, n), 0.025)
    assert high - 5e-5 <= upper <= high + 0.05
    assert low - 0.05 <= lower <= low + 5e-5


def test_at_a_share_of_0_the_bound_is_at_least_that_of_the_other_group_alone():
    bound = upper_difference(pair(3, 60, 0, 1000, 59), 0.05)
    assert bound >= beta.ppf(0.95, 4, 57) - 1e-12  # Clopper and Pearson: 3 of 60


def test_bounds_exist_where_all_answers_are_right_or_all_wrong():
    assert 0 < upper_difference(pair(50, 50, 50, 50, 49), 0.05) < 0.08
    assert 0 < upper_difference(pair(0, 50, 0, 50, 49), 0.05) < 0.08
    assert upper_difference(pair(50, 50, 0, 50, 49), 0.05) == 1
    assert -1 < upper_difference(pair(0, 50, 50, 50, 49), 0.05) < -0.9
    assert upper_difference(pair(1, 1, 0, 1, 1), 0.05) == 1


def test_the_lower_bound_of_a_ratio_is_where_the_score_statistic_meets_the_quantile():
    x, n, y, m = 36, 100, 45, 90
    ratio = float(lower_ratio(pair(x, n, y, m), 0.05))

    def minus(q):
        p = ratio * q
        return -(x * math.log(p) + (n - x) * math.log(1 - p) + y * math.log(q) + (m - y) * math.log(1 - q))

    q = minimize_scalar(minus, bounds=(1e-9, 1 - 1e-9), method="bounded", options={"xatol": 1e-12}).x
    p = ratio * q
    spread = math.sqrt((p * (1 - p) / n + ratio**2 * q * (1 - q) / m) * (n + m) / (n + m - 1))
    assert (x / n - ratio * y / m) / spread == pytest.approx(-ndtri(0.9 * 0.05), abs=1e-5)


def test_the_gap_names_the_highest_and_lowest_group_and_gives_all_three_verdicts():
    # 0.90 - 0.80 = 0.10 between 100 and 100; 0.85 lies between
    found = groups(a=(90, 100), b=(80, 100), c=(85, 100))
    gap = gap_between(found, limit=0.05)
    assert (gap.value, gap.highest, gap.lowest, gap.verdict) == (pytest.approx(0.1), "a", "b", "cannot tell")
    assert gap.needed > 300
    assert gap_between(found, limit=0.3).verdict == "within"
    assert gap_between(groups(a=(95, 100), b=(40, 100)), limit=0.3).verdict == "exceeds"
    assert gap_between(found).verdict is None


def test_the_items_needed_tell_and_a_tenth_fewer_do_not():
    gap = gap_between(groups(a=(90, 100), b=(80, 100)), limit=0.05)
    times = gap.needed / 200
    more, fewer = round(times * 101), round(times * 90)
    assert (
        gap_between(groups(a=(round(0.9 * more), more), b=(round(0.8 * more), more)), limit=0.05).verdict == "exceeds"
    )
    assert (
        gap_between(groups(a=(round(0.9 * fewer), fewer), b=(round(0.8 * fewer), fewer)), limit=0.05).verdict
        == "cannot tell"
    )


def test_a_gap_seen_that_is_the_limit_is_told_by_no_number_of_items():
    assert gap_between(groups(a=(90, 100), b=(80, 100)), limit=0.9 - 0.8).needed is None


def test_the_upper_bound_is_the_largest_of_all_pairs_without_correction():
    found = groups(a=(90, 100), b=(80, 100), c=(20, 25))
    every = [
        float(upper_difference(pair(x, n, y, m, min(n, m) - 1), 0.05))
        for (x, n), (y, m) in itertools.permutations([(90, 100), (80, 100), (20, 25)], 2)
    ]
    assert gap_between(found).high == pytest.approx(max(every), abs=1e-9)
    lower = [
        -float(upper_difference(pair(y, m, x, n, min(n, m) - 1), 0.05 / 6))
        for (x, n), (y, m) in itertools.permutations([(90, 100), (80, 100), (20, 25)], 2)
    ]
    assert gap_between(found).low == pytest.approx(max(0, *lower), abs=1e-9)


def test_groups_without_trials_or_in_one_cluster_have_no_value():
    one = share_of(np.array([3.0]), np.array([5.0]))  # five items, one cluster
    found = SharesOfGroups({"a": share(3, 5), "b": share(0, 0), "c": one})
    assert found.names == ("a",)
    gap = gap_between(found, limit=0.1)
    assert (gap.value, gap.high, gap.verdict) == (None, None, "cannot tell")


def test_clusters_widen_the_bounds_to_those_of_an_effective_number_of_items():
    # every item four times: as good as a quarter of the items
    hits, trials = np.r_[np.full(40, 4.0), np.zeros(10)], np.full(50, 4.0)
    other = np.r_[np.full(35, 4.0), np.zeros(15)]
    fourfold = SharesOfGroups({"a": share_of(hits, trials), "b": share_of(other, trials)})
    alone = groups(a=(40, 50), b=(35, 50))
    # the design effect of the clustered formula is 4 * 50 / 49
    assert gap_between(fourfold).high == pytest.approx(gap_between(alone).high, abs=2e-3)
    assert gap_between(fourfold).high > gap_between(alone).high


def test_the_ratio_keeps_a_limit_when_its_lower_bound_does():
    found = groups(a=(450, 500), b=(440, 500))
    ratio = ratio_between(found, limit=0.8)
    assert ratio.value == pytest.approx(440 / 450)  # 0.88 / 0.90
    assert ratio.verdict == "within"
    assert 0.9 < ratio.low < ratio.value <= ratio.high <= 1
    assert ratio_between(groups(a=(450, 500), b=(200, 500)), limit=0.8).verdict == "exceeds"
    assert ratio_between(groups(a=(45, 50), b=(38, 50)), limit=0.8).verdict == "cannot tell"
    assert ratio_between(groups(a=(0, 50), b=(0, 50)), limit=0.8).value is None


def test_values_below_0_have_no_ratio_and_limits_out_of_range_are_refused():
    negative = IndependentGroups(known={"a": -0.1, "b": 0.5}, bound=lambda *_: 0.0, total=100)
    with pytest.raises(BenchwrightError, match=r"a has the value -0\.1"):
        ratio_between(negative)
    with pytest.raises(BenchwrightError, match="a gap of at most -1"):
        gap_between(groups(a=(1, 2), b=(1, 2)), limit=-1)
    with pytest.raises(BenchwrightError, match=r"a ratio of at least 1\.5"):
        ratio_between(groups(a=(1, 2), b=(1, 2)), limit=1.5)


def test_bounds_of_independent_groups_are_joined_in_quadrature():
    ends = {("a", -1): 0.8, ("a", 1): 0.93, ("b", -1): 0.6, ("b", 1): 0.74}
    found = IndependentGroups(
        known={"a": 0.9, "b": 0.7}, bound=lambda name, _, sign: ends[name, sign], total=100, width=1.0
    )
    # 0.2 + sqrt(0.03^2 + 0.10^2) = 0.2 + 0.104403 = 0.304403
    assert gap_between(found).high == pytest.approx(0.304403, abs=1e-6)
    # 0.2 - sqrt(0.10^2 + 0.04^2) = 0.2 - 0.107703 = 0.092297
    assert gap_between(found).low == pytest.approx(0.092297, abs=1e-6)


def test_a_group_without_a_bound_leaves_the_gap_without_one():
    found = IndependentGroups(
        known={"a": 0.9, "b": 0.7}, bound=lambda name, _, sign: None if name == "b" else 0.9 + sign * 0.05, total=100
    )
    gap = gap_between(found, limit=0.5)
    assert (gap.value, gap.low, gap.high, gap.verdict) == (pytest.approx(0.2), None, None, "cannot tell")


COUNTS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 40)).map(lambda c: (min(c), c[1])), min_size=2, max_size=4
)


@settings(max_examples=15, deadline=None)
@given(COUNTS, st.randoms(use_true_random=False))
def test_the_order_of_groups_changes_nothing_but_names(counts, random):
    names = list(range(len(counts)))
    mixed = names[:]
    random.shuffle(mixed)
    one = gap_between(SharesOfGroups({str(n): share(*counts[n]) for n in names}), limit=0.1)
    other = gap_between(SharesOfGroups({str(n): share(*counts[n]) for n in mixed}), limit=0.1)
    assert (one.value, one.low, one.high, one.verdict, one.needed) == (
        other.value,
        other.low,
        other.high,
        other.verdict,
        other.needed,
    )


@settings(max_examples=15, deadline=None)
@given(COUNTS)
def test_bounds_hold_the_value_and_more_items_of_the_same_kind_narrow_them(counts):
    one = gap_between(SharesOfGroups({str(n): share(*count) for n, count in enumerate(counts)}))
    more = gap_between(SharesOfGroups({str(n): share(9 * a, 9 * b) for n, (a, b) in enumerate(counts)}))
    assert 0 <= one.low <= one.value <= one.high <= 1
    assert more.high <= one.high + 1e-9
    assert more.low >= one.low - 1e-9
    ratio = ratio_between(SharesOfGroups({str(n): share(*count) for n, count in enumerate(counts)}))
    if ratio.value is not None:
        assert 0 <= ratio.low <= ratio.value <= ratio.high <= 1


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.floats(0.001, 0.999), st.sampled_from([0.05, 0.005]))
def test_a_limit_is_kept_exactly_if_the_bound_is_at_most_the_limit(counts, limit, alpha):
    (x, n), (y, m) = counts[:2]
    found = pair(x, n, y, m, max(min(n, m) - 1, 1))
    bound = float(upper_difference(found, alpha))
    if abs(bound - limit) > 1e-9:
        assert bool(is_below(found, limit, alpha)) == (bound <= limit)
    if abs(bound + limit) > 1e-9:
        assert bool(is_below(found, -limit, alpha)) == (bound <= -limit)
    ratio = float(lower_ratio(found, alpha))
    if abs(ratio - limit) > 1e-9:
        assert bool(is_ratio_above(found, limit, alpha)) == (ratio >= limit)


def test_a_share_of_one_group_has_wilsons_interval():
    assert wilson(90, 100)[0] == pytest.approx(0.8256, abs=1e-4)


@pytest.mark.parametrize("sizes", [(50, 50), (50, 1000), (1000, 50), (200, 100), (100, 80)])
@pytest.mark.parametrize("limit", [0.05, 0.1, 0.2])
def test_of_two_groups_at_the_limit_within_is_said_in_at_most_six_percent_exactly(sizes, limit):
    for rate in (0.0, 0.01, 0.05, 0.3, 0.7, 0.8):
        assert gap_verdicts.exact_rate(*sizes, rate, limit) <= 0.0505


QUICK = [
    ("independent", "2 of 50", 0.05),
    ("independent", "8 from 50 to 1,000", 0.01),
    ("independent", "8 from 1,000 to 50", 0.9),
    ("clusters of 1 to 4, icc 0.2", "2 of 200", 0.5),
    ("clusters of 1 to 8, icc 0.5", "8 from 50 to 1,000", 0.75),
]


@pytest.mark.parametrize(("draw", "name", "rate"), QUICK)
def test_at_a_true_gap_equal_to_the_limit_either_verdict_is_given_in_at_most_six_percent_of_2000_cases(
    draw, name, rate
):
    within, exceeds = gap_verdicts.simulate(draw, gap_verdicts.SIZES[name], rate, 0.1, gap_verdicts.CASES)
    assert within <= 0.06
    assert exceeds <= 0.06


@pytest.mark.soak
@pytest.mark.parametrize("draw", gap_verdicts.DRAWS)
@pytest.mark.parametrize("name", gap_verdicts.SIZES)
def test_all_populations_keep_the_rate(draw, name):
    """Two minutes in all."""
    for limit in gap_verdicts.LIMITS:
        for rate in (*gap_verdicts.RATES, 1 - limit):
            if rate + limit <= 1:
                within, exceeds = gap_verdicts.simulate(draw, gap_verdicts.SIZES[name], rate, limit, gap_verdicts.CASES)
                assert max(within, exceeds) <= 0.06, (draw, name, limit, rate)
