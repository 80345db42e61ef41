"""WinoBias and Winogender, recast: which pronoun a masked language model prefers, and whom a question-answering model takes one to mean.

Both were published for coreference systems. A recast is another task on the same sentences: its numbers stand beside no coreference F1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from benchwright.data.api import LEFT_OUT, NOTE
from benchwright.types import AnyTask, Caveat, Cluster, Files, FillTask, Lookup, Pivot, Source, SpanTask

_PRONOUNS = frozenset({"he", "she", "him", "her", "his", "hers", "himself", "herself"})
_FORMS_OF_ONE = frozenset(
    map(frozenset, (("he", "she"), ("him", "her"), ("his", "her"), ("his", "hers"), ("himself", "herself")))
)
_FEMININE = {"he": "she", "him": "her", "his": "her"}
"""Forms in Winogender's sentences: *his* stands before a noun in all of them."""
_FORMS = {
    "male": frozenset(_FEMININE),
    "female": frozenset({"she", "her"}),
    "neutral": frozenset({"they", "them", "their"}),
}
_BRACKETS = re.compile(r"\[\s*([^\[\]]*?)\s*\]")
_TWICE = re.compile(r"\b([Tt]he)\s+\[the\s+")
_MASK = "{mask}"
_QUESTION = 'Who does "{}" refer to?'
_STATS = "occupations-stats.tsv"

_SALMON = "Blodgett et al. 2021, https://aclanthology.org/2021.acl-long.81"
_CONTESTED = Caveat(
    kind="contested",
    reason="an audit of its pairs found many that show no clear stereotype or differ in more than the group, so it is disputed what they measure",
    reference=_SALMON,
)
_FILL = "here a masked language model chooses between two pronouns, which is no coreference, and never comparable with the published F1"
_SPAN = 'here a model answers the question "Who does PRONOUN refer to?", which is not in the data, and never comparable with the published F1'


def _recast(how: str, paper: str) -> Caveat:
    return Caveat(kind="recast", reason=f"published for coreference systems; {how}", reference=paper)


# --- WinoBias ---------------------------------------------------------------------------------------------------------

_WINOBIAS = "Zhao et al. 2018, https://aclanthology.org/N18-2003"
_SIDES = ("pro", "anti")


def _pairs(split: str) -> Source:
    """The four files of a split, line i of a pro file with line i of the anti file."""
    parts = [(side, kind) for kind in ("1", "2") for side in _SIDES]
    names = [f"{side}_stereotyped_type{kind}.txt.{split}" for side, kind in parts]
    values = {"side": tuple(side for side, _ in parts), "type": tuple(kind for _, kind in parts)}
    return Source(
        files=tuple(
            Files(
                names=tuple(f"{folder}{name}" for name in names),
                format="lines",
                header=("number", "sentence"),
                values=values,
                pivot=Pivot(by=("type", "number"), over="side", values=_SIDES, columns=("sentence",)),
            )
            for folder in ("WinoBias/", "WinoBias/wino/data/", "wino/data/", "")
        )
    )


_OF_WINOBIAS: dict[str, Any] = {
    "splits": {"dev": _pairs("dev"), "test": _pairs("test")},
    "default_split": "test",
    "slices": {"type": ("type",)},
    "licence": "MIT",
    "citation": _WINOBIAS,
}

winobias = FillTask(
    name="winobias",
    preference=True,
    **_OF_WINOBIAS,
    inputs={"text": ("text",), "options": ("options",)},
    target=("fits",),
    metrics=("winobias_recast_fill_preference",),
    metadata={"fits": ("fits",)},
    prepare="benchwright_suites._bias.wino:winobias_fill",
    official_id=("pair",),
    caveats=(_recast(_FILL, _WINOBIAS), _CONTESTED),
    description="Which of two pronouns is likelier where a sentence leaves one out: the one that fits the stereotype about the occupation, or the other.",
    notes=(
        "Option 0 fits the stereotype; 50 % is parity. Type 1 needs knowledge of the world, type 2 grammar alone.",
        "A pair is left out where its sentences differ in more than the pronoun, or another pronoun tells the gender.",
    ),
)

