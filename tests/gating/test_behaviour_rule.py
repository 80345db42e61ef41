"""The rule about behavioural tests: every question it asks, on counts worked out by hand."""

import pytest

from benchwright.comparison.comparable_answers import pair
from benchwright.comparison.systems import read_system
from benchwright.errors import ConfigError
from benchwright.gating.toml import make_rules
from benchwright.gating.verdict import Verdict
from benchwright.score import score_columns
from benchwright.testing.patterns import case_records, case_task


def wilson(failures, n, z):
    """Wilson's interval (1927), written out."""
    share, weight = failures / n, z * z / n
    half = z * (share * (1 - share) / n + weight / (4 * n)) ** 0.5
    return (share + weight / 2 - half) / (1 + weight), (share + weight / 2 + half) / (1 + weight)


@pytest.fixture
def suite(bench):
    """Writes a baseline and a candidate of one behavioural task and returns the judge."""

    class Suite:
        def write(self, base, new, **more):
            for name, patterns in (("base", base), ("new", new)):
                records = case_records(patterns, **more)
                bench.write(name, {"b/t": records}, {"b/t": case_task()})

        def findings(self, **keys):
            result = bench.gate({"id": "r", "kind": "behaviour", **keys})
            return [one for one in result.findings if one.rule == "r"], result

    return Suite()


PLAIN = "Negation/plain"


@pytest.mark.parametrize(
    ("failures", "verdict"), [(0, "PASS"), (4, "PASS"), (6, "INCONCLUSIVE"), (14, "INCONCLUSIVE"), (30, "FAIL")]
)
def test_the_upper_bound_of_the_failure_rate_decides(suite, failures, verdict):
    """It passes where more is ruled out, fails where more is shown, and else cannot be told."""
    pattern = "-" * failures + "+" * (100 - failures)
    suite.write({PLAIN: pattern}, {PLAIN: pattern})
    (one,), _ = suite.findings(max_failure_rate=0.10)
    assert one.verdict == verdict, one.message
    low, high = wilson(failures, 100, 1.6448536269514722)
    assert (one.n, one.candidate, one.failing) == (100, failures / 100, failures)
    assert one.high == pytest.approx(high)
    assert one.low == pytest.approx(low, abs=1e-9)
    assert one.slice == "test=plain"


def test_an_open_rate_says_how_many_cases_would_tell(suite):
    """Six of a hundred fail: about 230 cases show, at that rate, that no more than ten per cent do."""
    pattern = "-" * 6 + "+" * 94
    suite.write({PLAIN: pattern}, {PLAIN: pattern})
    (one,), _ = suite.findings(max_failure_rate=0.10)
    assert wilson(0.06 * one.needed, one.needed, 1.6448536269514722)[1] == pytest.approx(0.10, abs=5e-4)
    assert "cases like these" in one.message


def test_templates_are_what_a_bound_counts(suite):
    """A hundred cases of five templates without a failure say as much as five cases."""
    suite.write({PLAIN: "+" * 100}, {PLAIN: "+" * 100}, templates=5)
    (one,), _ = suite.findings(max_failure_rate=0.10)
    assert (one.verdict, one.clusters) == (Verdict.INCONCLUSIVE, 5)
    t = 2.1318468  # 95 % one-sided, 4 degrees of freedom
    assert one.high == pytest.approx(t * t / (5 + t * t))


def test_the_bounds_are_the_interval_that_a_run_shows(suite, bench):
    """Of the task and of a test, clustered by template: one-sided bounds at half the level are the ends of the score's interval."""
    patterns = {PLAIN: "-+" * 20 + "+" * 40 + "?" * 5, "Names/c": "+" * 70 + "---"}
    suite.write(patterns, patterns, templates=8)
    pairing = pair([read_system(bench.store, "new")], "b/t")
    scores = {one.slice: one for one in score_columns(pairing.columns[0], pairing.metrics[:1])}
    (one,), _ = suite.findings(by="task", max_failure_rate=0.5, confidence=0.975)
    assert (one.candidate, one.low, one.high) == pytest.approx(
        (scores[None].value, scores[None].low, scores[None].high)
    )
    assert (one.n, one.clusters) == (153, 16)


def test_what_must_pass_is_judged_as_seen(suite):
    """One failure of a hundred breaks min_pass = 1, and keeps min_pass = 0.99."""
    suite.write({PLAIN: "+" * 100}, {PLAIN: "+" * 99 + "-"})
    (one,), result = suite.findings(min_pass=1.0)
    assert (one.verdict, one.candidate, result.exit_code) == (Verdict.FAIL, 0.99, 1)
    assert "99 of 100 cases pass" in one.message
    (one,), _ = suite.findings(min_pass=0.99)
    assert one.verdict is Verdict.PASS


