"""What changed between two measurements of a line, and whether that makes their values incomparable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from benchwright.score_history.result import Mark, MarkKind
from benchwright.types import CellKey, Machine, ProfileSpec

_DESCRIPTIVE = frozenset(
    {
        "by_label",
        "caveats",
        "citation",
        "default_split",
        "description",
        "diagnostic",
        "identities",
        "licence",
        "metrics",
        "name",
        "notes",
        "score",
        "sizes",
        "splits",
        "taken",
        "trained_on",
    }
)
"""Fields of a card that decide no value of a given metric on given data: texts for readers; where the data come from, whose content
has a digest; which metrics there are besides. Every other field is a rule, also one that is not known here."""

_NAMES_ONLY = ("inputs", "slices", "metadata")
"""Mappings whose values are accepted names of columns: what stands in the columns is in the digest of the data."""

_SHORT = 8


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """Everything about a measurement that may change from one to the next.

    Attributes:
        key: Of the cell; None where it is no longer in the store.
        card: Of the task, as JSON values.
        metric: ``name@version`` of what made the value.
        suite: Version of the suite.
        benchwright: Version that scored it.
        model: What the model was called.
        machine: Of a hardware quantity.
        profile: How that was measured.
    """

    key: CellKey | None
    card: Mapping[str, Any] = field(default_factory=dict)
    metric: str = ""
    suite: int | None = None
    benchwright: str = ""
    model: str = ""
    machine: Machine | None = None
    profile: ProfileSpec | None = None


def find_marks(before: Circumstances, after: Circumstances) -> tuple[Mark, ...]:
    """What changed from one measurement to the next, breaks first."""
    found = [*_breaks(before, after), *_told(before, after)]
    return tuple(sorted(found, key=lambda mark: not mark.breaks))


def _breaks(before: Circumstances, after: Circumstances) -> Iterator[Mark]:
    old, new = before.key, after.key
    if old is None or new is None:
        yield _mark(
            "unknown", breaks=True, said="the cell is no longer in the store, so nobody can say what was the same"
        )
    else:
        if old.data != new.data:
            yield _mark("data", breaks=True, said=f"data (content hash {old.data[:_SHORT]} → {new.data[:_SHORT]})")
        if old.split != new.split:
            yield _mark("split", breaks=True, said=f"split {old.split} → {new.split}")
        if old.limit != new.limit:
            yield _mark("limit", breaks=True, said=f"--limit {_limit(old.limit)} → {_limit(new.limit)}")
        if (old.task, old.kind, old.inputs, old.card) != (new.task, new.kind, new.inputs, new.card):
            parts = [name for name in ("task", "kind", "inputs", "card") if getattr(old, name) != getattr(new, name)]
            if not _changed_rules(before, after) or parts != ["card"]:
                yield _mark(
                    "rules", breaks=True, said=f"rules of the task ({', '.join(map(_CALLED.__getitem__, parts))})"
                )
    changed = _changed_rules(before, after)
    if changed:
        yield _mark("rules", breaks=True, said=f"rules of the task ({', '.join(changed)})")
    if before.metric != after.metric:
        yield _mark("metric", breaks=True, said=f"metric {before.metric or 'unknown'} → {after.metric or 'unknown'}")
    if before.suite != after.suite:
        yield _mark("suite", breaks=True, said=f"suite version {before.suite} → {after.suite}")
    yield from _of_hardware(before, after)


_CALLED = {"task": "task", "kind": "kind", "inputs": "inputs", "card": "slices, clusters or groups of the items"}


def _of_hardware(before: Circumstances, after: Circumstances) -> Iterator[Mark]:
    old, new = before.machine, after.machine
    if old is not None and new is not None and old.fingerprint != new.fingerprint:
        facts = [name for name in {**old.facts, **new.facts} if old.facts.get(name) != new.facts.get(name)]
        told = f" ({'; '.join(_fact(name, old, new) for name in facts[:3])}{', ...' if len(facts) > 3 else ''})"
        yield _mark(
            "machine", breaks=True, said=f"machine {old.fingerprint[:_SHORT]} → {new.fingerprint[:_SHORT]}{told}"
        )
    if before.profile is not None and after.profile is not None and before.profile != after.profile:
        names = [
            name
            for name in ProfileSpec.__struct_fields__
            if getattr(before.profile, name) != getattr(after.profile, name) and name != "price_per_hour"
        ]
        if names:
            yield _mark("scenario", breaks=True, said=f"how it was measured ({', '.join(names)})")


def _fact(name: str, old: Machine, new: Machine) -> str:
    return f"{name} {old.facts.get(name, 'not told')} → {new.facts.get(name, 'not told')}"


def _told(before: Circumstances, after: Circumstances) -> Iterator[Mark]:
    if before.model != after.model:
        yield _mark("model", said=f"name of the model {before.model} → {after.model}")
    if before.key is not None and after.key is not None:
        yield from _of_keys(before.key, after.key)
    if before.benchwright and after.benchwright and before.benchwright != after.benchwright:
        yield _mark("benchwright", said=f"benchwright {before.benchwright} → {after.benchwright}")


_PLAIN: tuple[MarkKind, ...] = ("precision", "device", "seed")


def _of_keys(old: CellKey, new: CellKey) -> Iterator[Mark]:
    """How the answers were made."""
    if old.engine != new.engine:
        yield _mark("engine", said=f"semantics of the engine {old.engine} → {new.engine}")
    adapters = [f"{key.adapter} {key.adapter_version}" for key in (old, new)]
    if adapters[0] != adapters[1]:
        yield _mark("adapter", said=f"adapter {' → '.join(adapters)}")
    if old.adapter != new.adapter:  # options and libraries of another adapter are others by nature
        old = msgspec.structs.replace(old, options=new.options, versions=new.versions)
    if old.options != new.options:
        yield _mark("options", said=f"options of the model ({_pairs(old.options, new.options)})")
    if old.labels != new.labels:
        yield _mark("labels", said="how outputs of the model are tied to labels")
    if old.versions != new.versions:
        yield _mark("libraries", said=_pairs(old.versions, new.versions))
    for kind in _PLAIN:
        if getattr(old, kind) != getattr(new, kind):
            yield _mark(kind, said=f"{kind} {getattr(old, kind)} → {getattr(new, kind)}")


def _mark(kind: MarkKind, *, said: str, breaks: bool = False) -> Mark:
    return Mark(kind=kind, breaks=breaks, sentence=said)


def _changed_rules(before: Circumstances, after: Circumstances) -> list[str]:
    old, new = before.card, after.card
    names = [name for name in {**old, **new} if name not in _DESCRIPTIVE]
    return [name for name in names if _rule(old, name) != _rule(new, name)]


def _rule(card: Mapping[str, Any], name: str) -> Any:
    found = card.get(name)
    return list(found) if name in _NAMES_ONLY and isinstance(found, dict) else found or None


def _limit(limit: int | None) -> str:
    return "none" if limit is None else f"{limit:,}"


def _pairs(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return ", ".join(f"{name} {old.get(name, 'none')} → {new.get(name, 'none')}" for name in names)
