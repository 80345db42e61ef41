"""Variants hold the kept words in their order and never glued; places of answers move with the text around them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.explanations.variants import STAND_IN, moved_targets, variant
from benchwright.explanations.words import text_of, words_of
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, Kind, Target, Word

TEXTS = build_task(inputs={"text": ("text",)})
PAIR = build_task(inputs={"first": ("first",), "second": ("second",)})
TAGS = build_task(kind=Kind.TAG, inputs={"words": ("words",)})
SPAN = build_task(kind=Kind.SPAN, inputs={"question": ("question",), "context": ("context",)})
CHOICE = build_task(
    kind=Kind.CHOOSE, inputs={"passage": ("p",), "query": ("q",), "options": ("o",)}, placeholder="@placeholder"
)


def item(**inputs):
    return Example(id="t/0", index=0, inputs=inputs)


def without(task, example, *gone, mask=None):
    """The inputs without the words that are written so."""
    words = words_of(task, example)
    return variant(example, words, kept_of(example, words, gone), mask=mask).inputs


def kept_of(example, words, gone):
    return np.array([text_of(example, word) not in gone for word in words])


DELETED = [
    ("The film, though long, was good.", ("though", "long"), "The film, , was good."),
    ("The film was good.", ("good",), "The film was ."),
    ("(good) film", ("(",), "good) film"),
    ("well-made,quick", (",",), "well-made quick"),
    ("  two  blanks ", ("two",), "blanks "),
    ("  two  blanks ", ("blanks",), "  two"),
    ("\u6211\u559c\u6b22", ("\u559c",), "\u6211 \u6b22"),
    ("one", ("one",), ""),
    ("a\nb\nc", ("b",), "a\nc"),
]


@pytest.mark.parametrize(("text", "gone", "left"), DELETED)
def test_words_are_left_out_with_the_blanks_before_them(text, gone, left):
    assert without(TEXTS, item(text=text), *gone) == {"text": left}


MASKED = [
    ("The film was good.", ("good",), "[MASK]", "The film was [MASK]."),
    ("The film was good.", ("good",), STAND_IN, "The film was _ ."),
    ("(good)film", ("good",), STAND_IN, "( _ )film"),
    ("(good)film", ("good", ")"), STAND_IN, "( _ _ film"),
    ("  good  ", ("good",), "<mask>", "  <mask>  "),
    ("\u6211\u559c\u6b22", ("\u559c",), "[MASK]", "\u6211[MASK]\u6b22"),
]


@pytest.mark.parametrize(("text", "gone", "mask", "left"), MASKED)
def test_a_mask_stands_where_the_word_stood(text, gone, mask, left):
    assert without(TEXTS, item(text=text), *gone, mask=mask) == {"text": left}


def test_a_tagged_sentence_keeps_a_word_in_every_place():
    example = item(words=["Ada", "Lovelace", "wrote", "."])
    assert without(TAGS, example, "Ada", ".", mask="[MASK]") == {"words": ["[MASK]", "Lovelace", "wrote", "[MASK]"]}
    assert without(TAGS, example, "Ada") == {"words": [STAND_IN, "Lovelace", "wrote", "."]}


def test_words_of_both_texts_are_taken_away_and_equal_ones_are_two():
    example = item(first="a b", second="b c")
    words = words_of(PAIR, example)
    assert [(word.input, text_of(example, word)) for word in words] == [
        ("first", "a"),
        ("first", "b"),
        ("second", "b"),
        ("second", "c"),
    ]
    assert variant(example, words, np.array([True, False, True, True]), mask=None).inputs == {
        "first": "a",
        "second": "b c",
    }


def test_options_have_no_words_and_the_place_of_an_option_always_stays():
    example = item(passage="It rained.", query="So @placeholder stayed, they say", options=["Ada", "we"])
    words = words_of(CHOICE, example)
    assert [text_of(example, word) for word in words] == ["It", "rained", ".", "So", "stayed", ",", "they", "say"]
    nothing = variant(example, words, np.zeros(8, dtype=bool), mask=None).inputs
    assert nothing == {"passage": "", "query": "@placeholder", "options": ["Ada", "we"]}
    masked = variant(example, words, np.zeros(8, dtype=bool), mask="[MASK]").inputs["query"]
    assert masked == "[MASK] @placeholder [MASK][MASK] [MASK] [MASK]"


def test_the_gold_answer_never_goes_along():
    example = Example(id="t/0", index=0, inputs={"text": "a b"}, target="positive", edits={"text": ((0, 1, "b"),)})
    found = variant(example, words_of(TEXTS, example), np.array([True, False]), mask=None)
    assert (found.target, found.edits, found.strict) == (None, None, None)


def test_of_a_long_text_neighbouring_words_are_taken_away_together():
    example = item(first=" ".join(f"w{at}" for at in range(1000)), second="end of it")
    words = words_of(PAIR, example, most=400)
    assert len(words) <= 400
    assert [text_of(example, word) for word in words[:2]] == ["w0 w1 w2", "w3 w4 w5"]
    assert [text_of(example, word) for word in words[-2:]] == ["w999", "end of it"]
    assert len(words_of(PAIR, example, most=2)) == 2
    assert len(words_of(PAIR, example, most=0)) == 1003


def test_a_long_sentence_to_tag_keeps_all_its_places():
    example = item(words=[f"w{at}" for at in range(7)])
    words = words_of(TAGS, example, most=3)
    assert [(word.start, word.end) for word in words] == [(0, 3), (3, 6), (6, 7)]
    found = variant(example, words, np.array([True, False, True]), mask="[MASK]").inputs["words"]
    assert found == ["w0", "w1", "w2", "[MASK]", "[MASK]", "[MASK]", "w6"]


SOME = st.text(
    alphabet=st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters=STAND_IN),
        st.sampled_from("ab ,.-'\u0301\u6211\u3042\U0001f600 \n"),
    ),
    max_size=40,
)


@given(SOME, st.data(), st.sampled_from([None, STAND_IN]))
@settings(max_examples=300, deadline=None)
def test_kept_words_stand_in_order_between_blanks_or_as_they_stood(text, data, mask):
    example = item(text=text)
    words = words_of(TEXTS, example)
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words))), dtype=bool)
    found = variant(example, words, kept, mask=mask).inputs["text"]
    if kept.all():
        assert found == text
        return
    wanted = [(at, text_of(example, word)) for at, word in enumerate(words) if kept[at]]
    place, before = 0, None
    for at, word in wanted:
        start = found.index(word, place)
        between = found[place:start]
        glued = before == at - 1 and words[at].start == words[at - 1].end
        assert glued or not place or between != "", (found, word)
        assert not between.replace(STAND_IN if mask else "", "").strip()
        place, before = start + len(word), at
    assert not found[place:].replace(STAND_IN if mask else "", "").strip()
    if not kept.any() and mask is None:
        assert not found.strip()


CONTEXT = "In 1843 Ada Lovelace (London) wrote it."
ANSWER = CONTEXT.index("Ada"), CONTEXT.index(" (London)")


def moved(*gone, mask="[MASK]", answer=ANSWER, context=CONTEXT, question="Who?"):
    """The new context and the text that stands at the answer's place in it."""
    example = item(question=question, context=context)
    words = words_of(SPAN, example)
    kept = kept_of(example, words, gone)
    ends = [Target(name=edge, edge=edge, start=answer[0], end=answer[1]) for edge in ("start", "end")]
    start, end = moved_targets(SPAN, example, words, ends, kept, mask=mask)
    assert (start.start, start.end) == (end.start, end.end)
    there = variant(example, words, kept, mask=mask).inputs["context"]
    return there, there[start.start : start.end]


