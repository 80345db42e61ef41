"""Stored runs from records written by hand: for tests and benchmarks of what reads a store, without any model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from benchwright.alarm import carrying
from benchwright.store import Store
from benchwright.store.folder import Cell, key_id
from benchwright.types import (
    ENGINE,
    RESULTS,
    SCHEMA,
    CellKey,
    CellResult,
    Facts,
    LabelMap,
    ModelRef,
    Record,
    Run,
    RunSpec,
    Task,
)


def write_run(
    store: Store,
    name: str,
    answers: Mapping[str, Mapping[str, Sequence[Record] | str]],
    tasks: Mapping[str, Task],
    *,
    data: str = "data",
    limit: int | None = None,
    facts: Mapping[str, Facts] | None = None,
    versions: Mapping[str, int] | None = None,
    scored: bool = False,
) -> Run:
    """Store a run of models whose records are given, in place of what was there, and return it.

    Args:
        store: Where it goes.
        name: Of the run.
        answers: Model -> ``suite/task`` -> its records, or why its cell failed.
        tasks: ``suite/task`` -> card.
        data: Stands for the content hash of every split.
        limit: ``--limit`` of the run.
        facts: Model -> what is known of it; without, its digest is ``RUN:MODEL``.
        versions: Suite -> version; 1 where left out.
        scored: Whether scores with intervals are computed too; comparisons need none.
    """
    known = facts or {}
    cells = []
    for model, by_path in answers.items():
        about = known.get(model, Facts(digest=f"{name}:{model}", kinds=()))
        for path, records in by_path.items():
            key = _key(path, tasks[path], about, data, limit)
            cells.append(_cell(store, (model, path), records, tasks[path], (about, key), scored=scored))
    suites = dict.fromkeys(path.partition("/")[0] for path in tasks)
    run = Run(
        schema=RESULTS,
        name=name,
        spec=RunSpec(
            models=tuple(ModelRef(name=model, adapter="written") for model in answers),
            suites=tuple(suites),
            limit=limit,
        ),
        cells=tuple(cells),
        aggregates=(),
        environment={},
        created="2026-01-01T00:00:00+00:00",
        complete=True,
        tasks=dict(tasks),
        suites={suite: (versions or {}).get(suite, 1) for suite in suites},
    )
    store.write_run(run)
    return run


def _cell(
    store: Store,
    place: tuple[str, str],
    records: Sequence[Record] | str,
    task: Task,
    about: tuple[Facts, CellKey],
    *,
    scored: bool,
) -> CellResult:
    (model, path), (facts, key) = place, about
    suite, _, name = path.partition("/")
    told: dict[str, Any] = {"model": model, "suite": suite, "task": name, "split": task.default_split}
    if isinstance(records, str):
        return CellResult(**told, status="failed", reason=records)
    cell = key_id(key)
    planned = Cell(
        schema=SCHEMA,
        key=key,
        task=task,
        facts=facts,
        shard=len(records),
        total=len(records),
        origin="",
        environment={},
    )
    store.clear_cell(cell)
    store.begin_cell(cell, planned)
    store.write_shard(cell, 0, records, task, 0.0)
    store.finish_cell(cell, 1, {})
    result = CellResult(**told, status="scored", key=cell, ledger=store.read_ledger(cell), seconds=0.0)
    if not scored:
        return result
    from benchwright.scored import score_cell

    found = score_cell(store, cell, task)
    score, *scores = carrying((found.score, *found.scores), found.alarms)
    return msgspec.structs.replace(result, score=score, scores=tuple(scores), alarms=found.alarms)


def _key(path: str, task: Task, facts: Facts, data: str, limit: int | None) -> CellKey:
    return CellKey(
        schema=SCHEMA,
        engine=ENGINE,
        model=str(facts.digest),
        adapter="written",
        adapter_version=1,
        options={},
        versions={},
        task=path,
        kind=task.kind,
        inputs=tuple(task.inputs),
        split=task.default_split,
        limit=limit,
        seed=0,
        data=data,
        labels=LabelMap(to_task=(), origin="task"),
        precision="exact",
        device="cpu",
    )
