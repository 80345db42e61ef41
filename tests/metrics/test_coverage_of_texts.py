"""How often intervals of entity and answer scores hold the truth, on populations of sentences and questions.

``python tests/metrics/test_coverage_of_texts.py`` prints the rows of ``docs/design/intervals.md`` (about four minutes).
"""

import zlib
from functools import cache

import numpy as np
import pytest

from benchwright import registry
from benchwright.metrics.columns import Columns
from benchwright.score import score_columns
from benchwright.types import Label, SpanTask, TaggingTask

TYPES = ("PER", "LOC", "ORG")
NAMES = ("O", *(f"{prefix}-{name}" for name in TYPES for prefix in "BI"))
CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",)}
TAGS = TaggingTask(metrics=("entity_f1",), labels=tuple(Label(name=x, id=i) for i, x in enumerate(NAMES)), **CARD)
SPAN = SpanTask(metrics=("answer_f1",), **CARD)
EACH = 12
"""Sentences of a document, questions of a paragraph."""
GROUPS = 2000


@cache
def sentences(right):
    """Documents of twelve sentences that differ in how well they are tagged."""
    rng, gold, said = np.random.default_rng(1), [], []
    for skill in rng.beta(right * 12, (1 - right) * 12, GROUPS):
        for _ in range(EACH):
            tags = []
            while len(tags) < 10:
                name = TYPES[rng.integers(len(TYPES))]
                tags += ["O"] * int(rng.integers(1, 9)) + [f"B-{name}"] + [f"I-{name}"] * int(rng.integers(0, 2))
            gold.append(tuple(tags[:10]))
            said.append(tuple(tag if rng.random() < skill else NAMES[rng.integers(len(NAMES))] for tag in gold[-1]))
    return Columns(TAGS, gold, said, None, np.repeat(np.arange(GROUPS), EACH).astype(str).tolist())


@cache
def questions(right):
    """Paragraphs of twelve questions; of the answers that are not right half share words with gold."""
    rng, gold, said = np.random.default_rng(2), [], []
    for skill in rng.beta(right * 8, (1 - right) * 8, GROUPS):
        for _ in range(EACH):
            words = [f"w{number}" for number in rng.integers(0, 500, rng.integers(1, 6))]
            part = " ".join(words[: int(rng.integers(0, len(words) + 1))])
            gold.append({"text": [" ".join(words)], "answer_start": [0]})
            said.append(gold[-1]["text"][0] if rng.random() < skill else f"{part} x" if rng.random() < 0.5 else "x")
    return Columns(SPAN, gold, said, None, np.repeat(np.arange(GROUPS), EACH).astype(str).tolist())


POPULATIONS = {
    "entity_f1 0.60": (sentences, 0.85, "entity_f1"),
    "entity_f1 0.90": (sentences, 0.97, "entity_f1"),
    "type_accuracy 0.95": (sentences, 0.85, "type_accuracy"),
    "answer_f1 0.77": (questions, 0.70, "answer_f1"),
    "answer_f1 0.95": (questions, 0.94, "answer_f1"),
    "answer_f1 0.99": (questions, 0.988, "answer_f1"),
}


def cover(name, n, repeats, resamples, together=False):
    """Shares of intervals that hold the truth, lie above it, have no ends; items alone, or in whole groups."""
    make, right, metric_name = POPULATIONS[name]
    metric, pool = registry.get("metrics", metric_name), make(right)
    truth, rng = metric.value(pool), np.random.default_rng(zlib.crc32(f"{name} {n}".encode()))
    holds = above = none = 0
    for repeat in range(repeats):
        if together:
            drawn = rng.integers(0, GROUPS, n // EACH)
            table = pool.select((drawn[:, None] * EACH + np.arange(EACH)).reshape(-1).tolist())
            table.clusters[:] = np.repeat(np.arange(n // EACH), EACH).astype(str).tolist()
        else:
            table = pool.select(rng.integers(0, pool.n, n).tolist())
            table.clusters.clear()
        score = score_columns(table, [metric], resamples=resamples, seed=repeat)[0]
        if score.low is None:
            none += 1
            continue
        holds += score.low <= truth <= score.high
        above += truth < score.low
    return holds / (repeats - none), above / (repeats - none), none / repeats


def show(which, size, shares):
    print(f"| {which} | {size:,} | {' | '.join(f'{100 * share:.1f} %' for share in shares)} |", flush=True)


@pytest.mark.parametrize("name", ["entity_f1 0.60", "entity_f1 0.90", "answer_f1 0.77", "answer_f1 0.95"])
@pytest.mark.parametrize("together", [False, True])
def test_scores_are_covered(name, together):
    """Entity F1 and answer F1 hold the truth in about 95 % of samples, also where documents differ."""
    holds, _, none = cover(name, 240 if together else 120, 120, 300, together)

    assert holds >= 0.88
    assert none == 0


if __name__ == "__main__":
    for which in POPULATIONS:
        for size, times in ((50, 2000), (200, 1000), (1000, 400)):
            show(which, size, cover(which, size, times, 1000))
        show(f"{which}, 60 clusters of 12", 720, cover(which, 720, 500, 1000, together=True))
