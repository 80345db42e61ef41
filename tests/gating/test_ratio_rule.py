"""Rules about ratios of times: verdicts from stored blocks made by hand, noisy machines, other sessions, and mistakes in rules."""

import os
from pathlib import Path

import msgspec
import pytest

from benchwright.errors import ConfigError
from benchwright.gate_run import gate
from benchwright.gating.toml import make_rules
from benchwright.measuring.machine import describe_machine
from benchwright.testing.hardware_fixtures import MACHINE, hardware_card, hardware_path, make_measurements
from benchwright.testing.patterns import pattern_task
from benchwright.testing.write_run import write_run
from benchwright.types import Samples

HERE = describe_machine("cpu")
PATH = hardware_path("interleaved", "s/t")
RULE = {"id": "speed", "kind": "ratio", "metric": "latency_p50", "max": 1.10}
COMMAND = "benchwright profile BASELINE CANDIDATE --suite s/t --interleave"

QUIET = (0.99, 1.01, 1.0, 0.98, 1.02, 1.0, 1.01, 0.99, 1.0, 1.0)
"""Ten rounds, repeated; how the machine changes from one to the next is the same for all models of a round."""
LOAD = (1.0, 4.0, 1.5, 1.0, 2.0, 1.0, 1.0, 3.0, 1.0, 1.2)


SETS = 3
"""Sets of fresh processes, in each of which a third of the rounds was measured."""


