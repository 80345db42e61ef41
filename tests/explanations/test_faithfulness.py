"""Judging: one question to the model, no luck of order, nothing that depends on neighbours."""

import numpy as np
import pytest

from benchwright.explanations.faithfulness import MOST_DROPS, judge, top_sizes


def additive(worth):
    return lambda kept: np.asarray(kept) @ np.asarray(worth, dtype=float).reshape(-1, 1)


def test_bins_are_rounded_up_and_equal_ones_count_once():
    assert top_sizes(1) == (1,)
    assert top_sizes(2) == (1,)
    assert top_sizes(20) == (1, 2, 4, 10)
    assert top_sizes(100) == (1, 5, 10, 20, 50)
    assert top_sizes(101) == (2, 6, 11, 21, 51)


def test_a_single_word_is_as_good_as_a_random_one():
    found = judge(additive([2.0]), np.array([[1.0]]), rng=np.random.default_rng(0))[0]
    assert (found.comprehensiveness, found.random_comprehensiveness) == (2.0, 2.0)
    assert (found.sufficiency, found.random_sufficiency) == (0.0, 0.0)
    assert found.tau is None
    assert found.random_tau is None


def test_values_that_are_all_alike_are_no_better_than_random_though_the_first_word_decides():
    worth = [5.0] + [0.0] * 19
    gaps = []
    for seed in range(400):
        one = judge(additive(worth), np.zeros((1, 20)), rng=np.random.default_rng(seed))[0]
        gaps.append(one.comprehensiveness - one.random_comprehensiveness)
        assert one.tau is None
    assert abs(np.mean(gaps)) < 3.5 * np.std(gaps) / np.sqrt(len(gaps))


def test_a_model_that_ignores_its_input_gives_gaps_of_exactly_nothing():
    found = judge(lambda kept: np.full((len(kept), 1), 0.37), np.arange(12.0)[None], rng=np.random.default_rng(4))[0]
    assert found.comprehensiveness == found.random_comprehensiveness == 0.0
    assert found.sufficiency == found.random_sufficiency == 0.0
    assert found.tau is None


def test_the_model_is_asked_once_for_all_targets():
    calls = []
    worth = np.arange(30.0).reshape(15, 2)

    def ask(kept):
        calls.append(len(kept))
        return kept @ worth

    found = judge(ask, worth.T, rng=np.random.default_rng(0))
    assert len(calls) == 1
    assert [one.tau for one in found] == [1.0, 1.0]


@pytest.mark.parametrize("words", [MOST_DROPS, MOST_DROPS + 200])
def test_a_long_text_is_judged_by_the_drops_of_some_of_its_words(words):
    rng, rows = np.random.default_rng(0), []
    worth = rng.standard_normal(words)

    def ask(kept):
        rows.extend(kept.tolist())
        return kept @ worth[:, None]

    found = judge(ask, worth[None], rng=rng)[0]
    one_left_out = {tuple(row) for row in rows if sum(row) == words - 1}
    assert MOST_DROPS <= len(one_left_out) <= MOST_DROPS + 1
    assert found.tau == 1.0
