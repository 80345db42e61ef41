"""Each perturbation on sentences whose outcomes were written by hand."""

import sys

import pytest

from benchwright.errors import PluginError
from benchwright.perturbations import INDEX, Item, changed_inputs, item_of, named, perturb
from benchwright.perturbations.homoglyphs import lookalikes
from benchwright.perturbations.keyboard import NEIGHBOURS
from benchwright.perturbations.name_list import FEMALE, MALE
from benchwright.perturbations.number_words import in_words
from benchwright.perturbations.numbers import VALUES
from benchwright.perturbations.sentence_list import SENTENCES
from benchwright.perturbations.untouched import is_negation
from benchwright.types import TASK_CLASSES, Example, Kind, Label, TaggingTask


def of(name, *texts, severity=3, **how):
    """Texts after a perturbation: one text alone, two as premise and hypothesis."""
    names = ("premise", "hypothesis") if len(texts) == 2 else ("text",)
    item = Item("t/0", Kind.CLASSIFY, dict(zip(names, texts, strict=True)), {}, (), names[0])
    found = tuple(changed_inputs(item.inputs, perturb(named(name), item, severity=severity, **how)).values())
    return found[0] if len(found) == 1 else found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("It is not a good film.", "It isn't a good film."),
        ("It isn't a good film.", "It is not a good film."),
        ("I cannot say.", "I can't say."),
        ("I can't say.", "I cannot say."),
        ("They won't go.", "They will not go."),
        ("THEY DO NOT GO", "THEY DON'T GO"),
        ("Cannot say.", "Can't say."),
        ("I'm here and they're late.", "I am here and they are late."),
        ("It's been a year.", "It's been a year."),
        ("It's a year.", "It is a year."),
        ("John's dog is what it is.", "John's dog is what it is."),
        ("Let us see what we have and what it is like.", "Let us see what we have and what it is like."),
        ("We have never seen it.", "We've never seen it."),
        ("You'll see, and she'd seen it.", "You will see, and she'd seen it."),
        ("it does n't work , it ca n't .", "it does not work , it cannot ."),
        ("it does not work .", "it does n't work ."),
        ("did n ' t know", "did not know"),
        ("They're near, aren't they", "They are near, aren't they"),
        ("why did n't the beast come", "why did n't the beast come"),
        ("Isn't this a good film? It isn't.", "Isn't this a good film? It is not."),
        ("I have not gone.", "I haven't gone."),
        ("It’s the one; don’t go.", "It is the one; do not go."),
    ],
)
def test_contractions_say_the_same(old, new):
    assert of("contractions", old) == new


@pytest.mark.parametrize(
    ("severity", "old", "new"),
    [
        (1, "Well, it works.", "Well, it works"),
        (3, "Well, it works.", "Well it works"),
        (3, "Well , it works", "Well it works ."),
        (3, "It works", "It works."),
        (3, "Is it?", "Is it"),
        (3, "He came from the U.S.", "He came from the U.S."),
        (3, "At 10, 20 and 30: more.", "At 10, 20 and 30 more"),
        (3, "He said: 'no.'", "He said 'no.'"),
        (3, "See https://example.com/a", "See https://example.com/a"),
        (3, "...", "..."),
        (3, "", ""),
    ],
)
def test_punctuation_leaves_words_and_numbers(severity, old, new):
    assert of("punctuation", old, severity=severity) == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("It has 3 dogs.", "It has three dogs."),
        ("It has three dogs.", "It has 3 dogs."),
        ("it was the 25", "it was the twenty-five"),
        ("25 left for Rome", "Twenty-five left for Rome"),
        ("Tiene 25 de 43 perros", "Tiene 25 de 43 perros"),
        ("two hundred and twenty-five of one", "two hundred and twenty-five of one"),
        ("It costs $5, or 5%, in 1999, on May 5 at 5:30.", "It costs $5, or 5%, in 1999, on May 5 at 5:30."),
        ("a two-hour film at x.com/?id=42", "a two-hour film at x.com/?id=42"),
    ],
)
def test_numbers_are_written_in_words_and_back(old, new):
    assert of("number_words", old) == new


def test_a_sentence_of_english_is_not_added_to_another_language():
    text = "La directora del departamento de la firma Space Adventures manifestó que su empresa ya ofrece viajes."
    assert of("irrelevant_sentence", text) == text


def test_number_words_are_those_of_the_language():
    assert [in_words(value) for value in (2, 13, 20, 21, 99)] == [
        "two",
        "thirteen",
        "twenty",
        "twenty-one",
        "ninety-nine",
    ]
    assert all(in_words(value) == word for word, value in VALUES.items())


