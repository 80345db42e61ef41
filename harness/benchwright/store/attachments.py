"""Attachments of a cell: what was found out about its records afterwards, beside them and never part of them.

cells/<key>/attachments/<name>/   attachment.json, and parts: <SHA-256 of its bytes>.parquet

An attachment's name holds the digest of all that decides its content item by item (`AttachmentSpec`), so that asking for more items goes
on where it stands: parts are added and never changed. A part says which attachment it is of, and which answers it explains; one that
was damaged, belongs elsewhere or explains answers that are no longer there is an error to read, and is taken away before it is made anew.
"""

from __future__ import annotations

import hashlib
import math
import re
import shutil
import stat
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from benchwright.documents import Unreadable, read_json_as
from benchwright.errors import StoreError
from benchwright.paths import is_file, is_folder
from benchwright.store.atomic import write as write_whole
from benchwright.store.folder import Store, to_json
from benchwright.types import AttachmentSpec, Explanation, Run

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
"""Version of attachments."""

NAME = re.compile(r"[a-z_]{1,40}-[0-9a-f]{16}")
"""What an attachment is called: its method and a digest."""
PART = re.compile(r"[0-9a-f]{64}\.parquet")
"""What a part is called."""
ABOUT = "attachment.json"
"""The file that says what an attachment is."""

_OF, _ANSWERS, _SECONDS, _FORMAT = (
    b"benchwright.attachment",
    b"benchwright.answers",
    b"benchwright.seconds",
    b"benchwright.format",
)


def name_of(spec: AttachmentSpec) -> str:
    """What an attachment is called: ``shap-<16 hex digits>``."""
    return f"{spec.method}-{hashlib.sha256(msgspec.json.encode(spec, order='deterministic')).hexdigest()[:16]}"


def begin(store: Store, key: str, spec: AttachmentSpec) -> str:
    """Say what an attachment of a finished cell is, unless that stands there; returns its name."""
    name, content = name_of(spec), to_json(spec)
    path = folder(store, key, name) / ABOUT
    try:
        if read_bytes(path) == content:
            return name
    except (OSError, Unreadable):
        pass  # not there, or unreadable: written below, or refused with the reason
    _clear(path)
    write_whole(path, content)
    return name


def add(store: Store, key: str, name: str, explanations: Sequence[Explanation], *, seconds: float) -> None:
    """Put explanations of further items beside those that are there, whole or not at all.

    Raises:
        StoreError: The store cannot be written.
        BenchwrightError: A number is not finite, or there are not as many values as words.
    """
    from benchwright.store import attachment_table, record_table

    told = {
        _FORMAT: str(FORMAT).encode(),
        _OF: f"{key}/{name}".encode(),
        _ANSWERS: store.read_ledger(key).records.encode(),
        _SECONDS: repr(float(seconds)).encode(),
    }
    content = record_table.to_bytes(attachment_table.encode(explanations).replace_schema_metadata(told))
    write_whole(folder(store, key, name) / f"{hashlib.sha256(content).hexdigest()}.parquet", content)


def read(store: Store, key: str, name: str, ids: Collection[str] | None = None) -> dict[str, Explanation]:
    """Explanations by the id of their example, over all parts; where two parts explain an item, that of the first by name.

    Args:
        store: Holds it.
        key: Of the cell.
        name: Of the attachment.
        ids: Only these items, which is quicker than all; None: every item.

    Raises:
        StoreError: A part is damaged, belongs elsewhere, or explains other answers than the cell holds.
    """
    from benchwright.store import attachment_table

    answers, found = _answers(store, key), dict[str, Explanation]()
    for path in parts(store, key, name):
        for one in attachment_table.decode(_checked(path, f"{key}/{name}", answers), ids):
            found.setdefault(one.id, one)
    return found


def read_contradictions(store: Store, key: str, name: str) -> set[str]:
    """Ids of items that two parts explain, with values that no other batch of a model makes. Raises StoreError as `read` does."""
    from benchwright.store import attachment_table

    answers, known, found = _answers(store, key), dict[str, Explanation](), set[str]()
    for path in parts(store, key, name):
        for one in attachment_table.decode(_checked(path, f"{key}/{name}", answers)):
            if not _agree(known.setdefault(one.id, one), one):
                found.add(one.id)
    return found


def read_ids(store: Store, key: str, name: str) -> set[str]:
    """Ids of the items that are explained. Raises StoreError as `read` does."""
    answers = _answers(store, key)
    return {one for path in parts(store, key, name) for one in _ids(path, f"{key}/{name}", answers)[0]}


