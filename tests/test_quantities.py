"""Direction, range, unit and what has a mean are decided in one place, and what has none is refused by every verb."""

import random

import pytest

from benchwright import registry
from benchwright.comparison.compare import compare
from benchwright.errors import BenchwrightError, ConfigError, NotComparable, PluginError
from benchwright.gate_run import gate
from benchwright.quantities import BUILT_IN, meant_by, mixed_aggregate, mixed_score, quantity_of, unit_of
from benchwright.run import (
    _one_aggregate,
    evaluate,
)
from benchwright.selection.select import select
from benchwright.store import Store
from benchwright.testing import check_suite
from benchwright.testing.write_run import write_run
from benchwright.types import Aggregate, CellResult, Record, RegressionTask, Score, Source, Suite


def card(*metrics, score=(), name="r"):
    """A task that asks for a number."""
    return RegressionTask(
        name=name,
        splits={"validation": Source()},
        default_split="validation",
        inputs={"text": ("text",)},
        target=("v",),
        metrics=metrics,
        score=score,
        value_range=(0.0, 5.0),
    )


MIXED = [("pearson", "mae"), ("mae", "pearson"), ("pearson", "spearman", "rmse"), ("mae", "rmse")]


def records(noise):
    """Numbers near to the gold ones."""
    dice = random.Random(noise)
    return [Record(id=f"r/{at}", target=at % 50 / 10, output=at % 50 / 10 + dice.gauss(0, noise)) for at in range(200)]


@pytest.fixture
def stored(tmp_path):
    """Two runs on a task whose score is a mean of the metrics."""

    def make(metrics):
        store, task = Store(tmp_path / "store"), card(*metrics, score=metrics)
        for name, noise in (("base", 0.5), ("new", 0.9)):
            write_run(store, name, {"m": {"s/r": records(noise)}}, {"s/r": task}, scored=True)
        return store

    return make


def test_a_quantity_is_what_its_metrics_are():
    """One metric as it is; a mean of fractions that are better high is one of them."""
    assert (quantity_of("mae").direction, quantity_of("mae").unit, quantity_of("mae@1").sign) == ("lower", "number", -1)
    assert quantity_of("mae").improvement(0.5) == -0.5
    both = quantity_of("score", card("pearson", "spearman", score=("pearson", "spearman")))
    assert (both.direction, both.low, both.high, both.members) == ("higher", -1.0, 1.0, ("pearson", "spearman"))
    assert unit_of(["accuracy", "f1@1"]) == "fraction"
    assert [unit_of(names) for names in (["mae"], ["nobody-knows-it"], [])] == ["number"] * 3
    with pytest.raises(PluginError):
        quantity_of("nobody-knows-it")


def test_costs_and_rates_are_quantities_too():
    """Sizes, times and rates have a unit, a direction and a range as metrics have; no metric has the name of one."""
    size, rate = quantity_of("size_bytes"), quantity_of("failure_rate")
    assert (size.unit, size.direction, size.reach) == ("bytes", "lower", "is never below 0")
    assert (rate.unit, rate.width, rate.holds(1.5), rate.reach) == ("fraction", 1.0, False, "goes from 0 to 1")
    assert not BUILT_IN.keys() & set(registry.names("metrics"))
    assert all(one.name == name and not one.members for name, one in BUILT_IN.items())


@pytest.mark.parametrize("metrics", MIXED)
def test_what_has_no_mean_is_refused(metrics):
    """One better high and one better low, or one with a unit of its own among others, in whatever order."""
    task = card(*metrics, score=metrics)
    assert "has no meaning" in mixed_score(task)
    with pytest.raises(NotComparable, match="has no meaning"):
        quantity_of("score", task)


@pytest.mark.parametrize("metrics", MIXED)
def test_no_verb_takes_such_a_score(stored, metrics):
    """Stored scores are undefined and say why; compare and select refuse, a gate is INVALID; single metrics still go."""
    store = stored(metrics)
    score = store.read_run("base").cells[0].score
    assert (score.value, score.low) == (None, None)
    assert "has no meaning" in score.alarms[0].sentence
    with pytest.raises(NotComparable, match="has no meaning"):
        compare("base", "new", store=store, resamples=200)
    for metric in metrics:
        assert (
            compare("base", "new", store=store, metric=metric, resamples=200).tasks[0].differences[0].verdict == "worse"
        )
    with pytest.raises(BenchwrightError, match=r"has no meaning|differ in kind"):
        select(["base", "new"], store=store, resamples=200)
    for kind, keys in (("noninferiority", {"margin": 0.05}), ("absolute", {"min": 0.1}), ("retained", {"min": 0.5})):
        result = gate(
            {"rule": [{"id": "x", "kind": kind, "metric": "score", **keys}]}, "new", baseline="base", store=store,
            resamples=200,
        )  # fmt: skip
        assert (result.findings[0].verdict, result.exit_code) == ("INVALID", 3)
        assert "has no meaning" in result.findings[0].message


def test_such_a_card_does_not_pass_the_contract_or_the_plan(monkeypatch, tmp_path):
    """Its author is told by the contract check, and whoever runs it before anything is computed."""
    mixed = Suite(name="mixed", version=1, tasks=(card("pearson", "mae", score=("pearson", "mae")),))
    real, names = registry.get, registry.names
    monkeypatch.setattr(registry, "get", lambda g, n: mixed if (g, n) == ("suites", "mixed") else real(g, n))
    monkeypatch.setattr(registry, "names", lambda g: (*names(g), "mixed") if g == "suites" else names(g))
    with pytest.raises(AssertionError, match="pearson is better high, mae is better low"):
        check_suite(mixed)
    with pytest.raises(ConfigError, match="pearson is better high, mae is better low"):
        evaluate("majority", "mixed/r", store=tmp_path / "store")


def test_averages_are_made_of_fractions_that_are_better_high():
    """A recipe over an error, or over shares that are better low, has no value, and says which task is to blame."""
    recipe = Aggregate(name="all", members=(("a",), ("b",)))
    tasks = (card("pearson", name="a"), card("mae", name="b"))
    suite = Suite(name="s", version=1, tasks=tasks, aggregates=(recipe,))
    cells = [
        CellResult(model="m", suite="s", task=name, split="v", status="scored", score=Score(metric="score", value=0.5, se=0.1))
        for name in "ab"
    ]  # fmt: skip
    found = _one_aggregate("m", suite, recipe, cells, limited=False)
    assert (found.value, found.low) == (None, None)
    assert "of b has a unit of its own" in found.reason
    assert mixed_aggregate("a", tasks) == ""
    assert "is better low" in mixed_aggregate("ab", (tasks[0], card("miss_rate", name="b")))


def test_no_official_suite_mixes():
    """Every card and recipe here has a score that means something."""
    for name in registry.names("suites"):
        suite = registry.get("suites", name)
        assert [mixed_score(task) for task in suite.tasks if mixed_score(task)] == []
        for recipe in suite.aggregates:
            assert mixed_aggregate([one for member in recipe.members for one in member], suite.tasks) == ""


def test_who_types_speed_is_told_what_there_is():
    """Latency or throughput: somebody must say which."""
    assert meant_by("speed") == ("latency_p50", "latency_p90", "latency_p95", "latency_p99", "throughput")
