"""Candidate, baseline and anchor runs of one gate, and their paired records (cached)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from benchwright import registry
from benchwright.comparison.cases import NamedTest, tests_in
from benchwright.comparison.comparable_answers import pair, read_answers
from benchwright.comparison.pairing import PairedRecords
from benchwright.comparison.slices import label_slices, slice_of, slices_of
from benchwright.comparison.systems import System
from benchwright.errors import NotComparable
from benchwright.gating.circumstances import differing_circumstances
from benchwright.gating.machines import DescribeMachine
from benchwright.gating.verdict import IDS_NAMED
from benchwright.items import call, count, noun
from benchwright.measuring.machine import describe_machine
from benchwright.store import Store
from benchwright.task_path import has_answers, is_hardware_view, suite_of
from benchwright.types import CellKey, CellResult, Record, Task
from benchwright.unanswered import is_unanswered


class CachingStore(Store):
    """A store whose records are read once: a gate pairs the same candidate with several models."""

    def __init__(self, root: Path | str) -> None:
        super().__init__(root)
        self._records: dict[str, list[Record]] = {}

    def read_records(self, key: str) -> list[Record]:
        """The records of a finished cell, in dataset order; not to be changed."""
        if key not in self._records:
            self._records[key] = super().read_records(key)
        return self._records[key]


@dataclass(frozen=True, kw_only=True, eq=False)
class MissingBaseline:
    """A baseline that is missing: the reason, and whether that is only a warning (on a first run)."""

    reason: str
    tolerated: bool = False


class FreshSession(NamedTuple):
    """The two models of a rule as they were measured in turn for this very gate, in a stored run of their own."""

    baseline: System
    candidate: System


@dataclass(frozen=True, kw_only=True, eq=False)
class GateContext:
    """The models of a gate.

    Attributes:
        candidate: The system that is judged.
        references: ``baseline``, ``anchor`` and other names -> system, or why it is missing.
        suites: Suite -> version that the file asks for.
        named: What rules name as their tasks.
        allowed: Items of a task that the candidate may leave unanswered, as the rule of kind coverage says.
        resamples: Of every bootstrap.
        seed: Of every bootstrap.
        inputs: Whether findings may hold texts of examples, and answers that are pieces of them.
        machine: What describes the machine that the gate runs on, for a device; profiles of other machines are not judged.
        sessions: Id of a rule about ratios -> the session that was measured for it; a rule that is not there judges what is stored.
        notes: What was said while these were measured, for the result.
    """

    candidate: System
    references: Mapping[str, System | MissingBaseline]
    suites: Mapping[str, str] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    allowed: int = 0
    resamples: int = 10_000
    seed: int = 0
    inputs: bool = True
    machine: DescribeMachine = describe_machine
    sessions: Mapping[str, FreshSession] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    _memory: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def reference(self, name: str) -> System:
        """The system of that name. Raises NotComparable if it is missing."""
        found = self.references.get(name, MissingBaseline(reason=f"{name}: nobody knows which model that is"))
        if isinstance(found, MissingBaseline):
            raise NotComparable(found.reason)
        return found

    def warns_only(self, name: str) -> bool:
        """Whether rules against a missing baseline only warn and are not required."""
        found = self.references.get(name)
        return isinstance(found, MissingBaseline) and found.tolerated

    def paths(self, against: str = "") -> tuple[str, ...]:
        """Tasks, ``suite/task``, that a rule without tasks is about.

        Those of the model that it compares with; without one, or if it is missing, the tasks of candidate and baseline.
        """
        other = self.references.get(against or "baseline")
        sides = [other] if against and isinstance(other, System) else [self.candidate, other]
        return tuple(dict.fromkeys(path for side in sides if isinstance(side, System) for path in tasks_of(side)))

    def card(self, path: str) -> Task:
        """The card of a task: the candidate's if it has one."""
        sides = [self.candidate, *(side for side in self.references.values() if isinstance(side, System))]
        return next(side.run.tasks[path] for side in sides if path in side.run.tasks)

    def judged(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Those of some tasks that rules judge: all that are ranked, and the others where a rule names them outright."""
        return tuple(path for path in paths if not self.card(path).unranked or self.is_named(path))

    def is_named(self, path: str) -> bool:
        """Whether a rule names a task outright, or of a view its task."""
        return path in self.named or path.rpartition("@")[2] in self.named

    def pairing(self, against: str, path: str) -> PairedRecords:
        """Reference (system 0) and candidate (system 1) on a task, whole splits of one suite version, as rules judge them.

        If the candidate left more items unanswered than the rules allow, these count as wrong.

        Raises:
            NotComparable: A system is missing or has no result, the two cannot be compared, or no answer of this kind can be called wrong.
        """
        found: PairedRecords = self._known(("pair", against, path), lambda: self._counted(against, path))
        return found

    def alone(self, path: str) -> PairedRecords:
        """The candidate alone (system 0), as rules judge it. Raises NotComparable without a result on the whole split."""
        found: PairedRecords = self._known(("alone", path), lambda: self._counted("", path))
        return found

    def answered(self, against: str, path: str) -> PairedRecords:
        """`pairing` restricted to the items that both answered; ``against`` empty: that the candidate answered. Raises NotComparable."""
        if not against:
            self._check(path, self.candidate)
            return self._known(("answered", "", path), lambda: self._alone(path))  # type: ignore[no-any-return]
        found = self._known(("answered", against, path), lambda: self._pair(against, path))
        if isinstance(found, NotComparable):
            raise found
        assert isinstance(found, PairedRecords)
        return found

    def count_unanswered(self, path: str) -> int:
        """Number of items with a gold answer that the candidate left unanswered; 0 without a result."""
        cell = self.cell(self.candidate, path)
        if cell is None or cell.status != "scored":
            return 0
        found: int = self._known(
            ("silent", path), lambda: sum(map(is_unanswered, self.candidate.store.read_records(str(cell.key))))
        )
        return found

    def _counted(self, against: str, path: str) -> PairedRecords:
        found, silent = self.answered(against, path), self.count_unanswered(path)
        if silent <= self.allowed or not found.n:  # nothing was measured where nothing was answered
            return found
        sides = [*([self.reference(against)] if against else []), self.candidate]
        try:
            answers = read_answers(sides, path).counted_wrong([len(sides) - 1])
        except NotComparable as error:
            hint = "; a rule of kind coverage may allow some: max_errored"
            raise NotComparable(f"{error.problem}{hint}", expected=error.expected) from error
        flag = f"{count(silent, noun(found.task))} without an answer counted as wrong"
        whole = answers.pairing(seed=self.seed, resamples=self.resamples)
        return replace(whole, flags=(*found.flags, flag))

    def tests(self, path: str) -> tuple[NamedTest, ...]:
        """Tests of a behavioural task, in the order of its cases, whether or not they are applicable; empty for other tasks.

        Raises NotComparable where the candidate has no result on it.
        """
        self._check(path, self.candidate)
        cell = self.cell(self.candidate, path)
        assert cell is not None
        found: tuple[NamedTest, ...] = self._known(
            ("tests", path), lambda: tests_in(self.candidate.store.read_records(str(cell.key)))
        )
        return found

    def texts(self, key: str) -> Mapping[str, Mapping[str, Any]]:
        """Id of an item -> its inputs, of a cell of the candidate; empty where the texts were not kept."""
        store = self.candidate.store
        found: Mapping[str, Mapping[str, Any]] = self._known(
            ("texts", key), lambda: store.read_inputs(store.read_cell(key).inputs)
        )
        return found

    def slice(self, against: str, path: str, name: str) -> PairedRecords:
        """The pairing of one slice, of items or of a label; ``against`` empty: the candidate alone. Raises NotComparable."""
        whole = self.pairing(against, path) if against else self.alone(path)
        found: PairedRecords = self._known(("slice", against, path, name), lambda: slice_of(whole, name))
        return found

    def labels(self, against: str, path: str) -> dict[str, PairedRecords]:
        """Slice ``label=NAME`` or ``type=NAME`` -> pairing by the metrics of one label."""
        found: dict[str, PairedRecords] = self._known(
            ("labels", against, path), lambda: label_slices(self.pairing(against, path))
        )
        return found

    def slices(self, against: str, path: str) -> dict[str, PairedRecords]:
        """Slice ``name=value`` -> pairing of its items; ``against`` empty: the candidate alone."""
        whole = self.pairing(against, path) if against else self.alone(path)
        found: dict[str, PairedRecords] = self._known(("slices", against, path), lambda: slices_of(whole))
        return found

    def is_same_model(self, pairing: PairedRecords, against: str) -> bool:
        """Whether reference and candidate are one model, by the digest of its files."""
        first, second = _keys(pairing, (self.reference(against), self.candidate))
        return first.model == second.model

    def cell(self, side: System, path: str) -> CellResult | None:
        """A system's cell of a task."""
        return next(iter(side.cells(path)), None)

    def _alone(self, path: str) -> PairedRecords:
        """The candidate's half of a complete pairing that is already cached, else its records read again."""
        for key, whole in self._memory.items():
            if (
                key[0] == "answered"
                and key[1]
                and key[2] == path
                and isinstance(whole, PairedRecords)
                and not whole.left_out
            ):
                half = {name: getattr(whole, name)[1:] for name in ("names", "cells", "records", "columns")}
                return replace(whole, **half, flags=())
        return pair([self.candidate], path, seed=self.seed, resamples=self.resamples)

    def _pair(self, against: str, path: str) -> PairedRecords | NotComparable:
        try:
            other = self.reference(against)
            for side in (other, self.candidate):
                self._check(path, side)
            self._check_versions(other, path)
            pairing = pair((other, self.candidate), path, seed=self.seed, resamples=self.resamples)
            return _with_circumstances(pairing, other, self.candidate)
        except NotComparable as error:
            return error

    def _check(self, path: str, side: System) -> None:
        suite = suite_of(path)
        asked, found = self.suites.get(suite), side.run.suites.get(suite)
        if asked is not None and str(found) != asked:
            raise NotComparable(f"{side.name} ran {suite}@{found}, the rules ask for {suite}@{asked}")
        cell = self.cell(side, path)
        if cell is None or cell.status != "scored":
            why = "not in its run" if cell is None else cell.reason or cell.status
            near = suggest_task(path, self.paths()) if path not in self.paths() else ""
            raise NotComparable(f"{side.name} has no result on {path}: {why}{f'; {near}' if near else ''}")
        limit = side.store.read_cell(str(cell.key)).key.limit
        if limit is not None:
            raise NotComparable(f"{side.name} saw the first {limit:,} rows of {path} only (--limit)")

    def _check_versions(self, other: System, path: str) -> None:
        suite = suite_of(path)
        versions = [side.run.suites.get(suite) for side in (other, self.candidate)]
        if versions[0] != versions[1]:
            raise NotComparable(f"the baseline ran {suite}@{versions[0]}, the candidate {suite}@{versions[1]}")

    def _known(self, key: Any, build: Any) -> Any:
        if key not in self._memory:
            self._memory[key] = build()
        return self._memory[key]


def tasks_of(side: System) -> tuple[str, ...]:
    """Tasks, ``suite/task``, that a system was asked for and whose data exist here, scored or not; no hardware profile or explanation, which
    has no answers of its own.
    """
    return tuple(path for path in _paths_of(side) if has_answers(path))


def profiles_of(side: System) -> tuple[str, ...]:
    """Hardware profiles, ``hardware/SCENARIO@suite/task``, that a system was asked for and whose data exist here, measured or not."""
    return tuple(path for path in _paths_of(side) if is_hardware_view(path))


def _paths_of(side: System) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            cell.task_path
            for cell in side.run.cells
            if cell.model in side.models and cell.status not in ("missing", "refused")
        )
    )


