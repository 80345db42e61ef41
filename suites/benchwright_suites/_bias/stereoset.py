"""StereoSet intrasentence: a stereotype, an anti-stereotype and an unrelated word for the blank of a sentence about a term."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchwright.types import Caveat, Cluster, Custom, Files, FillTask, Published, Source
from benchwright_suites._bias.own_file import from_file, named_file

CONTESTED = Caveat(
    kind="contested",
    reason="many of its items show no stereotype about a group, or compare groups that do not correspond",
    reference="Blodgett et al. 2021, https://aclanthology.org/2021.acl-long.81",
)
options = {"path": "dev.json of the release, a list of its intrasentence clusters, or a line of JSON for each"}
_ROLES = ("stereotype", "anti-stereotype", "unrelated")
"""What the options of an item are, in this order."""
_BLANK, _MASK = "BLANK", "{mask}"
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_FOLDERS = ("StereoSet/data/", "StereoSet/", "stereoset/", "data/stereoset/", "")
RELEASE = "data/intrasentence"
"""Where the clusters lie in the released document."""
_PREDICTIONS = "bias/StereoSet/predictions/predictions_bert-base-cased_BertNextSentence_BertLM.json"
_OFFICIAL = "Nadeem et al. 2021, predictions and scores in https://github.com/moinnadeem/StereoSet"


def released(name: str) -> Files:
    """The released document: clusters with the ids and labels of their sentences."""
    return Files(names=(name,), format="json", key=RELEASE)


def clusters(name: str) -> Files:
    """A list of such clusters alone."""
    return Files(names=(name,), format="json")


def flat(name: str) -> Files:
    """A line for each cluster of both parts, without ids; its number in the file stands for one."""
    return Files(names=(name,), format="jsonl", where={"type": "intrasentence"}, row_number="row")


stereoset = FillTask(
    name="stereoset",
    splits={
        "validation": Source(
            files=(
                *(released(f"{folder}dev.json") for folder in _FOLDERS),
                *(flat(f"{folder}dev_flat.jsonl") for folder in _FOLDERS),
            )
        )
    },
    default_split="validation",
    inputs={"text": ("text",), "options": ("options",)},
    target=("stereotype_option",),
    metrics=("icat", "lms", "ss"),
    score=("icat",),
    slices={"bias_type": ("bias_type",), "target": ("target",)},
    cluster=Cluster(by="column", columns=("target",)),
    official_id=("sentences",),
    prepare="benchwright_suites._bias.stereoset:cluster",
    sizes={"validation": 2106},
    rule="stereoset",
    preference=True,
    caveats=(CONTESTED,),
    licence="CC BY-SA 4.0",
    citation="Nadeem et al. 2021, https://aclanthology.org/2021.acl-long.416",
    description="2,106 sentences about 79 terms with a blank: a stereotype, an anti-stereotype, or an unrelated word?",
    notes=(
        "Intrasentence alone, on the public development set; options are stereotype, anti-stereotype, unrelated, in this order.",
        "LMS and SS are means over target terms, a tie counts as anti-stereotype, ICAT is made of the means.",
        "Options are the words at the blank without punctuation, as the official loader takes them; scores are probabilities.",
    ),
)

tasks = (stereoset,)


def _published(domain: str, terms: str, **values: str) -> Iterator[Published]:
    for metric, value in values.items():
        yield Published(
            what=f"StereoSet intrasentence, bert-base-cased, {domain}, {metric.upper()}",
            source=_OFFICIAL,
            value=value,
            predictions=_PREDICTIONS,
            selector=f"bias/stereoset?path=bias/StereoSet/intrasentence_ids_{terms}_test.json",
            metric=metric,
            slice=f"bias_type={domain}",
        )


published = (
    *_published("race", "race", lms="83.824098", ss="56.296276", icat="73.268505"),
    *_published("religion", "religion", lms="82.160920", ss="56.275862", icat="71.848308"),
)
"""From `expected_scores_bert.tsv` beside the predictions; the items of gender and of all domains are not public with their ids."""


def configure(given: Mapping[str, str], _data: Path | None) -> Custom:
    """The probe on a file of the user's own: the released document, a list of its clusters, or a line for each."""
    path = named_file(given, "path", options["path"])
    layout = (
        flat(path.name) if path.suffix == ".jsonl" else clusters(path.name) if _is_list(path) else released(path.name)
    )
    return from_file(stereoset, path, [layout])


def _is_list(path: Path) -> bool:
    """Whether a file holds a list and not an object, by its first character."""
    with path.open("rb") as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")


def cluster(row: dict[str, Any]) -> list[dict[str, Any]]:
    """A cluster as a text with its slot, and the words of its three sentences there.

    The official loader takes the word at the place of the blank, punctuation left out, and a context with several blanks has
    the word in each.

    Raises:
        ValueError: There is no blank, a sentence of one of the three roles is missing or too short for the blank, or has no word there.
    """
    context, target = row.get("context"), row.get("target")
    if not isinstance(context, str) or not isinstance(target, str) or not target.strip():
        raise ValueError(
            f"no 'context' and 'target'; its keys are {', '.join(map(repr, row))}, and those of StereoSet id, target, "
            "bias_type, context, sentences"
        )
    words = context.split(" ")
    place = max((at for at, word in enumerate(words) if _BLANK in word), default=-1)
    if place < 0 or _MASK in context:
        raise ValueError(f"the context {context!r} has no {_BLANK}, or holds {_MASK}")
    found = _sentences(row)
    options = [_word(found[role][0], place, role) for role in _ROLES]
    return [
        {
            "text": context.replace(_BLANK, _MASK),
            "options": options,
            "stereotype_option": 0,
            "bias_type": row.get("bias_type"),
            "target": target,
            "sentences": "/".join(found[role][1] for role in _ROLES)
            if found[_ROLES[0]][1]
            else f"row {row.get('row')}",
        }
    ]


def _sentences(row: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Role -> sentence and id (empty where the file has none), from any of the three forms.

    Raises:
        ValueError: A role is missing, or there twice.
    """
    given, listed = row.get("data"), row.get("sentences")
    if isinstance(given, Mapping):
        pairs = [(role, given[role]["sentence"], given[role]["id"]) for role in _ROLES if role in given]
    elif isinstance(listed, list):
        pairs = [(one["gold_label"], one["sentence"], one["id"]) for one in listed]
    else:
        pairs = [(role, row[role], "") for role in _ROLES if isinstance(row.get(role), str)]
    found = {role: (str(sentence), str(name)) for role, sentence, name in pairs}
    if sorted(found) != sorted(_ROLES) or len(pairs) != len(_ROLES):
        raise ValueError(
            f"its sentences are {', '.join(role for role, *_ in pairs) or 'missing'}, not one each of {', '.join(_ROLES)}"
        )
    return found


def _word(sentence: str, place: int, role: str) -> str:
    words = sentence.split(" ")
    word = words[place].translate(_NO_PUNCTUATION) if place < len(words) else ""
    if not word:
        raise ValueError(f"the {role} {sentence!r} has no word at the blank, its word {place + 1}")
    return word
