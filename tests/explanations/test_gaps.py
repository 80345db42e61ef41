"""Intervals of means over items: none where nothing can be told, and none that claims a difference of random from random too often."""

import numpy as np
import pytest
from scipy.stats import t as student
from scipy.stats import ttest_1samp

from benchwright.explanations.faithfulness import judge
from benchwright.explanations.gaps import FEWEST, UNMOVED, item_mean

ALONE = [None] * 1000


def test_a_mean_has_at_least_the_interval_of_student():
    values = np.random.default_rng(0).normal(0.2, 1.0, 40)
    found = item_mean(list(values), ALONE[:40])
    low, high = ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.value == pytest.approx(values.mean())
    assert found.low <= low + 1e-12
    assert found.high >= high - 1e-12
    assert found.high - found.low < 1.2 * (high - low)


def test_items_of_a_cluster_are_one_unit():
    values = np.repeat(np.random.default_rng(0).normal(0.2, 1.0, 20), 5)
    clusters = [str(at // 5) for at in range(100)]
    together, apart = item_mean(list(values), clusters), item_mean(list(values), ALONE[:100])
    assert (together.units, apart.units) == (20, 100)
    assert together.high - together.low > 2 * (apart.high - apart.low)


@pytest.mark.parametrize("shared", [0.0, 0.3])
@pytest.mark.parametrize(
    "sizes", [[40] + [1] * 9, [20, 20] + [1] * 8, [30, 20, 10, 5, 5, 2] + [1] * 6, [50] + [2] * 40]
)
def test_one_large_cluster_makes_no_discovery_of_chance(sizes, shared):
    # With as many degrees of freedom as clusters chance was told as better in up to 30 % of data sets.
    rng, better, sets = np.random.default_rng(1), 0, 300
    clusters = [str(at) for at, size in enumerate(sizes) for _ in range(size)]
    for _ in range(sets):
        common = np.repeat(rng.standard_normal(len(sizes)), sizes)
        values = np.sqrt(shared) * common + np.sqrt(1 - shared) * rng.standard_normal(len(clusters))
        better += item_mean(list(values), clusters).low > 0
    assert better / sets <= 0.06  # 2.5 % of 300 is 7.5; more than 18 come in 0.05 % of such tests


def test_clusters_of_unequal_sizes_have_the_interval_of_the_jackknife():
    # Each cluster left out once; Student's t with Kish's effective number of clusters, less 1.
    rng = np.random.default_rng(2)
    sizes = [9, 5, 5, 3, 2, 2, 1, 1, 1, 1, 1]
    clusters = [str(at) for at, size in enumerate(sizes) for _ in range(size)]
    values = rng.standard_normal(len(clusters))
    found = item_mean(list(values), clusters)
    without = np.array(
        [np.mean([v for v, c in zip(values, clusters, strict=True) if c != str(at)]) for at in range(11)]
    )
    se = np.sqrt(10 / 11 * ((without - without.mean()) ** 2).sum())
    far = student.ppf(0.975, sum(sizes) ** 2 / sum(size**2 for size in sizes) - 1) * se
    assert found.low <= values.mean() - far + 1e-12
    assert found.high >= values.mean() + far - 1e-12
    assert min(values.mean() - found.low, found.high - values.mean()) == pytest.approx(far)


@pytest.mark.parametrize(
    ("values", "clusters", "reason"),
    [
        ([], [], "no item"),
        ([0.0] * 50, ALONE[:50], UNMOVED),
        ([1e-9, -1e-9] * 25, ALONE[:50], UNMOVED),
        ([0.25] * 50, ALONE[:50], "the same for every item"),
        ([0.1, 0.4, 0.2], ALONE[:3], "only 3 items"),
        (list(range(100)), ["a", "b"] * 50, "only 2 clusters"),
    ],
)
def test_an_interval_that_cannot_be_had_is_told_with_its_reason(values, clusters, reason):
    found = item_mean(values, clusters)
    assert (found.low, found.high) == (None, None)
    assert found.reason.startswith(reason)
    assert found.value == (None if not values else pytest.approx(np.mean(values)))


def random_against_random(sets: int, items: int, seed: int) -> tuple[float, float]:
    """Shares of simulated data sets in which one random order an item is told from others as better, and as worse.

    The model is no sum, and one word in each item outweighs the others: gaps are skewed.
    """
    rng = np.random.default_rng(seed)
    better = worse = 0
    for _ in range(sets):
        gaps = []
        for _ in range(items):
            words = int(rng.integers(4, 18))
            worth = rng.standard_normal(words) * 0.3
            worth[rng.integers(words)] += 3.0

            def ask(kept, worth=worth):
                return 1 / (1 + np.exp(1 - kept @ worth[:, None]))

            one = judge(ask, rng.standard_normal((1, words)), rng=rng)[0]
            gaps.append(one.comprehensiveness - one.random_comprehensiveness)
        found = item_mean(gaps, [None] * items)
        better += found.low > 0
        worse += found.high < 0
    return better / sets, worse / sets


def test_random_is_told_from_random_no_more_often_than_stated():
    better, worse = random_against_random(200, FEWEST, seed=1)
    assert better <= 0.06  # 2.5 % of 200 is 5; more than 12 come in 0.3 % of such tests
    assert worse <= 0.10


@pytest.mark.soak
@pytest.mark.parametrize("items", [FEWEST, 20, 50])
def test_random_is_told_from_random_no_more_often_than_stated_over_many_data_sets(items):
    better, worse = random_against_random(4000, items, seed=items)
    print(f"\n{items} items: better {better:.2%}, worse {worse:.2%}")
    assert better <= 0.033
    assert worse <= 0.05
