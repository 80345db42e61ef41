"""Cells of a plan as jobs: values that any process can compute with the store alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from benchwright import shards
from benchwright.errors import StoreError
from benchwright.execute import cost, run_cell, stored_outcome
from benchwright.execution.outcome import NoProgress, Outcome, Progress
from benchwright.executors import local
from benchwright.plan import Plan, make_plan
from benchwright.store import Store
from benchwright.types import CellJob, PlannedCell


def execute(
    plan: Plan, store: Store, *, token: str = "", shard: int | None = None, progress: Progress | None = None
) -> Iterator[Outcome]:
    """Outcomes of the cells of a plan: those in the store, then hardware profiles, then the others, longest first, then explanations.

    Profiles are measured before this process opens any model: nothing else of the run may hold memory or a device meanwhile.

    Raises:
        StoreError: The store cannot be written; whatever else goes wrong with a cell is its outcome.
    """
    watcher, errors = progress or NoProgress(), plan.spec.errors
    missing = [cell for cell in plan.runnable if cell.status != "stored"]
    explained = [cell for cell in missing if cell.is_explanation]
    waiting = sorted((c for c in missing if not c.is_hardware and not c.is_explanation), key=cost, reverse=True)
    timed = [cell for cell in missing if cell.is_hardware]
    planned = {cell.place: cell for cell in waiting}

    def compute(job: CellJob) -> Outcome:
        """As `run_job`; what was planned in this process is not planned again."""
        return run_cell(planned[job.place], store, errors=errors, shard=job.shard, progress=watcher)

    for cell in plan.runnable:
        if cell.status == "stored":
            yield stored_outcome(cell, store, errors)
    if timed:
        from benchwright.profiling.cells import measure_cells  # what few runs need is not read at every start

        yield from measure_cells(timed, plan, store, token=token, progress=watcher)
    yield from local.run([make_job(cell, plan, store, token=token, shard=shard) for cell in waiting], compute)
    if explained:
        from benchwright.explain_cells import explain_cells

        yield from explain_cells(explained, plan, store, progress=watcher)


def make_job(cell: PlannedCell, plan: Plan, store: Store, *, token: str = "", shard: int | None = None) -> CellJob:
    """A planned cell as a value that can be pickled and sent; ``shard``: examples per shard, None as suits the cell."""
    assert cell.id is not None
    folder, root = str(Path.cwd()), str(store.root.absolute())
    size = shards.size(cell, shard)
    return CellJob(spec=plan.spec, place=cell.place, key=cell.id, store=root, folder=folder, shard=size, token=token)


def run_job(job: CellJob, *, progress: Progress | None = None) -> Outcome:
    """Compute a cell in this process: it is planned from the job's specification, and its shards are shared with other processes.

    The working folder is the job's for that time, since paths of models and data are relative to it.

    Raises:
        StoreError: The store cannot be written, or what is planned here is another cell than the job's: the model, the data
            or a library changed in between.
        ConfigError: The models or the data cannot be found from here.
    """
    store = Store(Path(job.store))
    with contextlib.chdir(job.folder):
        plan = make_plan(job.spec, store, token=job.token or None, only=job.place)
        found = next((cell for cell in plan.runnable if cell.id == job.key), None)
        if found is None:
            model, path, _ = job.place
            raise StoreError(
                f"{model} on {path} is no longer the cell {job.key[:12]} that was planned",
                expected="the same model, data and library versions wherever the jobs of a run are computed",
                hint="type the run again",
            )
        if found.status == "stored":
            return stored_outcome(found, store, job.spec.errors)
        return run_cell(found, store, errors=job.spec.errors, shard=job.shard, progress=progress or NoProgress())
