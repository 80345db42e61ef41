"""Attachments of a cell: what was found out about its records afterwards, beside them and never part of them.

cells/<key>/attachments/<name>/   attachment.json, and parts: <digest of its content>.parquet

An attachment's name holds the digest of all that decides its content item by item (`AttachmentSpec`), so that asking for more items goes
on where it stands: parts are added and never changed. A part's name is the SHA-256 of its bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchwright.documents import Unreadable, read_json_as
from benchwright.errors import StoreError
from benchwright.paths import is_file
from benchwright.store.atomic import write as write_whole
from benchwright.store.folder import Store, to_json
from benchwright.types import AttachmentSpec, Explanation

FORMAT = 1
"""Version of attachments."""


def name_of(spec: AttachmentSpec) -> str:
    """What an attachment is called: ``shap-<16 hex digits>``."""
    return f"{spec.method}-{hashlib.sha256(msgspec.json.encode(spec, order='deterministic')).hexdigest()[:16]}"


def begin(store: Store, key: str, spec: AttachmentSpec) -> str:
    """Say what an attachment of a finished cell is, unless that stands there; returns its name."""
    path = _folder(store, key, name_of(spec)) / "attachment.json"
    if not is_file(path):
        write_whole(path, to_json(spec))
    return name_of(spec)


def add(store: Store, key: str, name: str, explanations: Sequence[Explanation], *, seconds: float) -> None:
    """Put explanations of further items beside those that are there, whole or not at all."""
    content = to_json({"seconds": seconds, "items": list(explanations)})
    write_whole(_folder(store, key, name) / f"{hashlib.sha256(content).hexdigest()[:40]}.json", content)


def read(store: Store, key: str, name: str) -> dict[str, Explanation]:
    """Explanations by the id of their example, over all parts. Raises StoreError where a part is damaged."""
    found: dict[str, Explanation] = {}
    for path in _parts(store, key, name):
        found |= {one.id: one for one in _part(path).items}
    return found


def read_seconds(store: Store, key: str, name: str) -> float:
    """Seconds spent on all parts."""
    return sum(_part(path).seconds for path in _parts(store, key, name))


def names(store: Store, key: str) -> list[str]:
    """Names of the attachments of a cell."""
    return sorted(path.parent.name for path in store.cell_folder(key).glob("attachments/*/attachment.json"))


def read_spec(store: Store, key: str, name: str) -> AttachmentSpec:
    """What an attachment is. Raises StoreError where it is absent or damaged."""
    path = _folder(store, key, name) / "attachment.json"
    try:
        return read_json_as(path.read_bytes(), AttachmentSpec)
    except (OSError, Unreadable) as error:
        raise _damaged(path, str(error)) from error


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    seconds: float
    items: list[Explanation]


def _part(path: Path) -> _Part:
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest()[:40] != path.stem:
        raise _damaged(path, "its bytes are not those that were written")
    try:
        return read_json_as(content, _Part)
    except Unreadable as error:
        raise _damaged(path, error.why) from error


def _parts(store: Store, key: str, name: str) -> list[Path]:
    return sorted(path for path in _folder(store, key, name).glob("*.json") if path.name != "attachment.json")


def _folder(store: Store, key: str, name: str) -> Path:
    return store.cell_folder(key) / "attachments" / name


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(
        f"{path} cannot be read: {why}",
        expected="the attachment that benchwright wrote",
        hint="delete the file and type the same `benchwright explain` again: what is missing is computed anew",
    )
