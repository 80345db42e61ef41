"""Clustered means, their edge cases, and clustered pairs for Tango's interval."""

import math

import numpy as np
import pytest

from benchwright.errors import BenchwrightError
from benchwright.stats.clustered import clustered_mean, effective_pairs, mean_p
from benchwright.stats.paired import tango

VALUES = np.array([0.2, -0.1, 0.4, 0.0, 0.3, -0.3, 0.1])


def test_the_formula_is_the_published_one():
    """SE^2 = C/(C-1) sum of squared cluster sums of residuals over n^2, by a plain loop."""
    clusters = ["x", "y", "x", "z", "y", "z", "z"]
    mean = sum(VALUES) / 7
    sums = [sum(v - mean for v, c in zip(VALUES, clusters, strict=True) if c == name) for name in "xyz"]
    found = clustered_mean(VALUES, clusters)

    assert found.se == pytest.approx(math.sqrt(3 / 2 * sum(s * s for s in sums)) / 7)
    assert (found.df, found.clusters) == (2, 3)
    assert found.flags == ("3 clusters: fewer than 30",)


def test_independent_items_are_the_t_interval():
    """Without clusters it is scipy's one-sample t interval and test."""
    from scipy.stats import ttest_1samp

    theirs, found = ttest_1samp(VALUES, 0.0), clustered_mean(VALUES)
    interval = theirs.confidence_interval(0.95)

    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert mean_p(found, 0.0, "greater") == pytest.approx(ttest_1samp(VALUES, 0.0, alternative="greater").pvalue)
    assert mean_p(found, 0.0, "less") == pytest.approx(ttest_1samp(VALUES, 0.0, alternative="less").pvalue)


def test_statsmodels_agrees_on_clusters():
    """The standard error is that of an intercept-only regression with cluster-robust covariance."""
    api = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(0)
    clusters = rng.integers(0, 12, 90)
    values = rng.normal(size=90) + rng.normal(size=12)[clusters]
    theirs = api.OLS(values, np.ones(90)).fit(cov_type="cluster", cov_kwds={"groups": clusters, "df_correction": True})

    assert clustered_mean(values, clusters).se == pytest.approx(theirs.bse[0], rel=1e-9)


def test_one_item_and_one_cluster_have_no_interval():
    """Nothing independent to compare: value without ends, a flag, and p = 1."""
    for found in (clustered_mean([0.5]), clustered_mean(VALUES, ["a"] * 7)):
        assert (found.se, found.low, found.high) == (None, None, None)
        assert "one" in found.flags[0]
        assert mean_p(found, -10.0, "greater") == 1.0


def test_no_spread_is_no_certainty():
    """All differences equal: no interval without limits; with them Tango's answer for agreement everywhere."""
    blind, bounded = clustered_mean(np.zeros(200)), clustered_mean(np.zeros(200), limits=(-1, 1))

    assert (blind.low, blind.high, blind.se) == (None, None, 0.0)
    assert "no spread" in blind.flags[0]
    assert mean_p(blind, -0.5, "greater") == 1.0
    assert (bounded.low, bounded.high) == pytest.approx(tango(0, 0, 200, df=199), abs=1e-9)


def test_clustered_pairs_are_worth_fewer():
    """Items repeated four times are worth as many pairs as there were clusters; independent ones keep theirs."""
    rng = np.random.default_rng(1)
    b, c = (rng.random(300) < 0.1).astype(float), np.zeros(300)
    c[b == 0] = rng.random(int((b == 0).sum())) < 0.1
    single, fourfold = effective_pairs(b, c, np.ones(300)), effective_pairs(4 * b, 4 * c, np.full(300, 4.0))

    assert single.effect == pytest.approx(1, abs=0.01)
    assert fourfold.n == pytest.approx(single.n, rel=0.01)
    assert fourfold.b == pytest.approx(single.b, rel=0.01)
    assert fourfold.df == 299


def test_clustered_pairs_without_discordance_count_clusters():
    """No disagreement shows no design effect: the effective size is the number of clusters."""
    pairs = effective_pairs(np.zeros(40), np.zeros(40), np.full(40, 5.0))

    assert (pairs.b, pairs.c, pairs.n) == (0, 0, 40)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: clustered_mean([]), "values"),
        (lambda: clustered_mean([1.0, float("nan")]), "values"),
        (lambda: clustered_mean([1.0, 2.0], ["a"]), "clusters"),
        (lambda: clustered_mean([1.0, 2.0], [1.0, float("nan")]), "clusters"),
        (lambda: clustered_mean([1.0, 2.0], confidence=1.0), "confidence"),
        (lambda: clustered_mean([[1.0, 2.0]]), "values"),
        (lambda: effective_pairs([1.0], [0.0], [5.0]), "per cluster"),
        (lambda: effective_pairs([1.0, float("nan")], [0.0, 0], [5.0, 5]), "b"),
    ],
)
def test_refusals_name_the_argument(call, name):
    """NaN, emptiness and shapes that do not fit are refused by name."""
    with pytest.raises(BenchwrightError) as refused:
        call()
    assert name in str(refused.value)
