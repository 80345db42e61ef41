"""Typing errors, stops, short forms, links, letter case and a fact beside it: what is thought stays the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from behaviour_texts.drawing import Lists
from behaviour_texts.sentiment.words import WORDS
from behaviour_texts.tables import TestTexts, differs, plain

_SAME = {"kind": "invariant", "tolerance": 0.1}

_OPINION = frozenset(
    word
    for tag, fillers in WORDS.items()
    if tag.endswith(("_good", "_bad"))
    for filler in fillers
    for word in str(filler).split()
) | {"loved", "hated", "enjoyed", "recommend", "never", "not"}
"""Words that carry the label: no typing error is made in them."""

_SHORT = (
    ("did not", "didn't"),
    ("do not", "don't"),
    ("was not", "wasn't"),
    ("is not", "isn't"),
    ("cannot", "can't"),
    ("would not", "wouldn't"),
    ("I am", "I'm"),
    ("It is", "It's"),
    ("I have", "I've"),
    ("I would", "I'd"),
    ("were not", "weren't"),
    ("it is", "it's"),
)

_FACTS: Lists = {
    "fact": (
        "We arrived on a Tuesday.",
        "The street runs down to the station.",
        "The museum is across the road.",
        "The number of the house is twelve.",
        "My cousin lives in the same town.",
        "The bus stops at the corner.",
        "There were five of us.",
        "The door is painted green.",
        "We had booked it in June.",
        "The shop opens at nine.",
    ),
}

_REVIEWS = (
    "The {food} that we ordered in {city} was {food_good}.",
    "The {food} from the little kitchen was {food_bad}.",
    "Our {place} near {city} was {place_good} from the first night.",
    "Every corner of the {place} was {place_bad}.",
    "We watched the {film} with {name}, and it was {film_bad}.",
    "The new {device} from my {relative} is {device_good}.",
    "The {staff} who came on {weekday} was {staff_bad}.",
    "{name} drove us to the {place}, which was {place_good}.",
    "My {relative} cooked the {food}, and it was {food_bad}.",
    "I would call the {film} about {city} {film_good}.",
)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def typos(text: str) -> tuple[str, ...]:
    """Two variants, each with two letters swapped inside of one word that carries no opinion."""
    return tuple(_swaps(text))[:2]


def _swaps(text: str) -> Iterator[str]:
    words = [found for found in re.finditer(r"[a-z]{5,}", text) if found[0] not in _OPINION]
    for found in sorted(words, key=lambda found: _hash(f"{text}|{found.start()}")):
        # The first letter stays, and two equal letters swapped are no typing error.
        places = [at for at in range(found.start() + 1, found.end() - 1) if text[at] != text[at + 1]]
        at = places[_hash(f"{found[0]}|{text}") % len(places)]
        yield f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"


def stops(text: str) -> tuple[str, ...]:
    """The text without its last stop, and with a space before each mark."""
    return text.removesuffix("."), re.sub(r"([.,;])", r" \1", text)


def short_forms(text: str) -> tuple[str, ...]:
    """The text with every contraction that it allows."""
    for long, short in _SHORT:
        text = re.sub(rf"\b{long}\b", short, text)
    return (text,)


def links(text: str) -> tuple[str, ...]:
    """The text with an address behind it, and with a handle before it."""
    number = _hash(text) % 900 + 100
    return f"{text} https://example.com/r/{number}", f"@reader{number} {text}"


def lower(text: str) -> tuple[str, ...]:
    """The text in small letters."""
    return (text.lower(),)


TESTS = (
    TestTexts(
        name="robustness/typos",
        type="INV",
        capability="Robustness",
        description="Two letters swapped in a word without opinion change nothing.",
        expect=_SAME,
        templates=plain(*_REVIEWS),
        vary=typos,
    ),
    TestTexts(
        name="robustness/punctuation",
        type="INV",
        capability="Robustness",
        description="A missing stop, or a space before it, changes nothing.",
        expect=_SAME,
        templates=plain(*_REVIEWS),
        vary=stops,
    ),
    TestTexts(
        name="robustness/contractions",
        type="INV",
        capability="Robustness",
        description="Short forms such as isn't say what the long forms say.",
        expect=_SAME,
        templates=plain(
            "I did not enjoy the {food}, and it was not {food_good}.",
            "It is {a:film_good} {film}, and I would see it again.",
            "We had a room in {city}, and the {house} was not {place_bad}.",
            "This {device} is not {device_good}, and I do not recommend it.",
            "I am happy with the {staff} from {city}, and I would not go to anybody else.",
            "I have seen the {film}, and it is {film_bad}.",
            "I cannot say where in {city} they keep the {device}.",
        ),
        vary=short_forms,
    ),
    TestTexts(
        name="robustness/links_and_handles",
        type="INV",
        capability="Robustness",
        description="An address behind the text, or a handle before it, changes nothing.",
        expect=_SAME,
        templates=plain(*_REVIEWS),
        vary=links,
    ),
    TestTexts(
        name="robustness/lower_case",
        type="INV",
        capability="Robustness",
        description="The text in small letters says the same.",
        expect=_SAME,
        templates=plain(*_REVIEWS),
        vary=lower,
    ),
    TestTexts(
        name="robustness/added_fact",
        type="INV",
        capability="Robustness",
        description="A plain fact behind an opinion changes nothing.",
        expect=_SAME,
        templates=differs(*((text, f"{text} {{fact}}") for text in _REVIEWS)),
        lists=_FACTS,
    ),
)
