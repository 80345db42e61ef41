"""Every kind of rule, every way it can end, on counts worked out by hand."""

import datetime as dt

import pytest

from benchwright.comparison.comparable_answers import pair
from benchwright.comparison.systems import read_systems
from benchwright.gating.rules.limits import value_of
from benchwright.gating.verdict import Verdict
from benchwright.score import score_columns
from benchwright.stats.paired import tango_bound, tango_p


@pytest.mark.parametrize(
    ("kind", "keys", "n", "fixed", "broken", "verdict"),
    [
        ("noninferiority", {"margin": 0.02}, 1000, 10, 10, "PASS"),
        ("noninferiority", {"margin": 0.01}, 1000, 10, 15, "INCONCLUSIVE"),
        ("noninferiority", {"margin": 0.01}, 1000, 0, 40, "FAIL"),
        ("superiority", {}, 1000, 40, 10, "PASS"),
        ("superiority", {"margin": 0.02}, 1000, 40, 10, "INCONCLUSIVE"),
        ("superiority", {}, 1000, 10, 40, "FAIL"),
        ("equivalence", {"margin": 0.02}, 1000, 10, 10, "PASS"),
        ("equivalence", {"margin": 0.02}, 1000, 25, 10, "INCONCLUSIVE"),
        ("equivalence", {"margin": 0.02}, 1000, 90, 10, "FAIL"),
        ("equivalence", {"margin": 0.02}, 1000, 10, 90, "FAIL"),
        ("delta", {"margin": 0.01}, 1000, 0, 10, "PASS"),
        ("delta", {"margin": 0.01}, 1000, 0, 11, "FAIL"),
        ("retained", {"min": 0.97}, 1000, 10, 10, "PASS"),
        ("retained", {"min": 0.97}, 1000, 10, 40, "INCONCLUSIVE"),
        ("retained", {"min": 0.97}, 1000, 0, 100, "FAIL"),
    ],
)
def test_paired_rules(bench, make, kind, keys, n, fixed, broken, verdict):
    """Counts of fixed and broken items decide as they should."""
    bench.pair(*make.paired(n, fixed, broken, wrong=50))
    finding, _ = bench.judge(kind, **keys)
    assert finding.verdict == verdict, finding.message
    assert (finding.fixed, finding.broken, finding.n) == (fixed, broken, n)
    assert finding.delta == pytest.approx((fixed - broken) / n)


@pytest.mark.parametrize(("verdict", "code"), [("PASS", 0), ("FAIL", 1), ("INCONCLUSIVE", 0)])
def test_the_exit_code_follows_the_worst(bench, make, verdict, code):
    """Pass 0, fail 1, open 0 with its own verdict, and 4 with strict."""
    fixed, broken = {"PASS": (10, 10), "FAIL": (0, 40), "INCONCLUSIVE": (10, 15)}[verdict]
    bench.pair(*make.paired(1000, fixed, broken))
    margin = 0.02 if verdict == "PASS" else 0.01
    finding, result = bench.judge("noninferiority", margin=margin)
    assert (finding.verdict, result.verdict, result.exit_code) == (verdict, verdict, code)
    _, strict = bench.judge("noninferiority", margin=margin, strict=True)
    assert strict.exit_code == (4 if verdict == "INCONCLUSIVE" else code)
    _, result = bench.judge("noninferiority", margin=margin, on_inconclusive="fail")
    assert result.exit_code == (4 if verdict == "INCONCLUSIVE" else code)


def test_bounds_and_p_are_tangos(bench, make):
    """A finding's numbers are those of the score method."""
    bench.pair(*make.paired(800, 12, 20))
    finding, _ = bench.judge("noninferiority", margin=0.01)
    assert finding.low == pytest.approx(tango_bound(12, 20, 800, 0.05, "lower"))
    assert finding.high == pytest.approx(tango_bound(12, 20, 800, 0.05, "upper"))
    assert finding.p == pytest.approx(tango_p(12, 20, 800, -0.01, "less"))
    assert finding.p_adjusted == finding.p, "one test is a family of one"


