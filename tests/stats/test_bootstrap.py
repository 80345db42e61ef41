"""Resampling merged count cells is resampling items."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchwright.stats.bootstrap import ClusterRows, draw_sums, is_cheap, merge_rows, sum_by_cluster, weigh
from benchwright.stats.resample_weights import draw_weights


@settings(deadline=None)
@given(arrays(np.int64, st.tuples(st.integers(1, 40), st.integers(1, 4)), elements=st.integers(0, 3)))
def test_merging_keeps_every_row(rows):
    """Merged rows are different from one another and repeat to the rows that were given."""
    merged = merge_rows(rows.astype(float))
    again = np.repeat(merged.values, merged.counts, axis=0)

    assert len(np.unique(merged.values, axis=0)) == len(merged.values)
    assert sorted(map(tuple, again)) == sorted(map(tuple, rows.astype(float)))
    assert merged.units == len(rows)
    assert np.array_equal(merged.sums, rows.sum(axis=0))


def test_cluster_rows_are_sums_of_items():
    """A cluster's row is the sum over its items."""
    values = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 5.0]])

    assert sum_by_cluster(values, np.array([1, 0, 1])).tolist() == [[0.0, 1.0], [3.0, 5.0]]
    assert sum_by_cluster(values, None) is values


def test_weighing_equals_repeating():
    """Weighted sums are the sums over rows repeated as often as their weight."""
    rng = np.random.default_rng(0)
    values, weights = rng.normal(size=(300, 4)), draw_weights(rng, 300, 20)
    repeated = [np.repeat(values, column, axis=0).sum(axis=0) for column in weights.T]

    assert weigh(values, weights.T) == pytest.approx(np.array(repeated))


@pytest.mark.parametrize("different", [6, 2000])
def test_collapsed_draws_are_distributed_like_naive_ones(different):
    """Quantiles of bootstrap means equal those of resampling items one by one, merged or not."""
    rng = np.random.default_rng(5)
    kinds = rng.gamma(0.5, size=different)
    items = np.where(np.arange(2000) < 1200, kinds[np.arange(2000) % different], kinds[0])
    rows = merge_rows(np.stack([items, np.ones(2000)], axis=1))
    assert is_cheap(rows) == (different == 6)

    quick = draw_sums(rows, resamples=20_000, seed=(1,))
    naive = np.concatenate([items[rng.integers(0, 2000, (1000, 2000))].mean(axis=1) for _ in range(10)])
    at = (0.025, 0.25, 0.5, 0.75, 0.975)

    assert (quick[:, 1] == 2000).all()
    assert np.quantile(quick[:, 0] / 2000, at) == pytest.approx(np.quantile(naive, at), abs=0.1 * naive.std())


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 10**6))
def test_same_seed_same_draws(seed):
    """A seed fixes every draw; another seed gives others."""
    rows = ClusterRows(values=np.array([[0.0], [1.0]]), counts=np.array([400, 600]))
    first, again, other = (draw_sums(rows, resamples=50, seed=(number,)) for number in (seed, seed, seed + 1))

    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
