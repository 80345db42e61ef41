"""Runs written by hand, without any model: stored, for what reads a store, and in memory, for reports to render."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from benchwright.alarm import alarm, in_order, with_cell_alarms
from benchwright.caveats import caveat_alarms
from benchwright.errors import StoreError
from benchwright.hardware.of_run import score_profiles
from benchwright.store import Store
from benchwright.store.file_forms import CellFile
from benchwright.store.folder import key_id
from benchwright.task_path import suite_of
from benchwright.testing.fixtures import SUITE, make_suite
from benchwright.types import (
    ENGINE,
    RESULTS,
    SCHEMA,
    Alarm,
    AnyTask,
    CellKey,
    CellResult,
    Facts,
    IdentityScore,
    LabelMap,
    Ledger,
    Measurements,
    ModelRef,
    Record,
    RobustnessScore,
    Run,
    RunSpec,
    Score,
    Task,
)


def write_run(
    store: Store,
    name: str,
    answers: Mapping[str, Mapping[str, Sequence[Record] | Measurements | str]],
    tasks: Mapping[str, AnyTask],
    *,
    data: str = "data",
    limit: int | None = None,
    facts: Mapping[str, Facts] | None = None,
    versions: Mapping[str, int] | None = None,
    scored: bool = False,
    origin: str = "",
    keys: Mapping[str, Mapping[str, Any]] | None = None,
    environment: Mapping[str, Any] | None = None,
) -> Run:
    """Store a run of models whose records or measurements are given, in place of what was there, and return it.

    Args:
        store: Where it goes.
        name: Of the run.
        answers: Model -> ``suite/task`` -> its records, or why its cell failed; of ``hardware/SCENARIO@suite/task`` what was measured.
        tasks: ``suite/task`` -> card; of a hardware profile `testing.hardware_fixtures.hardware_card` makes it.
        data: Stands for the content hash of every split.
        limit: ``--limit`` of the run.
        facts: Model -> what is known of it; without, its digest is ``RUN:MODEL``.
        versions: Suite -> version; 1 where left out.
        scored: Whether scores with intervals are computed too; comparisons need none.
        origin: Where the data are said to come from: ``files:dev.tsv``.
        keys: Model -> fields of its cell keys that are not as usual: ``{"precision": "fast"}``.
        environment: What is said of the machine that computed the cells.
    """
    known = facts or {}
    cells = []
    for model, by_path in answers.items():
        about = known.get(model, Facts(digest=f"{name}:{model}", kinds=()))
        for path, payload in by_path.items():
            key = msgspec.structs.replace(_key(path, tasks[path], about, data, limit), **(keys or {}).get(model, {}))
            if isinstance(payload, Measurements):
                cells.append(_measured(store, (model, path), payload, tasks[path], (about, key)))
            else:
                cells.append(
                    _cell(
                        store,
                        (model, path),
                        payload,
                        tasks[path],
                        (about, key),
                        scored=scored,
                        origin=origin,
                        environment=dict(environment or {}),
                    )
                )
    suites = dict.fromkeys(suite_of(path) for path in tasks)
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
        profiles=score_profiles(store, cells, tasks),
    )
    store.write_run(run)
    return run


def _cell(
    store: Store,
    place: tuple[str, str],
    records: Sequence[Record] | str,
    task: AnyTask,
    about: tuple[Facts, CellKey],
    *,
    scored: bool,
    origin: str,
    environment: dict[str, Any],
) -> CellResult:
    (model, path), (facts, key) = place, about
    suite, _, name = path.partition("/")  # of a view, VIEW@SUITE/TASK, the suite of views and the rest
    told: dict[str, Any] = {"model": model, "suite": suite, "task": name, "split": task.default_split}
    if isinstance(records, str):
        return CellResult(**told, status="failed", reason=records)
    cell = key_id(key)
    planned = CellFile(
        schema=SCHEMA,
        key=key,
        task=task,
        facts=facts,
        shard=len(records),
        total=len(records),
        origin=origin,
        environment=environment,
    )
    store.clear_cell(cell)
    store.begin_cell(cell, planned)
    store.write_shard(cell, 0, records, task, 0.0)
    store.finish_cell(cell, 1, {})
    result = CellResult(**told, status="scored", key=cell, ledger=store.read_ledger(cell), seconds=0.0)
    if not scored:
        return result
    from benchwright.score_cache import score_cell

    found = score_cell(store, cell, task)
    alarms = in_order((*found.alarms, *caveat_alarms(task)))
    score, *scores = with_cell_alarms((found.score, *found.scores), alarms)
    return msgspec.structs.replace(result, score=score, scores=tuple(scores), alarms=alarms)


def _measured(
    store: Store, place: tuple[str, str], found: Measurements, task: AnyTask, about: tuple[Facts, CellKey]
) -> CellResult:
    """A finished hardware profile; its key has the machine and the session of what was measured."""
    (model, path), (facts, plain) = place, about
    suite, _, name = path.partition("/")
    key = msgspec.structs.replace(plain, machine=found.machine.fingerprint, profile=found.spec, session=found.session)
    cell = key_id(key)
    planned = CellFile(schema=SCHEMA, key=key, task=task, facts=facts, shard=0, total=0, origin="", environment={})
    store.clear_cell(cell)
    store.begin_cell(cell, planned)
    store.write_measurements(cell, found, seconds=1.0)
    return CellResult(
        model=model,
        suite=suite,
        task=name,
        split=task.default_split,
        status="measured",
        key=cell,
        ledger=store.read_ledger(cell),
        seconds=1.0,
    )


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


HOSTILE = "<b onmouseover=alert(1)>bold</b>"


@dataclass(frozen=True, kw_only=True)
class SampleRuns:
    """What a report is given."""

    runs: tuple[Run, ...]
    records: Callable[[str], Sequence[Record]]


def _none() -> SampleRuns:
    return SampleRuns(runs=(), records=make_reader({}))


def _empty() -> SampleRuns:
    return SampleRuns(runs=(make_run(()),), records=make_reader({}))


def _errors_only() -> SampleRuns:
    cells = (
        _absent("failed", "3 examples failed: the input holds no text"),
        _absent("missing", "no file of it is in the data folder"),
        _absent("refused", "it has the wrong head"),
    )
    return SampleRuns(runs=(make_run(cells),), records=make_reader({}))


def _one_result() -> SampleRuns:
    return SampleRuns(runs=(make_run((_scored(),)),), records=make_reader({"key-0": _records("a plain text")}))


ALARM = "the labels look exchanged"
"""The sentence of an alarm that every report has to say."""


def _alarming() -> SampleRuns:
    cell = _scored(alarms=(alarm("permuted", ALARM),))
    return SampleRuns(runs=(make_run((cell,)),), records=make_reader({"key-0": _records("a plain text")}))


def _hostile() -> SampleRuns:
    text = f"<script>alert(1)</script> & {HOSTILE} \"quoted\" 'too'"
    cell = _scored(alarms=(alarm("written", text),))
    cells = (cell, _absent("failed", text))
    return SampleRuns(runs=(make_run(cells, name="hostile"),), records=make_reader({"key-0": _records(text)}))


SAMPLES: Mapping[str, Callable[[], SampleRuns]] = {
    "no run": _none,
    "a run without cells": _empty,
    "errors only": _errors_only,
    "one result": _one_result,
    "an alarm": _alarming,
    "text that holds HTML": _hostile,
}


def make_run(
    cells: tuple[CellResult, ...],
    *,
    name: str = "written",
    tasks: Mapping[str, AnyTask] | None = None,
    robustness: tuple[RobustnessScore, ...] = (),
    bias: tuple[IdentityScore, ...] = (),
) -> Run:
    """A run of these cells, with the cards of the written suite and those that are given."""
    models = tuple(dict.fromkeys(cell.model for cell in cells)) or ("fair-model",)
    spec = RunSpec(models=tuple(ModelRef(name=model, adapter="majority") for model in models), suites=(SUITE,))
    return Run(
        schema=RESULTS,
        name=name,
        spec=spec,
        cells=cells,
        aggregates=(),
        environment={"python": "3.11.0", "platform": "Linux x86_64", "processors": 2, "packages": {}},
        created="2026-01-02T03:04:05+00:00",
        complete=True,
        tasks={f"{SUITE}/{task.name}": task for task in make_suite().tasks} | dict(tasks or {}),
        robustness=robustness,
        bias=bias,
        suites={SUITE: 1},
    )


def _absent(status: str, reason: str) -> CellResult:
    return CellResult(
        model="fair-model",
        suite=SUITE,
        task={"failed": "entailment", "missing": "overlap"}.get(status, "polarity"),
        split="validation",
        status=status,  # type: ignore[arg-type]  # one of its literals
        reason=reason,
    )


def _scored(*, alarms: tuple[Alarm, ...] = ()) -> CellResult:
    score = Score(metric="accuracy@1", value=0.75, low=0.3, high=0.95, n=4, clusters=4, method="wilson")
    slices = (Score(metric="accuracy@1", value=1.0, low=0.34, high=1.0, n=2, slice="length=short"),)
    return CellResult(
        model="fair-model",
        suite=SUITE,
        task="polarity",
        split="validation",
        status="scored",
        key="key-0",
        score=score,
        scores=(score, *slices),
        ledger=Ledger(total=4, scored=4, errored=0, skipped=0),
        seconds=0.5,
        alarms=alarms,
    )


def _records(text: str) -> list[Record]:
    answers = ("positive", "negative", "positive", "negative")
    return [
        Record(
            id=f"polarity/{row}",
            target=target,
            output=output,
            scores=(0.2, 0.8) if output == "positive" else (0.6, 0.4),
            slices={"length": "short" if row < 2 else "long"},
            extra={"inputs": {"text": f"{text} {row}"}},
        )
        for row, (target, output) in enumerate(zip(answers, (*answers[:3], "positive"), strict=True))
    ]


def make_reader(found: Mapping[str, Sequence[Record]]) -> Callable[[str], Sequence[Record]]:
    """A function from a cell key to its records, which raises StoreError for a key that is not there."""

    def read(key: str) -> Sequence[Record]:
        if key not in found:
            raise StoreError(f"no records of {key} in this store")
        return found[key]

    return read
