"""How far two models' answers agree, counted by hand."""

import pytest

from benchwright.agreement.answered import agree
from benchwright.types import Agreement, Kind


def test_labels_that_change_are_flips_with_the_margin_of_the_reference(make_task, make_records):
    """Of four labels two change: one that the reference was sure of (0.8 - 0.15), one near a tie (0.40 - 0.35)."""
    one = make_records("abac", [(0.8, 0.15, 0.05), (0.1, 0.8, 0.1), (0.4, 0.35, 0.25), (0.1, 0.1, 0.8)])
    two = make_records("bbbc", [(0.3, 0.6, 0.1), (0.1, 0.8, 0.1), (0.37, 0.38, 0.25), (0.1, 0.1, 0.8)])
    found = agree(make_task(), one, two)
    assert (found.n, found.same, found.flips, found.beyond) == (4, 2, 2, 1)
    assert found.surest == pytest.approx(0.65)
    assert found.largest == pytest.approx(0.5)
    assert found.mean == pytest.approx((0.5 + 0.45 + 0.05 + 0.03 + 0.03) / 12)
    assert (found.negative, found.positive) == (None, None), "without gold answers nobody knows"
    assert not found.is_reached


def test_flips_are_for_the_worse_or_the_better_by_the_gold_answer(make_task, make_records):
    """Right before and wrong after is negative, wrong before and right after positive, wrong both times neither."""
    found = agree(make_task(), make_records("aaab", targets="abcb"), make_records("bbbb", targets="abcb"))
    assert (found.flips, found.negative, found.positive) == (3, 1, 1)
    assert found.beyond is None, "a reference without scores does not say how sure it was"


def test_logits_are_made_probabilities_before_margins_are_taken(make_task, make_records):
    """exp(2) : exp(1) : exp(0) is 0.665 : 0.245 : 0.090."""
    one, two = make_records("a", [(2.0, 1.0, 0.0)]), make_records("b", [(1.0, 2.0, 0.0)])
    assert agree(make_task(), one, two).surest == pytest.approx(0.6652 - 0.2447, abs=1e-4)


def test_lost_answers_are_counted_and_never_reach_the_agreement(make_task, make_records):
    """An item that one of them leaves out is no flip, and no variant may leave one out."""
    found = agree(make_task(), make_records(["a"] * 300), make_records(["a"] * 299 + [None]))
    assert (found.n, found.lost, found.flips) == (299, 1, 0)
    assert not found.is_reached


def test_sets_of_labels_flip_by_the_decision_that_was_surest(make_task, make_records):
    """{a, b} against {a}: b was at 0.52, a margin of 0.04; against {b}: a was at 0.9, a margin of 0.8."""
    task = make_task(multilabel=True)
    one = make_records([("a", "b"), ("a", "b")], [(0.9, 0.52, 0.1)] * 2)
    two = make_records([("a",), ("b",)], [(0.9, 0.49, 0.1), (0.4, 0.52, 0.1)])
    found = agree(task, one, two)
    assert (found.flips, found.beyond) == (2, 1)
    assert found.surest == pytest.approx(0.8)


def test_sets_of_labels_that_are_all_the_same_have_no_sure_flip(make_task, make_records):
    """The reference says how sure it is, though of nothing that changed."""
    one, two = make_records([("a",), ()], [(0.9, 0.1, 0.1)] * 2), make_records([("a",), ()], [(0.8, 0.2, 0.1)] * 2)
    found = agree(make_task(multilabel=True), one, two)
    assert (found.same, found.beyond, found.surest) == (2, 0, None)


def test_tags_are_counted_by_word(make_task, make_records):
    """One of five words has another tag."""
    one, two = make_records([("a", "b"), ("a", "b", "c")]), make_records([("a", "b"), ("a", "c", "c")])
    found = agree(make_task(Kind.TAG), one, two)
    assert (found.n, found.same, found.unit, found.beyond) == (5, 4, "word", None)


def test_tags_for_the_worse_are_counted_by_word_too(make_task, make_records):
    """Gold abc and aa; two words change for the worse and one for the better, all in one sentence."""
    gold = [("a", "b", "c", "c"), ("a", "a")]
    one = make_records([("a", "b", "a", "c"), ("b", "a")], targets=gold)
    two = make_records([("b", "c", "c", "c"), ("c", "a")], targets=gold)
    found = agree(make_task(Kind.TAG), one, two)
    assert (found.flips, found.negative, found.positive) == (4, 2, 1)