def test_no_new_failures_fails_with_every_case_that_fails_anew(suite):
    """A case that the baseline fails too is none, one that was fixed makes up for nothing."""
    suite.write({PLAIN: "++--+"}, {PLAIN: "-+-+-"})
    (one,), result = suite.findings(compare="no_new_failures")
    assert (one.verdict, result.exit_code, one.fixed, one.broken) == (Verdict.FAIL, 1, 1, 2)
    assert one.flipped == ("plain/0", "plain/4")
    assert [case.case for case in one.cases] == ["plain/0", "plain/4"]
    assert (one.cases[0].baseline, one.cases[0].candidate, one.cases[0].expected) == (("yes",), ("no",), ("yes",))
    assert "2 of 5 cases applicable to both fail that the baseline passes" in one.message
    text = "\n".join(result.lines())
    assert "plain/0 (Negation, MFT)" in text
    assert "expected yes; baseline yes, candidate no" in text


def test_only_cases_applicable_to_both_are_compared(suite):
    """What is not applicable to one of them is no new failure, and both counts are told."""
    suite.write({PLAIN: "+++?-"}, {PLAIN: "-?+--"})
    (one,), _ = suite.findings(compare="no_new_failures")
    assert (one.n, one.broken) == (3, 1)
    assert "4 cases applicable to the baseline, 4 to the candidate, compared on 3" in one.flags


@pytest.mark.parametrize(
    ("most", "broken", "verdict"),
    [(3, 3, "PASS"), (3, 4, "FAIL"), (0, 0, "PASS"), (0.05, 1, "PASS"), (0.05, 4, "INCONCLUSIVE"), (0.05, 15, "FAIL")],
)
def test_negative_flips_are_a_count_or_a_share(suite, most, broken, verdict):
    """A count goes by what was seen, a share by the upper bound of the negative flip rate."""
    suite.write({PLAIN: "+" * 100}, {PLAIN: "-" * broken + "+" * (100 - broken)})
    (one,), _ = suite.findings(max_negative_flips=most)
    assert (one.verdict, one.broken) == (verdict, broken), one.message
    if isinstance(most, float):
        assert one.high == pytest.approx(wilson(broken, 100, 1.6448536269514722)[1])


def test_each_test_has_a_finding_of_its_own_and_holm_goes_over_them(suite):
    """A rule about a suite of tests names the one that fails; by capability they are one."""
    base = {"Negation/a": "+" * 60, "Negation/b": "+" * 60, "Names/c": "+" * 60}
    suite.write(base, {**base, "Negation/b": "+" * 45 + "-" * 15})
    found, _ = suite.findings(tests="negation/*", max_failure_rate=0.10)
    assert [(one.slice, one.verdict.value) for one in found] == [("test=a", "PASS"), ("test=b", "FAIL")]
    assert found[1].p_adjusted == pytest.approx(2 * found[1].p)
    (one,), _ = suite.findings(capability="negation", by="capability", max_failure_rate=0.20)
    assert (one.slice, one.n, one.failing, one.verdict) == ("capability=Negation", 120, 15, Verdict.PASS)
    (one,), _ = suite.findings(by="task", min_pass=0.9)
    assert (one.slice, one.n) == (None, 180)


def test_nothing_applicable_is_invalid(suite):
    """A test that cannot be asked of the candidate has no rate, so the gate is not passed."""
    suite.write({PLAIN: "+++"}, {PLAIN: "???"})
    found, result = suite.findings(max_failure_rate=0.1, compare="no_new_failures")
    assert [one.verdict for one in found] == [Verdict.INVALID, Verdict.INVALID]
    assert "no case of it is applicable to the candidate" in found[0].message
    assert result.exit_code == 3


def test_a_pattern_that_means_nothing_is_invalid_with_what_is_near(suite):
    """It never passes by silence."""
    suite.write({PLAIN: "+++"}, {PLAIN: "+++"})
    found, result = suite.findings(tests=["negation/*", "negtion/*"], min_pass=1.0)
    assert [one.verdict for one in found] == [Verdict.INVALID, Verdict.PASS]
    assert "'negtion/*' means no test of b/t; did you mean Negation? (one of: " in found[0].message
    assert result.exit_code == 3


def test_an_ordinary_task_is_no_behavioural_one(bench, make):
    """The rule says so instead of judging something else."""
    bench.pair("+" * 10, "+" * 10)
    finding, _ = bench.judge("behaviour", task="s/t", min_pass=1.0)
    assert (finding.verdict, "no behavioural task" in finding.message) == (Verdict.INVALID, True)
    finding, _ = bench.judge("behaviour", min_pass=1.0)
    assert "no task here is a behavioural one" in finding.message


