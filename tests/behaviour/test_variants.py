"""Originals with their variants: what a function returns becomes a case, and nothing is counted that did not change."""

import pytest

from benchwright.behaviour import Draws, Editor, Filled, Variant, change_locations, change_names, perturb, tagged
from benchwright.edits import Edit, apply, apply_to_words
from benchwright.errors import BenchwrightError


def test_none_one_and_many_variants_become_cases():
    made = {"none": None, "one": "ONE", "many": ["a", "b"], "empty": []}
    cases = perturb(list(made), made.get)

    assert cases.data == (["one", "ONE"], ["many", "a", "b"])
    assert cases.without_variant == 2
    assert cases.edits == ((None,), (None, None))
    assert cases.templates == (None, None)


def test_equal_texts_are_no_variants_and_are_counted():
    cases = perturb(["a", "b"], lambda text: [text, "x", "x", "b"])

    assert cases.data == (["a", "x", "b"], ["b", "x"])
    assert cases.no_ops == 2 + 3


def test_what_is_known_of_the_original_is_kept():
    filled = Editor().template("{x} {y}", x=["a", "b"], y=["c"], labels="{x}")
    cases = perturb(filled, lambda text: text.upper() if text.startswith("b") else None)

    assert cases.data == (["b c", "B C"],)
    assert cases.templates == ("{x} {y}",)
    assert cases.slots == ({"x": "b", "y": "c"},)
    assert cases.labels == ("b",)


def test_originals_may_be_left_away():
    assert perturb(["a"], str.upper, keep_original=False).data == (["A"],)


def test_edits_and_substitutes_are_kept():
    change = Variant("Bo ran", (Edit(0, 3, "Bo"),), ("Ann", "Bo"))
    cases = perturb(["Ann ran"], lambda text: ["She ran", change])

    assert cases.edits == ((None, (Edit(0, 3, "Bo"),)),)
    assert cases.substitutes == ((None, ("Ann", "Bo")),)


def test_options_go_to_the_function():
    (case,) = perturb(["Alice ran"], change_names, n=5, seed=3).data

    assert len(case) == 6


def test_one_text_of_several_is_changed():
    pair, item = ("a", "b"), {"question": "a", "context": "b"}

    assert perturb([pair], str.upper, field=1).data == ([("a", "b"), ("a", "B")],)
    assert perturb([item], str.upper, field="context").data == ([item, {"question": "a", "context": "B"}],)
    assert perturb([{"text": "a"}], str.upper).data == ([{"text": "a"}, {"text": "A"}],)


def test_without_a_field_the_whole_item_is_changed():
    assert perturb([("a", "b")], lambda pair: (pair[1], pair[0])).data == ([("a", "b"), ("b", "a")],)
    assert perturb([("a", "b")], lambda pair: [("c", "d"), ("e", "f")]).data == ([("a", "b"), ("c", "d"), ("e", "f")],)


def test_draws_of_a_users_function_depend_on_its_text_alone():
    def shout(text):
        words = text.split()
        place = Draws("shout", text).below(len(words))
        return " ".join([*words[:place], words[place].upper(), *words[place + 1 :]])

    texts = ["one two three", "four five six", "seven eight nine"]
    forwards, backwards = perturb(texts, shout), perturb(texts[::-1], shout)

    assert forwards.data == backwards.data[::-1]


def test_cases_are_put_behind_one_another():
    one, other = perturb(["a", ""], str.upper), perturb(["b"], str.upper)

    assert (one + other).data == (["a", "A"], ["b", "B"])
    assert (one + other).without_variant == 1
    labelled = perturb(Editor().template("{x}", x="c", labels="l"), str.upper)
    with pytest.raises(BenchwrightError, match="only one of the two has labels"):
        one + labelled


