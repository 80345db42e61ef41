"""A typing error, a short form, a sentence beside it, another name: the answer stays, or changes as the name does."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from behaviour_texts.drawing import Lists, Template
from behaviour_texts.listed import listed
from behaviour_texts.qa.asking import originals
from behaviour_texts.tables import TestTexts

_SAME = {"kind": "invariant", "tolerance": 0}

_STORIES = (
    (
        "{name} opened a bakery in {city} in {month}. It sells bread and {fruit}.",
        "Where is the bakery that {name} opened?",
    ),
    (
        "The museum in {city} bought {a:colour} {thing} from {name} for {number} dollars.",
        "How much money did the museum spend?",
    ),
    ("{name} works as {a:job} in {city}, where it often rains on {weekday}.", "What is the profession of {name}?"),
    ("On {weekday} {name} planted {number} trees behind the school.", "How many trees were planted behind the school?"),
    (
        "The {colour} {thing} belongs to {name}, who found it near {city}.",
        "What colour is the object that belongs to {name}?",
    ),
    (
        "{name} will sing in {city} in {month}, with {number} other people.",
        "In which month will the concert take place?",
    ),
)

_BESIDE: Lists = {
    "beside": (
        "The weather was mild that year.", "Many birds sing in the park at night.", "A new bridge crosses the river.",
        "Bread is made of flour and water.", "The library closes early in winter.", "Some clocks are louder than others.",
        "A cat slept under the stairs.", "The old road leads through a forest.", "Snow fell on the hills.", "Tea was served to everyone.",
    ),
}  # fmt: skip

_SHORT = (
    ("Who is", "Who's"), ("What is", "What's"), ("Where is", "Where's"), ("did not", "didn't"), ("does not", "doesn't"),
    ("is not", "isn't"), ("When is", "When's"), ("cannot", "can't"), ("was not", "wasn't"), ("How is", "How's"),
)  # fmt: skip

_KEPT = listed("Which, What, Where, month, many, colour, money, behind, concert")
"""Words of the questions that ask, or that decide what is asked for: no typing error is made in them."""


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def typos(question: str) -> tuple[str, ...]:
    """Two variants, each with two letters swapped inside of one word that does not decide what is asked for."""
    return tuple(_swaps(question))[:2]


def _swaps(text: str) -> Iterator[str]:
    words = [found for found in re.finditer(r"\b[a-z]{4,}", text) if found[0] not in _KEPT]
    for found in sorted(words, key=lambda found: _hash(f"{text}|{found.start()}")):
        # The first letter stays, and two equal letters swapped are no typing error.
        places = [at for at in range(found.start() + 1, found.end() - 1) if text[at] != text[at + 1]]
        at = places[_hash(f"{found[0]}|{text}") % len(places)]
        yield f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"


def short_forms(question: str) -> tuple[str, ...]:
    """The question with every contraction that it allows."""
    for long, short in _SHORT:
        question = re.sub(rf"\b{long}\b", short, question)
    return (question,)


def _with_a_sentence() -> list[Template]:
    """A sentence about something else behind the context, and before it."""
    return [
        Template(
            texts=tuple(
                {"question": question, "context": text}
                for text in (context, f"{context} {{beside}}", f"{{beside2}} {context}")
            )
        )
        for context, question in _STORIES
    ]


def _renamed(tag: str, *rows: tuple[str, str]) -> list[Template]:
    """The same with another name in the context and in the question, and in the answer if it is in that."""
    other = f"{{{tag}9}}"
    return [
        Template(
            texts=(
                {"question": question, "context": context},
                {"question": question.replace(f"{{{tag}}}", other), "context": context.replace(f"{{{tag}}}", other)},
            ),
            substitute=(f"{{{tag}}}", other),
        )
        for context, question in rows
    ]


TESTS = (
    TestTexts(
        name="robustness/sentence_beside",
        type="INV",
        capability="Robustness",
        description="A sentence about something else, behind the context or before it, changes no answer.",
        expect=_SAME,
        templates=_with_a_sentence(),
        lists=_BESIDE,
    ),
    TestTexts(
        name="robustness/typo_in_question",
        type="INV",
        capability="Robustness",
        description="Two letters swapped in a word of the question change no answer.",
        expect=_SAME,
        templates=originals(*_STORIES),
        vary=typos,
    ),
    TestTexts(
        name="robustness/contractions",
        type="INV",
        capability="Robustness",
        description="A short form in the question, such as who's, changes no answer.",
        expect=_SAME,
        templates=originals(
            ("{name} is {a:job}, and {name2} is {a:job2}.", "Who is {a:job2}?"),
            ("{name} keeps the {thing} in {city}.", "Where is the {thing}?"),
            ("{name} likes {fruit}. {name2} does not.", "Who does not like {fruit}?"),
            ("The fair in {city} is in {month}.", "When is the fair?"),
            ("{name} came on {weekday}, and {name2} stayed at home.", "Who did not come on {weekday}?"),
            ("The name of the new {job} in {city} is {name}.", "What is the name of the new {job}?"),
        ),
        vary=short_forms,
    ),
    TestTexts(
        name="names/person_changed_everywhere",
        type="INV",
        capability="Named entities",
        description="With another first name everywhere, the answer is the same but for that name.",
        expect=_SAME,
        templates=_renamed(
            "name",
            ("{name} opened a bakery in {city} in {month}.", "Who opened a bakery?"),
            (
                "The museum bought {a:colour} {thing} from {name} for {number} dollars.",
                "Who sold the {thing} to the museum?",
            ),
            ("{name} and {name2} met in {city}. {name2} comes from {city2}.", "Who met {name2} in {city}?"),
            ("On {weekday} {name} planted {number} trees behind the school.", "Who planted the trees?"),
            ("{name} works as {a:job} in {city}.", "Where does {name} work?"),
            ("{name} will sing in {city} in {month}.", "When will {name} sing?"),
        ),
    ),
    TestTexts(
        name="names/town_changed_everywhere",
        type="INV",
        capability="Named entities",
        description="With another town everywhere, the answer is the same but for that town.",
        expect=_SAME,
        templates=_renamed(
            "city",
            ("{name} opened a bakery in {city} in {month}.", "Where did {name} open a bakery?"),
            ("The museum in {city} bought {a:colour} {thing} from {name}.", "Which city is the museum in?"),
            ("{name} lives in {city} and works as {a:job}.", "What is the job of {name} in {city}?"),
            ("{name} took the train from {city} on {weekday}.", "Where did {name} come from?"),
            ("The fair in {city} is in {month}.", "When is the fair in {city}?"),
            ("The {number} guests from {city} brought {fruit}.", "What did the guests from {city} bring?"),
        ),
    ),
)
