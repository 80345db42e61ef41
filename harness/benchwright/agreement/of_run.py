"""What a run computed with ``--precision fast``, and the models of a run that compute one checkpoint in several ways, from the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from benchwright.store import Store
from benchwright.types import CellKey, CellResult, Facts, PrecisionChoice, Record, Task, VariantAgreement


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
    store: Store, cells: Sequence[CellResult], tasks: Mapping[str, Task]
) -> tuple[VariantAgreement, ...]:
    """A row for each model whose checkpoint another model of the run computes too, on each task; the exact one first.

    Args:
        store: Holds facts and records.
        cells: Of a run.
        tasks: ``suite/task`` -> card, of the same run.
    """
    groups: dict[tuple[str, str, str], list[_Member]] = {}
    for cell in cells:
        if cell.status == "scored" and cell.key is not None and cell.task_path in tasks:
            facts = store.read_facts(cell.key)
            checkpoint = facts.parent or facts.digest
            if checkpoint:
                member = _Member(cell, facts, store.read_cell(cell.key).key)
                groups.setdefault((cell.task_path, cell.split, checkpoint), []).append(member)
    return tuple(row for group in groups.values() for row in _rows(store, group, tasks))


@dataclass(frozen=True)
class _Member:
    """A model on a task: its cell, its facts, the key of its cell."""

    cell: CellResult
    facts: Facts
    key: CellKey

    @property
    def is_exact(self) -> bool:
        """Whether it computes its checkpoint as it is."""
        return self.facts.parent is None and not self.facts.variant and self.key.precision == "exact"


def _rows(store: Store, group: Sequence[_Member], tasks: Mapping[str, Task]) -> Iterator[VariantAgreement]:
    if len({member.cell.key for member in group}) < 2 or not any(member.facts.parent for member in group):
        return
    exact = next((member for member in group if member.is_exact), None)
    reference = None if exact is None else store.read_records(str(exact.cell.key))
    for member in sorted(group, key=lambda member: member is not exact):
        yield _row(store, member, exact, reference, tasks[member.cell.task_path])


def _row(
    store: Store, member: _Member, exact: _Member | None, reference: Sequence[Record] | None, task: Task
) -> VariantAgreement:
    from benchwright.agreement.answered import agree
    from benchwright.agreement.change import with_change

    cell, facts = member.cell, member.facts
    agreement = None
    if exact is not None and reference is not None and member is not exact:
        records = store.read_records(str(cell.key))
        found = agree(task, reference, records)
        agreement = with_change(found, cell.task_path, task, (exact.cell, cell), (reference, records))
    return VariantAgreement(
        model=cell.model,
        parent="" if exact is None else exact.cell.model,
        checkpoint=facts.parent or str(facts.digest),
        suite=cell.suite,
        task=cell.task,
        split=cell.split,
        key=str(cell.key),
        variant=facts.variant,
        size_bytes=facts.size_bytes,
        memory_bytes=facts.memory_bytes,
        seconds=None if facts.replayed else cell.seconds,
        items=cell.ledger.total if cell.ledger is not None else 0,
        agreement=agreement,
    )
