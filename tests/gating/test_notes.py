"""What a gate says beside its findings: judged against itself, vacuous limits, idle waivers, attempts on other data."""

import datetime as dt

import pytest

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.gate_run import gate
from benchwright.gating.improvement import MOST_ITEMS
from benchwright.gating.verdict import Verdict
from benchwright.selection.select import select

NI = {"id": "r", "kind": "noninferiority", "margin": 0.1}
WAIVER = {"rule": "r", "owner": "nlp", "issue": "N-1", "reason": "known", "expires": dt.date(2027, 1, 1)}


def test_against_itself_or_a_copy(bench, make):
    """The same run and model, or the same artefact in another run; another model with the same answers is neither."""
    pattern = {"s/t": make.answers("+" * 100)}
    bench.write("base", pattern, digest="one")
    bench.write("copy", pattern, digest="one")
    bench.write("other", pattern, digest="two")
    mine, copy, other = (bench.gate(NI, run=name) for name in ("base", "copy", "other"))
    assert mine.flags == ("base:m was compared with itself (baseline): this tells nothing about a change",)
    assert "copy:m was compared with base:m, the same model" in copy.flags[0]
    assert [one.reason.endswith("the candidate is the baseline itself") for one in (mine, copy, other)] == [
        True,
        True,
        False,
    ]
    assert (mine.verdict, mine.exit_code, other.flags) == (Verdict.PASS, 0, ())
    named = bench.gate({**NI, "against": "base:m"}, run="base", baseline=None)
    assert "the candidate is the base:m itself" in named.reason


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"id": "r", "kind": "noninferiority", "margin": 0.99}, "0.99 is more than half of the score of t (accuracy)"),
        ({"id": "r", "kind": "equivalence", "metric": "accuracy", "margin": 0.99}, "more than half of accuracy"),
        ({"id": "r", "kind": "absolute", "max": 1.0}, "nothing could fail it: the score of t (accuracy) goes from 0"),
        ({"id": "r", "kind": "absolute", "min": 0, "max": 1}, "nothing could fail it"),
    ],
)
def test_what_hardly_anything_could_fail_is_flagged(bench, make, rule, told):
    """It stays a pass, and says what that is worth."""
    bench.pair("+" * 100, "+" * 99 + "-")
    finding = bench.gate(rule).findings[0]
    assert finding.verdict is Verdict.PASS
    assert any(told in flag for flag in finding.flags), finding.flags


def test_a_limit_that_the_score_never_reaches_is_invalid(bench):
    """Known from the card alone; a metric by name is a mistake of the rules."""
    bench.pair("+" * 100, "+" * 100, slices=lambda at: {"g": "a"})
    for keys in ({"kind": "absolute", "max": 90}, {"kind": "absolute", "min": 90}, {"kind": "slices", "margin": 1}):
        finding, result = bench.judge(**keys)
        assert (finding.verdict, result.exit_code) == (Verdict.INVALID, 3), keys
    with pytest.raises(ConfigError, match=r"write 0\.9 for 90 %"):
        bench.judge("absolute", metric="accuracy", max=90)


def test_attempts_are_on_the_same_data(bench, make):
    """Other data, another split and a limited run are other questions; a cell under two names is one model."""
    pattern = {"s/t": make.answers("+" * 100)}
    bench.write("base", pattern)
    bench.write("new", pattern)
    alone = bench.gate(NI)
    assert (alone.attempts, alone.tried) == (2, "")
    bench.write("data", pattern, data="other")
    bench.write("limit", pattern, limit=50)
    bench.write("again", pattern, digest="new")
    assert bench.gate(NI).attempts == 2
    bench.write("third", pattern)
    found = bench.gate(NI)
    assert found.attempts == 3
    assert "3 models here, these included" in found.tried
    assert bench.gate(NI, baseline=None, top={"baseline": {"name": "gone"}}).attempts == 3


def test_gate_and_select_count_the_same_attempts(bench, make):
    """One function, one number, whatever is asked and of whom."""
    for name, wrong in (("base", 3), ("new", 4), ("third", 5), ("fourth", 6)):
        bench.write(name, {"s/t": make.answers("-" * wrong + "+" * (100 - wrong))})
    asked = [bench.gate(NI).attempts, bench.gate(NI, run="third", baseline="fourth").attempts]
    chosen = [
        select(names, store=bench.store, resamples=200).attempts
        for names in (["base", "new"], ["third", "new", "base"])
    ]
    assert {*asked, *chosen} == {4}


def test_a_result_is_neither_true_nor_false(bench):
    """`if gate(...)` would be true for FAIL."""
    bench.pair("+" * 200, "-" * 200)
    failed = bench.gate(NI)
    assert not failed.passed
    assert bench.gate(NI, run="base").passed
    with pytest.raises(TypeError, match=r"\.passed"):
        bool(failed)


