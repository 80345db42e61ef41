"""Every number of a profile is computed from raw samples by hand-checked arithmetic; what was not measured says why."""

import random

import msgspec
import pytest

from benchwright import registry
from benchwright.hardware.of_measurements import profile_of
from benchwright.measuring.machine import fingerprint
from benchwright.measuring.steady import UNSTEADY
from benchwright.score_cache import recheck
from benchwright.store import Store
from benchwright.testing.hardware_fixtures import MACHINE, hardware_card, hardware_path, make_measurements
from benchwright.testing.write_run import write_run
from benchwright.types import CellKey, Kind, LabelMap, ProfileSpec, Reading, Samples

ABOUT = CellKey(
    schema=1, engine=1, model="m", adapter="a", adapter_version=1, options={}, versions={}, task="t", kind=Kind.CLASSIFY,
    inputs=("text",), split="validation", limit=None, seed=0, data="d", labels=LabelMap(to_task=(), origin="task"),
    precision="exact", device="cpu",
)  # fmt: skip


def profile(found):
    return profile_of(found, model="m", suite="hardware", base="starter/sentiment", key="k", about=ABOUT)


def quantity(found, name):
    return profile(found).quantity(name)


def milliseconds(count, seed=0):
    """1, 2, ... ms in an order without trend."""
    values = [at / 1000 for at in range(1, count + 1)]
    random.Random(seed).shuffle(values)
    return values


@pytest.mark.parametrize(
    ("name", "value", "low", "high"),
    [
        ("latency_p50", 0.500, 0.469, 0.532),
        ("latency_p90", 0.900, 0.881, 0.919),
        ("latency_p95", 0.950, 0.936, 0.964),
        ("latency_p99", 0.990, 0.983, 0.997),
    ],
)
def test_percentiles_of_a_thousand_queries_have_the_ranks_of_the_binomial(name, value, low, high):
    """Ranks as they stand in tables of order statistics: 469 and 532 of 1,000 for the median."""
    found = quantity(make_measurements(latencies=milliseconds(1000)), name)

    assert (found.value, found.low, found.high, found.n) == (value, low, high, 1000)


def test_ten_queries_have_a_median_and_no_percentile_above_it():
    """Nine tenths of the tools print a p99 of them."""
    found = make_measurements(latencies=milliseconds(10))

    assert quantity(found, "latency_p50").value == 0.005
    for name, least in (("latency_p90", 36), ("latency_p95", 72), ("latency_p99", 368)):
        assert quantity(found, name).value is None
        assert f"takes {least} or more" in quantity(found, name).reason


def test_percentiles_of_processes_are_those_of_their_samples_together():
    """Not the mean of their percentiles, which no query took: 190 ms here."""
    first, second = milliseconds(300), [value + 0.2 for value in milliseconds(60, seed=1)]
    samples = [Samples(quantity="latency", values=tuple(each), process=at) for at, each in enumerate((first, second))]
    found = quantity(make_measurements(samples=samples), "latency_p50")

    assert (found.value, found.n) == (sorted(first + second)[179], 360)
    assert found.value == 0.18


def test_what_was_warmed_up_or_taken_apart_is_no_latency():
    """Warm-up, the stage pass and a second copy of the model are raw samples too."""
    apart = [Samples(quantity="latency", values=(9.0,) * 50, phase=phase) for phase in ("warm_up", "aa", "stages")]
    found = make_measurements(latencies=[0.01] * 40, samples=apart)

    assert (quantity(found, "latency_p90").value, quantity(found, "latency_p90").n) == (0.01, 40)


def offline(**more):
    """Ten passes of 2 s over 100 inputs each, with gaps of half a second between them, and 3,000 tokens each."""
    passes = Samples(quantity="pass", values=(2.0,) * 10, inputs=1000, tokens=30_000, wall=25.0, batch=0)
    return make_measurements("offline", samples=[passes], **more)


def test_throughput_is_work_divided_by_the_time_of_all_of_it():
    """1,000 inputs in 25 s are 40 a second, though no pass took longer than 50 a second would."""
    assert quantity(offline(), "throughput").value == 40.0
    assert quantity(offline(), "tokens_per_second").value == 1200.0


