"""Which inputs stand for a task when not all of them are asked."""

import numpy as np
import pytest

from benchwright.profiling.inputs import spread_over_lengths
from benchwright.types import Example


def texts(lengths):
    return tuple(
        Example(id=f"t/{at}", index=at, inputs={"text": "x" * length, "other": ["ab", "c"]}, target=None)
        for at, length in enumerate(lengths)
    )


@pytest.mark.parametrize("count", [5, 7, 27])
def test_a_few_inputs_are_as_long_on_average_as_all(count):
    """Skewed lengths of 200 texts: whatever the seed, the mean of a few is within 12 % of the mean of all; random fives miss it by 100 %."""
    lengths = np.random.default_rng(0).lognormal(3, 0.8, 200).astype(int) + 1
    every = texts(lengths)

    for seed in range(20):
        chosen = spread_over_lengths(every, count, seed)
        assert len({one.id for one in chosen}) == count
        assert np.mean([len(one.inputs["text"]) for one in chosen]) == pytest.approx(lengths.mean(), rel=0.12)


def test_all_of_them_are_all_of_them_in_an_order_of_the_seed():
    every = texts([5, 5, 5, 1, 9])

    assert sorted(one.id for one in spread_over_lengths(every, 5, 1)) == [one.id for one in every]
    assert spread_over_lengths(every, 3, 4) == spread_over_lengths(every, 3, 4)
