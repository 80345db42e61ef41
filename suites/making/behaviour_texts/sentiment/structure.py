"""Then and now, two sides of a sentence, better and worse, and what would have been."""

from __future__ import annotations

from behaviour_texts.drawing import Lists
from behaviour_texts.tables import TestTexts, differs, says

_SIDES: Lists = {
    "film_minor": (
        "the beginning was slow",
        "the seats were hard",
        "the sound was too loud",
        "the tickets were expensive",
        "the subtitles were tiny",
    ),
    "film_plus": (
        "the music was lovely",
        "the tickets were cheap",
        "the costumes were beautiful",
        "the first scene was funny",
        "the seats were comfortable",
    ),
    "place_minor": (
        "the lift was out of order",
        "the towels were thin",
        "the car park was full",
        "the walls were ugly",
        "the beds were small",
    ),
    "place_plus": (
        "the view was pretty",
        "the towels were soft",
        "the car park was free",
        "the beds were large",
        "the garden was neat",
    ),
    "device_minor": (
        "the manual is confusing",
        "the box was dented",
        "the plug is clumsy",
        "the price was high",
        "the buttons are small",
    ),
    "device_plus": (
        "the manual is clear",
        "the box was pretty",
        "the colour is nice",
        "the price was low",
        "the buttons are large",
    ),
    "food_minor": (
        "the tables were sticky",
        "the music was too loud",
        "the wine was warm",
        "the starter was small",
        "the bread was dry",
    ),
    "food_plus": (
        "the tables were clean",
        "the music was nice",
        "the wine was fine",
        "the starter was large",
        "the bread was fresh",
    ),
}

_CLOCK: Lists = {
    "hour": ("six", "seven", "eight", "nine", "ten", "eleven"),
    "place_ok": ("clean", "comfortable", "quiet", "safe", "well kept"),
    "staff_ok": ("polite", "on time", "careful", "competent", "honest"),
}