def test_a_notebook_shows_whom_it_was_about(bench):
    """Candidate, baseline, flags of the gate and of its findings."""
    bench.pair("+" * 100, "+" * 100)
    page = bench.gate({**NI, "margin": 0.99})._repr_html_()
    assert "new:m against base:m" in page
    assert "more than half" in page
    assert "compared with itself" in bench.gate(NI, run="base")._repr_html_()


def test_a_waiver_that_applies_to_nothing_says_so(bench, make):
    """Its task is no rule's; and one that never ends is told."""
    bench.pair(*make.paired(1000, 0, 200))
    idle = bench.gate(NI, waivers=[{**WAIVER, "task": "s/other"}])
    assert idle.flags == ("the waiver of nlp (N-1) for r s/other applies to nothing that was judged",)
    assert idle.exit_code == 1
    long = bench.gate(NI, waivers=[{**WAIVER, "expires": dt.date(9999, 12, 31)}])
    assert long.flags == ("the waiver of nlp (N-1) for r lasts until 9999-12-31",)
    assert long.findings[0].verdict is Verdict.WAIVED


@pytest.mark.parametrize("rules", [[], [{"id": "c", "kind": "coverage", "max_errored": 1}]])
def test_coverage_cannot_be_waived(bench, rules):
    """What has no answer was not measured."""
    bench.pair("+" * 100, "!" * 5 + "+" * 95)
    waiver = {**WAIVER, "rule": rules[0]["id"] if rules else "coverage"}
    with pytest.raises(ConfigError, match="cannot be waived"):
        bench.gate(NI, *rules, waivers=[waiver])
    assert bench.gate(NI, *rules).exit_code == 1


def test_a_missing_baseline_is_told_once(bench, make):
    """Not at every task."""
    paths = {f"s/t{at}": make.answers("+" * 50, task=f"t{at}") for at in range(3)}
    bench.write("new", paths)
    result = bench.gate({"id": "a", "kind": "absolute", "min": 0.5}, baseline=None, top={"baseline": {"name": "gone"}})
    told = [flag for finding in result.findings for flag in finding.flags]
    assert sum("no baseline to compare with" in flag for flag in told) == 1
    assert sum("'gone'" in flag for flag in told) == 1


def test_no_realistic_number_of_items(bench, make):
    """A difference a hair from the limit asks for millions: that is said, and is no number to plan with."""
    bench.pair(*make.paired(1000, 50, 60))
    near, _ = bench.judge("noninferiority", margin=0.0101)
    assert near.verdict is Verdict.INCONCLUSIVE
    assert near.needed is None or near.needed <= MOST_ITEMS
    bench.pair(*make.paired(1000, 0, 60))
    near, _ = bench.judge("noninferiority", margin=0.0601)
    assert near.verdict is Verdict.INCONCLUSIVE
    assert near.needed is None
    assert "more than 1,000,000 items, no realistic number, tell" in near.message


def test_names_that_are_nearly_right_are_suggested(bench):
    """At the gate too; and a metric that the task lacks is answered with its card."""
    bench.pair("+" * 100, "+" * 100)
    finding, result = bench.judge("delta", task="s/tt", margin=0.1)
    assert (finding.verdict, result.exit_code) == (Verdict.INVALID, 3)
    assert "did you mean s/t?" in finding.message
    finding, _ = bench.judge("delta", task="s/t", metric="roc_auc", margin=0.1)
    assert finding.message == "s/t has no metric 'roc_auc': its card names accuracy"
    finding, _ = bench.judge("absolute", metric="roc_auc", min=0.1)
    assert finding.message == "no task has the metric 'roc_auc': their cards name accuracy"


def test_no_run_is_a_sentence(bench):
    """Not an AttributeError."""
    with pytest.raises(BenchwrightError, match="None is no run"):
        gate({"rule": [NI]}, None, store=bench.store)
    with pytest.raises(BenchwrightError, match="None holds no rules"):
        gate(None, "new", store=bench.store)


def test_the_same_files_read_with_a_third_label_are_another_candidate(bench):
    """`?neutral=1/3..2/3` changes answers, not files: such a candidate is no copy of the baseline."""
    from benchwright.gating.conclude import compared_with_itself
    from benchwright.gating.gate import as_rules, find_locations, make_context
    from benchwright.run import evaluate

    for name, model in (("two", "m=tfidf"), ("three", "m=tfidf?neutral=1/3..2/3"), ("again", "m=tfidf")):
        evaluate([model], "behaviour/sentiment?cases=2", store=bench.store.root, name=name)
    rules = as_rules({"rule": [{"id": "r", "kind": "behaviour", "compare": "no_new_failures"}]})
    where = find_locations(rules, bench.store, bench.root / "baselines.lock")
    found = {
        name: compared_with_itself(rules, make_context(rules, where, name, baseline="two"))
        for name in ("three", "again")
    }
    assert found == {"three": (), "again": ("baseline",)}
