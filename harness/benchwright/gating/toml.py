"""Parse ``gate.toml`` into rules, field by field, so that every problem is reported with its rule and key."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from benchwright import limit_checks, registry
from benchwright.documents import Unreadable, read_toml_file
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.gating.rules import KINDS, PLANNED, BaselineSpec, Rules, Waiver, contradictions
from benchwright.gating.rules.base import RuleBase, TaskRule
from benchwright.gating.rules.coverage import COVERAGE, CoverageRule
from benchwright.limit_checks import LOOSEST, TIGHTEST, unquoted
from benchwright.types import Frozen

_PROFILES = {"pr": ("warn", 0.05), "release": ("fail", 0.025)}
"""Profile -> what an open question does, and the level, unless the file says otherwise."""
_REFUSED = {
    "relative": "margins are absolute: a share of the baseline has no meaning where the baseline is near 0; "
    'for a share that must be kept write kind = "retained" with min = 0.97',
    "retries": "quality metrics are never retried: the same predictions give the same verdict",
    "alpha": "write confidence = 0.95 for a rule, or alpha above all rules",
}
"""Keys that people type and that are refused with a reason, unless a table has them."""
_STARTER = "`benchwright new gate NAME` writes rules to start from"


class _File(Frozen, frozen=True, kw_only=True):
    """The top level of the file."""

    schema: Annotated[Literal[1], Meta(description="1")] = 1
    suite: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[\w-]+@[\w.-]+\Z")], ...],
        Meta(min_length=1, description="NAME@VERSION or a list of them", extra={"or_one": True}),
    ] = ()
    profile: Literal["pr", "release"] = "pr"
    alpha: Annotated[
        float,
        Meta(
            ge=TIGHTEST,
            le=LOOSEST,
            description=f"a number from {TIGHTEST:g}, below which nothing could fail, to {LOOSEST:g}, beyond which chance alone would decide; 0.05 is usual",
        ),
    ] = 0.05
    family: Literal["holm"] = "holm"
    baseline: Annotated[dict[str, Any], Meta(description="a table")] = msgspec.field(default_factory=dict)
    rule: Annotated[list[Any], Meta(description="[[rule]] tables")]
    waiver: Annotated[list[Any], Meta(description="[[waiver]] tables")] = msgspec.field(default_factory=list)


def read_rules(path: Path | str) -> Rules:
    """The rules in a TOML file.

    Raises:
        ConfigError: With every problem of the file.
    """
    path = Path(path)
    try:
        raw, content = read_toml_file(path)
    except Unreadable as error:
        message = f"{error.at(str(path))} is not TOML: {error.why}"
        raise ConfigError([BenchwrightError(message, hint="see docs/gates.md")]) from error
    except (OSError, ValueError) as error:
        message = f"cannot read {path}: {getattr(error, 'strerror', None) or error}"
        raise ConfigError([BenchwrightError(message, hint=_STARTER)]) from error
    return make_rules(raw, source=path.name, digest=hashlib.sha256(content).hexdigest())


def make_rules(raw: Mapping[str, Any], *, source: str = "rules", digest: str = "") -> Rules:
    """The rules of a parsed document, with the coverage rule added.

    Raises:
        ConfigError: With every problem.
    """
    top, problems = read_table("", raw, _File)
    profile = top.get("profile", "pr")
    on_inconclusive, level = _PROFILES[profile]
    alpha = top.get("alpha", level)
    tables = top.get("rule", ())
    rules = _read_rules(tables, on_inconclusive, alpha, problems)
    waivers = _read_waivers(top.get("waiver", ()), tables, problems)
    baseline, found = read_table("[baseline]", top.get("baseline", {}), BaselineSpec)
    problems += found
    problems += [*_whole_problems(rules), *contradictions(rules), *_anchor_problems(top.get("baseline", {}), tables)]
    if problems:
        raise ConfigError(problems, where=source)
    if not any(isinstance(rule, CoverageRule) for rule in rules):
        rules.append(CoverageRule(id=COVERAGE))
    return Rules(
        source=source,
        digest=digest or hashlib.sha256(repr(sorted(raw.items())).encode()).hexdigest(),
        rules=tuple(rules),
        suites=dict(text.split("@", 1) for text in top.get("suite", ())),
        profile=profile,
        alpha=alpha,
        baseline=BaselineSpec(**baseline),
        waivers=tuple(waivers),
    )


@cache
def keys_of(struct: type[Frozen]) -> dict[str, msgspec.structs.FieldInfo]:
    """Key -> field of a table (read-only); for a rule, its ``kind`` included and internal fields left out."""
    hidden = struct.no_keys if issubclass(struct, RuleBase) else frozenset()
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct) if field.name not in hidden}
    if issubclass(struct, RuleBase):
        kinds: Any = Literal[tuple(KINDS)]
        kind = msgspec.structs.FieldInfo(name="kind", encode_name="kind", type=kinds)
        return {"id": fields.pop("id"), "kind": kind, **fields}
    return fields


def expected(of: Any) -> str:
    """The values that a field takes, in words, from its type."""
    base, meta = _parts(of)
    if meta is not None and meta.description:
        return meta.description
    return "true or false" if base is bool else f"one of: {', '.join(get_args(base))}"


def read_table(
    place: str, table: Mapping[str, Any], struct: type[Frozen]
) -> tuple[dict[str, Any], list[BenchwrightError]]:
    """Valid values of a table by field, and the problems of the others."""
    at = f"{place}: " if place else ""
    keys = keys_of(struct)
    problems = [
        BenchwrightError(
            f"{at}{name} is missing", expected=expected(field.type), hint=_STARTER if name == "rule" else ""
        )
        for name, field in keys.items()
        if field.required and name not in table
    ]
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in keys:
            problems.append(_unknown_key(at, name, table, keys))
            continue
        try:
            values[keys[name].name] = _read_value(value, keys[name].type)
        except (msgspec.ValidationError, OverflowError):
            problems.append(_wrong_value(at, name, value, keys[name]))
    return values, problems


def _read_value(value: Any, of: Any) -> Any:
    """The value converted to the type of a field. Raises ValidationError."""
    base, meta = _parts(of)
    if meta is not None and meta.extra and isinstance(value, str):  # or one of them
        value = [value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise msgspec.ValidationError
        value = float(value)
    found = msgspec.convert(value, _given(of), builtin_types=(dt.date,))
    return found if get_origin(base) is tuple else value


def _given(of: Any) -> Any:
    """The type of an optional field without None."""
    return next(part for part in get_args(of) if part is not NoneType) if NoneType in get_args(of) else of


def _parts(of: Any) -> tuple[Any, Meta | None]:
    """The bare type of a field, and its annotation."""
    of = _given(of)
    if get_origin(of) is not Annotated:
        return of, None
    base, *notes = get_args(of)
    return base, next((note for note in notes if isinstance(note, Meta)), None)


def _unknown_key(
    at: str, name: str, table: Mapping[str, Any], keys: Mapping[str, msgspec.structs.FieldInfo]
) -> BenchwrightError:
    if name in _REFUSED:
        return BenchwrightError(f"{at}{name}: {_REFUSED[name]}")
    kind = f" of kind {table['kind']}" if isinstance(table.get("kind"), str) else ""
    near = registry.suggest(name, keys)
    return BenchwrightError(f"{at}{name}: no such key{kind}", expected=f"one of: {', '.join(keys)}", hint=near)


def _wrong_value(at: str, name: str, value: Any, field: msgspec.structs.FieldInfo) -> BenchwrightError:
    base, _ = _parts(field.type)
    choices = [str(choice) for choice in get_args(base)] if get_origin(base) is Literal else []
    near = registry.suggest(value, choices) or unquoted(value) if isinstance(value, str) else ""
    return BenchwrightError(f"{at}{name}: {value!r}", expected=expected(field.type), hint=near)


def _read_rules(
    tables: Sequence[Any], on_inconclusive: str, alpha: float, problems: list[BenchwrightError]
) -> list[RuleBase]:
    found: list[RuleBase] = []
    for number, table in enumerate(tables, start=1):
        place = f"rule {table['id']!r}" if isinstance(table, dict) and "id" in table else f"rule number {number}"
        rule, mine = _read_rule(place, table, on_inconclusive, alpha)
        if rule is not None and not mine:
            if any(other.id == rule.id for other in found):
                mine.append(
                    rule.problem(
                        "two rules have this id", expected="an id for each", hint="give one of them another id"
                    )
                )
            else:
                within = limit_checks.range_of(rule.metric) if isinstance(rule, TaskRule) else None
                mine += rule.range_problems(within) if isinstance(rule, TaskRule) and within else ()
                found.append(rule)
        problems += mine
    if tables == []:
        problems.append(BenchwrightError("there is no [[rule]]", expected="at least one", hint=_STARTER))
    return found


def _read_rule(
    place: str, table: Any, on_inconclusive: str, alpha: float
) -> tuple[RuleBase | None, list[BenchwrightError]]:
    if not isinstance(table, dict):
        return None, [_no_table(place, "rule")]
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        return None, [_kind_problem(place, kind)]
    struct = KINDS[kind]
    values, problems = read_table(place, table, struct)
    if problems:
        return None, problems
    del values["kind"]
    if "on_inconclusive" in keys_of(struct):
        values.setdefault("on_inconclusive", on_inconclusive)
    rule = struct(**{"alpha": alpha, **values})
    return rule, list(rule.find_problems())


def _no_table(place: str, what: str) -> BenchwrightError:
    hint = f"write [[{what}]] on a line of its own before the keys of each {what}"
    return BenchwrightError(f"{place} is no table", expected=f"[[{what}]]", hint=hint)


def _kind_problem(place: str, kind: Any) -> BenchwrightError:
    if kind == "behavior":
        message, near = f"kind: {kind!r} is no kind of rule", "write behaviour"
    elif kind in PLANNED:
        message, near = f"kind: {kind!r} is planned, nothing measures it yet", "leave this rule out"
    else:
        message = "has no kind" if kind is None else f"kind: {kind!r} is no kind of rule"
        near = registry.suggest(str(kind), KINDS) if kind is not None else ""
    return BenchwrightError(f"{place}: {message}", expected=f"one of: {', '.join(KINDS)}", hint=near)


def _whole_problems(rules: Sequence[RuleBase]) -> list[BenchwrightError]:
    """Problems of the rules as a whole: a gate that can never fail."""
    asked = [rule for rule in rules if not isinstance(rule, CoverageRule)]
    if not asked or any(rule.counts for rule in asked):
        return []
    message = "no rule is required with severity fail: the gate could not fail"
    return [BenchwrightError(message, expected="at least one rule that counts", hint="leave out severity and required")]


def _anchor_problems(baseline: Mapping[str, Any], tables: Sequence[Any]) -> list[BenchwrightError]:
    """An anchor that no rule compares with protects against nothing."""
    used = [t for t in tables if isinstance(t, dict) and "anchor" in (t.get("against"), t.get("parent"))]
    if "anchor" not in baseline or used:
        return []
    hint = "a wider margin than against the baseline"
    message, wanted = "[baseline] anchor: no rule compares with it", 'a rule with against = "anchor"'
    return [BenchwrightError(message, expected=wanted, hint=hint)]


def _read_waivers(tables: Sequence[Any], rules: Sequence[Any], problems: list[BenchwrightError]) -> list[Waiver]:
    kinds = _kinds(rules)
    found = []
    for number, table in enumerate(tables, start=1):
        place = f"waiver number {number}"
        if not isinstance(table, dict):
            problems.append(_no_table(place, "waiver"))
            continue
        values, mine = read_table(place, table, Waiver)
        if not mine:
            waiver = Waiver(**values)
            mine = _waiver_problems(place, waiver, kinds)
            found += [] if mine else [waiver]
        problems += mine
    return found


def _kinds(tables: Sequence[Any]) -> dict[str, str]:
    """Rule id -> kind, for invalid rules too, so that a waiver of one is not reported as a second problem."""
    found = [table for table in tables if isinstance(table, dict)]
    kinds = {str(table["id"]): str(table.get("kind")) for table in found if "id" in table}
    return {**kinds, COVERAGE: kinds.get(COVERAGE, COVERAGE)}


def _waiver_problems(place: str, waiver: Waiver, kinds: Mapping[str, str]) -> list[BenchwrightError]:
    if waiver.rule not in kinds:
        message = f"{place}: rule: there is no rule {waiver.rule!r}"
        near = registry.suggest(waiver.rule, kinds) or "use one of these"
        return [BenchwrightError(message, expected=f"one of: {', '.join(kinds)}", hint=near)]
    if kinds[waiver.rule] == "coverage":
        message = f"{place}: rule: {waiver.rule!r} cannot be waived: what has no answer was not measured"
        hint = "a rule of kind coverage may allow some: max_errored = 3"
        return [BenchwrightError(message, expected="a rule that measures something", hint=hint)]
    return []
