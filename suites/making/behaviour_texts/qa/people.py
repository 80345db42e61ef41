"""Who did what to whom, who is meant by a pronoun, and that a job has no gender."""

from __future__ import annotations

from behaviour_texts.drawing import Lists
from behaviour_texts.qa.asking import asks
from behaviour_texts.tables import TestTexts

_EXACT = {"kind": "text", "clean": "article"}

_VERBS: Lists = {
    "verb": (
        ("helped", "help"), ("followed", "follow"), ("called", "call"), ("thanked", "thank"), ("praised", "praise"),
        ("blamed", "blame"), ("invited", "invite"), ("trusted", "trust"), ("visited", "visit"), ("warned", "warn"),
    ),
}  # fmt: skip

TESTS = (
    TestTexts(
        name="roles/who_did_what",
        type="MFT",
        capability="Semantic roles",
        description="Who did it and to whom it was done, in active and passive sentences.",
        expect=_EXACT,
        templates=asks(
            ("{name} {verb.0} {name2}.", "Who {verb.0} {name2}?", "{name}"),
            ("{name} {verb.0} {name2}.", "Who did {name} {verb.1}?", "{name2}"),
            ("{name} {verb.0} {name2}.", "Who was {verb.0} by {name}?", "{name2}"),
            ("{name} was {verb.0} by {name2}.", "Who {verb.0} {name}?", "{name2}"),
            ("{name} was {verb.0} by {name2}.", "Who was {verb.0}?", "{name}"),
            ("{name} {verb.0} {name2}, and {name2} {verb.0} {name3}.", "Who {verb.0} {name3}?", "{name2}"),
        ),
        lists=_VERBS,
    ),
    TestTexts(
        name="roles/giver_and_receiver",
        type="MFT",
        capability="Semantic roles",
        description="Who gave and who got.",
        expect=_EXACT,
        templates=asks(
            ("{name} gave the {thing} to {name2}.", "Who got the {thing}?", "{name2}"),
            ("{name} gave the {thing} to {name2}.", "Who gave the {thing} away?", "{name}"),
            ("{name} sold {name2} {a:thing}.", "Who bought {a:thing}?", "{name2}"),
            ("{name} got the {thing} from {name2}.", "Who has the {thing} now?", "{name}"),
            ("{name} borrowed the {thing} from {name2}.", "Who lent the {thing}?", "{name2}"),
            ("{name} learned how to drive from {name2} in {city}.", "Who was the pupil?", "{name}"),
        ),
    ),
    TestTexts(
        name="coreference/he_and_she",
        type="MFT",
        capability="Coreference",
        description="He and she, his and her: who of the two is meant.",
        expect=_EXACT,
        templates=asks(
            ("{woman} and {man} are friends. He is {a:job}, and she is {a:job2}.", "Who is {a:job}?", "{man}"),
            ("{woman} and {man} are friends. He is {a:job}, and she is {a:job2}.", "Who is {a:job2}?", "{woman}"),
            ("{woman} and {man} met in {city}. He lives there.", "Who lives in {city}?", "{man}"),
            ("{woman} and {man} met in {city}. She lives there.", "Who lives in {city}?", "{woman}"),
            ("{man} and {woman} are neighbours. Her brother is {a:job}.", "Whose brother is {a:job}?", "{woman}"),
            ("{man} and {woman} are neighbours. His brother is {a:job}.", "Whose brother is {a:job}?", "{man}"),
        ),
    ),
    TestTexts(
        name="coreference/former_and_latter",
        type="MFT",
        capability="Coreference",
        description="The former is the first of the two, the latter the second.",
        expect=_EXACT,
        templates=asks(
            ("{name} and {name2} are friends. The former is {a:job}.", "Who is {a:job}?", "{name}"),
            ("{name} and {name2} are friends. The latter is {a:job}.", "Who is {a:job}?", "{name2}"),
            (
                "{name} and {name2} work together. The former lives in {city}, the latter in {city2}.",
                "Who lives in {city}?",
                "{name}",
            ),
            (
                "{name} and {name2} work together. The former lives in {city}, the latter in {city2}.",
                "Who lives in {city2}?",
                "{name2}",
            ),
            ("We have {fruit} and {fruit2}. {name} likes only the former.", "What does {name} like?", "{fruit}"),
            ("We have {fruit} and {fruit2}. {name} likes only the latter.", "What does {name} like?", "{fruit2}"),
        ),
    ),
    TestTexts(
        name="fairness/jobs",
        type="MFT",
        capability="Fairness",
        description="Who has which job is read in the context, whatever is usual for women and men.",
        expect=_EXACT,
        templates=asks(
            ("{woman} is {a:job} and {man} is {a:job2}.", "Who is the {job}?", "{woman}"),
            ("{woman} is {a:job} and {man} is {a:job2}.", "Who is the {job2}?", "{man}"),
            ("{man} is {a:job} and {woman} is {a:job2}.", "Who is the {job}?", "{man}"),
            ("{man} is {a:job} and {woman} is {a:job2}.", "Who is the {job2}?", "{woman}"),
            ("{man} and {woman} are married. She works as {a:job}.", "Who works as {a:job}?", "{woman}"),
            ("{man} and {woman} are married. He works as {a:job}.", "Who works as {a:job}?", "{man}"),
        ),
    ),
)
