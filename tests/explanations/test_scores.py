"""From items to a task: targets of an item averaged first, undefined ones counted, random told from what is better."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from benchwright.explanations.alarms import alarms_of
from benchwright.explanations.gaps import UNMOVED
from benchwright.explanations.scores import agreement, faithfulness_scores, is_distinguishable, stability
from benchwright.types import Attribution, ExplainSpec, Explanation, Faithfulness, Target, Word


def target(name="positive"):
    return Target(name=name, label=name)


def faithful(value, random, *, tau=None):
    return Faithfulness(
        comprehensiveness=value,
        sufficiency=-value,
        tau=tau,
        random_comprehensiveness=random,
        random_sufficiency=-random,
        random_tau=None if tau is None else 0.0,
    )


def explained(item, *attributions, error=None):
    count = len(attributions[0].values) if attributions else 0
    words = tuple(Word(input="text", start=at, end=at + 1) for at in range(count))
    return Explanation(id=item, words=words, attributions=attributions, error=error)


def attribution(values=(1.0, 0.0), *, name="positive", others=(), found=None, full=1.0, base=None):
    return Attribution(target=target(name), values=values, others=others, faithfulness=found, full=full, base=base)


def judged(pairs):
    return [
        explained(str(at), attribution(found=faithful(value, random, tau=value)))
        for at, (value, random) in enumerate(pairs)
    ]


def sentences(found, *, method="shap", scale="probability", steady=None, faithfulness=True):
    spec = ExplainSpec(method=method, faithfulness=faithfulness)
    scores = faithfulness_scores(found, {})
    told = alarms_of(found, scores, steady or stability(found, {}), spec=spec, scale=scale)
    return {one.code: one for one in told}


def test_an_item_counts_once_whatever_the_number_of_its_targets():
    many = [attribution(name=str(at), found=faithful(0.9, 0.1)) for at in range(9)]
    found = [explained("a", *many), explained("b", attribution(found=faithful(0.1, 0.1)))]
    score = faithfulness_scores(found, {})[0]
    assert (score.value, score.random, score.gap, score.n) == (
        pytest.approx(0.5),
        pytest.approx(0.1),
        pytest.approx(0.4),
        2,
    )


def test_undefined_measures_are_counted_and_are_no_zeros():
    found = [*judged([(0.4, 0.1)] * 3), explained("x", attribution(found=faithful(0.4, 0.1)))]
    tau = faithfulness_scores(found, {})[2]
    assert (tau.metric, tau.n, tau.undefined, tau.value) == ("tau", 3, 1, pytest.approx(0.4))


def test_items_that_were_not_judged_give_no_scores():
    found = [explained("a", attribution())]
    assert faithfulness_scores(found, {}) == ()
    assert is_distinguishable(()) is None
    assert "not-judged" in sentences(found, faithfulness=False)


def test_a_gap_above_nothing_is_told_from_random_and_one_below_is_not():
    rng = np.random.default_rng(0)
    better = judged([(0.5 + x, 0.1) for x in rng.normal(0, 0.1, 40)])
    worse = judged([(0.1 + x, 0.5) for x in rng.normal(0, 0.1, 40)])
    assert is_distinguishable(faithfulness_scores(better, {})) is True
    assert sentences(better) == {}
    assert is_distinguishable(faithfulness_scores(worse, {})) is False
    told = sentences(worse)["no-better-than-random"]
    assert told.severity == "alarm"
    assert told.sentence.startswith("worse than random attributions: without its top words the number falls by 0.1")
    assert "over 40 items" in told.sentence


def test_a_number_that_no_word_moves_is_not_told_from_random_without_an_interval():
    found = judged([(0.0, 0.0)] * 50)
    scores = faithfulness_scores(found, {})
    assert (scores[0].low, scores[0].high, scores[0].reason) == (None, None, UNMOVED)
    assert is_distinguishable(scores) is False
    expected = (
        "not distinguishable from random attributions: no word that is taken away changes the number, over 50 items"
    )
    assert sentences(found)["no-better-than-random"].sentence == expected
    assert sentences(found, method="random")["no-better-than-random"].severity == "note"


def test_few_items_give_no_verdict_and_say_so():
    found = judged([(0.5, 0.1), (0.4, 0.2), (0.9, 0.1)])
    assert is_distinguishable(faithfulness_scores(found, {})) is None
    assert sentences(found)["few-units"].sentence == (
        "cannot be told from random attributions: only 3 items: an interval needs 10"
    )


def test_items_of_one_cluster_are_no_crowd():
    found = judged([(0.5 + at / 100, 0.1) for at in range(40)])
    clusters = {one.id: str(at // 20) for at, one in enumerate(found)}
    assert faithfulness_scores(found, clusters)[0].reason == "only 2 clusters: an interval needs 10"


def test_stability_is_the_mean_tau_of_each_two_seeds():
    a, b, c = (3.0, 2.0, 1.0, 0.0), (3.0, 1.0, 2.0, 0.0), (0.0, 1.0, 2.0, 3.0)
    found = [explained("a", attribution(a, others=(b, c))), explained("b", attribution(a, others=(a, a)))]
    first = np.mean([kendalltau(a, b).statistic, kendalltau(a, c).statistic, kendalltau(b, c).statistic])
    steady = stability(found, {})
    assert (steady.value, steady.n) == (pytest.approx((first + 1) / 2), 2)
    assert stability([explained("a", attribution(a))], {}).value is None


def test_seeds_that_disagree_are_an_alarm():
    found = [explained("a", attribution((1.0, 2.0, 3.0), others=((3.0, 2.0, 1.0),)))]
    assert sentences(found)["unstable"].sentence.startswith(
        "Kendall's tau between seeds is −1.000 on average over 1 item"
    )


def test_agreement_is_over_items_and_targets_that_both_explained():
    a, b = (5.0, 4.0, 3.0, 2.0, 1.0), (5.0, 4.0, 1.0, 2.0, 3.0)
    first = {
        "x": explained("x", attribution(a), attribution(a, name="other")),
        "y": explained("y", attribution(a)),
        "short": explained("short", attribution((1.0, 2.0))),
        "flat": explained("flat", attribution((1.0,) * 5)),
    }
    second = {
        "x": explained("x", attribution(b)),
        "short": explained("short", attribution((2.0, 1.0))),
        "flat": explained("flat", attribution(a)),
        "z": explained("z", attribution(a)),
    }
    found = agreement(first, second, {})
    assert found.tau.n == 2
    assert found.tau.value == pytest.approx((kendalltau(a, b).statistic - 1) / 2)
    assert found.undefined == 1
    # Of the top three of x two are common; each word of flat is among its top three with chance 3/5.
    assert (found.overlap.n, found.overlap.value) == (2, pytest.approx((2 / 3 + 3 / 5) / 2))
    assert found.overlap_random == pytest.approx(3 / 5)


def test_failures_agreement_and_sums_that_do_not_close_are_told_with_their_figures():
    found = [explained(str(at), error="the model gave up") for at in range(3)]
    found += [explained("e"), explained("a", attribution((0.2, 0.1), full=0.9, base=0.4))]
    told = sentences(found, scale="agreement", faithfulness=False)
    assert told["no-explanation"].sentence == "3 items of 5 without an explanation: the model gave up"
    assert told["nothing-to-explain"].sentence.startswith("1 item of 5")
    assert "off by up to 40 % of it" in told["completeness-gap"].sentence
    assert told["agreement-only"].severity == "alarm"
    assert "completeness-gap" not in sentences(found, method="lime")
