"""Which shares are compared as pairs of items, and which need a bootstrap since their trials are something else."""

import msgspec
import numpy as np
import pytest

from benchwright.comparison.estimate import estimate_difference
from benchwright.comparison.measure_difference import measure_model_difference
from benchwright.stats.bootstrap_difference import BootstrapDifference
from benchwright.stats.paired import DiscordantCounts
from benchwright.types import Kind

GOLD = [("B-PER", "I-PER", "O"), ("O", "O", "O"), ("B-LOC", "O", "B-PER"), ("B-PER", "O", "O")] * 10
FIRST = [("B-PER", "I-PER", "O"), ("O", "O", "B-LOC"), ("B-PER", "O", "O"), ("B-PER", "O", "O")] * 10
SECOND = [("B-PER", "O", "O"), ("O", "O", "O"), ("B-LOC", "O", "B-PER"), ("O", "O", "O")] * 10
METRICS = ("entity_f1", "entity_precision", "entity_recall", "type_accuracy", "token_accuracy")


@pytest.mark.parametrize("metric", METRICS)
def test_shares_of_entities_and_words_take_the_bootstrap(bench, make, metric):
    """Trials are entities or words, several in a sentence and other ones in each system: no pairs of items."""
    task = make.card("t", *METRICS, kind=Kind.TAG)
    pairing = bench.pair({"a": make.records(GOLD, FIRST), "b": make.records(GOLD, SECOND)}, task)
    found = estimate_difference(pairing, metric)
    assert isinstance(found, BootstrapDifference)
    assert found.value == pytest.approx(pairing.value(1, metric) - pairing.value(0, metric))
    assert found.bound(0.025, "lower") <= found.value <= found.bound(0.025, "upper")


def test_recall_of_single_entities_is_a_share_of_sentences(bench, make):
    """One gold entity in each sentence, found or not: the same trial under both systems, hence pairs."""
    gold, miss = ("B-PER", "O"), ("O", "O")
    golds = [gold] * 30
    first, second = [gold] * 20 + [miss] * 10, [gold] * 15 + [miss] * 5 + [gold] * 4 + [miss] * 6
    task = make.card("t", "entity_recall", "entity_precision", kind=Kind.TAG)
    pairing = bench.pair({"a": make.records(golds, first), "b": make.records(golds, second)}, task)
    found = estimate_difference(pairing, "entity_recall")
    assert isinstance(found, DiscordantCounts)
    assert (found.b, found.c, found.n) == (4, 5, 30)
    assert isinstance(estimate_difference(pairing, "entity_precision"), BootstrapDifference)


@pytest.mark.parametrize(
    ("metric", "kind"),
    [
        ("accuracy", DiscordantCounts),
        ("recall", DiscordantCounts),
        ("precision", BootstrapDifference),
        ("f1", BootstrapDifference),
    ],
)
def test_shares_of_items(bench, make, metric, kind):
    """Accuracy and recall try the same items under both; precision those that a system calls positive."""
    task = make.card("t", "accuracy", "recall", "precision", "f1")
    pairing = bench.pair(make.drawn(120, {"a": 0.7, "b": 0.8}), task)
    found = estimate_difference(pairing, metric)
    assert isinstance(found, kind)
    assert found.value == pytest.approx(pairing.value(1, metric) - pairing.value(0, metric))
    if metric == "recall":
        assert found.n == sum(target == "yes" for target in pairing.columns[0].targets)


def test_units_are_pairs_of_units(bench, make):
    """MultiRC's exact match counts questions: b, c and n are questions; within clusters of paragraphs they are drawn."""
    questions = [f"p{at // 6}/q{at // 3}" for at in range(180)]
    paragraphs = [f"p{at // 6}" for at in range(180)]
    task = make.card("t", "question_exact_match", "f1", "accuracy", cluster="paragraph")
    systems = make.drawn(180, {"a": 0.8, "b": 0.9}, group=questions, cluster=paragraphs)
    pairing = bench.pair(systems, task)
    found = estimate_difference(pairing, "question_exact_match")
    whole = []
    for records in pairing.records:
        right = {}
        for record in records:
            right[record.group] = right.get(record.group, True) and record.target == record.output
        whole.append(right)
    b = sum(whole[1][name] and not whole[0][name] for name in whole[0])
    c = sum(whole[0][name] and not whole[1][name] for name in whole[0])
    assert isinstance(found, BootstrapDifference)
    assert found.units == 30
    assert found.value == pytest.approx((b - c) / len(whole[0]))
    alone, other = ([msgspec.structs.replace(one, cluster=None) for one in systems[m]] for m in "ab")
    bench.store = type(bench.store)(bench.store.root.parent / "other")
    free = estimate_difference(
        bench.pair({"a": alone, "b": other}, make.card("t", "question_exact_match")), "question_exact_match"
    )
    assert isinstance(free, DiscordantCounts)
    assert (free.b, free.c, free.n) == (b, c, len(whole[0]))