@pytest.mark.parametrize(
    "text",
    [
        "It opened at 10:30 on May 15 and on 3/4/99.",
        "A score of 3-2, a range of 10–20, a 747B and the 3rd.",
        "Boeing 747 and Apollo 11 and Windows 10.",
        "In the 1990s and in 1995.",
        "It is 100% sure, 1 of 0, no. 007 in film school 101.",
        "Call 5551234567890 or write to a25@b.org about x.com/?id=25 and user_25 and # 25.",
        "p = 0 . 385 and 12 . 5 mg at - 32 degrees",
        "two, that is 2",
    ],
)
def test_numbers_that_are_parts_of_something_stay(text):
    assert of("number", text) == text


def test_numbers_keep_digits_zeros_commas_order_and_are_alike_everywhere():
    for seed in range(200):
        premise, hypothesis = of("number", "Of 1,200 men 25 fell, and 40 fled.", "25 of 1200 fell.", seed=seed)
        all_, fell, fled = (int(word.replace(",", "")) for word in premise.split() if word[0].isdigit())
        assert hypothesis == f"{fell} of {all_} fell."
        assert f"{all_:,}" in premise
        assert 10 <= fell < fled < 100
        assert fled % 10 == 0
        assert all_ % 100 == 0
        assert (fell, fled, all_) != (25, 40, 1200)


def test_years_move_together_and_stay_years():
    for seed in range(200):
        words = (
            of("number", "Born in 1985, he came in 1999 and left in 2004.", seed=seed)
            .replace(",", "")
            .replace(".", "")
            .split()
        )
        born, came, left = (int(word) for word in words if word.isdecimal())
        assert (came - born, left - came) == (14, 5)
        assert 1 <= abs(born - 1985) <= 9


def test_numbers_that_may_be_computed_from_others_stay():
    pair = ("They killed a teacher and 12 students.", "13 people were killed.")
    assert of("number", *pair) == pair
    item = Item("t/0", Kind.CHOOSE, {"question": "What is 12 plus 30?", "options": ("42", "many")}, {}, (), "question")
    assert perturb(named("number"), item, severity=3) == {}


def test_names_are_of_the_same_gender_alike_everywhere_and_new_to_the_item():
    for seed in range(200):
        premise, hypothesis = of("name", "Sarah met John. Emily's friend saw JOHN.", "John met Sarah.", seed=seed)
        woman, man = hypothesis.strip(".").split(" met ")[::-1]
        assert premise == f"{woman} met {man}. {premise.split()[3][:-2]}'s friend saw {man.upper()}."
        assert woman in FEMALE
        assert man in MALE
        assert len({woman, man, premise.split()[3][:-2], "Sarah", "John", "Emily"}) == 6


@pytest.mark.parametrize(
    "text",
    [
        "St. Paul and San Juan and the Charles River and Henry VIII and William Street.",
        "Jean-Paul wrote to @John and john@b.org about Louis.",
        "He went to kevin's place in Ohio.",
    ],
)
def test_names_of_other_things_stay(text):
    assert of("name", text) == text


def test_a_name_in_a_sentence_to_tag_changes_within_persons_alone():
    words = ("John", "left", "St.", "John", "for", "Kevin", "Street")
    tags = ("B-PER", "O", "O", "O", "O", "B-LOC", "I-LOC")
    task = TaggingTask(
        name="t", splits={}, default_split="v", inputs={"words": ("words",)}, target=("tags",), metrics=("m",)
    )
    item = item_of(task, Example(id="t/0", index=0, inputs={"words": words}, target=tags))
    assert perturb(named("name"), item, severity=3) == {}
    lonely = item_of(task, Example(id="t/0", index=0, inputs={"words": words[:2]}, target=tags[:2]))
    new = changed_inputs(lonely.inputs, perturb(named("name"), lonely))["words"]
    assert new[0] in MALE
    assert new != words[:2]


def test_a_sentence_is_added_to_what_holds_the_evidence_in_its_style():
    premise, hypothesis = of("irrelevant_sentence", "It rained.", "It was wet.", severity=1)
    assert hypothesis == "It was wet."
    assert premise in {f"{one} It rained." for one in SENTENCES} | {f"It rained. {one}" for one in SENTENCES}
    tokenised = of("irrelevant_sentence", "a fine film .", severity=1)
    styled = {f"{one[:-1].lower()} ." for one in SENTENCES}
    assert tokenised in {f"{one} a fine film ." for one in styled} | {f"a fine film . {one}" for one in styled}


