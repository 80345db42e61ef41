"""Profiles that another run made of the very model that a run has answers of: known by its digest and options, never by its name."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.store import Store
from benchwright.types import CellKey, Profile, Run

Identity = tuple[object, ...]

_WITHOUT_DIGEST = "run:"


def identity_of(key: CellKey) -> Identity | None:
    """What makes a model the same in another run; None of one without a digest, of which nothing says that it is unchanged."""
    if key.model.startswith(_WITHOUT_DIGEST):
        return None
    options, versions = tuple(sorted(key.options.items())), tuple(sorted(key.versions.items()))
    return (key.model, key.adapter, key.adapter_version, options, versions, key.precision, key.device)


class StoredModel(NamedTuple):
    """A model of a run, and the store that holds its cells."""

    store: Store
    run: Run
    model: str


def profiles_of_same_model(mine: StoredModel, other: StoredModel) -> tuple[Profile, ...]:
    """Profiles of a model of another run, under the name that it has in this one; without ratios, which name the models of that run.

    Only on tasks where the cell of this run has the same identity as the cell that was measured.
    """
    found = []
    for profile in other.run.profiles:
        if profile.model != other.model:
            continue
        cells = [one for one in mine.run.cells if one.model == mine.model and one.task_path == profile.base and one.key]
        identity = _identity(mine.store, str(cells[0].key)) if cells else None
        if identity is not None and identity == _identity(other.store, profile.key):
            found.append(msgspec.structs.replace(profile, model=mine.model, ratios=()))
    return tuple(found)


def _identity(store: Store, key: str) -> Identity | None:
    try:
        return identity_of(store.read_cell(key).key)
    except BenchwrightError:
        return None