def test_a_model_that_counts_no_tokens_has_no_tokens_per_second():
    """Never 0."""
    passes = Samples(quantity="pass", values=(2.0,) * 10, inputs=1000, wall=20.0)
    found = quantity(make_measurements("offline", samples=[passes]), "tokens_per_second")

    assert (found.value, found.reason) == (None, "the model does not say how many tokens it read")


def test_the_cost_of_a_million_inputs_follows_from_the_price_of_an_hour():
    """40 inputs a second are 144,000 an hour; at 1.44 an hour a million costs 10."""
    spec = ProfileSpec(scenario="offline", price_per_hour=1.44)

    assert quantity(offline(spec=spec), "cost").value == pytest.approx(10.0)
    assert quantity(offline(), "cost") is None


def test_energy_is_joules_of_the_time_measured_divided_by_the_inputs_answered_in_it():
    """Of each process its own; one that could not be read hides the sum."""
    passes = [
        Samples(quantity="pass", values=(1.0,) * 10, inputs=500, wall=10.0, process=process) for process in (0, 1)
    ]
    read = [
        Reading(quantity="energy", value=value, source="RAPL package-0", process=process)
        for process, value in ((0, 300.0), (1, 200.0))
    ]
    unread = [read[0], Reading(quantity="energy", value=None, reason="only root may read it", process=1)]

    assert quantity(make_measurements("offline", samples=passes, readings=read), "energy").value == 0.5
    hidden = quantity(make_measurements("offline", samples=passes, readings=unread), "energy")
    assert (hidden.value, hidden.reason) == (None, "only root may read it")
    assert quantity(make_measurements("offline", samples=passes), "energy") is None


def test_the_peak_of_several_processes_is_the_largest():
    """One that could not be read is never left out in silence."""
    peaks = [Reading(quantity="host_memory_peak", value=v, source="VmHWM", process=p) for p, v in enumerate((3e8, 5e8))]
    found = quantity(make_measurements(readings=peaks), "host_memory_peak")
    lost = [*peaks, Reading(quantity="host_memory_peak", value=None, reason="no /proc", process=2)]

    assert (found.value, found.n, found.method) == (5e8, 2, "VmHWM, largest of 2 processes")
    assert quantity(make_measurements(readings=lost), "host_memory_peak").value is None


def test_starts_are_medians_over_fresh_processes_without_an_interval_below_six():
    """Three starts say nothing about their spread."""
    loads = [Samples(quantity="load", values=(value,), phase="start", process=p) for p, value in enumerate((3, 1, 2))]
    cold = Reading(quantity="cold_start", value=None, reason="the page cache cannot be checked here", phase="start")
    found = make_measurements(samples=loads, readings=[cold])

    load = quantity(found, "load")
    assert (load.value, load.low, load.high, load.method) == (2, None, None, "median of 3 fresh processes")
    assert quantity(found, "cold_start").reason == "the page cache cannot be checked here"
    assert quantity(found, "warm_start") is None


def test_first_calls_of_later_shapes_do_not_stand_for_the_first():
    """The first shape of a process is what its first query waits for."""
    calls = [
        Samples(quantity="first_call", values=(seconds,), phase="first_call", length=length)
        for seconds, length in ((0.5, 16), (0.1, 64))
    ]
    assert quantity(make_measurements(samples=calls), "first_call").value == 0.5


def sweep(rates, **more):
    """A line of batches with these throughputs, whose queries differ by a tenth of a per cent."""
    samples = [
        Samples(
            quantity="latency",
            values=tuple(batch / rate * (1 + 0.001 * value) for value in milliseconds(40)),
            batch=batch,
            length=16,
            inputs=40 * batch,
            wall=40 * batch / rate,
        )
        for batch, rate in rates.items()
    ]
    return make_measurements("sweep", samples=samples, **more)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ({1: 100, 2: 190, 4: 300, 8: 310, 16: 305}, 4),
        ({1: 100, 2: 200, 4: 400}, None),
        ({1: 100, 2: 101, 4: 200, 8: 201}, 4),
        ({1: 100, 2: 50}, 1),
    ],
)
def test_a_line_is_saturated_where_no_later_batch_brings_five_per_cent(rates, expected):
    """A dip that is followed by more throughput is none; a line that still grows says so."""
    found = profile(sweep(rates))

    assert [one.batch for one in found.grid if one.saturated] == ([expected] if expected else [])
    notes = [one.sentence for one in found.alarms if one.code == "saturation"]
    assert notes == (
        [] if expected else ["16 tokens: throughput still grows at batch 4, the largest that was measured"]
    )