def blocks(factor, jitter=QUIET, phase="measured", rounds=30):
    """Blocks of four queries: 10 ms times the load of the round, times the factor of the model, times a jitter of its own."""
    found = []
    for at in range(rounds):
        one = 0.01 * LOAD[at % 10] * factor * jitter[(at + at // 10) % 10]
        of = {"phase": phase, "block": at, "process": at * SETS // rounds, "inputs": 4, "wall": 4 * one}
        found.append(Samples(quantity="latency", values=(one,) * 4, **of))
    return found


def session(factor=1.0, *, copy=None, jitter=QUIET, rounds=30, name="one", machine=HERE):
    samples = [*blocks(factor, jitter, rounds=rounds)]
    if copy is not None:
        samples += blocks(factor * copy[0], copy[1], "aa", rounds)
    return make_measurements("interleaved", samples=samples, session=name, machine=machine)


NOISY = (0.5, 2.0, 1.4, 0.7, 3.0, 0.4, 1.0, 0.8, 1.9, 0.6)
REVERSED = QUIET[::-1]


@pytest.fixture
def judge(bench):
    """The finding of a rule on candidate ``new`` against ``base`` of one run, and the whole result."""

    def _judge(new, base=None, rule=RULE, **options):
        card = pattern_task()
        cards = {"s/t": card, PATH: hardware_card("interleaved", "s/t", card)}
        base = base or session(copy=(1.0, REVERSED))
        answers = {"base": {PATH: base}, "new": {PATH: new}} if new is not None else {"base": {PATH: base}, "new": {}}
        for extra in ("s/t",) if options.pop("answers", False) else ():
            from benchwright.testing.patterns import pattern_records

            for paths in answers.values():
                paths[extra] = pattern_records("+" * 50)
        write_run(bench.store, "both", answers, cards)
        result = gate(
            {"rule": [rule, *options.pop("more", ())]},
            options.pop("run", "both:new"),
            baseline=options.pop("baseline", "both:base"),
            store=bench.store,
            lock=bench.root / "baselines.lock",
            **options,
        )
        return next(one for one in result.findings if one.kind == "ratio"), result

    return _judge


def test_a_model_as_fast_as_the_baseline_passes(judge):
    found, _ = judge(session(1.02, jitter=REVERSED))

    assert (found.verdict, found.path, found.n, found.unit) == ("PASS", PATH, 30, "round")
    assert found.low <= 1.02 <= found.high <= 1.10
    assert found.baseline == pytest.approx(0.01, rel=0.2)
    assert (found.value_unit, found.limit, found.against) == ("seconds", 1.10, "baseline")
    assert "at most x 1.1 asked for; a model beside itself differs by up to" in found.message


def test_a_model_that_takes_twice_as_long_fails(judge):
    found, result = judge(session(2.0, jitter=REVERSED))

    assert (found.verdict, result.exit_code) == ("FAIL", 1)
    assert found.low > 1.9
    assert found.message.startswith("x 2.0")
    assert "p of harm < 0.0001 after Holm" in found.message


def test_a_difference_near_the_limit_is_inconclusive_and_never_red_by_itself(judge):
    found, result = judge(session(1.10, jitter=REVERSED))

    assert (found.verdict, result.exit_code) == ("INCONCLUSIVE", 0)
    assert found.low < 1.10 < found.high
    strict, whole = judge(session(1.10, jitter=REVERSED), rule={**RULE, "on_inconclusive": "fail"})
    assert (strict.verdict, whole.exit_code) == ("INCONCLUSIVE", 4)


def test_a_noisy_machine_is_inconclusive_where_its_noise_could_have_made_the_ratio(judge):
    """The lower bound is above the limit, and not above it by what tells the model from its second copy."""
    found, result = judge(session(1.5), session(copy=(1.0, NOISY)))

    assert (found.verdict, result.exit_code) == ("INCONCLUSIVE", 0)
    assert found.low > 1.1
    assert found.message.startswith("noisy machine, nothing is told of the candidate: x 1.5")
    assert "a model beside itself differs by up to" in found.message
    assert "which is allowed for, as it is more than 10.0 %" in found.message
    assert "measure again when nothing else runs" in found.message


def test_a_candidate_far_beyond_limit_and_noise_together_fails_on_a_noisy_machine_too(judge):
    found, result = judge(session(5.0), session(copy=(1.0, NOISY)))

    assert (found.verdict, result.exit_code) == ("FAIL", 1)
    assert "which is allowed for" in found.message


@pytest.mark.parametrize("factor", [1.0, 1.05])
def test_nothing_passes_where_the_noise_could_hide_a_loss(judge, factor):
    found, _ = judge(session(factor), session(copy=(1.2, QUIET)))
    assert found.verdict == "INCONCLUSIVE"

    found, _ = judge(session(0.5), session(copy=(1.2, QUIET)))
    assert found.verdict == "PASS"  # faster by more than that


def test_a_copy_that_is_steadily_slower_than_the_model_is_noise_too(judge):
    """A place that the second copy never gets as good as the first is no difference of models."""
    found, _ = judge(session(1.3), session(copy=(1.2, QUIET)))

    assert found.verdict == "INCONCLUSIVE"
    assert "differs by up to 2" in found.message


@pytest.mark.parametrize(
    ("limit", "factor", "verdict"),
    [
        (2.0, 1.3, "PASS"),
        (1.2, 1.3, "INCONCLUSIVE"),  # within what processes differ by
        (1.2, 1.5, "FAIL"),
        (1.14, 1.45, "INCONCLUSIVE"),  # the lower bound, 1.45 / 1.134, is above 1.14, and not above 1.14 x 1.15
        (1.14, 1.5, "FAIL"),
    ],
)
def test_how_quiet_the_machine_must_be_follows_from_the_limit(judge, limit, factor, verdict):
    """Copies 15 % apart in each of 3 sets: a standard error of sqrt(3 log(1.15)^2 / 5 / 3), and t of 5 degrees, 2.015: a factor of 1.134.
    Such a machine is tolerated for limits from 1.15 on, and allowed for once more below.
    """
    found, _ = judge(session(factor), session(copy=(1.15, QUIET)), {**RULE, "max": limit})

    assert found.low == pytest.approx(factor / 1.134, rel=2e-3)
    assert found.verdict == verdict


@pytest.mark.parametrize(("factor", "verdict"), [(1.0, "PASS"), (2.0, "FAIL"), (1 / 0.9, "INCONCLUSIVE")])
def test_throughput_has_a_least_ratio(judge, factor, verdict):
    rule = {"id": "rate", "kind": "ratio", "metric": "throughput", "min": 0.90}
    found, _ = judge(session(factor, jitter=REVERSED), rule=rule)

    assert (found.verdict, found.value_unit) == (verdict, "per_second")
    assert "at least x 0.9 asked for" in found.message
    assert found.candidate == pytest.approx(100 / factor, rel=0.3)


def test_two_sessions_are_never_compared(judge, bench):
    """As slow a candidate as may be: it was measured at another time."""
    found, result = judge(session(2.0, name="two"))

    assert (found.verdict, result.exit_code) == ("INVALID", 3)
    assert "measured in two sessions" in found.message
    assert COMMAND in found.message


def test_a_baseline_of_another_run_is_never_compared(judge, bench):
    card = pattern_task()
    cards = {"s/t": card, PATH: hardware_card("interleaved", "s/t", card)}
    write_run(bench.store, "older", {"base": {PATH: session(copy=(1.0, QUIET), name="older")}}, cards)
    found, _ = judge(session(1.0), baseline="older:base")

    assert found.verdict == "INVALID"
    assert "--baseline RUN:MODEL" in found.message


def test_two_machines_are_never_compared(judge):
    other = msgspec.structs.replace(HERE, fingerprint="other", facts={**HERE.facts, "memory": "640 GiB"})
    found, _ = judge(session(1.0, machine=other))

    assert found.verdict == "INVALID"
    assert "both:new was measured on another machine than this one" in found.message
    assert "memory: 640 GiB on its machine" in found.message


def test_a_session_of_another_machine_is_invalid_unless_the_rule_names_it(judge):
    there = session(1.0, machine=MACHINE), session(copy=(1.0, REVERSED), machine=MACHINE)
    found, _ = judge(*there)
    assert found.verdict == "INVALID"
    assert "was measured on another machine than this one" in found.message
    assert 'machine = "written-"' in found.message

    assert judge(*there, {**RULE, "machine": "written-machine"})[0].verdict == "PASS"
    found, _ = judge(*there, {**RULE, "machine": "ci-large"})
    assert found.verdict == "INVALID"
    assert "the rule asks for ci-large" in found.message


def test_the_view_may_be_named_in_place_of_its_task(judge):
    for task in ("s/t", "s", PATH):
        assert judge(session(1.0), rule={**RULE, "task": task})[0].path == PATH


def test_few_rounds_are_invalid_with_what_to_type(judge):
    found, _ = judge(session(1.0), rule={**RULE, "blocks": 60})

    assert found.verdict == "INVALID"
    assert f"30 rounds were measured, the rule asks for 60: {COMMAND} --blocks 60" in found.message


def test_a_session_without_a_second_copy_is_invalid(judge):
    found, _ = judge(session(1.0), session())
    assert (found.verdict, "no second copy" in found.message) == ("INVALID", True)


def test_what_was_never_measured_in_turn_is_invalid_with_what_to_type(judge):
    found, _ = judge(None)
    assert (found.verdict, COMMAND in found.message) == ("INVALID", True)

    found, _ = judge(session(1.0), rule={**RULE, "task": "s/other"})
    assert found.verdict == "INVALID"
    assert "benchwright profile BASELINE CANDIDATE --suite s/other --interleave" in found.message


def test_the_model_itself_is_judged_by_its_second_copy(judge):
    found, _ = judge(session(2.0), run="both:base")

    assert found.verdict == "PASS"
    assert found.flags[0] == "identical"
    assert found.low <= 1 <= found.high


def test_a_third_model_of_the_session_is_compared_with_the_second(judge, bench):
    """The noise is that of the session, whose first model is neither of the two."""
    card = pattern_task()
    cards = {"s/t": card, PATH: hardware_card("interleaved", "s/t", card)}
    answers = {
        "first": {PATH: session(copy=(1.0, REVERSED))},
        "old": {PATH: session(2.0)},
        "new": {PATH: session(4.0, jitter=REVERSED)},
    }
    write_run(bench.store, "three", answers, cards)
    result = gate({"rule": [RULE]}, "three:new", baseline="three:old", store=bench.store, lock=bench.root / "l.lock")

    found = next(one for one in result.findings if one.kind == "ratio")
    assert (found.verdict, round(found.low)) == ("FAIL", 2)


def test_rounds_that_one_of_the_two_lacks_are_left_out(judge):
    found, _ = judge(session(1.0, rounds=20))
    assert (found.verdict, found.n) == ("PASS", 20)


@pytest.mark.parametrize(
    ("keys", "said", "hint"),
    [
        ({}, "no limit", "max = 1.10 allows a tenth more"),
        ({"min": 0.9}, "latency_p50 needs max, not min", "max = 1.10"),
        ({"metric": "throughput", "max": 1.1}, "throughput needs min, not max", "min = 0.90"),
        ({"metric": "latency", "max": 1.1}, "'latency' has no ratio over blocks", "latency_p50"),
        ({"metric": "energy", "max": 1.1}, "'energy' has no ratio", "absolute"),
        ({"max": "10 %"}, "max: '10 %'", ""),
        ({"max": 0}, "max: 0", ""),
        ({"max": 1.1, "design": "sequential"}, "design: 'sequential'", ""),
        ({"max": 1.1, "blocks": 5}, "blocks: 5", ""),
        ({"max": 1.1, "slice": "lang=de"}, "slice: no such key", ""),
        ({"max": 1.1, "retries": 2}, "retries", ""),
    ],
)
def test_mistakes_in_a_rule_are_told(keys, said, hint):
    with pytest.raises(ConfigError) as caught:
        make_rules({"rule": [{"id": "speed", "kind": "ratio", **keys}]})
    assert said in str(caught.value)
    assert hint in str(caught.value)


def test_limits_of_two_quantities_do_not_exclude_one_another():
    faster = {"id": "faster", "kind": "ratio", "metric": "throughput", "min": 2.0}
    made = make_rules({"rule": [RULE, faster]}).rules
    assert [rule.id for rule in made if rule.kind == "ratio"] == [RULE["id"], "faster"]


def test_rules_about_quality_do_not_see_the_session(judge):
    """Its cell has no answers: no rule without a task judges it, and coverage does not ask for answers to it."""
    found, result = judge(session(1.0), answers=True)
    assert found.verdict == "PASS"
    assert result.verdict == "PASS", result
    assert {one.path for one in result.findings if one.kind != "ratio"} == {"s/t"}

    quality = {"id": "quality", "kind": "noninferiority", "margin": 0.2}
    _, result = judge(session(1.0), answers=True, more=(quality,))
    assert [one.path for one in result.findings if one.rule == "quality"] == ["s/t"]


@pytest.fixture
def context(judge, bench):
    """The context of a gate over the run that ``judge`` wrote, and its rules."""
    from benchwright.gating.gate import find_locations, make_context

    def _context(rule=RULE):
        rules = make_rules({"rule": [rule]})
        where = find_locations(rules, bench.store, bench.root / "baselines.lock")
        return rules, make_context(rules, where, "both:new", baseline="both:base")

    return _context


def test_the_plan_says_which_limit_these_rounds_can_show(judge, context):
    from benchwright.gating.power import plan, plan_rows

    judge(session(1.0))
    (row,) = plan(*context())
    (noisy,) = plan(*context({**RULE, "max": 1.001}))

    assert (row.rule, row.path, row.n, row.margin, row.reason) == ("speed", PATH, 30, 1.10, "")
    assert 1.0 < row.mde < 1.05
    assert row.power > 0.999
    assert plan_rows([row])[0][7:10] == ("1.1", f"{row.mde:.5g}", "100 %")
    assert noisy.power < 0.5

    judge(session(1.0), session(copy=(1.0, NOISY)))
    (row,) = plan(*context())
    assert row.reason.startswith("noisy machine: a model beside itself differs by up to")
    assert row.power < 0.05

    judge(None)
    (row,) = plan(*context())
    assert COMMAND in row.reason


def test_the_plan_of_a_throughput_is_below_one(judge, context):
    from benchwright.gating.power import plan

    judge(session(1.0))
    (row,) = plan(*context({"id": "rate", "kind": "ratio", "metric": "throughput", "min": 0.9}))
    assert 0.95 < row.mde < 1.0
    assert row.power > 0.999


def test_the_arithmetic_is_explained(judge, context):
    from benchwright.gating.explain import explain

    _, result = judge(session(2.0, jitter=REVERSED))
    lines = explain(*context(), result.findings, "speed")

    assert lines[0] == f"FAIL  speed {PATH} latency_p50"
    assert "30 rounds, both models on the same inputs in each; seconds of a block are the median" in lines[2]
    assert "log ratio of a round: median +0.69" in lines[3]
    assert "passes if the upper bound is at most 1.1000" in lines[4]
    assert "a model beside itself in the same rounds: x 1.0" in lines[5]
    assert lines[6].startswith("  3 sets of processes: ratio 2.0")
    assert "5 degrees of freedom" in lines[6]
    assert lines[7].startswith("  p of harm")

    _, result = judge(session(1.4), session(copy=(1.0, NOISY)))
    lines = explain(*context(), result.findings, "speed")
    assert any("more noise than the 10.0 % of the limit 1.1" in line for line in lines)


def test_an_open_question_says_how_many_rounds_would_tell(judge):
    found, _ = judge(session(1.095, jitter=REVERSED))

    assert found.verdict == "INCONCLUSIVE"
    assert found.needed > 30
    assert f"if the ratio is as seen, about {found.needed} rounds tell (80 % power)" in found.message


RULES = (
    {**RULE, "id": "tenth"},
    {**RULE, "id": "double", "max": 2.0, "severity": "warn"},
    {"id": "rate", "kind": "ratio", "metric": "throughput", "min": 0.67},
    {**RULE, "id": "elsewhere", "task": "s/other", "required": False},
)


@pytest.mark.parametrize("name", ["verdict.txt", "gate.md", "junit.xml", "metrics.txt"])
def test_outputs_are_as_reviewed(judge, name):
    """A candidate that takes half as long again under four rules; set GOLDEN=write to write the files anew, then read the difference."""
    from benchwright.gating.outputs import WRITERS

    _, result = judge(session(1.5, jitter=REVERSED), rule=RULES[0], more=RULES[1:])
    fixed = {"created": "2026-11-27T12:00:00+00:00", "environment": {}, "rules_digest": ""}
    findings = tuple(msgspec.structs.replace(one, seconds=0.0) for one in result.findings)
    result = msgspec.structs.replace(result, findings=findings, **fixed)
    form = {"gate.md": "markdown", "junit.xml": "junit", "metrics.txt": "metrics"}.get(name)
    text = WRITERS[form](result) if form else f"{result}\n"
    assert text == reviewed(name, text)


def test_plan_and_arithmetic_are_as_reviewed(judge, context):
    from benchwright.gating.explain import explain
    from benchwright.gating.power import PLAN_COLUMNS, plan, plan_rows
    from benchwright.tables import text_table

    _, result = judge(session(1.5, jitter=REVERSED))
    rules, at = context()
    table = text_table(PLAN_COLUMNS, plan_rows(plan(rules, at)), width=160)
    text = "\n".join([*table, "", *explain(rules, at, result.findings, "speed")]) + "\n"
    assert text == reviewed("plan-and-explain.txt", text)


def reviewed(name, text):
    """What the file of that name holds, which is written first where that is asked for."""
    path = Path(__file__).parent / "outputs" / "golden" / "ratio" / name
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")
