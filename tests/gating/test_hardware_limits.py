"""Limits on times, memory, energy and cost: by the whole 95 % interval, with their unit, on the machine that the rule is about."""

import numpy as np
import pytest
from msgspec.structs import replace
from scipy.stats import binom

from benchwright.alarm import alarm
from benchwright.cli.main import call
from benchwright.errors import ConfigError
from benchwright.gate_run import gate
from benchwright.gating.evaluate import evaluate
from benchwright.gating.explain import explain
from benchwright.gating.gate import as_rules, find_locations, make_context
from benchwright.gating.outputs.html import write_html
from benchwright.gating.outputs.json import write_json
from benchwright.gating.outputs.junit import write_junit
from benchwright.gating.outputs.markdown import write_markdown
from benchwright.gating.outputs.openmetrics import write_openmetrics
from benchwright.gating.power import plan
from benchwright.gating.toml import make_rules
from benchwright.measuring.machine import describe_machine
from benchwright.testing.hardware_fixtures import MACHINE, hardware_card, hardware_path, make_measurements
from benchwright.testing.patterns import pattern_records, pattern_task
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, MeasuredQuantity, Profile, ProfileSpec

HERE = describe_machine("cpu")
TASK = "s/t"
PATH = hardware_path("single_stream", TASK)


def percentile(values, share):
    """Nearest rank and the ranks that leave 2.5 % of Binomial(n, share) on either side, straight from scipy."""
    found, n = np.sort(values), len(values)
    low, high = int(binom.ppf(0.025, n, share)), int(binom.ppf(0.975, n, share)) + 1
    if high > n:
        return MeasuredQuantity(quantity="", value=None, n=n, reason=f"{n} samples: too few for a 95 % interval")
    at = int(np.ceil(share * n - 1e-9)) - 1
    return MeasuredQuantity(
        quantity="",
        value=float(found[at]),
        low=float(found[max(low - 1, 0)]),
        high=float(found[high - 1]),
        n=n,
        method="ranks",
    )


class Lab:
    """Runs whose model answers a task and was measured on it."""

    def __init__(self, store):
        self.store = store

    def write(self, name, latencies, *, scenario="single_stream", machine=HERE, readings=None, session="", **changes):
        """A run of one model ``m``: its answers, its raw latencies, and the profile that follows from these."""
        card, path = pattern_task(), hardware_path(scenario, TASK)
        found = make_measurements(scenario, latencies=latencies, machine=machine, session=session or name)
        run = write_run(
            self.store,
            name,
            {"m": {TASK: pattern_records("+" * 9 + "-"), path: found}},
            {TASK: card, path: hardware_card(scenario, TASK, card)},
        )
        cell = next(one for one in run.cells if one.status == "measured")
        shares = (("latency_p50", 0.5), ("latency_p90", 0.9), ("latency_p99", 0.99))
        quantities = [replace(percentile(np.array(latencies), share), quantity=name) for name, share in shares]
        more = [
            MeasuredQuantity(quantity=name, value=value, n=1, method="read") for name, value in (readings or {}).items()
        ]
        fields = {
            "model": "m", "suite": "hardware", "base": TASK, "split": card.default_split, "key": cell.key,
            "spec": ProfileSpec(scenario=scenario), "machine": machine, "session": session or name, "device": "cpu",
            "precision": "exact", "quantities": (*quantities, *more),
        }  # fmt: skip
        self.store.write_run(replace(run, profiles=(Profile(**(fields | changes)),)))

    def judge(self, run="new", baseline="", **keys):
        """The findings of one rule and the exit code."""
        rule = {"id": "r", "kind": "budget", **keys}
        options = {"baseline": baseline} if baseline else {}
        result = gate({"rule": [rule]}, run, store=self.store, resamples=200, **options)
        return [one for one in result.findings if one.rule == "r"], result


@pytest.fixture
def lab(tmp_path):
    """A throw-away store."""
    from benchwright.store import Store

    return Lab(Store(tmp_path / "store"))


def spread(middle, n=200):
    """Latencies around a value: p90 is 8 % above it."""
    return tuple(middle * (0.9 + 0.2 * (at + 0.5) / n) for at in np.random.default_rng(1).permutation(n).tolist())


def test_a_limit_that_is_broken_by_a_hair_does_not_read_like_the_value(lab):
    """50 ms, at most 50 ms allowed, FAIL: nobody would understand it."""
    lab.write("new", (0.05,) * 100)
    (finding,), _ = lab.judge(metric="latency_p90", max="49.999 ms")
    assert finding.verdict == "FAIL"
    assert "latency_p90 50 ms [50 ms, 50 ms]" in finding.message
    assert "at most 49.999 ms allowed" in finding.message