def test_a_batch_that_does_not_fit_stands_in_the_grid_with_its_reason():
    """And has no quantities."""
    lost = Reading(quantity="latency", value=None, reason="out of memory", batch=64, length=16)
    *_, last = profile(sweep({1: 100, 2: 200}, readings=[lost])).grid

    assert (last.batch, last.quantities, last.reason) == (64, (), "out of memory")


def test_a_sweep_has_no_latency_of_its_own():
    """Times of several batch sizes in one percentile would mean nothing."""
    found = profile(sweep({1: 100, 2: 190}))

    assert found.quantity("latency_p50") is None
    assert [one.quantities[0].value for one in found.grid] == pytest.approx([0.01, 2 / 190], rel=1e-3)


def test_inputs_of_several_lengths_are_points_and_never_one_percentile():
    """16 tokens in 10 ms and 256 tokens in 90 ms are not a distribution of anything."""
    samples = [
        Samples(quantity="latency", values=(each,) * 40, length=length, inputs=40, wall=40 * each)
        for length, each in ((16, 0.01), (256, 0.09))
    ]
    found = profile(make_measurements(samples=samples))

    assert found.quantity("latency_p50").value is None
    assert "several lengths" in found.quantity("latency_p50").reason
    assert [(one.length, one.quantities[1].value) for one in found.grid] == [(16, 0.01), (256, 0.09)]


def test_processes_at_once_are_counted_while_all_of_them_were_busy():
    """10 and 20 queries a second; the faster one ends after 2 s, and only these two seconds count: 30 a second."""
    samples = [
        Samples(quantity=kind, values=values, concurrency=2, process=process, inputs=count, wall=count * each)
        for process, (count, each) in enumerate(((40, 0.1), (40, 0.05)))
        for kind, values in (
            ("latency", (each,) * count),
            ("completed", tuple(each * (at + 1) for at in range(count))),
        )
    ]
    (point,) = profile(make_measurements("concurrency", samples=samples)).grid
    (rate,) = [one for one in point.quantities if one.quantity == "throughput"]

    assert (point.concurrency, rate.n, rate.low) == (2, 2, None)
    assert rate.value == pytest.approx(30)


def test_a_number_of_processes_that_failed_stands_in_the_grid_with_its_reason():
    """And what was measured at another number stays; the saturation is told of what was measured."""
    alone = [
        Samples(quantity=kind, values=values, inputs=40, wall=4.0)
        for kind, values in (("latency", (0.1,) * 40), ("completed", tuple(0.1 * (at + 1) for at in range(40))))
    ]
    lost = Reading(quantity="throughput", value=None, reason="killed", concurrency=2)
    one, two = profile(make_measurements("concurrency", samples=alone, readings=[lost])).grid

    assert (one.concurrency, one.reason, one.saturated) == (1, "", False)
    assert (two.concurrency, two.quantities, two.reason) == (2, (), "killed")


def server(over_at, *, lag=0.0, rate=None):
    """Trials at 10, 20 and 30 queries a second; of 2,000 queries so many take longer than the bound of 100 ms."""
    samples = []
    for arrivals, over in over_at.items():
        times = [0.2] * over + [0.05 + 0.01 * value for value in milliseconds(2000 - over)]
        random.Random(1).shuffle(times)
        samples += [
            Samples(quantity="latency", values=tuple(times), rate=arrivals, inputs=2000, wall=2000 / arrivals),
            Samples(quantity="lag", values=(lag,) * 500, rate=arrivals),
        ]
    spec = ProfileSpec(scenario="server", bound=0.1, rate=rate)
    return make_measurements("server", samples=samples, spec=spec)


