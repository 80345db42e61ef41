"""From the text of a ``gate.toml`` to rules; every problem is collected and told with rule and key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from benchwright import limits, registry
from benchwright.documents import Unreadable, read_toml_file
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.gating.keys import BASELINE, KEYS, REFUSED, SHARED, TOP, WAIVER, Key
from benchwright.gating.ranges import contradictions, range_problems
from benchwright.gating.rules import COVERAGE, PLANNED, SELF_METRICS, Reference, Rule, RuleKind, Rules, Waiver
from benchwright.limits import unquoted

_HARDWARE = re.compile(r"(latency|throughput|memory|energy|cost|power)(_\w+)?")
"""Metrics that are planned."""
_PROFILES = {"pr": ("warn", 0.05), "release": ("fail", 0.025)}
"""Profile -> what an open question does, and the level, unless the file says otherwise."""

_STARTER = "`benchwright new gate NAME` writes rules to start from"


def read_rules(path: Path | str) -> Rules:
    """The rules in a TOML file.

    Raises:
        ConfigError: With every problem of the file.
    """
    path = Path(path)
    try:
        raw, content = read_toml_file(path)
    except Unreadable as error:
        told = f"{error.at(str(path))} is not TOML: {error.why}"
        raise ConfigError([BenchwrightError(told, hint="see docs/gates.md")]) from error
    except (OSError, ValueError) as error:
        told = f"cannot read {path}: {getattr(error, 'strerror', None) or error}"
        raise ConfigError([BenchwrightError(told, hint=_STARTER)]) from error
    return make_rules(raw, source=path.name, digest=hashlib.sha256(content).hexdigest())


def make_rules(raw: Mapping[str, Any], *, source: str = "rules", digest: str = "") -> Rules:
    """The rules in a document that was read, with the coverage rule added.

    Raises:
        ConfigError: With every problem.
    """
    problems = _table_problems("", raw, TOP)
    profile = raw.get("profile") if raw.get("profile") in _PROFILES else "pr"
    assert profile is not None
    on_inconclusive, level = _PROFILES[profile]
    alpha = raw["alpha"] if "alpha" in raw and TOP["alpha"].good(raw["alpha"]) else level
    rules = _rules(raw.get("rule"), on_inconclusive, alpha, problems)
    waivers = _waivers(raw.get("waiver"), _kinds(raw.get("rule")), problems)
    baseline = raw.get("baseline") if isinstance(raw.get("baseline"), dict) else {}
    assert baseline is not None
    problems += _table_problems("[baseline]", baseline, BASELINE)
    problems += [*_whole_problems(rules), *contradictions(rules), *_anchor_problems(baseline, raw.get("rule"))]
    if problems:
        raise ConfigError(problems, where=source)
    if not any(rule.kind is RuleKind.COVERAGE for rule in rules):
        rules.append(Rule(id=COVERAGE, kind=RuleKind.COVERAGE))
    return Rules(
        source=source,
        digest=digest or hashlib.sha256(repr(sorted(raw.items())).encode()).hexdigest(),
        rules=tuple(rules),
        suites=dict(text.split("@", 1) for text in _texts(raw.get("suite"))),
        profile=profile,
        alpha=alpha,
        baseline=msgspec.convert(baseline, Reference),
        waivers=tuple(waivers),
    )


def _rules(tables: Any, on_inconclusive: str, alpha: float, problems: list[BenchwrightError]) -> list[Rule]:
    found: list[Rule] = []
    for number, table in enumerate(tables if isinstance(tables, list) else [], start=1):
        place = f"rule {table['id']!r}" if isinstance(table, dict) and "id" in table else f"rule number {number}"
        mine = _rule_problems(place, table)
        if not mine and any(rule.id == table["id"] for rule in found):
            mine.append(
                BenchwrightError(
                    f"{place}: two rules have this id", expected="an id for each", hint="give one of them another id"
                )
            )
        if not mine:
            rule = _rule(table, on_inconclusive, alpha)
            within = limits.range_of(rule.metric)
            mine += range_problems(rule, within) if within else ()
            found.append(rule)
        problems += mine
    if isinstance(tables, list) and not tables:
        problems.append(BenchwrightError("there is no [[rule]]", expected="at least one", hint=_STARTER))
    return found


def _rule_problems(place: str, table: Any) -> list[BenchwrightError]:
    if not isinstance(table, dict):
        return [
            BenchwrightError(
                f"{place} is no table",
                expected="[[rule]]",
                hint="write [[rule]] on a line of its own before the keys of each rule",
            )
        ]
    kind = table.get("kind")
    if not SHARED["kind"].good(kind):
        if kind in (*PLANNED, "behavior"):
            told, near = f"kind: {kind!r} is planned, nothing measures it yet", "leave this rule out"
        else:
            told = "has no kind" if kind is None else f"kind: {kind!r} is no kind of rule"
            near = registry.suggest(str(kind), list(RuleKind)) if kind is not None else ""
        return [BenchwrightError(f"{place}: {told}", expected=SHARED["kind"].wants, hint=near)]
    keys = KEYS[RuleKind(str(kind))]
    problems = _table_problems(place, table, keys)
    return problems or [*_metric_problems(place, table), *_limit_problems(place, table)]


def _table_problems(place: str, table: Mapping[str, Any], keys: Mapping[str, Key]) -> list[BenchwrightError]:
    at = f"{place}: " if place else ""
    problems = [
        BenchwrightError(f"{at}{name} is missing", expected=key.wants, hint=_STARTER if name == "rule" else "")
        for name, key in keys.items()
        if key.required and name not in table
    ]
    for name, value in table.items():
        if name not in keys:
            kind = f" of kind {table['kind']}" if isinstance(table.get("kind"), str) else ""
            reason = REFUSED.get(name, "")
            expected = f"one of: {', '.join(keys)}"
            near = registry.suggest(name, keys)
            told = f"{at}{name}: {reason}" if reason else f"{at}{name}: no such key{kind}"
            problems.append(BenchwrightError(told, expected="" if reason else expected, hint="" if reason else near))
        elif not keys[name].good(value):
            choices = keys[name].wants.removeprefix("one of: ").split(", ") if "one of: " in keys[name].wants else ()
            near = registry.suggest(value, choices) or unquoted(value) if isinstance(value, str) else ""
            problems.append(BenchwrightError(f"{at}{name}: {value!r}", expected=keys[name].wants, hint=near))
    return problems


def _metric_problems(place: str, table: Mapping[str, Any]) -> list[BenchwrightError]:
    """A metric nobody knows."""
    name, kind = table.get("metric"), RuleKind(table["kind"])
    if name is None or name == "score":
        return []
    own = kind in (RuleKind.BUDGET, RuleKind.RETAINED, RuleKind.ABSOLUTE)
    metrics = registry.names("metrics")
    known = SELF_METRICS if kind is RuleKind.BUDGET else ("score", *metrics, *(SELF_METRICS if own else ()))
    if name not in known:
        planned = _HARDWARE.fullmatch(name) is not None
        told = f"metric {name!r} is planned, nothing measures it yet" if planned else f"unknown metric {name!r}"
        near = "leave this rule out" if planned else registry.suggest(name, known) or "use one of these"
        return [BenchwrightError(f"{place}: metric: {told}", expected=f"one of: {', '.join(known)}", hint=near)]
    return []


def _limit_problems(place: str, table: Mapping[str, Any]) -> list[BenchwrightError]:
    kind, problems = table["kind"], []
    if kind == RuleKind.ABSOLUTE:
        if "min" not in table and "max" not in table:
            problems.append(BenchwrightError(f"{place}: no limit", expected="min, max or both", hint="min = 0.9"))
        if "min" in table and "max" in table and table["min"] > table["max"]:
            problems.append(
                BenchwrightError(
                    f"{place}: min: {table['min']} is above max", expected="min at most max", hint="exchange the two"
                )
            )
        wanted = {"lower": "min", "upper": "max"}.get(table.get("use", "value"))
        if wanted and (wanted not in table or len({"min", "max"} & set(table)) > 1):
            problems.append(
                BenchwrightError(
                    f"{place}: use: the {table['use']} bound can show that a value is {'above min' if wanted == 'min' else 'below max'}",
                    expected=f"{wanted}, alone",
                    hint='use = "lower" goes with min, use = "upper" with max; write two rules for both',
                )
            )
    if kind == RuleKind.RETAINED:
        wanted, other = ("max", "min") if table.get("metric") in SELF_METRICS else ("min", "max")
        if wanted not in table or other in table:
            what = "size that may be used" if wanted == "max" else "quality that must be kept"
            problems.append(
                BenchwrightError(
                    f"{place}: needs {wanted}, not {other}",
                    expected=f"{wanted} = the share of the parent's {what}",
                    hint="docs/gates.md lists the keys of every kind of rule",
                )
            )
    return problems


def _whole_problems(rules: list[Rule]) -> list[BenchwrightError]:
    """A gate that could never fail."""
    asked = [rule for rule in rules if rule.kind is not RuleKind.COVERAGE]
    if asked and not any(rule.required and rule.severity == "fail" for rule in asked):
        told = "no rule is required with severity fail: the gate could not fail"
        return [
            BenchwrightError(told, expected="at least one rule that counts", hint="leave out severity and required")
        ]
    return []


def _anchor_problems(baseline: Mapping[str, Any], tables: Any) -> list[BenchwrightError]:
    """An anchor that no rule looks at keeps nobody from creeping away from it."""
    used = [
        table
        for table in tables or ()
        if isinstance(table, dict) and "anchor" in (table.get("against"), table.get("parent"))
    ]
    if "anchor" not in baseline or used:
        return []
    told = "[baseline] anchor: no rule compares with it"
    return [
        BenchwrightError(
            told, expected='a rule with against = "anchor"', hint="a wider margin than against the baseline"
        )
    ]


def _rule(table: Mapping[str, Any], on_inconclusive: str, alpha: float) -> Rule:
    kind = RuleKind(table["kind"])
    fields: dict[str, Any] = {
        "id": table["id"],
        "kind": kind,
        "tasks": tuple(_texts(table.get("task"))),
        "slice": table.get("slice"),
        "minimum": table.get("min"),
        "maximum": table.get("max"),
        "against": table.get("parent", table.get("against", "baseline")),
        "on_inconclusive": table.get("on_inconclusive", on_inconclusive),
        "alpha": round(1 - table["confidence"], 12) if "confidence" in table else alpha,
        "required": table.get("required", table.get("severity", "fail") == "fail"),
        "by": tuple(table.get("by", ())),
    }
    taken = {
        "id",
        "kind",
        "task",
        "slice",
        "min",
        "max",
        "parent",
        "against",
        "on_inconclusive",
        "confidence",
        "required",
        "by",
    }
    rest = {key: value for key, value in table.items() if key not in taken}
    return Rule(**fields, **rest)


def _kinds(tables: Any) -> dict[str, str]:
    """Id of a rule -> its kind, of rules with problems too: a waiver of one is not a second problem."""
    found = [table for table in (tables if isinstance(tables, list) else ()) if isinstance(table, dict)]
    kinds = {str(table["id"]): str(table.get("kind")) for table in found if "id" in table}
    return {**kinds, COVERAGE: kinds.get(COVERAGE, str(RuleKind.COVERAGE))}


def _waivers(tables: Any, kinds: Mapping[str, str], problems: list[BenchwrightError]) -> list[Waiver]:
    found = []
    for number, table in enumerate(tables if isinstance(tables, list) else [], start=1):
        place = f"waiver number {number}"
        mine = (
            _table_problems(place, table, WAIVER)
            if isinstance(table, dict)
            else [
                BenchwrightError(
                    f"{place} is no table",
                    expected="[[waiver]]",
                    hint="write [[waiver]] on a line of its own before the keys of each waiver",
                )
            ]
        )
        if not mine and table["rule"] not in kinds:
            told = f"{place}: rule: there is no rule {table['rule']!r}"
            mine.append(
                BenchwrightError(
                    told,
                    expected=f"one of: {', '.join(kinds)}",
                    hint=registry.suggest(table["rule"], kinds) or "use one of these",
                )
            )
        elif not mine and kinds[table["rule"]] == RuleKind.COVERAGE:
            told = f"{place}: rule: {table['rule']!r} cannot be waived: what has no answer was not measured"
            hint = "a rule of kind coverage may allow some: max_errored = 3"
            mine.append(BenchwrightError(told, expected="a rule that measures something", hint=hint))
        problems += mine
        if not mine:
            fields = dict(table)
            found.append(Waiver(**fields))
    return found


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())