TESTS = (
    TestTexts(
        name="temporal/used_to",
        type="MFT",
        capability="Temporal",
        description="What is thought now counts, not what was thought once.",
        expect={"kind": "equals"},
        templates=[
            *says(
                "positive",
                "I used to hate our {place} in {city}, but now I love it.",
                "Years ago the {food} here was {food_bad}; now it is {food_good}.",
                "The {staff} here used to be {staff_bad} but is now {staff_good}.",
                "I thought this {film} was {film_bad} when I was a child; today I find it {film_good}.",
            ),
            *says(
                "negative",
                "I used to love our {place} in {city}, but now I hate it.",
                "Years ago the {food} here was {food_good}; now it is {food_bad}.",
                "The {staff} here used to be {staff_good} but is now {staff_bad}.",
                "I thought this {film} was {film_good} when I was a child; today I find it {film_bad}.",
            ),
        ],
    ),
    TestTexts(
        name="temporal/now_first",
        type="MFT",
        capability="Temporal",
        description="What is thought now counts, also where the past comes last.",
        expect={"kind": "equals"},
        templates=[
            *says(
                "positive",
                "I love the {place} in {city} now, although I used to hate it.",
                "The {food} is {food_good} now, although it was {food_bad} in {month}.",
                "This {device} has been {device_good} since the repair, though it was {device_bad} before.",
                "These days I find the {film} {film_good}, even if I called it {film_bad} when it came out.",
            ),
            *says(
                "negative",
                "I hate the {place} in {city} now, although I used to love it.",
                "The {food} is {food_bad} now, although it was {food_good} in {month}.",
                "This {device} has been {device_bad} since the repair, though it was {device_good} before.",
                "These days I find the {film} {film_bad}, even if I called it {film_good} when it came out.",
            ),
        ],
    ),
    TestTexts(
        name="temporal/date_changed",
        type="INV",
        capability="Temporal",
        description="Another day, month or hour changes nothing.",
        expect={"kind": "invariant", "tolerance": 0.1},
        templates=differs(
            *(
                (text, text.replace(f"{{{tag}}}", f"{{{tag}2}}"), text.replace(f"{{{tag}}}", f"{{{tag}3}}"))
                for tag, text in (
                    ("weekday", "The {food} we had on {weekday} was {food_good}."),
                    ("weekday", "The {staff} came on {weekday} and was {staff_bad}."),
                    ("month", "We stayed there in {month}, and the {place} was {place_good}."),
                    ("month", "I bought this {device} in {month}, and it is {device_bad}."),
                    ("hour", "We saw the {film} at {hour}, and it was {film_good}."),
                    ("hour", "Dinner is at {hour}, and the {food} is {food_bad}."),
                    ("weekday", "The {place} opens again on {weekday}."),
                )
            )
        ),
        lists=_CLOCK,
    ),
    TestTexts(
        name="contrast/but_overall",
        type="MFT",
        capability="Contrast",
        description="After but, the verdict on the whole counts.",
        expect={"kind": "equals"},
        templates=[
            *says(
                "positive",
                "{film_minor}, but overall I loved the {film}.",
                "{place_minor}, but overall we had a wonderful stay at the {house}.",
                "{device_minor}, but overall I am delighted with this {device}.",
                "{food_minor}, but all in all we had a superb dinner in {city}.",
            ),
            *says(
                "negative",
                "{film_plus}, but overall I hated the {film}.",
                "{place_plus}, but overall we had a miserable stay at the {house}.",
                "{device_plus}, but overall I am very unhappy with this {device}.",
                "{food_plus}, but all in all we had a terrible dinner in {city}.",
            ),
        ],
        lists=_SIDES,
    ),
    TestTexts(
        name="contrast/although",
        type="MFT",
        capability="Contrast",
        description="The verdict on the whole counts, also where the other side comes last.",
        expect={"kind": "equals"},
        templates=[
            *says(
                "positive",
                "I loved the {film}, even though {film_minor}.",
                "We had a wonderful stay at the {house}, although {place_minor}.",
                "I am delighted with this {device}, even if {device_minor}.",
                "All in all we had a superb dinner in {city}, although {food_minor}.",
            ),
            *says(
                "negative",
                "I hated the {film}, even though {film_plus}.",
                "We had a miserable stay at the {house}, although {place_plus}.",
                "I am very unhappy with this {device}, even if {device_plus}.",
                "All in all we had a terrible dinner in {city}, although {food_plus}.",
            ),
        ],
        lists=_SIDES,
    ),
    TestTexts(
        name="contrast/expectation",
        type="MFT",
        capability="Contrast",
        description="What it was counts, not what was expected or announced.",
        expect={"kind": "equals"},
        templates=[
            *says(
                "positive",
                "I expected {a:film_bad} {film} and got {a:film_good} one.",
                "Everyone had warned us that the {food} was {food_bad}, but it was {food_good}.",
                "The reviews call this {device} {device_bad}; in fact it is {device_good}.",
                "Do not believe {name}, who called the {place} {place_bad}: it is {place_good}.",
            ),
            *says(
                "negative",
                "I expected {a:film_good} {film} and got {a:film_bad} one.",
                "Everyone had promised us that the {food} was {food_good}, but it was {food_bad}.",
                "The reviews call this {device} {device_good}; in fact it is {device_bad}.",
                "Do not believe {name}, who called the {place} {place_good}: it is {place_bad}.",
            ),
        ],
    ),
    TestTexts(
        name="comparison/better_and_worse",
        type="MFT",
        capability="Comparison",
        description="A comparison is praise or blame by its direction, also under a negation.",
        expect={"kind": "equals"},
        templates=[
            *says(
                "positive",
                "This {device} from {city} is better than any other that I have owned.",
                "I have never had a better {food} than the one in {city}.",
                "Of everything I saw in {city}, this {film} was the best.",
                "No {staff} in {city} has ever treated me better.",
                "It does not get better than the {place} in {city}.",
            ),
            *says(
                "negative",
                "This {device} from {city} is worse than any other that I have owned.",
                "I have never had a worse {food} than the one in {city}.",
                "Of everything I saw in {city}, this {film} was the worst.",
                "No {staff} in {city} has ever treated me worse.",
                "It does not get worse than the {place} in {city}.",
            ),
        ],
    ),
    TestTexts(
        name="logic/counterfactual",
        type="MFT",
        capability="Logic",
        description="What would have been good was not: such a text is not positive.",
        expect={"kind": "not", "value": "positive"},
        templates=says(
            None,
            "If the {food} in {city} had been fresh, I would have enjoyed it, but it was not.",
            "I would have loved the {film} that {name} recommended if it had been half as long.",
            "Had the {staff} been {staff_ok}, I would have recommended the firm to {name}.",
            "If this {device} worked, it would be {device_good}.",
            "We would have had a wonderful stay in {city} if the {place} had been {place_ok}.",
            "With a better story this could have been {a:film_good} {film}.",
        ),
        lists=_CLOCK,
    ),
)
