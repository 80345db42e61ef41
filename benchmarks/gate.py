"""How long a gate takes: `python benchmarks/gate.py [--rows 1000] [--rules 40] [--tasks 20] [--repeats 3]`."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import tempfile
import time
from pathlib import Path

import numpy as np

from benchwright.gate_run import gate
from benchwright.store import Store
from benchwright.testing.write_run import write_run
from benchwright.types import ClassificationTask, Label, Record, Source, Task

LABELS = ("negative", "positive")
METRICS = (("accuracy",), ("mcc",), ("accuracy", "f1"), ("macro_f1",))


def card(number: int) -> Task:
    metrics = METRICS[number % len(METRICS)]
    return ClassificationTask(
        name=f"t{number}",
        splits={"validation": Source()},
        default_split="validation",
        inputs={"text": ("text",)},
        target=("label",),
        labels=tuple(Label(name=name, id=at) for at, name in enumerate(LABELS)),
        positive="positive",
        metrics=metrics,
        score=metrics,
    )


def records(rows: int, number: int, skill: float, seed: int) -> list[Record]:
    """Answers of one model; gold depends on the task alone, and every fourth task has clusters of three."""
    gold = np.random.default_rng(number).integers(0, 2, rows)
    rng = np.random.default_rng([number, seed])
    answer = np.where(rng.random(rows) < skill, gold, 1 - gold)
    return [
        Record(
            id=f"t{number}/{row}",
            target=LABELS[gold[row]],
            output=LABELS[answer[row]],
            scores=(0.3, 0.7),
            cluster=f"c{row // 3}" if number % 4 == 3 else None,
            slices={"lang": ("en", "de", "fr")[row % 3]},
        )
        for row in range(rows)
    ]


def rules(count: int, tasks: int) -> dict[str, object]:
    """Rules of every measured kind, each on one task; a third of them on the anchor."""
    kinds = (
        "noninferiority",
        "equivalence",
        "superiority",
        "retained",
        "absolute",
        "delta",
        "slices",
        "noninferiority",
    )
    table = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        rule: dict[str, object] = {"id": f"r{number}", "kind": kind, "task": f"synthetic/t{number % tasks}"}
        rule |= (
            {"min": 0.97}
            if kind == "retained"
            else {"min": 0.5, "use": "lower"}
            if kind == "absolute"
            else {"margin": 0.02}
        )
        if kind in ("noninferiority", "equivalence") and number % 3 == 0:
            rule["against"] = "anchor"
        table.append(rule)
    table[0]["against"] = "anchor"
    return {"baseline": {"name": "base:model", "anchor": "old:model"}, "rule": table}


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, value in (("rows", 1000), ("rules", 40), ("tasks", 20), ("repeats", 3)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--write", action="store_true", help="keep the result in benchmarks/results")
    asked = parser.parse_args()
    seconds, cpu = [], []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        cards = {f"synthetic/t{number}": card(number) for number in range(asked.tasks)}
        for seed, (name, skill) in enumerate((("base", 0.9), ("old", 0.89), ("new", 0.9))):
            answers = {path: records(asked.rows, at, skill, seed) for at, path in enumerate(cards)}
            write_run(store, name, {"model": answers}, cards)
        for _ in range(asked.repeats):
            start, used = time.perf_counter(), time.process_time()
            result = gate(rules(asked.rules, asked.tasks), "new:model", store=store)
            seconds.append(time.perf_counter() - start)
            cpu.append(time.process_time() - used)
    found = {
        "what": f"gate of {asked.rules} rules over {asked.tasks} tasks of {asked.rows} items, 10,000 resamples",
        "seconds": {"median": round(float(np.median(seconds)), 3), "all": [round(s, 3) for s in seconds]},
        "cpu_seconds": round(float(np.median(cpu)), 3),
        "verdicts": {str(v): result.count(v) for v in dict.fromkeys(f.verdict for f in result.findings)},
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "load": round(os.getloadavg()[0], 1),
    }
    text = json.dumps(found, indent=1)
    print(text)
    if asked.write:
        path = Path(__file__).parent / "results" / f"{found['date']}-gate.json"
        path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