def test_an_open_question_names_the_items_it_needs(bench, make):
    """The needed n is that of equal models at the observed disagreement."""
    bench.pair(*make.paired(500, 10, 10))
    finding, _ = bench.judge("noninferiority", margin=0.01)
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert 2400 < finding.needed < 2600, "(1.645 + 0.842)^2 x 0.04 / 0.01^2 = 2,473"
    assert finding.mde == pytest.approx(2.4865 * (0.04 / 500) ** 0.5, rel=1e-3)
    assert "2,500 items" in finding.message


def test_failing_is_corrected_and_passing_is_not(bench, make):
    """Evidence that is enough for one rule is not enough for one of forty; bounds of passing rules stay as they are."""
    bench.pair(*make.paired(1000, 5, 30))
    rule = {"kind": "noninferiority", "margin": 0.01}
    alone = bench.gate({"id": "r0", **rule})
    many = bench.gate(*({"id": f"r{at}", **rule} for at in range(40)))
    assert alone.findings[0].verdict is Verdict.FAIL
    assert many.findings[0].verdict is Verdict.INCONCLUSIVE
    assert many.findings[0].p_adjusted == pytest.approx(40 * alone.findings[0].p)
    assert "not enough among all rules" in many.findings[0].message
    assert many.findings[0].low == alone.findings[0].low


def test_rules_that_are_only_told_do_not_weaken_those_that_count(bench, make):
    """Holm is over rules of one severity."""
    bench.pair(*make.paired(1000, 5, 30))
    rule = {"kind": "noninferiority", "margin": 0.01}
    told = ({"id": f"w{at}", "severity": "warn", **rule} for at in range(40))
    result = bench.gate({"id": "r", **rule}, *told)
    assert result.findings[0].verdict is Verdict.FAIL
    assert all(finding.verdict is Verdict.INCONCLUSIVE for finding in result.findings[1:41])


def test_a_warning_never_fails(bench, make):
    """severity = warn is told, and the gate passes on the rest."""
    bench.pair(*make.paired(1000, 5, 60))
    result = bench.gate(
        {"id": "told", "kind": "noninferiority", "margin": 0.01, "severity": "warn"},
        {"id": "counts", "kind": "delta", "margin": 0.2},
    )
    assert result.findings[0].verdict is Verdict.FAIL
    assert (result.verdict, result.exit_code) == (Verdict.PASS, 0)
    assert "1 warning: told" in result.reason


@pytest.mark.parametrize(
    ("keys", "verdict"),
    [
        ({"min": 0.9}, "PASS"),
        ({"min": 0.91}, "FAIL"),
        ({"max": 0.9}, "PASS"),
        ({"max": 0.89}, "FAIL"),
        ({"min": 0.88, "use": "lower"}, "PASS"),
        ({"min": 0.89, "use": "lower"}, "INCONCLUSIVE"),
        ({"min": 0.93, "use": "lower"}, "FAIL"),
        ({"max": 0.92, "use": "upper"}, "PASS"),
        ({"max": 0.91, "use": "upper"}, "INCONCLUSIVE"),
        ({"max": 0.85, "use": "upper"}, "FAIL"),
    ],
)
def test_absolute_rules(bench, make, keys, verdict):
    """90 % of 1,000, Wilson's one-sided bounds 88.3 and 91.5 %."""
    bench.pair(*make.paired(1000, 0, 0, wrong=100))
    finding, _ = bench.judge("absolute", metric="accuracy", **keys)
    assert finding.verdict == verdict, finding.message


def test_an_absolute_rule_of_draws(bench, make):
    """Metrics that are no share take bootstrap bounds of the value."""
    bench.pair(*make.paired(1000, 0, 0, wrong=100), task=make.card("t", "mcc"))
    passed, _ = bench.judge("absolute", metric="mcc", use="lower", min=0.7)
    failed, _ = bench.judge("absolute", metric="mcc", use="lower", min=0.9)
    assert (passed.verdict, failed.verdict) == (Verdict.PASS, Verdict.FAIL)
    assert passed.low < passed.candidate < passed.high


