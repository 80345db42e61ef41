"""One set of draws serves all metrics and all models."""

import numpy as np
import pytest

from benchwright.errors import NotComparable
from benchwright.metrics.classification import accuracy, f1, macro_f1, mcc
from benchwright.metrics.columns import Columns
from benchwright.metrics.gathering import gather
from benchwright.metrics.ranking import roc_auc
from benchwright.metrics.regression import pearson, spearman
from benchwright.metrics.resample import leave_out, resample
from benchwright.types import ClassificationTask, Label, Record, RegressionTask

NAMES = np.array(["no", "yes"])
LABELS = (Label(name="no", id=0), Label(name="yes", id=1))
CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",), "metrics": ("accuracy",)}
TASK = ClassificationTask(labels=LABELS, positive="yes", **CARD)
NUMBERS = RegressionTask(**CARD)


def answers(n=400, seed=0, right=0.8, clusters=(), scores=None):
    gold = np.random.default_rng(99).integers(0, 2, n)
    flip = np.random.default_rng(seed).random(n) > right
    return Columns(TASK, NAMES[gold].tolist(), NAMES[np.where(flip, 1 - gold, gold)].tolist(), scores, list(clusters))


def test_draws_equal_naive_resampling():
    """Quantiles of F1 and MCC draws equal those of scikit-learn on resampled items."""
    from sklearn.metrics import f1_score, matthews_corrcoef

    table, rng = answers(), np.random.default_rng(1)
    draws = resample([table], [f1, mcc], resamples=10_000)[0]
    picks = rng.integers(0, 400, (1500, 400))
    at = (0.05, 0.25, 0.5, 0.75, 0.95)
    for row, oracle in zip(draws, (f1_score, matthews_corrcoef), strict=True):
        naive = np.array([oracle(table.gold[pick], table.predicted[pick]) for pick in picks])

        assert np.quantile(row, at) == pytest.approx(np.quantile(naive, at), abs=0.15 * naive.std())


def test_metrics_share_the_draws():
    """Accuracy is the same draw by draw beside other metrics of counts, and F1 moves with it."""
    table = answers()
    alone, both = resample([table], [accuracy])[0], resample([table], [accuracy, f1])[0]

    assert alone[0].std() == pytest.approx(both[0].std(), rel=0.03)
    assert np.corrcoef(both)[0, 1] > 0.9


def test_models_share_the_draws():
    """Two models with one mistake apart differ by at most a few items in every resample."""
    first, second = answers(), answers()
    second.outputs[0] = "no" if second.outputs[0] == "yes" else "yes"
    draws = resample([first, second], [accuracy, macro_f1])

    assert draws.shape == (2, 2, 10_000)
    assert np.abs(draws[0, 0] - draws[1, 0]).max() <= 10 / 400


def test_weighted_forms_see_the_same_draws():
    """Beside a rank statistic, sums come from the same item weights."""
    scores = np.random.default_rng(2).random((400, 2))
    table = answers(scores=scores)
    draws = resample([table], [accuracy, roc_auc], resamples=4000)[0]

    assert draws[0].std() == pytest.approx((0.8 * 0.2 / 400) ** 0.5, rel=0.1)
    assert np.isfinite(draws).all()


@pytest.mark.parametrize("metric", [spearman, pearson])
def test_correlation_draws_equal_naive_resampling(metric):
    """Quantiles of correlation draws equal those of scipy on resampled items, ties included."""
    from scipy.stats import pearsonr, spearmanr

    rng = np.random.default_rng(4)
    x = rng.integers(0, 6, 300).astype(float)
    y = x + rng.normal(size=300) * 2
    table = Columns(NUMBERS, x.tolist(), y.tolist())
    draws = resample([table], [metric], resamples=8000)[0, 0]
    oracle = spearmanr if metric is spearman else pearsonr
    naive = np.array([oracle(x[pick], y[pick]).statistic for pick in rng.integers(0, 300, (1500, 300))])
    at = (0.05, 0.25, 0.5, 0.75, 0.95)

    assert np.quantile(draws, at) == pytest.approx(np.quantile(naive, at), abs=0.15 * naive.std())


@pytest.mark.parametrize("metrics", [[accuracy, mcc], [spearman]])
def test_clusters_are_drawn_whole(metrics):
    """Doubling every item inside its own cluster leaves the spread as it was; as separate items it shrinks it."""
    base = (
        answers(300)
        if metrics[0] is accuracy
        else Columns(NUMBERS, [float(i % 17) for i in range(300)], [float(i * 7 % 23) for i in range(300)])
    )
    names = [str(number) for number in range(300)]
    double = Columns(base.task, base.targets * 2, base.outputs * 2, None, names * 2)
    apart = Columns(base.task, base.targets * 2, base.outputs * 2)
    spread = [resample([table], metrics, resamples=4000)[0].std(axis=1) for table in (base, double, apart)]

    assert spread[1] == pytest.approx(spread[0], rel=0.06)
    assert spread[2] == pytest.approx(spread[0] / 2**0.5, rel=0.06)


def test_leaving_one_out_equals_doing_so():
    """Jackknife values are those of the columns without the item."""
    table = answers(40)
    left = leave_out(table, [f1, mcc])
    expected = sorted(mcc.value(table.select([j for j in range(40) if j != i])) for i in range(40))

    assert sorted(np.repeat(left.values[1], left.counts)) == pytest.approx(expected)
    numbers = Columns(NUMBERS, [float(i * i % 13) for i in range(30)], [float(i) for i in range(30)])
    without = [spearman.value(numbers.select([j for j in range(30) if j != i])) for i in range(30)]
    assert leave_out(numbers, [spearman]).values[0] == pytest.approx(without, abs=1e-6)


def test_different_items_cannot_share_draws():
    """Models that answered different items are refused."""
    with pytest.raises(NotComparable, match="400 and 399"):
        resample([answers(), answers().select(range(399))], [accuracy])


def test_gathering_counts_what_is_left_out():
    """No gold label is skipped, no answer is errored, the rest is scored."""
    records = [
        Record(id="0", target="yes", output="no", cluster="a"),
        Record(id="1", target=None, output="no"),
        Record(id="2", target="no", error="timeout"),
        Record(id="3", target="no"),
    ]
    found = gather(TASK, records)

    assert (found.columns.n, found.errored, found.skipped) == (1, 2, 1)
    assert found.columns.clusters == ["a"]


def test_items_without_a_cluster_stand_alone():
    """None is no name: items without a cluster are units of their own."""
    table = answers(5, clusters=["a", None, "a", None, "b"])

    assert table.cluster_codes.tolist() == [0, 1, 0, 2, 3]
    assert table.n_clusters == 4
    assert answers(3, clusters=["x", "y", None]).cluster_codes is None
