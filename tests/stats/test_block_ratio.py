"""The ratio of times over blocks: worked examples, the sign test of scipy, coverage with few blocks, and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.stats.block_ratio import block_ratio

LOGS = st.lists(st.floats(-2, 2).map(lambda one: round(one, 3)), min_size=1, max_size=60)


def of_logs(logs):
    return block_ratio(np.exp(np.asarray(logs, dtype=float)), np.ones(len(logs)))


def test_a_worked_example():
    """Seven rounds: the median, and ends by the table of binomial tails, P[Bin(7, 1/2) <= 0] = 1/128, <= 1 = 8/128."""
    found = block_ratio([2.0, 2.2, 1.9, 2.1, 4.0, 2.05, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])

    assert found.blocks == 7
    assert found.value == pytest.approx(2.05)
    assert found.interval() == pytest.approx((1.0, 4.0))  # one of 128 on either side, 8 of 128 are more than 2.5 %
    assert found.bound(0.05, "lower") == pytest.approx(1.0)
    assert found.bound(8 / 128, "lower") == pytest.approx(1.9)
    assert found.bound(8 / 128, "upper") == pytest.approx(2.2)
    assert found.p(1.5, "greater") == pytest.approx(8 / 128)  # six of seven are above
    assert found.p(1.5, "less") == pytest.approx(127 / 128)
    assert found.reach == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("blocks", "ranks"), [(6, (1, 6)), (16, (4, 13)), (30, (10, 21)), (60, (22, 39)), (1000, (469, 532))]
)
def test_ranks_are_those_of_published_tables(blocks, ranks):
    """Two-sided 95 % of a median; 469..532 of 1,000 as for any percentile p50."""
    found = of_logs(np.arange(1, blocks + 1) / blocks)

    assert [math.log(end) * blocks for end in found.interval()] == pytest.approx(ranks)


@pytest.mark.parametrize("blocks", range(1, 6))
def test_fewer_than_six_blocks_have_no_interval_and_never_a_guess(blocks):
    found = of_logs(np.linspace(0.1, 0.2, blocks))

    assert found.interval() is None
    assert found.reach is None
    assert found.value > 1
    assert (found.bound(0.05, "lower") is None) == (blocks < 5)  # 1/32 is below 0.05


@settings(max_examples=200, deadline=None)
@given(LOGS, st.floats(0.2, 4))
def test_p_is_that_of_the_sign_test(logs, ratio):
    from scipy.stats import binomtest

    found = of_logs(logs)
    above, below = sum(found.logs > math.log(ratio)), sum(found.logs < math.log(ratio))

    assert found.p(ratio, "greater") == pytest.approx(binomtest(above, len(logs), alternative="greater").pvalue)
    assert found.p(ratio, "less") == pytest.approx(binomtest(below, len(logs), alternative="greater").pvalue)


@settings(max_examples=200, deadline=None)
@given(LOGS, st.floats(0.2, 4), st.sampled_from([0.01, 0.025, 0.05, 0.2]))
def test_bound_and_p_agree(logs, ratio, alpha):
    """p is at most alpha exactly where the bound is beyond the ratio."""
    found = of_logs(logs)
    low, high = found.bound(alpha, "lower"), found.bound(alpha, "upper")

    if low is None:
        assert high is None
        assert found.p(ratio, "greater") > alpha
        return
    assert low <= found.value * (1 + 1e-12)
    assert high >= found.value * (1 - 1e-12)
    for bound, tail in ((low, "greater"), (high, "less")):
        if abs(math.log(bound) - math.log(ratio)) > 1e-9:
            beyond = bound > ratio if tail == "greater" else bound < ratio
            assert (found.p(ratio, tail) <= alpha) == beyond


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(1e-6, 10), st.floats(1e-6, 10)), min_size=6, max_size=40))
def test_exchanging_the_models_turns_the_ratio_round(pairs):
    above, below = np.array(pairs).T
    one, other = block_ratio(above, below), block_ratio(below, above)

    assert one.value * other.value == pytest.approx(1)
    (low, high), (down, up) = one.interval(), other.interval()
    assert (low * up, high * down) == pytest.approx((1, 1))
    assert one.reach == pytest.approx(other.reach)
    assert block_ratio(above * 1000, below * 1000).value == pytest.approx(one.value)


def _coverage(draw, blocks, confidence=0.95, samples=4000):
    rng = np.random.default_rng(blocks)
    times, against = np.exp(draw(rng, (samples, blocks))), np.ones((samples, blocks))
    ends = [block_ratio(a, b).interval(confidence) for a, b in zip(times, against, strict=True)]
    return np.mean([low <= 1 <= high for low, high in ends])


def _stalls(rng, shape):
    """A tenth of either model's blocks is hit by something that takes far longer than the block."""
    hit = [(rng.random(shape) < 0.1) * rng.exponential(1.0, shape) for _ in range(2)]
    return rng.normal(0, 0.02, shape) + hit[0] - hit[1]


