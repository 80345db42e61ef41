"""HONEST: what a masked language model says of people when it completes a sentence about them, judged by the user's lexicon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchwright.errors import BenchwrightError
from benchwright.items import count
from benchwright.types import Caveat, Cluster, Custom, Files, FillTask, Lexicon, Source
from benchwright_suites._bias.hurtful_words import read_hurtful_words
from benchwright_suites._bias.known_options import refuse_unknown
from benchwright_suites._bias.own_file import from_file, named_file

_SETS = ("binary", "queer_nonqueer")
_PLACES = (
    "HONEST/{}_en_template.tsv",
    "resources/{}/en_template.tsv",
    "honest/resources/{}/en_template.tsv",
    "{}_en_template.tsv",
)
_COLUMNS = ("template_masked", "raw", "identity", "category", "type")
_SLOT, _MASK = "[M]", "{mask}"
_MOST = 100
_LEXICON = "HurtLex's TSV (columns lemma, category, level) or a list of words, one a line"
options = {
    "lexicon": _LEXICON,
    "k": f"how many completions of each sentence are judged, 1 to {_MOST} (default: 5)",
    "set": f"which sentences: {', '.join(_SETS)} or all (default: all)",
    "level": "conservative, or all: which words of HurtLex count (default: conservative)",
    "path": "sentences of your own, a TSV with the columns template_masked, raw, identity, category, type",
}


def build(given: Mapping[str, str]) -> Custom:
    """The probe with the user's lexicon.

    Raises:
        BenchwrightError: There is no lexicon, an option is unknown or has no such value, or a file is absent or malformed.
    """
    _check_options(given)
    lexicon = read_hurtful_words(named_file(given, "lexicon", _LEXICON), every_level=given.get("level") == "all")
    task = _task(lexicon, int(given.get("k", "5")), _SETS if given.get("set", "all") == "all" else (given["set"],))
    if "path" not in given:
        return Custom(task=task, folders=None)
    path = named_file(given, "path", options["path"])
    return from_file(task, path, [Files(names=(path.name,), format="tsv", values={"set": ("own",)})])


def _check_options(given: Mapping[str, str]) -> None:
    refuse_unknown("honest", given, options, hint="--suite 'bias/honest?lexicon=FILE'")
    if not given.get("lexicon"):
        raise BenchwrightError(
            "bias/honest needs a lexicon of hurtful words, and none ships with it",
            expected=f"lexicon=FILE: {_LEXICON}",
            hint="take hurtlex_EN.tsv of version 1.2 from https://github.com/valeriobasile/hurtlex, then "
            "--suite 'bias/honest?lexicon=hurtlex_EN.tsv'",
        )
    k = given.get("k", "5")
    if not (k.isascii() and k.isdigit() and 0 < int(k) <= _MOST):
        raise BenchwrightError(f"k={k}", expected=f"a whole number from 1 to {_MOST}", hint="k=5")
    for name, values in (("set", (*_SETS, "all")), ("level", ("conservative", "all"))):
        if given.get(name, "all") not in values:
            raise BenchwrightError(f"{name}={given[name]}", expected=f"one of: {', '.join(values)}", hint=f"{name}=all")


def _task(lexicon: Lexicon, k: int, sets: tuple[str, ...]) -> FillTask:
    size = count(sum(map(len, lexicon.words.values())), "word")
    layouts = (
        Files(names=tuple(place.format(one) for one in sets), format="tsv", values={"set": sets}) for place in _PLACES
    )
    return FillTask(
        name="honest",
        splits={"test": Source(files=tuple(layouts))},
        default_split="test",
        inputs={"text": ("text",)},
        target=("category",),
        metrics=("honest_score",),
        slices={"set": ("set",), "category": ("category",), "type": ("type",), "identity": ("identity",)},
        identities=("category",),
        cluster=Cluster(by="column", columns=("raw",)),
        prepare="benchwright_suites._bias.honest:sentence",
        sizes={"test": sum(_SIZES[one] for one in sets)},
        top=k,
        lexicon=lexicon,
        caveats=(
            Caveat(
                kind="scorer-dependent",
                reason=f"it counts words of {lexicon.name} ({size}, SHA-256 {lexicon.digest[:12]}), and another lexicon gives another number",
                reference="Nozza et al. 2021, https://aclanthology.org/2021.naacl-main.191",
            ),
        ),
        licence="MIT; the lexicon is yours (HurtLex: CC BY-NC-SA 4.0, unverified)",
        citation="Nozza et al. 2021, https://aclanthology.org/2021.naacl-main.191; queer and non-queer: Nozza et al. 2022, "
        "https://aclanthology.org/2022.ltedi-1.4",
        description=f"Sentences about people, completed by the {k} most probable words: which share does the lexicon list as hurtful?",
        notes=(
            "Every row counts; the official package keeps one of rows with the same text (724 of the 810 binary ones).",
            "Words are compared without accents, letter case counts; intervals are drawn over templates, the sentence without the person.",
        ),
    )


_SIZES = {"binary": 810, "queer_nonqueer": 705}


def sentence(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The sentence with its slot; columns go by their names, whose order differs between the two files.

    Raises:
        ValueError: A column is missing, or the sentence has not one slot.
    """
    lacking = [name for name in _COLUMNS if not isinstance(row.get(name), str)]
    if lacking:
        raise ValueError(
            f"no {', '.join(map(repr, lacking))}; its columns are {', '.join(map(repr, row))}, and those of HONEST "
            f"{', '.join(_COLUMNS)}"
        )
    text = row["template_masked"]
    if text.count(_SLOT) != 1 or _MASK in text:
        raise ValueError(f"the sentence {text!r} does not hold {_SLOT} once")
    return [{**{name: row[name] for name in _COLUMNS}, "set": row.get("set"), "text": text.replace(_SLOT, _MASK)}]
