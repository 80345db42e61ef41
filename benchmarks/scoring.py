"""How long scores with 10,000 bootstrap resamples take: `python benchmarks/scoring.py [--repeats 7] [--rows 9815]`."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import time
from pathlib import Path

import numpy as np
import scipy

from benchwright.metrics.classification import accuracy, f1, macro_f1, mcc
from benchwright.metrics.columns import Columns, Metric
from benchwright.metrics.ranking import average_precision, roc_auc
from benchwright.metrics.regression import pearson, spearman
from benchwright.score import score_columns
from benchwright.types import Kind, Label, Task

RESAMPLES = 10_000
CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",)}


def classify(rows: int, labels: int, clusters: int = 0) -> Columns:
    rng = np.random.default_rng(0)
    names = np.array(["a", "b", "c"])[:labels]
    gold = rng.integers(0, labels, rows)
    predicted = np.where(rng.random(rows) < 0.85, gold, rng.integers(0, labels, rows))
    scores = rng.random((rows, labels)) + np.eye(labels)[predicted]
    task = Task(
        kind=Kind.CLASSIFY,
        metrics=("accuracy", "f1"),
        score=("accuracy", "f1"),
        labels=tuple(Label(name=str(name), id=number) for number, name in enumerate(names)),
        positive="b",
        **CARD,
    )
    shared = (np.arange(rows) % clusters).astype(str).tolist() if clusters else []
    return Columns(task, names[gold].tolist(), names[predicted].tolist(), scores, shared)


def regress(rows: int) -> Columns:
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 26, rows) / 5
    task = Task(kind=Kind.REGRESS, metrics=("pearson", "spearman"), score=("pearson", "spearman"), **CARD)
    return Columns(task, gold.tolist(), np.clip(gold + rng.normal(size=rows), 0, 5).tolist())


def cases(rows: int) -> dict[str, tuple[Columns, list[Metric]]]:
    two, three, numbers = classify(rows, 2), classify(rows, 3), regress(rows)
    shared = classify(rows, 3, clusters=rows // 3)
    return {
        "accuracy + f1 + mcc + score": (two, [accuracy, f1, mcc]),
        "accuracy + macro_f1 + mcc + score, 3 labels": (three, [accuracy, f1, macro_f1, mcc]),
        "the same, clusters of 3": (shared, [accuracy, f1, macro_f1, mcc]),
        "pearson": (numbers, [pearson]),
        "spearman": (numbers, [spearman]),
        "pearson + spearman + score": (numbers, [pearson, spearman]),
        "roc_auc": (two, [roc_auc]),
        "average_precision": (two, [average_precision]),
    }


def measure(rows: int, repeats: int) -> list[dict[str, object]]:
    """Repeats go round all cases, so that a busy minute of the machine does not fall on one of them."""
    todo = cases(rows)
    seconds: dict[str, list[float]] = {name: [] for name in todo}
    processor: dict[str, list[float]] = {name: [] for name in todo}
    for turn in range(repeats + 1):
        for name, (columns, metrics) in todo.items():
            fresh = columns.select(range(columns.n))
            start, worked = time.perf_counter(), time.process_time()
            score_columns(fresh, metrics, resamples=RESAMPLES)
            if turn:  # the first round warms caches up
                seconds[name].append(time.perf_counter() - start)
                processor[name].append(time.process_time() - worked)
    return [
        {
            "what": name,
            "n": rows,
            "resamples": RESAMPLES,
            "median_s": round(statistics.median(times), 4),
            "min_s": round(min(times), 4),
            "cpu_s": round(statistics.median(processor[name]), 4),
            "runs": repeats,
        }
        for name, times in seconds.items()
    ]


def machine() -> dict[str, object]:
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "load_1min": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--rows", type=int, default=9815)
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    facts, rows = machine(), measure(options.rows, options.repeats)
    print(f"{'what':46s} {'n':>7s} {'median s':>9s} {'min s':>7s} {'cpu s':>7s}")
    for row in rows:
        print(f"{row['what']:46s} {row['n']:7d} {row['median_s']:9.3f} {row['min_s']:7.3f} {row['cpu_s']:7.3f}")
    date = dt.datetime.now(tz=dt.UTC).date().isoformat()
    path = options.results / f"{date}-scoring.json"
    path.write_text(json.dumps({"machine": facts, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    print(f"written to {path.name}")


if __name__ == "__main__":
    main()
