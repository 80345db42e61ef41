"""The first sentences of a report are true: better by paired tests alone, ties said as ties, costs of one machine.

Of two models the answers that only one of them has right decide. With 15 such answers all for one model, p is far below 0.001 by any exact
test (2 × 0.5^15 = 0.00006); with 6 it is about 0.03 (2 × 0.5^6), which is below 0.05 alone and above it as one of several tests.
"""

from __future__ import annotations

import re

import pytest

from benchwright.alarm import alarm
from benchwright.types import Caveat, LatencyRatio


def rights(n, right):
    """``right`` right answers first, then wrong ones."""
    return "1" * right + "0" * (n - right)


def told(content):
    return " ".join(content.verdict.sentences)


def test_a_model_is_better_by_the_answers_that_only_it_has_right(made, content):
    """95 and 80 of 100, nested: 15 points; the interval of the difference stands beside it."""
    said = told(content(made({"good": {"a": rights(100, 95)}, "base": {"a": rights(100, 80)}}), baselines=("base",)))

    assert said.startswith("good is better than base on a, by 15.00 points [")
    assert "what that costs in latency was not measured." in said


def test_a_difference_that_chance_makes_is_a_tie(made, content):
    """82 and 81 of 100, 10 answers to 9: nothing is called better, and the sentence says how much it may be."""
    one = "1" * 82 + "0" * 18
    other = "1" * 72 + "0" * 10 + "1" * 9 + "0" * 9
    said = told(content(made({"m": {"a": one}, "base": {"a": other}}), baselines=("base",)))

    assert said.startswith("m cannot be told apart from base on a: it may be ")
    assert "better than" not in said


def test_a_difference_that_only_stands_before_p_is_adjusted_is_a_tie(made, content):
    """6 answers to none (p about 0.03 at most) are a difference alone, and none as one of eight tests."""
    alone = {"m": {"a": rights(100, 96)}, "base": {"a": rights(100, 90)}}
    several = {name: dict.fromkeys("abcdefgh", each["a"]) for name, each in alone.items()}

    assert "m is better than base on a, by 6.00 points" in told(content(made(alone), baselines=("base",)))
    said = told(content(made(several), baselines=("base",)))
    assert "m cannot be told apart from base on any of 8 tasks" in said
    assert "better" not in said


def test_where_it_is_worse_is_said_in_the_same_sentence(made, content):
    """Better on a and b, worse on c, equal on d."""
    answers = {
        "m": {"a": rights(100, 95), "b": rights(100, 99), "c": rights(100, 60), "d": rights(100, 70)},
        "base": {"a": rights(100, 70), "b": rights(100, 59), "c": rights(100, 90), "d": rights(100, 70)},
    }
    (said,) = content(made(answers), baselines=("base",)).verdict.sentences

    assert said.startswith("m is better than base on 2 of 4 tasks, most on b, by 40.00 points [")
    assert "and worse on 1 of 4 tasks, c, by 30.00 points [" in said
    assert "on d they cannot be told apart" in said


def test_another_candidate_that_is_better_somewhere_is_named(made, content):
    """The best on most tasks is spoken of; who beats it on the other one is said, and who it beats."""
    answers = {
        "best": {"a": rights(100, 95), "b": rights(100, 95), "c": rights(100, 50)},
        "other": {"a": rights(100, 60), "b": rights(100, 60), "c": rights(100, 80)},
        "weak": {"a": rights(100, 60), "b": rights(100, 60), "c": rights(100, 50)},
    }
    said = told(content(made(answers)))

    assert said.startswith("other is better than best on 1 of 3 tasks, c, by 30.00 points")
    assert "and worse on 2" in said
    assert "best is better than weak on 2 of 3 tasks, most on a, by 35.00 points" in said
    assert "and worse on none" in said


def test_models_that_cannot_be_told_apart_stand_together_with_the_fastest(made, content, latency):
    """Two equal candidates: the sentence that says so tells which has the lowest latency on one machine."""
    equal = {"a": rights(100, 95)}
    answers = {"big": equal, "small": equal, "base": {"a": rights(100, 70)}}
    profiles = (latency("big", 0.05), latency("small", 0.01), latency("base", 0.001))
    said = told(content(made(answers, profiles=profiles), baselines=("base",)))

    assert (
        "small cannot be told apart from big; of these small has the lowest median latency measured, 10 ms [9, 11]"
        in said
    )
    assert "and big the highest, 50 ms [45, 55]" in said
    assert "big is better than base on a, by 25.00 points" in said
    assert "it has 50 times the median latency (50 ms against 1 ms)" in said