@pytest.mark.parametrize(
    ("data", "function", "options", "problem"),
    [
        (["a"], lambda text: 3, {}, "returned int"),
        ("text", str.upper, {}, "the data are str"),
        ([3], str.upper, {}, "an item is int"),
        ([["a", "b"]], str.upper, {}, "an item is list"),
        (["a"], str.upper, {"field": "x"}, "no text 'x'"),
        ([{"words": ["a", "b"]}], lambda text: "a b c", {}, "2 words became 3"),
        (["a"], lambda text: [["b"]], {}, None),
        ([("a", "b")], str.upper, {"field": 2}, "no text 2"),
        ([{"q": "a", "c": "b"}], str.upper, {"field": "x"}, "no text 'x'"),
        ([("a", "b")], lambda pair: {"a": "b"}, {}, "returned dict"),
    ],
)
def test_what_is_no_variant_is_refused(data, function, options, problem):
    if problem is None:
        assert perturb(data, function, **options).data == (["a", "b"],)
        return
    with pytest.raises(BenchwrightError, match=problem):
        perturb(data, function, **options)


def test_word_lists_are_changed_word_by_word():
    filled = tagged(Editor(), "[PER {name}] went to [LOC {place}] .", name="Alice", place="New York")
    cases = perturb(filled, change_locations, n=2)

    (original, *variants), (edits, _) = cases.data[0], cases.edits[0]
    assert original == {"words": ["Alice", "went", "to", "New", "York", "."]}
    assert variants[0]["words"][:3] == ["Alice", "went", "to"]
    assert variants[0]["words"][-1] == "."
    assert tuple(apply_to_words(original["words"], edits)) == tuple(variants[0]["words"])
    assert isinstance(variants[0]["words"], list)


def test_named_perturbations_make_variants_with_their_edits():
    texts = ["This film isn't bad.", "A dull film, sadly."]
    typos = perturb(texts, "keyboard_typo", severity=1, n=4, seed=2)

    for (original, *variants), edits in zip(typos.data, typos.edits, strict=True):
        assert 1 <= len(variants) <= 4
        assert all(apply(original, made) == variant for variant, made in zip(variants, edits, strict=True))
    assert perturb(texts, "contractions").data == ([texts[0], "This film is not bad."],)
    assert perturb(texts[::-1], "keyboard_typo", severity=1, n=4, seed=2).data == typos.data[::-1]


def test_a_named_perturbation_leaves_entities_and_answers_alone():
    filled = tagged(Editor(), "[PER {name}] went to [LOC {place}]", name="Alexandria", place="Amsterdam")
    words = perturb(filled, "keyboard_typo", severity=3, n=9).data[0]
    context = {"question": "Who came?", "context": "Alexandria came, Alexandria stayed."}
    answers = perturb(
        Filled(data=(context,), labels=("Alexandria",)), "drop_characters", severity=3, n=9, field="context"
    )

    assert all(one["words"][0] == "Alexandria" and one["words"][-1] == "Amsterdam" for one in words)
    assert len(words) > 1
    assert all(one["context"].count("Alexandria") == 2 for one in answers.data[0])
    assert all(one["question"] == "Who came?" for one in answers.data[0])
    assert len(answers.data[0]) > 1


def test_one_text_of_a_pair_gets_the_typos():
    (case,) = perturb([("a wonderful film", "a wonderful film")], "swap_characters", field=1, n=3).data

    assert all(first == "a wonderful film" != second for first, second in case[1:])


def test_an_unknown_perturbation_is_refused():
    with pytest.raises(BenchwrightError, match="unknown perturbation"):
        perturb(["a"], "typos")
    with pytest.raises(BenchwrightError, match="severity=4"):
        perturb(["a"], "keyboard_typo", severity=4)


def test_names_of_persons_are_changed_in_tagged_sentences():
    filled = tagged(Editor(), "[PER Alice] met [LOC Alice] and [PER Bo Alice]") + tagged(Editor(), "[PER Emma] ran")
    cases = perturb(filled, "name", severity=3)

    (original, variant) = cases.data[-1]
    assert original["words"] == ["Emma", "ran"]
    assert variant["words"][0] != "Emma"
    assert cases.edits[-1][0][0][:2] == (0, 1)
