"""Which examples stand on a page: reasons, order, room, words."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchwright.report_content.example_choice import (
    ERRORED,
    NOT_ASKED,
    NOT_RIGHT,
    RIGHT,
    UNJUDGED,
    ExampleChoice,
    choose_items,
    in_words,
)

NAN = np.nan


def chosen(verdicts: list[list[int]], *, limit: int, sure: list[list[float]] | None = None) -> ExampleChoice:
    """A choice with confidences, and no sizes."""
    given_ = np.array(verdicts, dtype=np.int8)
    known = np.array(sure, dtype=float) if sure else np.full(given_.shape, NAN)
    return choose_items(given_, known, np.full(given_.shape, NAN), limit=limit)


def test_an_item_that_only_some_models_get_right_comes_before_one_that_none_does() -> None:
    found = chosen([[1, 0, 0], [1, 1, 0]], limit=1)
    assert found.places == (1,)


def test_the_most_confident_mistake_of_each_model_comes_first() -> None:
    # Four mistakes of both models and room for two: item 2 is where the first is surest, item 1 where the second is.
    sure = [[0.6, 0.7, 0.9, 0.8], [0.6, 0.99, 0.7, 0.8]]
    found = chosen([[0] * 4, [0] * 4], limit=2, sure=sure)
    assert found.places == (1, 2)


def test_right_items_are_spread_from_the_least_to_the_most_confident() -> None:
    sure = [[0.51, 0.99, 0.6, 0.9, 0.7, 0.8]]
    found = chosen([[1] * 6], limit=3, sure=sure)
    # By confidence the items are 0, 2, 4, 5, 3, 1: at equal distances 0, 4, 3.
    assert found.places == (0, 3, 4)


def test_errored_items_are_a_reason_of_their_own_and_are_counted_once() -> None:
    found = chosen([[ERRORED, NOT_RIGHT, RIGHT], [RIGHT, RIGHT, RIGHT]], limit=10)
    assert {group.reason: group.known for group in found.groups} == {"errored": 1, "differ": 1, "right": 1}


def test_what_was_not_asked_is_neither_right_nor_wrong() -> None:
    found = chosen([[RIGHT, NOT_RIGHT], [NOT_ASKED, NOT_ASKED]], limit=10)
    assert {group.reason: group.known for group in found.groups} == {"mistaken": 1, "right": 1}


def test_numbers_are_chosen_where_errors_of_models_are_furthest_apart() -> None:
    size = np.array([[0.1, 2.0, 0.0, 1.0], [0.1, 0.5, 0.2, 1.0]])
    found = choose_items(np.full((2, 4), UNJUDGED, np.int8), np.full((2, 4), NAN), size, limit=1)
    assert found.places == (1,)


@given(
    st.integers(1, 4).flatmap(
        lambda models: st.lists(
            st.lists(st.sampled_from([0, 1, 2, 3, 4]), min_size=models, max_size=models), min_size=1, max_size=40
        )
    ),
    st.integers(0, 50),
)
def test_no_more_than_the_limit_each_once_in_the_order_of_the_data_and_groups_hold_every_item(
    rows: list[list[int]], limit: int
) -> None:
    verdicts = np.array(rows, dtype=np.int8).T.tolist()
    found = chosen(verdicts, limit=limit)
    assert len(found.places) == min(limit, len(rows))
    assert sorted(set(found.places)) == list(found.places)
    assert sum(group.known for group in found.groups) == len(rows) == found.total
    assert sum(group.taken for group in found.groups) == len(found.places)


def test_the_choice_is_told_with_counts_and_never_as_a_sample() -> None:
    verdicts = [[NOT_RIGHT, NOT_RIGHT, *[RIGHT] * 8], [RIGHT, NOT_RIGHT, *[RIGHT] * 8]]
    words = in_words(chosen(verdicts, limit=5), "example", models=2, confident=True)
    assert words == (
        "5 of 10 examples: the one that some models get right and others do not, the one that no model gets right, "
        "3 of 8 that all get right. Looked for, not a random sample."
    )


def test_all_items_are_told_as_all() -> None:
    assert in_words(chosen([[1, 0]], limit=2), "question", models=1, confident=False) == "All 2 questions."
