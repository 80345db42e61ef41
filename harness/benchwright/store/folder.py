"""A store folder: cells by key, scores beside them, runs by name.

cells/<key>/    cell.json, shards/*.parquet while running, then ledger.json, timing.json, and records.parquet or measurements.parquet
inputs/<digest>.parquet   the texts behind the records, once per data set
scores/<key>/   <metric@version>.json, alarms.json
models/<key>/   checkpoints made here
runs/<run>.json
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from benchwright import kinds
from benchwright.documents import Unreadable, Versioned, read_json_as
from benchwright.errors import StoreError
from benchwright.paths import exists, is_file, is_folder
from benchwright.store import payloads
from benchwright.store.at_work import at_work, is_at_work
from benchwright.store.atomic import write as write_whole
from benchwright.store.file_forms import (
    AGREEMENT,
    AlarmFile,
    CellFile,
    ChoiceFile,
    ScoreFile,
    SettingsFile,
    TimingFile,
    TrainingFile,
)
from benchwright.store.lease import lease
from benchwright.types import (
    RESULTS,
    SCHEMA,
    Alarm,
    CellKey,
    Example,
    Facts,
    Ledger,
    Measurements,
    PrecisionChoice,
    Record,
    Run,
    Task,
    Training,
    ValidationPoint,
)

T = TypeVar("T")

_PLACE = re.compile(r"[\w.@+-]{1,250}")
_NAME = re.compile(r"[\w.+-]{1,120}")


_TOLD_BY = ("training.json", "export.json")
"""Files beside what is made here that say how it was made, and are no part of it."""

_CURVE_POINTS = 200
"""A loss curve is thinned to about this many points; the whole one stays beside the checkpoint."""


def key_id(key: CellKey) -> str:
    """The name of a cell: 40 hex digits of the SHA-256 of its key in canonical JSON."""
    return hashlib.sha256(msgspec.json.encode(key, order="deterministic")).hexdigest()[:40]


def locate(given: str | None) -> Path:
    """The store folder: as given, else ``BENCHWRIGHT_STORE``, else ``./benchwright-results``.

    Raises:
        StoreError: No folder can be called so.
    """
    root = Path(given or os.environ.get("BENCHWRIGHT_STORE") or "benchwright-results")
    try:
        os.stat(root)  # noqa: PTH116 - only the name is asked about
    except (OSError, ValueError) as error:
        if isinstance(error, ValueError) or error.errno in (errno.ENAMETOOLONG, errno.EILSEQ):
            raise StoreError(
                f"no folder can be called {str(root)[:80]!r}...: {getattr(error, 'strerror', None) or error}",
                expected="the path of a folder",
                hint="choose another folder with --store DIR",
            ) from error
    return root


class Store:
    """A store folder; it is made when something is first written."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)

    # cells

    def cell_folder(self, key: str) -> Path:
        """Folder of a cell. Raises StoreError for a key that would lead out of the store."""
        return self._place("cells", key)

    def is_complete(self, key: str) -> bool:
        """Whether the cell's records or measurements are there, whole."""
        return payloads.find(self.cell_folder(key)) is not None

    def is_measured(self, key: str) -> bool:
        """Whether a complete cell holds measurements, and no records."""
        found = payloads.find(self.cell_folder(key))
        return found is not None and found.name == payloads.MEASUREMENTS

    def is_intact(self, key: str) -> bool:
        """Whether a complete cell can be read and its payload is the one that was written."""
        try:
            return not self.changed(key, self.read_ledger(key))
        except StoreError:
            return False

    def is_begun_otherwise(self, key: str) -> bool:
        """Whether an unfinished cell cannot be resumed: another format, or unreadable."""
        try:
            return exists(self.cell_folder(key) / "cell.json") and not self.read_cell(key)
        except StoreError:
            return True

    def changed(self, key: str, ledger: Ledger) -> list[str]:
        """Files of a complete cell whose content differs from the digests in its ledger; files without a digest are not checked."""
        folder, cell = self.cell_folder(key), self.read_cell(key)
        texts = self.inputs_path(cell.inputs)
        told = (
            (ledger.records, folder / payloads.file_of(cell.key)),
            (ledger.cell, folder / "cell.json"),
            (ledger.texts, texts),
        )
        return [
            path.relative_to(self.root).as_posix()
            for digest, path in told
            if digest and (is_file(path) or path != texts) and hashlib.sha256(self._bytes(path)).hexdigest() != digest
        ]

    def begin_cell(self, key: str, cell: CellFile) -> CellFile:
        """Write ``cell.json`` unless another process did; the one that stands is returned and must be followed."""
        path = self.cell_folder(key) / "cell.json"
        if not exists(path):
            with self._lease(key, "begin", wait=True):
                if not exists(path):
                    write_whole(path, to_json(cell))
        return self.read_cell(key)

    def read_cell(self, key: str) -> CellFile:
        """What ``cell.json`` says. Raises StoreError where it is not there, or is that of another cell."""
        path = self.cell_folder(key) / "cell.json"
        version = self._version(path)
        if version != SCHEMA:
            raise StoreError(
                f"the cell {key[:12]} was written in format {version}",
                expected=f"format {SCHEMA}, the one of this version of benchwright",
                hint="type the same `benchwright run` again: it is computed anew",
            )
        found = self._read(path, CellFile)
        if key_id(found.key) != key:
            raise StoreError(
                f"{path} is that of another cell, {key_id(found.key)}",
                expected="the cell that its folder names",
                hint="its key does not hash to its name: remove the folder, and run the same command again",
            )
        return found

    def write_settings(self, key: str, settings: dict[str, str]) -> None:
        """Keep what a session chose by itself (attention, threads, token budget); the first process to open it says so."""
        path = self.cell_folder(key) / "settings.json"
        if not exists(path):
            write_whole(path, to_json({"schema": SCHEMA, "settings": dict(sorted(settings.items()))}))

    def read_settings(self, key: str) -> dict[str, str]:
        """Settings that a session chose by itself; empty if none were recorded."""
        path = self.cell_folder(key) / "settings.json"
        return dict(self._read(path, SettingsFile).settings) if is_file(path) else {}

    def lease_choice(self, key: str) -> AbstractContextManager[bool]:
        """The right to choose what ``--precision fast`` computes a cell with; waits for another process that is choosing."""
        return self._lease(key, "choice", wait=True)

    def write_choice(self, key: str, choice: PrecisionChoice) -> None:
        """Keep what ``--precision fast`` computes a cell with, and its agreement with exact answers."""
        write_whole(self.cell_folder(key) / AGREEMENT, to_json(ChoiceFile.of(choice)))

    def read_choice(self, key: str) -> PrecisionChoice | None:
        """What ``--precision fast`` computed a cell with; None of other cells. Raises StoreError where it is not what was written."""
        path = self.cell_folder(key) / AGREEMENT
        if not is_file(path):
            return None
        found = self._read(path, ChoiceFile)
        if not found.is_whole:
            raise StoreError(
                f"{path} is not what was written",
                expected="what `--precision fast` found when the cell was computed",
                hint="run the same command again with --rerun always",
            )
        return found.choice

    def has_shard(self, key: str, number: int) -> bool:
        """Whether a shard is finished."""
        return is_file(self._shard(key, number))

    def lease_shard(self, key: str, number: int) -> AbstractContextManager[bool]:
        """The right to compute a shard; yields False when another process has it."""
        return self._lease(key, f"{number:05d}")

    def write_shard(self, key: str, number: int, records: Sequence[Record], task: Task, seconds: float) -> None:
        """Put a finished shard in its place; records that lie in a table are written as it is."""
        from benchwright.store import record_table
        from benchwright.store.stored_records import StoredRecords

        if isinstance(records, StoredRecords):
            table = records.table
        else:
            table = record_table.encode(records, kinds.of(task).column(task))
        timed = table.replace_schema_metadata({**(table.schema.metadata or {}), b"seconds": repr(seconds).encode()})
        write_whole(self._shard(key, number), record_table.to_bytes(timed))

    def count_errors(self, key: str) -> int:
        """Errored records in the finished shards of a running cell."""
        shards = sorted((self.cell_folder(key) / "shards").glob("*.parquet"))
        tables = (self._table(path) for path in shards)
        return sum(table.num_rows - table.column("error").null_count for table in tables)

    def finish_cell(self, key: str, shards: int, notes: dict[str, int], *, places: Sequence[int] | None = None) -> bool:
        """Join the shards into ``records.parquet``; returns False when another process is doing so or has done it.

        ``places`` are those of the records, in dataset order, among the joined ones; None: they are in order.
        """
        with self._lease(key, "finish") as mine:
            if not mine or self.is_complete(key):
                return False
            self._join(key, shards, notes, places)
        shutil.rmtree(self.cell_folder(key) / "shards", ignore_errors=True)
        return True

    def clear_cell(self, key: str) -> None:
        """Forget records, shards and scores of a cell."""
        for folder in (self.cell_folder(key), self.root / "scores" / key):
            shutil.rmtree(folder, ignore_errors=True)

    def read_records(self, key: str) -> list[Record]:
        """The records of a finished cell, in dataset order.

        Raises:
            StoreError: They are absent, damaged, or not those that were written.
        """
        from benchwright.store import record_table

        return record_table.decode(self.read_record_table(key))

    def read_record_table(self, key: str) -> Any:
        """The Arrow table of the records of a finished cell, as `record_table.encode` made it. Raises StoreError as `read_records` does."""
        return self._payload(key, payloads.RECORDS)

    def read_payload(self, key: str) -> payloads.Payload:
        """What a finished cell holds, records or measurements. Raises StoreError as `read_records` does."""
        name = payloads.MEASUREMENTS if self.is_measured(key) else payloads.RECORDS
        return payloads.decode(name, self._payload(key, name))

    def read_measurements(self, key: str) -> Measurements:
        """The raw samples and readings of a finished hardware profile.

        Raises:
            StoreError: They are absent, damaged, not those that were written, or the cell holds records.
        """
        from benchwright.store import measurement_table

        return measurement_table.decode(self._payload(key, payloads.MEASUREMENTS))

    def write_measurements(self, key: str, measurements: Measurements, *, seconds: float) -> bool:
        """Put what was measured in its place, whose presence finishes the cell; returns False when another process did.

        Args:
            key: Of a cell that was begun (`begin_cell`).
            measurements: All of it: measurements are not joined from parts.
            seconds: Spent on all of it, starts and warm-ups included.

        Raises:
            StoreError: The store cannot be written.
            BenchwrightError: A number is not finite.
        """
        from benchwright.store import measurement_table, record_table

        content = record_table.to_bytes(measurement_table.encode(measurements))
        with self._lease(key, "finish") as mine:
            if not mine or self.is_complete(key):
                return False
            if measurements.settings:
                self.write_settings(key, measurements.settings)
            self._finish(key, payloads.MEASUREMENTS, content, payloads.count(measurements, {}), [seconds])
        shutil.rmtree(self.cell_folder(key) / "shards", ignore_errors=True)
        return True

    def read_records_with_inputs(self, key: str) -> list[Record]:
        """The records of a finished cell with their texts in ``extra["inputs"]``, where the texts were kept."""
        cell = self.read_cell(key)
        texts = self.read_inputs(cell.inputs)

        def in_order(found: dict[str, Any]) -> dict[str, Any]:
            """Texts in the order in which the model read them; files keep them by name."""
            return {name: found[name] for name in (*cell.key.inputs, *found) if name in found}

        return [
            msgspec.structs.replace(record, extra={**record.extra, "inputs": in_order(texts[record.id])})
            if record.id in texts
            else record
            for record in self.read_records(key)
        ]

    def read_ledger(self, key: str) -> Ledger:
        """Where the examples of a finished cell went."""
        return self._read(self.cell_folder(key) / "ledger.json", Ledger)

    def read_seconds(self, key: str) -> float | None:
        """Seconds spent in the model over all shards; None when unknown."""
        path = self.cell_folder(key) / "timing.json"
        return self._read(path, TimingFile).seconds if is_file(path) else None

    def cell_keys(self) -> list[str]:
        """Keys of all cells, finished or not."""
        return sorted(path.name for path in (self.root / "cells").glob("*") if is_folder(path))

    def _shard(self, key: str, number: int) -> Path:
        return self.cell_folder(key) / "shards" / f"{number:05d}.parquet"

    def _lease(self, key: str, name: str, *, wait: bool = False) -> AbstractContextManager[bool]:
        return lease(self.cell_folder(key) / "shards" / f"{name}.lock", wait=wait)

    def _join(self, key: str, shards: int, notes: dict[str, int], places: Sequence[int] | None) -> None:
        import pyarrow as pa

        from benchwright.store import record_table, vectors

        tables = [self._table(self._shard(key, number)) for number in range(shards)]
        vectors.check_joined([table.schema.field("output").type for table in tables])
        seconds = [float((table.schema.metadata or {}).get(b"seconds", b"0")) for table in tables]
        plain = {k: v for k, v in (tables[0].schema.metadata or {}).items() if k.startswith(b"benchwright.")}
        bare = [table.replace_schema_metadata(plain) for table in tables]
        table = pa.concat_tables(bare, promote_options="default")  # a shard without keys lacks the column
        table = table if places is None else table.take(pa.array(places)).combine_chunks()
        content = record_table.to_bytes(table)
        ledger = payloads.count_table(table, notes)
        self._finish(key, payloads.RECORDS, content, ledger, seconds)
        del table, tables, bare, content
        pa.default_memory_pool().release_unused()  # a large cell is scored next

    def _finish(self, key: str, name: str, content: bytes, ledger: Ledger, seconds: Sequence[float]) -> None:
        """Write what stands beside a payload, and last the payload itself: with it the cell is finished."""
        folder = self.cell_folder(key)
        texts = self.inputs_path(self.read_cell(key).inputs)
        ledger = msgspec.structs.replace(
            ledger,
            records=hashlib.sha256(content).hexdigest(),
            cell=hashlib.sha256(self._bytes(folder / "cell.json")).hexdigest(),
            texts=hashlib.sha256(self._bytes(texts)).hexdigest() if is_file(texts) else "",
        )
        write_whole(folder / "ledger.json", to_json(ledger))
        write_whole(folder / "timing.json", to_json({"schema": SCHEMA, "seconds": sum(seconds), "shards": seconds}))
        write_whole(folder / name, content)

    def _payload(self, key: str, name: str) -> Any:
        """The table of a finished cell's payload. Raises StoreError where it is another one, or not what was written."""
        folder = self.cell_folder(key)
        held = payloads.find(folder)
        if held is not None and held.name != name:
            raise payloads.is_another(key, name, held.name)
        wanted, content = self.read_ledger(key).records, self._bytes(folder / name)
        if wanted and hashlib.sha256(content).hexdigest() != wanted:
            what = name.partition(".")[0]
            raise StoreError(
                f"the {what} of the cell {key} are not those that were written",
                expected=f"{folder / name} with the digest that its ledger tells",
                hint="run the same command again: a damaged cell is computed anew",
            )
        return self._table(folder / name, content)

    # inputs

    def inputs_path(self, address: str | None) -> Path:
        """Where the texts of a split are kept. Raises StoreError for an address that would lead out of the store."""
        return self._place("inputs", f"{address}.parquet")

    def write_inputs(self, address: str, examples: Sequence[Example]) -> None:
        """Keep the texts of a split once, for reports and the example browser."""
        path = self.inputs_path(address)
        if exists(path):
            return
        import pyarrow as pa

        from benchwright.store import record_table
        from benchwright.store.input_table import input_table

        write_whole(path, record_table.to_bytes(input_table(examples)))
        pa.default_memory_pool().release_unused()

    def read_inputs(self, address: str | None) -> dict[str, dict[str, Any]]:
        """Example id -> inputs; empty when they were not kept."""
        table = None if address is None else self.read_input_table(address)
        if table is None:
            return {}
        texts = (msgspec.json.decode(text) for text in table.column("inputs").to_pylist())
        return dict(zip(table.column("id").to_pylist(), texts, strict=True))

    def read_input_table(self, address: str) -> Any:
        """The Arrow table of the texts of a split: ``id``, and ``inputs`` as JSON text; None when they were not kept."""
        path = self.inputs_path(address)
        return self._table(path) if is_file(path) else None

    # scores

    def write_scores(self, key: str, metric: str, file: ScoreFile) -> None:
        """Keep the scores of one metric version on one cell."""
        write_whole(self._place("scores", key) / f"{metric}.json", to_json(file))

    def read_scores(self, key: str, metric: str) -> ScoreFile | None:
        """Scores of one metric version, or None when they have not been computed, or were kept in an earlier format."""
        path = self._place("scores", key) / f"{metric}.json"
        return self._read(path, ScoreFile) if is_file(path) and self._version(path) == RESULTS else None

    def write_alarms(self, key: str, alarms: tuple[Alarm, ...], checks: int) -> None:
        """Keep what is loud about a cell, and the version of the checks that found it."""
        write_whole(
            self._place("scores", key) / "alarms.json",
            to_json(AlarmFile(schema=RESULTS, alarms=alarms, checks=checks)),
        )

    def read_alarms(self, key: str, checks: int | None = None) -> tuple[Alarm, ...] | None:
        """Stored alarms of a cell; None if not computed, computed with other checks, or in an earlier format."""
        path = self._place("scores", key) / "alarms.json"
        if not is_file(path) or self._version(path) != RESULTS:
            return None
        found = self._read(path, AlarmFile)
        return found.alarms if checks in (None, found.checks) else None

    # models made here

    def read_facts(self, key: str) -> Facts:
        """The facts of a cell's model; size and parameters of what is made here (a checkpoint, an export) are known once it is made."""
        facts = self.read_cell(key).facts
        folder = self._made(facts.digest)
        if facts.size_bytes is not None or not any(is_file(folder / name) for name in _TOLD_BY):
            return facts
        training = self.read_training(facts.digest)
        return msgspec.structs.replace(
            facts,
            size_bytes=sum(path.stat().st_size for path in folder.iterdir() if path.name not in _TOLD_BY),
            parameters=training.parameters.get("all") if training else facts.parameters,
        )

    def read_training(self, digest: str | None) -> Training | None:
        """How the checkpoint of that digest was made; None when it was not made here."""
        path = self._made(digest) / "training.json"
        if not is_file(path):
            return None
        told = self._read(path, TrainingFile)
        losses = [(row["step"], row["loss"]) for row in told.losses]
        thinned = losses[:: max(1, len(losses) // _CURVE_POINTS)]
        known = (
            ValidationPoint.__struct_fields__
        )  # a null threshold belongs to each too; the one that counts is told beside them
        held = tuple(ValidationPoint(**{name: row[name] for name in known if name in row}) for row in told.held)
        fields = {name: getattr(told, name) for name in Training.__struct_fields__ if name not in ("losses", "held")}
        return Training(**fields, losses=tuple(thinned), held=held)

    # runs

    def write_run(self, run: Run) -> None:
        """Put a run under its name; it knows its store from then on."""
        write_whole(self.run_path(run.name), to_json(run))
        run.know(store=str(self.root))

    def read_run(self, name: str) -> Run:
        """The run of that name. Raises StoreError with suggestions when there is none."""
        head, colon, model = name.partition(":")
        if colon and _NAME.fullmatch(head) and self.has_run(head):
            raise StoreError(
                f"{name!r} names the model {model!r} of a run", expected="a whole run here", hint=f"say {head} alone"
            )
        path = self.run_path(name, hint="type `benchwright list runs`")
        if not is_file(path):
            import difflib

            known = self.run_names()
            close = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
            hint = f"did you mean {' or '.join(close)}?" if close else "type `benchwright list runs`"
            listing = ", ".join(known[:8]) or "(none yet)"
            raise StoreError(f"no run {name!r} in {self.root}", expected=f"one of: {listing}", hint=hint)
        version = self._version(path)
        if version != RESULTS:
            raise StoreError(
                f"the run {name!r} was written in format {version}",
                expected=f"format {RESULTS}, the one of this version of benchwright",
                hint=f"delete {path} and type the same `benchwright run` again: predictions of this format are used again, others are made anew",
            )
        run = self._read(path, Run)
        run.know(store=str(self.root))
        return run

    def has_run(self, name: str) -> bool:
        """Whether a run of that name exists."""
        return is_file(self.run_path(name))

    def run_names(self) -> list[str]:
        """Names of all runs, sorted."""
        return sorted(path.stem for path in (self.root / "runs").glob("*.json"))

    def at_work(self, name: str) -> AbstractContextManager[None]:
        """Say, for as long as the block runs, that a process is at work on a run; nothing is said once the process is dead."""
        return at_work(self._run_lock(name))

    def is_at_work(self, name: str) -> bool | None:
        """Whether some process is at work on a run; None where the system cannot tell."""
        return is_at_work(self._run_lock(name))

    def _run_lock(self, name: str) -> Path:
        path = self.run_path(name)
        return path.with_name(f".{path.stem}.lock")

    def run_path(self, name: str, *, hint: str = "choose another --name") -> Path:
        """Where a run is kept. Raises StoreError for a name that cannot be a file name."""
        if not _NAME.fullmatch(name) or name[0] in ".-":
            raise StoreError(
                f"{name!r} cannot be the name of a run",
                expected="letters, digits, `.`, `_`, `-`, `+`, not starting with `.` or `-`; at most 120",
                hint=hint,
            )
        return self.root / "runs" / f"{name}.json"

    # reading

    def _made(self, digest: str | None) -> Path:
        """Where a checkpoint of that digest would lie; a digest of another's model may be any text, and leads nowhere."""
        name = (digest or "-")[:40]
        return self.root / "models" / (name if _PLACE.fullmatch(name) and name.strip(".") else "-")

    def _place(self, room: str, name: str) -> Path:
        """A file or folder of a room; names come from files that others may have written."""
        if not _PLACE.fullmatch(name) or name in {".", ".."}:
            raise StoreError(
                f"{name[:80]!r} is no name of anything in {self.root / room}",
                expected="letters, digits, `.`, `_`, `-`, `@` or `+`",
                hint="`benchwright store check` lists damaged files; delete the file that says so and run again",
            )
        return self.root / room / name

    def _read(self, path: Path, kind: type[T]) -> T:
        content = self._bytes(path)
        try:
            return read_json_as(content, kind)
        except Unreadable as error:
            raise StoreError(
                f"{path} cannot be read: {error.why}",
                expected=f"a file of schema version {SCHEMA}",
                hint="`benchwright store check` lists damaged files; delete the file and run again",
            ) from error

    def _version(self, path: Path) -> int:
        """Which version of the format a file of results says it has."""
        return self._read(path, Versioned).schema

    def _table(self, path: Path, content: bytes | None = None) -> Any:
        """The Arrow table in a Parquet file, whose bytes may be read already; raises StoreError when it is absent or damaged."""
        import pyarrow as pa

        from benchwright.store import record_table

        read = self._bytes(path) if content is None else content
        try:
            return record_table.from_bytes(read)
        except (pa.ArrowException, OSError) as error:
            raise StoreError(
                f"{path} is damaged: {error}",
                expected="the Parquet file that benchwright wrote",
                hint="`benchwright store check` lists what is damaged; run the same command again to make it anew",
            ) from error

    def _bytes(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as error:
            raise StoreError(
                f"{path} cannot be read: {error.strerror}",
                hint="`benchwright store check` lists what is missing; run the same command again to make it anew",
            ) from error


def to_json(value: Any) -> bytes:
    """Canonical, readable JSON bytes with a final newline."""
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1) + b"\n"
