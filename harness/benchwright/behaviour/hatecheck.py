"""HateCheck's cases as behavioural tests: a functionality is an MFT, its class the capability (Röttger et al. 2021).

https://aclanthology.org/2021.acl-long.4, https://github.com/paul-rottger/hatecheck-data: test_suite_cases.csv, 3,728 cases in 29
functionalities, CC BY 4.0.
"""

from __future__ import annotations

from typing import Any

import msgspec

from benchwright.behaviour.columns import CAPABILITY, CASE, CLUSTER, TARGET, TEST, TYPE, group_column
from benchwright.types import Label
from benchwright.types.expectations import CaseTarget, Equals

LABELS = (
    Label(
        name="non-hateful",
        id=0,
        aliases=("non_hateful", "nonhateful", "not_hateful", "not hateful", "nothate", "non-hate"),
    ),
    Label(name="hateful", id=1, aliases=("hate",)),
)
GROUPS = ("target_group", "direction")
"""Further slices: whom a case is about, and whether it is directed at somebody or general."""

CLASSES = {
    "derog": "Derogation",
    "threat": "Threatening language",
    "slur": "Slur usage",
    "profanity": "Profanity usage",
    "ref": "Pronoun reference",
    "negate": "Negation",
    "phrase": "Phrasing",
    "ident": "Non-hateful group identifier",
    "counter": "Counter speech",
    "target": "Abuse against non-protected targets",
    "spell": "Spelling variations",
}
"""First part of a functionality's name -> its class in the paper."""

_TARGETS = {label.name: msgspec.to_builtins(CaseTarget(expect=Equals(), gold=label.name)) for label in LABELS}


def case_of(row: dict[str, Any]) -> dict[str, Any]:
    """The row of a behavioural suite that a row of the release stands for.

    Raises:
        ValueError: A column is absent or empty, or the gold label is neither hateful nor non-hateful.
    """
    functionality, case, text = (_cell(row, name) for name in ("functionality", "case_id", "test_case"))
    gold = _cell(row, "label_gold")
    if gold not in _TARGETS:
        raise ValueError(f"label_gold is {gold!r}, neither hateful nor non-hateful")
    template = str(row.get("templ_id") or "").strip()
    return {
        "text": text,
        TARGET: _TARGETS[gold],
        TEST: functionality,
        CASE: f"{functionality}/{case}",
        CLUSTER: f"template {template}" if template else f"{functionality}/{case}",
        CAPABILITY: CLASSES.get(functionality.partition("_")[0], functionality.partition("_")[0]),
        TYPE: "MFT",
        group_column("target_group"): str(row.get("target_ident") or "").strip() or None,
        group_column("direction"): str(row.get("direction") or "").strip() or None,
    }


def pair_of(case: dict[str, Any], reference: dict[str, Any]) -> list[dict[str, Any]]:
    """A case of two examples that are judged together: a hateful text, and the non-hateful one that contrasts it."""
    name = f"{case[CASE]} with {reference[CASE]}"
    shared = {key: value for key, value in case.items() if key not in ("text", TARGET)}
    return [{**shared, "text": one["text"], TARGET: one[TARGET], CASE: name} for one in (reference, case)]


def _cell(row: dict[str, Any], name: str) -> str:
    value = str(row.get(name) or "")
    if not value.strip():
        raise ValueError(f"no {name}")
    return value if name == "test_case" else value.strip()
