"""Missing metric, NaN, constant, one class, n = 1, nothing discordant, all right: defined, and never passed by accident."""

import pytest

from benchwright.comparison.systems import read_system
from benchwright.errors import ConfigError
from benchwright.gating.conclude import conclude
from benchwright.gating.context import GateContext
from benchwright.gating.evaluate import evaluate
from benchwright.gating.gate import as_rules
from benchwright.gating.verdict import Verdict
from benchwright.store import Store
from benchwright.types import Kind, PrecisionChoice, Record


def test_a_metric_that_no_task_has(bench):
    """A rule about it is invalid, exit code 3."""
    bench.pair("++++", "++++")
    for kind, keys in (
        ("noninferiority", {"margin": 0.1}),
        ("absolute", {"min": 0.1}),
        ("delta", {"margin": 0.1}),
        ("retained", {"min": 0.9}),
        ("slices", {"margin": 0.1}),
    ):
        finding, result = bench.judge(kind, metric="mcc", **keys)
        assert (finding.verdict, result.exit_code) == (Verdict.INVALID, 3), kind
        finding, result = bench.judge(kind, metric="mcc", task="s/t", **keys)
        assert (finding.verdict, result.exit_code) == (Verdict.INVALID, 3), kind


def test_a_task_that_nobody_ran(bench):
    """A rule that names it is invalid and says so."""
    bench.pair("++++", "++++")
    finding, result = bench.judge("delta", task="s/other", margin=0.1)
    assert (finding.verdict, result.exit_code) == (Verdict.INVALID, 3)
    assert "s/other" in finding.message


def _numbers(values, targets):
    return [Record(id=str(at), target=t, output=v) for at, (v, t) in enumerate(zip(values, targets, strict=True))]


@pytest.mark.parametrize("metric", ["pearson", "spearman"])
def test_an_undefined_value_is_invalid(bench, make, metric):
    """The correlation of constant answers is undefined: there is no difference, and no pass."""
    task = make.card("t", metric, kind=Kind.REGRESS)
    targets = [float(at) for at in range(50)]
    bench.write("base", {"s/t": _numbers(targets, targets)}, {"s/t": task})
    bench.write("new", {"s/t": _numbers([1.0] * 50, targets)}, {"s/t": task})
    for kind, keys in (
        ("noninferiority", {"margin": 0.5}),
        ("equivalence", {"margin": 0.5}),
        ("superiority", {}),
        ("delta", {"margin": 0.5}),
        ("retained", {"min": 0.1}),
        ("absolute", {"min": 0.0}),
        ("absolute", {"min": 0.0, "use": "lower"}),
    ):
        finding, result = bench.judge(kind, metric=metric, **keys)
        assert (finding.verdict, result.exit_code) == (Verdict.INVALID, 3), kind


def test_not_a_number_is_no_answer(bench, make):
    """A NaN output counts as an undefined value, not as a pass."""
    task = make.card("t", "pearson", kind=Kind.REGRESS)
    targets = [float(at) for at in range(50)]
    bench.write("base", {"s/t": _numbers(targets, targets)}, {"s/t": task})
    bench.write("new", {"s/t": _numbers([float("nan"), *targets[1:]], targets)}, {"s/t": task})
    finding, result = bench.judge("noninferiority", margin=0.5)
    assert finding.verdict is Verdict.INVALID
    assert result.exit_code == 3


def test_resamples_that_are_undefined_count_against_the_candidate(bench, make):
    """Where more than alpha of the resamples leave the value undefined there is no bound, so nothing passes."""
    task = make.card("t", "pearson", kind=Kind.REGRESS)
    targets = [1.0, *[0.0] * 30]  # a resample without item 0 has constant gold: 36 % of them
    bench.write("base", {"s/t": _numbers([1.0, *[0.01 * at for at in range(30)]], targets)}, {"s/t": task})
    bench.write("new", {"s/t": _numbers([1.0, *[0.001 * at for at in range(30)]], targets)}, {"s/t": task})
    finding, _ = bench.judge("noninferiority", margin=0.5)
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.low is None
    assert any("undefined" in flag for flag in finding.flags)


