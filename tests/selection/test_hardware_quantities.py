"""Choosing by times, memory, energy and cost: by what was measured on one machine, and never by what nobody measured."""

import numpy as np
import pytest
from msgspec.structs import replace
from scipy.stats import binom

from benchwright.errors import BenchwrightError, ConfigError, NotComparable
from benchwright.hardware.resamples import percentile_draws
from benchwright.selection.select import select
from benchwright.store import Store
from benchwright.testing.hardware_fixtures import MACHINE, hardware_card, hardware_path, make_measurements
from benchwright.testing.patterns import pattern_records, pattern_task
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, ProfileSpec, Samples

CARD = pattern_task()
OTHER = replace(MACHINE, fingerprint="another", facts={**MACHINE.facts, "processor": "Other CPU 9"}, name="far")


def latencies(middle, n=400, seed=1):
    """Latencies evenly from 10 % below a value to 10 % above, in an order without pattern."""
    return tuple(middle * (0.9 + 0.2 * (at + 0.5) / n) for at in np.random.default_rng(seed).permutation(n).tolist())


def answers(wrong, n=200):
    """As many wrong ones."""
    return pattern_records("-" * wrong + "+" * (n - wrong))


class Lab:
    """A store with a run of models that answered ``s/t`` and were measured on it."""

    def __init__(self, root):
        self.store = Store(root / "store")

    def write(
        self, name="run", tasks=("s/t",), machines=None, scenario="single_stream", wrong=(), extra=None, **middles
    ):
        """Model -> its middle latency, or None where it was not measured."""
        made, cards = {}, {}
        for number, (model, middle) in enumerate(middles.items()):
            made[model] = {}
            for place, task in enumerate(tasks):
                cards[task] = pattern_task(task.partition("/")[2])
                made[model][task] = answers(wrong[number] if wrong else 5 * number)
                if middle is None:
                    continue
                path = hardware_path(scenario, task)
                cards[path] = hardware_card(scenario, task, cards[task])
                made[model][path] = make_measurements(
                    scenario,
                    latencies=latencies(middle * (1 + place), seed=number),
                    machine=(machines or {}).get(model, MACHINE),
                    session=f"{name}-{model}",
                    **(extra or {}),
                )
        return write_run(
            self.store, name, made, cards, facts={m: Facts(digest=m, kinds=(), size_bytes=10) for m in middles}
        )

    def select(self, runs="run", **options):
        """A selection from this store."""
        options.setdefault("resamples", 1000)
        return select(runs, store=self.store, **options)


@pytest.fixture
def lab(tmp_path):
    """A throw-away store."""
    return Lab(tmp_path)


def test_requirements_first_then_the_objective(lab):
    """The best of those that are fast enough; the value that decided stands in the table, with how sure that is."""
    lab.write(exact=0.030, half=0.012, slow=0.090, wrong=(2, 8, 0))
    found = lab.select(require="latency_p90 <= 50 ms", maximize="accuracy")
    assert found.winner == "exact"
    assert {one.model: one.feasible for one in found.candidates} == {"exact": True, "half": True, "slow": False}
    assert found.candidate("exact").values["latency_p90"] == pytest.approx(0.030 * 1.08, rel=0.005)
    assert [one.p_feasible for one in map(found.candidate, ("exact", "half", "slow"))] == [1.0, 1.0, 0.0]
    assert found.candidate("slow").reasons == ("latency_p90 is 97.2 ms, not <= 50 ms",)
    assert "latency_p90" in str(found)
    assert "97.2 ms" in str(found)


def test_the_probability_of_being_fast_enough_is_that_of_a_bootstrap(lab):
    """A limit within the interval: P(feasible) is near the share of resamples whose p90 keeps it."""
    lab.write(a=0.010, b=0.020)
    limit = 0.01082
    found = lab.select(require=f"latency_p90 <= {limit * 1000} ms", resamples=4000)
    raw = np.array(latencies(0.010, seed=0))
    rng = np.random.default_rng(7)
    drawn = np.quantile(rng.choice(raw, (4000, raw.size)), 0.9, axis=1, method="inverted_cdf")
    assert 0.1 < found.candidate("a").p_feasible < 0.9
    assert found.candidate("a").p_feasible == pytest.approx((drawn <= limit).mean(), abs=0.04)


@pytest.mark.parametrize(("share", "n"), [(0.5, 200), (0.9, 200), (0.99, 1000)])
def test_draws_of_a_percentile_follow_the_binomial(share, n):
    """P(k-th smallest of a resample <= the j-th smallest) is P(Binomial(n, j / n) >= k), straight from scipy."""
    values = np.random.default_rng(3).permutation(np.arange(1, n + 1)).astype(float)
    drawn = percentile_draws((values,), share, np.random.default_rng(1), 20_000)
    k = int(np.ceil(share * n - 1e-9))
    for j in (k - 3, k, k + 3):
        assert (drawn <= j).mean() == pytest.approx(binom.sf(k - 1, n, j / n), abs=0.02)


