"""What an entity is: said by the sentence, not by the word, which may be unknown or stand for several things."""

from __future__ import annotations

from behaviour_texts.drawing import Lists, Template
from behaviour_texts.listed import listed
from behaviour_texts.tables import TestTexts

_EXACT = {"kind": "equals"}

_TWOFOLD: Lists = {
    "person_place": listed("""
        Jordan, Sydney, Florence, Victoria, Lincoln, Austin, Jackson, Madison, Charlotte, Houston, Dallas, Georgia, Chad, Paris,
        Brooklyn, Savannah, Kingston, Hamilton, Wellington, Lancaster, Bristol, Durham
    """),
    "person_firm": listed("""
        Ford, Morgan, Disney, Siemens, Porsche, Dell, Campbell, Kellogg, Heinz, Hilton, Marriott, Lipton, Michelin, Ferrari, Honda, Suzuki,
        Armani, Chanel, Boeing, Philips, Bosch, Gucci
    """),
}


def marked(*patterns: str) -> list[Template]:
    """One template for each pattern; the marks in it say what is to be found."""
    return [Template(texts=({"words": pattern},)) for pattern in patterns]


TESTS = (
    TestTexts(
        name="unseen/people",
        type="MFT",
        capability="Unseen names",
        description="A person with an invented name is known by what is said of them.",
        expect=_EXACT,
        templates=marked(
            "Mr. [PER {new_last}] told reporters that he would resign .",
            "[PER {first} {new_last}] was born in [LOC {city}] .",
            "The singer [PER {first} {new_last}] cancelled the concert on {weekday} .",
            "Police arrested [PER {first} {new_last}] and a friend .",
            "Mrs. [PER {new_last}] and her husband moved to [LOC {country}] .",
            "[PER {first} {new_last}] , {age} , a teacher , won the race .",
        ),
    ),
    TestTexts(
        name="unseen/places",
        type="MFT",
        capability="Unseen names",
        description="A place with an invented name is known by what is said of it.",
        expect=_EXACT,
        templates=marked(
            "She was born in the village of [LOC {new_place}] .",
            "The road from [LOC {new_place}] to [LOC {city}] is closed .",
            "[PER {first} {last}] lives in [LOC {new_place}] , a town of {number} houses .",
            "The river floods [LOC {new_place}] every {month} .",
            "They flew to [LOC {new_place}] on {weekday} and stayed at the beach .",
            "The mayor of [LOC {new_place}] opened the bridge .",
        ),
    ),
    TestTexts(
        name="unseen/organisations",
        type="MFT",
        capability="Unseen names",
        description="A company with an invented name is known by what is said of it.",
        expect=_EXACT,
        templates=marked(
            "Shares of [ORG {new_firm}] rose by {number} percent .",
            "[PER {first} {last}] , the chief executive of [ORG {new_firm}] , resigned .",
            "The young company [ORG {new_firm}] will hire {number} people .",
            "[ORG {new_firm}] reported a loss of {number} million dollars .",
            "Employees of [ORG {new_firm}] went on strike on {weekday} .",
            "[ORG {firm}] will buy its rival [ORG {new_firm}] .",
        ),
    ),
    TestTexts(
        name="context/person_or_place",
        type="MFT",
        capability="Context",
        description="A word that names people and places is what the sentence makes of it.",
        expect=_EXACT,
        templates=marked(
            "Mr. [PER {person_place}] told the court that he was innocent .",
            "[PER {person_place} {last}] scored twice in the second half .",
            "My cousin [PER {person_place}] likes to read .",
            "They flew to [LOC {person_place}] on {weekday} .",
            "She was born in [LOC {person_place}] and went to school there .",
            "Heavy rain closed the airport in [LOC {person_place}] .",
        ),
        lists=_TWOFOLD,
    ),
    TestTexts(
        name="context/person_or_organisation",
        type="MFT",
        capability="Context",
        description="A word that names a person and a company is what the sentence makes of it.",
        expect=_EXACT,
        templates=marked(
            "Mr. [PER {person_firm}] and his wife have two children .",
            "[PER {first} {person_firm}] was born in [LOC {city}] .",
            "Doctors treated [PER {first} {person_firm}] for a broken arm .",
            "Shares of [ORG {person_firm}] rose by {number} percent .",
            "[ORG {person_firm}] reported a loss of {number} million dollars .",
            "Workers at [ORG {person_firm}] went on strike on {weekday} .",
        ),
        lists=_TWOFOLD,
    ),
    TestTexts(
        name="context/place_inside_a_name",
        type="MFT",
        capability="Context",
        description="A place in the name of an organisation is a part of it.",
        expect=_EXACT,
        templates=marked(
            "[PER {first} {last}] teaches at the [ORG University of {city}] .",
            "The [ORG Bank of {country}] left its rates unchanged .",
            "[PER {first} {last}] joined the [ORG {city} Chamber of Commerce] .",
            "The [ORG {city} Police Department] has {number} new cars .",
            "The [ORG {country} Football Association] will meet in [LOC {city}] .",
            "The [ORG {city} Symphony Orchestra] played in [LOC {country}] in {month} .",
        ),
    ),
    TestTexts(
        name="none/no_entity",
        type="MFT",
        capability="No entity",
        description="A sentence without a name has no entity, however it begins.",
        expect=_EXACT,
        templates=marked(
            "On {weekday} the {job} bought {number} {thing} .",
            "Dear Sir , the {thing} will be ready in {month} .",
            "Most of the {thing} were sold by {weekday} .",
            "Every {job} in the village owns some {thing} .",
            "In {month} we counted {number} {thing} .",
            "Mother said that the {job} would come on {weekday} .",
        ),
        lists={
            "job": listed("baker, farmer, nurse, teacher, lawyer, painter, sailor, tailor, butcher, driver"),
            "thing": listed(
                "apples, chairs, books, shoes, candles, tickets, boxes, lamps, ropes, carpets, clocks, bottles"
            ),
        },
    ),
)