def test_constant_answers_on_both_sides(bench):
    """Two constant models that answer alike are no proof on few items, and proof enough on many."""
    bench.pair("+-" * 10, "+-" * 10)
    few, _ = bench.judge("noninferiority", margin=0.01)
    assert few.verdict is Verdict.INCONCLUSIVE
    assert "identical" in few.flags
    bench.pair("+-" * 500, "+-" * 500)
    many, _ = bench.judge("noninferiority", margin=0.01)
    assert many.verdict is Verdict.PASS
    assert "identical" in many.flags


def test_one_class_data(bench, make):
    """MCC and F1 of data with one gold label: never a pass by accident."""
    gold = [Record(id=str(at), target="no", output="no") for at in range(40)]
    off = [Record(id=str(at), target="no", output="no" if at else "yes") for at in range(40)]
    for metric in ("mcc", "f1", "macro_f1"):
        task = make.card("t", metric)
        bench.write(f"base-{metric}", {"s/t": gold}, {"s/t": task})
        bench.write(f"new-{metric}", {"s/t": off}, {"s/t": task})
        result = bench.gate(
            {"id": "r", "kind": "noninferiority", "margin": 0.01},
            run=f"new-{metric}",
            baseline=f"base-{metric}",
        )
        assert result.findings[0].verdict is not Verdict.PASS, (metric, result.findings[0].message)


@pytest.mark.parametrize(("base", "candidate"), [("+", "-"), ("-", "+"), ("+", "+"), ("-", "~")])
@pytest.mark.parametrize("metric", ["accuracy", "macro_f1", "mcc"])
def test_one_item(bench, make, base, candidate, metric):
    """One item shows nothing about a margin, whatever came out."""
    bench.pair(base, candidate, task=make.card("t", metric))
    for kind, keys in (
        ("noninferiority", {"margin": 0.3}),
        ("equivalence", {"margin": 0.3}),
        ("superiority", {}),
        ("retained", {"min": 0.9}),
    ):
        finding, result = bench.judge(kind, **keys)
        assert finding.verdict in (Verdict.INCONCLUSIVE, Verdict.INVALID), finding.message
        assert result.verdict is not Verdict.PASS


def test_nothing_discordant_and_not_identical(bench):
    """Other wrong answers, equal accuracy: the bound is z^2 / (n + z^2), so few items pass a wide margin only."""
    bench.pair("+" * 90 + "-" * 10, "+" * 90 + "~" * 10)
    narrow, _ = bench.judge("noninferiority", margin=0.02)
    wide, _ = bench.judge("noninferiority", margin=0.03)
    assert (narrow.verdict, wide.verdict) == (Verdict.INCONCLUSIVE, Verdict.PASS)
    assert wide.low == pytest.approx(-2.7055 / 102.7055, rel=1e-3)
    assert narrow.needed > 100


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1", "mcc", "f1"])
def test_all_right_on_both_sides(bench, make, metric):
    """100 % twice: ten items show no margin of a point; a thousand do."""
    task = make.card("t", metric)
    bench.pair("+" * 10, "+" * 10, task=task)
    few, result = bench.judge("noninferiority", margin=0.01)
    assert few.verdict is Verdict.INCONCLUSIVE
    assert result.exit_code == 0
    bench.pair("+" * 1000, "+" * 1000, task=task)
    many, _ = bench.judge("noninferiority", margin=0.01)
    assert many.verdict is Verdict.PASS
    assert "identical" in many.flags
    superior, _ = bench.judge("superiority")
    assert superior.verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("metric", ["macro_f1", "mcc", "f1"])
def test_one_item_won_is_no_bound(bench, make, metric):
    """One answer of twenty differs, for the better: a bootstrap would never see a loss, the bound does."""
    bench.pair("-" + "+" * 19, "+" * 20, task=make.card("t", metric))
    finding, _ = bench.judge("noninferiority", margin=0.01)
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.low < -0.01
    assert any("only 1 answer differs" in flag for flag in finding.flags)


