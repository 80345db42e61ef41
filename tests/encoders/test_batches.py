"""Batches hold every row once, cost no more than their budget, and depend on nothing but the lengths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright import encoders
from benchwright.encoders.batches import plan_buckets

LENGTHS = st.lists(st.integers(0, 60), max_size=60)


@given(lengths=LENGTHS, budget=st.integers(1, 300))
def test_every_row_is_in_one_batch_within_the_budget(lengths, budget):
    """A batch costs its longest row times its rows, at most the budget unless it holds a single row."""
    batches = encoders.plan_batches(lengths, budget)

    assert sorted(np.concatenate(batches).tolist() if batches else []) == list(range(len(lengths)))
    for batch in batches:
        cost = max(1, *(lengths[at] for at in batch)) * len(batch)
        assert cost <= budget or len(batch) == 1


@given(lengths=LENGTHS, budget=st.integers(1, 300))
def test_rows_fall_in_length_and_keep_their_order_among_equals(lengths, budget):
    """The sort is stable, so equal lengths give equal plans wherever they are made."""
    order = [int(at) for batch in encoders.plan_batches(lengths, budget) for at in batch]

    assert order == sorted(range(len(lengths)), key=lambda at: (-max(1, lengths[at]), at))


@given(lengths=LENGTHS, budget=st.integers(1, 300), kinds=st.integers(1, 4))
def test_groups_never_share_a_batch(lengths, budget, kinds):
    """Rows of different groups are kept apart and none is lost."""
    groups = [at % kinds for at in range(len(lengths))]
    batches = encoders.plan_batches(lengths, budget, groups=groups)

    assert sum(map(len, batches)) == len(lengths)
    assert all(len({groups[at] for at in batch}) == 1 for batch in batches)


def test_the_longest_batch_comes_first():
    """Memory that does not suffice shows at once, with several groups too."""
    batches = encoders.plan_batches([3, 9, 5, 7], 10, groups=[0, 1, 1, 0])

    assert [int(batch[0]) for batch in batches] == [1, 3, 2, 0]


def test_a_budget_below_one_token_is_refused():
    """There is no batch of nothing."""
    with pytest.raises(ValueError, match="budget of 0"):
        encoders.plan_batches([1], 0)


def test_padding_is_on_the_right_with_the_value_of_each_column():
    """Values stay at the front of their line, the mask marks them."""
    encoded = encoders.join_rows({"input_ids": [[5, 6, 7], [8]], "token_type_ids": [[0, 1, 1], [0]]})
    batch = encoders.pad(encoded, np.array([1, 0]), {"input_ids": 99})

    assert batch.columns["input_ids"].tolist() == [[8, 99, 99], [5, 6, 7]]
    assert batch.columns["token_type_ids"].tolist() == [[0, 0, 0], [0, 1, 1]]
    assert batch.mask.tolist() == [[True, False, False], [True, True, True]]


def test_columns_of_other_lengths_are_refused():
    """A column that does not match the first one is a bug, not data."""
    with pytest.raises(ValueError, match="token_type_ids"):
        encoders.join_rows({"input_ids": [[1, 2]], "token_type_ids": [[0]]})


def test_rows_are_equal_only_in_all_columns():
    """The same ids with other segments are another input; rows with errors equal nothing."""
    encoded = encoders.join_rows(
        {"input_ids": [[1, 2], [1, 2], [1, 2], [], [1], [2]], "token_type_ids": [[0, 0], [0, 1], [0, 0], [], [0], [0]]},
        errors={3: "unreadable"},
    )
    unique = encoders.find_unique(encoded)

    assert unique.rows.tolist() == [0, 1, 4, 5]
    assert unique.source.tolist() == [0, 1, 0, -1, 2, 3]


@given(lengths=LENGTHS, kinds=st.integers(1, 3), most=st.integers(1, 20))
def test_buckets_hold_one_length_each_row_once_and_are_shared_out_evenly(lengths, kinds, most):
    """No batch is a remainder: those of one length and group differ by at most one row."""
    groups = np.array([at % kinds for at in range(len(lengths))], dtype=np.int64)
    found = plan_buckets(lengths, dict.fromkeys(lengths, most), groups)

    assert sorted(np.concatenate(found).tolist() if found else []) == list(range(len(lengths)))
    sizes = {}
    for batch in found:
        kind = {(lengths[at], int(groups[at])) for at in batch.tolist()}
        assert len(kind) == 1
        assert len(batch) <= most
        sizes.setdefault(kind.pop(), []).append(len(batch))
    assert all(max(some) - min(some) < 2 for some in sizes.values())
    assert [lengths[batch[0]] for batch in found] == sorted((lengths[batch[0]] for batch in found), reverse=True)


def test_filling_stands_behind_the_rows_and_is_no_row():
    """Copies of the first row, so that products of matrices have the lines that they need."""
    encoded = encoders.join_rows({"input_ids": [[5, 6], [7, 8]]})
    batch = encoders.pad(encoded, np.array([1, 0]), lines=4)

    assert batch.columns["input_ids"].tolist() == [[7, 8], [5, 6], [7, 8], [7, 8]]
    assert (len(batch), batch.lengths.tolist(), batch.mask.shape, batch.tokens) == (2, [2] * 4, (4, 2), 8)