def test_a_search_tells_the_highest_rate_that_kept_the_bound_and_the_latency_there():
    """2 of 2,000 over it hold a p99 by MLPerf's test, 100 do not; latencies of other rates are not mixed in."""
    found = profile(server({10.0: 0, 20.0: 2, 30.0: 100}))

    assert found.quantity("rate").value == 20.0
    assert found.quantity("latency_p50").n == 2000
    assert found.quantity("lag_p99").value == 0.0
    assert [(one.rate, bool(one.reason)) for one in found.grid] == [(10.0, False), (20.0, False), (30.0, True)]
    assert found.alarms == ()


def test_a_rate_at_which_the_generator_was_late_is_not_told_as_the_highest():
    """Its trial says nothing, however few queries were over the bound."""
    late, good = server({40.0: 0}, lag=0.02), server({10.0: 0})
    found = profile(msgspec.structs.replace(good, samples=(*good.samples, *late.samples)))

    assert found.quantity("rate").value == 10.0


def test_no_rate_that_kept_the_bound_is_no_rate():
    """And no latency is told as that of one."""
    found = profile(server({10.0: 100, 20.0: 200}))

    assert found.quantity("rate").value is None
    assert "100 of 2,000 queries took longer than 100 ms" in found.quantity("rate").reason
    assert found.quantity("latency_p99").value is None
    assert found.quantity("latency_p99").reason == found.quantity("rate").reason


def test_a_rate_that_was_asked_for_is_told_whether_it_keeps_the_bound_or_not():
    """A note where it does not, an alarm where the generator was late and nothing was measured."""
    missed, late = profile(server({20.0: 100}, rate=20.0)), profile(server({20.0: 0}, lag=0.02, rate=20.0))

    assert missed.quantity("rate") is None
    assert missed.quantity("latency_p99").value == 0.2
    assert [(one.code, one.severity) for one in missed.alarms] == [("bound", "note")]
    assert [(one.code, one.severity) for one in late.alarms] == [("invalid-server", "alarm")]


def test_what_was_never_steady_or_short_or_busy_is_told():
    """Beside the numbers, never instead of them."""
    samples = [Samples(quantity="latency", values=(0.01,) * 40, steady=False, length=64)]
    found = profile(
        make_measurements(
            samples=samples, spec=ProfileSpec(scenario="single_stream", preset="quick"), notes=["opening trains it"]
        )
    )
    assert found.quantity("latency_p90").value == 0.01
    assert not found.steady
    assert [(one.code, one.severity) for one in found.alarms] == [
        ("not-steady", "alarm"),
        ("short", "note"),
        ("profile", "note"),
    ]
    assert "64 tokens" in found.alarms[0].sentence


def test_why_a_warm_up_was_not_steady_is_told_once_in_the_alarm():
    """Not in a general sentence and in a note beside it."""
    samples = [Samples(quantity="latency", values=(0.01,) * 40, steady=False)]
    said = profile(make_measurements(samples=samples, notes=[f"{UNSTEADY}still rising by 4 %", "another note"])).alarms

    assert [(one.code, one.sentence) for one in said] == [
        ("not-steady", "not shown to be steady: still rising by 4 %"),
        ("profile", "another note"),
    ]


def test_fresh_processes_that_differ_are_told_since_no_interval_speaks_of_another_one():
    rng = random.Random(3)
    samples = [
        Samples(quantity="latency", values=tuple(rng.gauss(level, 0.001) for _ in range(200)), process=process)
        for process, level in enumerate((0.02, 0.02, 0.025))
    ]
    (said,) = profile(make_measurements(samples=samples)).alarms
    assert said.code == "profile"
    assert "differ by up to 25" in said.sentence
    assert profile(make_measurements(samples=samples[:2])).alarms == ()


def test_an_official_single_stream_tells_the_figure_of_mlperf_too():
    """With 197 queries t = 10 may be slow (table of the rules), so the 188th smallest is told; p99 takes 662."""
    values = tuple(random.Random(1).sample([at / 1000 for at in range(1, 198)], 197))
    spec = ProfileSpec(scenario="single_stream", preset="official")
    (said,) = profile(make_measurements(samples=[Samples(quantity="latency", values=values)], spec=spec)).alarms
    assert (
        said.sentence
        == "by MLPerf's early-stopping rule: p90 188 ms (upper bounds with 99 % confidence where queries are independent)"
    )


