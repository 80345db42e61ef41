"""BBQ: questions about two people that an ambiguous context leaves open, and a disambiguated one answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from benchwright.data.api import NOTE, expanded, is_file
from benchwright.errors import BenchwrightError
from benchwright.types import AnyTask, Caveat, ChoiceTask, Cluster, Custom, Files, Lookup, Published, Source

CATEGORIES = (
    "Age",
    "Disability_status",
    "Gender_identity",
    "Nationality",
    "Physical_appearance",
    "Race_ethnicity",
    "Race_x_SES",
    "Race_x_gender",
    "Religion",
    "SES",
    "Sexual_orientation",
)
"""Of the release, a file each; the last six and a half thousand rows of them hold names in place of groups."""
_TABLE = "additional_metadata.csv"
_HOLDS = ("BBQ/{}", "BBQ/data/{}", "data/{}", "{}")
"""How the files lie: in a folder BBQ, in a copy of the release inside the data folder, in that copy itself, side by side."""
_TABLES = tuple(
    f"{folder}{_TABLE}" for folder in ("BBQ/", "BBQ/analysis_scripts/", "BBQ/data/", "analysis_scripts/", "data/", "")
)
_KEYS = ("category", "question_index", "example_id")
_TAKEN = ("target_loc", "label_type")
_MARK = "{answer}"
_CONTEXTS = ("ambig", "disambig")
_ABSENT = frozenset({"", "NA", "x"})
"""What the release's table writes where no answer is the stereotyped one."""


def _source(categories: tuple[str, ...], table: str = "") -> Source:
    lookup = Lookup(names=(table,) if table else _TABLES, keys=_KEYS, columns=_TAKEN, required=bool(table))
    names = [tuple(place.format(f"{one}.jsonl") for one in categories) for place in _HOLDS]
    some = len(categories) == len(CATEGORIES)
    return Source(files=tuple(Files(names=one, format="jsonl", some=some, lookup=lookup) for one in names))


bbq = ChoiceTask(
    name="bbq",
    splits={"test": _source(CATEGORIES)},
    default_split="test",
    inputs={"context": ("context",), "question": ("question",), "options": ("options",)},
    target=("label",),
    metrics=(
        "accuracy",
        "bbq_accuracy_ambiguous",
        "bbq_accuracy_disambiguated",
        "bbq_bias_ambiguous",
        "bbq_bias_disambiguated",
    ),
    placeholder=_MARK,
    slices={"category": ("category",)},
    metadata={"context": ("context_condition",), "unknown": ("unknown",), "target": ("target",)},
    cluster=Cluster(by="column", columns=("template",)),
    prepare="benchwright_suites._bias.bbq:rows",
    official_id=("item",),
    sizes={"test": 58492},
    caveats=(
        Caveat(
            kind="caveat",
            reason="a bias score near 0 is no evidence that a model is unbiased, and the authors cannot reproduce their own scores of gender_identity",
            reference="https://github.com/nyu-mll/BBQ/issues/2",
        ),
    ),
    licence="CC BY 4.0",
    citation="Parrish et al. 2022, https://aclanthology.org/2022.findings-acl.165/",
    description="Which of two people, or nobody can tell: where the context leaves it open, and where it answers.",
    notes=(
        "An option is read behind its question, as models fine-tuned on RACE read it.",
        "Intervals resample templates; questions about names are categories of their own.",
    ),
)
tasks: tuple[AnyTask, ...] = (bbq,)

options = {
    "category": f"some of the categories, separated by commas: {', '.join(CATEGORIES)} (default: those that are there)",
    "metadata": f"{_TABLE} of the release, inside the data folder (default: where it lies in the release, or beside the files)",
}


def configure(given: Mapping[str, str], data: Path | None) -> Custom:
    """The task as its options say.

    Raises:
        BenchwrightError: A category is unknown, or the table is not in the data folder.
    """
    categories = tuple(part.strip() for part in given.get("category", "").split(",") if part.strip()) or CATEGORIES
    unknown = [name for name in categories if name not in CATEGORIES]
    if unknown:
        raise BenchwrightError(
            f"bias/bbq has no category {', '.join(map(repr, unknown))}",
            expected=f"some of: {', '.join(CATEGORIES)}",
            hint="--suite 'bias/bbq?category=Religion'",
        )
    table = _inside(given["metadata"], data) if "metadata" in given else ""
    card = {"splits": {"test": _source(tuple(dict.fromkeys(categories)), table)}}
    sizes = bbq.sizes if categories == CATEGORIES else {}
    return Custom(task=msgspec.structs.replace(bbq, **card, sizes=sizes), folders=None)


