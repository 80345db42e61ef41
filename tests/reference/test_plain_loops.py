"""Every metric equals a plain loop written from its definition, without numpy, and the bootstrap equals resampled items."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright import registry
from benchwright.metrics.columns import Columns
from benchwright.score import score_columns
from benchwright.testing.fixtures import build_task
from benchwright.types import Kind

LABELS = ("a", "b", "c")


def make_task(kind=Kind.CLASSIFY, labels=LABELS, metrics=("accuracy",), score=()):
    return build_task(kind=kind, metrics=metrics, score=score, labels=labels, positive=labels[-1] if labels else None)


def f1_of(label, gold, said):
    hit = sum(g == label and s == label for g, s in zip(gold, said, strict=True))
    wrong = sum(g != label and s == label for g, s in zip(gold, said, strict=True))
    lost = sum(g == label and s != label for g, s in zip(gold, said, strict=True))
    return 0.0 if hit + wrong + lost == 0 else 2 * hit / (2 * hit + wrong + lost)


def mcc_of(gold, said):
    """Gorodkin's R_K, from indicator covariances."""
    n = len(gold)

    def covariance(x, y):
        total = 0.0
        for label in LABELS:
            xs = [float(v == label) for v in x]
            ys = [float(v == label) for v in y]
            mx, my = sum(xs) / n, sum(ys) / n
            total += sum((a - mx) * (b - my) for a, b in zip(xs, ys, strict=True))
        return total

    both = covariance(gold, gold) * covariance(said, said)
    return covariance(gold, said) / math.sqrt(both) if both > 1e-12 else 0.0


def pearson_of(x, y):
    n = len(x)
    mx, my = math.fsum(x) / n, math.fsum(y) / n
    sxy = math.fsum((a - mx) * (b - my) for a, b in zip(x, y, strict=True))
    return sxy / math.sqrt(math.fsum((a - mx) ** 2 for a in x) * math.fsum((b - my) ** 2 for b in y))


def ranks_of(values):
    """Mid-ranks, by counting."""
    return [sum(w < v for w in values) + (sum(w == v for w in values) + 1) / 2 for v in values]


def value_of(name, columns):
    return registry.get("metrics", name).value(columns)


PAIRS = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=60)


@given(PAIRS)
@settings(max_examples=200, deadline=None)
def test_label_metrics_equal_the_loops(pairs):
    """Accuracy, F1 of one class, macro-F1 over fixed classes and MCC follow from their definitions."""
    gold, said = map(list, zip(*pairs, strict=True))
    columns = Columns(make_task(), gold, said)

    assert value_of("accuracy", columns) == pytest.approx(sum(g == s for g, s in pairs) / len(pairs))
    assert value_of("f1", columns) == pytest.approx(f1_of("c", gold, said))
    assert value_of("macro_f1", columns) == pytest.approx(sum(f1_of(x, gold, said) for x in LABELS) / 3)
    assert value_of("mcc", columns) == pytest.approx(mcc_of(gold, said), abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=40))
@settings(max_examples=200, deadline=None)
def test_correlations_equal_the_loops(pairs):
    """Pearson and Spearman follow from their definitions, ties and all."""
    gold, said = (list(map(float, column)) for column in zip(*pairs, strict=True))
    columns = Columns(make_task(Kind.REGRESS, ()), gold, said)
    if len(set(gold)) == 1 or len(set(said)) == 1:
        assert math.isnan(value_of("pearson", columns))
        return

    assert value_of("pearson", columns) == pytest.approx(pearson_of(gold, said), abs=1e-9)
    assert value_of("spearman", columns) == pytest.approx(pearson_of(ranks_of(gold), ranks_of(said)), abs=1e-9)


def test_the_standard_error_is_that_of_resampled_items():
    """The spread of MCC and Pearson over count rows equals that over items drawn one by one in a loop."""
    chance = random.Random(5)
    gold = [chance.choice(LABELS) for _ in range(80)]
    said = [g if chance.random() < 0.7 else chance.choice(LABELS) for g in gold]
    (mcc, _) = score_columns(Columns(make_task(metrics=("mcc",)), gold, said), [registry.get("metrics", "mcc")])
    x = [chance.gauss(0, 1) for _ in range(80)]
    y = [v + chance.gauss(0, 0.8) for v in x]
    task = make_task(Kind.REGRESS, (), ("pearson",))
    (pearson, _) = score_columns(Columns(task, x, y), [registry.get("metrics", "pearson")])

    def spread(statistic, one, two):
        draws = []
        for _ in range(1500):
            rows = [chance.randrange(80) for _ in range(80)]
            draws.append(statistic([one[i] for i in rows], [two[i] for i in rows]))
        mean = sum(draws) / len(draws)
        return math.sqrt(sum((draw - mean) ** 2 for draw in draws) / (len(draws) - 1))

    assert mcc.se == pytest.approx(spread(mcc_of, gold, said), rel=0.08)
    assert pearson.se == pytest.approx(spread(pearson_of, x, y), rel=0.08)
