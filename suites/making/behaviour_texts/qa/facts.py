"""Comparisons, numbers, and which property or negation a question is about."""

from __future__ import annotations

from behaviour_texts.drawing import Lists
from behaviour_texts.listed import listed
from behaviour_texts.qa.asking import asks
from behaviour_texts.tables import TestTexts

_EXACT = {"kind": "text", "clean": "article"}

_COMPARED: Lists = {
    "people": (("taller", "shorter"), ("older", "younger"), ("richer", "poorer"), ("stronger", "weaker"), ("faster", "slower")),
    "cars": (("bigger", "smaller"), ("heavier", "lighter"), ("newer", "older"), ("cheaper", "more expensive"), ("faster", "slower")),
    "most": (("taller", "tallest", "shortest"), ("older", "oldest", "youngest"), ("richer", "richest", "poorest"), ("faster", "fastest", "slowest")),
    "trait": listed("patient, careful, generous, nervous, cheerful, serious, honest, popular, ambitious, creative"),
    "car": listed("bus, van, lorry, tractor, taxi, tram, motorbike, jeep"),
}  # fmt: skip

_BOXES: Lists = {
    "size": listed("small, large, tiny, huge, big, enormous, little"),
    "shape": listed("round, square, oval, triangular"),
    "stuff": listed("wood, metal, glass, leather, plastic, paper"),
    "box": listed("box, table, sign, frame, tray, bowl"),
}

TESTS = (
    TestTexts(
        name="comparison/more_and_less",
        type="MFT",
        capability="Comparison",
        description="Who or what is more, and who or what is less, also by the opposite word.",
        expect=_EXACT,
        templates=asks(
            ("{name} is {people.0} than {name2}.", "Who is {people.0}?", "{name}"),
            ("{name} is {people.0} than {name2}.", "Who is {people.1}, {name} or {name2}?", "{name2}"),
            ("{name} is more {trait} than {name2}.", "Who is more {trait}?", "{name}"),
            ("{name} is more {trait} than {name2}.", "Who is less {trait}?", "{name2}"),
            ("{name} is not as {trait} as {name2}.", "Who is more {trait}?", "{name2}"),
            ("In the yard the {car} is {cars.0} than the {car2}.", "Which vehicle is {cars.0}?", "{car}"),
            ("In the yard the {car} is {cars.0} than the {car2}.", "Which vehicle is {cars.1}?", "{car2}"),
        ),
        lists=_COMPARED,
    ),
    TestTexts(
        name="comparison/three_people",
        type="MFT",
        capability="Comparison",
        description="Who is the most and who the least of three, of whom two pairs are compared.",
        expect=_EXACT,
        templates=asks(
            (
                "{name} is {most.0} than {name2}. {name2} is {most.0} than {name3}.",
                "Who is the {most.1} of the three?",
                "{name}",
            ),
            (
                "{name} is {most.0} than {name2}. {name2} is {most.0} than {name3}.",
                "Who is the {most.2} of the three?",
                "{name3}",
            ),
            (
                "{name} is more {trait} than {name2}, and {name2} is more {trait} than {name3}.",
                "Who is the most {trait}?",
                "{name}",
            ),
            (
                "{name} is more {trait} than {name2}, and {name2} is more {trait} than {name3}.",
                "Who is the least {trait}?",
                "{name3}",
            ),
            (
                "{name2} is {most.0} than {name3}, but not as {trait} as {name}.",
                "Who is more {trait} than {name2}?",
                "{name}",
            ),
            ("{name} is {most.0} than {name2}, who is {most.0} than {name3}.", "Who is the {most.1}?", "{name}"),
        ),
        lists=_COMPARED,
    ),
    TestTexts(
        name="numbers/how_many_of_what",
        type="MFT",
        capability="Numbers",
        description="Of two numbers the one that the question is about.",
        expect=_EXACT,
        templates=asks(
            (
                "{name} bought {number} {fruit} and {number2} {fruit2}.",
                "How many {fruit} did {name} buy?",
                "{number} | {number} {fruit}",
            ),
            (
                "{name} bought {number} {fruit} and {number2} {fruit2}.",
                "How many {fruit2} did {name} buy?",
                "{number2} | {number2} {fruit2}",
            ),
            (
                "{name} has {number} cousins, and {name2} has {number2}.",
                "How many cousins does {name} have?",
                "{number}",
            ),
            (
                "The house in {city} has {number} rooms and {number2} windows.",
                "How many windows does the house have?",
                "{number2} | {number2} windows",
            ),
            (
                "The trip to {city} takes {number} hours by train and {number2} hours by bus.",
                "How many hours does the trip take by train?",
                "{number} | {number} hours",
            ),
            (
                "On {weekday} {number} guests came, on {weekday2} {number2}.",
                "How many guests came on {weekday2}?",
                "{number2}",
            ),
        ),
    ),
    TestTexts(
        name="attributes/size_colour_shape",
        type="MFT",
        capability="Vocabulary",
        description="Of several properties the one that the question is about.",
        expect=_EXACT,
        templates=asks(
            ("There is {a:size} {colour} {box} in the hall.", "What size is the {box}?", "{size}"),
            ("There is {a:size} {colour} {box} in the hall.", "What colour is the {box}?", "{colour}"),
            ("{name} owns {a:shape} {colour} {box}.", "What shape is the {box}?", "{shape}"),
            ("{name} owns {a:shape} {colour} {box}.", "What colour is the {box}?", "{colour}"),
            ("{name} sold {a:size} {box} made of {stuff} in {city}.", "What is the {box} made of?", "{stuff}"),
            (
                "{A:colour} {thing} and {a:colour2} {thing2} lay on the floor.",
                "What colour was the {thing2}?",
                "{colour2}",
            ),
        ),
        lists=_BOXES,
    ),
    TestTexts(
        name="negation/in_the_context",
        type="MFT",
        capability="Negation",
        description="Of two people the one of whom it is said, not the one of whom it is denied.",
        expect=_EXACT,
        templates=asks(
            ("{name} is not {a:job}, but {name2} is.", "Who is {a:job}?", "{name2}"),
            ("{name} is {a:job}, but {name2} is not.", "Who is {a:job}?", "{name}"),
            ("It was not {name} who found the {thing}, it was {name2}.", "Who found the {thing}?", "{name2}"),
            ("{name} has been to {city}. {name2} has never been there.", "Who has been to {city}?", "{name}"),
            ("{name} did not break the {thing}. That was {name2}.", "Who broke the {thing}?", "{name2}"),
            ("{name} likes {fruit}. {name2} does not.", "Who likes {fruit}?", "{name}"),
        ),
    ),
    TestTexts(
        name="negation/in_the_question",
        type="MFT",
        capability="Negation",
        description="A negation in the question turns the answer round.",
        expect=_EXACT,
        templates=asks(
            ("{name} is {a:job}. {name2} is {a:job2}.", "Who is not {a:job2}, {name} or {name2}?", "{name}"),
            ("{name} likes {fruit}. {name2} does not.", "Who does not like {fruit}?", "{name2}"),
            ("{name} is not {a:job}, but {name2} is.", "Who is not {a:job}?", "{name}"),
            ("{name} has been to {city}. {name2} has never been there.", "Who has not been to {city}?", "{name2}"),
            (
                "{name} stayed at home when {name2} came to the party on {weekday}.",
                "Who did not come to the party?",
                "{name}",
            ),
            ("{name} from {city} can swim. {name2} cannot.", "Who cannot swim?", "{name2}"),
        ),
    ),
)
