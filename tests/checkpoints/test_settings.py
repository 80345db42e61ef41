"""Whole numbers among options of checkpoints have an end: one slip of the keys does not take the memory of a machine."""

import pytest

from benchwright.checkpoints.settings import READING, read_reading
from benchwright.errors import ModelError
from benchwright.types import ClassificationTask, Context, Label, ModelRef

LABELS = (Label(name="no", id=0), Label(name="yes", id=1))
TASK = ClassificationTask(
    name="t",
    splits={},
    default_split="v",
    inputs={"text": ("text",)},
    target=("l",),
    metrics=(),
    labels=LABELS,
)


def read(tokens):
    model = ModelRef(name="m", adapter="transformers", path="p", options={"token_budget": tokens})
    return read_reading(model, TASK, Context(suite="s", train=None, items=tuple)).token_budget


def test_sizes_of_a_forward_pass_that_are_meant_are_taken():
    """Any whole number from 1 to 2**20, leading zeros or not."""
    assert [read("1"), read("007"), read("1048576")] == [1, 7, 2**20]


@pytest.mark.parametrize("tokens", ["1048577", "1000000000000", "9223372036854775808", "9" * 5000])
def test_larger_ones_are_refused_before_anything_is_filled(tokens):
    """Every buffer is filled up to its size; numbers longer than Python turns into numbers are no traceback either."""
    with pytest.raises(ModelError) as caught:
        read(tokens)
    assert "at most 1048576" in str(caught.value)
    assert READING["token_budget"] in str(caught.value)
    assert len(str(caught.value)) < 300
