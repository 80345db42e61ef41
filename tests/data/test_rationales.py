"""Rationales in cells: three forms, each checked against the text of its row."""

import numpy as np
import pytest

from benchwright.data.rationales import InvalidRationale, read_rationale

TEXT = {"text": "dull, far too long"}
PAIR = {"text": "a film", "text_pair": "a long film", "options": ["x"]}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("[[0, 4], [6, 18]]", (("text", 0, 4), ("text", 6, 18))),
        ([[6, 9], [0, 4], [8, 13]], (("text", 0, 4), ("text", 6, 13))),
        ('["dull", "far too"]', (("text", 0, 4), ("text", 6, 13))),
        ("1 0 0 1", (("text", 0, 5), ("text", 14, 18))),
        ("0,0,0,1", (("text", 14, 18),)),
        ([0, 1, 1, 0], (("text", 6, 9), ("text", 10, 13))),
        (np.array([0, 0, 0, 1]), (("text", 14, 18),)),
        ([False, False, True, False], (("text", 10, 13),)),
        ('{"text": [[0, 4]]}', (("text", 0, 4),)),
        ("[]", ()),
        ("[0, 0, 0, 0]", ()),
        ("", None),
        ("  ", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_a_cell_says_which_parts_are_marked(cell, expected):
    assert read_rationale(cell, TEXT) == expected


def test_an_object_says_of_which_text():
    assert read_rationale('{"text_pair": ["long"], "text": []}', PAIR) == (("text_pair", 2, 6),)
    assert read_rationale([[0, 1]], PAIR) == (("text", 0, 1),)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("it is dull", "is no rationale"),
        ("[[0, 4", "is no rationale"),
        ("[[0, 4], 5]", "is no rationale"),
        ("[[0, 4, 5]]", "is no rationale"),
        ("[0.5, 1, 0, 0]", "is no rationale"),
        ("7", "is no rationale"),
        ("[[0, true]]", "is no rationale"),
        ("[" * 5000, "is no rationale"),
        ("[[4, 4]]", "lies outside a text of 18 characters, or holds none"),
        ("[[-1, 4]]", "lies outside"),
        ("[[0, 99]]", "lies outside"),
        ("0 1 0", "3 marks for a text of 4 parts between blanks"),
        ('["dul"]', "stands nowhere in the text as whole words"),
        ('[""]', "stands nowhere"),
        ('{"question": [[0, 1]]}', "'question' is no text of the item"),
        ("null", "is no rationale"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(cell, problem):
    with pytest.raises(InvalidRationale) as caught:
        read_rationale(cell, TEXT)
    assert problem in caught.value.problem.seen
    assert len(caught.value.problem.seen) < 120


def test_words_that_stand_there_twice_need_offsets():
    with pytest.raises(InvalidRationale) as caught:
        read_rationale(["far"], {"text": "far and far"})
    assert "stands 2 times" in caught.value.problem.seen
    assert "[[" in caught.value.problem.hint