def test_a_latency_whose_interval_overlaps_is_not_told_as_the_lowest_alone(made, content, latency):
    """10 ms [9, 11] and 10.5 ms [9.45, 11.55]: the lowest is named, and that the other's interval overlaps."""
    three = {name: {"a": rights(100, 95)} for name in ("big", "small", "slow")}
    profiles = (latency("big", 0.0105), latency("small", 0.010), latency("slow", 0.2))
    said = told(content(made(three, profiles=profiles)))

    assert "small has the lowest median latency measured, 10 ms [9, 11] (the interval of big overlaps with it)" in said
    assert "and slow the highest, 200 ms [180, 220]" in said


def test_latencies_of_two_machines_are_never_divided(made, content, latency):
    answers = {"m": {"a": rights(100, 95)}, "base": {"a": rights(100, 70)}}
    profiles = (latency("m", 0.05, machine="x" * 16), latency("base", 0.001, machine="y" * 16))
    said = told(content(made(answers, profiles=profiles), baselines=("base",)))

    assert "times the median latency" not in said
    assert "their latencies do not compare, as they were measured on different machines or tasks" in said


@pytest.mark.parametrize(
    ("model", "against", "shown"),
    [("m", "base", "4 times the median latency [3.2, 5]"), ("base", "m", "0.25 times the median latency [0.2, 0.312]")],
)
def test_the_ratio_of_a_session_has_its_interval_whichever_model_came_first(
    made, content, latency, model, against, shown
):
    """Of models that took turns the paired ratio is told: 4 [3.2, 5], or its inverse where it was the other way round."""
    ratio = LatencyRatio(model=model, against=against, value=4.0, low=3.2, high=5.0, blocks=20, noise=0.01)
    profiles = (
        latency("m", 0.04, ratios=(ratio,) if model == "m" else ()),
        latency("base", 0.04, ratios=(ratio,) if model == "base" else ()),
    )
    answers = {"m": {"a": rights(100, 95)}, "base": {"a": rights(100, 70)}}
    assert f"it has {shown}." in told(content(made(answers, profiles=profiles), baselines=("base",)))


def test_a_noisy_session_compares_nothing(made, content, latency):
    ratio = LatencyRatio(
        model="m", against="base", value=4.0, low=3.2, high=5.0, blocks=20, noise=0.5, noisy=True, reason="too noisy"
    )
    answers = {"m": {"a": rights(100, 95)}, "base": {"a": rights(100, 70)}}
    profiles = (latency("m", 0.04, ratios=(ratio,)), latency("base", 0.01))
    said = told(content(made(answers, profiles=profiles), baselines=("base",)))
    assert "it has a latency that the session does not compare (too noisy)" in said


def test_a_latency_that_was_not_steady_is_told_as_such(made, content, latency):
    answers = {"m": {"a": rights(100, 95)}, "base": {"a": rights(100, 70)}}
    profiles = (latency("m", 0.04, alarms=(alarm("not-steady", "rising"),)), latency("base", 0.01))
    assert "4 times the median latency (40 ms against 10 ms; not shown to be steady)" in told(
        content(made(answers, profiles=profiles), baselines=("base",))
    )


def test_without_records_no_model_is_called_better(made, content):
    """Intervals far apart are no test: the sentence says that none was made, and why."""
    found = content(
        made({"m": {"a": rights(400, 380)}, "base": {"a": rights(400, 200)}}), lost=True, baselines=("base",)
    ).verdict

    assert found.sentences == (
        "m has the best score of 2 models on a; no difference was tested, so none is called better.",
    )
    assert "records are not at hand" in found.basis


def test_more_than_twelve_models_are_not_tested_and_none_is_called_better(made, content):
    """Thirteen models: scores are told, who may be as good, and what would test them."""
    answers = {f"m{at:02}": {"a": rights(200, 100 + at * 2)} for at in range(12)} | {"top": {"a": rights(200, 199)}}
    found = content(made(answers)).verdict

    assert (
        found.sentences[0]
        == "top has the best score of 13 models on a; only differences from the reference were tested, so none is called better than another."
    )
    assert "at most 12 models" in found.basis


