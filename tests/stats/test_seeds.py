"""Two-level intervals: components, equality of their forms, coverage, edges."""

import numpy as np
import pytest

from benchwright.errors import BenchwrightError
from benchwright.stats.intervals import t_quantile
from benchwright.stats.seeds import two_level, two_level_difference, two_level_draws, two_level_p


def scores(rng, seeds, items, seed_sd, *, mean=0.9, item_sd=0.3, own_sd=0.2):
    shift = rng.normal(size=(seeds, 1)) * seed_sd
    return mean + shift + rng.normal(size=items) * item_sd + rng.normal(size=(seeds, items)) * own_sd


def test_the_variance_is_that_of_both_levels():
    """On average SE^2 is sigma_seed^2 / S + sigma_item^2 / n + sigma_own^2 / (S n): nothing is counted twice."""
    rng = np.random.default_rng(0)
    found = [two_level(scores(rng, 4, 200, 0.02)) for _ in range(1500)]
    expected = 0.02**2 / 4 + 0.3**2 / 200 + 0.2**2 / 800

    assert np.mean([one.se**2 for one in found]) == pytest.approx(expected, rel=0.04)
    assert np.var([one.value for one in found]) == pytest.approx(expected, rel=0.12)


def test_draws_give_what_means_give():
    """The form for any metric, fed with bootstrap means, equals the form for means."""
    rng = np.random.default_rng(1)
    table = scores(rng, 3, 400, 0.01)
    weights = rng.multinomial(400, np.full(400, 1 / 400), 8000)
    means, drawn = two_level(table), two_level_draws(table.mean(axis=1), table @ weights.T / 400, 400)

    assert drawn.value == means.value
    assert drawn.se == pytest.approx(means.se, rel=0.03)
    assert (drawn.low, drawn.high) == pytest.approx((means.low, means.high), abs=0.06 * means.se)


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

    assert two_level_p(found, found.low, "greater") == pytest.approx(0.025, abs=1e-6)
    assert two_level_p(found, found.high, "less") == pytest.approx(0.025, abs=1e-6)
    assert two_level_p(found, found.high, "greater") == pytest.approx(0.975, abs=1e-6)
    assert two_level_p(found, found.value, "less") == pytest.approx(0.5, abs=1e-6)


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
        assert two_level_p(found, 0.0, "greater") == 1.0
    assert one_seed.item_se == pytest.approx(np.std([1, 0, 1], ddof=1) / 3**0.5)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: two_level([[0.1, float("nan")]]), "values"),
        (lambda: two_level([0.1, 0.2]), "values"),
        (lambda: two_level([[0.1, 0.2]], ["a"]), "clusters"),
        (lambda: two_level([[0.1], [0.2]], confidence=0.0), "confidence"),
        (lambda: two_level_draws([0.1, 0.2], np.zeros((3, 9)), 5), "draws"),
        (lambda: two_level_difference([0.1], np.zeros((1, 9)), [0.1], np.full((1, 9), np.nan), 5), "draws_b"),
        (lambda: two_level_difference([0.1], np.zeros((1, 9)), [0.1], np.zeros((1, 8)), 5), "draws_a"),
    ],
)
def test_refusals_name_the_argument(call, name):
    """NaN and shapes that do not fit are refused by name."""
    with pytest.raises(BenchwrightError, match=name):
        call()
