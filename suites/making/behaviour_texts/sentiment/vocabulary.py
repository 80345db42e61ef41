"""Single words of praise and blame, facts without either, and how strong a word is."""

from __future__ import annotations

from behaviour_texts.drawing import Lists, Template
from behaviour_texts.tables import TestTexts, differs, says

_VERBS: Lists = {
    "like": ("loved", "enjoyed", "adored", "admired", "really liked", "was delighted with", "was impressed by"),
    "hate": ("hated", "detested", "loathed", "despised", "disliked", "was disgusted by", "was disappointed by"),
    "thing": (
        "soup",
        "hotel",
        "film",
        "camera",
        "concert",
        "guided tour",
        "novel",
        "language course",
        "new menu",
        "museum",
    ),
}

_FACTS: Lists = {
    "hour": ("six", "seven", "eight", "nine", "ten", "eleven"),
    "number": ("three", "four", "five", "twelve", "fourteen", "twenty", "thirty", "forty"),
    "colour": ("red", "blue", "green", "white", "black", "grey", "yellow", "brown"),
    "drink": ("tea", "coffee", "orange juice", "mineral water", "lemonade", "milk"),
}

_GRADABLE: Lists = {
    "food_nice": ("good", "tasty", "fresh", "appetising"),
    "food_poor": ("bad", "bland", "greasy", "unpleasant"),
    "film_nice": ("good", "funny", "exciting", "enjoyable"),
    "film_poor": ("bad", "dull", "boring", "disappointing"),
    "place_nice": ("nice", "pleasant", "comfortable", "pretty"),
    "place_poor": ("bad", "dirty", "uncomfortable", "unpleasant"),
    "staff_nice": ("friendly", "helpful", "polite", "kind"),
    "staff_poor": ("rude", "unhelpful", "unfriendly", "impolite"),
    "device_nice": ("good", "useful", "reliable", "handy"),
    "device_poor": ("bad", "flimsy", "unreliable", "disappointing"),
    "very": ("very", "really", "extremely", "incredibly"),
    "food_weak": ("bland", "greasy", "overpriced", "disappointing"),
    "film_weak": ("dull", "boring", "silly", "disappointing"),
    "device_weak": ("flimsy", "unreliable", "overpriced", "disappointing"),
    "quite": ("somewhat", "slightly", "a little", "a bit"),
    "fairly": ("fairly", "reasonably", "moderately", "more or less"),
}

_PHRASES: Lists = {
    "praise": (
        "I loved it.",
        "It was fantastic.",
        "It was wonderful.",
        "I enjoyed it very much.",
        "I was delighted with it.",
        "It was the best decision of the year.",
        "I was very happy with it.",
        "It made me very happy.",
    ),
    "complaint": (
        "I hated it.",
        "It was awful.",
        "It was terrible.",
        "I regret it.",
        "It was a complete waste of money.",
        "It was the worst decision of the year.",
        "I was very unhappy with it.",
        "It made me angry.",
    ),
}

_BOUGHT = (
    "I ordered the {food} on {weekday}.",
    "I got a ticket for the {film} from {name}.",
    "I bought {a:device} in {month}.",
    "We paid for a night in {a:place} near {city}.",
    "I chose the {food} from the menu in {city}.",
    "{name} and I shared {a:device} for {number} weeks.",
)


def _graded(tag: str, *patterns: str) -> list[Template]:
    """The sentence without its adverb of degree, then with one, then with another."""
    return differs(
        *((one.replace(f"{{{tag}}} ", ""), one, one.replace(f"{{{tag}}}", f"{{{tag}2}}")) for one in patterns)
    )


