"""How long paired statistics take: `python benchmarks/decisions.py [--repeats 7] [--rows 9815]`; writes benchmarks/results."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scoring import RESAMPLES, classify, machine

from benchwright.metrics.classification import confusion, macro_f1, mcc
from benchwright.metrics.columns import Columns
from benchwright.metrics.resample import resample
from benchwright.stats.paired import tango
from benchwright.stats.power import items_needed
from benchwright.stats.randomisation import permutation_tests
from benchwright.stats.seeds import two_level_difference
from benchwright.stats.selection import expected_optimism, non_dominated


def pair(rows: int) -> tuple[Columns, Columns]:
    """Two models with three labels that disagree on 5 % of the items."""
    first = classify(rows, 3)
    rng = np.random.default_rng(1)
    changed, other = rng.random(rows) < 0.07, np.array(["a", "b", "c"])[rng.integers(0, 3, rows)]
    outputs = np.where(changed, other, first.outputs).tolist()
    return first, Columns(first.task, first.targets, outputs)


def paired_draws(first: Columns, second: Columns) -> None:
    fresh = [columns.select(range(columns.n)) for columns in (first, second)]
    resample(fresh, [macro_f1, mcc], resamples=RESAMPLES)


def swaps(first: Columns, second: Columns) -> None:
    sides = []
    for columns in (first, second):
        rows = columns.select(range(columns.n)).rows(confusion)
        sides.append(rows.values[rows.codes])
    computes = [lambda sums, metric=metric: metric.compute(sums, first.task) for metric in (macro_f1, mcc)]
    permutation_tests(*sides, computes)


def cases(rows: int) -> dict[str, Callable[[], object]]:
    first, second = pair(rows)
    rng = np.random.default_rng(0)
    draws, tables = rng.normal(size=(50, RESAMPLES)), rng.random((RESAMPLES, 50, 4))
    differences = rng.normal(size=(rows, 1))
    values = np.sort(rng.normal(size=50))
    return {
        "paired draws of macro-F1 and MCC": lambda: paired_draws(first, second),
        "randomisation of macro-F1 and MCC": lambda: swaps(first, second),
        "randomisation of a mean, all rows different": lambda: permutation_tests(
            np.zeros_like(differences), differences, [lambda sums: sums[:, 0]]
        ),
        "Pareto fronts of 50 options, 4 goals, all draws": lambda: non_dominated(tables),
        "expected optimism of 50 models": lambda: expected_optimism(draws, values),
        "two-level difference, 5 and 5 seeds": lambda: two_level_difference(
            values[:5], draws[:5], values[5:10], draws[5:10], rows
        ),
        "1,000 Tango intervals": lambda: [tango(b, 40, rows) for b in range(1000)],
        "100 sample sizes with exact power": lambda: [
            items_needed(0.08, margin / 10_000) for margin in range(100, 200)
        ],
    }


def measure(rows: int, repeats: int) -> list[dict[str, object]]:
    """Repeats go round all cases, so that a busy minute of the machine does not fall on one of them."""
    todo = cases(rows)
    seconds: dict[str, list[float]] = {name: [] for name in todo}
    processor: dict[str, list[float]] = {name: [] for name in todo}
    for turn in range(repeats + 1):
        for name, work in todo.items():
            start, worked = time.perf_counter(), time.process_time()
            work()
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--rows", type=int, default=9815)
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    facts, rows = machine(), measure(options.rows, options.repeats)
    print(f"{'what':50s} {'n':>7s} {'median s':>9s} {'min s':>7s} {'cpu s':>7s}")
    for row in rows:
        print(f"{row['what']:50s} {row['n']:7d} {row['median_s']:9.3f} {row['min_s']:7.3f} {row['cpu_s']:7.3f}")
    date = dt.datetime.now(tz=dt.UTC).date().isoformat()
    path = options.results / f"{date}-decisions.json"
    path.write_text(json.dumps({"machine": facts, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    print(f"written to {path.name}")


if __name__ == "__main__":
    main()
