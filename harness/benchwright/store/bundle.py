"""Runs in one file with the explanations they tell of, to be carried to another store; no user, host or home path travels with them."""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from benchwright.documents import Unreadable, Versioned, read_json_as
from benchwright.errors import StoreError
from benchwright.paths import exists, is_file
from benchwright.store import atomic, attachments, payloads
from benchwright.store.file_forms import CellFile
from benchwright.store.folder import Store, to_json
from benchwright.store.untold_targets import part_without_texts
from benchwright.types import RESULTS, SCHEMA, Ledger, ModelRef, Run, RunSpec

_PLACE = re.compile(
    r"runs/[\w+][\w.+-]{0,119}\.json"
    r"|cells/[0-9a-f]{40}/(cell\.json|records\.parquet|measurements\.parquet|ledger\.json|timing\.json|settings\.json|agreement\.json)"
    r"|cells/[0-9a-f]{40}/attachments/[a-z_]{1,40}-[0-9a-f]{16}/(attachment\.json|[0-9a-f]{64}\.parquet)"
    r"|scores/[0-9a-f]{40}/[\w.+@-]{1,120}\.json"
    r"|inputs/[\w.@+-]{1,240}\.parquet"
)
_ATTACHED = re.compile(r"cells/([0-9a-f]{40})/attachments/([a-z_]{1,40}-[0-9a-f]{16})/(.+)")
"""A file of an attachment: the key of its cell, its name, what the file is called."""
_CONTENTS = "bundle.json"
"""The member that lists all others with their digests."""
_NEEDED = ("cell.json", "ledger.json")
"""Files of every cell, beside its payload."""
_FINISHED = ("scored", "measured", "explained")
"""States of a cell that has a payload, its own or that of the answers which it explains."""
_LARGEST, _ALL = 2**30, 2**32
"""Bytes of a member, and of all, unpacked."""
_LARGEST_JSON = 2**27
"""Bytes of a member that is JSON, which takes many times its room when it is read; a run has about 12,000 for each of its cells."""
_SQUEEZED = 200
"""Times that a large member may be smaller packed: real ones are tables that are packed already, or JSON."""
_SMALL = 10_000_000
_FILES_OF_TASKS = frozenset({"path", "train"})
"""Options of a user's own data that are files."""

_STAMP = (2020, 1, 1, 0, 0, 0)
"""One date for every entry, so that equal runs give equal bundles."""


def export(store: Store, names: Sequence[str], path: Path, *, inputs: bool = True, explanations: bool = True) -> int:
    """Write a bundle of runs; returns the number of files in it.

    Args:
        store: Where they are.
        names: Of the runs.
        path: The file.
        inputs: Whether texts go along.
        explanations: Whether explanations of their answers do, where runs tell of them.

    Raises:
        StoreError: A cell or an explanation of a run is gone or damaged.
    """
    runs = [store.read_run(name) for name in names]
    if not explanations:
        runs = [msgspec.structs.replace(run, explanations=(), explanation_agreement=()) for run in runs]
    content = {f"runs/{run.name}.json": to_json(without_places(run)) for run in runs}
    referred = attachments.referred(runs)
    keys = dict.fromkeys(cell.key for run in runs for cell in run.cells if cell.status in _FINISHED and cell.key)
    for key in keys:
        content |= _files(store.root / "cells" / key, f"cells/{key}")
        content |= _files(store.root / "scores" / key, f"scores/{key}")
        content |= _attached(store, key, referred.get(key, {}), inputs=inputs)
        address = store.read_cell(key).inputs
        text = store.root / "inputs" / f"{address}.parquet"
        if inputs and is_file(text):
            content[f"inputs/{address}.parquet"] = text.read_bytes()
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    listed = {_CONTENTS: to_json(_Contents(schema=SCHEMA, members=digests))}
    atomic.write_output(path, _zip(content | listed), what="-o")
    return len(content)


def import_(store: Store, path: Path) -> list[str]:
    """Put the files of a bundle into the store; returns the names of its runs.

    Raises:
        StoreError: The file is no bundle, holds anything else, or differs from what the store has under one name.
    """
    content = _read(path)
    differing = [name for name, data in content.items() if _differs(store.root / name, data)]
    if differing:
        raise StoreError(
            f"the store has another {differing[0]} than {path}",
            expected="equal content under equal names",
            hint="import into an empty store: --store DIR. Nothing was imported",
        )
    for name, data in sorted(content.items(), key=lambda item: item[0].startswith("runs/")):
        if not exists(store.root / name):
            atomic.write(store.root / name, data)
    return [PurePosixPath(name).stem for name in content if name.startswith("runs/")]


