"""Plausibility on made-up rows: counted by hand, and against scikit-learn."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from benchwright.explanations.alarms import plausibility_notes
from benchwright.explanations.plausibility import (
    average_precision,
    average_precision_of_chance,
    marked_words,
    plausibility_scores,
    token_f1,
)
from benchwright.types import Attribution, Explanation, Target, Word

POSITIVE = Target(name="positive", label="positive")


def words_of(text):
    found, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        found.append(Word(input="text", start=start, end=at))
    return tuple(found)


def explained(item, text, values):
    return Explanation(
        id=item,
        words=words_of(text),
        attributions=(Attribution(target=POSITIVE, values=values, full=1.0),),
    )


def test_a_word_is_marked_where_one_of_its_characters_is():
    words = words_of("a moving film")
    assert marked_words(words, [("text", 4, 8)]).tolist() == [False, True, False]
    assert marked_words(words, [("text", 1, 2)]).tolist() == [False, False, False]
    assert marked_words(words, [("other", 0, 13)]).tolist() == [False, False, False]


def test_as_many_top_words_are_taken_as_people_marked():
    marked = np.array([True, False, True, False, False])
    assert token_f1([5.0, 4.0, 3.0, 0.0, 0.0], marked) == 0.5
    assert token_f1([5.0, 0.0, 3.0, 0.0, 0.0], marked) == 1.0
    # One of three tied words gets the second place: a chance of 1/3 that it is the marked one.
    assert token_f1([5.0, 1.0, 1.0, 1.0, 0.0], marked) == pytest.approx((1 + 1 / 3) / 2)


@given(st.lists(st.tuples(st.integers(-2, 2), st.booleans()), min_size=1, max_size=15))
@settings(max_examples=80, deadline=None)
def test_average_precision_is_that_of_scikit_learn_ties_and_all(rows):
    values, marked = np.array([float(one) for one, _ in rows]), np.array([one for _, one in rows])
    assume(marked.any())
    assert average_precision(values, marked) == pytest.approx(average_precision_score(marked, values), abs=1e-12)


@pytest.mark.parametrize(("words", "marked"), [(1, 1), (2, 1), (5, 2), (6, 3), (6, 5)])
def test_what_chance_gives_is_the_mean_over_all_orders(words, marked):
    mask = np.arange(words) < marked
    every = [average_precision(np.array(order, dtype=float), mask) for order in permutations(range(words))]
    assert average_precision_of_chance(words, marked) == pytest.approx(np.mean(every), abs=1e-12)


def test_items_without_anything_to_meet_or_miss_are_counted_and_never_nought_or_one():
    text = "a moving film indeed"
    found = [explained(item, text, (0.0, 3.0, 1.0, 0.5)) for item in ("right", "wrong", "none", "all", "absent")]
    rationales = {"right": [("text", 2, 8)], "wrong": [("text", 0, 1)], "none": [], "all": [("text", 0, len(text))]}
    f1, auprc = plausibility_scores(found, rationales, {})
    assert (f1.metric, f1.n, f1.undefined, f1.value, f1.random) == ("token_f1", 2, 3, 0.5, 0.25)
    assert (auprc.metric, auprc.value) == ("auprc", (1 + 1 / 4) / 2)
    assert f1.reason == "only 2 items: an interval needs 10"
    assert plausibility_scores(found, {}, {}) == ()
    told = plausibility_notes(found, (f1, auprc), {one.id: "positive" for one in found} | {"wrong": "negative"})
    assert [one.code for one in told] == ["no-rationale", "other-label"]
    assert told[0].sentence.startswith("3 items of 5 left out of plausibility")
    assert told[1].sentence.startswith("the model gives another answer to 1 item of 5")


def test_made_up_rows_whose_marked_words_count_are_told_from_chance():
    rng, found, rationales = np.random.default_rng(0), [], {}
    for item in range(30):
        length = int(rng.integers(5, 12))
        text = " ".join(f"w{at}" for at in range(length))
        right = int(rng.integers(length))
        values = rng.standard_normal(length) * 0.5
        values[right] += 2
        found.append(explained(str(item), text, tuple(values)))
        rationales[str(item)] = [("text", text.index(f"w{right}"), text.index(f"w{right}") + 2)]
    for score in plausibility_scores(found, rationales, {}):
        assert score.low > 0.3
        assert score.value > 0.8
        assert score.random < 0.4
