"""Say in the store what a cell is, before anything of it is computed."""

from __future__ import annotations

from benchwright import environment
from benchwright.measuring.machine import arithmetic_facts
from benchwright.store import Store
from benchwright.store.file_forms import CellFile
from benchwright.types import SCHEMA, PlannedCell


def begin_cell(cell: PlannedCell, store: Store, *, shard: int) -> CellFile:
    """Say in the store what a planned cell is, unless another process did; what stands there must be followed."""
    assert cell.id is not None
    assert cell.key is not None
    assert cell.facts is not None
    assert cell.dataset is not None
    place = f"{cell.suite.name}-{cell.task.name}".replace("/", "-")  # the name of a view holds that of its task
    address = f"{place}-{cell.split}-{cell.dataset.digest[:24]}"
    if not cell.is_hardware:  # no example of it is ever shown
        store.write_inputs(address, cell.dataset.examples)
    wanted = CellFile(
        schema=SCHEMA,
        key=cell.key,
        task=cell.task,
        facts=cell.facts,
        shard=shard,
        total=len(cell.examples),
        origin=cell.dataset.origin,
        environment={**environment.describe(), "machine": arithmetic_facts(cell.key.device)},
        inputs=None if cell.is_hardware else address,
        counts=cell.dataset.counts,
    )
    return store.begin_cell(cell.id, wanted)
