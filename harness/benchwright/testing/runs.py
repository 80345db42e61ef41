"""Written runs for reports to render: none, empty, errors only, one result, and texts that hold HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchwright.alarm import alarm
from benchwright.errors import StoreError
from benchwright.testing.fixtures import SUITE, make_suite
from benchwright.types import (
    RESULTS,
    Alarm,
    CellResult,
    Ledger,
    ModelRef,
    Record,
    Run,
    RunSpec,
    Score,
)

HOSTILE = "<b onmouseover=alert(1)>bold</b>"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a report is given."""

    runs: tuple[Run, ...]
    records: Callable[[str], Sequence[Record]]


def _none() -> Sample:
    return Sample(runs=(), records=_reader({}))


def _empty() -> Sample:
    return Sample(runs=(_run(()),), records=_reader({}))


def _errors_only() -> Sample:
    cells = (
        _absent("failed", "3 examples failed: the input holds no text"),
        _absent("missing", "no file of it is in the data folder"),
        _absent("refused", "it has the wrong head"),
    )
    return Sample(runs=(_run(cells),), records=_reader({}))


def _one_result() -> Sample:
    return Sample(runs=(_run((_scored(),)),), records=_reader({"key-0": _records("a plain text")}))


def _hostile() -> Sample:
    text = f"<script>alert(1)</script> & {HOSTILE} \"quoted\" 'too'"
    cell = _scored(alarms=(alarm("written", text),))
    cells = (cell, _absent("failed", text))
    return Sample(runs=(_run(cells, name="hostile"),), records=_reader({"key-0": _records(text)}))


SAMPLES: Mapping[str, Callable[[], Sample]] = {
    "no run": _none,
    "a run without cells": _empty,
    "errors only": _errors_only,
    "one result": _one_result,
    "text that holds HTML": _hostile,
}


def _run(cells: tuple[CellResult, ...], *, name: str = "written") -> Run:
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
        tasks={f"{SUITE}/{task.name}": task for task in make_suite().tasks},
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
    slices = (Score(metric="accuracy@1", value=1.0, low=0.34, high=1.0, n=2, group="length=short"),)
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
            groups={"length": "short" if row < 2 else "long"},
            extra={"inputs": {"text": f"{text} {row}"}},
        )
        for row, (target, output) in enumerate(zip(answers, (*answers[:3], "positive"), strict=True))
    ]


def _reader(found: Mapping[str, Sequence[Record]]) -> Callable[[str], Sequence[Record]]:
    def read(key: str) -> Sequence[Record]:
        if key not in found:
            raise StoreError(f"no records of {key} in this store")
        return found[key]

    return read