def test_a_limit_is_told_beside_the_times_of_the_few_inputs_that_it_leaves():
    """They are asked again and again, and may be shorter than others."""
    few = msgspec.structs.replace(ABOUT, limit=20)
    found = profile_of(
        make_measurements(latencies=[0.01] * 40), model="m", suite="hardware", base="s/t", key="k", about=few
    )

    assert [one.sentence for one in found.alarms if one.code == "limited"] == [
        "on the first 20 inputs of the task, again and again"
    ]


# --- of a run ---


def test_a_run_tells_each_profile_and_the_ratio_of_a_session(tmp_path):
    """Blocks of two models in turn: every block of the second takes twice as long as its neighbour."""
    task = registry.get("suites", "starter").task("sentiment")
    path = hardware_path("interleaved", "starter/sentiment")

    def blocks(times, phase="measured", order=0):
        return [
            Samples(quantity="latency", values=(at,) * 8, phase=phase, block=block, order=order, inputs=8, wall=8 * at)
            for block, at in enumerate(times)
        ]

    times = [0.010 + 0.0001 * (at % 7) for at in range(30)]
    first = make_measurements("interleaved", samples=[*blocks(times), *blocks(times, "aa", 1)])
    second = make_measurements("interleaved", samples=blocks([2 * at for at in times], order=2))
    card = hardware_card("interleaved", "starter/sentiment", task)
    run = write_run(Store(tmp_path), "r", {"a": {path: first}, "b": {path: second}}, {path: card})

    assert [(one.model, one.task_path, one.base) for one in run.profiles] == [
        ("a", path, "starter/sentiment"),
        ("b", path, "starter/sentiment"),
    ]
    assert run.profiles[0].ratios == ()
    (ratio,) = run.profiles[1].ratios
    assert (ratio.model, ratio.against, ratio.noisy) == ("b", "a", False)
    assert ratio.value == pytest.approx(2.0)
    assert Store(tmp_path).read_run("r").profiles == run.profiles


def test_models_of_two_sessions_have_no_ratio(tmp_path):
    """A machine is not the same a minute later; the session's first model is missing, and nothing is guessed."""
    task = registry.get("suites", "starter").task("sentiment")
    path = hardware_path("interleaved", "starter/sentiment")
    made = {name: {path: make_measurements("interleaved", latencies=[0.01] * 40, session=name)} for name in ("a", "b")}
    run = write_run(Store(tmp_path), "r", made, {path: hardware_card("interleaved", "starter/sentiment", task)})

    assert [one.ratios for one in run.profiles] == [(), ()]


def test_tokens_counted_apart_stand_for_those_of_the_inputs_that_were_timed():
    """The mean of an input: 640 tokens of 20 inputs are 32, at 40 inputs a second 1,280 a second."""
    passes = Samples(quantity="pass", values=(2.0,) * 10, inputs=1000, wall=25.0)
    counted = [
        Reading(quantity=name, value=value, phase="work") for name, value in (("tokens", 640.0), ("work_inputs", 20.0))
    ]
    found = make_measurements("offline", samples=[passes], readings=counted)

    assert quantity(found, "tokens_per_second").value == pytest.approx(1280.0)


def test_a_changed_number_of_a_profile_is_found_by_its_raw_samples(tmp_path):
    """The run's file says one thing, the samples another: `store check` tells which."""
    task = registry.get("suites", "starter").task("sentiment")
    path = hardware_path("single_stream", "starter/sentiment")
    store = Store(tmp_path)
    card = hardware_card("single_stream", "starter/sentiment", task)
    run = write_run(store, "r", {"m": {path: make_measurements(latencies=[0.02] * 40)}}, {path: card})
    assert recheck(store, run) == []

    first, *rest = run.profiles[0].quantities
    faster = msgspec.structs.replace(
        run.profiles[0], quantities=(msgspec.structs.replace(first, value=0.01, low=0.01), *rest)
    )
    assert recheck(store, msgspec.structs.replace(run, profiles=(faster,))) == [
        f"m on {path}: latency_p50 is 0.01 [0.01, 0.02], its raw samples say 0.02 [0.02, 0.02]"
    ]


