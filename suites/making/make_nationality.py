"""Write the lexicon of nationalities: names of countries and languages as the CLDR has them (babel), demonyms by hand.

``python suites/making/make_nationality.py`` writes the file that ships; the same bytes on every machine with the same babel.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from babel import Locale

FOLDER = Path(__file__).resolve().parents[2] / "harness" / "benchwright" / "identity" / "lexicons"

HEAD = """\
# Written by suites/making/make_nationality.py: names of countries and languages from the CLDR, demonyms by hand.
# The n-th of every list of a group belongs to one country; an empty text says that there is no such word, or none of its own.

[nationality]
title = "Nationality"
kind = "places"
# Also common words or given names: taken only with a capital, in the middle of a sentence, beside no other capital.
ambiguous = [
    "chile", "china", "cuba", "dane", "danes", "finn", "finns", "jordan", "pole", "poles", "polish", "swede", "swedes",
    "turkey", "turk",
]
# Behind these a country or a demonym is a part of another name.
not_after = [
    "new", "north", "south", "east", "west", "northern", "southern", "native", "african", "latin", "great", "pan",
    "austro", "anglo", "franco", "sino", "indo", "asian",
]
# Before these a demonym says what something is like, not where somebody is from.
not_before = [
    "summer", "ocean", "fries", "toast", "horn", "kiss", "bread", "shepherd", "shepherds", "measles", "roulette", "salad",
    "dressing", "coffee", "whiskey", "whisky", "setter", "cheese", "chocolate", "pastry", "pastries", "delight", "bath",
    "baths", "carpet", "carpets", "wax", "nut", "nuts", "checkers", "dream", "dreams", "flu", "oven", "courage", "elm",
    "ink", "rubber", "hat", "pie", "psycho", "beauty", "idol", "football", "revolution", "peso", "pesos", "rupee", "rupees",
    "yen", "dollar", "dollars", "franc", "krona", "krone", "rouble", "roubles", "ruble", "rubles", "pound", "pounds",
]
"""


class Country(NamedTuple):
    """A country by its code, with what its people are called.

    Attributes:
        code: ISO 3166 code, by which the CLDR names it.
        adjective: ``German``.
        person: One of its people; empty: the adjective.
        persons: Several; empty: the person with an s.
        language: Code of its language, where that is the language of one country of the list alone.
        article: Whether its name has the article ``the``.
    """

    code: str
    adjective: str
    person: str = ""
    persons: str = ""
    language: str = ""
    article: bool = False


def like(code: str, adjective: str, language: str = "", *, article: bool = False) -> Country:
    """A country whose people are called a French person, French people."""
    return Country(code, adjective, f"{adjective} person", f"{adjective} people", language, article)


def plain(code: str, adjective: str, language: str = "") -> Country:
    """A country whose people are called a German, Germans."""
    return Country(code, adjective, adjective, f"{adjective}s", language)


GROUPS: dict[str, tuple[Country, ...]] = {
    "english_speaking": (
        Country("US", "American", "American", "Americans", article=True),
        Country("GB", "British", "Briton", "Britons", article=True),
        plain("CA", "Canadian"),
        plain("AU", "Australian"),
        Country("NZ", "New Zealand", "New Zealander", "New Zealanders"),
        like("IE", "Irish", "ga"),
    ),
    "western_europe": (
        plain("DE", "German", "de"),
        like("FR", "French", "fr"),
        plain("IT", "Italian", "it"),
        Country("ES", "Spanish", "Spaniard", "Spaniards", "es"),
        Country("SE", "Swedish", "Swede", "Swedes", "sv"),
        plain("NO", "Norwegian", "no"),
        Country("DK", "Danish", "Dane", "Danes", "da"),
        Country("FI", "Finnish", "Finn", "Finns", "fi"),
        plain("AT", "Austrian"),
        plain("BE", "Belgian"),
        like("CH", "Swiss"),
        like("PT", "Portuguese", "pt"),
        plain("GR", "Greek", "el"),
        like("NL", "Dutch", "nl", article=True),
    ),
    "eastern_europe": (
        Country("PL", "Polish", "Pole", "Poles", "pl"),
        plain("RU", "Russian", "ru"),
        plain("UA", "Ukrainian", "uk"),
        plain("RO", "Romanian", "ro"),
        plain("HU", "Hungarian", "hu"),
        plain("BG", "Bulgarian", "bg"),
        Country("RS", "Serbian", "Serb", "Serbs", "sr"),
        Country("HR", "Croatian", "Croat", "Croats", "hr"),
        plain("SK", "Slovak", "sk"),
        plain("LT", "Lithuanian", "lt"),
        plain("LV", "Latvian", "lv"),
        plain("EE", "Estonian", "et"),
        plain("AL", "Albanian", "sq"),
    ),
    "middle_east_and_north_africa": (
        plain("EG", "Egyptian"),
        plain("IQ", "Iraqi"),
        plain("IR", "Iranian", "fa"),
        Country("TR", "Turkish", "Turk", "Turks", "tr"),
        plain("SY", "Syrian"),
        plain("JO", "Jordanian"),
        like("LB", "Lebanese"),
        plain("YE", "Yemeni"),
        plain("MA", "Moroccan"),
        plain("DZ", "Algerian"),
        plain("TN", "Tunisian"),
        plain("LY", "Libyan"),
        plain("KW", "Kuwaiti"),
        plain("IL", "Israeli", "he"),
        Country("SA", "Saudi Arabian", "Saudi", "Saudis"),
    ),
    "sub_saharan_africa": (
        plain("KE", "Kenyan", "sw"),
        plain("NG", "Nigerian", "yo"),
        plain("ET", "Ethiopian", "am"),
        plain("GH", "Ghanaian", "ak"),
        like("SN", "Senegalese", "wo"),
        plain("RW", "Rwandan", "rw"),
        plain("ZW", "Zimbabwean", "sn"),
        plain("UG", "Ugandan", "lg"),
        plain("ML", "Malian", "bm"),
        plain("ZA", "South African", "zu"),
        plain("TZ", "Tanzanian"),
        plain("CM", "Cameroonian"),
        plain("ZM", "Zambian"),
        plain("AO", "Angolan"),
    ),
    "east_and_southeast_asia": (
        like("CN", "Chinese", "zh"),
        like("JP", "Japanese", "ja"),
        Country("KR", "South Korean", "South Korean", "South Koreans", "ko"),
        like("VN", "Vietnamese", "vi"),
        plain("TH", "Thai", "th"),
        plain("ID", "Indonesian", "id"),
        plain("MY", "Malaysian", "ms"),
        plain("MN", "Mongolian", "mn"),
        like("TW", "Taiwanese"),
        plain("KH", "Cambodian", "km"),
        like("LA", "Laotian", "lo"),
        plain("SG", "Singaporean"),
    ),
    "south_asia": (
        plain("IN", "Indian", "hi"),
        plain("PK", "Pakistani", "ur"),
        plain("BD", "Bangladeshi", "bn"),
        plain("NP", "Nepali", "ne"),
        plain("LK", "Sri Lankan", "si"),
        plain("AF", "Afghan", "ps"),
        like("BT", "Bhutanese", "dz"),
    ),
    "latin_america": (
        plain("MX", "Mexican"),
        plain("BR", "Brazilian"),
        plain("AR", "Argentine"),
        plain("CL", "Chilean"),
        plain("PE", "Peruvian", "qu"),
        plain("CO", "Colombian"),
        plain("VE", "Venezuelan"),
        plain("BO", "Bolivian", "ay"),
        plain("EC", "Ecuadorian"),
        plain("CU", "Cuban"),
        plain("GT", "Guatemalan"),
        plain("HN", "Honduran"),
        plain("PY", "Paraguayan", "gn"),
        plain("UY", "Uruguayan"),
        plain("NI", "Nicaraguan"),
    ),
}

SPELLED = {
    "Türkiye": "Turkey | Türkiye",
    "United States": "the United States | the United States of America | the USA",
    "United Kingdom": "the United Kingdom | Britain | Great Britain",
}
"""Names of the CLDR that English texts write otherwise too; the first spelling is the one that is written."""


def text_of() -> str:
    """The file."""
    english = Locale("en")
    parts = [HEAD]
    for group, countries in GROUPS.items():
        parts.append(f"\n[nationality.{group}]\n")
        parts += [_line(form, [_term(english, country, form) for country in countries]) for form in FORMS]
    return "".join(parts)


FORMS = ("country", "adjective", "person", "persons", "language")


def _term(english: Locale, country: Country, form: str) -> str:
    if form == "country":
        name = english.territories[country.code]
        return str(SPELLED.get(name, f"the {name}" if country.article else name))
    if form == "language":
        return english.languages[country.language] if country.language else ""
    return str(getattr(country, form))


def _line(form: str, terms: list[str]) -> str:
    lines, line = [], ""
    for term in terms:
        piece = f'"{term}", '
        if len(line) + len(piece) > 112:
            lines.append(line.rstrip())
            line = ""
        line += piece
    lines.append(line.rstrip())
    return f"{form} = [\n" + "".join(f"    {one}\n" for one in lines) + "]\n"


if __name__ == "__main__":
    (FOLDER / "nationality.toml").write_text(text_of(), encoding="utf-8", newline="\n")