@pytest.mark.parametrize(("limit", "verdict"), [(1000, "PASS"), (999, "FAIL")])
def test_a_budget(bench, make, limit, verdict):
    """Bytes on disk as the adapter told them; exactly the limit is within it."""
    bench.pair("++++", "++++")
    finding, _ = bench.judge("budget", metric="size_bytes", max=f"{limit} B")
    assert finding.verdict == verdict
    assert (finding.candidate, finding.baseline) == (1000, 1000)


def test_what_is_not_known_is_invalid(bench):
    """An unknown size does not pass."""
    bench.pair("++++", "++++")
    finding, result = bench.judge("budget", max=10, metric="parameters")
    assert finding.verdict is Verdict.INVALID
    assert (result.verdict, result.exit_code) == (Verdict.INVALID, 3)


def test_the_share_of_a_size(bench):
    """retained with max: how much of the parent's size is used."""
    bench.pair("++++", "+++-")
    finding, _ = bench.judge("retained", metric="size_bytes", max=1.0)
    assert finding.verdict is Verdict.PASS
    finding, _ = bench.judge("retained", metric="size_bytes", max=0.99)
    assert finding.verdict is Verdict.FAIL


def test_a_named_parent(bench, make):
    """retained may name any stored model."""
    bench.pair(*make.paired(1000, 0, 0))
    base, candidate = make.paired(1000, 0, 100)
    bench.write("teacher", {"s/t": make.answers(base)}, {"s/t": make.card()})
    bench.write("student", {"s/t": make.answers(candidate)}, {"s/t": make.card()})
    result = bench.gate({"id": "r", "kind": "retained", "parent": "teacher:m", "min": 0.97}, run="student")
    assert result.findings[0].verdict is Verdict.FAIL
    assert result.findings[0].against == "teacher:m"


def test_coverage_counts_lost_items(bench, make):
    """An item that the baseline answers and the candidate does not fails the gate, whatever else is well."""
    bench.pair("+" * 200, "!" + "+" * 199)
    finding, result = bench.judge("delta", margin=0.1)
    coverage = result.findings[-1]
    assert (finding.verdict, coverage.verdict, result.exit_code) == (Verdict.PASS, Verdict.FAIL, 1)
    assert coverage.flipped == ("t/0",)
    allowed = bench.gate({"id": "d", "kind": "delta", "margin": 0.1}, {"id": "c", "kind": "coverage", "max_errored": 1})
    assert allowed.exit_code == 0


def test_coverage_misses_tasks(bench, make):
    """A task of the baseline that the candidate has not is invalid."""
    pattern = make.answers("+" * 100)
    bench.write("base", {"s/t": pattern, "s/u": make.answers("+" * 50, task="u")})
    bench.write("new", {"s/t": pattern})
    result = bench.gate({"id": "d", "kind": "delta", "task": "s/t", "margin": 0.1})
    assert (result.verdict, result.exit_code) == (Verdict.INVALID, 3)
    assert "s/u" in result.findings[-1].message


def test_slices(bench, make):
    """One slice loses ten points and is found; one is too small to be judged and named."""
    n = 900

    def slices(at):
        return {"lang": ("de" if at < 300 else "ga" if at < 350 else "en")}

    base = "+" * n
    candidate = "-" * 30 + "+" * (n - 30)
    bench.pair(base, candidate, slices=slices)
    result = bench.gate({"id": "sl", "kind": "slices", "by": ["lang"], "margin": 0.03})
    by_slice = {finding.slice: finding for finding in result.findings if finding.rule == "sl"}
    assert by_slice.keys() == {"lang=de", "lang=en"}
    assert by_slice["lang=de"].verdict is Verdict.FAIL
    assert by_slice["lang=en"].verdict is Verdict.PASS
    assert "lang=ga 50" in " ".join(by_slice["lang=de"].flags)
    assert "shrunken" in by_slice["lang=de"].message
    assert result.exit_code == 1


def test_slices_need_an_effect(bench, make):
    """A loss that is real and below the margin does not fail."""
    bench.pair("+" * 4000, "-" * 40 + "+" * 3960, slices=lambda at: {"g": "all"})
    result = bench.gate({"id": "sl", "kind": "slices", "margin": 0.03})
    assert result.findings[0].verdict is Verdict.PASS


