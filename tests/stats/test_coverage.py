"""How often intervals hold the truth, measured on populations whose truth is known.

``python tests/stats/test_coverage.py`` prints the table of ``docs/design/intervals.md`` (about ten minutes).
"""

import zlib

import numpy as np
import pytest

from benchwright.metrics import classification, ranking, regression
from benchwright.metrics.columns import Columns
from benchwright.score import score_columns
from benchwright.types import ClassificationTask, Label, RegressionTask

NAMES = np.array(["a", "b", "c"])
CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",)}
CELLS = {
    "f1 0.91, 68 % positive": ("f1", [[0.22, 0.10], [0.03, 0.65]]),
    "f1 0.70, 10 % positive": ("f1", [[0.87, 0.03], [0.03, 0.07]]),
    "f1 0.99, 37 % positive": ("f1", [[0.625, 0.005], [0.005, 0.365]]),
    "mcc 0.59": ("mcc", [[0.19, 0.12], [0.05, 0.64]]),
    "mcc 0.95": ("mcc", [[0.49, 0.01], [0.015, 0.485]]),
    "macro_f1 0.85, balanced": ("macro_f1", [[0.283, 0.03, 0.02], [0.03, 0.283, 0.02], [0.02, 0.03, 0.284]]),
    "macro_f1 0.83, 41/50/9 %": ("macro_f1", [[0.37, 0.03, 0.01], [0.02, 0.46, 0.02], [0.02, 0.02, 0.05]]),
}


def normal(rho):
    def draw(rng, n):
        x = rng.normal(size=n)
        return x, rho * x + (1 - rho * rho) ** 0.5 * rng.normal(size=n)

    return draw


def similarity(rng, n):
    """Like STS-B: gold in steps of 0.2 from 0 to 5, predictions clipped, one in ten far off."""
    x = rng.beta(0.9, 0.9, n) * 5
    return np.round(x * 5) / 5, np.clip(x + rng.normal(size=n) * np.where(rng.random(n) < 0.1, 1.6, 0.5), 0, 5)


PAIRS = {"normal 0.85": normal(0.85), "normal 0.30": normal(0.3), "STS-B-like 0.92": similarity}


def classify(gold, predicted, metric, size, **more):
    labels = tuple(Label(name=str(name), id=number) for number, name in enumerate(NAMES[:size]))
    task = ClassificationTask(metrics=(metric,), labels=labels, positive="b", **CARD)
    return Columns(task, NAMES[gold].tolist(), NAMES[predicted].tolist(), **more)


def covered(scores, truth):
    """Shares of intervals that hold the truth, lie above it, have no ends."""
    known = [score for score in scores if score.low is not None]
    holds = sum(score.low <= truth <= score.high for score in known) / len(known)
    above = sum(truth < score.low for score in known) / len(known)
    return holds, above, 1 - len(known) / len(scores)


