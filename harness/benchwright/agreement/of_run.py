"""What runs computed with ``--precision fast``, and their models that compute one checkpoint in several ways, from the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from benchwright.agreement.same_question import question_of
from benchwright.comparison.systems import System
from benchwright.errors import StoreError
from benchwright.store import Store
from benchwright.store.file_forms import CellFile
from benchwright.types import (
    EXACT,
    STATED,
    Agreement,
    CellResult,
    PrecisionChoice,
    Profile,
    Record,
    Run,
    Task,
    VariantAgreement,
)


def choices_of(store: Store, cells: Sequence[CellResult]) -> tuple[PrecisionChoice, ...]:
    """What each cell was computed with, in the order of the cells; those that were computed exactly as asked have no choice.

    Args:
        store: Holds the cells.
        cells: Of a run.
    """
    found = []
    for cell in cells:
        choice = store.read_choice(cell.key) if cell.key and cell.status in ("scored", "measured") else None
        if choice is not None:
            place = {"model": cell.model, "suite": cell.suite, "task": cell.task, "split": cell.split, "key": cell.key}
            found.append(msgspec.structs.replace(choice, **place))
    return tuple(found)


def compare_variants(
    store: Store, cells: Sequence[CellResult], tasks: Mapping[str, Task], profiles: Sequence[Profile] = ()
) -> tuple[VariantAgreement, ...]:
    """A row for each model whose checkpoint another model of the run computes too, on each task; the exact one first.

    Args:
        store: Holds facts and records.
        cells: Of a run.
        tasks: ``suite/task`` -> card, of the same run.
        profiles: Hardware profiles of the same run; those in turn say how much faster a way is.
    """
    return tuple(_with_turns(row, profiles) for _, row in _compare(store, [("", cells, tasks)], {}))


def join_variants(store: Store, runs: Sequence[Run]) -> list[Run]:
    """The runs with rows of `compare_variants` over all of them: an exact model of one run stands beside the variants of another.

    A stored answer that several runs hold has one row, in the first of them. What a run says already is not counted again.

    Args:
        store: Holds facts and records.
        runs: As they are stored.
    """
    if len(runs) < 2:
        return list(runs)
    known = {(row.key, row.parent_key): row for run in runs for row in run.variants if row.agreement is not None}
    found: dict[int, list[VariantAgreement]] = {}
    for at, row in _compare(store, [(run.name, run.cells, run.tasks) for run in runs], known):
        found.setdefault(at, []).append(_with_turns(row, runs[at].profiles))
    return [run.replaced(variants=tuple(found.get(at, ()))) for at, run in enumerate(runs)]


def variants_between(systems: Sequence[System]) -> list[tuple[str, VariantAgreement]]:
    """Rows of compared systems with what these are called, in the order of `compare_variants`; stored in one store, as those are.

    Args:
        systems: That are compared.
    """
    runs = list({system.run.name: system.run for system in systems}.values())
    labels = {
        (system.run.name, model): f"{system.label} ({model})" if system.has_replicates else system.label
        for system in systems
        for model in system.models
    }
    known = {(row.key, row.parent_key): row for run in runs for row in run.variants if row.agreement is not None}
    asked = [(run.name, [cell for cell in run.cells if (run.name, cell.model) in labels], run.tasks) for run in runs]
    found = _compare(systems[0].store, asked, known)
    return [(labels[runs[at].name, row.model], _with_turns(row, runs[at].profiles)) for at, row in found]


def _with_turns(row: VariantAgreement, profiles: Sequence[Profile]) -> VariantAgreement:
    """The row with the ratio to its parent from a session of its run that measured both in turn."""
    if row.is_exact or row.parent_run:
        return row
    place = (row.model, row.task_path, row.split)
    mine = (profile for profile in profiles if (profile.model, profile.base, profile.split) == place)
    ratio = next((one for profile in mine for one in profile.ratios if one.against == row.parent), None)
    return msgspec.structs.replace(row, in_turn=ratio)


_Pairs = Mapping[tuple[str, str], VariantAgreement]
"""Rows that are known, by the keys of their cell and of that of their parent."""


@dataclass(frozen=True)
class _Member:
    """A model on a task: position and name of its run, its cell, what the store says of that, the card."""

    at: int
    run: str
    cell: CellResult
    stored: CellFile
    task: Task

    @property
    def key(self) -> str:
        """Of its cell."""
        return str(self.cell.key)

    @property
    def is_exact(self) -> bool:
        """Whether it computes its checkpoint as it is."""
        facts = self.stored.facts
        return facts.parent is None and not facts.variant and self.stored.key.precision == "exact"

    def is_apart(self, exact: _Member) -> str:
        """Why its seconds say nothing beside those of the exact model; empty: they were computed in one run, on one machine."""
        if self.stored.environment.get("machine") != exact.stored.environment.get("machine"):
            return "another machine"
        if self.at != exact.at or self.cell.reused != exact.cell.reused:
            return "another run"
        return ""


def _compare(
    store: Store, runs: Sequence[tuple[str, Sequence[CellResult], Mapping[str, Task]]], known: _Pairs
) -> Iterator[tuple[int, VariantAgreement]]:
    """Rows with the position of their run among those that are given: name, cells and cards of each."""
    groups: dict[tuple[object, ...], dict[str, _Member]] = {}
    for at, (name, cells, tasks) in enumerate(runs):
        for cell in cells:
            member = _member(store, at, name, cell, tasks)
            if member is not None:
                facts = member.stored.facts
                question = question_of(member.stored.key)
                groups.setdefault((facts.parent or facts.digest, *question), {}).setdefault(member.key, member)
    for group in groups.values():
        yield from _rows(store, list(group.values()), known)


def _member(store: Store, at: int, run: str, cell: CellResult, tasks: Mapping[str, Task]) -> _Member | None:
    """A scored cell of a checkpoint, if the store still holds it."""
    if cell.status != "scored" or cell.key is None or cell.task_path not in tasks:
        return None
    try:
        stored = store.read_cell(cell.key)
    except StoreError:
        return None
    is_checkpoint = bool(stored.facts.parent or stored.facts.digest)
    return _Member(at, run, cell, stored, tasks[cell.task_path]) if is_checkpoint else None


def _rows(store: Store, group: Sequence[_Member], known: _Pairs) -> Iterator[tuple[int, VariantAgreement]]:
    if len(group) < 2 or all(member.is_exact for member in group):
        return
    exact = next((member for member in group if member.is_exact), None)
    reference = _Reference(store, exact)
    for member in sorted(group, key=lambda member: member is not exact):
        yield member.at, _row(store, member, reference, known)


class _Reference:
    """The exact model of a group, if there is one; its records are read when a row needs them."""

    def __init__(self, store: Store, exact: _Member | None) -> None:
        self.store, self.exact = store, exact
        self._records: Sequence[Record] | None = None

    @property
    def records(self) -> Sequence[Record]:
        """Of the exact model."""
        assert self.exact is not None
        if self._records is None:
            self._records = self.store.read_records(self.exact.key)
        return self._records


def _row(store: Store, member: _Member, reference: _Reference, known: _Pairs) -> VariantAgreement:
    cell, facts, exact = member.cell, store.read_facts(member.key), reference.exact
    before = None if exact is None else known.get((member.key, exact.key))
    row = VariantAgreement(
        model=cell.model,
        checkpoint=facts.parent or str(facts.digest),
        suite=cell.suite,
        task=cell.task,
        split=cell.split,
        key=member.key,
        variant=_way(store, member),
        size_bytes=facts.size_bytes,
        memory_bytes=None if _took_another_way(store, member) else facts.memory_bytes,
        seconds=None if facts.replayed else cell.seconds,
        items=cell.ledger.total if cell.ledger is not None else 0,
        agreement=None if before is None else before.agreement,
    )
    if exact is None:
        return row
    row = msgspec.structs.replace(
        row,
        parent=exact.cell.model,
        parent_key=exact.key,
        parent_run=exact.run if exact.at != member.at else "",
        apart=member.is_apart(exact),
    )
    if member is exact or before is not None:
        return row
    return msgspec.structs.replace(row, agreement=_agreement(store, member, exact, reference))


def _way(store: Store, member: _Member) -> str:
    """What a member computes otherwise; of a cell that was computed fast, what was taken."""
    if member.stored.key.precision == "exact":
        return member.stored.facts.variant
    choice = store.read_choice(member.key)
    taken = "" if choice is None else choice.chosen
    return ", ".join(part for part in (f"fast: {taken}" if taken else "fast", member.stored.facts.variant) if part)


def _took_another_way(store: Store, member: _Member) -> bool:
    """Whether ``--precision fast`` computed a cell otherwise than its reference says, whose facts do not tell what memory that takes."""
    choice = store.read_choice(member.key)
    return choice is not None and choice.chosen not in (EXACT, STATED)


def _agreement(store: Store, member: _Member, exact: _Member, reference: _Reference) -> Agreement | None:
    """With the exact answers; None where these cannot be held side by side (vectors of other lengths)."""
    from benchwright.agreement.answered import agree
    from benchwright.agreement.change import with_change

    records = store.read_records(member.key)
    try:
        found = agree(member.task, reference.records, records)
    except ValueError:
        return None
    return with_change(
        found, member.cell.task_path, member.task, (exact.cell, member.cell), (reference.records, records)
    )