@pytest.mark.parametrize(("limit", "verdict"), [("1 MB", "PASS"), ("999 kB", "FAIL")])
def test_a_model_that_was_only_measured_has_a_size(lab, limit, verdict):
    """`profile` scores nothing, and a rule about the size of the checkpoint needs no score."""
    path = hardware_path("single_stream", TASK)
    card = hardware_card("single_stream", TASK, pattern_task())
    facts = {"m": Facts(kinds=(), digest="d" * 64, size_bytes=1_000_000, parameters=250_000)}
    write_run(lab.store, "alone", {"m": {path: make_measurements(latencies=(0.01,) * 40)}}, {path: card}, facts=facts)
    (finding,), _ = lab.judge("alone", metric="size_bytes", max=limit)
    assert (finding.verdict, finding.candidate) == (verdict, 1_000_000)


@pytest.mark.parametrize(
    ("limit", "verdict", "code"),
    [("50 ms", "PASS", 0), ("5 ms", "FAIL", 1), ("10.8 ms", "INCONCLUSIVE", 0)],
)
@pytest.mark.parametrize("kind", ["budget", "absolute"])
def test_the_whole_interval_decides(lab, kind, limit, verdict, code):
    """All of it within the limit, all of it beyond, or the limit inside of it."""
    lab.write("new", spread(0.010))
    (finding,), result = lab.judge(kind=kind, metric="latency_p90", max=limit)
    assert (finding.verdict, result.exit_code) == (verdict, code)
    assert (finding.path, finding.value_unit, finding.n, finding.unit) == (PATH, "seconds", 200, "sample")
    assert finding.low < finding.candidate < finding.high
    assert "latency_p90 10.8 ms [10." in finding.message
    assert f"at most {limit} allowed" in finding.message
    assert "200 samples, single_stream of s/t on" in finding.message


def test_what_would_tell_is_said(lab):
    """Of a percentile by the share of raw samples below the limit: 184 of 200 lie below 10.84 ms, 92 % where 90 % is asked."""
    values = spread(0.010)
    lab.write("new", values)
    share = np.mean(np.array(values) <= 0.01084)
    (finding,), _ = lab.judge(metric="latency_p90", max="10.84 ms")
    assert finding.verdict == "INCONCLUSIVE"
    assert finding.needed == int(np.ceil(1.959964**2 * 0.09 / (share - 0.9) ** 2)) == 865
    assert "if it is as seen, about 860 independent samples tell" in finding.message


def test_an_open_limit_stops_a_strict_gate(lab):
    """``on_inconclusive = "fail"`` and the profile ``release`` end with exit code 4."""
    lab.write("new", spread(0.010))
    assert lab.judge(metric="latency_p90", max="10.8 ms", on_inconclusive="fail")[1].exit_code == 4


def test_too_few_samples_are_invalid_with_the_reason(lab):
    """A percentile that was refused is no number, and no other scenario's stands for it."""
    lab.write("new", spread(0.010, n=100))
    (finding,), result = lab.judge(metric="latency_p99", max="1 s")
    assert (finding.verdict, result.exit_code, finding.candidate) == ("INVALID", 3, None)
    assert "not measured: latency_p99: 100 samples: too few" in finding.message


@pytest.mark.parametrize(("limit", "verdict"), [("512 MB", "PASS"), ("511 MB", "FAIL")])
def test_memory_goes_by_its_value(lab, limit, verdict):
    """It has no interval; exactly the limit is within it."""
    lab.write("new", spread(0.01), readings={"host_memory_peak": 512e6, "cost": 0.4})
    (finding,), _ = lab.judge(metric="host_memory_peak", max=limit)
    assert (finding.verdict, finding.low) == (verdict, None)
    assert "host_memory_peak 512 MB, single_stream of s/t on" in finding.message


def test_a_floor_on_throughput(lab):
    """``absolute`` with ``min``; both limits at once; a budget of it is refused with what to write."""
    lab.write("new", spread(0.01), scenario="offline", quantities=(
        MeasuredQuantity(quantity="throughput", value=100.0, low=95.0, high=106.0, n=12),
        MeasuredQuantity(quantity="cost", value=0.4, low=0.39, high=0.41, n=12),
    ))  # fmt: skip
    for least, verdict in (("90 /s", "PASS"), ("110 /s", "FAIL"), ("103 /s", "INCONCLUSIVE")):
        (finding,), _ = lab.judge(kind="absolute", metric="throughput", min=least)
        assert (finding.verdict, finding.direction) == (verdict, "higher")
    assert "measuring about 4 times as long tells" in finding.message  # (106 - 100) / (103 - 100) squared
    (both,), _ = lab.judge(kind="absolute", metric="throughput", min="90 /s", max="105 /s")
    assert both.verdict == "INCONCLUSIVE"
    (cost,), _ = lab.judge(metric="cost", max="0.5 per million")
    assert cost.message.startswith("cost 0.4 per million [0.39 per million, 0.41 per million]")
    with pytest.raises(ConfigError, match="higher values of throughput are better") as caught:
        make_rules({"rule": [{"id": "r", "kind": "budget", "metric": "throughput", "max": "9 /s"}]})
    assert 'kind = "absolute" with min = "300 /s"' in str(caught.value)


