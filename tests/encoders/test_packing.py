"""Buffers hold every text once, none more than its size, and nearly nothing is left to fill."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.encoders.packing import buffer_size, plan_buffers

LENGTHS = st.lists(st.integers(1, 60), max_size=80)


@given(lengths=LENGTHS, tokens=st.integers(1, 100))
def test_every_text_is_in_one_buffer_that_has_room_for_it(lengths, tokens):
    """A text longer than a buffer has one of the next multiple by itself."""
    found = plan_buffers(lengths, tokens)

    assert sorted(np.concatenate(found).tolist() if found else []) == list(range(len(lengths)))
    for buffer in found:
        mine = [lengths[at] for at in buffer]
        assert sum(mine) <= buffer_size(mine[0], tokens)
        assert buffer_size(mine[0], tokens) == tokens or len(mine) == 1


@given(lengths=LENGTHS, tokens=st.integers(1, 100))
def test_equal_lengths_stand_together_and_the_longest_waiting_text_begins_a_buffer(lengths, tokens):
    """Attention is computed over texts of one length at a time; memory that does not suffice shows at once."""
    waiting = sorted(lengths, reverse=True)
    for buffer in plan_buffers(lengths, tokens):
        mine = [lengths[at] for at in buffer]
        assert mine == sorted(mine, reverse=True)
        assert mine[0] == waiting[0]
        for length in mine:
            waiting.remove(length)


@given(lengths=LENGTHS)
def test_texts_of_one_length_keep_their_order(lengths):
    order = [int(at) for buffer in plan_buffers(lengths, 64) for at in buffer]
    for length in set(lengths):
        mine = [at for at in order if lengths[at] == length]
        assert mine == sorted(mine)


@pytest.mark.parametrize(("mean", "spread", "longest"), [(3.1, 0.45, 66), (4.1, 0.5, 384), (5.1, 0.3, 384)])
def test_less_than_a_hundredth_of_all_buffers_but_the_last_is_filled(mean, spread, longest):
    """Lengths like those of reviews, of pairs and of questions on a text, 800 of each."""
    drawn = np.exp(np.random.default_rng(5).normal(mean, spread, 800)).astype(int)
    lengths = np.clip(drawn, 3, longest)
    used = [int(lengths[buffer].sum()) for buffer in plan_buffers(lengths, 1024)]

    assert sum(used[:-1]) > 0.99 * 1024 * (len(used) - 1)


def test_what_is_left_takes_short_texts_or_the_longest_ones_make_room():
    """By hand: 60 + 40 where 40 is at hand; two of 34 leave 32, which no text fills, one of 34 with 33 twice fills 100."""
    assert plan_buffers([40, 60, 30], 100)[0].tolist() == [1, 0]
    assert [len(buffer) for buffer in plan_buffers([34, 34, 33, 33], 100)] == [3, 1]


def test_buffers_of_nothing_are_refused():
    with pytest.raises(ValueError, match="buffers of 0 tokens"):
        plan_buffers([1], 0)
