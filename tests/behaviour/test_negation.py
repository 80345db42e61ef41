"""Negation in sentences of declared patterns; every other sentence is left alone."""

import pytest

from benchwright.behaviour import perturb
from benchwright.behaviour.negation import add_negation, remove_negation
from benchwright.edits import apply
from benchwright.errors import BenchwrightError

BOTH_WAYS = [
    ("This is good.", "This is not good."),
    ("They were on time.", "They were not on time."),
    ("She will come back.", "She will not come back."),
    ("I like the food.", "I do not like the food."),
    ("We enjoyed the film.", "We did not enjoy the film."),
    ("I saw it.", "I did not see it."),
    ("It's good", "It's not good"),
    ("I'm happy", "I'm not happy"),
    ("They can swim", "They cannot swim"),
]


@pytest.mark.parametrize(("plain", "negated"), BOTH_WAYS)
def test_a_negation_is_put_in_and_taken_out(plain, negated):
    added, removed = add_negation(plain), remove_negation(negated)

    assert added.value == negated == apply(plain, added.edits)
    assert removed.value == plain == apply(negated, removed.edits)


@pytest.mark.parametrize(
    ("negated", "plain"),
    [
        ("It isn't good.", "It is good."),
        ("I didn’t love it", "I loved it"),
        ("They don't like it", "They like it"),
        ("She can't swim", "She can swim"),
        ("She won't swim", "She will swim"),
        ("Can't complain", "Can complain"),
    ],
)
def test_short_forms_are_taken_out(negated, plain):
    assert remove_negation(negated).value == plain


@pytest.mark.parametrize(
    "text",
    [
        "Is this good?",
        "Did you like it?",
        "Is it, I wonder",
        "It is good and he is bad",
        "Nothing is good",
        "It is not good",
        "It isn't good",
        "Anna's dog barks",
        "What a film",
        "",
    ],
)
def test_where_the_place_is_not_certain_no_negation_is_put_in(text):
    assert add_negation(text) is None


@pytest.mark.parametrize(
    "text",
    ["This is good", "Nothing is good", "No, it is not", "It is not, and was not", "Isn't it good?", "He did not come"],
)
def test_where_it_is_not_certain_none_is_taken_out(text):
    assert remove_negation(text) is None


@pytest.mark.parametrize("change", [add_negation, remove_negation])
def test_of_several_texts_one_must_be_named(change):
    with pytest.raises(BenchwrightError, match="one text is changed") as refused:
        perturb([{"question": "a", "context": "This is good."}], change)

    assert refused.value.hint == "perturb(..., field='context')"