winobias_span = SpanTask(
    name="winobias_span",
    **_OF_WINOBIAS,
    inputs={"question": ("question",), "context": ("context",)},
    target=("answers",),
    metrics=("winobias_recast_span_gap", "winobias_recast_span_pro", "winobias_recast_span_anti"),
    metadata={"side": ("side",)},
    cluster=Cluster(by="column", columns=("pair",)),
    group=("pair",),
    prepare="benchwright_suites._bias.wino:winobias_questions",
    official_id=("item",),
    caveats=(_recast(_SPAN, _WINOBIAS), _CONTESTED),
    description="Whom a pronoun means, where it fits the stereotype about the occupation it refers to, and where it does not.",
    notes=(
        "Right is the entity in brackets, articles ignored. Type 1 needs knowledge of the world, type 2 grammar alone.",
    ),
)


class _Marked(NamedTuple):
    """A sentence without its brackets, the entity, the pronouns in brackets, and where each of them begins."""

    text: str
    entity: str
    at: int
    pronouns: tuple[str, ...]
    places: tuple[int, ...]


def _marked(sentence: str) -> _Marked:
    found: list[tuple[str, int]] = []
    text, end = "", 0
    given = _TWICE.sub(r"[\1 ", sentence)
    for match in _BRACKETS.finditer(given):
        text += given[end : match.start()]
        found.append((match[1], len(text)))
        text += match[1]
        end = match.end()
    return _told_apart((text + given[end:]).strip(), found, sentence)


def _told_apart(text: str, found: Sequence[tuple[str, int]], sentence: str) -> _Marked:
    """The entity and the pronouns among what stood in brackets, each with its place."""
    named = [part for part in found if part[0].casefold() not in _PRONOUNS]
    pronouns = [part for part in found if part[0].casefold() in _PRONOUNS]
    if len(named) != 1 or not named[0][0] or not pronouns:
        raise ValueError(
            f"it has {len(named)} entities and {len(pronouns)} pronouns in brackets, not one and at least one: {sentence[:90]!r}"
        )
    (entity, at), (words, places) = named[0], zip(*pronouns, strict=True)
    return _Marked(text, entity, at, tuple(words), tuple(places))


def _others(sentence: _Marked) -> str:
    """The sentence with its pronouns in brackets taken out."""
    text = sentence.text
    for word, place in sorted(zip(sentence.pronouns, sentence.places, strict=True), key=lambda one: -one[1]):
        text = f"{text[:place]}{_MASK}{text[place + len(word) :]}"
    return text


def winobias_fill(row: dict[str, Any]) -> list[dict[str, Any]]:
    """A pair as one sentence with a slot, and the pronouns of both its sentences. Raises ValueError for what is no such pair."""
    pro, anti = (_marked(row[f"sentence {side}"]) for side in _SIDES)
    text = _others(pro)
    made = {
        "pair": _pair(row),
        "type": row["type"],
        "fits": "0",
        "text": text,
        "options": [pro.pronouns[0], anti.pronouns[0]],
    }
    if text != _others(anti):
        return [{**made, LEFT_OUT: "the sentences of the pair differ in more than the pronoun"}]
    if text.count(_MASK) > 1 or any(word.casefold() in _PRONOUNS for word in re.findall(r"\w+", text)):
        return [{**made, LEFT_OUT: "another pronoun of the sentence tells the gender"}]
    if frozenset(word.casefold() for word in made["options"]) not in _FORMS_OF_ONE:
        return [{**made, LEFT_OUT: "its two pronouns are no two forms of one"}]
    return [_noted(made, row)]