class _Contents(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``bundle.json`` says: SHA-256 of every other member."""

    schema: int
    members: dict[str, str]


def _read(path: Path) -> dict[str, bytes]:
    """Every member of a bundle by its place, as the bundle's own list has it. Raises StoreError."""
    try:
        with zipfile.ZipFile(path) as bundle:
            infos = bundle.infolist()
            _check_infos(path, infos)
            content = {info.filename: _member(path, bundle, info) for info in infos}
    except StoreError:
        raise
    except Exception as error:  # zipfile answers damage with half a dozen kinds, struct.error among them
        raise _refused(path, "the file", f"is not a bundle ({error})") from error
    told = _contents(path, content)
    for name in [*told, *content]:
        if name not in content:
            raise _refused(path, name, "is missing")
        if name not in told:
            raise _refused(path, name, f"does not stand in its {_CONTENTS}")
        if hashlib.sha256(content[name]).hexdigest() != told[name]:
            raise _refused(path, name, "was changed after the export")
    _check_whole(path, content)
    return content


def _check_infos(path: Path, infos: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse members by what the archive says of them, before anything is unpacked."""
    seen = set[str]()
    for info in infos:
        name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
        if name != _CONTENTS and not _PLACE.fullmatch(name):
            raise _refused(path, name, "is what no bundle holds")
        if name in seen:
            raise _refused(path, name, "is there twice")
        if kind not in (0, stat.S_IFREG) or info.is_dir():
            raise _refused(path, name, "is a link or another thing that is no file")
        if info.flag_bits & 0x1:
            raise _refused(path, name, "is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(path, name, f"is packed in a way that no bundle is ({info.compress_type})")
        if info.file_size > _LARGEST or info.file_size > max(_SMALL, _SQUEEZED * info.compress_size):
            raise _refused(path, name, f"has {info.file_size:,} bytes unpacked, {info.compress_size:,} packed")
        if name.endswith(".json") and info.file_size > _LARGEST_JSON:
            raise _refused(path, name, f"has {info.file_size:,} bytes, more than {_LARGEST_JSON:,}")
        seen.add(name)
    if sum(info.file_size for info in infos) > _ALL:
        raise _refused(path, "the file", f"has more than {_ALL:,} bytes unpacked")


def _member(path: Path, bundle: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        return bundle.read(info)
    except Exception as error:  # damaged deflate data are zlib's errors, a wrong header or sum zipfile's
        raise _refused(path, info.filename, f"cannot be unpacked ({error})") from error


def _contents(path: Path, content: dict[str, bytes]) -> dict[str, str]:
    """Takes the list out of the contents and returns it: place -> digest."""
    if _CONTENTS not in content:
        raise _refused(path, _CONTENTS, "is missing: it lists what the export put in")
    try:
        return read_json_as(content.pop(_CONTENTS), _Contents).members
    except Unreadable as error:
        raise _refused(path, _CONTENTS, f"cannot be read: {error.why}") from error


def _check_whole(path: Path, content: dict[str, bytes]) -> None:
    """Refuse a bundle without a run, without a cell that a run of it refers to, or with one that none refers to."""
    runs = [name for name in content if name.startswith("runs/")]
    if not runs:
        raise _refused(path, "the file", "holds no run")
    needed, read = set[str](), list[Run]()
    for name in runs:
        try:
            _check_format(path, name, content[name], RESULTS)
            run = read_json_as(content[name], Run)
        except Unreadable as error:
            raise _refused(path, name, f"cannot be read: {error.why}") from error
        if f"runs/{run.name}.json" != name:
            raise _refused(path, name, f"calls itself {run.name[:80]!r}")
        needed |= {cell.key for cell in run.cells if cell.status in _FINISHED and cell.key}
        read.append(run)
    texts = {f"inputs/{_check_cell(path, key, content).inputs}.parquet" for key in sorted(needed)}
    for name in content:
        folder, _, rest = name.partition("/")
        if (folder in ("cells", "scores") and rest[:40] not in needed) or (folder == "inputs" and name not in texts):
            raise _refused(path, name, "belongs to no run of the bundle")
    _check_attached(path, attachments.referred(read), content)


def _check_attached(
    path: Path, referred: Mapping[str, Mapping[str, Collection[str]]], content: dict[str, bytes]
) -> None:
    """Refuse attachments that no run refers to, that lack what a run says, or explain other answers than the bundle holds."""
    lacking = {(key, name): set(ids) for key, wanted in referred.items() for name, ids in wanted.items()}
    for member in [f"cells/{key}/attachments/{name}/{attachments.ABOUT}" for key, name in lacking]:
        if member not in content:
            raise _refused(path, member, "is missing, and a run refers to it")
    for member, data in content.items():
        match = _ATTACHED.fullmatch(member)
        if match is None:
            continue
        key, name, file = match.groups()
        if (key, name) not in lacking:
            raise _refused(path, member, "belongs to no run of the bundle")
        try:
            if file == attachments.ABOUT:
                attachments.check_spec(data, name)
                continue
            ledger = read_json_as(content[f"cells/{key}/ledger.json"], Ledger)
            lacking[key, name] -= attachments.ids_in(data, file.partition(".")[0], f"{key}/{name}", ledger.records)
        except Unreadable as error:
            raise _refused(path, member, f"cannot be used: {error.why}") from error
    for (key, name), ids in lacking.items():
        if ids:
            raise _refused(path, f"cells/{key}/attachments/{name}", f"lacks {min(ids)!r}, which a run refers to")


def _check_cell(path: Path, key: str, content: dict[str, bytes]) -> CellFile:
    """What ``cell.json`` of a cell says; refuses a bundle in which a file of it is missing, or cannot be read."""
    place = f"cells/{key}"
    for file in _NEEDED:
        if f"{place}/{file}" not in content:
            raise _refused(path, f"{place}/{file}", "is missing, and a run refers to it")
    try:
        _check_format(path, f"{place}/cell.json", content[f"{place}/cell.json"], SCHEMA)
        cell = read_json_as(content[f"{place}/cell.json"], CellFile)
    except Unreadable as error:
        raise _refused(path, f"{place}/cell.json", f"cannot be read: {error.why}") from error
    held = [name for name in payloads.FILES if f"{place}/{name}" in content]
    if held != [payloads.file_of(cell.key)]:
        wrong = next((name for name in held if name != payloads.file_of(cell.key)), "")
        if wrong:
            raise _refused(path, f"{place}/{wrong}", "is not what its cell holds")
        raise _refused(path, f"{place}/{payloads.file_of(cell.key)}", "is missing, and a run refers to it")
    return cell


def _check_format(path: Path, member: str, content: bytes, wanted: int) -> None:
    """Refuse a file of another version before it is half understood. Raises Unreadable where it says none."""
    version = read_json_as(content, Versioned).schema
    if version != wanted:
        raise _refused(path, member, f"was written in format {version}, not {wanted}")


def _refused(path: Path, member: str, why: str) -> StoreError:
    return StoreError(
        f"{path}: {member} {why}",
        expected="a whole file made by `benchwright store export` of this version",
        hint="ask for the bundle again, or export it again; nothing was imported",
    )


def without_places(run: Run) -> Run:
    """The run with every machine path reduced to its last part."""
    models = tuple(_without_path(model) for model in run.spec.models)
    data = _last(run.spec.data) if run.spec.data else None
    suites = tuple(_selector_without_path(text) for text in run.spec.suites)
    on = tuple(_selector_without_path(text) for text in run.spec.on)
    spec: RunSpec = msgspec.structs.replace(run.spec, models=models, data=data, suites=suites, on=on)
    return msgspec.structs.replace(run, spec=spec)


def _without_path(model: ModelRef) -> ModelRef:
    tasks = {task: _last(path) for task, path in model.tasks.items()}
    return msgspec.structs.replace(model, path=_last(model.path), tasks=tasks)


def _selector_without_path(text: str) -> str:
    """A ``suite/task?key=value&...`` selector whose files are called by name alone."""
    head, mark, tail = text.partition("?")
    options = (part.partition("=") for part in tail.split("&"))
    return head + mark + "&".join(f"{key}{equals}{_option(key, value)}" for key, equals, value in options)


def _option(key: str, value: str) -> str:
    is_place = key in _FILES_OF_TASKS or re.match(r"[/\\~]|[A-Za-z]:[/\\]|\.\.?[/\\]", value)
    return _last(value) if is_place else value


def _last(path: str) -> str:
    """The last part of a path; a hub id (one slash, not a local place) stays whole."""
    if re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", path) and not exists(path):
        return path
    parts = [part for part in re.split(r"[/\\]", path) if part not in ("", ".", "..", "~")]
    return parts[-1] if parts else ""


def _files(folder: Path, place: str) -> dict[str, bytes]:
    return {
        f"{place}/{file.name}": file.read_bytes()
        for file in sorted(folder.glob("*"))
        if is_file(file) and not file.name.startswith(".")
    }


def _attached(store: Store, key: str, wanted: Mapping[str, Collection[str]], *, inputs: bool) -> dict[str, bytes]:
    """Files of the attachments of a cell that runs refer to, which quote inputs or do not. Raises StoreError where one is gone, or damaged."""
    found = {}
    for name, ids in wanted.items():
        attachments.read_spec(store, key, name)
        if gone := set(ids) - attachments.read(store, key, name).keys():
            raise attachments.lacks(f"{key}/{name}", gone)
        place = f"cells/{key}/attachments/{name}"
        about = attachments.folder(store, key, name) / attachments.ABOUT
        found[f"{place}/{about.name}"] = attachments.read_bytes(about)
        for path in attachments.parts(store, key, name):
            if inputs:
                found[f"{place}/{path.name}"] = attachments.read_bytes(path)
            else:
                table = attachments.read_table(store, key, name, path)
                digest, content = part_without_texts(table, store.read_cell(key).task)
                found[f"{place}/{digest}.parquet"] = content
    return found


def _zip(content: dict[str, bytes]) -> bytes:
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in sorted(content):
            bundle.writestr(zipfile.ZipInfo(name, _STAMP), content[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _differs(path: Path, data: bytes) -> bool:
    """Whether the store already holds something else there; runs are compared without their places."""
    if not is_file(path):
        return False
    if path.parent.name != "runs":
        return path.read_bytes() != data and path.name not in ("timing.json", "settings.json", "agreement.json")
    try:
        known = read_json_as(path.read_bytes(), Run)
    except Unreadable:
        return True
    return to_json(without_places(known)) != data
