"""Other names, numbers, spellings and letter case: the entities stay where and what they were."""

from __future__ import annotations

from behaviour_texts.drawing import Lists, Template
from behaviour_texts.listed import listed
from behaviour_texts.ner.tagged import lower, upper
from behaviour_texts.tables import TestTexts

_SAME = {"kind": "invariant", "tolerance": 0}

_SPELLINGS: Lists = {
    "name_forms": (
        ("Jonathan", "Jonathon"), ("Catherine", "Katharine"), ("Steven", "Stephen"), ("Sara", "Sarah"), ("Mohammed", "Muhammad"),
        ("Philip", "Phillip"), ("Geoffrey", "Jeffrey"), ("Anne", "Ann"), ("Eric", "Erik"), ("Marc", "Mark"), ("Ahmed", "Ahmad"),
        ("Yusuf", "Youssef"), ("Sofia", "Sophia"), ("Nicolas", "Nicholas"),
    ),
    "last_forms": (
        ("Petersen", "Pedersen"), ("Meyer", "Maier"), ("Clark", "Clarke"), ("Browne", "Brown"), ("Hansen", "Hanson"), ("Reid", "Reed"),
        ("Schmidt", "Schmitt"), ("Hussein", "Hussain"), ("Johansson", "Johanson"), ("Smyth", "Smith"), ("Thomson", "Thompson"),
        ("Gonzalez", "Gonzales"),
    ),
    "town_forms": (
        ("Kiev", "Kyiv"), ("Bombay", "Mumbai"), ("Calcutta", "Kolkata"), ("Peking", "Beijing"), ("Rangoon", "Yangon"),
        ("Madras", "Chennai"), ("Lyons", "Lyon"), ("Seville", "Sevilla"), ("Bangalore", "Bengaluru"), ("Canton", "Guangzhou"),
        ("Marseilles", "Marseille"), ("Salonica", "Thessaloniki"),
    ),
}  # fmt: skip


def _variants(*rows: tuple[str, str]) -> list[Template]:
    """The sentence with one draw of some tags, then with two others."""
    return [
        Template(texts=tuple({"words": _drawn_again(text, tags.split(), number)} for number in ("", "2", "3")))
        for tags, text in rows
    ]


def _drawn_again(text: str, tags: list[str], number: str) -> str:
    for tag in tags:
        text = text.replace(f"{{{tag}}}", f"{{{tag}{number}}}")
    return text


def _pairs(*patterns: str) -> list[Template]:
    """The sentence with the first of two spellings, then with the second."""
    return [Template(texts=({"words": text}, {"words": text.replace(".0}", ".1}")})) for text in patterns]


_NEWS = (
    "[PER {first} {last}] of [ORG {firm}] arrived in [LOC {city}] on {weekday} .",
    "Police in [LOC {city}] said that [PER {first} {last}] had left [LOC {country}] .",
    "[ORG {firm}] will build a plant near [LOC {city}] , its chairman [PER {first} {last}] said .",
    "The president of [LOC {country}] met [PER {first} {last}] in {month} .",
    "Shares of [ORG {firm}] rose after [PER {last}] resigned .",
    "Doctors from [LOC {country}] and [LOC {city}] wrote to [PER {first} {last}] .",
)

TESTS = (
    TestTexts(
        name="names/people_swapped",
        type="INV",
        capability="Names",
        description="Another person in the sentence is found just the same.",
        expect=_SAME,
        templates=_variants(
            ("first last", "[PER {first} {last}] arrived in [LOC {city}] on {weekday} ."),
            ("first last", "The jury heard [PER {first} {last}] for two hours ."),
            ("last", "Mr. [PER {last}] told reporters that [ORG {firm}] would not sell ."),
            ("first last", "[ORG {firm}] has named [PER {first} {last}] as its new chairman ."),
            ("first last", "The prize went to the novelist [PER {first} {last}] ."),
            ("first", "Their child [PER {first}] was born in [LOC {country}] ."),
        ),
    ),
    TestTexts(
        name="names/places_swapped",
        type="INV",
        capability="Names",
        description="Another town or country in the sentence is found just the same.",
        expect=_SAME,
        templates=_variants(
            ("city", "The train from [LOC {city}] was two hours late ."),
            ("country", "Floods in [LOC {country}] have cut off {number} villages ."),
            ("city country", "She moved from [LOC {city}] to a village in [LOC {country}] ."),
            ("city", "[PER {first} {last}] opened a bakery in [LOC {city}] ."),
            ("country", "The prime minister of [LOC {country}] will travel on {weekday} ."),
            ("city", "[LOC {city}] is the seat of the new court ."),
        ),
    ),
    TestTexts(
        name="names/organisations_swapped",
        type="INV",
        capability="Names",
        description="Another company in the sentence is found just the same.",
        expect=_SAME,
        templates=_variants(
            ("firm", "Shares of [ORG {firm}] fell by {number} percent ."),
            ("firm", "[ORG {firm}] said on {weekday} that it would hire {number} engineers ."),
            ("firm", "[PER {first} {last}] has worked for [ORG {firm}] since {month} ."),
            ("firm", "A spokeswoman for [ORG {firm}] declined to comment ."),
            ("firm", "The factory of [ORG {firm}] in [LOC {city}] will close ."),
            ("firm", "Workers at [ORG {firm}] went on strike in {month} ."),
        ),
    ),
    TestTexts(
        name="numbers/changed",
        type="INV",
        capability="Numbers",
        description="Other numbers, amounts and days around the entities change nothing about them.",
        expect=_SAME,
        templates=_variants(
            ("number", "[ORG {firm}] cut {number} jobs in [LOC {city}] ."),
            ("age", "[PER {first} {last}] , {age} , has lived in [LOC {country}] for years ."),
            ("weekday", "On {weekday} the court in [LOC {city}] heard [PER {first} {last}] ."),
            ("number", "Flight {number} from [LOC {city}] landed safely ."),
            ("month number", "In {month} [ORG {firm}] sold {number} machines to [LOC {country}] ."),
            ("number", "[PER {last}] scored {number} points against the visitors from [LOC {city}] ."),
        ),
    ),
    TestTexts(
        name="spelling/variants",
        type="INV",
        capability="Spelling",
        description="A name in its other usual spelling is found just the same.",
        expect=_SAME,
        templates=_pairs(
            "[PER {name_forms.0} {last}] arrived in [LOC {city}] on {weekday} .",
            "Mr. [PER {last_forms.0}] told reporters in [LOC {city}] that he would resign .",
            "[PER {name_forms.0} {last_forms.0}] was named chairman of [ORG {firm}] .",
            "The bus to [LOC {town_forms.0}] leaves on {weekday} .",
            "Her friend [PER {name_forms.0}] lives near [LOC {town_forms.0}] .",
            "[PER {first} {last_forms.0}] opened a bakery in [LOC {town_forms.0}] .",
        ),
        lists={
            **_SPELLINGS,
            "first": listed("Maria, Daniel, Aisha, Kenji, Olga, Thomas, Luis, Ingrid, Kwame, Priya, Chloe, Mateo"),
        },
    ),
    TestTexts(
        name="casing/small_letters",
        type="INV",
        capability="Casing",
        description="Entities are found although nothing is written with a capital.",
        expect=_SAME,
        templates=[Template(texts=({"words": text},)) for text in _NEWS],
        vary=lower,
    ),
    TestTexts(
        name="casing/capitals",
        type="INV",
        capability="Casing",
        description="Entities are found although everything is written in capitals, as in a headline.",
        expect=_SAME,
        templates=[Template(texts=({"words": text},)) for text in _NEWS],
        vary=upper,
    ),
)