def test_an_answer_moves_with_what_is_masked_before_it_and_stays_where_its_own_words_were():
    assert moved() == (CONTEXT, "Ada Lovelace")
    assert moved("Who") == (CONTEXT, "Ada Lovelace")
    assert moved("1843", "In") == ("[MASK] [MASK] Ada Lovelace (London) wrote it.", "Ada Lovelace")
    assert moved("London") == ("In 1843 Ada Lovelace ([MASK]) wrote it.", "Ada Lovelace")
    assert moved("Ada") == ("In 1843 [MASK] Lovelace (London) wrote it.", "[MASK] Lovelace")
    assert moved("Lovelace", "(") == ("In 1843 Ada [MASK] [MASK]London) wrote it.", "Ada [MASK]")
    assert moved("Ada", "Lovelace", "In") == ("[MASK] 1843 [MASK] [MASK] (London) wrote it.", "[MASK] [MASK]")


def test_an_answer_inside_of_a_word_becomes_the_mask_of_that_word():
    place = CONTEXT.index("84")
    assert moved(answer=(place, place + 2)) == (CONTEXT, "84")
    assert moved("1843", answer=(place, place + 2))[1] == "[MASK]"
    assert moved("In", answer=(place, place + 2))[1] == "84"


def test_blanks_that_part_a_stand_in_from_its_neighbours_move_the_answer_too():
    start = CONTEXT.index("London")
    assert moved("(", mask=STAND_IN, answer=(start, start + 6)) == (
        "In 1843 Ada Lovelace _ London) wrote it.",
        "London",
    )
    assert moved("London", mask=STAND_IN, answer=(start, start + 6))[1] == "_"
    assert moved(")", mask=STAND_IN, answer=(start, start + 7))[1] == "London _"


@given(SOME.filter(str.strip), st.data(), st.sampled_from(["[MASK]", STAND_IN]))
@settings(max_examples=200, deadline=None)
def test_a_kept_word_is_found_at_the_place_it_moved_to(text, data, mask):
    example = item(question="", context=text)
    words = words_of(SPAN, example)
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words))), dtype=bool)
    there = variant(example, words, kept, mask=mask).inputs["context"]
    for at, word in enumerate(words):
        ends = [Target(name="start", edge="start", start=word.start, end=word.end)]
        (place,) = moved_targets(SPAN, example, words, ends, kept, mask=mask)
        assert there[place.start : place.end] == (text_of(example, word) if kept[at] else mask)


def test_targets_without_a_place_are_left_alone():
    example = item(question="a", context="b")
    target = (Target(name="no answer", edge="none"),)
    words = (Word(input="question", start=0, end=1), Word(input="context", start=0, end=1))
    assert moved_targets(SPAN, example, words, target, np.array([False, False]), mask="x") == target
