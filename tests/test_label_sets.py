"""Cells that hold sets of labels: lists, lists written as text, parts at a separator, zeros and ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.label_sets import bits, is_position_wise, listed, parts


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (["a", "b"], ["a", "b"]),
        ('["a", "b"]', ["a", "b"]),
        ("['a', 'b']", ["a", "b"]),
        ("['a, c', \"b's\"]", ["a, c", "b's"]),
        ("('a', 'b')", ["a", "b"]),
        ("['a']", ["a"]),
        ("[]", []),
        ("[1, 2]", [1, 2]),
        ("a|b", ["a", "b"]),
        ("a,b", ["a", "b"]),
        ("a", ["a"]),
        ("['a' 'b']", ["['a' 'b']"]),
        ("[a, b]", ["[a", " b]"]),
        (3, [3]),
    ],
)
def test_parts_of_a_cell(cell, found):
    """A list is read as such in each of its spellings; what numpy prints is no list, and falls to whoever knows the labels."""
    assert parts(cell, None) == found


def test_a_label_may_hold_commas_and_brackets():
    """What is a label as it stands is not parted; a separator that was named parts whatever holds it."""
    known = {"[a]", "b, c"}.__contains__
    assert parts("b, c", None, known) == ["b, c"]
    assert parts('["a"]', None, known) == ["a"]
    assert parts("[a]", None, known) == ["[a]"]
    assert parts("b, c", ", ", known) == ["b", "c"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ([0, 1, 1], (False, True, True)),
        ([0.0, 1.0], (False, True)),
        ([False, True], (False, True)),
        (["0", "1"], (False, True)),
        ("[0, 1]", (False, True)),
        ("[0 1]", (False, True)),
        ("[0. 1.]", (False, True)),
        ("0|1|0", (False, True, False)),
        ("0 1", (False, True)),
        ("01", (False, True)),
        ("[False, True]", (False, True)),
        ([0], None),
        ("1", None),
        ([0, 2], None),
        (["a", "b"], None),
        (10, None),
        (None, None),
        ([], None),
    ],
)
def test_zeros_and_ones(cell, said):
    """A vector has two places at least and nothing but zeros and ones, however it is written."""
    assert bits(cell) == said


def test_a_set_names_no_label_twice():
    """Three zeros and ones repeat one of them, so they are positions; two different ones may be two labels."""
    assert [is_position_wise(cell) for cell in ([0, 1, 1], [0, 0], [0, 1], [1], ["a", "a"])] == [
        True,
        True,
        False,
        False,
        False,
    ]


@given(st.text(alphabet="[]()'\",\\ ab01|\n", max_size=20))
def test_any_text_is_a_list_or_none(text):
    """No text raises, and what is a list came out of brackets."""
    found = listed(text)
    assert found is None or (isinstance(found, list) and text.strip()[0] in "[(")
    parts(text, None)
    bits(text)