def read_seconds(store: Store, key: str, name: str, ids: Collection[str] | None = None) -> float:
    """Seconds spent on all items, or on some, each counted once: of a part the share of its items that count."""
    answers, seen, total = _answers(store, key), set[str](), 0.0
    wanted = None if ids is None else set(ids)
    for path in parts(store, key, name):
        there, seconds = _ids(path, f"{key}/{name}", answers)
        fresh = {one for one in there if one not in seen and (wanted is None or one in wanted)}
        total += seconds * len(fresh) / max(1, len(there))
        seen |= fresh
    return total


def names(store: Store, key: str) -> list[str]:
    """Names of the attachments of a cell."""
    found = store.cell_folder(key).glob("attachments/*")
    return sorted(path.name for path in found if NAME.fullmatch(path.name) and is_folder(path))


def read_spec(store: Store, key: str, name: str) -> AttachmentSpec:
    """What an attachment is. Raises StoreError where that is absent, damaged, or another attachment's."""
    path = folder(store, key, name) / ABOUT
    try:
        return check_spec(read_bytes(path), name)
    except OSError as error:
        raise _damaged(path, str(error.strerror)) from error
    except Unreadable as error:
        raise _damaged(path, error.why) from error


def remove_damaged(store: Store, key: str, name: str) -> list[str]:
    """Take away the parts that cannot be used, so that their items are explained anew; returns what was wrong with each."""
    from benchwright.store import attachment_table

    answers, told = _answers(store, key), []
    for path in parts(store, key, name):
        try:
            attachment_table.decode(_checked(path, f"{key}/{name}", answers))
        except StoreError as error:
            told.append(error.problem)
            _clear(path)
            path.unlink(missing_ok=True)
    return told


def referred(runs: Iterable[Run]) -> dict[str, dict[str, set[str]]]:
    """Key -> name of an attachment -> ids of the items of which runs tell what is in it."""
    found: dict[str, dict[str, set[str]]] = {}
    for told in (one for run in runs for one in run.explanations):
        if told.ids:
            found.setdefault(told.key, {}).setdefault(told.attachment, set()).update(told.ids)
    return found


def read_table(store: Store, key: str, name: str, path: Path) -> pa.Table:
    """The table of one part. Raises StoreError as `read` does."""
    return _checked(path, f"{key}/{name}", _answers(store, key))


def parts(store: Store, key: str, name: str) -> list[Path]:
    """Files of the parts, by name."""
    return sorted(path for path in folder(store, key, name).glob("*.parquet") if PART.fullmatch(path.name))


def folder(store: Store, key: str, name: str) -> Path:
    """Where an attachment lies. Raises StoreError for a name that would lead elsewhere."""
    if not NAME.fullmatch(name):
        raise StoreError(
            f"{name[:80]!r} is no name of an attachment",
            expected="a method and 16 hex digits: shap-0123456789abcdef",
            hint="`benchwright store check` lists damaged files",
        )
    return store.cell_folder(key) / "attachments" / name


def check_spec(content: bytes, name: str) -> AttachmentSpec:
    """What ``attachment.json`` says. Raises Unreadable where it is none, or that of another name."""
    found = read_json_as(content, AttachmentSpec)
    if name_of(found) != name:
        raise Unreadable(f"it is that of {name_of(found)}")
    return found


def ids_in(content: bytes, digest: str, place: str, answers: str) -> set[str]:
    """Ids of the items that a part explains, all of which can be read. Arguments and errors as those of `read_part`."""
    from benchwright.store import attachment_table

    try:
        return {one.id for one in attachment_table.decode(read_part(content, digest, place, answers))}
    except StoreError as error:
        raise Unreadable(error.problem) from error


def read_part(content: bytes, digest: str, place: str, answers: str) -> pa.Table:
    """The table of a part.

    Args:
        content: Its bytes.
        digest: That its name tells.
        place: Of the attachment that it must be of: ``key/name``.
        answers: SHA-256 of the records that it must explain.

    Raises:
        Unreadable: It is damaged, or belongs elsewhere.
    """
    import pyarrow as pa

    from benchwright.store import attachment_table, record_table

    if hashlib.sha256(content).hexdigest() != digest:
        raise Unreadable("its bytes are not those that were written")
    try:
        if (size := _unpacked_size(content)) > _LARGEST_PART:
            raise Unreadable(f"it has {size:,} bytes unpacked")
        table = record_table.from_bytes(content)
        attachment_table.decode(table.slice(0, 0))
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(f"it is no table ({error})") from error
    except StoreError as error:
        raise Unreadable(error.problem) from error
    told = {name: value.decode("utf-8", "replace") for name, value in (table.schema.metadata or {}).items()}
    if told.get(_FORMAT) != str(FORMAT):
        raise Unreadable(f"it was written in format {told.get(_FORMAT, 'unknown')}, not {FORMAT}")
    if told.get(_OF) != place:
        raise Unreadable(f"it belongs to {told.get(_OF, 'no attachment')}")
    if told.get(_ANSWERS) != answers:
        raise Unreadable("it explains other answers than the cell holds")
    return table