def test_of_more_than_twelve_models_the_sentence_counts_the_tests_against_the_reference(made, content):
    """The section Differences calls twelve models worse than the reference: the first sentences may not say that nothing was tested."""
    answers = {f"m{at:02}": {"a": rights(200, 100 + at * 2)} for at in range(12)} | {"top": {"a": rights(200, 199)}}
    made_content = content(made(answers), against="top")

    assert {one.verdict for one in made_content.differences.differences} == {"worse"}
    assert made_content.verdict.sentences[1] == (
        "Beside the reference top, of 12 models that were tested 0 are better on some task and 12 are worse on some."
    )


def test_a_model_without_a_score_is_not_called_a_tie(made, content):
    """Every example of `none` failed: there is no difference that a test could have told apart."""
    found = content(made({"x": {"a": rights(100, 60)}, "y": {"a": rights(100, 61)}, "none": {"a": "e" * 100}}))
    told = " ".join(found.verdict.sentences)

    assert "as one of the two has no score: none." in told
    assert "none cannot be told apart" not in told


def test_a_task_without_a_score_is_told_beside_those_that_were_tested(made, content):
    answers = {"x": {"a": rights(100, 90), "b": "e" * 100}, "y": {"a": rights(100, 50), "b": rights(100, 50)}}
    (told,) = content(made(answers)).verdict.sentences

    assert told.startswith("x is better than y on 1 of 2 tasks, a, by 40.00 points [")
    assert "; one of them has no score on b; " in told


def test_a_difference_that_adjusting_takes_back_has_one_sign(made, content):
    """90 right against 96, as one of several tests: worse before p is adjusted, and the interval says so in the same direction."""
    answers = {"x": {"a": rights(100, 90)}, "y": {"a": rights(100, 96)}} | {
        f"z{at}": {"a": rights(100, 89)} for at in range(3)
    }
    found = content(made(answers), against="y", baselines=("y",))
    told = next(one for one in found.verdict.sentences if "once p is adjusted" in one)

    assert re.search(r"once p is adjusted \(\d+\.\d\d points \[\d+\.\d\d, \d+\.\d\d\] worse before that\)", told)


def test_of_many_models_the_group_is_told_in_three_sentences(made, content):
    """Seven models on three tasks of 200: top is first on a and b, and 20 points below odd on c; near equals it on a alone; five are weak.

    Counted by hand: odd is better than top on c; near is worse on b; each weak one is worse on a and b and equal on c.
    """
    answers = {"top": {"a": rights(200, 199), "b": rights(200, 199), "c": rights(200, 100)}}
    answers |= {f"m{at}": {"a": rights(200, 100), "b": rights(200, 100), "c": rights(200, 100)} for at in range(3)}
    answers["near"] = {"a": rights(200, 199), "b": rights(200, 100), "c": rights(200, 100)}
    answers["odd"] = {"a": rights(200, 100), "b": rights(200, 100), "c": rights(200, 140)}
    answers["base"] = answers["m0"]
    first, second, third = content(made(answers), baselines=("base",)).verdict.sentences

    assert first == (
        "No model has the best score on all 3 tasks: top has it on 2 (better than every other on 1), and is worse on 1, c: 20.00 points "
        "below odd (accuracy)."
    )
    assert second == "It is better than the baseline base on 2 of 3 tasks and worse on none."
    assert (
        third
        == "Of the 5 others 1 is better than it on some task (odd) and 4 are worse on some and better than it on none."
    )


def test_the_best_of_many_is_the_one_that_is_beaten_least(made, content):
    """One model has the best score on two tasks by two answers, which is no difference, and loses the third; steady loses none."""
    answers = {
        "peaks": {"a": rights(200, 182), "b": rights(200, 182), "c": rights(200, 100)},
        "steady": {"a": rights(200, 180), "b": rights(200, 180), "c": rights(200, 180)},
    }
    answers |= {f"m{at}": dict.fromkeys("abc", rights(200, 60)) for at in range(4)}
    found = content(made(answers))

    assert found.verdict.sentences[0] == (
        "No model has the best score on all 3 tasks: steady has it on 1 and is better than every other there, and is not told apart from the "
        "best on 2."
    )
    assert [one.label for one in found.candidates.models][:2] == ["steady", "peaks"]
    assert found.verdict.sentences[1].startswith("All 5 others are worse on some and better than it on none")


