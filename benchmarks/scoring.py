"""How long scores with 10,000 bootstrap resamples take: `python benchmarks/scoring.py [--repeats 7] [--rows 9815]`."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy

from benchwright import registry
from benchwright.answer_text import normalise
from benchwright.metrics.columns import Columns
from benchwright.metrics.metric import Metric
from benchwright.score import score_columns, score_labels
from benchwright.types import ClassificationTask, Label, RegressionTask, SpanTask, TaggingTask

RESAMPLES = 10_000
CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",)}
COUNTS = (
    "accuracy precision recall f1 macro_f1 micro_f1 macro_precision macro_recall micro_precision micro_recall "
    "balanced_accuracy mcc"
)
ENTITIES = "entity_f1 entity_precision entity_recall strict_entity_f1 boundary_f1 type_accuracy token_accuracy"
OF_TYPES = "entity_f1 entity_precision entity_recall strict_entity_f1"


@dataclass(frozen=True)
class Case:
    """Answers, the metrics they are scored by, and those that are also given for every label or type."""

    columns: Columns
    metrics: list[Metric]
    by_label: list[Metric]

    @staticmethod
    def of(columns: Columns, metrics: str, by_label: str = "") -> Case:
        first, second = ([registry.get("metrics", name) for name in names.split()] for names in (metrics, by_label))
        return Case(columns, first, second)

    def score(self) -> None:
        fresh = self.columns.select(range(self.columns.n))
        score_columns(fresh, self.metrics, resamples=RESAMPLES)
        score_labels(fresh, self.by_label, resamples=RESAMPLES)


def numbered(names: Sequence[str]) -> tuple[Label, ...]:
    return tuple(Label(name=name, id=number) for number, name in enumerate(names))


def classify(rows: int, labels: int, clusters: int = 0) -> Columns:
    """Answers that are right 9 times in 10; clusters of sizes that differ, as those of questions asked again do."""
    rng = np.random.default_rng(0)
    names = np.array(["a", "b", "c"])[:labels]
    gold = rng.integers(0, labels, rows)
    predicted = np.where(rng.random(rows) < 0.85, gold, rng.integers(0, labels, rows))
    scores = rng.random((rows, labels)) + np.eye(labels)[predicted]
    task = ClassificationTask(
        metrics=("accuracy", "f1"),
        score=("accuracy", "f1"),
        labels=numbered(names.tolist()),
        positive="b",
        **CARD,
    )
    shared = rng.integers(0, clusters, rows).astype(str).tolist() if clusters else []
    return Columns(task, names[gold].tolist(), names[predicted].tolist(), scores, shared)


def regress(rows: int) -> Columns:
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 26, rows) / 5
    task = RegressionTask(metrics=("pearson", "spearman"), score=("pearson", "spearman"), **CARD)
    return Columns(task, gold.tolist(), np.clip(gold + rng.normal(size=rows), 0, 5).tolist())


def tagged(sentences: int, documents: int) -> Columns:
    """Sentences of 4 to 24 words with entities of four types; 5 words in 100 have a tag by chance."""
    rng = np.random.default_rng(0)
    types = ("PER", "ORG", "LOC", "MISC")
    labels = ("O", *(f"{prefix}-{name}" for name in types for prefix in "BI"))
    gold, said = [], []
    for _ in range(sentences):
        tags: list[str] = []
        size = int(rng.integers(4, 25))
        while len(tags) < size:
            name = types[rng.integers(len(types))]
            tags += ["O"] * int(rng.integers(0, 6)) + [f"B-{name}"] + [f"I-{name}"] * int(rng.integers(0, 3))
        gold.append(tuple(tags[:size]))
        said.append(tuple(tag if rng.random() < 0.95 else labels[rng.integers(len(labels))] for tag in gold[-1]))
    task = TaggingTask(metrics=("entity_f1",), labels=numbered(labels), **CARD)
    return Columns(task, gold, said, None, rng.integers(0, documents, sentences).astype(str).tolist())


def found(questions: int, paragraphs: int) -> Columns:
    """Answers of one to four words, 7 in 10 right, with two to four gold answers each."""
    rng = np.random.default_rng(0)

    def answer() -> str:
        return " ".join(f"w{number}" for number in rng.integers(0, 300, rng.integers(1, 5)))

    gold = [[answer()] * int(rng.integers(1, 3)) + [answer(), answer()] for _ in range(questions)]
    said = [texts[0] if rng.random() < 0.7 else f"{texts[0]} {answer()}" for texts in gold]
    task = SpanTask(metrics=("exact_match",), score=("exact_match", "answer_f1"), **CARD)
    targets = [{"text": texts, "answer_start": [0] * len(texts)} for texts in gold]
    return Columns(task, targets, said, None, rng.integers(0, paragraphs, questions).astype(str).tolist())


def cases(rows: int) -> dict[str, Case]:
    alone, numbers, two = classify(rows, 3), regress(rows), classify(rows, 2)
    return {
        "MNLI-sized, metrics of counts, by label": Case.of(alone, COUNTS, "precision recall f1"),
        "the same, 3,334 premises": Case.of(classify(rows, 3, rows * 3334 // 9815), COUNTS, "precision recall f1"),
        "MNLI-sized, pearson + spearman + score": Case.of(numbers, "pearson spearman"),
        "MNLI-sized, roc_auc": Case.of(two, "roc_auc"),
        "MNLI-sized, average_precision": Case.of(two, "average_precision"),
        "QQP-sized, metrics of counts, by label": Case.of(classify(40_430, 2), COUNTS, "precision recall f1"),
        "the same, 30,000 clusters": Case.of(classify(40_430, 2, 30_000), COUNTS, "precision recall f1"),
        "CoNLL-sized, entity metrics": Case.of(replace(tagged(3453, 231), clusters=[]), ENTITIES),
        "the same, by type": Case.of(replace(tagged(3453, 231), clusters=[]), ENTITIES, OF_TYPES),
        "the same, 231 documents": Case.of(tagged(3453, 231), ENTITIES, OF_TYPES),
        "SQuAD-sized, exact match + F1 + score": Case.of(
            replace(found(10_570, 2067), clusters=[]), "exact_match answer_f1"
        ),
        "the same, 2,067 paragraphs": Case.of(found(10_570, 2067), "exact_match answer_f1"),
    }


def measure(rows: int, repeats: int) -> list[dict[str, object]]:
    """Repeats go round all cases, so that a busy minute of the machine does not fall on one of them."""
    todo = cases(rows)
    seconds: dict[str, list[float]] = {name: [] for name in todo}
    processor: dict[str, list[float]] = {name: [] for name in todo}
    for turn in range(repeats + 1):
        for name, case in todo.items():
            normalise.cache_clear()
            start, worked = time.perf_counter(), time.process_time()
            case.score()
            if turn:  # the first round warms caches up
                seconds[name].append(time.perf_counter() - start)
                processor[name].append(time.process_time() - worked)
    return [
        {
            "what": name,
            "n": todo[name].columns.n,
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
