"""How often a model beside itself looks slower, and how often a slower one is found: `benchmarks/interleaved.py` on an injected clock."""

import importlib.util
import sys
from pathlib import Path

import pytest

_FILE = Path(__file__).parents[2] / "benchmarks" / "interleaved.py"
SLOW_CHANGES, FAST_CHANGES = "others come and go every 2 s", "others come and go every 50 ms"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("interleaved_benchmark", _FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def beside_itself(bench):
    """Designs -> what they said in 400 trials (of the faster machine 200) of a model beside itself, on two machines that others use too."""
    trials = {SLOW_CHANGES: 400, FAST_CHANGES: 200}
    return {kind: bench.designs(bench.simulate(kind, 1.0, count, apart=True)) for kind, count in trials.items()}


@pytest.mark.parametrize("kind", [SLOW_CHANGES, FAST_CHANGES])
def test_at_most_5_percent_false_alarms_at_a_threshold_of_10_percent(beside_itself, kind):
    found = beside_itself[kind]["in turns"]
    assert found["fail"] <= 0.05 * found["trials"]


def test_the_plain_ratio_alone_is_within_10_percent_where_changes_are_slower_than_rounds(beside_itself):
    assert beside_itself[SLOW_CHANGES]["in turns"]["ratio above"]["1.10"] <= 20


@pytest.mark.parametrize("kind", [SLOW_CHANGES, FAST_CHANGES])
@pytest.mark.parametrize("design", ["one after another", "stored baseline"])
def test_other_designs_are_worse_on_the_same_machine(beside_itself, kind, design):
    """Their ratios are further off, and more of them are above 1.1; a stored baseline fails a third of all."""
    turns, other = beside_itself[kind]["in turns"], beside_itself[kind][design]

    assert other["sd of log ratio"] > 2 * turns["sd of log ratio"]
    assert other["ratio above"]["1.10"] > turns["ratio above"]["1.10"] + 10
    assert other["fail"] > turns["fail"]
    if (kind, design) == (SLOW_CHANGES, "stored baseline"):
        assert other["fail"] > 80


def verdicts(bench, kind, cost, trials):
    return [bench.verdict_of(found, noise) for found, noise, *_ in bench.simulate(kind, cost, trials)]


def test_a_doubled_cost_is_found_in_10_of_10(bench):
    assert verdicts(bench, SLOW_CHANGES, 2.0, 10) == ["fail"] * 10
    assert verdicts(bench, FAST_CHANGES, 2.0, 40).count("fail") >= 36


def test_power_grows_with_the_cost_and_is_the_level_at_the_limit(bench):
    """At a cost of exactly the limit a failure is a false alarm."""
    found = [verdicts(bench, SLOW_CHANGES, cost, 100) for cost in (1.05, 1.1, 1.15, 1.2)]

    assert [one.count("fail") <= most for one, most in zip(found, (1, 11, 100, 100), strict=True)] == [True] * 4
    assert found[0].count("pass") >= 40  # processes that differ by 2 % hide some of the 5 % that are left
    assert found[1].count("pass") <= 11  # 5 % and what 100 trials leave open
    assert found[2].count("fail") >= 40
    assert found[3].count("fail") >= 95