def test_unanswered_cases_count_as_failed(suite):
    """Silence is no way past a test; the coverage rule fails besides."""
    suite.write({PLAIN: "+" * 10}, {PLAIN: "+" * 8 + "!!"})
    (one,), result = suite.findings(min_pass=0.9)
    assert (one.verdict, one.n, one.candidate) == (Verdict.FAIL, 10, 0.8)
    assert result.exit_code == 1
    (one,), _ = suite.findings(compare="no_new_failures")
    assert one.broken == 2


def test_the_same_model_passes_a_comparison(bench):
    """Flagged identical, whatever n is."""
    records = case_records({PLAIN: "+-"})
    bench.write("base", {"b/t": records}, {"b/t": case_task()}, digest="one")
    bench.write("new", {"b/t": records}, {"b/t": case_task()}, digest="one")
    result = bench.gate({"id": "r", "kind": "behaviour", "compare": "no_new_failures"})
    one = next(one for one in result.findings if one.rule == "r")
    assert (one.verdict, one.flags[0]) == (Verdict.PASS, "identical")


def test_a_waiver_is_about_one_test(bench):
    """The slice of the finding is what it names."""
    base = {"Negation/a": "++", "Negation/b": "++"}
    bench.write("base", {"b/t": case_records(base)}, {"b/t": case_task()})
    bench.write("new", {"b/t": case_records({"Negation/a": "-+", "Negation/b": "-+"})}, {"b/t": case_task()})
    import datetime as dt

    waiver = {"rule": "r", "slice": "test=a", "owner": "me", "issue": "1", "reason": "known"}
    waiver["expires"] = dt.date.today() + dt.timedelta(days=30)  # noqa: DTZ011 - a day is enough
    result = bench.gate({"id": "r", "kind": "behaviour", "compare": "no_new_failures"}, waivers=[waiver])
    found = {one.slice: one.verdict for one in result.findings if one.rule == "r"}
    assert found == {"test=a": Verdict.WAIVED, "test=b": Verdict.FAIL}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "asks nothing"),
        ({"max_failure_rate": 0}, "max_failure_rate: 0"),
        ({"max_failure_rate": 5}, "max_failure_rate: 5"),
        ({"min_pass": 0}, "min_pass: 0"),
        ({"max_negative_flips": 1.0}, "is no share that something could exceed"),
        ({"max_negative_flips": -1}, "max_negative_flips: -1"),
        ({"max_negative_flips": True}, "max_negative_flips: True"),
        ({"compare": "none"}, "compare: 'none'"),
        ({"min_pass": 1.0, "type": "mft"}, "type: 'mft'"),
        ({"min_pass": 1.0, "metric": "accuracy"}, "metric: no such key"),
        ({"min_pass": 1.0, "by": "case"}, "by: 'case'"),
        ({"min_pass": 1.0, "tests": []}, "tests: []"),
    ],
)
def test_mistakes_of_the_rule_are_told(keys, said):
    """Each with its rule and key."""
    with pytest.raises(ConfigError) as caught:
        make_rules({"rule": [{"id": "r", "kind": "behaviour", **keys}]})
    assert said in str(caught.value)


def test_the_other_spelling_is_refused_with_the_hint():
    """`behavior` is no kind."""
    with pytest.raises(ConfigError, match="write behaviour"):
        make_rules({"rule": [{"id": "r", "kind": "behavior"}]})


def test_a_test_that_neither_model_can_be_asked_is_told_and_does_not_count(suite):
    """Beside tests that were judged it is INVALID without blocking; where the baseline could be asked, it blocks."""
    both = {"Negation/a": "+++", "Negation/neutral": "???"}
    suite.write(both, both)
    found, result = suite.findings(tests="negation/*", min_pass=1.0, compare="no_new_failures")
    assert [(one.slice, one.metric, one.verdict.value, one.required) for one in found] == [
        ("test=a", "pass_rate", "PASS", True),
        ("test=neutral", "failure_rate", "INVALID", False),
        ("test=a", "new_failures", "PASS", True),
        ("test=neutral", "failure_rate", "INVALID", False),
    ]
    assert (result.exit_code, "not required and not measured" in result.reason) == (0, True)
    suite.write({**both, "Negation/neutral": "+++"}, both)
    found, result = suite.findings(tests="negation/*", min_pass=1.0, compare="no_new_failures")
    assert [one.required for one in found if one.verdict is Verdict.INVALID] == [True, True]
    assert result.exit_code == 3
