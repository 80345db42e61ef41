"""Two-level intervals: components, coverage, edges."""

import numpy as np
import pytest

from benchwright.errors import BenchwrightError
from benchwright.stats.intervals import t_quantile
from benchwright.stats.seeds import two_level_difference


def scores(rng, seeds, items, seed_sd, *, mean=0.9, item_sd=0.3, own_sd=0.2):
    shift = rng.normal(size=(seeds, 1)) * seed_sd
    return mean + shift + rng.normal(size=items) * item_sd + rng.normal(size=(seeds, items)) * own_sd


def two_level(values, clusters=None):
    """The difference to seeds that are never right: the interval of the others' mean over seeds and items.

    Draws are made so that their covariance is that of the items' means, exactly.
    """
    table = np.asarray(values, dtype=float)
    seeds, items = table.shape
    codes = np.arange(items) if clusters is None else np.asarray(clusters)
    sums = np.stack([np.bincount(codes, weights=row) for row in table - table.mean(axis=1, keepdims=True)])
    units = sums.shape[1]
    draws = table.mean(axis=1, keepdims=True) + sums * max(units - 1, 1) ** 0.5 / items
    if units == 1:
        draws = np.repeat(draws, 2, axis=1)
    return two_level_difference(
        np.zeros(max(seeds, 2)), np.zeros((max(seeds, 2), draws.shape[1])), table.mean(axis=1), draws, units
    )


def test_the_variance_is_that_of_both_levels():
    """On average SE^2 is sigma_seed^2 / S + sigma_item^2 / n + sigma_own^2 / (S n): nothing is counted twice."""
    rng = np.random.default_rng(0)
    found = [two_level(scores(rng, 4, 200, 0.02)) for _ in range(1500)]
    expected = 0.02**2 / 4 + 0.3**2 / 200 + 0.2**2 / 800

    assert np.mean([one.se**2 for one in found]) == pytest.approx(expected, rel=0.04)
    assert np.var([one.value for one in found]) == pytest.approx(expected, rel=0.12)


@pytest.mark.parametrize("seeds", [2, 3, 5])
@pytest.mark.parametrize("seed_sd", [0.0, 0.02, 0.2])
def test_coverage_with_few_seeds(seeds, seed_sd):
    """Two to five seeds, from no spread between them to one that drowns the items: at least 95 % covered."""
    rng = np.random.default_rng(seeds)
    found = [two_level(scores(rng, seeds, 100, seed_sd)) for _ in range(800)]
    rate = np.mean([one.low <= 0.9 <= one.high for one in found])

    assert rate > 0.95 - 3 * (0.05 * 0.95 / 800) ** 0.5


@pytest.mark.parametrize(("first", "second"), [(3, 3), (2, 5)])
def test_differences_of_recipes_are_covered(first, second):
    """Two recipes on the same items: the shared items cancel, the seeds of both count."""
    rng, inside, ideal = np.random.default_rng(9), 0, []
    for _ in range(400):
        shared = rng.normal(size=60) * 0.3
        a = 0.8 + shared + rng.normal(size=(first, 1)) * 0.03 + rng.normal(size=(first, 60)) * 0.1
        b = 0.85 + shared + rng.normal(size=(second, 1)) * 0.03 + rng.normal(size=(second, 60)) * 0.1
        weights = rng.multinomial(60, np.full(60, 1 / 60), 200) / 60
        found = two_level_difference(a.mean(axis=1), a @ weights.T, b.mean(axis=1), b @ weights.T, 60)
        inside += found.low <= 0.05 <= found.high
        ideal.append(found.se)

    assert inside / 400 > 0.92
    assert np.mean(np.square(ideal)) == pytest.approx((0.03**2 + 0.1**2 / 60) * (1 / first + 1 / second), rel=0.25)


def test_clusters_count_as_units():
    """Items copied four times in clusters tell no more than the items once."""
    table = scores(np.random.default_rng(2), 3, 50, 0.01)
    single = two_level(table)
    copied = two_level(np.repeat(table, 4, axis=1), np.repeat(np.arange(50), 4))

    assert (copied.low, copied.high) == pytest.approx((single.low, single.high))


def test_p_is_the_bound_turned_round():
    """At each end of the interval the one-sided p is half of what the interval leaves out."""
    found = two_level(scores(np.random.default_rng(3), 4, 80, 0.02))

    assert found.p(found.low, "greater") == pytest.approx(0.025, abs=1e-6)
    assert found.p(found.high, "less") == pytest.approx(0.025, abs=1e-6)
    assert found.p(found.high, "greater") == pytest.approx(0.975, abs=1e-6)
    assert found.p(found.value, "less") == pytest.approx(0.5, abs=1e-6)


def test_each_level_has_its_own_quantile():
    """Without item noise two seeds give Student's t with one degree of freedom."""
    table = np.array([[0.8] * 10, [0.9] * 10])
    found = two_level(table)

    assert found.value == pytest.approx(0.85)
    assert found.se == pytest.approx(0.05)
    assert found.high - found.value == pytest.approx(t_quantile(0.95, 1) * 0.05)
    assert found.item_se == pytest.approx(0.0, abs=1e-12)


def test_one_seed_says_nothing_about_the_recipe():
    """One seed, one item, and no spread at all: no interval, a flag, p = 1."""
    one_seed = two_level([[1.0, 0.0, 1.0]])
    one_item = two_level([[1.0], [0.0]])
    constant = two_level(np.ones((3, 50)))

    for found, words in ((one_seed, "one seed"), (one_item, "one unit"), (constant, "neither")):
        assert (found.low, found.high) == (None, None)
        assert words in found.flags[0]
        assert found.p(0.0, "greater") is None
    assert one_seed.item_se == pytest.approx(np.std([1, 0, 1], ddof=1) / 3**0.5)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: two_level_difference([0.1, float("nan")], np.zeros((2, 9)), [0.1], np.zeros((1, 9)), 5), "values_a"),
        (
            lambda: two_level_difference([0.1], np.zeros((1, 9)), [0.1], np.zeros((1, 9)), 5, confidence=0.0),
            "confidence",
        ),
        (lambda: two_level_difference([0.1, 0.2], np.zeros((3, 9)), [0.1], np.zeros((1, 9)), 5), "draws_a"),
        (lambda: two_level_difference([0.1], np.zeros((1, 9)), [0.1], np.full((1, 9), np.nan), 5), "draws_b"),
        (lambda: two_level_difference([0.1], np.zeros((1, 9)), [0.1], np.zeros((1, 8)), 5), "draws_a"),
    ],
)
def test_refusals_name_the_argument(call, name):
    """NaN and shapes that do not fit are refused by name."""
    with pytest.raises(BenchwrightError, match=name):
        call()