def _order(rng, shape):
    """What runs first takes 15 % longer: in half of the rounds that is this model, in the others that."""
    first = np.tile([1, -1], shape[1])[: shape[1]]
    return rng.normal(0, 0.03, shape) + 0.15 * rng.permuted(np.tile(first, (shape[0], 1)), axis=1)


@pytest.mark.parametrize("blocks", [6, 8, 12, 16, 30, 60])
@pytest.mark.parametrize(
    "draw",
    [lambda rng, s: rng.normal(0, 0.1, s), lambda rng, s: 0.05 * rng.standard_t(2, s), _stalls, _order],
    ids=["normal", "heavy tails", "stalls", "an effect of the order"],
)
def test_intervals_cover_one_for_equal_models(draw, blocks):
    """At least 95 % for any noise; 0.9 points are what 4,000 samples leave open."""
    assert _coverage(draw, blocks, samples=1500 if blocks > 12 else 3000) >= 0.95 - 0.011


def test_neighbouring_rounds_that_are_alike_are_told():
    slow = np.repeat([0.0, 0.3, 0.1, 0.5], 8)
    assert "alike" in of_logs(slow).flags[0]
    assert of_logs(slow).autocorrelation > 0.5

    rng = np.random.default_rng(5)
    told = [bool(of_logs(rng.normal(0, 1, 30)).flags) for _ in range(400)]
    assert np.mean(told) < 0.05


def test_equal_times_in_every_round_are_a_ratio_of_exactly_one():
    found = block_ratio([0.02] * 10, [0.02] * 10)

    assert (found.value, found.interval(), found.reach, found.autocorrelation) == (1, (1, 1), 0, None)
    assert (found.p(1.0, "greater"), found.p(1.1, "less")) == (1, 1 / 1024)


@pytest.mark.parametrize(
    ("above", "below", "said"),
    [
        ([], [], "0 blocks"),
        ([1.0], [1.0, 2.0], "1 blocks of one model and 2"),
        ([1.0, 0.0], [1.0, 1.0], "times: block 1 took 0 s"),
        ([1.0, 1.0], [1.0, -1.0], "against: block 1 took -1 s"),
        ([1.0, math.nan], [1.0, 1.0], "NaN"),
    ],
)
def test_what_has_no_ratio_is_refused_with_the_reason(above, below, said):
    with pytest.raises(BenchwrightError, match=said):
        block_ratio(above, below)


def test_a_null_ratio_below_zero_is_refused():
    with pytest.raises(BenchwrightError, match="above 0"):
        of_logs([0.1] * 8).p(0.0, "greater")


@pytest.mark.parametrize(("blocks", "limit"), [(16, 1.05), (30, 1.1), (30, 1.03), (60, 1.02)])
def test_power_is_how_often_equal_models_pass(blocks, limit):
    """Against a simulation of rounds that differ by 10 % (normal)."""
    rng = np.random.default_rng(7)
    quartiles = np.quantile(rng.normal(0, 0.1, 200_000), np.linspace(0, 1, blocks + 2)[1:-1])
    as_these = of_logs(quartiles * (0.1 / of_logs(quartiles).spread))
    passed = [of_logs(rng.normal(0, 0.1, blocks)).bound(0.05, "upper") <= limit for _ in range(4000)]

    assert as_these.spread == pytest.approx(0.1)
    assert as_these.power(limit, 0.05) == pytest.approx(np.mean(passed), abs=0.03)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-1, 1).map(lambda one: round(one, 3)), min_size=6, max_size=60))
