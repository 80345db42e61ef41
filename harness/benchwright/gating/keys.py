"""Which keys each kind of rule has, and what may stand behind them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchwright.gating.rules import RuleKind
from benchwright.limits import LOOSEST, TIGHTEST, level_problem

_TASK = re.compile(r"[\w.-]+(/[\w.-]+)?")
_SLICE = re.compile(r"[^=\s][^=]*=.+")
_ID = re.compile(r"[\w.:-]{1,80}")


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key of a table: what it wants, said in words, and whether it must be there."""

    wants: str
    good: Callable[[Any], bool]
    required: bool = False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any, form: re.Pattern[str]) -> bool:
    texts = [value] if isinstance(value, str) else value
    return isinstance(texts, list) and bool(texts) and all(isinstance(t, str) and form.fullmatch(t) for t in texts)


def _one_of(*values: str) -> Key:
    return Key(wants="one of: " + ", ".join(values), good=lambda value: value in values)


def _number(wants: str, low: float = -math.inf, high: float = math.inf, *, required: bool = False) -> Key:
    return Key(wants=wants, good=lambda value: _is_number(value) and low <= value <= high, required=required)


def _whole(wants: str, low: int = 0) -> Key:
    return Key(wants=wants, good=lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= low)


TEXT = Key(wants="a text", good=_is_text)
NEEDED_TEXT = Key(wants="a text", good=_is_text, required=True)
FLAG = Key(wants="true or false", good=lambda value: isinstance(value, bool))
SEVERITY = _one_of("fail", "warn")
ALPHA = Key(
    wants=f"a number from {TIGHTEST:g}, below which nothing could fail, to {LOOSEST:g}, beyond which chance alone would decide; 0.05 is usual",
    good=lambda value: _is_number(value) and level_problem(value) is None,
)

_MARGIN = "a number of at least 0 in the metric's unit: 0.01 is one point of a fraction"
_POSITIVE = Key(
    wants="a number above 0 in the metric's unit: 0.01 is one point of a fraction",
    good=lambda value: _is_number(value) and value > 0,
    required=True,
)

SHARED: dict[str, Key] = {
    "id": Key(
        wants="letters, digits, `.`, `:`, `_` or `-`, at most 80",
        good=lambda v: isinstance(v, str) and bool(_ID.fullmatch(v)),
        required=True,
    ),
    "kind": Key(wants="one of: " + ", ".join(RuleKind), good=lambda value: value in list(RuleKind), required=True),
    "severity": SEVERITY,
    "required": FLAG,
}
_TASKS = {
    "task": Key(wants="SUITE/TASK, SUITE, or a list of them", good=lambda value: _is_texts(value, _TASK)),
    "split": TEXT,
    "cluster": TEXT,
    "metric": TEXT,
}
_JUDGED = {
    "on_inconclusive": SEVERITY,
    "confidence": Key(
        wants=f"a number from {1 - LOOSEST:g}, below which chance alone would decide, to {1 - TIGHTEST:g}; 0.95 is usual",
        good=lambda value: _is_number(value) and level_problem(round(1 - value, 12)) is None,
    ),
}
_SLICED = {
    "slice": Key(wants="NAME=VALUE", good=lambda value: isinstance(value, str) and bool(_SLICE.fullmatch(value)))
}
_AGAINST = {"against": TEXT}
_LIMITS = {"min": _number("a number"), "max": _number("a number")}
_PAIRED = {**SHARED, **_TASKS, **_SLICED, **_AGAINST}

KEYS: dict[RuleKind, dict[str, Key]] = {
    RuleKind.ABSOLUTE: {
        **SHARED,
        **_TASKS,
        **_SLICED,
        **_JUDGED,
        **_LIMITS,
        "use": _one_of("value", "lower", "upper"),
    },
    RuleKind.DELTA: {**_PAIRED, "margin": _number(_MARGIN, 0, required=True)},
    RuleKind.NONINFERIORITY: {**_PAIRED, **_JUDGED, "margin": _POSITIVE},
    RuleKind.SUPERIORITY: {**_PAIRED, **_JUDGED, "margin": _number(_MARGIN, 0)},
    RuleKind.EQUIVALENCE: {**_PAIRED, **_JUDGED, "margin": _POSITIVE},
    RuleKind.RETAINED: {
        **_PAIRED,
        **_JUDGED,
        "parent": TEXT,
        "min": Key(
            wants="the share of the parent's quality that must be kept, above 0 and at most 1: 0.97",
            good=lambda value: _is_number(value) and 0 < value <= 1,
        ),
        "max": Key(
            wants="the share of the parent's size that may be used, above 0 and at most 10: 0.6 is 60 %",
            good=lambda value: _is_number(value) and 0 < value <= 10,
        ),
    },
    RuleKind.SLICES: {
        **SHARED,
        **_TASKS,
        **_AGAINST,
        **_JUDGED,
        "by": Key(
            wants="a list of slice names",
            good=lambda v: isinstance(v, list) and bool(v) and all(_is_text(name) for name in v),
        ),
        "margin": _POSITIVE,
        "min_n": _whole("a whole number of at least 2", 2),
        "fdr": Key(
            wants=f"a number from {TIGHTEST:g} to {LOOSEST:g}, such as 0.1",
            good=lambda value: _is_number(value) and level_problem(value) is None,
        ),
    },
    RuleKind.BUDGET: {
        **SHARED,
        "metric": NEEDED_TEXT,
        "max": _number("a number of at least 0", 0, required=True),
    },
    RuleKind.COVERAGE: {"id": SHARED["id"], "kind": SHARED["kind"], "max_errored": _whole("a whole number")},
}
"""Kind -> its keys."""

TOP: dict[str, Key] = {
    "schema": Key(wants="1", good=lambda value: value == 1 and not isinstance(value, bool)),
    "suite": Key(
        wants="NAME@VERSION or a list of them",
        good=lambda value: _is_texts(value, re.compile(r"[\w-]+@[\w.-]+")),
    ),
    "profile": _one_of("pr", "release"),
    "alpha": ALPHA,
    "family": _one_of("holm"),
    "baseline": Key(wants="a table", good=lambda value: isinstance(value, dict)),
    "rule": Key(wants="[[rule]] tables", good=lambda value: isinstance(value, list), required=True),
    "waiver": Key(wants="[[waiver]] tables", good=lambda value: isinstance(value, list)),
}
BASELINE: dict[str, Key] = {"name": TEXT, "anchor": TEXT, "on_missing": _one_of("invalid", "record")}
WAIVER: dict[str, Key] = {
    "rule": NEEDED_TEXT,
    "slice": _SLICED["slice"],
    "task": TEXT,
    "owner": NEEDED_TEXT,
    "issue": NEEDED_TEXT,
    "reason": NEEDED_TEXT,
    "expires": Key(
        wants="a date such as 2026-12-01, without quotes", good=lambda v: type(v).__name__ == "date", required=True
    ),
}
REFUSED = {
    "relative": "margins are absolute: a share of the baseline has no meaning where the baseline is near 0; "
    'for a share that must be kept write kind = "retained" with min = 0.97',
    "retries": "quality metrics are never retried: the same predictions give the same verdict",
    "alpha": "write confidence = 0.95 for a rule, or alpha above all rules",
}
"""Keys that people type and that are refused with a reason."""