def test_one_model_alone_is_not_called_good(made, content):
    (said,) = content(made({"m": {"a": rights(100, 95)}})).verdict.sentences
    assert said.startswith("m is the only model here, so nothing says whether it is better than another: a 95.00 [")


def test_unranked_tasks_are_in_no_count(made, content):
    """Of two tasks one is contested: the sentence speaks of one task, and the other is named as not counted."""
    caveats = {"b": (Caveat(kind="contested", reason="disputed"),)}
    answers = {"m": {"a": rights(100, 95), "b": rights(100, 99)}, "base": {"a": rights(100, 70), "b": rights(100, 10)}}
    found = content(made(answers, caveats=caveats), baselines=("base",)).verdict

    assert found.sentences[0].startswith("m is better than base on a, by 25.00 points")
    assert "In no count here: own/b (contested)." in found.caveats


def test_a_limited_run_is_said_beside_the_decision_and_an_unfinished_one_once_above_it(made, content):
    answers = {"m": {"a": rights(100, 95)}, "base": {"a": rights(100, 70)}}
    found = content(made(answers, limit=100, complete=False), baselines=("base",))

    assert found.verdict.caveats == ("No benchmark result: limited to 100 examples a task.",)
    assert not [text for text in found.warnings if "unfinished" in text]
    assert len(found.progress.sentences) == 1


def test_models_without_a_common_task_are_not_compared(made, content):
    """Two tasks of one model each: no count, no tie."""
    found = content(made({"m": {"a": rights(50, 45)}, "base": {"b": rights(50, 5)}})).verdict
    assert found.sentences == ("No difference between the 2 models was tested, so none is called better.",)
    assert found.basis == "No two models have a task in common."


def test_where_all_are_baselines_the_best_of_them_is_spoken_of(made, content):
    answers = {"tfidf": {"a": rights(100, 95)}, "majority": {"a": rights(100, 60)}}
    said = told(content(made(answers, adapters={"tfidf": "tfidf", "majority": "majority"})))
    assert "than" in said
    assert said.startswith(("tfidf is better than majority", "majority is worse than tfidf"))


def test_no_model_has_no_verdict(content):
    assert content().verdict is None


def test_a_task_that_the_reference_lacks_is_tested_between_the_others(made, content):
    """The family is every pair of models on every ranked task: one pair on a and, without the reference, one on b."""
    answers = {
        "ref": {"a": rights(100, 60)},
        "x": {"a": rights(100, 70), "b": rights(100, 90)},
        "y": {"b": rights(100, 50)},
    }
    found = content(made(answers), against="ref")

    assert "x is better than ref on a" in told(found)
    assert "better than y on b, by 40.00 points" in told(found)
    assert found.differences.family == 2
    assert [one.path for one in found.differences.differences] == ["own/a"]


def test_where_scores_are_of_different_items_nobody_is_told_to_have_the_best_one(made, content):
    """Seven models, each with no answer to one item more than the one before: no score stands above another of other items."""
    said = told(content(made({f"m{at}": {"a": "e" * at + rights(100 - at, 80)} for at in range(7)})))

    assert "best score" not in said
    assert "is not told apart from the best on 1, of 1 task whose scores are of different items." in said


def test_the_nearest_of_several_is_told_with_an_amount_where_the_reference_is_the_best(made, content):
    """95, 85 and 50 of 100: no other sentence has an amount, so the smaller lead, 10 points, stands with its interval."""
    answers = {"prod": 95, "next": 85, "far": 50}
    said = told(content(made({name: {"a": rights(100, right)} for name, right in answers.items()}), against="prod"))
    assert re.search(r"prod is better than (next and far|far and next), on 1 of 1 task each", said)
    assert re.search(r"; the nearest is next, on a, by 10\.00 points \[\d+\.\d\d, \d+\.\d\d\] \(accuracy\)\.", said)