def test_a_question_that_lost_an_option_is_judged_by_nobody(bench, make):
    """What is left of it would be easier to get right: it is in neither trials nor hits."""
    units = [f"p{at // 4}/q{at // 2}" for at in range(40)]
    task = make.card("t", "question_exact_match")
    first = make.answers("+-" * 20, group=units)
    second = make.answers("+!" + "++" * 19, group=units)
    pairing = bench.pair({"a": first, "b": second}, task)
    assert pairing.left_out == 1
    assert estimate_difference(pairing, "question_exact_match").n == 19


def test_f1_draws_are_those_of_an_item_bootstrap(bench, make):
    """Standard error and ends agree with scipy's paired bootstrap of the same statistic."""
    from scipy import stats

    task = make.card("t", "macro_f1", "mcc")
    pairing = bench.pair(make.drawn(300, {"a": 0.6, "b": 0.75}, seed=5), task)
    gold, one, two = (np.array(codes) for codes in (pairing.columns[0].gold, *(c.predicted for c in pairing.columns)))

    def macro(gold, said):
        parts = [
            2 * ((gold == k) & (said == k)).sum(-1) / ((gold == k).sum(-1) + (said == k).sum(-1)) for k in range(3)
        ]
        return np.mean(parts, axis=0)

    oracle = stats.bootstrap(
        (gold, one, two),
        lambda g, a, b, axis=-1: macro(g, b) - macro(g, a),
        paired=True,
        vectorized=True,
        n_resamples=9999,
        method="percentile",
        rng=np.random.default_rng(3),
    )
    found = measure_model_difference(pairing, "macro_f1")
    assert found.se == pytest.approx(oracle.standard_error, rel=0.04)
    assert found.low == pytest.approx(oracle.confidence_interval.low, abs=0.006)
    assert found.high == pytest.approx(oracle.confidence_interval.high, abs=0.006)


def test_randomisation_is_a_permutation_test(bench, make):
    """scipy.stats.permutation_test(permutation_type="samples") on the same statistic, of two metrics and of their mean."""
    from scipy import stats
    from sklearn.metrics import f1_score, matthews_corrcoef

    task = make.card("t", "macro_f1", "mcc", score=("macro_f1", "mcc"))
    pairing = bench.pair(make.drawn(80, {"a": 0.62, "b": 0.74}, seed=8), task)
    gold, one, two = (np.array(codes) for codes in (pairing.columns[0].gold, *(c.predicted for c in pairing.columns)))
    computed = {}

    def kind(metric, said):
        """scikit-learn's value; the mean is asked about the same permutations as the two before it."""
        if metric == "score":
            return (kind("macro_f1", said) + kind("mcc", said)) / 2
        place = (metric, said.tobytes())
        if place not in computed:
            computed[place] = (
                f1_score(gold, said, average="macro") if metric == "macro_f1" else matthews_corrcoef(gold, said)
            )
        return computed[place]

    for metric in ("macro_f1", "mcc", "score"):
        oracle = stats.permutation_test(
            (one, two),
            lambda a, b, metric=metric: kind(metric, b) - kind(metric, a),
            permutation_type="samples",
            vectorized=False,
            n_resamples=800,
            rng=np.random.default_rng(1),
        )
        found = measure_model_difference(pairing, metric)
        assert found.delta == pytest.approx(oracle.statistic)
        assert found.randomisation == pytest.approx(oracle.pvalue, abs=4 * (0.25 / 800) ** 0.5)