def cover_cells(name, n, repeats, resamples=2000):
    """Coverage of a metric of counts on one population of confusion cells."""
    metric_name, chances = CELLS[name]
    metric, size = getattr(classification, metric_name), len(chances)
    every = np.arange(size * size)
    whole = classify(every // size, every % size, metric_name, size)
    truth = float(metric.compute(np.ravel(chances) @ whole.rows(classification.confusion).values, whole.task))
    rng, scores = np.random.default_rng(zlib.crc32(f"{name} {n}".encode())), []
    for repeat in range(repeats):
        cells = rng.choice(size * size, n, p=np.ravel(chances))
        table = classify(cells // size, cells % size, metric_name, size)
        scores.append(score_columns(table, [metric], resamples=resamples, seed=repeat)[0])
    return covered(scores, truth)


def cover_pairs(name, n, repeats, resamples=1000):
    """Coverage of Pearson, Spearman and their mean on one population of pairs."""
    from scipy.stats import pearsonr, spearmanr

    rng = np.random.default_rng(zlib.crc32(f"{name} {n}".encode()))
    x, y = PAIRS[name](rng, 1_000_000)
    truths = [float(pearsonr(x, y).statistic), float(spearmanr(x, y).statistic)]
    both = ("pearson", "spearman")
    task = RegressionTask(metrics=both, score=both, **CARD)
    metrics = [regression.pearson, regression.spearman]
    found = []
    for repeat in range(repeats):
        table = Columns(task, *(side.tolist() for side in PAIRS[name](rng, n)))
        found.append(score_columns(table, metrics, resamples=resamples, seed=repeat))
    columns = zip(*found, strict=True)
    return [covered(scores, truth) for scores, truth in zip(columns, [*truths, sum(truths) / 2], strict=True)]


def cover_clusters(metric_name, repeats, clusters=60, each=12, resamples=1000):
    """Coverage where items of a cluster agree (intra-cluster correlation of hits about 0.1)."""
    metric = getattr(classification, metric_name)
    rng, scores = np.random.default_rng(11), []
    cluster = np.repeat(np.arange(clusters), each)
    for repeat in range(repeats):
        gold = rng.integers(0, 2, clusters * each)
        right = rng.random(clusters * each) < rng.beta(8 * 0.9, 2 * 0.9, clusters)[cluster]
        table = classify(gold, np.where(right, gold, 1 - gold), metric_name, 2, clusters=cluster.astype(str).tolist())
        scores.append(score_columns(table, [metric], resamples=resamples, seed=repeat)[0])
    return covered(scores, 0.8 if metric_name in ("accuracy", "f1") else 0.6)


def cover_areas(n, repeats, resamples=1000):
    """Coverage of the area under the ROC curve for two normal score distributions."""
    from scipy.stats import norm

    rng, scores = np.random.default_rng(12), []
    for repeat in range(repeats):
        gold = (rng.random(n) < 0.4).astype(int)
        s = rng.normal(size=n) + 1.2 * gold
        table = classify(gold, gold, "roc_auc", 2, scores=np.stack([-s, s], axis=1))
        scores.append(score_columns(table, [ranking.roc_auc], resamples=resamples, seed=repeat)[0])
    return covered(scores, norm.cdf(1.2 / 2**0.5))


@pytest.mark.parametrize("n", [50, 200, 1000, 5000])
@pytest.mark.parametrize("name", ["f1 0.91, 68 % positive", "f1 0.99, 37 % positive", "mcc 0.59", "mcc 0.95"])
def test_counts_are_covered(name, n):
    """F1 and MCC intervals hold the truth in about 95 % of samples, also where nearly all is right."""
    holds, _, none = cover_cells(name, n, repeats=200 if n < 5000 else 100, resamples=1000)

    assert holds >= 0.90
    assert none == 0


@pytest.mark.parametrize(
    ("name", "n", "repeats"),
    [("normal 0.85", 50, 150), ("normal 0.30", 200, 150), ("normal 0.85", 1000, 100), ("normal 0.85", 5000, 80)],
)
def test_correlations_are_covered(name, n, repeats):
    """Pearson, Spearman and their mean hold the truth in about 95 % of samples."""
    assert min(holds for holds, _, _ in cover_pairs(name, n, repeats, resamples=400)) >= 0.88


@pytest.mark.parametrize("metric", ["accuracy", "f1", "mcc"])
def test_clustered_scores_are_covered(metric):
    """With twelve items a cluster, intervals over clusters keep their promise."""
    assert cover_clusters(metric, 150, resamples=600)[0] >= 0.89


def test_ignoring_clusters_would_not_cover():
    """The same samples without their clusters are covered clearly less often: clusters matter."""
    rng, inside = np.random.default_rng(11), 0
    cluster = np.repeat(np.arange(60), 12)
    for _ in range(300):
        gold = rng.integers(0, 2, 720)
        right = rng.random(720) < rng.beta(7.2, 1.8, 60)[cluster]
        score = score_columns(
            classify(gold, np.where(right, gold, 1 - gold), "accuracy", 2), [classification.accuracy], resamples=10
        )[0]
        inside += score.low <= 0.8 <= score.high

    assert inside / 300 < 0.87


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CELLS))
@pytest.mark.parametrize(("n", "least"), [(50, 0.90), (200, 0.93), (1000, 0.93)])
@pytest.mark.parametrize("repeats", [300, pytest.param(1000, marks=pytest.mark.soak)])
def test_every_population_is_covered(name, n, least, repeats):
    """All populations of the published table, with more repeats; of 300, one standard error (1.3 %) more may be missed."""
    slack = 0.013 if repeats < 1000 else 0.0
    assert cover_cells(name, n, repeats=repeats)[0] >= least - slack


def table():
    print("| population | n | covers | lies above the truth | no interval |\n|---|---:|---:|---:|---:|")
    for name in CELLS:
        for n in (50, 200, 1000, 5000):
            show(name, n, cover_cells(name, n, 2000 if n < 5000 else 1000))
    for name in PAIRS:
        for n, repeats in ((50, 2000), (200, 2000), (1000, 1000), (5000, 300)):
            for metric, row in zip(("pearson", "spearman", "their mean"), cover_pairs(name, n, repeats), strict=True):
                show(f"{metric}, {name}", n, row)
    for n, repeats in ((50, 1000), (200, 1000), (1000, 500)):
        show("roc_auc 0.80, 40 % positive", n, cover_areas(n, repeats))
    for metric in ("accuracy", "f1", "mcc"):
        show(f"{metric}, 60 clusters of 12", 720, cover_clusters(metric, 2000))


def show(name, n, row):
    holds, above, none = (f"{100 * share:.1f} %" for share in row)
    print(f"| {name} | {n:,} | {holds} | {above} | {none} |", flush=True)


if __name__ == "__main__":
    table()
