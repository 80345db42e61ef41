"""Draws that every pair of models shares are those of the pair alone."""

import numpy as np
import pytest

from benchwright import registry
from benchwright.metrics import resample as resampling
from benchwright.metrics.gathering import gather
from benchwright.metrics.resample import DrawnTogether, Resamples, leave_each_out, resample
from benchwright.stats.bootstrap import is_cheap, merge_rows
from benchwright.types import ClassificationTask, Label, Record

LABELS = tuple("abcde")
TASK = ClassificationTask(
    name="t",
    splits={},
    default_split="v",
    inputs={"text": ("text",)},
    target=("l",),
    metrics=("macro_f1", "mcc"),
    labels=tuple(Label(name=name, id=at) for at, name in enumerate(LABELS)),
)
METRICS = [registry.get("metrics", name) for name in TASK.metrics]
SEED, RESAMPLES = (3, 1), 400


def models(n=150, clusters=False):
    gold = np.random.default_rng(0).choice(LABELS, n)
    found = []
    for seed in range(4):
        rng = np.random.default_rng(seed + 1)
        said = np.where(rng.random(n) < 0.5 + seed / 10, gold, rng.choice(LABELS, n))
        records = [
            Record(id=str(at), target=str(g), output=str(s), cluster=f"c{at // 3}" if clusters else None)
            for at, (g, s) in enumerate(zip(gold, said, strict=True))
        ]
        found.append(gather(TASK, records).columns)
    return found


@pytest.mark.parametrize("clusters", [False, True])
def test_draws_of_a_pair_are_the_same_with_other_models_beside_it(clusters):
    every = models(clusters=clusters)
    pool = DrawnTogether(every, METRICS[:1], resamples=RESAMPLES, seed=SEED)
    pair = [every[3], every[1]]
    alone = resample(pair, METRICS, resamples=RESAMPLES, seed=SEED)
    shared = Resamples(pair, METRICS, resamples=RESAMPLES, seed=SEED, pool=pool)
    single = Resamples(pair, METRICS, resamples=RESAMPLES, seed=SEED)
    for at, metric in enumerate(METRICS):
        assert np.array_equal(shared.values(metric), alone[:, at], equal_nan=True)
        assert np.array_equal(single.values(metric), alone[:, at], equal_nan=True)
        assert np.array_equal(pool.without_one(pair, metric), leave_each_out(pair, METRICS)[:, at])


def test_few_different_rows_are_drawn_as_rows_with_and_without_other_models():
    """Two models that agree almost everywhere have so few kinds of items that these are drawn, whatever others do."""
    gold = ["a", "b"] * 600
    one, other = (
        gather(
            TASK, [Record(id=str(at), target=g, output="b" if at in wrong else g) for at, g in enumerate(gold)]
        ).columns
        for wrong in ({0}, {2, 4})
    )
    pool = DrawnTogether([one, other], METRICS, resamples=RESAMPLES, seed=SEED)
    shared = Resamples([one, other], METRICS, resamples=RESAMPLES, seed=SEED, pool=pool)
    alone = resample([one, other], METRICS, resamples=RESAMPLES, seed=SEED)
    for at, metric in enumerate(METRICS):
        assert np.array_equal(shared.values(metric), alone[:, at], equal_nan=True)


def test_a_pool_with_other_draws_or_models_is_not_taken():
    every = models()
    pool = DrawnTogether(every[:2], METRICS, resamples=RESAMPLES, seed=SEED)
    assert pool.holds(every[:2], RESAMPLES, SEED)
    assert not pool.holds(every[1:3], RESAMPLES, SEED)
    assert not pool.holds(every[:2], RESAMPLES, (4, 1))
    assert not pool.holds(every[:2], RESAMPLES + 1, SEED)


@pytest.mark.parametrize("most", [1, 2**62])
def test_rows_told_by_code_are_those_told_by_their_sums(most, monkeypatch):
    """Kinds of items, and how many are of each, are the same whether the codes are numbered anew or not; so are all draws."""
    monkeypatch.setattr(resampling, "_MOST_CODES", most)
    every = models(n=1_200)
    table, found = resampling._different_rows(every[:2], METRICS)
    whole = merge_rows(resampling._Table(every[:2], METRICS).values)
    assert np.array_equal(found.values, whole.values)
    assert np.array_equal(found.counts, whole.counts)
    assert table.places == resampling._Table(every[:2], METRICS).places
    assert found.units == 1_200


@pytest.mark.parametrize("clusters", [False, True])
def test_rows_are_few_exactly_where_drawing_them_is_cheap(clusters):
    """A model alone may have few rows while a pair has many, and the other way round never."""
    told = []
    for n in (60, 300, 1_200, 6_000):
        every = models(n=n, clusters=clusters)
        for systems in (every[:1], every[:2], [every[0], every[0]]):
            _, rows = resampling._different_rows(systems, METRICS)
            told.append((resampling._few_rows(systems, METRICS) is not None, is_cheap(rows)))
    assert all(few == cheap for few, cheap in told)
    assert clusters or {few for few, _ in told} == {True, False}


def test_metrics_that_are_not_sums_have_no_few_rows():
    assert resampling._few_rows(models(n=6_000)[:1], [*METRICS, registry.get("metrics", "roc_auc")]) is None