def test_a_slice_rule_without_slices_is_invalid(bench, make):
    """Nothing judged is nothing passed."""
    bench.pair("+" * 100, "+" * 99 + "-", slices=lambda at: {"g": "x"})
    for keys in ({"by": ["lang"]}, {"task": "s/t"}, {}):
        finding, result = bench.judge("slices", margin=0.03, **keys)
        assert (finding.verdict, result.exit_code) == (Verdict.INVALID, 3), keys


def test_waivers(bench, make):
    """A waived failure is told with its owner and does not fail; an expired waiver only says so."""
    bench.pair(*make.paired(1000, 0, 60))
    rule = {"id": "r", "kind": "noninferiority", "margin": 0.01}
    waiver = {"rule": "r", "owner": "nlp", "issue": "N-1", "reason": "known", "expires": dt.date(2999, 1, 1)}
    waived = bench.gate(rule, waivers=[waiver])
    assert waived.findings[0].verdict is Verdict.WAIVED
    assert waived.findings[0].waiver["owner"] == "nlp"
    assert (waived.verdict, waived.exit_code) == (Verdict.PASS, 0)
    expired = bench.gate(rule, waivers=[{**waiver, "expires": dt.date(2020, 1, 1)}])
    assert expired.findings[0].verdict is Verdict.FAIL
    assert "expired on 2020-01-01" in expired.findings[0].flags[-1]
    other = bench.gate(rule, waivers=[{**waiver, "task": "s/other"}])
    assert other.findings[0].verdict is Verdict.FAIL


def test_an_invalid_rule_cannot_be_waived(bench):
    """A waiver answers for a loss, not for evidence that is missing."""
    bench.pair("++", "++")
    waiver = {"rule": "r", "owner": "nlp", "issue": "N-1", "reason": "known", "expires": dt.date(2999, 1, 1)}
    result = bench.gate({"id": "r", "kind": "budget", "metric": "parameters", "max": 10}, waivers=[waiver])
    assert result.exit_code == 3


def test_lower_is_better_is_mirrored(bench, make):
    """A higher miss rate is a loss."""
    task = make.card("t", "miss_rate")
    base, candidate = make.paired(1000, 0, 60)
    bench.pair(base, candidate, task=task)
    finding, _ = bench.judge("noninferiority", metric="miss_rate", margin=0.01)
    assert finding.verdict is Verdict.FAIL
    assert finding.delta > 0
    assert finding.low > 0.01, "bounds are in the metric's own direction"
    finding, _ = bench.judge("superiority", metric="miss_rate")
    assert finding.verdict is Verdict.FAIL
    finding, _ = bench.judge("retained", metric="miss_rate", min=0.9)
    assert finding.verdict is Verdict.INVALID


def test_one_slice_of_a_paired_rule(bench, make):
    """slice = NAME=VALUE takes its items only."""
    bench.pair("+" * 1000, "-" * 100 + "+" * 900, slices=lambda at: {"half": "a" if at < 500 else "b"})
    first, _ = bench.judge("noninferiority", margin=0.02, slice="half=a")
    second, _ = bench.judge("delta", margin=0.02, slice="half=b")
    gone, _ = bench.judge("delta", margin=0.02, slice="half=c")
    assert (first.verdict, first.n) == (Verdict.FAIL, 500)
    assert (second.verdict, second.n) == (Verdict.PASS, 500)
    assert gone.verdict is Verdict.INVALID


@pytest.mark.parametrize("metric", ["accuracy", "f1", "precision"])
def test_an_absolute_rule_has_the_interval_that_is_shown(bench, make, metric):
    """One number, one interval: the two one-sided 97.5 % bounds are the ends of the score's 95 % interval."""
    bench.pair("+" * 60 + "-" * 20, "+" * 50 + "-" * 30, task=make.card("t", "accuracy", "f1", "precision"))
    pairing = pair(read_systems(bench.store, ["base", "new"]), "s/t")
    shown = {one.metric: one for one in score_columns(pairing.columns[0], pairing.metrics)}[f"{metric}@1"]
    found = value_of(pairing, metric)

    assert found.low(0.025) == pytest.approx(shown.low)
    assert found.high(0.025) == pytest.approx(shown.high)
    assert found.p_above(shown.low) == pytest.approx(0.025, abs=1e-6)