def lacks(place: str, ids: Collection[str]) -> StoreError:
    """What is said of an attachment that holds less than a run tells of it."""
    more = f" and {len(ids) - 1:,} others" if len(ids) > 1 else ""
    return StoreError(
        f"the attachment {place} does not explain {min(ids)!r}{more}",
        expected="every item that the run tells of",
        hint="type the same `benchwright explain` again: what is missing is computed anew",
    )


_LARGEST_PART = 2**28
"""Bytes of a part unpacked; one of ours has a few thousand for each item."""


def _unpacked_size(content: bytes) -> int:
    """As its own table of contents says: of a column that tells equal values once, what its values take when they are read."""
    import io

    import pyarrow.parquet as pq

    told = pq.read_metadata(io.BytesIO(content))
    groups = [told.row_group(at) for at in range(told.num_row_groups)]
    return sum(
        max(column.total_uncompressed_size, _VALUE * column.num_values)
        for group in groups
        for column in (group.column(at) for at in range(group.num_columns))
    )


_VALUE = 8
"""Bytes of a number."""


def read_bytes(path: Path) -> bytes:
    """What is in a file of an attachment. Raises OSError, and Unreadable for what is no file (a pipe would be waited for) or too large."""
    told = path.stat()
    if not stat.S_ISREG(told.st_mode):
        raise Unreadable("it is no file")
    if told.st_size > _LARGEST_PART:
        raise Unreadable(f"it has {told.st_size:,} bytes")
    return path.read_bytes()


def _agree(one: Explanation, other: Explanation) -> bool:
    """Whether two explanations of an item are the same but for what shared a batch; one that failed says nothing."""
    if one is other or not one.attributions or not other.attributions:
        return True
    return [found.target for found in one.attributions] == [found.target for found in other.attributions] and all(
        abs(value - again) <= _SLACK * max(1.0, abs(mine.full))
        for mine, its in zip(one.attributions, other.attributions, strict=True)
        for value, again in zip((mine.full, *mine.values), (its.full, *its.values), strict=False)
    )


_SLACK = 1e-3
"""Share of an explained number by which two computations of it may differ."""


def _clear(path: Path) -> None:
    """Take away what stands where a file is to be and is none: a folder, a pipe, a link to a device."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif not is_file(path):
        path.unlink(missing_ok=True)


def _answers(store: Store, key: str) -> str:
    return store.read_ledger(key).records


def _checked(path: Path, place: str, answers: str) -> pa.Table:
    try:
        return read_part(read_bytes(path), path.stem, place, answers)
    except OSError as error:
        raise _damaged(path, str(error.strerror)) from error
    except Unreadable as error:
        raise _damaged(path, error.why) from error


def _ids(path: Path, place: str, answers: str) -> tuple[tuple[str, ...], float]:
    """Ids of a part and the seconds spent on it."""
    try:
        told = path.stat()
    except OSError as error:
        raise _damaged(path, str(error.strerror)) from error
    return _ids_once(path, place, answers, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=4096)
def _ids_once(path: Path, place: str, answers: str, *_: int) -> tuple[tuple[str, ...], float]:
    """As `_ids`, once as long as the file is the same: who waits for other processes looks often."""
    table = _checked(path, place, answers)
    return tuple(map(str, table.column("id").to_pylist())), _seconds(table)


def _seconds(table: pa.Table) -> float:
    try:
        found = float((table.schema.metadata or {}).get(_SECONDS, b"0"))
    except ValueError:
        return 0.0
    return found if 0 <= found < math.inf else 0.0


def _damaged(path: Path, why: str) -> StoreError:
    return StoreError(
        f"{path} cannot be used: {why}",
        expected="the attachment that benchwright wrote",
        hint="type the same `benchwright explain` again: what is missing is computed anew",
    )
