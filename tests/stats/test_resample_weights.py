"""Bootstrap weights are exact multinomial draws, the same on any number of threads."""

import numpy as np
import pytest

from benchwright.stats.resample_weights import block_size, draw_weights, visit_weights


@pytest.mark.parametrize("units", [1, 2, 7, 255, 256, 257, 1000, 9815])
def test_every_resample_has_as_many_draws_as_units(units):
    """Weights of a resample add up to the number of units."""
    weights = draw_weights(np.random.default_rng(1), units, 300)

    assert weights.shape == (units, 300)
    assert (weights.sum(axis=0) == units).all()


@pytest.mark.parametrize("units", [100, 256, 3000])
def test_weights_have_the_multinomial_moments(units):
    """Variance of a weight is 1 - 1/n and two weights have covariance -1/n, whichever way they are drawn."""
    weights = draw_weights(np.random.default_rng(2), units, 2_000_000 // units).astype(float)
    pairs = weights[0::2][: units // 2] * weights[1::2][: units // 2]

    assert weights.var() == pytest.approx(1 - 1 / units, abs=0.006)
    assert pairs.mean() - 1 == pytest.approx(-1 / units, abs=0.006)


def test_weights_have_the_binomial_distribution():
    """How often one of 400 units is drawn is Binomial(400, 1/400), as far as a chi-square of 8 million can see."""
    from scipy.stats import binom

    counts = np.bincount(draw_weights(np.random.default_rng(3), 400, 20_000).reshape(-1), minlength=12)[:8]
    expected = binom.pmf(np.arange(8), 400, 1 / 400) * 400 * 20_000
    distance = ((counts - expected) ** 2 / expected).sum()

    assert distance < 26  # the 0.1 % tail of 8 cells


def test_large_weights_come_from_the_remainder():
    """Six and more draws of one unit happen as often as they should."""
    weights = draw_weights(np.random.default_rng(4), 1000, 8000)

    assert (weights >= 6).mean() == pytest.approx(0.000585, rel=0.06)


def test_threads_do_not_change_the_weights():
    """One thread and three give the same bytes, and a longer run starts with the same blocks."""
    size = block_size(5000)
    one = visit_weights(np.copy, units=5000, resamples=2 * size, seed=(7, 1), threads=1)
    three = visit_weights(np.copy, units=5000, resamples=2 * size, seed=(7, 1), threads=3)
    longer = visit_weights(np.copy, units=5000, resamples=2 * size + 5, seed=(7, 1))

    assert [block.tobytes() for block in one] == [block.tobytes() for block in three]
    assert [block.tobytes() for block in longer[:2]] == [block.tobytes() for block in one]
    assert len(longer[2]) == 5