def test_the_fastest_and_the_front(lab):
    """A latency as the objective; the slower and better one is on the front with it. No p is told of times that were not taken in turn."""
    lab.write(good=0.030, fast=0.010, both_worse=0.040, wrong=(0, 10, 12))
    found = lab.select(minimize="latency_p50", maximize="accuracy")
    assert found.winner == "fast" if found.objectives[0].text == "latency_p50" else "good"
    found = lab.select(minimize="latency_p50")
    assert (found.winner, found.candidate("good").behind) == ("fast", pytest.approx(0.02, rel=0.01))
    assert found.candidate("good").p_adjusted is None
    assert "whether it is distinguishable from the others is not told" in str(found)
    both = lab.select(maximize="accuracy", minimize="latency_p50")
    assert {one.model for one in both.candidates if one.front} == {"good", "fast"}
    assert any("measured one after another" in flag for flag in both.flags)


def test_weights_mix_quality_and_speed(lab):
    """The scaled sum decides, with what it is worth under other weights."""
    lab.write(good=0.030, fast=0.010, wrong=(0, 10))
    quick = lab.select(maximize="accuracy", minimize="latency_p50", weights="accuracy=0.2,latency_p50=0.8")
    assert quick.winner == "fast"
    assert (
        lab.select(maximize="accuracy", minimize="latency_p50", weights={"accuracy": 0.8, "latency_p50": 0.2}).winner
        == "good"
    )
    assert 0 < quick.weight_share < 1


def test_throughput_is_better_high(lab):
    """From passes over all inputs; the wrong verb is refused."""
    for model, seconds in (("a", 0.5), ("b", 0.25)):
        passes = Samples(
            quantity="pass",
            values=tuple(seconds * (1 + at % 3 / 100) for at in range(12)),
            inputs=1200,
            wall=12 * seconds,
        )
        lab.write(model, scenario="offline", extra={"samples": (passes,)}, **{model: 1.0})
    found = lab.select(["a", "b"], maximize="throughput")
    assert found.winner == "b"
    assert found.candidate("b").values["throughput"] == pytest.approx(400)
    assert lab.select(["a", "b"], require="throughput >= 300 /s").candidate("a").feasible is False
    with pytest.raises(BenchwrightError, match="higher values of throughput are better"):
        lab.select(["a", "b"], minimize="throughput")


def test_memory_is_certain_and_may_be_a_share(lab):
    """Of the parent's; a share of a time is refused with what compares times."""
    for model, size in (("big", 4e8), ("small", 1e8)):
        lab.write(model, extra={"readings": {"host_memory_peak": size}}, **{model: 0.01})
    found = lab.select(["big", "small"], require=["host_memory_peak <= 200 MB", "share(host_memory_peak, big) <= 0.3"])
    assert found.winner == "small"
    with pytest.raises(BenchwrightError, match="share of 'latency_p50'") as caught:
        lab.select(["big", "small"], require="share(latency_p50, big) <= 0.5")
    assert "--interleave" in str(caught.value)


def test_what_was_not_measured_says_what_to_type(lab):
    """One that was not keeps no rule and spoils none; where none was, nobody is chosen."""
    lab.write(a=0.030, b=None, wrong=(5, 0))
    found = lab.select(require="latency_p90 <= 50 ms")
    assert (found.winner, found.verdict) == ("a", "chosen")
    (why,) = found.candidate("b").reasons
    assert (
        "latency_p90 was not measured: b was not measured in run; benchwright run b --suite hardware/single_stream@s/t"
        in why
    )
    lab.write("none", a=None, b=None)
    nobody = lab.select("none", require="latency_p90 <= 50 ms")
    assert (nobody.verdict, nobody.exit_code) == ("invalid", 3)
    assert "benchwright run a --suite hardware/single_stream@s/t" in str(nobody)
    assert lab.select("none", require="latency_p90 <= 50 ms", ignore_unmeasured=True).winner == "a"
    assert lab.select("none", minimize="latency_p90").exit_code == 3


def test_a_percentile_of_too_few_samples_keeps_its_reason(lab):
    """It is not measured, and no other percentile stands for it."""
    lab.write(a=0.010, b=0.010)
    few = Samples(quantity="latency", values=latencies(0.01, n=50), inputs=50, wall=0.5)
    lab.write("few", extra={"samples": (few,)}, a=None, b=None)
    path = hardware_path("single_stream", "s/t")
    cards = {"s/t": CARD, path: hardware_card("single_stream", "s/t", CARD)}
    small = make_measurements(latencies=latencies(0.01, n=50))
    write_run(lab.store, "short", {m: {"s/t": answers(at), path: small} for at, m in enumerate("ab")}, cards)
    found = lab.select("short", require="latency_p99 <= 1 s")
    assert found.exit_code == 3
    assert "50 samples" in str(found)