def test_the_same_model_passes_on_any_n(bench, make):
    """One digest and the same answers: nothing can be lost, and nothing can be won."""
    for pattern in ("+", "+-" * 5, "+" * 100):
        bench.write("base", {"s/t": make.answers(pattern)}, digest="one")
        bench.write("new", {"s/t": make.answers(pattern)}, digest="one")
        for kind, keys in (
            ("noninferiority", {"margin": 0.001}),
            ("equivalence", {"margin": 0.001}),
            ("retained", {"min": 1.0}),
        ):
            finding, _ = bench.judge(kind, **keys)
            assert finding.verdict is Verdict.PASS
            assert "identical" in finding.flags
        finding, _ = bench.judge("superiority")
        assert finding.verdict is Verdict.FAIL


def test_other_data_are_not_comparable(bench, make):
    """Exit code 3 for another data hash, other items, another limit, other labels, another suite version."""
    pattern = make.answers("+" * 100)
    task = make.card()
    bench.write("base", {"s/t": pattern})
    for name, change in {
        "data": {"data": "other"},
        "limit": {"limit": 50},
        "version": {"versions": {"s": 2}},
    }.items():
        bench.write(name, {"s/t": pattern}, **change)
    bench.write("items", {"s/t": make.answers("+" * 99)})
    bench.write("label", {"s/t": pattern}, {"s/t": make.card("t", "accuracy")})
    for name in ("data", "limit", "version", "items"):
        result = bench.gate(
            {"id": "ni", "kind": "noninferiority", "margin": 0.1},
            {"id": "abs", "kind": "absolute", "min": 0.1},
            run=name,
        )
        assert (result.verdict, result.exit_code) == (Verdict.INVALID, 3), name
        assert {finding.verdict for finding in result.findings} == {Verdict.INVALID}, name
    assert task.metrics == ("accuracy",)


def test_an_empty_or_failed_run(bench, make):
    """Nothing measured is exit code 3, never 0."""
    bench.write("base", {"s/t": make.answers("+" * 10)})
    bench.write("failed", {"s/t": "out of memory"}, {"s/t": make.card()})
    bench.write("nothing", {}, {"s/t": make.card()})
    bench.write("none", {"s/t": []}, {"s/t": make.card()})
    for name in ("failed", "nothing", "none"):
        result = bench.gate({"id": "d", "kind": "absolute", "min": 0.0}, run=name)
        assert (result.verdict, result.exit_code) == (Verdict.INVALID, 3), name
        alone = bench.gate({"id": "d", "kind": "absolute", "min": 0.0}, run=name, baseline=None)
        assert alone.exit_code == 3, name


def test_all_answers_in_error(bench, make):
    """A candidate that answers nothing is not judged on nothing."""
    bench.pair("+" * 50, "!" * 50)
    finding, result = bench.judge("noninferiority", margin=0.2)
    assert finding.verdict is Verdict.INVALID
    assert result.exit_code == 1, "coverage fails: fifty items were lost"


@pytest.fixture
def again(bench, make, tmp_path):
    """Gates a model against the same one in another store, which gave other answers to items 2: same key, other circumstances."""

    def judge(before=None, now=None, **keys):
        told = {"digest": "one", "keys": {"m": keys}}
        mine = bench.store = Store(tmp_path / "one")
        bench.write("base", {"s/t": make.answers("+" * 20)}, environment=before or {}, **told)
        bench.store = Store(tmp_path / "other")
        bench.write("new", {"s/t": make.answers("++-" + "+" * 17)}, environment=now or {}, **told)
        rules = as_rules({"rule": [{"id": "r", "kind": "noninferiority", "margin": 0.5}]})
        sides = {"candidate": read_system(bench.store, "new"), "references": {"baseline": read_system(mine, "base")}}
        context = GateContext(**sides)
        return conclude(rules, context, evaluate(rules, context))

    return judge


def test_equal_artefacts_with_other_answers_are_non_deterministic(again):
    """What decides predictions is the same in two stores, and answers differ: invalid, with the items."""
    result = again()
    assert result.exit_code == 3
    assert "non-deterministic" in result.findings[0].message
    assert "t/2" in result.findings[0].message


