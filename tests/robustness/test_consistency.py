"""Whether the answer to a variant is that to its original, kind by kind."""

import msgspec
import pytest

from benchwright.robustness import join, same_answer
from benchwright.robustness.consistency import are_right_throughout, expected_text, shares_of_consistent


def test_the_share_is_of_each_item_and_asks_for_no_gold(two_labels, item, variant):
    """Item 0: one of two variants answered as the original, wrongly; item 1: both."""
    clean = [item(0, "yes", "no"), item(1, "no", "no")]
    view = [
        variant(0, "yes", "no", 0),
        variant(0, "yes", "yes", 1),
        variant(1, "no", "no", 0),
        variant(1, "no", "no", 1),
    ]
    items = join(two_labels, clean, view)

    assert shares_of_consistent(items).tolist() == [0.5, 1.0]
    assert are_right_throughout(items).tolist() == [0.0, 1.0]


def test_the_worst_case_needs_the_original_and_every_variant_right(two_labels, item, variant):
    """One wrong variant, or a wrong original, is enough."""
    clean = [item(0, "yes", "yes"), item(1, "yes", "no"), item(2, "yes", "yes")]
    view = [variant(0, "yes", "yes"), variant(0, "yes", "no", 1), variant(1, "yes", "yes"), variant(2, "yes", "yes")]

    assert are_right_throughout(join(two_labels, clean, view)).tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(("answer", "same"), [(2.25, True), (1.75, True), (2.26, False)])
def test_numbers_are_the_same_within_a_twentieth_of_the_range(numbers, item, variant, answer, same):
    """0.25 on a scale from 0 to 5."""
    assert same_answer(numbers)(item(0, 2.0, 2.0), variant(0, 2.0, answer)) is same


def test_numbers_are_never_right_or_wrong(numbers, item, variant):
    """There is no worst case of them."""
    assert are_right_throughout(join(numbers, [item(0, 2.0, 2.0)], [variant(0, 2.0, 2.0)])) is None


def test_sets_of_labels_have_no_order(two_labels, item, variant):
    """Two sets with the same labels are the same answer."""
    several = msgspec.structs.replace(two_labels, multilabel=True)

    assert same_answer(several)(item(0, (), ("no", "yes")), variant(0, (), ("yes", "no")))
    assert not same_answer(several)(item(0, (), ("no",)), variant(0, (), ()))


def test_entities_go_with_their_words(tags, item, variant):
    """Two words before the sentence move a person by two; a place of another type is another answer."""
    edits = {"edits": {"words": [[0, 0, ["Well", ","]]]}}
    original = item(0, (), ("B-PER", "I-PER", "O"))
    same = same_answer(tags)

    assert same(original, variant(0, (), ("O", "O", "B-PER", "I-PER", "O"), extra=edits))
    assert not same(original, variant(0, (), ("O", "O", "B-LOC", "I-LOC", "O"), extra=edits))
    assert not same(original, variant(0, (), ("B-PER", "I-PER", "O", "O", "O"), extra=edits))
    assert not same(original, variant(0, (), ("O", "O", "B-PER", "O", "O"), extra=edits))


def test_an_entity_of_one_word_that_becomes_two_is_expected_to_be_both(tags, item, variant):
    """``Rome`` replaced by ``New York``."""
    edits = {"edits": {"words": [[1, 2, ["New", "York"]]]}}

    assert same_answer(tags)(item(0, (), ("O", "B-LOC")), variant(0, (), ("O", "B-LOC", "I-LOC"), extra=edits))


CONTEXT = "Anna met 12 men. Bob met 15."


@pytest.mark.parametrize(
    ("output", "start", "expected"),
    [
        ("12 men", 9, "37 men"),
        ("12", 9, "37"),
        ("Anna", 0, "Clara"),
        ("Bob", 17, "Bob"),
        ("", None, ""),
        ("na met", 2, "Clara met"),
    ],
)
def test_the_answer_of_the_original_is_read_through_the_edits(item, variant, output, start, expected):
    """What stands in the variant where the answer stood; nothing is searched for."""
    edits = {"context": [[0, 4, "Clara"], [9, 11, "37"]], "question": [[0, 4, "What"]]}
    original = item(0, {}, output, extra={} if start is None else {"start": start})

    assert expected_text(original, variant(0, {}, "", extra={"edits": edits})) == expected


def test_of_a_word_that_the_answer_begins_within_the_part_within_counts(item, variant):
    """An answer may begin behind ``Denver`` in ``Denver's``; capitals keep every letter's place."""
    original = item(0, {}, "'s defense", extra={"start": 6})
    shouted = variant(0, {}, "", extra={"edits": {"context": [[0, 8, "DENVER'S"]]}})

    assert expected_text(original, shouted) == "'S defense"


def test_without_a_place_the_first_in_the_kept_text_counts(item, variant):
    """Answers of a file say only what they are."""
    edits = {"edits": {"context": [[9, 11, "37"]]}}
    original = item(0, {}, "12 men", extra={"inputs": {"question": "?", "context": CONTEXT}})

    assert expected_text(original, variant(0, {}, "", extra=edits)) == "37 men"
    assert expected_text(item(0, {}, "12 men"), variant(0, {}, "", extra=edits)) == "12 men"


def test_spans_are_compared_as_the_scripts_do(spans, item, variant):
    """Case, punctuation and articles count for nothing."""
    same = same_answer(spans)

    assert same(item(0, {}, "the Rhine"), variant(0, {}, "RHINE."))
    assert not same(item(0, {}, "the Rhine"), variant(0, {}, "the Rhone"))


def test_a_text_option_stands_for_the_option_it_was(item, variant):
    """ReCoRD: the option is changed with the passage, and so is the answer."""
    from benchwright.types import ChoiceTask, Source

    task = ChoiceTask(
        name="toy",
        splits={"validation": Source(package="nowhere:x.jsonl")},
        default_split="validation",
        inputs={"context": ("context",), "options": ("options",)},
        target=("answers",),
        metrics=("answer_f1",),
        by_text=True,
    )
    original = item(0, ("Anna",), "Anna", extra={"inputs": {"context": "...", "options": ["Bob", "Anna"]}})
    edits = {"edits": {"options": [[], [[0, 4, "Clara"]]]}}

    assert same_answer(task)(original, variant(0, ("Clara",), "Clara", extra=edits))
    assert not same_answer(task)(original, variant(0, ("Clara",), "Bob", extra=edits))
