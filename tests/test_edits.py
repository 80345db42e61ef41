"""Edits: what stands where afterwards, held against owners of characters that are carried by hand."""

import csv
import json
import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchwright.edits import (
    Edit,
    apply,
    apply_to_words,
    project,
    project_answers,
    project_tags,
    without_no_ops,
)
from benchwright.tags import entities

LETTERS = "abé \U0001f600"


@st.composite
def edits_of(draw, length, replacements, at_most=5):
    """Sorted edits without overlap of a text of that length."""
    cuts = sorted(
        draw(st.lists(st.integers(0, length), max_size=2 * at_most).filter(lambda found: len(found) % 2 == 0))
    )
    pairs = zip(cuts[::2], cuts[1::2], strict=True)
    return tuple(Edit(start, end, draw(replacements)) for start, end in pairs)


@st.composite
def texts_with_edits(draw):
    text = draw(st.text(LETTERS, max_size=30))
    return text, draw(edits_of(len(text), st.text("XYZ", max_size=4)))


@st.composite
def words_with_edits(draw):
    words = tuple(draw(st.lists(st.sampled_from(["a", "bb", "ccc"]), max_size=12)))
    return words, draw(edits_of(len(words), st.lists(st.sampled_from(["X", "YY"]), max_size=3).map(tuple)))


def owners_after(length, edits):
    """For each position of the new text, by whom it is owned: an old position, or the number of an edit."""
    owners = list(range(length))
    for number in reversed(range(len(edits))):
        start, end, replacement = edits[number]
        owners[start:end] = [("edit", number)] * len(replacement)
    return owners


def expected_span(span, length, edits, rule):
    """What the rule says, read off the owners; None: not projectable, "gone": nothing is left."""
    start, end = span
    inside = [
        n
        for n, e in enumerate(edits)
        if max(start, e.start) < min(end, e.end) or (e.start == e.end and start < e.start < end)
    ]
    if inside and rule == "keep":
        return None
    if rule == "substitute" and any(edits[n].start < start or edits[n].end > end for n in inside):
        return None
    wanted = {*range(start, end), *(("edit", n) for n in inside)}
    places = [at for at, owner in enumerate(owners_after(length, edits)) if owner in wanted]
    return (places[0], places[-1] + 1) if places else None


@given(texts_with_edits())
def test_a_text_after_its_edits_is_what_slices_from_the_end_make_of_it(case):
    text, edits = case
    by_hand = list(text)
    for start, end, replacement in reversed(edits):
        by_hand[start:end] = replacement
    assert apply(text, edits) == "".join(by_hand)


@given(words_with_edits())
def test_words_after_their_edits_are_what_slices_from_the_end_make_of_them(case):
    words, edits = case
    by_hand = list(words)
    for start, end, replacement in reversed(edits):
        by_hand[start:end] = replacement
    assert apply_to_words(words, edits) == tuple(by_hand)


@given(texts_with_edits(), st.integers(0, 30), st.integers(1, 30), st.sampled_from(["keep", "substitute", "extend"]))
def test_a_projected_span_holds_what_the_edits_leave_of_it_and_what_they_write_in_it(case, start, size, rule):
    text, edits = case
    assume(start + size <= len(text))
    found = project((start, start + size), edits, rule)
    assert found == expected_span((start, start + size), len(text), edits, rule)


@st.composite
def tagged(draw):
    """Legal IOB2 tags for a list of words, with edits."""
    words, edits = draw(words_with_edits())
    tags = []
    for _ in words:
        before = tags[-1] if tags else "O"
        tags.append(draw(st.sampled_from(["O", "B-X", "B-Y", *([f"I-{before[2:]}"] if before != "O" else [])])))
    return words, tuple(tags), edits


@given(tagged(), st.sampled_from(["keep", "substitute", "extend"]))
def test_projected_tags_hold_every_entity_where_its_span_is_projected_and_no_other(case, rule):
    words, tags, edits = case
    found = project_tags(tags, edits, rule)
    spans = [(one.type, expected_span((one.start, one.end), len(words), edits, rule)) for one in entities(tags)]
    taken = [at for _, span in spans if span for at in range(*span)]
    if any(span is None for _, span in spans) or len(taken) != len(set(taken)):
        assert found is None
        return
    assert len(found) == len(apply_to_words(words, edits))
    assert [(one.type, (one.start, one.end)) for one in entities(found)] == spans


@pytest.mark.parametrize(
    ("edits", "rule", "tags"),
    [
        ([Edit(0, 1, ("Ann",))], "substitute", ("B-PER", "I-PER", "O", "B-LOC")),
        ([Edit(0, 2, ("Ann",))], "substitute", ("B-PER", "O", "B-LOC")),
        ([Edit(1, 1, ("van", "der"))], "substitute", ("B-PER", "I-PER", "I-PER", "I-PER", "O", "B-LOC")),
        ([Edit(0, 1, ())], "substitute", ("B-PER", "O", "B-LOC")),
        ([Edit(0, 2, ())], "substitute", None),
        ([Edit(1, 3, ("Roe",))], "substitute", None),
        ([Edit(1, 3, ("Roe",))], "extend", ("B-PER", "I-PER", "B-LOC")),
        ([Edit(1, 4, ("Roe",))], "extend", None),
        ([Edit(0, 1, ("Ann",))], "keep", None),
        (
            [Edit(2, 3, ("dwells", "in")), Edit(4, 4, ("Well", "."))],
            "keep",
            ("B-PER", "I-PER", "O", "O", "B-LOC", "O", "O"),
        ),
        ([Edit(0, 0, ("Yes", ","))], "keep", ("O", "O", "B-PER", "I-PER", "O", "B-LOC")),
    ],
)
def test_tags_follow_the_words_as_a_person_would_write_them(edits, rule, tags):
    assert project_tags(("B-PER", "I-PER", "O", "B-LOC"), edits, rule) == tags


