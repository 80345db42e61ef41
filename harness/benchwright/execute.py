"""Run models cell by cell and shard by shard; each finished shard is written atomically under a lease."""

from __future__ import annotations

import time

from benchwright.errors import BenchwrightError, StoreError
from benchwright.example_table import ExampleTable
from benchwright.execution.outcome import CellFailed, Outcome, Progress
from benchwright.execution.worker import CellWorker
from benchwright.items import count
from benchwright.store import Store
from benchwright.text_columns import characters
from benchwright.types import PlannedCell


def cost(cell: PlannedCell) -> int:
    """Estimated cost of a cell: characters of its inputs."""
    examples = cell.examples
    if isinstance(examples, ExampleTable):
        return sum(characters(column) for column in examples.inputs.values())
    return sum(map(characters, (list(example.inputs.values()) for example in examples)))


def stored_outcome(cell: PlannedCell, store: Store, errors: int) -> Outcome:
    """The outcome of a cell that is in the store: no result where more examples lack an answer than this budget allows."""
    return Outcome(place=cell.place, reason=_too_many_unanswered(cell, store, errors))


def run_cell(cell: PlannedCell, store: Store, *, errors: int, shard: int, progress: Progress) -> Outcome:
    """Compute a cell, sharing its shards with any other process at the same.

    A failed cell is an outcome with its reason, not an exception. Errors of the store (no space, not writable) are raised,
    because they affect every other cell too.
    """
    started = time.perf_counter()
    worker = CellWorker(cell=cell, store=store, errors=errors, shard=shard, progress=progress)
    try:
        worker.run()
        seconds = time.perf_counter() - started
        outcome = Outcome(
            place=cell.place, reason=_too_many_unanswered(cell, store, errors), fresh=worker.fresh, seconds=seconds
        )
    except (CellFailed, BenchwrightError) as error:
        if isinstance(error, StoreError):
            raise
        reason = error.line if isinstance(error, BenchwrightError) else str(error)
        outcome = Outcome(place=cell.place, reason=reason, fresh=worker.fresh, seconds=time.perf_counter() - started)
    finally:
        worker.close()
    progress.finish(cell, outcome)
    return outcome


def _too_many_unanswered(cell: PlannedCell, store: Store, errors: int) -> str:
    """Why a finished cell exceeds the error budget of this run; "" if it does not. The run that made it may have allowed more."""
    assert cell.id is not None
    errored = store.read_ledger(cell.id).errored
    if errored <= errors:
        return ""
    what = f"{count(errored, 'example')} without an answer in the store"
    return f"{what} (error budget {errors}; raise it with --errors N)"