TESTS = (
    TestTexts(
        name="vocabulary/praise",
        type="MFT",
        capability="Vocabulary",
        description="One word of praise makes a short sentence positive.",
        expect={"kind": "equals"},
        templates=says(
            "positive",
            "The {food} was {food_good}.",
            "We stayed in {a:place_good} {place} near {city}.",
            "It is {a:film_good} {film}.",
            "My new {device} is {device_good}.",
            "The {staff} who came on {weekday} was {staff_good}.",
            "What {a:place_good} {place}!",
        ),
    ),
    TestTexts(
        name="vocabulary/blame",
        type="MFT",
        capability="Vocabulary",
        description="One word of blame makes a short sentence negative.",
        expect={"kind": "equals"},
        templates=says(
            "negative",
            "The {food} was {food_bad}.",
            "We stayed in {a:place_bad} {place} near {city}.",
            "It is {a:film_bad} {film}.",
            "My new {device} is {device_bad}.",
            "The {staff} who came on {weekday} was {staff_bad}.",
            "What {a:film_bad} {film}!",
        ),
    ),
    TestTexts(
        name="vocabulary/facts",
        type="MFT",
        capability="Vocabulary",
        description="A plain fact without praise or blame is neutral.",
        expect={"kind": "equals"},
        templates=says(
            "neutral",
            "The train to {city} leaves at {hour} on {weekday}.",
            "The {place} in {city} takes bookings from {month}.",
            "{name} ordered {food} and {drink}.",
            "The {film} was made in {city} in {month}.",
            "The {device} comes in {colour} and in {colour2}.",
            "The {staff} came at {hour} on {weekday}.",
        ),
        lists=_FACTS,
    ),
    TestTexts(
        name="vocabulary/verbs",
        type="MFT",
        capability="Vocabulary",
        description="The verb alone says whether the author liked it.",
        expect={"kind": "equals"},
        templates=[
            *says(
                "positive",
                "I {like} the {thing}.",
                "In {city} I saw a show that I {like}.",
                "{name} took me to the museum, and I {like} it.",
                "I watched the {film} on {weekday} and {like} it.",
            ),
            *says(
                "negative",
                "I {hate} the {thing}.",
                "In {city} I saw a show that I {hate}.",
                "{name} took me to the museum, and I {hate} it.",
                "I watched the {film} on {weekday} and {hate} it.",
            ),
        ],
        lists=_VERBS,
    ),
    TestTexts(
        name="vocabulary/add_praise",
        type="DIR",
        capability="Vocabulary",
        description="A sentence of praise after a plain one does not make the text more negative.",
        expect={"kind": "shift", "direction": "up", "positive": "positive", "negative": "negative", "tolerance": 0.1},
        templates=differs(*((text, f"{text} {{praise}}", f"{text} {{praise2}}") for text in _BOUGHT)),
        lists={**_PHRASES, **_FACTS},
    ),
    TestTexts(
        name="vocabulary/add_complaint",
        type="DIR",
        capability="Vocabulary",
        description="A complaint after a plain sentence does not make the text more positive.",
        expect={"kind": "shift", "direction": "down", "positive": "positive", "negative": "negative", "tolerance": 0.1},
        templates=differs(*((text, f"{text} {{complaint}}", f"{text} {{complaint2}}") for text in _BOUGHT)),
        lists={**_PHRASES, **_FACTS},
    ),
    TestTexts(
        name="intensity/intensifiers",
        type="DIR",
        capability="Intensity",
        description="A stronger word does not make the model less sure of the same answer.",
        expect={"kind": "monotonic", "direction": "up", "tolerance": 0.1, "neutral": "neutral"},
        templates=_graded(
            "very",
            "The {food} was {very} {food_nice}.",
            "The {food} was {very} {food_poor}.",
            "The {film} was {very} {film_nice}.",
            "The {film} was {very} {film_poor}.",
            "Our {place} in {city} was {very} {place_nice}.",
            "Our {place} in {city} was {very} {place_poor}.",
            "The {staff} was {very} {staff_nice}.",
            "The {staff} was {very} {staff_poor}.",
        ),
        lists=_GRADABLE,
    ),
    TestTexts(
        name="intensity/reducers",
        type="DIR",
        capability="Intensity",
        description="A weaker word does not make the model surer of the same answer.",
        expect={"kind": "monotonic", "direction": "down", "tolerance": 0.1, "neutral": "neutral"},
        templates=[
            *_graded(
                "quite",
                "The {food} was {quite} {food_weak}.",
                "The {film} was {quite} {film_weak}.",
                "Our {place} in {city} was {quite} {place_poor}.",
                "The {staff} was {quite} {staff_poor}.",
                "My {device} from {city} is {quite} {device_weak}.",
            ),
            *_graded(
                "fairly",
                "The {film} was {fairly} {film_nice}.",
                "The {staff} was {fairly} {staff_nice}.",
                "The {food} in {city} was {fairly} {food_nice}.",
            ),
        ],
        lists=_GRADABLE,
    ),
)