def test_other_machines_are_refused_with_the_facts(lab):
    """Two machines are not compared, whatever the rule; one model fewer, and the rest can be."""
    lab.write(a=0.010, b=0.020, c=0.030, machines={"b": OTHER})
    with pytest.raises(NotComparable, match="a and b were measured on different machines") as caught:
        lab.select(require="latency_p90 <= 50 ms")
    assert "processor: Written CPU 1.0 on that of a, Other CPU 9 on far" in str(caught.value)
    assert lab.select(["run:a", "run:c"], require="latency_p90 <= 50 ms").winner == "a"
    assert lab.select("run").winner == "a"


def test_of_several_tasks_the_worst_counts_and_says_so(lab):
    """Unless a task is named; ``each:`` asks on every one."""
    lab.write(tasks=("s/t", "s/u"), a=0.010, b=0.012)
    found = lab.select(require="latency_p90 <= 15 ms")
    assert found.verdict == "none feasible"
    assert any("the worst of 2 measured, that on s/u" in flag for flag in found.flags)
    assert lab.select(require="s/t:latency_p90 <= 15 ms").winner == "a"
    assert lab.select(require="latency_p90 <= 15 ms", task="s/t").winner == "a"
    each = lab.select(require="each:latency_p90 <= 15 ms")
    assert each.candidate("a").reasons == ("s/u:latency_p90 is 21.6 ms, not <= 15 ms",)


def test_a_scenario_can_be_named(lab):
    """``hardware/SCENARIO@SUITE/TASK:QUANTITY``; one that there is not is refused."""
    lab.write(a=0.010, b=0.020)
    assert lab.select(require="hardware/single_stream@s/t:latency_p90 <= 15 ms").winner == "a"
    assert lab.select(require="hardware/server@s/t:latency_p99 <= 15 ms").exit_code == 3
    with pytest.raises(BenchwrightError, match="'sever' is no scenario"):
        lab.select(require="hardware/sever@s/t:latency_p99 <= 15 ms")


def test_what_is_not_steady_is_told(lab):
    """As a flag with the model's name."""
    lab.write(a=0.010, b=0.020, extra={"spec": ProfileSpec(scenario="single_stream", preset="quick")})
    found = lab.select(require="latency_p90 <= 50 ms")
    assert any(flag.startswith("a, b: a short form") for flag in found.flags)


@pytest.mark.parametrize(
    ("require", "told"),
    [
        ("latency_p90 <= 50", "write 50 ms"),
        ("latency_p90 <= 50 MB", "MB is no unit of latency_p90"),
        ("latency <= 50 ms", "name latency_p50 or latency_p90"),
        ("latency_p95_ms <= 50 ms", "name latency_p95, and the unit with the limit"),
        ("latency_p90 <= 1,000 ms", "a comma in a number"),
        ("cost <= 0.4", "write 0.4 per million"),
        ("latency_p90 >= 1e999 s", "too large"),
    ],
)
def test_mistakes_say_what_to_type(lab, require, told):
    """A limit without its unit, and a name that is nearly one."""
    lab.write(a=0.010, b=0.020)
    with pytest.raises((BenchwrightError, ConfigError)) as caught:
        lab.select(require=require)
    assert told in str(caught.value)


def test_models_that_were_only_timed_can_be_chosen(lab):
    """Without any answers: by a time alone; a question about quality is refused."""
    path = hardware_path("single_stream", "s/t")
    card = {path: hardware_card("single_stream", "s/t", CARD)}
    made = {m: {path: make_measurements(latencies=latencies(middle))} for m, middle in (("a", 0.02), ("b", 0.01))}
    write_run(lab.store, "timed", made, card)
    assert lab.select("timed", minimize="latency_p50").winner == "b"
    with pytest.raises(BenchwrightError):
        lab.select("timed", maximize="score")


def test_profiles_of_another_run_belong_to_the_same_model(lab):
    """Answers of one run and times of another, known by digest; a model that only has the name stays apart."""
    lab.write("quality", a=None, b=None)
    path = hardware_path("single_stream", "s/t")
    card = {path: hardware_card("single_stream", "s/t", CARD)}
    made = {
        m: {path: make_measurements(latencies=latencies(middle))}
        for m, middle in (("a", 0.08), ("b", 0.01), ("c", 0.01))
    }
    facts = {"a": Facts(digest="a", kinds=()), "b": Facts(digest="b", kinds=()), "c": Facts(digest="else", kinds=())}
    write_run(lab.store, "speed", made, card, facts=facts)
    found = lab.select(["quality", "speed"], require="latency_p90 <= 50 ms")
    assert found.winner == "b"
    assert {one.model for one in found.candidates} == {"a", "b"}
    assert [one.model for one in found.unranked] == ["c"]
    assert any("quality:b" in flag or "speed:b" in flag for flag in found.flags)
