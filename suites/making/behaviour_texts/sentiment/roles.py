"""Whose opinion it is, what a question and its answer say together, and what a short form stands for."""

from __future__ import annotations

from behaviour_texts.drawing import Lists
from behaviour_texts.tables import TestTexts, says

_LISTS: Lists = {
    "food_ok": ("good", "tasty", "fresh", "well made", "worth the price"),
    "staff_faulty": ("rude", "unfriendly", "careless", "impolite", "unhelpful"),
    "staff_ok": ("polite", "friendly", "careful", "helpful", "kind"),
}

TESTS = (
    TestTexts(
        name="roles/others_and_me",
        type="MFT",
        capability="Semantic roles",
        description="The author's own opinion counts, not that of others.",
        expect={"kind": "equals"},
        templates=[
            *says(
                "positive",
                "My {relative} hated the {film}, but I loved it.",
                "{name} says the {place} is {place_bad}. I find it {place_good}.",
                "Most critics called the {film} {film_bad}; I thought it was {film_good}.",
                "My {relative} sent the {food} back, but I thought it was {food_good}.",
            ),
            *says(
                "negative",
                "My {relative} loved the {film}, but I hated it.",
                "{name} says the {place} is {place_good}. I find it {place_bad}.",
                "Most critics called the {film} {film_good}; I thought it was {film_bad}.",
                "My {relative} praised the {food}, but I thought it was {food_bad}.",
            ),
        ],
    ),
    TestTexts(
        name="roles/question_and_answer",
        type="MFT",
        capability="Semantic roles",
        description="A question is praise or blame by its answer.",
        expect={"kind": "equals"},
        templates=[
            *says(
                "positive",
                "Was the {food} {food_good}? Yes, it was.",
                "Do I recommend this {device} to {name}? Yes, I do.",
                "Would I go back to the {place} in {city}? Absolutely.",
                "Did I like the {film} about {city}? Yes, very much.",
                "Was the {staff} {staff_ok}? Yes, very.",
            ),
            *says(
                "negative",
                "Was the {food} {food_ok}? No, it was not.",
                "Do I recommend this {device} to {name}? No, I do not.",
                "Would I go back to the {place} in {city}? Never.",
                "Did I like the {film} about {city}? No, not at all.",
                "Was the {staff} {staff_faulty}? Yes, very.",
            ),
        ],
        lists=_LISTS,
    ),
    TestTexts(
        name="coreference/so_did_i",
        type="MFT",
        capability="Coreference",
        description="A short form that stands for another's opinion or its opposite is understood.",
        expect={"kind": "equals"},
        templates=[
            *says(
                "positive",
                "My {relative} loved the {film}, and so did I.",
                "{name} and {name2} did not like the {place}. I did.",
                "{name} thought that the {food} was {food_good}, and I agree.",
                "My {relative} was happy with this {device}, and I am too.",
            ),
            *says(
                "negative",
                "My {relative} hated the {film}, and so did I.",
                "{name} and {name2} liked the {place}. I did not.",
                "{name} thought that the {food} was {food_bad}, and I agree.",
                "My {relative} was unhappy with this {device}, and I am too.",
            ),
        ],
    ),
)
