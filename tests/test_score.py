"""Scores: values with honest intervals, the task's score, averages over tasks."""

import msgspec
import numpy as np
import pytest

from benchwright.alarm import note, sentences
from benchwright.errors import BenchwrightError
from benchwright.metrics.classification import accuracy, f1, macro_f1, mcc, precision
from benchwright.metrics.columns import Columns
from benchwright.metrics.ranking import roc_auc
from benchwright.metrics.regression import mae, pearson, rmse, spearman
from benchwright.score import aggregate, score_columns, score_slices
from benchwright.stats.intervals import wilson
from benchwright.types import Aggregate, ClassificationTask, Label, Record, RegressionTask, Score

CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",)}
BOTH = ClassificationTask(
    metrics=("accuracy", "f1"),
    score=("accuracy", "f1"),
    labels=(Label(name="no", id=0), Label(name="yes", id=1)),
    positive="yes",
    **CARD,
)
ONE = msgspec.structs.replace(BOTH, metrics=("accuracy",), score=())
STS = RegressionTask(metrics=("pearson", "spearman"), score=("pearson", "spearman"), **CARD)


def answers(n=1000, right=0.85, task=BOTH, seed=0, clusters=()):
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, 2, n)
    predicted = np.where(rng.random(n) < right, gold, 1 - gold)
    names = np.array(task.label_names)
    return Columns(task, names[gold].tolist(), names[predicted].tolist(), None, list(clusters))