def test_the_start_of_a_first_process_whose_files_may_have_been_cold_is_no_warm_start():
    """Nothing was evicted, so it may be either: left out beside later processes, and said of it where there are none."""
    cold = Reading(quantity="cold_start", value=None, reason="which files the model reads is not known", phase="start")

    def warm(*seconds):
        started = [
            Samples(quantity="warm_start", values=(one,), phase="start", process=at) for at, one in enumerate(seconds)
        ]
        found = make_measurements(samples=started)
        return quantity(msgspec.structs.replace(found, readings=(cold,)), "warm_start")

    assert (warm(9.0, 2.0, 4.0).value, warm(9.0, 2.0, 4.0).n, warm(9.0, 2.0, 4.0).reason) == (3.0, 2, "")
    assert (warm(9.0).value, warm(9.0).n) == (9.0, 1)
    assert warm(9.0).reason.startswith("of the first process")


def test_whatever_else_of_a_profile_was_changed_is_found_too(tmp_path):
    """Points of a grid, the machine, what was asked for, quantities left out or of nobody: not only the values of quantities."""
    task = registry.get("suites", "starter").task("sentiment")
    path = hardware_path("concurrency", "starter/sentiment")
    measured = [Samples(quantity="latency", values=(0.02,) * 400, inputs=400, wall=8.0)]
    machine = msgspec.structs.replace(MACHINE, fingerprint=fingerprint(MACHINE.facts))
    found = make_measurements("concurrency", samples=measured, readings={"size_bytes": 1e6}, machine=machine)
    store, card = Store(tmp_path), hardware_card("concurrency", "starter/sentiment", task)
    run = write_run(store, "r", {"m": {path: found}}, {path: card})
    whole = run.profiles[0]
    assert recheck(store, run) == []

    def problems(**changes):
        changed = msgspec.structs.replace(whole, **changes)
        return [line.removeprefix(f"m on {path}: ") for line in recheck(store, replaced(run, profiles=(changed,)))]

    replaced = msgspec.structs.replace
    point = whole.grid[0]
    (p50, *others) = point.quantities
    faster = replaced(point, quantities=(replaced(p50, value=0.01), *others))
    assert problems(grid=(faster,)) == ["grid 1.quantities 1.value is 0.01, its measurements say 0.02"]
    assert problems(machine=replaced(machine, facts={"processor": "another"}))[0].startswith("machine.facts.")
    assert problems(spec=replaced(whole.spec, preset="official")) == [
        "spec.preset is 'official', its measurements say 'standard'"
    ]
    assert problems(quantities=()) == ["size_bytes was measured, and is not told"]
    assert problems(quantities=(*whole.quantities, replaced(p50, quantity="latency_p99", value=0.001))) == [
        "latency_p99 is 0.001, its raw samples say nothing of it"
    ]
    assert problems(key="0" * 40) == [
        "the run has no such cell with measurements",
        "it was measured, and the run tells nothing",
    ]
    twice = replaced(run, profiles=(whole, whole))
    assert recheck(store, twice) == [f"m on {path}: it was measured, and the run tells it twice"]
    assert recheck(store, replaced(run, profiles=())) == [f"m on {path}: it was measured, and the run tells nothing"]


def test_facts_of_a_machine_that_are_not_those_of_its_digest_are_found(tmp_path):
    """Who writes another processor into the measurements leaves the digest as it was."""
    task = registry.get("suites", "starter").task("sentiment")
    path = hardware_path("single_stream", "starter/sentiment")
    machine = msgspec.structs.replace(MACHINE, fingerprint=fingerprint({**MACHINE.facts, "processor": "a slower one"}))
    store, card = Store(tmp_path), hardware_card("single_stream", "starter/sentiment", task)
    run = write_run(store, "r", {"m": {path: make_measurements(latencies=[0.02] * 40, machine=machine)}}, {path: card})
    assert recheck(store, run) == [f"m on {path}: the facts of its machine are not those of its fingerprint"]


def test_passes_that_took_no_time_have_no_interval_of_throughput():
    """As a clock that stands still gives them: no division by 0."""
    passes = Samples(quantity="pass", values=(0.0,) * 100, inputs=1000, wall=1.0)
    found = quantity(make_measurements("offline", samples=[passes]), "throughput")
    assert (found.value, found.low, found.high) == (1000.0, None, None)
