"""Which bootstrap interval covers best: prints the second table of ``docs/design/intervals.md`` (about five minutes).

``python tests/stats/compare_methods.py`` draws samples from the populations of ``test_coverage.py`` and compares the
percentile, expanded percentile and BCa intervals, and Wilson's through the share behind F1, on the same draws.
"""

import zlib

import numpy as np
from test_coverage import CARD, CELLS, NAMES, PAIRS

from benchwright.metrics import classification, regression
from benchwright.metrics.columns import Columns
from benchwright.metrics.resample import leave_out, resample
from benchwright.stats.bootstrap import ClusterRows, draw_sums
from benchwright.stats.intervals import bca, expanded, percentile, wilson
from benchwright.types import ClassificationTask, Label, RegressionTask


def intervals(draws, value, left_out, counts, n):
    draws = draws[np.isfinite(draws)]
    return {
        "percentile": percentile(draws),
        "expanded": expanded(draws, n),
        "bca": bca(draws, value, left_out, counts),
    }


def of_cells(name, n, repeats, resamples=2000):
    metric_name, chances = CELLS[name]
    metric, size = getattr(classification, metric_name), len(chances)
    labels = tuple(Label(name=str(label), id=number) for number, label in enumerate(NAMES[:size]))
    task = ClassificationTask(metrics=(metric_name,), labels=labels, positive="b", **CARD)
    every = [str(label) for label in NAMES[:size]]
    cells = classification.confusion(Columns(task, np.repeat(every, size).tolist(), every * size)).values
    rng, found = np.random.default_rng(zlib.crc32(f"{name} {n}".encode())), []
    for repeat in range(repeats):
        counts = rng.multinomial(n, np.ravel(chances))
        rows = ClusterRows(values=cells[counts > 0], counts=counts[counts > 0])
        draws = metric.compute(draw_sums(rows, resamples=resamples, seed=(repeat,)), task)
        value, left_out = float(metric.compute(rows.sums, task)), metric.compute(rows.sums - rows.values, task)
        if np.ptp(draws) < 1e-12:
            continue
        row = intervals(draws, value, left_out, rows.counts, n)
        if metric.link is not None:
            row["wilson"] = tuple(metric.link(end) for end in wilson(*map(float, metric.share(rows.sums, task))))
        found.append(row)
    show(name, n, found, float(metric.compute(np.ravel(chances) @ cells, task)), repeats)


def of_pairs(name, n, repeats, resamples=1000):
    from scipy.stats import pearsonr, spearmanr

    rng = np.random.default_rng(zlib.crc32(f"{name} {n}".encode()))
    x, y = PAIRS[name](rng, 1_000_000)
    truths = [float(pearsonr(x, y).statistic), float(spearmanr(x, y).statistic)]
    task = RegressionTask(metrics=("pearson",), **CARD)
    metrics, found = [regression.pearson, regression.spearman], ([], [], [])
    for repeat in range(repeats):
        table = Columns(task, *(side.tolist() for side in PAIRS[name](rng, n)))
        draws = resample([table], metrics, resamples=resamples, seed=(repeat,))[0]
        left = leave_out(table, metrics)
        values = [metric.value(table) for metric in metrics]
        for place in (0, 1):
            found[place].append(intervals(draws[place], values[place], left.values[place], left.counts, n))
        found[2].append(intervals(draws.mean(axis=0), sum(values) / 2, left.values.mean(axis=0), left.counts, n))
    for what, rows, truth in zip(("pearson", "spearman", "mean"), found, [*truths, sum(truths) / 2], strict=True):
        show(f"{what}, {name}", n, rows, truth, repeats)


def show(name, n, found, truth, repeats):
    shares = []
    for method in ("percentile", "expanded", "bca", "wilson"):
        holds = [row[method][0] - 1e-12 <= truth <= row[method][1] + 1e-12 for row in found if method in row]
        shares.append(f"{100 * np.mean(holds):.1f}" if holds else "")
    print(f"| {name} | {n:,} | {' | '.join(shares)} | {100 * (1 - len(found) / repeats):.1f} |", flush=True)


if __name__ == "__main__":
    print("| population | n | percentile | expanded | BCa | Wilson | no spread |\n|---|---:|---:|---:|---:|---:|---:|")
    for population in CELLS:
        for size in (50, 200, 1000, 5000):
            of_cells(population, size, 2000 if size < 5000 else 1000)
    for population in PAIRS:
        for size, times in ((50, 2000), (200, 1000), (1000, 500), (5000, 200)):
            of_pairs(population, size, times)