def pairs(n=500, seed=0, noise=1.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return Columns(STS, x.tolist(), (x + noise * rng.normal(size=n)).tolist())


def by_name(scores):
    return {score.metric: score for score in scores}


def test_accuracy_has_wilsons_interval_and_the_binomial_error():
    """Pitfall 10: the interval is Wilson's, the error sqrt(p (1 - p) / n), and a single metric is the score."""
    table = answers(872, task=ONE)
    score, task_score = score_columns(table, [accuracy])
    hits = sum(a == b for a, b in zip(table.targets, table.outputs, strict=True))

    assert score.value == hits / 872
    assert (score.low, score.high) == pytest.approx(wilson(hits, 872))
    assert score.se == pytest.approx((score.value * (1 - score.value) / 872) ** 0.5)
    assert (score.method, score.clusters, score.n, score.alarms) == ("wilson", 872, 872, ())
    assert task_score == msgspec.structs.replace(score, metric="score")


def test_bootstrap_error_of_accuracy_is_the_binomial_one():
    """Pitfall 10: the standard deviation of bootstrap draws is sqrt(p (1 - p) / n) within 2 %."""
    from benchwright.metrics.resample import resample

    table = answers(872, task=ONE)
    value = accuracy.value(table)
    draws = resample([table], [accuracy], resamples=40_000)[0, 0]

    assert draws.std() == pytest.approx((value * (1 - value) / 872) ** 0.5, rel=0.02)


@pytest.mark.parametrize(("right", "low", "high"), [(1.0, 0.963, 1.0), (0.0, 0.0, 0.037)])
def test_all_and_nothing_have_wilsons_interval(right, low, high):
    """Pitfall 10: 0 % and 100 % have an interval, and an error an average can use."""
    score = score_columns(answers(100, right, task=ONE), [accuracy])[0]

    assert (round(score.low, 3), round(score.high, 3)) == (low, high)
    assert score.se > 0.005


def test_score_is_the_mean_of_its_metrics():
    """MRPC and QQP: the score is the mean of accuracy and F1, its error that of the sum, not of independent parts."""
    scores = by_name(score_columns(answers(), [accuracy, f1, mcc]))
    parts = scores["accuracy@1"], scores["f1@1"]

    assert list(scores) == ["accuracy@1", "f1@1", "mcc@1", "score"]
    assert scores["score"].value == pytest.approx((parts[0].value + parts[1].value) / 2)
    assert scores["score"].method == "bootstrap-bca 10000"
    assert scores["score"].se == pytest.approx((parts[0].se + parts[1].se) / 2, rel=0.03)
    assert all(score.low < score.value < score.high for score in scores.values())


@pytest.mark.parametrize(
    ("table", "metrics"),
    [
        (answers(), [accuracy, f1, mcc]),
        (pairs(), [pearson, spearman, rmse]),
        (answers(seed=3), [roc_auc, accuracy, f1]),
    ],
)
def test_same_input_same_bytes(table, metrics):
    """Pitfall 10: the same columns and seed give the same bytes; another seed other draws, the same values."""
    first, again = (msgspec.json.encode(score_columns(table.select(range(table.n)), metrics)) for _ in range(2))
    other = score_columns(table, metrics, seed=1)

    assert first == again
    assert first != msgspec.json.encode(other)
    assert [score.value for score in other] == [s.value for s in msgspec.json.decode(first, type=tuple[Score, ...])]


def test_order_of_items_does_not_matter_for_counts():
    """Scores of counts are the same bytes whatever the order of items."""
    table = answers()
    turned = table.select(range(table.n - 1, -1, -1))

    assert score_columns(turned, [accuracy, f1, mcc]) == score_columns(table, [accuracy, f1, mcc])


def test_stsb_is_the_mean_of_both_and_differs_between_models():
    """Pitfall 5: the score is mean(Pearson, Spearman) and a noisier model has a lower one."""
    good, bad = (by_name(score_columns(pairs(noise=noise), [pearson, spearman])) for noise in (0.3, 3.0))

    assert good["score"].value == pytest.approx((good["pearson@1"].value + good["spearman@1"].value) / 2)
    assert bad["score"].value < bad["score"].high < good["score"].low


def test_constant_predictions_are_undefined_not_nan():
    """Pitfall 5: constant predictions have no correlation and no score, and the flags say why."""
    table = Columns(STS, [1.0, 2.0, 3.0], [2.5, 2.5, 2.5])
    scores = by_name(score_columns(table, [pearson, spearman, mae]))

    assert scores["pearson@1"].value is None
    assert sentences(scores["pearson@1"].alarms) == ["undefined: constant predictions"]
    assert scores["mae@1"].value == pytest.approx(2.5 / 3)
    assert (scores["score"].value, sentences(scores["score"].alarms)) == (None, ["undefined: pearson, spearman"])
    assert b"NaN" not in msgspec.json.encode(list(scores.values()))


def test_cola_of_one_class_is_zero_flagged_and_uncertain():
    """Pitfall 6: MCC 0 by definition is flagged, and its interval is not of no width."""
    table = Columns(msgspec.structs.replace(ONE, metrics=("mcc",)), ["no", "yes"] * 100, ["yes"] * 200)
    score = score_columns(table, [mcc])[0]

    assert score.value == 0.0
    assert score.low < 0 < score.high
    assert "one-class predictions: MCC is 0 by definition" in sentences(score.alarms)


@pytest.mark.parametrize("task", [BOTH, STS])
def test_nothing_scored_has_no_value(task):
    """Without scored examples every value is None, and errored and skipped are still counted."""
    metrics = [accuracy, f1] if task is BOTH else [pearson, spearman]
    for score in score_columns(Columns(task, [], []), metrics, errored=3, skipped=2):
        assert (score.value, score.low, score.n, score.errored, score.skipped) == (None, None, 0, 3, 2)
        assert sentences(score.alarms) == ["no scored examples"]


@pytest.mark.parametrize(("gold", "predicted"), [("yes", "yes"), ("no", "yes"), ("no", "no")])
def test_one_example_is_defined(gold, predicted):
    """A single example gives values, intervals where there can be one, and says it is alone."""
    for score in score_columns(Columns(BOTH, [gold], [predicted]), [accuracy, f1, macro_f1, mcc, precision]):
        assert score.value is not None
        assert "only 1 independent example" in sentences(score.alarms)
        assert score.low is None or 0 <= score.low < score.high <= 1


def test_one_class_gold_is_defined():
    """Gold of one class only: every count metric is defined and flagged where it means little."""
    scores = by_name(score_columns(Columns(BOTH, ["no"] * 40, ["no"] * 38 + ["yes"] * 2), [accuracy, f1, mcc]))

    assert scores["accuracy@1"].value == 0.95
    assert (scores["f1@1"].value, sentences(scores["f1@1"].alarms)) == (0.0, ["no gold example of 'yes'"])
    assert scores["mcc@1"].value == 0.0


def test_clusters_are_the_units():
    """Items that share a cluster count as one unit, and fewer than 30 clusters are told."""
    names = [str(number // 40) for number in range(1000)]
    scores = by_name(score_columns(answers(clusters=names), [accuracy, mcc]))

    assert {score.clusters for score in scores.values()} == {25}
    assert scores["accuracy@1"].method == "wilson-clustered"
    assert "only 25 independent clusters" in sentences(scores["mcc@1"].alarms)


def test_undefined_resamples_are_counted():
    """Resamples of one gold value have no correlation; they are left out and counted."""
    gold, said = [1.0, 2.0] + [0.0] * 60, [0.9, 0.2] + [0.01 * (at % 13) for at in range(60)]
    score = score_columns(Columns(STS, gold, said), [pearson])[0]

    assert any("of 10000 resamples are undefined" in flag for flag in sentences(score.alarms))
    assert score.low < score.value < score.high


def test_a_metric_of_another_kind_is_refused():
    """Pearson of labels is a mistake of the caller, told with what it is for."""
    with pytest.raises(BenchwrightError, match="pearson cannot score t, a task of kind classify"):
        score_columns(answers(), [pearson])


def test_slices_have_their_own_counts():
    """Each slice is scored by itself, with its own errored examples and interval."""
    records = [
        Record(id=str(i), target="yes", output="yes" if i % 3 else "no", slices={"lang": "en" if i < 60 else "ga"})
        for i in range(90)
    ]
    records.append(Record(id="bad", target="yes", error="timeout", slices={"lang": "ga"}))
    scores = score_slices(ONE, records, [accuracy], minimum=31)

    assert [(score.slice, score.metric, score.n, score.errored) for score in scores] == [
        ("lang=en", "accuracy@1", 60, 0),
        ("lang=en", "score", 60, 0),
        ("lang=ga", "accuracy@1", 30, 1),
        ("lang=ga", "score", 30, 1),
    ]
    assert scores[2].value == pytest.approx(2 / 3)
    assert score_slices(ONE, records, [accuracy], minimum=32) == scores[:2]


def row(**values):
    """Task scores (means of the metrics given, in per cent) as fractions."""
    return {
        name: Score(metric="score", value=float(np.mean(value)) / 100, se=0.01, n=100) for name, value in values.items()
    }


GLUE = Aggregate(
    name="glue-official-9",
    members=tuple(
        (name,) if name != "mnli" else ("mnli", "mnli_mm")
        for name in ("cola", "sst2", "mrpc", "stsb", "qqp", "mnli", "qnli", "rte", "wnli")
    ),
)
SUPERGLUE = Aggregate(
    name="superglue-official-8",
    members=tuple((name,) for name in ("boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc")),
)


@pytest.mark.parametrize(
    ("server", "scores"),
    [
        (
            63.5,
            row(
                cola=24, sst2=85.8, mrpc=(82.1, 71.9), stsb=(68.8, 67.0), qqp=(59.1, 80.2), mnli=65.8, mnli_mm=66,
                qnli=71.1, rte=46.8, wnli=63.7,
            ),
        ),
        (
            60.4,
            row(
                cola=13.9, sst2=84.6, mrpc=(81.6, 73.0), stsb=(68.8, 66.7), qqp=(57.2, 79.7), mnli=61.3, mnli_mm=61.8,
                qnli=63, rte=54.2, wnli=52.7,
            ),
        ),
    ],
)  # fmt: skip
def test_published_glue_rows(server, scores):
    """Two rows of the official server come out at one decimal: nine tasks, MNLI averaged inside."""
    result = aggregate("m", "glue", GLUE, scores)

    assert round(result.value * 100, 1) == server
    assert result.missing == ()
    half = 1.959964 * (0.01**2 * (8 + 0.5) / 81) ** 0.5
    assert (result.low, result.high) == pytest.approx((result.value - half, result.value + half))


@pytest.mark.parametrize(
    ("published", "scores"),
    [
        (
            69.47,
            row(
                boolq=78.47, cb=(83.93, 87.5), copa=50, multirc=(73.81, 33.26), record=(70.09, 71.34), rte=78.7,
                wic=63.64, wsc=75,
            ),
        ),
        (
            71.35,
            row(
                boolq=79.36, cb=(83.63, 87.5), copa=63, multirc=(73.45, 33.26), record=(69.85, 68.86), rte=78.34,
                wic=65.83, wsc=75.96,
            ),
        ),
    ],
)  # fmt: skip
def test_published_superglue_rows(published, scores):
    """Two published rows come out at two decimals: eight tasks of equal weight."""
    assert round(aggregate("m", "superglue", SUPERGLUE, scores).value * 100, 2) == published


@pytest.mark.parametrize("lost", ["absent", "undefined"])
def test_a_missing_task_gives_no_average(lost):
    """A task that is absent or undefined leaves no average, and is named."""
    scores = row(boolq=78, cb=84, copa=50, multirc=73, record=70, rte=78, wic=63, wsc=75)
    if lost == "absent":
        del scores["wsc"]
    else:
        scores["wsc"] = Score(metric="score", value=None, alarms=(note("undefined", "undefined"),))
    result = aggregate("m", "superglue", SUPERGLUE, scores)

    assert (result.value, result.low, result.missing) == (None, None, ("wsc",))


def test_an_average_without_errors_has_no_interval():
    """A task score without standard error leaves the value and takes the interval."""
    scores = row(boolq=78, cb=84, copa=50, multirc=73, record=70, rte=78, wic=63, wsc=75)
    scores["wsc"] = msgspec.structs.replace(scores["wsc"], se=None)
    result = aggregate("m", "superglue", SUPERGLUE, scores)

    assert result.value is not None
    assert (result.low, result.high) == (None, None)
