"""Approximate randomisation: exact where it can be, collapsed like one by one, level and edge cases."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.stats.paired import mcnemar
from benchwright.stats.randomisation import permutation_tests


def p_of(rows_a, rows_b, statistic, **options):
    """The p of one metric."""
    return permutation_tests(rows_a, rows_b, [statistic], **options)[0].p


def mean_p(differences, **options):
    """The p of a mean difference of 0, by flipping signs."""
    second = np.asarray(differences, dtype=float)[:, None]
    return p_of(np.zeros_like(second), second, lambda sums: sums[:, 0], **options)


def f1(sums):
    hit, said, gold = sums.T
    return np.divide(2 * hit, said + gold, out=np.zeros(len(sums)), where=said + gold > 0)


def counts_of(rng, units, right):
    gold = rng.random(units) < 0.4
    said = np.where(rng.random(units) < right, gold, ~gold)
    return np.stack([gold & said, said, gold], axis=1).astype(float)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=200))
def test_right_and_wrong_give_mcnemar(pairs):
    """For 0/1 scores the test is McNemar's, exactly."""
    a, b = np.array(pairs, dtype=float).T
    wins, losses = int((b > a).sum()), int((a > b).sum())

    assert mean_p(b - a) == pytest.approx(mcnemar(wins, losses), rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_few_units_are_enumerated(seed):
    """With ten units p is the exact share over all 1,024 swaps, by a plain loop, for F1 as well."""
    rng = np.random.default_rng(seed)
    a, b = counts_of(rng, 10, 0.6), counts_of(rng, 10, 0.9)
    observed = f1(b.sum(axis=0)[None])[0] - f1(a.sum(axis=0)[None])[0]
    extreme = 0
    for swap in itertools.product([False, True], repeat=10):
        mask = np.array(swap)[:, None]
        first, second = np.where(mask, b, a).sum(axis=0), np.where(mask, a, b).sum(axis=0)
        extreme += abs(f1(second[None])[0] - f1(first[None])[0]) >= abs(observed) - 1e-12
    (found,) = permutation_tests(a, b, [f1])

    assert found.exact
    assert found.p == pytest.approx(extreme / 1024)
    assert found.difference == pytest.approx(observed)


@pytest.mark.parametrize("units", [60, 3000])
def test_collapsed_swaps_are_distributed_like_single_ones(units):
    """Merged kinds (binomial draws and coins) give the p of swapping unit by unit, within Monte-Carlo error."""
    rng = np.random.default_rng(units)
    a, b = counts_of(rng, units, 0.80), counts_of(rng, units, 0.80 + 0.9 / units**0.5)
    a[:12] *= np.arange(1, 13)[:, None] % 3 + 0.5  # some kinds with few pairs
    observed = abs(f1(b.sum(axis=0)[None])[0] - f1(a.sum(axis=0)[None])[0])
    beyond, repeats = 0, 4000
    for _ in range(repeats // 500):
        swap = (rng.random((500, units)) < 0.5).astype(float)
        first = a.sum(axis=0) + swap @ (b - a)
        beyond += (np.abs(f1(a.sum(axis=0) + b.sum(axis=0) - first) - f1(first)) >= observed - 1e-12).sum()
    expected = beyond / repeats

    assert p_of(a, b, f1) == pytest.approx(expected, abs=4 * (0.25 / repeats) ** 0.5)


def test_many_different_rows():
    """Rows that never repeat take the path of coins; the p of a mean is that of the normal approximation."""
    from scipy.stats import norm

    rng = np.random.default_rng(4)
    d = rng.normal(0.05, 1, 1500)
    expected = 2 * norm.sf(abs(d.sum()) / np.sqrt((d**2).sum()))

    assert mean_p(d) == pytest.approx(expected, abs=0.015)
    assert mean_p(d) == mean_p(d)
    assert mean_p(d) != mean_p(d, seed=(1,))


def test_level_under_the_null():
    """Equal models are told apart at 5 % in at most about 5 % of samples, also when clusters are the units."""
    rng = np.random.default_rng(6)
    plain = [mean_p(rng.normal(size=40), resamples=199, seed=(i,)) for i in range(600)]
    shared = [
        mean_p(rng.normal(size=25) + rng.normal(size=(6, 25)).sum(axis=0), resamples=199, seed=(i,)) for i in range(600)
    ]

    assert np.mean(np.array(plain) <= 0.05) == pytest.approx(0.05, abs=0.027)
    assert np.mean(np.array(shared) <= 0.05) == pytest.approx(0.05, abs=0.027)


def test_models_that_never_differ():
    """Nothing to swap: p is 1, for one unit too."""
    rows = np.array([[1.0, 1.0, 0.0]])

    assert p_of(rows, rows, f1) == 1.0
    assert mean_p(np.zeros(500)) == 1.0
    assert mean_p([0.3]) == 1.0


def test_undefined_swaps_count_as_extreme():
    """Assignments that leave the metric undefined never help to reject."""
    a, b = np.eye(2)[[0] * 6 + [1] * 6], np.eye(2)[[1] * 6 + [0] * 5 + [1]]
    (found,) = permutation_tests(a, b, [lambda sums: np.where(sums[:, 0] > 3, sums[:, 0], np.nan)])

    assert found.undefined > 0
    assert found.p > 0.4


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: mean_p([1.0, float("nan")]), "rows_b"),
        (lambda: p_of([[1.0]], [[float("inf")]], f1), "rows_b"),
        (lambda: p_of([[1.0]], [[1.0], [2.0]], f1), "rows_a"),
        (lambda: mean_p([]), "unit"),
        (lambda: mean_p([1.0], resamples=0), "resamples"),
        (lambda: p_of([[1.0]], [[2.0]], lambda sums: sums[:, 0] * np.nan), "undefined"),
    ],
)
def test_refusals_name_the_argument(call, name):
    """NaN, shapes that differ and undefined metrics are refused by name."""
    with pytest.raises(BenchwrightError, match=name):
        call()