def test_the_smallest_limit_has_the_power_that_was_asked_for(logs):
    found = of_logs(logs)
    limit = found.smallest_limit(0.05, 0.8)

    if found.spread > 1e-6:
        assert found.power(limit, 0.05) == pytest.approx(0.8, abs=1e-6)
    if limit > 1:
        needed = found.rounds_to_tell(math.log(limit) * 1.0001, 0.05)
        assert needed is not None
        assert needed <= found.blocks


def test_how_many_rounds_tell():
    """Rounds that differ by 0.1 tell 0.05 in a few dozen, and nothing tells a distance of none; fewer than 5 rounds show nothing."""
    rng = np.random.default_rng(3)
    found = of_logs(rng.normal(0, 0.1, 200))

    assert 25 <= found.rounds_to_tell(0.05, 0.05) <= 60
    assert found.rounds_to_tell(0.0, 0.05) is None
    assert of_logs([0.1] * 4).power(2.0, 0.05) is None
    assert of_logs([0.1] * 4).smallest_limit(0.05) is None
    assert of_logs([0.1] * 10).power(1.01, 0.05) == 1


def of_sets(logs, sets):
    return block_ratio(np.exp(np.asarray(logs, dtype=float)), np.ones(len(logs)), sets)


def test_what_sets_of_processes_add_by_hand():
    """Copies apart by +0.02 and -0.04, the ratio 0.1 and 0.2 in two sets of three rounds.

    (0.02^2 + 0.04^2 + 2 x 0.05^2) / 3 degrees / 2 sets: a standard error of 0.0341565; t of 3 degrees at 0.05 is 2.35336.
    """
    noise = of_sets([0.02, 0.02, 0.02, -0.04, -0.04, -0.04], [0, 0, 0, 1, 1, 1])
    found = of_sets([0.1, 0.1, 0.1, 0.2, 0.2, 0.2], [0, 0, 0, 1, 1, 1]).beside(noise)

    assert found.processes.se == pytest.approx(0.0341565, abs=1e-7)
    assert found.processes.freedom == 3
    assert found.value == pytest.approx(math.exp(0.15))
    away = math.hypot(0.05, 2.35336 * 0.0341565)  # the first of six rounds is 0.05 below the median
    assert found.bound(0.05, "lower") == pytest.approx(math.exp(0.15 - away), rel=1e-6)
    assert found.bound(0.05, "upper") == pytest.approx(math.exp(0.15 + away), rel=1e-6)
    itself = noise.beside(noise)
    assert (itself.processes.freedom, itself.processes.se) == (2, pytest.approx(math.sqrt((0.02**2 + 0.04**2) / 4)))
    assert "Student's t over 2 sets" in found.method


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-0.5, 0.5).map(lambda one: round(one, 3)), min_size=12, max_size=30),
    st.floats(0.5, 2),
    st.sampled_from([0.01, 0.05, 0.2]),
)
def test_bound_and_p_agree_with_sets_too(logs, ratio, alpha):
    sets = np.arange(len(logs)) * 3 // len(logs)
    found = of_sets(logs, sets).beside(of_sets(np.roll(logs, 4) / 3, sets))

    for side, tail, sign in (("lower", "greater", 1), ("upper", "less", -1)):
        bound = found.bound(alpha, side)
        if bound is not None and abs(bound - ratio) > 1e-6:
            assert (found.p(ratio, tail) <= alpha) == (sign * (bound - ratio) > 0)


@pytest.mark.parametrize(("rounds", "sets"), [(16, 2), (30, 3), (60, 5)])
@pytest.mark.parametrize(("blocks", "processes"), [(0.005, 0.0), (0.005, 0.03), (0.03, 0.01), (0.03, 0.03)])
def test_bounds_hold_for_other_processes_of_the_same_models(rounds, sets, blocks, processes):
    """Every process of a set is slower or faster for good; bounds of the blocks alone hold for these processes only."""
    rng = np.random.default_rng(rounds)
    of_set = np.arange(rounds) * sets // rounds
    below = {"sets": 0, "blocks": 0}
    for _ in range(600):
        one, copy, other = (rng.normal(0, processes, sets)[of_set] + rng.normal(0, blocks, rounds) for _ in range(3))
        found = of_sets(other - one, of_set)
        below["blocks"] += found.bound(0.05, "lower") <= 1
        below["sets"] += found.beside(of_sets(copy - one, of_set)).bound(0.05, "lower") <= 1

    assert below["sets"] / 600 >= 0.95 - 0.02
    if processes == 0.03:
        assert below["blocks"] / 600 < 0.88