def test_options_are_judged_by_the_scores_of_their_own_item(make_task, make_records):
    """Items with two and with three options: the margin is that of each item's own scores."""
    one, two = (
        make_records([0, 2], [(0.54, 0.46), (0.1, 0.1, 0.8)]),
        make_records([1, 2], [(0.4, 0.6), (0.1, 0.1, 0.8)]),
    )
    found = agree(make_task(Kind.CHOOSE, labels=()), one, two)
    assert (found.flips, found.beyond) == (1, 0)
    assert found.surest == pytest.approx(0.08)


@pytest.mark.parametrize("answer", [1e-3, 3.2, -1e6])
def test_a_single_number_is_held_against_its_own_size(answer, make_task, make_records):
    """Where all exact answers are one, there is no range: 0.4 % more is the same, 1 % a change, 3 % one beyond doubt."""
    exact = make_records([answer] * 3)
    found = agree(make_task(Kind.REGRESS, labels=()), exact, make_records([answer * by for by in (1.004, 1.01, 1.03)]))
    assert (found.same, found.beyond) == (1, 1)


def test_numbers_are_the_same_within_half_a_hundredth_of_their_range(make_task, make_records):
    """Of a range of 5: 0.02 is rounding, 0.05 a change, 0.2 one beyond doubt."""
    task = make_task(Kind.REGRESS, labels=(), value_range=(0.0, 5.0), metrics=("pearson",))
    found = agree(task, make_records([1.0, 2.0, 3.0]), make_records([1.02, 2.05, 3.2]))
    assert (found.same, found.flips, found.beyond) == (1, 2, 1)
    assert found.largest == pytest.approx(0.2)


def test_vectors_are_the_same_by_their_angle(make_task, make_records):
    """Twice a vector points the same way; one at 8 degrees is beyond doubt."""
    task = make_task(Kind.EMBED, labels=())
    found = agree(task, make_records([(1.0, 0.0), (1.0, 0.0)]), make_records([(2.0, 0.0), (0.99, 0.14)]))
    assert (found.same, found.flips, found.beyond) == (1, 1, 0)
    assert agree(task, make_records([(1.0, 0.0)]), make_records([(0.9, 0.2)])).beyond == 1


def test_other_items_are_refused(make_task, make_records):
    """Agreement is about the same items."""
    with pytest.raises(ValueError, match="not of the same items"):
        agree(make_task(), make_records("ab"), make_records("a"))


@pytest.mark.parametrize(
    ("same", "beyond", "reached"), [(995, 0, True), (994, 0, False), (999, 1, False), (1000, None, True)]
)
def test_the_agreement_that_is_asked_for(same, beyond, reached):
    """At least 99.5 % the same, and none changed of which the reference was sure."""
    assert Agreement(n=1000, same=same, beyond=beyond).is_reached is reached


def test_an_answer_without_a_margin_has_moved(make_task, make_records):
    """Of a way that gives no probabilities nobody knows how near its answers are to changing; of one that gives none of some likewise."""
    exact = make_records("abc", [(0.8, 0.1, 0.1), (0.1, 0.8, 0.1), (0.1, 0.1, 0.8)])
    some = make_records("abc", [(0.8, 0.1, 0.1), (0.1, float("nan"), 0.1), (0.1, 0.1, 0.8)])
    assert agree(make_task(), exact, make_records("abc")).moved == 1
    assert agree(make_task(), exact, some).moved == pytest.approx(1 / 3)
    assert agree(make_task(), make_records("abc"), exact).moved is None, "exact has none itself"


def test_sets_of_labels_move_by_the_decision_that_moves_farthest(make_task, make_records):
    """2 p - 1 of the second label goes from -0.2 to -0.26, and in the other set no decision moves by more than 0.04."""
    task, sets = make_task(multilabel=True), [("a",), ("a",)]
    exact = make_records(sets, [(0.9, 0.4, 0.1), (0.9, 0.4, 0.1)])
    found = agree(task, exact, make_records(sets, [(0.9, 0.37, 0.1), (0.9, 0.38, 0.1)]))
    assert (found.same, found.moved, found.is_reached) == (2, 0.5, False)
    assert agree(task, exact, make_records(sets)).moved == 1
    assert agree(task, make_records(sets), exact).moved is None


def test_an_item_that_nobody_answers_hides_no_sure_flip_of_a_set(make_task, make_records):
    """It has no scores; the others have, and one of them changed at 0.9."""
    one = make_records([("a",), None, ("a",)], [(0.9, 0.1, 0.1), None, (0.9, 0.1, 0.1)])
    two = make_records([("a",), None, ()], [(0.9, 0.1, 0.1), None, (0.4, 0.1, 0.1)])
    found = agree(make_task(multilabel=True), one, two)
    assert (found.n, found.flips, found.beyond, found.moved) == (2, 1, 1, 0.5)
