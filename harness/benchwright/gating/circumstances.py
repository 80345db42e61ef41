"""What computed a cell beside its key, machine and settings, and so why answers of one key differ; and why keys themselves do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from benchwright.score_history.marks import Circumstances, find_marks
from benchwright.store import Store
from benchwright.types import CellKey

_NAMED = 3
"""Facts that a sentence names at most."""


def differing_circumstances(stores: tuple[Store, Store], key: str) -> str:
    """In which facts of the machine and settings of the session two stored cells of one key differ; empty: in none that is known.

    Predictions depend on model, text and kind of machine: equal keys promise equal answers on one kind of machine only.
    """
    machines = [_machine(store, key) for store in stores]
    settings = [store.read_settings(key) for store in stores]
    told = [*_differing(machines[0], machines[1]), *_differing(settings[0], settings[1])]
    return "; ".join(told[:_NAMED]) + ("; ..." if len(told) > _NAMED else "")


def machine_called(store: Store, key: str) -> str:
    """The kind of machine that computed a cell: its processor and the first digits of the digest of its facts; empty: it is not told."""
    facts = _machine(store, key)
    if not facts:
        return ""
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:8]
    return f"{facts.get('gpu') or facts.get('processor') or facts.get('architecture', 'machine')} {digest}"


def way_called(store: Store, key: str) -> str:
    """What ``--precision fast`` computed a cell with; empty of other cells."""
    choice = store.read_choice(key)
    return "" if choice is None else choice.chosen


def changed_key(old: CellKey, new: CellKey) -> str:
    """What decides predictions and is otherwise in another cell: the engine, libraries, options, the files of the model."""
    said = [mark.sentence for mark in find_marks(Circumstances(key=old), Circumstances(key=new))]
    return "; ".join([*said, *(["other files of the model"] if old.model != new.model else [])])


def _machine(store: Store, key: str) -> Mapping[str, str]:
    told = store.read_cell(key).environment.get("machine")
    return told if isinstance(told, dict) else {}


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    return [f"{name} {one.get(name, 'not told')}, then {other.get(name, 'not told')}" for name in names]