@pytest.mark.parametrize(
    ("inputs", "kind", "labels", "evidence"),
    [
        (("text",), Kind.CLASSIFY, "ab", "text"),
        (("premise", "hypothesis"), Kind.CLASSIFY, "ab", "premise"),
        (("question", "sentence"), Kind.CLASSIFY, "ab", "sentence"),
        (("question", "passage"), Kind.CLASSIFY, "ab", "passage"),
        (("sentence1", "sentence2"), Kind.CLASSIFY, ("entailment", "not_entailment"), "sentence1"),
        (("sentence1", "sentence2"), Kind.CLASSIFY, ("equivalent", "not_equivalent"), ""),
        (("sentence1", "sentence2"), Kind.REGRESS, (), ""),
        (("question", "context"), Kind.SPAN, (), "context"),
    ],
)
def test_evidence_is_the_text_to_which_a_sentence_can_be_added(inputs, kind, labels, evidence):
    more = {"labels": tuple(Label(name=name, id=at) for at, name in enumerate(labels))} if labels else {}
    card = TASK_CLASSES[kind](
        name="t", splits={}, default_split="v", inputs={n: (n,) for n in inputs}, target=("y",), metrics=("m",), **more
    )
    example = Example(id="t/0", index=0, inputs=dict.fromkeys(inputs, "Some text."))
    assert item_of(card, example).evidence == evidence


def test_sentences_that_are_added_hold_no_name_number_or_negation():
    words = [word for sentence in SENTENCES for word in sentence.rstrip(".").split()]
    assert not any(is_negation(word) or word.isdigit() or word.lower() in VALUES for word in words)
    assert not {*FEMALE, *MALE} & set(words)
    assert all(
        sentence[0].isupper() and sentence.endswith(".") and sentence[1:] == sentence[1:].lower()
        for sentence in SENTENCES
    )


def test_a_tautology_ends_the_hypothesis_before_its_full_stop():
    assert of("tautology", "It rains.", "It is wet .", severity=1) == ("It rains.", "It is wet and false is not true .")
    assert of("tautology", "It rains", severity=2) == "It rains and false is not true and true is true"


def test_truncation_never_cuts_into_an_answer_or_an_entity():
    item = Item("t/0", Kind.SPAN, {"question": "q", "context": "a b c d e f"}, {"context": ((4, 5),)}, (), "context")
    changes = perturb(named("truncation"), item, severity=3)
    assert changed_inputs(item.inputs, changes)["context"] == "a b c"
    tags = Item("t/0", Kind.TAG, {"words": ("a", "b", "c", "d")}, {"words": ((2, 3),)})
    assert changed_inputs(tags.inputs, perturb(named("truncation"), tags, severity=3))["words"] == ("a", "b", "c")


def test_keys_beside_one_another_are_those_of_a_keyboard():
    assert sorted(NEIGHBOURS["g"]) == sorted("fhtyvb")
    assert sorted(NEIGHBOURS["q"]) == sorted("wa")
    assert all(key in NEIGHBOURS[other] for key, others in NEIGHBOURS.items() for other in others)


def test_lookalikes_are_letters_of_other_scripts_in_the_same_case():
    found = lookalikes()
    assert {"a", "c", "e", "o", "p", "x", "A", "B", "E", "H", "T"} <= found.keys()
    for letter, alike in found.items():
        assert all(not sign.isascii() and sign.isupper() == letter.isupper() for sign in alike)


def test_without_its_package_homoglyphs_says_what_to_install(monkeypatch):
    lookalikes.cache_clear()
    monkeypatch.setitem(sys.modules, "confusable_homoglyphs.confusables", None)
    with pytest.raises(PluginError, match="homoglyphs needs the package confusable-homoglyphs") as refused:
        of("homoglyphs", "a film of note")
    assert "pip install 'benchwright[behaviour]'" in str(refused.value)
    lookalikes.cache_clear()


def test_a_name_of_no_perturbation_is_answered_with_the_nearest_ones():
    with pytest.raises(PluginError, match="unknown perturbation 'keyboard_typos'") as refused:
        named("keyboard_typos")
    assert "did you mean keyboard_typo" in str(refused.value)


@pytest.mark.parametrize("name", sorted(INDEX))
def test_a_card_says_its_name_its_shares_and_its_labels(name):
    card = named(name)
    assert card.name == name
    assert list(card.shares) == sorted(card.shares)
    assert card.description.endswith(".")
    assert card.label_for(Kind.EMBED) == "no"
    assert card.untouched.sentence or name == "whitespace"


@pytest.mark.parametrize("name", sorted(INDEX))
@pytest.mark.parametrize(
    "text", ["", " ", "a", "\ud800", "👩\u200d👩\u200d👧", "\u0301", "שלום עולם", "日本語", "\n\t"]
)
def test_strange_texts_come_through(name, text):
    assert isinstance(of(name, text), str)
    assert len(of(name, text, text)) == 2
