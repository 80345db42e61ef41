"""Words exchanged for others of their list: everywhere, with their edits, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.behaviour.lexicons import built_in
from benchwright.behaviour.word_swaps import add_phrases, change_locations, change_names, replace_words, swap_words
from benchwright.edits import apply
from benchwright.errors import BenchwrightError

COLOURS = ("red", "blue", "green", "orange")
texts = st.lists(st.sampled_from(["red", "blue", "a", "an", "the", "reddish", "car", "Red", ","]), max_size=9).map(
    " ".join
)


@settings(deadline=None)
@given(text=texts, n=st.integers(1, 6), seed=st.integers(0, 5))
def test_a_variant_is_what_its_edits_make_and_one_word_is_exchanged_everywhere(text, n, seed):
    variants = swap_words(text, lists=[COLOURS], n=n, seed=seed)

    present = [colour for colour in COLOURS if colour in text.split()]
    assert len(variants) == min(n, len(present) * (len(COLOURS) - len(present)))
    assert len({variant.value for variant in variants}) == len(variants)
    for variant in variants:
        old, new = variant.substitute
        assert variant.value == apply(text, variant.edits)
        expected = [new if word == old else word for word in text.split()]
        assert [word for word in variant.value.split() if word not in ("a", "an")] == [
            word for word in expected if word not in ("a", "an")
        ]


def test_a_name_becomes_another_of_its_list_everywhere():
    text = "Alice met Omar; Alice's dog, Al and Alicent did not."
    variants = change_names(text, n=4)

    words = built_in()
    assert [variant.substitute[0] for variant in variants] == ["Alice", "Omar", "Alice", "Omar"]
    assert all(variant.substitute[1] in words["female"] for variant in variants[::2])
    assert all(variant.substitute[1] in words["male"] for variant in variants[1::2])
    new = variants[0].substitute[1]
    assert variants[0].value == f"{new} met Omar; {new}'s dog, Al and Alicent did not."


def test_a_text_without_a_name_has_no_variant():
    assert change_names("alice met the O'Connors") == []


def test_countries_become_countries_and_the_longest_place_is_meant():
    text = "From New York, not York, to Peru"
    variants = change_locations(text, n=2)

    words = built_in()
    (old, new), (other_old, other_new) = (variant.substitute for variant in variants)
    assert old == "New York"
    assert new in {*words["city"], *words["capital"]}
    assert other_old == "Peru"
    assert other_new in words["country"]


def test_the_article_goes_with_the_new_word():
    (variant,) = swap_words("An actor, an actor and one actor", lists=[["actor", "baker"]])

    assert variant.value == "A baker, a baker and one baker"
    assert variant.value == apply("An actor, an actor and one actor", variant.edits)


def test_the_same_text_and_seed_give_the_same_variants():
    assert change_names("Alice", seed=1) == change_names("Alice", seed=1)
    assert change_names("Alice", seed=1) != change_names("Alice", seed=2)


def test_words_are_replaced_by_the_other_of_their_pair():
    pairs = [("big", "large"), ("film", "movie")]

    assert [one.value for one in replace_words("a big movie, big", pairs=pairs)] == [
        "a large movie, large",
        "a big film, big",
    ]
    assert [one.value for one in replace_words("a big movie", pairs=pairs, both_ways=False)] == ["a large movie"]
    assert [one.value for one in replace_words("a quick film")] == ["a fast film", "a quick movie"]


@pytest.mark.parametrize(
    "call",
    [
        lambda: swap_words("a", lists=[]),
        lambda: swap_words("a", lists=[["a", ""]]),
        lambda: swap_words("a", lists=[["a"]], n=0),
        lambda: replace_words("a", pairs=[("a",)]),
        lambda: replace_words("a", pairs=["ab"]),
        lambda: add_phrases("a", phrases=[]),
        lambda: add_phrases("a", phrases="b"),
    ],
)
def test_what_cannot_be_meant_is_refused(call):
    with pytest.raises(BenchwrightError):
        call()


def test_a_word_is_exchanged_in_all_texts_of_an_item():
    item = {"question": "Where is Alice from?", "context": "Alice, an aunt of Omar, is from Rome."}
    first, second = change_names(item, n=2)

    new = first.substitute[1]
    assert first.value == {"question": f"Where is {new} from?", "context": f"{new}, an aunt of Omar, is from Rome."}
    assert second.value["question"] == item["question"]
    assert first.edits is None
    assert [one.value for one in replace_words(("big", ["a film", "no"]), pairs=[("film", "movie")])] == [
        ("big", ["a movie", "no"])
    ]


def test_words_of_a_group_stand_for_one_another():
    rows = [{"word": "big", "other": "large"}]

    assert [one.value for one in replace_words("a big", pairs=[("big", "large", "huge")])] == ["a large", "a huge"]
    assert [one.value for one in replace_words("huge", pairs=[("big", "large", "huge")])] == ["big", "large"]
    assert replace_words("huge", pairs=[("big", "large", "huge")], both_ways=False) == []
    assert [one.value for one in replace_words("a big", pairs=rows)] == ["a large"]


@pytest.mark.parametrize(
    ("text", "before", "expected"),
    [
        ("It works", False, "It works. I like it."),
        ("It works!", False, "It works! I like it."),
        ("It works. ", False, "It works. I like it. "),
        ("It works", True, "I like it. It works"),
    ],
)
def test_a_phrase_is_a_sentence_of_its_own(text, before, expected):
    (variant,) = add_phrases(text, phrases=["I like it."], before=before)

    assert variant.value == expected == apply(text, variant.edits)