def test_an_entity_opened_by_an_i_keeps_its_tag_unless_it_comes_to_stand_behind_its_own_type():
    tags = ("B-X", "O", "I-X", "I-X")
    assert project_tags(tags, [Edit(0, 1, ("a",))]) == tags
    assert project_tags(tags, [Edit(1, 2, ())]) == ("B-X", "B-X", "I-X")


def test_answers_are_read_at_their_projected_place_and_not_searched_for():
    context = "Ann and Ann met in 1999."
    edits = [Edit(0, 3, "Mary"), Edit(8, 11, "Mary"), Edit(19, 23, "2003")]
    answers = {"text": ["Ann", "1999", "Ann and Ann"], "answer_start": [8, 19, 0]}
    assert project_answers(answers, context, edits) == {
        "text": ["Mary", "2003", "Mary and Mary"],
        "answer_start": [9, 21, 0],
    }
    assert project_answers(answers, context, edits, "keep") is None
    assert project_answers({"text": [], "answer_start": []}, context, edits) == {"text": [], "answer_start": []}


def test_what_is_inserted_at_the_ends_of_a_span_stands_outside_of_it():
    assert project((2, 4), [Edit(2, 2, "ab"), Edit(4, 4, "cd")]) == (4, 6)
    assert project((2, 4), [Edit(3, 3, "ab")]) == (2, 6)
    assert project((2, 2), [Edit(0, 1, ""), Edit(2, 2, "ab")]) == (1, 1)


@pytest.mark.parametrize(
    ("edits", "why"),
    [
        ([Edit(0, 6, "")], "the edit from 0 to 6 does not lie within 0 and 5"),
        ([Edit(2, 1, "")], "from 2 to 1 does not lie within"),
        ([Edit(3, 4, ""), Edit(0, 1, "")], "from 0 to 1 stands behind one from 3: sort them"),
        ([Edit(0, 3, ""), Edit(2, 4, "")], "from 0 to 3 and from 2 to 4 overlap"),
    ],
)
def test_edits_that_cannot_be_are_refused_with_the_reason(edits, why):
    with pytest.raises(ValueError, match=why):
        apply("abcde", edits)


def test_edits_that_change_nothing_are_left_out():
    edits = (Edit(0, 1, "a"), Edit(1, 2, "X"), Edit(2, 2, ""))
    assert without_no_ops("abc", edits) == (Edit(1, 2, "X"),)


def random_edits(length, replacement, draws):
    cuts = sorted(draws.randrange(length + 1) for _ in range(2 * draws.randrange(1, 5)))
    return tuple(Edit(a, b, replacement(draws)) for a, b in zip(cuts[::2], cuts[1::2], strict=True))


@pytest.mark.realdata
def test_of_squad_and_tagged_files_the_gold_text_after_random_edits_is_what_the_edits_say(shared_data):
    draws = random.Random(11)
    articles = json.loads((shared_data / "qa/SQuAD/dev-v1.1.json").read_text())["data"]
    items = [
        (paragraph["context"], answer["text"], answer["answer_start"])
        for article in articles
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
        for answer in question["answers"][:1]
    ]
    projected = 0
    for context, text, start in draws.sample(items, 3000):
        edits = random_edits(len(context), lambda draws: "XYZ"[: draws.randrange(4)], draws)
        span = (start, start + len(text))
        wanted = expected_span(span, len(context), edits, "substitute")
        found = project_answers({"text": [text], "answer_start": [start]}, context, edits)
        assert (found is None) == (wanted is None)
        if found:
            projected += 1
            assert found["text"] == [apply(context, edits)[slice(*wanted)]]
            assert found["answer_start"] == [wanted[0]]
    assert projected > 1000
    with (shared_data / "ner/BC5CDR-IOB/test.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    tags = [row[1] for row in rows if len(row) == 2][:40000]
    for _ in range(2000):
        at, size = draws.randrange(len(tags) - 40), draws.randrange(1, 40)
        chosen = ["O", *tags[at : at + size], "O"]
        edits = random_edits(len(chosen), lambda draws: ("X", "Y")[: draws.randrange(3)], draws)
        wanted = [expected_span((one.start, one.end), len(chosen), edits, "substitute") for one in entities(chosen)]
        found = project_tags(chosen, edits)
        assert (found is None) == (None in wanted)
        if found is not None:
            assert [(one.start, one.end) for one in entities(found)] == wanted
