"""Values by code are read back as they were given, whatever other values stand beside them."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.coded import Coded, of_numbers

NAN = struct.unpack("d", struct.pack("Q", 0x7FF8000000000001))[0]


@pytest.mark.parametrize(
    "values",
    [
        [0.0, -0.0, 0.0],
        [-0.0, 0.0, 0, False],
        [1, True, 1.0, "1"],
        [(1,), (True,), (1.0,), ("1",)],
        [(0.0, 1.0), (-0.0, 1.0)],
        [("a", (0.0, 1)), ("a", (-0.0, True))],
        [(), ("a",), ([1],), ([1.0],)],
    ],
)
def test_equal_values_of_other_types_or_signs_are_read_back_as_they_are(values):
    """`==` does not tell them apart, `repr` does; either order, and each as if it stood alone."""
    for some in (values, values[::-1]):
        assert list(map(repr, Coded.of(some))) == list(map(repr, some))


def test_equal_values_share_a_code():
    """Of texts, numbers and tuples of them."""
    values = ["a", 0.5, ("a", "b"), (0.5, -0.0), (1, "a")]
    again = ["a", 1 / 2, tuple("ab"), (1 / 2, -0.0), (1, "a")]
    assert Coded.of(values + again).codes.tolist() == [*range(5), *range(5)]


def test_numbers_by_code_keep_their_bits():
    """Zeros of both signs and values that are no numbers, in any order and alone."""
    numbers = np.array([0.0, -0.0, 1.5, np.nan, NAN, -np.inf, 1.5, -0.0])
    for order in (numbers, numbers[::-1], numbers[3:4], numbers[:0]):
        assert np.array(of_numbers(order).to_list(), dtype=np.float64).tobytes() == order.tobytes()
    assert len(of_numbers(numbers).values) == 6


VALUES = st.lists(st.sampled_from([None, "a", "b", 0.0, -0.0, 1, True, ("a",), ("a", "b"), ()]), max_size=6)


@given(VALUES, VALUES, st.randoms(use_true_random=False))
def test_columns_are_equal_where_the_lists_of_their_values_are(one, two, random):
    """Whatever order the codes have: also of one column written down in another order, and of one with a value twice."""
    first, second = Coded.of(one), Coded.of(two)
    order = list(range(len(second.values)))
    random.shuffle(order)
    places = np.array([*np.argsort(order), -1], dtype=np.int32)
    other = Coded(places[second.codes], tuple(second.values[at] for at in order))
    twice = Coded(second.codes, (*second.values, *second.values))

    assert (first == second) is (one == two)
    assert (first == other) is (one == two)
    assert (other == twice) is True
