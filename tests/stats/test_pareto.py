"""The Pareto front equals its definition for every table and every resample."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchwright.errors import BenchwrightError
from benchwright.stats.selection import non_dominated


def slow(table):
    return [not any(all(b >= a) and any(b > a) for b in table) for a in table]


@settings(max_examples=200, deadline=None)
@given(arrays(np.int64, st.tuples(st.integers(1, 4), st.integers(0, 8), st.integers(1, 4)), elements=st.integers(0, 3)))
def test_front_equals_its_definition(tables):
    """Every resample's front is that of a double loop; one table alone gives one mask."""
    found = non_dominated(tables.astype(float))

    assert found.shape == tables.shape[:2]
    for mask, table in zip(found, tables, strict=True):
        assert mask.tolist() == slow(table)
        assert non_dominated(table.astype(float)).tolist() == mask.tolist()
        assert mask.any() == (len(table) > 0)


def test_equal_options_share_the_front():
    """Options with the same values do not dominate one another; one objective keeps its best."""
    assert non_dominated([[1.0, 2.0], [1.0, 2.0], [0.0, 2.0]]).tolist() == [True, True, False]
    assert non_dominated([[3.0], [1.0], [3.0]]).tolist() == [True, False, True]


def test_refusals():
    """NaN would win every comparison or lose it, so it is refused."""
    for bad in ([[1.0, float("nan")]], [1.0, 2.0]):
        with pytest.raises(BenchwrightError, match="values"):
            non_dominated(bad)
