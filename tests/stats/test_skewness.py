"""Skewness of units is scipy's, over the root of their number."""

import math

import numpy as np
import pytest
from scipy.stats import skew

from benchwright.stats.jackknife import skewness


@pytest.mark.parametrize("seed", range(3))
def test_skewness_is_that_of_scipy_without_bias(seed):
    values = np.random.default_rng(seed).exponential(size=40)
    values -= values.mean()
    assert skewness(values) == pytest.approx(skew(values, bias=False) / math.sqrt(40), rel=1e-12)


def test_there_is_none_of_two_units_or_without_spread():
    assert skewness(np.array([-1.0, 1.0])) is None
    assert skewness(np.zeros(10)) is None
