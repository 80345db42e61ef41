"""How long a comparison takes: `python benchmarks/compare.py [--models 10] [--tasks 20] [--repeats 3] [--write]`."""

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

from benchwright.comparison.compare import compare
from benchwright.store import Store
from benchwright.testing.write_run import write_run
from benchwright.types import ClassificationTask, Label, Record, Source, Task

LABELS = ("entailment", "neutral", "contradiction")
METRICS = (("accuracy",), ("mcc", "accuracy"), ("accuracy", "f1"), ("macro_f1", "accuracy"))
ROWS = (277, 408, 872, 1_043, 1_500, 5_463, 2_000, 3_250, 1_000, 9_815)
"""Rows of the tasks, in turn: those of common development sets, 2,563 on average."""


def card(number: int) -> Task:
    """A task of two labels, every fifth of three."""
    metrics = METRICS[number % len(METRICS)]
    labels = LABELS[: 3 if number % 5 == 4 else 2]
    return ClassificationTask(
        name=f"t{number}",
        splits={"validation": Source()},
        default_split="validation",
        inputs={"text": ("text",)},
        target=("label",),
        labels=tuple(Label(name=name, id=at) for at, name in enumerate(labels)),
        positive=LABELS[0],
        metrics=metrics,
        score=metrics if number % 2 else (),
    )


def records(task: Task, number: int, skill: float, seed: int) -> list[Record]:
    """Answers of one model; gold depends on the task alone, and every fourth task has clusters of three."""
    rows, labels = ROWS[number % len(ROWS)], task.label_names
    gold = np.random.default_rng(number).integers(0, len(labels), rows)
    rng = np.random.default_rng([number, seed])
    answer = np.where(rng.random(rows) < skill, gold, rng.integers(0, len(labels), rows))
    scores = (0.3, 0.7) if len(labels) == 2 else (0.2, 0.3, 0.5)
    return [
        Record(
            id=f"{task.name}/{row}",
            target=labels[gold[row]],
            output=labels[answer[row]],
            scores=scores,
            cluster=f"c{row // 3}" if number % 4 == 3 else None,
        )
        for row in range(rows)
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, value in (("models", 10), ("tasks", 20), ("repeats", 3)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--keep", metavar="DIR", help="where the store is made, and found again")
    parser.add_argument("--write", action="store_true", help="keep the result in benchmarks/results")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(asked.keep or folder)
        if not store.has_run("many"):
            fill(store, asked.models, asked.tasks)
        seconds, cpu = [], []
        for _ in range(asked.repeats):
            start, used = time.perf_counter(), time.process_time()
            found = compare("many", store=store)
            seconds.append(time.perf_counter() - start)
            cpu.append(time.process_time() - used)
    told = {
        "what": f"compare of {asked.models} models on {asked.tasks} tasks, {sum(task.n for task in found.tasks):,} items "
        f"each, {found.family} differences, ranks of every task; 10,000 resamples",
        "seconds": {"median": round(float(np.median(seconds)), 3), "all": [round(s, 3) for s in seconds]},
        "cpu_seconds": round(float(np.median(cpu)), 3),
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "load": round(os.getloadavg()[0], 1),
    }
    text = json.dumps(told, indent=1)
    print(text)
    if asked.write:
        path = Path(__file__).parent / "results" / f"{told['date']}-compare.json"
        path.write_text(text + "\n", encoding="utf-8")


def fill(store: Store, models: int, tasks: int) -> None:
    """A run of models of rising skill."""
    cards = {f"synthetic/t{number}": card(number) for number in range(tasks)}
    answers = {
        f"m{model}": {path: records(cards[path], at, 0.7 + 0.02 * model, model) for at, path in enumerate(cards)}
        for model in range(models)
    }
    write_run(store, "many", answers, cards)


if __name__ == "__main__":
    main()