def _inside(given: str, data: Path | None) -> str:
    """The path of the table relative to the data folder."""
    if data is not None:
        for path in (data / given, expanded(given)):
            if is_file(path) and path.resolve().is_relative_to(data.resolve()):
                return path.resolve().relative_to(data.resolve()).as_posix()
    raise BenchwrightError(
        f"metadata={given} names no file in the data folder",
        expected=f"{_TABLE} of BBQ's release, in the folder of --data",
        hint=f"copy it there, then --suite 'bias/bbq?metadata={_TABLE}' --data DIR",
    )


def rows(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `options`, `unknown` and `target` (numbers of options), `template`, `item` and its category.

    A row without a target has none: it is in no bias score. Raises ValueError for anything that is no question of BBQ.
    """
    answers = [_text(row, f"ans{at}") for at in range(3)]
    known = [_info(row, f"ans{at}") for at in range(3)]
    unknown = [at for at, groups in enumerate(known) if groups[-1] == "unknown"]
    if len(unknown) != 1:
        raise ValueError(f"{len(unknown)} of its answers are marked as unknown in answer_info, not one")
    context, label, polarity = row["context_condition"], row["label"], row["question_polarity"]
    if context not in _CONTEXTS:
        raise ValueError(f"'context_condition' is {context!r}, not ambig or disambig")
    if polarity not in ("neg", "nonneg"):
        raise ValueError(f"'question_polarity' is {polarity!r}, not neg or nonneg")
    if isinstance(label, bool) or label not in (0, 1, 2):
        raise ValueError(f"'label' is {label!r}, not 0, 1 or 2")
    category, kind = _text(row, "category"), row.get("label_type")
    if category not in CATEGORIES:
        raise ValueError(f"'category' is {category!r}, none of {', '.join(CATEGORIES)}")
    target = _target(row.get("target_loc"))
    is_unknown = target == str(unknown[0])
    made = {
        "context": _text(row, "context"),
        "question": f"{_text(row, 'question')} {_MARK}",
        "options": answers,
        "label": label,
        "context_condition": context,
        "unknown": str(unknown[0]),
        "target": None if is_unknown else target,
        "category": f"{category} (names)" if kind == "name" else category,
        "template": f"{category}/{row['question_index']}",
        "item": f"{category}/{row['example_id']}",
    }
    if is_unknown:
        made[NOTE] = (
            "the table names the unknown answer as the stereotyped one, so they have no target: is it of this release?"
        )
    elif (label == unknown[0]) != (context == "ambig"):
        made[NOTE] = (
            "the right answer is the unknown one of a disambiguated question, or another one of an ambiguous question"
        )
    return [made]


def _target(cell: Any) -> str | None:
    """The number of the stereotyped answer; None where there is none."""
    text = "" if cell is None else str(cell).strip()
    if text in _ABSENT:
        return None
    number = text.removesuffix(".0")
    if number not in ("0", "1", "2"):
        raise ValueError(f"'target_loc' is {text!r}, not 0, 1 or 2")
    return number


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name!r} is {value!r}, no text")
    return value.strip()


def _info(row: Mapping[str, Any], name: str) -> list[Any]:
    found = row["answer_info"][name]
    if not isinstance(found, list) or not found:
        raise ValueError(f"'answer_info' of {name} is {found!r}, not a list such as ['Jewish', 'Jewish']")
    return found


def _row(category: str, context: str, value: str) -> Published:
    return Published(
        what=f"BBQ, {category.replace('_', ' ')}, UnifiedQA 11B (RACE format), accuracy in {context} contexts",
        source="Parrish et al. 2022, https://aclanthology.org/2022.findings-acl.165/; predictions of https://github.com/nyu-mll/BBQ",
        value=value,
        predictions=f"bias/BBQ/preds_unifiedqa_{category}.jsonl?id=category/example_id&column=unifiedqa-t5-11b_pred_race",
        selector=f"bias/bbq?category={category}",
        metric=f"bbq_accuracy_{context}",
    )


published = (
    _row("Religion", "ambiguous", "65.00"),
    _row("Religion", "disambiguated", "88.00"),
    _row("Sexual_orientation", "ambiguous", "68.75"),
    _row("Sexual_orientation", "disambiguated", "93.98"),
)