@pytest.mark.parametrize("fact", ["instruction sets", "threads", "gpu"])
def test_another_machine_is_no_lack_of_determinism(again, fact):
    """Predictions depend on the kind of machine too: the comparison is made, and the fact that differs is told."""
    machines = [{"machine": {"processor": "p", fact: value}} for value in ("one", "two")]
    finding = again(*machines).findings[0]
    assert finding.verdict is not Verdict.INVALID
    assert any(f"{fact} one, then two" in flag for flag in finding.flags)
    assert "non-deterministic" not in again({"machine": {"processor": "p"}}, {"machine": {}}).findings[0].message
    assert "non-deterministic" in again(machines[0], machines[0]).findings[0].message


def test_fast_answers_that_changed_are_no_lack_of_determinism(again):
    """--precision fast takes what is fastest then, and promises no equal answers."""
    assert again(precision="fast").findings[0].verdict is not Verdict.INVALID


def test_what_fast_took_is_told_beside_a_comparison(bench, make):
    """Both runs were fast, one of them computed bfloat16 and the other one what is exact."""
    runs = [
        bench.write(name, {"s/t": make.answers("+" * 20)}, digest=name, keys={"m": {"precision": "fast"}})
        for name in ("base", "new")
    ]
    for run, chosen in zip(runs, ("bfloat16", "exact"), strict=True):
        bench.store.write_choice(run.cells[0].key, PrecisionChoice(chosen=chosen, reason="told"))
    finding = bench.gate({"id": "r", "kind": "noninferiority", "margin": 0.5}).findings[0]
    (said,) = [flag for flag in finding.flags if flag.startswith("computed: ")]
    assert said.count("bfloat16") == said.count("exact") == 1


def test_fast_that_took_exact_is_computed_like_exact(bench, make):
    """Where no way was taken nothing was computed otherwise, and nothing of that kind is told."""
    runs = [
        bench.write(name, {"s/t": make.answers("+" * 20)}, digest=name, keys={"m": {"precision": precision}})
        for name, precision in (("base", "exact"), ("new", "fast"))
    ]
    bench.store.write_choice(runs[1].cells[0].key, PrecisionChoice(chosen="exact", reason="told"))
    finding = bench.gate({"id": "r", "kind": "noninferiority", "margin": 0.5}).findings[0]

    assert not [flag for flag in finding.flags if flag.startswith("computed: ")]


def test_a_baseline_of_an_earlier_engine_is_compared_and_said_so(bench, make, monkeypatch):
    """The same model under engines 2 and 3 gives other answers: a comparison with a note, never a lack of determinism."""
    from benchwright.testing import write_run

    monkeypatch.setattr(write_run, "ENGINE", 2)
    bench.write("base", {"s/t": make.answers("+" * 200)}, digest="one")
    monkeypatch.setattr(write_run, "ENGINE", 3)
    bench.write("new", {"s/t": make.answers("++-" + "+" * 197)}, digest="one")
    finding = bench.gate({"id": "r", "kind": "noninferiority", "margin": 0.5}).findings[0]
    assert finding.verdict is Verdict.PASS
    said = [flag for flag in finding.flags if flag.startswith("engine: ")]
    assert len(said) == 1
    assert "2" in said[0]
    assert "3 (another arithmetic" in said[0]
    assert "non-deterministic" not in finding.message


def test_without_a_baseline_comparisons_are_invalid(bench, make):
    """A rule that compares needs somebody to compare with."""
    bench.write("new", {"s/t": make.answers("+" * 20)})
    finding = bench.gate({"id": "r", "kind": "noninferiority", "margin": 0.5}, baseline=None).findings[0]
    assert finding.verdict is Verdict.INVALID
    assert "--baseline" in finding.message
    result = bench.gate({"id": "a", "kind": "absolute", "min": 0.5}, baseline=None)
    assert (result.verdict, result.exit_code) == (Verdict.PASS, 0)


def test_a_margin_as_wide_as_the_metric_is_refused(bench):
    """margin = 1 on a score nothing could fail: invalid where the metric is known only from the card."""
    bench.pair("+" * 100, "-" * 100)
    finding, result = bench.judge("noninferiority", margin=1.0)
    assert (finding.verdict, result.exit_code) == (Verdict.INVALID, 3)


def test_a_share_of_a_parent_near_zero_means_nothing(bench, make):
    """retained needs a parent that is clearly above 0."""
    bench.pair("+-" * 50, "-+" * 50, task=make.card("t", "mcc"))
    finding, result = bench.judge("retained", min=0.5)
    assert (finding.verdict, result.exit_code) == (Verdict.INVALID, 3)


