"""Where an entity stands, what stands beside it, and of how many words it is made."""

from __future__ import annotations

from behaviour_texts.drawing import Lists, Template
from behaviour_texts.listed import listed
from behaviour_texts.ner.meaning import marked
from behaviour_texts.tables import TestTexts

_EXACT = {"kind": "equals"}

_LONG: Lists = {
    "long_name": listed("""
        Johan van der Berg, Maria de la Cruz, Jean-Paul Lefevre, J. R. Whitfield, Mary O'Connor, Ludwig von Arnim, Carlos da Silva,
        Anne-Marie Keller, Omar al-Khatib, William H. Porter, Juan Carlos Ortega, Sean McCarthy, Eva-Lotta Berg, Piet de Vries,
        Rosa Maria Esposito
    """),
    "long_place": listed("""
        New York, Buenos Aires, Cape Town, Kuala Lumpur, San Francisco, Addis Ababa, Sri Lanka, South Korea, Costa Rica,
        Saudi Arabia, Rio de Janeiro, Papua New Guinea, Port of Spain, New South Wales, Burkina Faso
    """),
    "long_firm": listed("""
        Procter & Gamble, Deutsche Bank, General Electric, Air France, Marks & Spencer, British Telecom, Royal Dutch Shell,
        Bank of America, Johnson & Johnson, Standard Chartered, Singapore Airlines, Credit Suisse, Mitsubishi Motors,
        Hong Kong Telecom, United Parcel Service
    """),
}


def _with_marks(*rows: tuple[str, str, str]) -> list[Template]:
    """The sentence, then with one pair of marks around an entity, then with another."""
    pairs = (('" ', ' "'), ("( ", " )"))
    return [
        Template(
            texts=(
                {"words": f"{before}{entity}{after}"},
                *({"words": f"{before}{left}{entity}{right}{after}"} for left, right in pairs),
            )
        )
        for before, entity, after in rows
    ]


TESTS = (
    TestTexts(
        name="position/first",
        type="MFT",
        capability="Position",
        description="An entity at the very beginning is found, where any word has a capital.",
        expect=_EXACT,
        templates=marked(
            "[PER {first} {last}] slept until noon .",
            "[PER {last}] will not play on {weekday} .",
            "[LOC {city}] was quiet after the storm of {weekday} .",
            "[LOC {country}] exports rice and tea to {number} states .",
            "[ORG {firm}] will close {number} shops in {month} .",
            "[ORG {firm}] , which employs {number} people , was sold .",
        ),
    ),
    TestTexts(
        name="position/last",
        type="MFT",
        capability="Position",
        description="An entity at the very end is found, with a stop behind it or without.",
        expect=_EXACT,
        templates=marked(
            "The prize for the best novel went to [PER {first} {last}] .",
            "On {weekday} the judge questioned [PER {first} {last}]",
            "For {number} days it had not rained in [LOC {city}] .",
            "In {month} the delegation returned to [LOC {country}]",
            "The contract for {number} computers was won by [ORG {firm}] .",
            "Since {month} he has been working for [ORG {firm}]",
        ),
    ),
    TestTexts(
        name="lists/three_in_a_row",
        type="MFT",
        capability="Lists",
        description="Each entity of a list is found by itself.",
        expect=_EXACT,
        templates=marked(
            "The guests were [PER {first} {last}] , [PER {first2} {last2}] and [PER {first3} {last3}] .",
            "The ship calls at [LOC {city}] , [LOC {city2}] and [LOC {city3}] .",
            "Ministers from [LOC {country}] , [LOC {country2}] and [LOC {country3}] met on {weekday} .",
            "Shares of [ORG {firm}] , [ORG {firm2}] and [ORG {firm3}] fell .",
            "[PER {last}] , [PER {last2}] and [PER {last3}] scored for the hosts .",
            "We wrote to [ORG {firm}] , [PER {first} {last}] and the mayor of [LOC {city}] .",
        ),
    ),
    TestTexts(
        name="punctuation/quotes_and_brackets",
        type="INV",
        capability="Punctuation",
        description="Quotation marks or brackets around an entity are no part of it and do not hide it.",
        expect={"kind": "invariant", "tolerance": 0},
        templates=_with_marks(
            ("The chairman ", "[PER {first} {last}]", " arrived on {weekday} ."),
            ("The winner ", "[PER {last}]", " thanked the people of [LOC {city}] ."),
            ("The nearest city ", "[LOC {city}]", " has {number} schools ."),
            ("The host country ", "[LOC {country}]", " won {number} medals ."),
            ("The maker ", "[ORG {firm}]", " will close its plant in [LOC {city}] ."),
            ("The rival ", "[ORG {firm}]", " sold {number} machines in {month} ."),
        ),
    ),
    TestTexts(
        name="length/several_words",
        type="MFT",
        capability="Length",
        description="A name of several words, with small ones, initials or signs in it, is found whole.",
        expect=_EXACT,
        templates=marked(
            "Police questioned [PER {long_name}] on {weekday} .",
            "[PER {long_name}] flew to [LOC {long_place}] in {month} .",
            "The festival in [LOC {long_place}] drew {number} guests .",
            "She moved from [LOC {city}] to [LOC {long_place}] .",
            "Shares of [ORG {long_firm}] rose by {number} percent .",
            "[PER {first} {last}] has joined [ORG {long_firm}] .",
        ),
        lists=_LONG,
    ),
)
