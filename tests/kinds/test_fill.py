"""The kind fill: options at a slot or whole sentences, or words; what its items, answers and cards must be."""

import pytest

from benchwright import kinds
from benchwright.kinds import InvalidTarget, MissingTarget, ReadOptions
from benchwright.testing.fixtures import build_task
from benchwright.types import Example, Prediction

SENTENCES = build_task(kind="fill", inputs={"options": ("options",)}, rule="pll")
SLOT = build_task(kind="fill", inputs={"text": ("text",), "options": ("options",)})
WORDS = build_task(kind="fill", inputs={"text": ("text",)}, top=2)
FILL = kinds.of(SLOT)


def example(task, *values):
    return Example(id="t/0", index=0, inputs=dict(zip(task.inputs, values, strict=True)))


@pytest.mark.parametrize(
    ("task", "values", "said"),
    [
        (SLOT, ("no slot", ["a", "b"]), "a text that holds {mask} once"),
        (SLOT, ("{mask} and {mask}", ["a", "b"]), "a text that holds {mask} once"),
        (SLOT, (7, ["a", "b"]), "a text that holds {mask} once"),
        (SLOT, ("{mask}", []), "none of them empty"),
        (SLOT, ("{mask}", ["a", " "]), "none of them empty"),
        (SLOT, ("{mask}", "ab"), "none of them empty"),
        (SLOT, ("{mask}", ["a", 1]), "none of them empty"),
        (SLOT, ("{mask}", ["a", "b", "a"]), "options that differ"),
        (SENTENCES, (["one", "one"],), "options that differ"),
        (WORDS, ("no slot",), "a text that holds {mask} once"),
    ],
)
def test_items_of_another_form_are_refused(task, values, said):
    assert said in FILL.check_inputs(example(task, *values).inputs, task).expected


@pytest.mark.parametrize(
    ("task", "values"),
    [(SLOT, ("a {mask}", ["a", "b"])), (SENTENCES, (["one", "two"],)), (SENTENCES, (("one",),)), (WORDS, ("{mask}",))],
)
def test_items_of_the_form_are_taken(task, values):
    assert FILL.check_inputs(example(task, *values).inputs, task) is None


def test_a_slot_twice_is_for_stereoset_alone():
    """Two of its items have two slots that one word fills."""
    task = build_task(kind="fill", inputs={"text": ("text",), "options": ("options",)}, rule="stereoset")

    assert FILL.check_inputs({"text": "{mask} and {mask}", "options": ["a", "b"]}, task) is None


@pytest.mark.parametrize(
    ("output", "scores", "said"),
    [
        (0, (-1.0, -2.0), None),
        (0, (-1.0, -1.0), None),
        (1, (-1.0, -1.0), "option 1, where option 0 has the highest score"),
        (1, (-1.0, -2.0), "option 1, where option 0 has the highest score"),
        (0, None, "0 scores for 2 options"),
        (0, (-1.0,), "1 scores for 2 options"),
        (2, (-1.0, -2.0), "not the number of one of 2 options: 2"),
        (True, (-1.0, -2.0), "not the number of one of 2 options: True"),
        ("a", (-1.0, -2.0), "not the number of one of 2 options: 'a'"),
    ],
)
def test_an_answer_is_the_first_best_option_with_a_score_for_each(output, scores, said):
    check = FILL.check_output(SLOT)

    assert check(Prediction(output=output, scores=scores), example(SLOT, "{mask}", ["a", "b"])) == said


@pytest.mark.parametrize(
    ("output", "scores", "said"),
    [
        (("a", "b"), (-1.0, -2.0), None),
        (("a", "b"), None, None),
        (("a",), None, "1 words where 2 are asked for"),
        (("a", 1), None, "no words: ('a', 1)"),
        ("ab", None, "no words: 'ab'"),
        (("a", "b"), (-1.0,), "1 scores for 2 words"),
    ],
)
def test_words_are_as_many_as_were_asked_for(output, scores, said):
    assert FILL.check_output(WORDS)(Prediction(output=output, scores=scores), example(WORDS, "{mask}")) == said


def test_gold_is_the_number_of_an_option_where_there_is_any():
    """No item needs one; one that is given is held against the options."""
    read = FILL.read_target(SLOT, ReadOptions())
    inputs = {"text": "{mask}", "options": ["a", "b"]}

    assert not FILL.needs_gold
    assert [read("1"), read(0), read("1.0")] == [1, 0, 1]
    with pytest.raises(MissingTarget):
        read("")
    with pytest.raises(InvalidTarget, match="'a' is not the number of an option"):
        read("a")
    assert FILL.check_target(None, inputs, SLOT) is FILL.check_target(1, inputs, SLOT) is None
    assert FILL.check_target(2, inputs, SLOT).seen == "option 2 is meant, and there are 2"


def test_words_are_never_right_and_their_target_says_what_the_item_is_about():
    """HONEST's sentences are about women and men; no completion is the right one."""
    read = FILL.read_target(WORDS, ReadOptions())

    assert read("female") == "female"
    with pytest.raises(InvalidTarget, match="3 is no text"):
        read(3)
    assert FILL.check_target("female", {"text": "{mask}"}, WORDS) is None
    assert FILL.is_correct("female", ("nurse",), WORDS) is FILL.right_answer("female", WORDS) is None
    assert FILL.wrong_answer("female", WORDS) is None


def test_without_gold_nothing_is_right_or_wrong():
    assert (FILL.is_correct(None, 0, SLOT), FILL.error_size(None, 0, SLOT)) == (None, None)
    assert (FILL.is_correct(1, 0, SLOT), FILL.error_size(1, 0, SLOT)) == (False, 1.0)
    assert (FILL.is_correct(1, 1, SLOT), FILL.error_size(1, 1, SLOT)) == (True, 0.0)
    assert FILL.is_correct(1, FILL.wrong_answer(1, SLOT), SLOT) is False


def test_answers_are_shown_with_their_texts():
    inputs = {"text": "{mask}", "options": ["a nurse", "b"]}

    assert FILL.show_output(0, None, inputs, str) == "0: a nurse"
    assert FILL.show_target(1, {}, str) == "1"
    assert FILL.show_output(("a", "b"), None, {}, str) == "a / b"
    assert (FILL.column(SLOT), FILL.column(WORDS)) == ("integer", "texts")
    assert (FILL.position(1, SLOT, None), FILL.position(-1, SLOT, None), FILL.position(("a",), WORDS, None)) == (
        1,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"inputs": {"options": ("o",)}}, ()),
        ({"inputs": {"text": ("t",), "options": ("o",)}}, ()),
        ({"inputs": {"text": ("t",)}, "top": 3}, ()),
        (
            {"inputs": {"text": ("t",)}},
            ("the inputs of a task to fill are `options`, or `text` and `options`, not text",),
        ),
        (
            {"inputs": {"text": ("t",), "options": ("o",)}, "top": 3},
            ("words are asked for in one input, `text`, not text, options",),
        ),
    ],
)
def test_a_card_has_the_inputs_of_its_form(fields, said):
    assert tuple(FILL.check_card(build_task(kind="fill", **fields))) == said
