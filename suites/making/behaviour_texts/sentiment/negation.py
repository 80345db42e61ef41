"""Negation: of praise, of blame, of facts, and far from what it negates."""

from __future__ import annotations

from behaviour_texts.drawing import Lists
from behaviour_texts.tables import TestTexts, says

_LISTS: Lists = {
    "food_ok": ("good", "tasty", "fresh", "well made", "worth the price"),
    "place_ok": ("clean", "comfortable", "worth the money", "well kept", "up to standard"),
    "film_ok": ("good", "funny", "exciting", "worth seeing", "well acted"),
    "device_ok": ("reliable", "well made", "worth the money", "good", "fit for use"),
    "staff_ok": ("helpful", "polite", "friendly", "competent", "honest"),
    "food_faulty": ("bad", "greasy", "bland", "disappointing", "overpriced"),
    "place_faulty": ("dirty", "noisy", "shabby", "uncomfortable", "overpriced"),
    "film_faulty": ("bad", "boring", "dull", "silly", "disappointing"),
    "device_faulty": ("bad", "flimsy", "unreliable", "badly made", "overpriced"),
    "staff_faulty": ("rude", "unfriendly", "careless", "impolite", "unhelpful"),
    "span": (
        "after two weeks with it",
        "having used it every day",
        "and I have tried hard",
        "to be honest",
        "all things considered",
    ),
    "who": ("Nobody in our group", "None of my friends", "Not one of the guests", "No one I know", "None of us"),
    "side": (("left", "right"), ("north", "south"), ("east", "west")),
    "floor": (("first", "second"), ("second", "third"), ("third", "fourth"), ("fourth", "fifth")),
}

TESTS = (
    TestTexts(
        name="negation/not_good",
        type="MFT",
        capability="Negation",
        description="Praise that is denied is negative.",
        expect={"kind": "equals"},
        templates=says(
            "negative",
            "The {food} was not {food_ok}.",
            "Our {place} in {city} was not {place_ok}.",
            "The {film} is not {film_ok}.",
            "This {device} is not {device_ok}.",
            "The {staff} was not {staff_ok}.",
            "I did not enjoy the {film}, and {name} did not like it either.",
            "I cannot recommend the {device} that {name} sold me.",
        ),
        lists=_LISTS,
    ),
    TestTexts(
        name="negation/not_bad",
        type="MFT",
        capability="Negation",
        description="Blame that is denied is not negative.",
        expect={"kind": "not", "value": "negative"},
        templates=says(
            None,
            "The {food} was not {food_faulty} at all.",
            "Our {place} in {city} was not {place_faulty} at all.",
            "The {film} is by no means {film_faulty}.",
            "This {device} is not {device_faulty} in any way.",
            "The {staff} was never {staff_faulty}.",
            "There was nothing wrong with the {food}, and {name} had no complaints.",
            "I have no complaints about the {device} that {name} sold me.",
        ),
        lists=_LISTS,
    ),
    TestTexts(
        name="negation/facts",
        type="MFT",
        capability="Negation",
        description="A denied fact is as neutral as the fact.",
        expect={"kind": "equals"},
        templates=says(
            "neutral",
            "The {film} was not made in {city} but in {city2}.",
            "The {place} is not on the {side.0} side of the river, it is on the {side.1} side.",
            "{name} did not order {food}, {name2} did.",
            "The {staff} does not come on {weekday}, but on {weekday2}.",
            "The {device} is not on the {floor.0} floor, it is on the {floor.1} floor.",
            "This is not the bus to {city}, it is the bus to {city2}.",
        ),
        lists=_LISTS,
    ),
    TestTexts(
        name="negation/at_a_distance",
        type="MFT",
        capability="Negation",
        description="A negation far from the praise that it denies still makes it negative.",
        expect={"kind": "equals"},
        templates=says(
            "negative",
            "I do not think, {span}, that this {device} is {device_ok}.",
            "{who} would call the {food} {food_ok}.",
            "I would not say that the {film} we saw in {city} is {film_ok}.",
            "I cannot claim that our {place} in {city} was {place_ok}.",
            "{who} thought that the {staff} was {staff_ok}.",
            "It is not true, whatever {name} says, that the {food} here is {food_ok}.",
        ),
        lists=_LISTS,
    ),
)
