"""A vector is as many finite numbers for each item of a cell; everything else is an error that says why."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright import kinds
from benchwright.execution.records import to_records
from benchwright.types import EmbeddingTask, Example, Prediction

TASK = EmbeddingTask(
    name="t",
    splits={},
    default_split="v",
    inputs={"text": ("text",)},
    target=("set",),
    metrics=(),
    pooling="cls",
    layer=3,
)
KIND = kinds.of(TASK)
EXAMPLE = Example(id="t/0", index=0, inputs={"text": "Ada writes."})


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (None, "not a vector: None"),
        ("0.1 0.2", "not a vector: '0.1 0.2'"),
        ({"a": 1.0}, "not a vector"),
        ((), "a vector without numbers"),
        ((1.0, None), "number 1 of the vector is None"),
        ((True,), "number 0 of the vector is True"),
        ((1.0, "2"), "number 1 of the vector is '2'"),
        ((math.nan,), "number 0 of the vector is not finite: nan"),
        ((0.0, -math.inf), "number 1 of the vector is not finite: -inf"),
        ((1e39,), "number 0 of the vector is 1e+39, more than single precision holds"),
    ],
)
def test_what_is_no_vector_is_said(output, said):
    """In words that name the place."""
    assert said in KIND.check_output(TASK)(Prediction(output=output), EXAMPLE)


def test_a_vector_of_another_length_is_an_error_of_its_example():
    """The first one says how long they are; those after the odd one are judged as before."""
    answers = [Prediction(output=(1.0, 2.0)), Prediction(output=(1.0,)), Prediction(output=(3.0, 4.0))]
    records = to_records([EXAMPLE] * 3, answers, TASK)
    assert [one.error for one in records] == [None, "a vector of 1 numbers, where the first has 2", None]
    assert [one.output for one in records] == [(1.0, 2.0), None, (3.0, 4.0)]


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=4), st.integers(0, 3))
def test_vectors_are_alike_within_a_tolerance(numbers, place):
    """Number by number."""
    one = Prediction(output=tuple(numbers))
    moved = np.array(numbers)
    moved[place % len(numbers)] += 0.5
    other = Prediction(output=tuple(moved.tolist()))
    assert KIND.are_alike(one, one, 0.0)
    assert KIND.are_alike(one, other, 0.4) == (abs(moved - numbers).max() <= 0.4)
    assert not KIND.are_alike(one, Prediction(output=(*numbers, 0.0)), 1.0)


def test_a_line_shows_the_beginning_of_a_vector():
    """And how long it is."""
    assert KIND.show_output((0.123456, -1.0, 2.0, 3.0, 4.0), None, {}, str) == "0.1235, -1, 2, 3, ... (5 numbers)"


def test_a_card_asks_for_one_text():
    """A pair has two vectors or one, and nobody says which."""
    two = EmbeddingTask(
        name="t", splits={}, default_split="v", inputs={"a": ("a",), "b": ("b",)}, target=(), metrics=()
    )
    assert list(KIND.check_card(two)) == ["a vector is asked for one text, and the inputs are a, b"]
    assert list(KIND.check_card(TASK)) == []
