"""A folder of files made here of a checkpoint: in the store's folder of models, once, whole or not at all, by one process of several.

What was made is known by the content of each of its files: a folder that was changed, cut short or exchanged is made again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from benchwright.checkpoints.files import digest_file
from benchwright.documents import read_own_json
from benchwright.errors import BenchwrightError, ModelError
from benchwright.paths import exists, is_file, is_folder
from benchwright.store.atomic import replaced_folder, store_errors, try_room, write
from benchwright.store.lease import lease
from benchwright.types import Context

MANIFEST = "derived.json"

_SCHEMA = 1
_LOCKS = ".making"
_POLL_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """Something that is made once.

    Attributes:
        digest: Over everything that decides it.
        what: What is made, for whoever waits: ``exporting ./sst2``.
        room: Bytes that it takes at least.
    """

    digest: str
    what: str
    room: int = 0

    def place(self, context: Context) -> Path:
        """Where it lies when it is finished."""
        return models_of(context) / self.digest[:40]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The content of ``derived.json``, which is written last.

    Attributes:
        schema: Version of this file.
        digest: Digest of what was made, its full name.
        files: SHA-256, in hex, of each other file by its path.
    """

    schema: int
    digest: str
    files: dict[str, str]


def models_of(context: Context) -> Path:
    """The store's folder of models, or one that may be thrown away where there is no store."""
    return context.models if context.models != Path() else context.workdir / "models"


def digest_of(decisive: dict[str, Any]) -> str:
    """SHA-256, in hex, over what decides a derivation."""
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def derive(wanted: Derivation, context: Context, make: Callable[[Path], object]) -> Path:
    """The folder of a derivation, made now unless it is there, whole; of several processes one makes it and the others wait.

    Args:
        wanted: What it is.
        context: Where the store is, and whom to tell.
        make: Writes all files into an empty folder.

    Raises:
        StoreError: There is no room, or the store cannot be written.
    """
    place = wanted.place(context)
    while not is_whole(place, wanted.digest, context):
        with lease(place.parent / _LOCKS / f"{place.name}.lock") as mine:
            if mine and not is_whole(place, wanted.digest, context):
                again = " again: what was made before is not as it was" if exists(place) else ""
                context.tell(f"{wanted.what}{again}", 0, 0)
                _make(place, wanted, make)
        if not mine:
            context.tell(f"another process is {wanted.what}", 0, 0)
            time.sleep(_POLL_SECONDS)
    return place


def is_whole(place: Path, digest: str, context: Context) -> bool:
    """Whether a derivation is there with the files that were made, and no other."""
    manifest = read_manifest(place)
    if manifest is None or manifest.digest != digest:
        return False
    files = dict(_files(place))
    if files.keys() != manifest.files.keys() or any(path.is_symlink() or not is_file(path) for path in files.values()):
        return False
    return all(digest_file(path, context.workdir) == manifest.files[name] for name, path in files.items())


def read_manifest(place: Path) -> Manifest | None:
    """What a folder says of what was made in it; None where it says nothing, or in another way."""
    return read_own_json(place / MANIFEST, Manifest, _SCHEMA)


def not_finite(shown: str, name: str) -> ModelError:
    """The error for weights among which there are infinite ones, or what is no number: what is derived of them would not show it."""
    return ModelError(
        f"{shown}: {name} holds weights that are not finite numbers",
        expected="finite weights: INT8 and pruning make numbers of the others, and runtimes compute with them as they like",
        hint="fetch or save the model again",
    )


def _make(place: Path, wanted: Derivation, make: Callable[[Path], object]) -> None:
    with store_errors(place), replaced_folder(place) as draft:
        try:
            make(draft)
        except BenchwrightError as error:
            _refuse_full_disk(draft, wanted.room, error)
            raise
        files = {name: _hash(path) for name, path in _files(draft)}
        content = msgspec.json.encode(Manifest(schema=_SCHEMA, digest=wanted.digest, files=files))
        write(draft / MANIFEST, msgspec.json.format(content, indent=1) + b"\n")


def _refuse_full_disk(draft: Path, room: int, error: BenchwrightError) -> None:
    """Raise OSError where a library failed because there is no room, which most of them tell in words of their own."""
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno == errno.EFBIG:
        raise cause
    try_room(draft, room)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(place: Path) -> Iterator[tuple[str, Path]]:
    """What lies in a folder but for its manifest, by path; what a file manager hides there is nobody's."""
    for path in place.rglob("*"):
        name = path.relative_to(place)
        hidden = any(part.startswith(".") for part in name.parts)
        if name.as_posix() != MANIFEST and not hidden and (path.is_symlink() or not is_folder(path)):
            yield name.as_posix(), path
