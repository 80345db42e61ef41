"""Before and after, then and now."""

from __future__ import annotations

from behaviour_texts.qa.asking import asks
from behaviour_texts.tables import TestTexts

_EXACT = {"kind": "text", "clean": "article"}

TESTS = (
    TestTexts(
        name="temporal/before_and_after",
        type="MFT",
        capability="Temporal",
        description="Who was first and who was last, by before and after.",
        expect=_EXACT,
        templates=asks(
            ("{name} arrived before {name2}.", "Who arrived first?", "{name}"),
            ("{name} arrived before {name2}.", "Who arrived last?", "{name2}"),
            ("{name} became {a:job} after {name2} did.", "Who became {a:job} first?", "{name2}"),
            ("{name} became {a:job} after {name2} did.", "Who became {a:job} last?", "{name}"),
            ("After {name} had left {city}, {name2} left too.", "Who left {city} first?", "{name}"),
            ("Before {name} moved to {city}, {name2} had moved there.", "Who moved to {city} first?", "{name2}"),
        ),
    ),
    TestTexts(
        name="temporal/then_and_now",
        type="MFT",
        capability="Temporal",
        description="What was, and what is now.",
        expect=_EXACT,
        templates=asks(
            ("{name} used to be {a:job} and is now {a:job2}.", "What is the job of {name} now?", "{job2}"),
            ("{name} used to be {a:job} and is now {a:job2}.", "What was the job of {name} in the past?", "{job}"),
            (
                "{name} lives in {city} now, but grew up in {city2}.",
                "Where does {name} live now?",
                "{city} | in {city}",
            ),
            (
                "{name} lives in {city} now, but grew up in {city2}.",
                "Where did {name} live as a child?",
                "{city2} | in {city2}",
            ),
            (
                "Until {month} the shop belonged to {name}. Since then it has belonged to {name2}.",
                "Who owns the shop now?",
                "{name2}",
            ),
            (
                "Until {month} the shop belonged to {name}. Since then it has belonged to {name2}.",
                "Who owned the shop before?",
                "{name}",
            ),
        ),
    ),
    TestTexts(
        name="temporal/days_and_months",
        type="MFT",
        capability="Temporal",
        description="What happened on which day or in which month.",
        expect=_EXACT,
        templates=asks(
            (
                "{name} came on {weekday}, and {name2} on {weekday2}.",
                "On which day did {name2} come?",
                "{weekday2} | on {weekday2}",
            ),
            ("{name} came on {weekday}, and {name2} on {weekday2}.", "Who came on {weekday}?", "{name}"),
            (
                "The fair in {city} is in {month}, the one in {city2} in {month2}.",
                "In which month is the fair in {city2}?",
                "{month2} | in {month2}",
            ),
            (
                "The fair in {city} is in {month}, the one in {city2} in {month2}.",
                "Which city has its fair in {month}?",
                "{city}",
            ),
            (
                "The {fruit} are ripe in {month}, the {fruit2} in {month2}.",
                "When are the {fruit} ripe?",
                "{month} | in {month}",
            ),
            (
                "The meeting was moved from {weekday} to {weekday2} by {name}.",
                "On which day is the meeting now?",
                "{weekday2}",
            ),
        ),
    ),
)
