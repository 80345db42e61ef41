"""Items that share something are one cluster; an item alone has no key."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchwright.data import cluster
from benchwright.example_table import ExampleTable
from benchwright.types import Cluster


def rows_of(count):
    """So many rows that say nothing."""
    return ExampleTable(name="rows", rows=np.arange(count), inputs={})


def keys(by, **columns):
    """Cluster keys of rows named by their number."""
    items = rows_of(len(next(iter(columns.values()))))
    found = cluster.with_keys(items, Cluster(by=by, columns=tuple(columns)), columns).clusters
    return [None] * len(items) if found is None else [key and key.removeprefix("rows/") for key in found.to_list()]


def test_no_rule():
    """Without a rule every item stands alone."""
    assert cluster.with_keys(rows_of(2), None, {}).clusters is None


def test_column():
    """Rows with one value of a column share the id of the first of them; lists are compared by content."""
    assert keys("column", premise=["p", "q", "p"]) == ["0", None, "0"]
    assert keys("column", words=[["a"], ["b"], ["a"]]) == ["0", None, "0"]


def test_pair():
    """A pair is the same in both orders."""
    assert keys("pair", a=["x", "y", "x"], b=["y", "x", "z"]) == ["0", "0", None]


def test_linked():
    """Rows are linked through a chain of shared values, in whichever column they stand."""
    assert keys("linked", a=["x", "y", "w", "u"], b=["y", "z", "z", "v"]) == ["0", "0", "0", None]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=30))
def test_linked_equals_connected_components(pairs):
    """Two rows share a key exactly when scipy puts their values into one connected component."""
    ones = [1] * len(pairs)
    graph = coo_array((ones, tuple(zip(*pairs, strict=True))), shape=(13, 13))
    component = connected_components(graph, directed=False)[1]

    found = keys("linked", a=[a for a, _ in pairs], b=[b for _, b in pairs])

    for row, key in enumerate(found):
        same = [other for other, (a, _) in enumerate(pairs) if component[a] == component[pairs[row][0]]]
        assert key == (str(same[0]) if len(same) > 1 else None)


@pytest.mark.parametrize("by", ["column", "linked"])
def test_keys_do_not_depend_on_later_order(by):
    """Which rows share a key does not change when rows are reversed."""
    values = ["a", "b", "a", "c", "b"]

    together = [keys(by, v=order) for order in (values, values[::-1])]
    shared = [[[one == other for other in found] for one in found] for found in together]
    assert shared[0] == [row[::-1] for row in shared[1]][::-1]