def test_split_and_cluster_are_as_asked(bench, make):
    """A rule may insist on a split and on the card's cluster key."""
    bench.pair("+" * 100, "+" * 100, task=make.card("t", cluster="document"), cluster=lambda at: f"d{at // 5}")
    good, _ = bench.judge("noninferiority", margin=0.3, split="validation", cluster="document")
    split, _ = bench.judge("noninferiority", margin=0.3, split="confirm")
    cluster, _ = bench.judge("noninferiority", margin=0.3, cluster="author")
    assert good.verdict is Verdict.PASS
    assert good.clusters == 20
    assert split.verdict is Verdict.INVALID
    assert cluster.verdict is Verdict.INVALID


def test_clusters_widen_bounds(bench, make):
    """Losses that come together in few documents decide less than the same losses one by one."""
    base, candidate = make.paired(1000, 0, 30)
    bench.pair(base, candidate)
    alone, _ = bench.judge("noninferiority", margin=0.045)
    bench.pair(base, candidate, cluster=lambda at: f"d{at // 20}")
    together, _ = bench.judge("noninferiority", margin=0.045)
    assert alone.verdict is Verdict.PASS
    assert together.verdict is Verdict.INCONCLUSIVE
    assert together.low < alone.low


def test_a_rule_that_breaks_is_an_error_and_the_others_are_told(bench, monkeypatch):
    """A bug in one family: ERROR, exit code 3, the rest evaluated."""
    from benchwright.gating.rules.limits import BudgetRule

    def broken(rule, context):
        raise ZeroDivisionError("bug")

    monkeypatch.delenv("BENCHWRIGHT_DEBUG", raising=False)
    monkeypatch.setattr(BudgetRule, "evaluate", broken)
    bench.pair("+" * 10, "+" * 10)
    result = bench.gate(
        {"id": "b", "kind": "budget", "metric": "size_bytes", "max": "1 B"}, {"id": "d", "kind": "delta", "margin": 0}
    )
    assert [f.verdict for f in result.findings[:2]] == [Verdict.ERROR, Verdict.PASS]
    assert (result.verdict, result.exit_code) == (Verdict.ERROR, 3)


def test_tasks_that_the_baseline_lacks_are_told(bench, make):
    """A new task is compared with nothing: said, not failed, and judged by rules about its value."""
    pattern = make.answers("+" * 100)
    bench.write("base", {"s/t": pattern})
    bench.write("new", {"s/t": pattern, "s/u": make.answers("-" * 50, task="u")})
    result = bench.gate({"id": "d", "kind": "delta", "margin": 0.1})
    assert result.exit_code == 0
    assert any("s/u" in flag for flag in result.findings[-1].flags)
    named = bench.gate({"id": "d", "kind": "delta", "margin": 0.1, "task": "s/u"})
    assert named.exit_code == 3
    value = bench.gate({"id": "a", "kind": "absolute", "min": 0.5})
    assert [finding.path for finding in value.findings if finding.verdict is Verdict.FAIL] == ["s/u"]


def test_another_model_to_compare_with_may_know_other_tasks(bench, make):
    """Tasks of an anchor or a parent do not enter rules against the baseline."""
    pattern = make.answers("+" * 100)
    bench.write("base", {"s/t": pattern})
    bench.write("old", {"s/t": pattern, "s/u": make.answers("+" * 50, task="u")})
    bench.write("new", {"s/t": pattern})
    rules = (
        {"id": "d", "kind": "delta", "margin": 0.1},
        {"id": "o", "kind": "delta", "margin": 0.1, "against": "old:m"},
    )
    result = bench.gate(*rules)
    assert [(f.rule, f.path, f.verdict) for f in result.findings if f.verdict is not Verdict.PASS] == [
        ("o", "s/u", Verdict.INVALID)
    ]


def test_the_suite_version_that_the_file_asks_for(bench):
    """Another version, or a suite that was not run, is exit code 3."""
    bench.pair("+" * 100, "+" * 100)
    rule = {"id": "d", "kind": "delta", "margin": 0.1}
    assert bench.gate(rule, top={"suite": "s@1"}).exit_code == 0
    assert bench.gate(rule, top={"suite": "s@2"}).exit_code == 3
    assert bench.gate(rule, top={"suite": ["s@1", "x@1"]}).exit_code == 3