def test_another_machine_is_invalid_with_the_facts(lab):
    """Unless the rule names it, by name or fingerprint."""
    there = replace(MACHINE, name="ci-large")
    lab.write("new", spread(0.01), machine=there)
    (finding,), result = lab.judge(metric="latency_p90", max="50 ms")
    assert (finding.verdict, result.exit_code) == ("INVALID", 3)
    assert "the profile of new:m was measured on another machine than this one" in finding.message
    assert "processor: Written CPU 1.0 on ci-large" in finding.message
    assert 'machine = "ci-large"' in finding.message
    assert lab.judge(metric="latency_p90", max="50 ms", machine="ci-large")[0][0].verdict == "PASS"
    assert lab.judge(metric="latency_p90", max="50 ms", machine="written-machine")[0][0].verdict == "PASS"
    (other,), _ = lab.judge(metric="latency_p90", max="50 ms", machine="ci-small")
    assert other.verdict == "INVALID"
    assert "the rule asks for ci-small" in other.message


def test_what_is_not_steady_or_short_stands_beside_the_verdict(lab):
    """As a flag; the verdict is that of the numbers."""
    lab.write("new", spread(0.01), steady=False, alarms=(alarm("not-steady", "never steady within 8 s"),))
    (finding,), _ = lab.judge(metric="latency_p90", max="50 ms")
    assert (finding.verdict, finding.flags[:1]) == ("PASS", ("never steady within 8 s",))


def test_nothing_measured_says_what_to_type(lab):
    """A run without profiles, and a scenario that was not measured."""
    write_run(lab.store, "new", {"m": {TASK: pattern_records("+-")}}, {TASK: pattern_task()})
    (finding,), result = lab.judge(metric="latency_p90", max="50 ms")
    assert (finding.verdict, result.exit_code) == ("INVALID", 3)
    assert "benchwright run m --suite hardware/single_stream@s/t" in finding.message
    lab.write("timed", spread(0.01))
    (other,), _ = lab.judge("timed", metric="latency_p90", max="50 ms", task="hardware/server@s/t")
    assert "benchwright run m --suite hardware/server@s/t" in other.message
    (named,), _ = lab.judge("timed", metric="latency_p90", max="50 ms", task=PATH)
    assert named.verdict == "PASS"


def test_the_baseline_is_shown_where_it_is_of_the_same_machine(lab):
    """With a flag that another time is no comparison; of another machine no difference is told."""
    lab.write("base", spread(0.020))
    lab.write("new", spread(0.010))
    lab.write("far", spread(0.020), machine=MACHINE)
    (finding,), _ = lab.judge(baseline="base", metric="latency_p90", max="50 ms")
    assert finding.delta == pytest.approx(finding.candidate - finding.baseline)
    assert finding.baseline == pytest.approx(2 * finding.candidate)
    assert any("a rule of kind ratio compares the two in turn" in flag for flag in finding.flags)
    (other,), _ = lab.judge(baseline="far", metric="latency_p90", max="50 ms")
    assert (other.verdict, other.baseline, other.delta) == ("PASS", None, None)
    assert any("the baseline was measured on another machine" in flag for flag in other.flags)


def test_coverage_and_rules_of_answers_know_nothing_of_profiles(lab):
    """A profile is no task that a model could leave unanswered."""
    lab.write("base", spread(0.01))
    lab.write("new", spread(0.01))
    rules = {"rule": [{"id": "q", "kind": "noninferiority", "margin": 0.9}]}
    result = gate(rules, "new", baseline="base", store=lab.store, resamples=200)
    assert result.exit_code == 0
    assert not [one for one in result.findings if "hardware" in one.path]


