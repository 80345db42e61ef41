"""One profile answers for a quantity; where none does, it is said why and what to type, and nothing is ever made up."""

import dataclasses

import pytest
from msgspec.structs import replace

from benchwright.hardware.find import find_values, split_place, unknown_scenario, worst_of
from benchwright.quantities import MEASURED
from benchwright.testing.write_run import make_run
from benchwright.types import CellResult, ModelRef, RunSpec


def run_of(*profiles, cells=(), models=("minilm", "tfidf")):
    """A run with these profiles."""
    spec = RunSpec(models=tuple(ModelRef(name=name, adapter="written") for name in models), suites=("glue",))
    return replace(make_run(tuple(cells), name="mine"), spec=spec, profiles=profiles)


def only(run, quantity, place="", model="minilm"):
    """The one answer."""
    (found,) = find_values(run, model, quantity, place)
    return found


def test_latency_is_that_of_one_query_after_another_and_throughput_that_of_all_at_once(by_hand):
    """Whatever else was measured; value, interval and samples are those of that profile."""
    run = run_of(by_hand.server("minilm"), by_hand.offline("minilm"), by_hand.single_stream("minilm"))
    latency = only(run, "latency_p50")
    assert (latency.value, latency.low, latency.high, latency.n) == (0.00512, 0.00512 * 0.98, 0.00512 * 1.03, 64)
    assert latency.path == "hardware/single_stream@glue/sst2"
    assert only(run, "throughput").path == "hardware/offline@glue/sst2"
    assert only(run, "host_memory_peak").value == 512_300_000
    assert only(run_of(by_hand.server("minilm")), "latency_p99").path == "hardware/server@glue/sst2"


def test_a_scenario_can_be_named_and_answers_alone(by_hand):
    """``hardware/server@glue/sst2``; a percentile that it has no number for is not taken from another."""
    run = run_of(by_hand.server("minilm"), by_hand.single_stream("minilm"))
    assert only(run, "latency_p99", "hardware/server@glue/sst2").value == 0.118
    p99 = only(run, "latency_p99")
    assert (p99.value, p99.path) == (None, "hardware/single_stream@glue/sst2")
    assert "368" in p99.why
    none = only(run, "latency_p50", "hardware/offline@glue/sst2")
    assert none.value is None
    assert "benchwright run minilm --suite hardware/offline@glue/sst2" in none.why


@pytest.mark.parametrize("quantity", MEASURED)
def test_what_was_not_measured_says_what_to_type(quantity, by_hand):
    """For every quantity, without a profile and with one that tells nothing of it."""
    scored = CellResult(model="minilm", suite="glue", task="sst2", split="validation", status="scored")
    for run in (run_of(cells=(scored,)), run_of(by_hand.profile("minilm", "sweep"))):
        found = only(run, quantity)
        assert (found.value, found.low, found.profile) == (None, None, None)
        assert "benchwright run minilm --suite hardware/" in found.why


def test_a_profile_that_failed_says_why(by_hand):
    """The reason of its cell."""
    cell = CellResult(
        model="minilm", suite="hardware", task="single_stream@glue/sst2", split="validation", status="failed",
        reason="the process died: killed by signal 9",
    )  # fmt: skip
    assert "killed by signal 9; benchwright run" in only(run_of(cells=(cell,)), "latency_p50").why


def test_a_quantity_that_cannot_be_read_keeps_its_reason(by_hand):
    """A GPU that is not used, energy that nobody may read: None, never 0."""
    run = run_of(by_hand.single_stream("minilm"), by_hand.offline("minilm"))
    assert (only(run, "gpu_memory_peak").value, only(run, "gpu_memory_peak").why) == (None, "no GPU was used")
    assert "permission denied" in only(run, "energy").why
    assert only(run, "gpu_memory_peak").profile is not None


def test_of_several_tasks_each_answers_and_the_worst_says_so(by_hand):
    """Slowest for a latency, lowest for a rate; one without a number is worse than any."""
    slow = by_hand.single_stream("minilm", base="glue/mnli")
    slow = replace(slow, quantities=(by_hand.one("latency_p50", 0.02),))
    run = run_of(by_hand.single_stream("minilm"), slow, by_hand.offline("minilm"))
    both = find_values(run, "minilm", "latency_p50")
    assert [each.base for each in both] == ["glue/sst2", "glue/mnli"]
    worst = worst_of(both)
    assert worst.value == 0.02
    assert "latency_p50: the worst of 2 measured, that on glue/mnli" in worst.flags
    assert worst_of(find_values(run, "minilm", "latency_p50", "glue/sst2")).value == 0.00512
    rates = [dataclasses.replace(only(run, "throughput"), value=rate, base=str(rate)) for rate in (10.0, 5.0)]
    assert worst_of(rates).value == 5.0
    lacking = dataclasses.replace(rates[0], value=None, why="no")
    assert worst_of([*rates, lacking]).value is None


def test_what_is_not_steady_or_short_stands_beside_the_number(by_hand):
    """Also where nobody wrote an alarm of it; notes do not."""
    shaky = by_hand.single_stream("minilm", steady=False, alarms=())
    assert only(run_of(shaky), "latency_p50").flags == (
        "not shown to be steady",
        "a short form (--quick)",
    )


def test_interleaved_answers_where_nothing_else_was_measured(by_hand):
    """After single stream, before server."""
    run = run_of(by_hand.server("tfidf"), by_hand.interleaved("tfidf"))
    assert only(run, "latency_p50", model="tfidf").path == "hardware/interleaved@glue/sst2"


def test_a_model_is_called_as_it_could_be_typed():
    """With its adapter, path and options; by its name alone where that would be long or a shell would read it otherwise."""
    refs = (
        (ModelRef(name="tfidf", adapter="tfidf", path=""), "run tfidf --suite"),
        (ModelRef(name="plain", adapter="tfidf", path=""), "run plain=tfidf --suite"),
        (
            ModelRef(name="bf16", adapter="transformers", path="./ck", options={"dtype": "bfloat16"}),
            "run 'bf16=transformers:./ck?dtype=bfloat16' --suite",
        ),
        (ModelRef(name="odd", adapter="transformers", path="./a $(b)"), "run odd --suite"),
        (ModelRef(name="long", adapter="transformers", path="x" * 200), "run long --suite"),
    )
    for ref, told in refs:
        run = run_of(models=())
        run = replace(run, spec=replace(run.spec, models=(ref,)))
        assert told in only(run, "latency_p50", model=ref.name).why


def test_places_are_read_by_their_form(by_hand):
    """A scenario, a task, a suite; a scenario that there is not is named."""
    assert split_place("hardware/server@glue/sst2") == ("server", "glue/sst2")
    assert split_place("glue/sst2") == (None, "glue/sst2")
    assert split_place("") == (None, "")
    assert unknown_scenario("hardware/sever@glue/sst2") == "sever"
    assert unknown_scenario("hardware/server@glue/sst2") == unknown_scenario("glue/sst2") == ""