def test_attempts_are_counted(bench, make):
    """How many models of the store answered the baseline's tasks; a damaged run of another is passed over."""
    bench.pair("+" * 100, "+" * 99 + "-")
    for number in range(3):
        bench.write(f"try{number}", {"s/t": make.answers("+" * 98 + "--")})
    bench.store.run_path("broken").write_text("{")
    _, result = bench.judge("delta", margin=0.1)
    assert result.attempts == 5, "three tries, the candidate and the baseline"
    assert "5 models here" in str(result)


def test_equal_gates_give_equal_findings(bench, make):
    """Same records, same rules: the same findings, but for the seconds."""
    import msgspec

    bench.pair(*make.paired(300, 10, 14), task=make.card("t", "macro_f1"), slices=lambda at: {"g": str(at % 2)})
    rules = (
        {"id": "n", "kind": "noninferiority", "margin": 0.02},
        {"id": "s", "kind": "slices", "margin": 0.05, "min_n": 50},
    )
    first, second = (
        [msgspec.structs.replace(finding, seconds=0.0) for finding in bench.gate(*rules).findings] for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("kind", ["noninferiority", "equivalence"])
def test_exchanging_the_sides_turns_the_difference(bench, make, kind):
    """Bounds of the exchanged comparison are the negative ones."""
    base, candidate = make.paired(300, 10, 14)
    found = []
    for pair in ((base, candidate), (candidate, base)):
        bench.pair(*pair, task=make.card("t", "macro_f1"))
        found.append(bench.judge(kind, margin=0.05)[0])
    assert found[0].delta == pytest.approx(-found[1].delta)
    assert found[0].low == pytest.approx(-found[1].high, abs=2e-3)


@pytest.mark.parametrize("clusters", [2, 3, 5, 9, 40])
@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
def test_no_margin_is_promised_that_the_bound_rules_out(bench, make, clusters, metric):
    """Equal models need at least the margin that the bound of these reaches; beyond the metric's range there is none."""
    task = make.card("t", metric, cluster="doc")
    bench.pair("+" * 396 + "-" * 4, "-" * 4 + "+" * 392 + "-" * 4, task=task, cluster=lambda at: f"doc {at % clusters}")
    finding, _ = bench.judge("noninferiority", margin=0.001)

    assert finding.verdict is Verdict.INCONCLUSIVE
    assert finding.mde is None or finding.delta - finding.low <= finding.mde < 1
    assert finding.needed is None or finding.needed > 400


def test_one_item_promises_no_margin(bench, make):
    """No margin of a share is wider than 100 points."""
    bench.pair("+", "-")
    finding, _ = bench.judge("noninferiority", margin=0.02)
    assert finding.mde is None
    assert "equal models pass" not in finding.message


def test_the_headline_counts_what_was_not_measured_and_not_required(bench):
    """A check that nothing answered is no part of `checks passed`, and is named beside them."""
    bench.pair("+" * 400, "+" * 400)
    optional = {"id": "small", "kind": "budget", "metric": "parameters", "max": 10, "required": False}
    result = bench.gate({"id": "q", "kind": "noninferiority", "margin": 0.1}, optional)
    assert result.exit_code == 0
    assert result.reason == "2 checks passed, 1 check not required and not measured: small"


@pytest.mark.parametrize("level", [1e-300, 1e-9, 0.00009])
def test_a_level_at_which_nothing_could_fail_is_refused(bench, level):
    """Else any candidate is only INCONCLUSIVE, which lets it through."""
    bench.pair("+" * 400, "-" * 400)
    rule = {"id": "q", "kind": "noninferiority", "margin": 0.1}
    with pytest.raises(ConfigError, match="below which nothing could fail"):
        bench.gate(rule, top={"alpha": level})
    with pytest.raises(ConfigError, match="confidence"):
        bench.gate({**rule, "confidence": 1 - 1e-9})
    assert bench.gate(rule, top={"alpha": 0.0001}).verdict is Verdict.FAIL