@pytest.mark.parametrize(
    ("rule", "told", "next_"),
    [
        ({"metric": "latency_p90", "max": 50}, "max: 50 has no unit, and latency_p90 has one", 'max = "50 ms"'),
        ({"metric": "latency_p90", "max": "50 MB"}, "'MB' is no unit of latency_p90", 'max = "50 ms"'),
        ({"metric": "latency", "max": "50 ms"}, "unknown metric 'latency'", "latency_p50, latency_p90"),
        ({"metric": "latency_p95_ms", "max": 50}, "unknown metric 'latency_p95_ms'", "write latency_p95; the unit belongs"),
        ({"metric": "peak_memory", "max": "1 GB"}, "unknown metric 'peak_memory'", "host_memory_peak"),
        ({"metric": "latency_p90", "max": "1 s", "task": "hardware/sever@s/t"}, "'sever' is no scenario", "server"),
        ({"metric": "size_bytes", "max": "1 MB", "machine": "ci"}, "machine: size_bytes is that of the model itself", "leave out machine"),
        ({"kind": "absolute", "metric": "latency_p90", "max": "1 s", "use": "upper"}, "judged by its whole 95 % interval", "leave out use"),
        ({"kind": "absolute", "metric": "latency_p90", "max": "1 s", "slice": "a=b"}, "judged by its whole 95 % interval", "leave out slice"),
        ({"kind": "absolute", "metric": "accuracy", "max": 1.0, "machine": "ci"}, "no machine decides accuracy", "leave out machine"),
        ({"kind": "absolute", "metric": "accuracy", "min": "0.9"}, "min: '0.9'", "write 0.9, without quotes"),
        ({"kind": "absolute", "min": 0.9, "task": "hardware/server@s/t"}, "the metric is one of answers", "write s/t"),
        ({"kind": "noninferiority", "metric": "latency_p90", "margin": 0.1}, "do not judge", 'kind = "ratio"'),
    ],
)  # fmt: skip
def test_mistakes_are_told_as_the_file_is_read(rule, told, next_):
    """With what to write instead."""
    with pytest.raises(ConfigError) as caught:
        make_rules({"rule": [{"id": "r", "kind": "budget", **rule}]})
    assert told in str(caught.value)
    assert next_ in str(caught.value)


def test_it_is_explained_with_all_digits_and_the_machine(lab):
    """Value, interval, method, where it was measured; a value without an interval says so."""
    lab.write("new", spread(0.010), readings={"host_memory_peak": 512e6})
    rules = [
        {"id": "r", "kind": "budget", "metric": "latency_p90", "max": "50 ms"},
        {"id": "m", "kind": "budget", "metric": "host_memory_peak", "max": "1 GB"},
    ]
    asked = as_rules({"rule": rules})
    context = make_context(asked, find_locations({}, lab.store, None), "new", resamples=200)
    found = evaluate(asked, context)
    told = "\n".join(explain(asked, context, found, "r"))
    assert "latency_p90 = 10.79" in told
    assert "(ranks)" in told
    assert "95 % interval 10." in told
    assert "passes where all of it keeps the limit" in told
    assert "measured on" in told
    assert "no interval: the value decides" in "\n".join(explain(asked, context, found, "m"))
    assert plan(asked, context) == ()


def test_every_output_holds_such_a_finding(lab, tmp_path):
    """JSON by the published schema, JUnit, Markdown and HTML, with the unit of its values."""
    lab.write("base", spread(0.020))
    lab.write("new", spread(0.010))
    _, result = lab.judge(baseline="base", metric="latency_p90", max="10.84 ms")
    whole = {
        "json": write_json(result), "junit": write_junit(result), "markdown": write_markdown(result), "html": write_html(result),
        "metrics": write_openmetrics(result),
    }  # fmt: skip
    for form in ("json", "junit", "markdown", "html"):
        assert "independent samples tell" in whole[form]
    assert '"value_unit": "seconds"' in whole["json"]
    assert "21.6 ms" in whole["markdown"]
    assert "21.6 ms" in whole["html"]
    assert "<skipped" in whole["junit"]


def test_check_knows_tasks_of_budgets(tmp_path, capsys):
    """A suite or task that nobody knows is told as the file is checked, also within a profile's name."""
    path = tmp_path / "gate.toml"
    rule = '[[rule]]\nid = "r"\nkind = "budget"\nmetric = "latency_p90"\nmax = "50 ms"\n'
    path.write_text(f'{rule}task = "hardware/single_stream@glue/sst3"\n')
    assert call(["gate", str(path), "--check"]) == 2
    assert "did you mean glue/sst2" in capsys.readouterr().err
    path.write_text(f'{rule}task = "hardware/single_stream@glue/sst2"\n')
    assert call(["gate", str(path), "--check"]) == 0


def test_a_limit_with_its_unit_is_right_where_the_name_of_the_quantity_is_not():
    """Who writes ``latency`` and ``50 ms`` is told one mistake, not two that contradict each other."""
    with pytest.raises(ConfigError) as caught:
        make_rules({"rule": [{"id": "r", "kind": "absolute", "metric": "latency", "max": "50 ms"}]})
    assert "name one of latency_p50" in str(caught.value)
    assert "expected: a number" not in str(caught.value)
