"""Beside the scores stands what hardware profiles measured, of one machine; ratios are of models that took turns alone."""

import numpy as np
import pytest
from msgspec.structs import replace

from benchwright.comparison.compare import compare
from benchwright.store import Store
from benchwright.testing.hardware_fixtures import MACHINE, hardware_card, hardware_path, make_measurements
from benchwright.testing.patterns import pattern_records, pattern_task
from benchwright.testing.write_run import write_run
from benchwright.types import ProfileSpec, Samples

CARD = pattern_task()
OTHER = replace(MACHINE, fingerprint="another", facts={**MACHINE.facts, "processor": "Other CPU 9"})


def latencies(middle, n=100):
    """Evenly from 10 % below a value to 10 % above."""
    return tuple(middle * (0.9 + 0.2 * (at + 0.5) / n) for at in np.random.default_rng(0).permutation(n).tolist())


def blocks(middle, phase="measured", order=0):
    """30 blocks of an interleaved session, all alike."""
    return [
        Samples(quantity="latency", values=(middle,) * 4, phase=phase, block=at, order=order, inputs=4, wall=4 * middle)
        for at in range(30)
    ]


@pytest.fixture
def store(tmp_path):
    """A throw-away store."""
    return Store(tmp_path / "store")


def write(store, made, scenario="single_stream", name="r"):
    """A run: model -> its measurements, or None; each answers 100 items."""
    path = hardware_path(scenario, "s/t")
    cards = {"s/t": CARD, path: hardware_card(scenario, "s/t", CARD)}
    answers = {
        model: {"s/t": pattern_records("-" * (5 + at) + "+" * (95 - at)), **({path: found} if found else {})}
        for at, (model, found) in enumerate(made.items())
    }
    write_run(store, name, answers, cards)


def test_latency_throughput_and_memory_of_one_machine(store):
    """Values of raw samples; no ratio of models that were measured one after another, and why."""
    read = {"host_memory_peak": 4e8}
    write(
        store,
        {
            "a": make_measurements(latencies=latencies(0.01), readings=read),
            "b": make_measurements(latencies=latencies(0.02)),
        },
    )
    found = compare("r:a", "r:b", store=store, resamples=200)
    first, second = (system.cost.hardware for system in found.systems)
    assert (first.host_memory_peak, second.host_memory_peak) == (4e8, None)
    assert first.latency_p50 == pytest.approx(0.01, rel=0.01)
    assert second.latency_p90 == pytest.approx(0.02 * 1.08, rel=0.01)
    assert second.ratio is None
    told = str(found)
    assert "measured on the machine written-: hardware/single_stream@s/t" in told
    assert "9.99 ms" in told
    assert "400 MB" in told
    assert "b: no ratio, for models that were measured one after another are not compared" in told


def test_a_system_of_another_machine_has_no_values(store):
    """The facts that differ are listed."""
    write(
        store,
        {
            "a": make_measurements(latencies=latencies(0.01)),
            "b": make_measurements(latencies=latencies(0.02), machine=OTHER),
        },
    )
    found = compare("r:a", "r:b", store=store, resamples=200)
    other = found.systems[1].cost.hardware
    assert other.latency_p50 is None
    assert "processor: Written CPU 1.0 on that of a, Other CPU 9 on that of b" in other.why
    assert "b: measured on another machine" in str(found)


def test_models_that_took_turns_have_a_ratio(store):
    """Twice as long is x 2, from blocks of one session."""
    spec = ProfileSpec(scenario="interleaved")
    made = {
        "a": make_measurements(samples=[*blocks(0.010), *blocks(0.0101, "aa", 1)], spec=spec, session="one"),
        "b": make_measurements(samples=blocks(0.020, order=2), spec=spec, session="one"),
    }
    write(store, made, scenario="interleaved")
    found = compare("r:a", "r:b", store=store, resamples=200)
    ratio = found.systems[1].cost.hardware.ratio
    assert (ratio.model, ratio.against, ratio.value) == ("b", "a", pytest.approx(2.0))
    assert "x 2 [" in str(found)
    assert "not compared" not in str(found)
    noisy = make_measurements(samples=[*blocks(0.010), *blocks(0.020, "aa", 1)], spec=spec, session="one")
    write(store, {**made, "a": noisy}, scenario="interleaved", name="n")
    assert "noisy machine" in str(compare("n:a", "n:b", store=store, resamples=200))


def test_nothing_measured_is_no_line(store):
    """A comparison without profiles says nothing of them."""
    write(store, {"a": None, "b": None})
    found = compare("r:a", "r:b", store=store, resamples=200)
    assert [system.cost.hardware for system in found.systems] == [None, None]
    assert "measured on" not in str(found)
