"""Statistics against other programs: scipy, statsmodels, scikit-posthocs."""

import importlib
import warnings

import numpy as np
import pytest

from benchwright.stats.bootstrap import draw_sums, merge_rows
from benchwright.stats.intervals import percentile
from benchwright.stats.multiplicity import benjamini_hochberg, holm
from benchwright.stats.paired import mcnemar
from benchwright.stats.randomisation import permutation_tests


def oracle(name):
    """Another program's module; the test is skipped with the reason where it cannot be imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(name)
        except Exception as problem:
            pytest.skip(f"{name} cannot be imported: {problem!r}")


def test_holm_and_benjamini_hochberg_equal_statsmodels():
    """Adjusted values of random sets, ties, zeros and ones included, are those of multipletests."""
    multipletests = oracle("statsmodels.stats.multitest").multipletests
    rng = np.random.default_rng(0)
    for size in rng.integers(1, 60, 15):
        ps = np.round(rng.random(size) ** 3, rng.integers(1, 6))
        assert holm(ps) == pytest.approx(multipletests(ps, method="holm")[1], abs=1e-12)
        assert benjamini_hochberg(ps) == pytest.approx(multipletests(ps, method="fdr_bh")[1], abs=1e-12)


def test_benjamini_hochberg_equals_scipy():
    """And those of scipy's false discovery control."""
    from scipy.stats import false_discovery_control

    ps = np.random.default_rng(1).random(50) ** 2

    assert benjamini_hochberg(ps) == pytest.approx(false_discovery_control(ps), abs=1e-12)


def test_mcnemar_equals_statsmodels():
    """Exact two-sided p for all small tables and some large ones."""
    theirs = oracle("statsmodels.stats.contingency_tables").mcnemar

    pairs = [(b, c) for b in range(12) for c in range(12) if b + c] + [(300, 251), (1000, 1100), (5, 4000)]
    for b, c in pairs:
        assert mcnemar(b, c) == pytest.approx(theirs([[7, b], [c, 9]], exact=True).pvalue, rel=1e-10, abs=1e-300)


def test_randomisation_equals_scipy_exactly():
    """With ten pairs both programs enumerate all swaps: the same p of a mean."""
    from scipy.stats import permutation_test

    rng = np.random.default_rng(3)
    a, b = np.round(rng.random(10), 1), np.round(rng.random(10) + 0.15, 1)
    theirs = permutation_test(
        (b, a),
        lambda x, y, axis: (x - y).mean(axis=axis),
        permutation_type="samples",
        vectorized=True,
    )
    (ours,) = permutation_tests(a[:, None], b[:, None], [lambda sums: sums[:, 0]])
    assert ours.p == pytest.approx(theirs.pvalue, abs=1e-9)


def test_randomisation_equals_scipy_at_random():
    """With 400 pairs both draw: the p of an F1 difference agrees within Monte-Carlo error."""
    from scipy.stats import permutation_test

    rng = np.random.default_rng(4)
    gold = rng.random(400) < 0.4
    a, b = (np.where(rng.random(400) < right, gold, ~gold) for right in (0.80, 0.845))

    def f1(said):
        return 2 * (gold & said).sum(axis=-1) / (gold.sum() + said.sum(axis=-1))

    theirs = permutation_test(
        (a, b),
        lambda x, y, axis: f1(y) - f1(x),
        permutation_type="samples",
        n_resamples=5000,
        vectorized=True,
        batch=500,
        rng=rng,
    )
    rows = [np.stack([gold & said, said, gold], axis=1).astype(float) for said in (a, b)]
    (ours,) = permutation_tests(*rows, [lambda sums: 2 * sums[:, 0] / (sums[:, 1] + sums[:, 2])])

    assert ours.p == pytest.approx(theirs.pvalue, abs=4 * (0.25 / 5000 + 0.25 / 10_000) ** 0.5)


def test_paired_bounds_equal_scipy_bootstrap():
    """Percentile bounds of a paired MCC difference and of a mean are those of scipy's bootstrap over items."""
    from scipy.stats import bootstrap

    rng = np.random.default_rng(5)
    gold = rng.random(250) < 0.4
    a, b = (np.where(rng.random(250) < right, gold, ~gold) for right in (0.80, 0.86))

    def mcc(sums):
        hit, said, true, n = np.moveaxis(sums, -1, 0)
        return (hit * n - said * true) / np.sqrt(said * (n - said) * true * (n - true))

    def phi(g, x):
        """MCC of two classes is Pearson's correlation of the indicators."""
        return ((g * x).mean(-1) - g.mean(-1) * x.mean(-1)) / (g.std(-1) * x.std(-1))

    items = [np.stack([gold & said, said, gold, np.ones(250)], axis=1).astype(float) for said in (a, b)]
    sums = draw_sums(merge_rows(np.concatenate(items, axis=1)), resamples=20_000, seed=(0,))
    ours = mcc(sums[:, 4:]) - mcc(sums[:, :4])
    options = {
        "paired": True,
        "vectorized": True,
        "n_resamples": 8000,
        "batch": 1000,
        "method": "percentile",
        "rng": rng,
    }
    data = tuple(side.astype(float) for side in (gold, a, b))
    theirs = bootstrap(data, lambda g, x, y, axis: phi(g, y) - phi(g, x), **options).confidence_interval
    assert percentile(ours) == pytest.approx((theirs.low, theirs.high), abs=0.12 * ours.std())

    right = ((b == gold).astype(float) - (a == gold))[:, None]
    plain = bootstrap((right[:, 0],), np.mean, **options).confidence_interval
    means = draw_sums(merge_rows(right), resamples=20_000, seed=(1,))[:, 0] / 250
    assert percentile(means) == pytest.approx((plain.low, plain.high), abs=0.08 * means.std() + 1 / 250)


def test_adjusted_pairwise_tests_equal_scikit_posthocs():
    """Pairwise Wilcoxon tests over ten data sets, adjusted by us, are scikit-posthocs' adjusted tables."""
    posthocs = oracle("scikit_posthocs")
    from scipy.stats import wilcoxon

    scores = np.random.default_rng(6).random((10, 5)) + np.arange(5) / 6
    upper = np.triu_indices(5, 1)
    plain = [wilcoxon(scores[:, i], scores[:, j]).pvalue for i, j in zip(*upper, strict=True)]
    for adjust, name in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        table = np.asarray(posthocs.posthoc_wilcoxon(list(scores.T), p_adjust=name))
        assert adjust(plain) == pytest.approx(table[upper], abs=1e-9)