def suggest_task(task: str, paths: Iterable[str]) -> str:
    """A *did you mean* line for a task, or for the suite of one; empty where nothing is near."""
    known = list(dict.fromkeys(paths))
    return registry.suggest(task, known if "/" in task else list(dict.fromkeys(suite_of(p) for p in known)))


def _keys(pairing: PairedRecords, sides: Iterable[System]) -> list[CellKey]:
    return [side.store.read_cell(str(cell.key)).key for side, cell in zip(sides, pairing.cells, strict=True)]


def _with_circumstances(pairing: PairedRecords, other: System, candidate: System) -> PairedRecords:
    """The pairing, with a note where equal files and options gave other answers on another machine or under other settings.

    Keys of two versions of the engine differ, and what changed between these is said by the pairing; so is what ``--precision fast``
    took, which never promised the same answers.

    Raises:
        NotComparable: Nothing that is known was otherwise: inference was not deterministic.
    """
    keys = _keys(pairing, (other, candidate))
    if keys[0] != keys[1] or keys[0].precision != "exact" or pairing.is_identical(0, 1):
        return pairing
    first, second = pairing.columns
    changed = [
        call(record)
        for record, one, two in zip(pairing.records[0], first.outputs, second.outputs, strict=True)
        if one != two
    ]
    told = f"{len(changed):,} answers differ on {pairing.path} although model, options and data are the same"
    why = differing_circumstances((other.store, candidate.store), str(pairing.cells[0].key))
    if why:
        return replace(pairing, flags=(*pairing.flags, f"machine: {told}; they were computed otherwise ({why})"))
    named = f"{', '.join(changed[:IDS_NAMED])}{' ...' if len(changed) > IDS_NAMED else ''}"
    raise NotComparable(f"non-deterministic: {told}: {named}")