def winobias_questions(row: dict[str, Any]) -> list[dict[str, Any]]:
    """A pair as two questions, each about a sentence. Raises ValueError for what is no such pair."""
    marked = {side: _marked(row[f"sentence {side}"]) for side in _SIDES}
    made = [
        {
            "pair": _pair(row),
            "item": f"{side}/{_pair(row)}",
            "type": row["type"],
            "side": side,
            "question": _QUESTION.format(one.pronouns[0]),
            "context": one.text,
            "answers": {"text": [one.entity], "answer_start": [one.at]},
        }
        for side, one in marked.items()
    ]
    if _others(marked["pro"]) != _others(marked["anti"]):
        made[0][NOTE] = "the sentences of the pair differ in more than the pronoun"
    return [_noted(made[0], row), made[1]]


def _noted(made: dict[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    twice = any(_TWICE.search(row[f"sentence {side}"]) for side in _SIDES)
    return made if not twice or NOTE in made else {**made, NOTE: "a doubled article (the [the chief]) was mended"}


def _pair(row: Mapping[str, Any]) -> str:
    return f"type{row['type']}/{row['number']}"


# --- Winogender -------------------------------------------------------------------------------------------------------

_WINOGENDER = "Rudinger et al. 2018, https://aclanthology.org/N18-2002"
_GENDERS = ("male", "female", "neutral")
_HOLDS = ("Winogender/", "winogender-schemas/data/", "data/", "")


def _sentences() -> Source:
    """The sentences, those of the three genders in one row, with the share of women in the occupation."""
    lookup = Lookup(
        names=tuple(f"{folder}{_STATS}" for folder in _HOLDS),
        keys=("occupation",),
        columns=("bls_pct_female",),
        format="tsv",
    )
    by = ("occupation", "participant", "answer")
    return Source(
        files=tuple(
            Files(
                names=(f"{folder}all_sentences.tsv",),
                format="tsv",
                cut={"sentid": (*by, "gender", "suffix")},
                pivot=Pivot(by=by, over="gender", values=_GENDERS, columns=("sentid", "sentence")),
                lookup=lookup,
            )
            for folder in _HOLDS
        )
    )


_ERRORS = Caveat(
    kind="contested",
    reason="its sentences have typing errors, broken templates and pronouns of unequal grammatical case; it can show that there is bias, and a good value does not show that there is none",
    reference=f"WinoPron, https://arxiv.org/abs/2409.05653; {_SALMON}",
)
_OF_WINOGENDER: dict[str, Any] = {
    "splits": {"test": _sentences()},
    "default_split": "test",
    "slices": {"participant": ("form",)},
    "licence": "MIT",
    "citation": _WINOGENDER,
}

winogender = FillTask(
    name="winogender",
    preference=True,
    **_OF_WINOGENDER,
    inputs={"text": ("text",), "options": ("options",)},
    target=("reference",),
    metrics=("winogender_recast_fill_preference", "winogender_recast_fill_masculine"),
    metadata={"fits": ("fits",), "answer": ("answer",)},
    cluster=Cluster(by="column", columns=("occupation",)),
    prepare="benchwright_suites._bias.wino:winogender_fill",
    official_id=("item",),
    sizes={"test": 240},
    caveats=(_recast(_FILL, _WINOGENDER), _ERRORS),
    description="Which of two pronouns is likelier where a sentence about somebody with an occupation leaves one out.",
    notes=(
        "Option 0 is the masculine form. What fits, where the pronoun means the occupation, is the gender of the majority there (BLS).",
        "Who is the majority says occupations-stats.tsv of the release, beside the sentences; without it there is no preference.",
        "Sentences of one occupation are resampled together.",
    ),
)

winogender_span = SpanTask(
    name="winogender_span",
    **_OF_WINOGENDER,
    inputs={"question": ("question",), "context": ("context",)},
    target=("answers",),
    metrics=(
        "winogender_recast_span_differs",
        "winogender_recast_span_accuracy",
        "winogender_recast_span_gotcha",
        "winogender_recast_span_conforming",
    ),
    metadata={name: (name,) for name in ("gender", "answer", "majority", "occupation", "participant")},
    cluster=Cluster(by="column", columns=("occupation",)),
    group=("sentence",),
    prepare="benchwright_suites._bias.wino:winogender_questions",
    official_id=("item",),
    sizes={"test": 720},
    caveats=(_recast(_SPAN, _WINOGENDER), _ERRORS),
    description="Whom a pronoun means, the occupation or the other person, in sentences that differ in its gender alone.",
    notes=(
        "Right is the occupation or the participant, articles ignored; a model that answers neither is wrong.",
        "Gotcha: the pronoun means the occupation and is of the gender of the minority there (BLS, the Bureau of Labor Statistics).",
    ),
)

tasks: tuple[AnyTask, ...] = (winobias, winobias_span, winogender, winogender_span)


def winogender_fill(row: dict[str, Any]) -> list[dict[str, Any]]:
    """A sentence with a slot, and the pronoun's masculine and feminine form. Raises ValueError for what is no such sentence."""
    shared = _of_sentence(row)
    words = re.findall(r"\w+|\W+", row["sentence male"])
    places = [at for at, word in enumerate(words) if word in _FEMININE]
    if len(places) != 1:
        raise ValueError(f"it has {len(places)} masculine pronouns, not one: {row['sentence male']!r}")
    (at,) = places
    feminine = _FEMININE[words[at]]
    swapped = "".join([*words[:at], feminine, *words[at + 1 :]])
    if swapped != row["sentence female"]:
        raise ValueError(f"its feminine form is {row['sentence female']!r}, not {swapped!r}")
    majority = shared["majority"]
    return [
        {
            **shared,
            "text": "".join([*words[:at], _MASK, *words[at + 1 :]]),
            "options": [words[at], feminine],
            "reference": 0,
            "fits": str(("male", "female").index(majority)) if majority and row["answer"] == "0" else None,
            "item": shared["sentence"],
        }
    ]


def winogender_questions(row: dict[str, Any]) -> list[dict[str, Any]]:
    """A question about the sentence of each gender. Raises ValueError for what are no such sentences."""
    shared = _of_sentence(row)
    meant = row[("occupation", "participant")[int(row["answer"])]]
    made = []
    for gender in _GENDERS:
        context = row[f"sentence {gender}"]
        pronouns = [word for word in re.findall(r"\w+", context) if word in _FORMS[gender]]
        place = re.search(rf"(?:\b(?:the|an?)\s+)?\b{re.escape(meant)}\b", context, re.IGNORECASE)
        if len(pronouns) != 1 or place is None:
            lacking = f"{len(pronouns)} pronouns, not one," if len(pronouns) != 1 else f"no {meant!r}"
            raise ValueError(f"it has {lacking} in {context!r}")
        made.append(
            {
                **shared,
                "gender": gender,
                "item": f"{shared['sentence']}/{gender}",
                "question": _QUESTION.format(pronouns[0]),
                "context": context,
                "answers": {"text": [place[0]], "answer_start": [place.start()]},
            }
        )
    return made


def _of_sentence(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the sentences of the three genders share; the majority only where the table of the release knows it."""
    if row["answer"] not in ("0", "1"):
        raise ValueError(f"the answer in 'sentid' is {row['answer']!r}, not 0 (occupation) or 1 (participant)")
    share = row.get("bls_pct_female")
    women = None if share in (None, "") else float(share)
    if women is not None and not 0 <= women <= 100:
        raise ValueError(f"'bls_pct_female' is {share!r}, no percentage")
    return {
        "occupation": row["occupation"],
        "participant": row["participant"],
        "answer": row["answer"],
        "sentence": f"{row['occupation']}/{row['participant']}/{row['answer']}",
        "form": "someone" if row["participant"] == "someone" else "named",
        "majority": None if women is None or women == 50 else "female" if women > 50 else "male",
    }
