"""Queueing. Waiting times are those of Pollaczek and Khinchine, and of Lindley's recursion on the same arrivals."""

import dataclasses

import numpy as np
import pytest

from benchwright.measuring.clock import SimulatedClock
from benchwright.measuring.presets import PRESETS, Limits
from benchwright.measuring.rate_search import search
from benchwright.measuring.server import highest_rate, schedule, serve, verdict, verdicts
from benchwright.measuring.simulated import SimulatedModel, bimodal, constant, noisy

SERVICE = 0.01


def served(rate, queries, *, bound=1e9, draw=None, seed=1, **more):
    clock = SimulatedClock(3.0)
    limits = Limits(least_seconds=0.0, least_queries=queries, most_seconds=1.5 * queries / rate)
    return serve(
        SimulatedModel(clock, draw or constant(SERVICE)), clock, limits, rate=rate, bound=bound, seed=seed, **more
    )


def waiting(done):
    latency, service, _ = done.samples
    return np.array(latency.values) - np.array(service.values)


def test_every_wait_is_that_of_lindleys_recursion():
    rate = 80.0
    done = served(rate, 2000)
    gaps = np.diff(schedule(rate, 3000, 1))[:1999]
    wait, expected = 0.0, [0.0]
    for gap in gaps:
        wait = max(wait + SERVICE - gap, 0.0)
        expected.append(wait)
    assert waiting(done) == pytest.approx(expected, abs=1e-9)


def test_arrivals_are_a_poisson_process_and_the_seed_decides_them():
    gaps = np.diff(schedule(50.0, 20_000, 3))
    assert gaps.mean() == pytest.approx(0.02, rel=0.03)
    assert gaps.std() == pytest.approx(0.02, rel=0.05)
    assert np.array_equal(schedule(50.0, 10, 3), schedule(50.0, 10, 3))
    assert not np.array_equal(schedule(50.0, 10, 3), schedule(50.0, 10, 4))


def test_the_generator_does_not_wait_for_answers():
    class Stuck:
        """One call of a second, then fast ones: whoever waits for the answer sees one slow query, who keeps to the schedule many."""

        def __init__(self, clock):
            self.clock = clock

        def __call__(self, number):
            self.clock.sleep(1.0 if number == 100 else 0.001)

    clock = SimulatedClock()
    limits = Limits(least_seconds=0.0, least_queries=1000, most_seconds=100.0)
    done = serve(Stuck(clock), clock, limits, rate=50.0, bound=10.0)
    slow = (np.array(done.samples[0].values) > 0.1).sum()
    assert 30 < slow < 70  # about 45 queries were scheduled while the model was stuck


def test_a_generator_that_is_late_makes_the_trial_invalid_and_is_told_apart_from_waiting():
    class Late(SimulatedClock):
        def sleep(self, seconds):
            super().sleep(seconds + 0.02 if seconds > 0 else 0)

    clock = Late()
    model = SimulatedModel(SimulatedClock(), constant(0.001))
    limits = Limits(least_seconds=0.0, least_queries=500, most_seconds=1000.0)
    done = serve(model, clock, limits, rate=2.0, bound=0.13)
    found = verdict(done.samples[0].values, done.samples[2].values, 0.13)
    assert found.says == "invalid"
    assert found.lag == pytest.approx(0.02)
    assert "20 ms late" in found.reason
    assert verdict(done.samples[0].values, done.samples[2].values, 0.3).says == "holds"
    on_time = served(80.0, 500)
    assert max(on_time.samples[2].values) <= 1e-9
    assert waiting(on_time).max() > 0.01


def test_p99_holds_a_bound_from_459_queries_of_which_none_is_late():
    assert verdict([0.1] * 459, [], 0.13).says == "holds"
    undecided = verdict([0.1] * 458, [], 0.13)
    assert undecided.says == "undecided"
    assert "459 queries are needed" in undecided.reason
    assert verdict([0.1] * 661 + [0.2], [], 0.13).says == "holds"
    assert verdict([0.1] * 660 + [0.2], [], 0.13).says == "undecided"
    assert verdict([0.1] * 490 + [0.2] * 10, [], 0.13).says == "fails"


def test_a_query_over_the_bound_makes_the_trial_as_long_as_the_test_takes():
    class Once:
        def __init__(self, clock):
            self.clock = clock

        def __call__(self, number):
            self.clock.sleep(0.2 if number == 5 else 0.001)

    clock = SimulatedClock()
    done = serve(Once(clock), clock, Limits(least_seconds=0, least_queries=0, most_seconds=1e4), rate=1.0, bound=0.13)
    assert len(done.samples[0].values) == 662


def test_a_rate_above_the_capacity_fails_and_ends():
    clock = SimulatedClock()
    limits = PRESETS["quick"]
    done = serve(SimulatedModel(clock, constant(SERVICE)), clock, limits, rate=1000.0, bound=0.05)
    assert verdict(done.samples[0].values, [], 0.05).says == "fails"
    assert clock.now() < 2 * limits.most_seconds
    assert "1000 /s" in done.notes[0]


def test_the_search_finds_the_highest_rate_within_five_per_cent_of_a_long_simulation():
    clock = SimulatedClock()
    limits = dataclasses.replace(PRESETS["standard"], search_seconds=1e5, most_seconds=3000.0)
    done = search(
        SimulatedModel(clock, constant(SERVICE)),
        clock,
        limits,
        bound=0.05,
        service=SERVICE,
    )
    found = highest_rate(done.samples, 0.05)
    # Independent of all that: Lindley's recursion over a million queries, p99 of wait + service, by bisection.
    truth = true_limit(0.05)
    assert truth * 0.9 < found < truth * 1.03
    trials = verdicts(done.samples, 0.05)
    assert set(trials) == {one.rate for one in done.samples}
    assert {one.says for one in trials.values()} >= {"holds", "fails"}


def true_limit(bound):
    draws = np.random.default_rng(11).exponential(1, 300_000)
    low, high = 10.0, 99.0
    for _ in range(12):
        rate = (low + high) / 2
        steps = np.concatenate([[0.0], SERVICE - draws[1:] / rate]).cumsum()
        wait = steps - np.minimum.accumulate(steps)
        low, high = (rate, high) if np.quantile(wait + SERVICE, 0.99) <= bound else (low, rate)
    return low


def test_a_search_that_is_out_of_time_tells_what_is_known():
    clock = SimulatedClock()
    done = search(SimulatedModel(clock, noisy(0.02, 0.1)), clock, PRESETS["quick"], bound=0.13, service=0.02)
    assert clock.now() < 65
    assert "is the highest that held so far" in done.notes[0]
    assert highest_rate(done.samples, 0.13) is not None


def test_service_that_drifts_takes_the_flag_away_and_waiting_alone_does_not():
    assert served(80.0, 2000, draw=noisy(SERVICE, 0.02)).steady
    clock = SimulatedClock()
    limits = Limits(least_seconds=0.0, least_queries=2000, most_seconds=100.0)
    drifting = SimulatedModel(clock, noisy(SERVICE, 0.02), drift=0.005)
    done = serve(drifting, clock, limits, rate=50.0, bound=10.0)
    assert not done.steady
    assert not any(one.steady for one in done.samples)
    assert "rose" in done.notes[0]


def test_where_a_query_alone_takes_longer_than_the_bound_no_rate_is_tried():
    clock = SimulatedClock()
    done = search(SimulatedModel(clock, constant(0.2)), clock, PRESETS["quick"], bound=0.13, service=0.2)
    assert (done.samples, clock.now()) == ((), 0.0)
    assert done.notes == ("no rate holds 130 ms: a query alone takes 200 ms",)


def test_no_rate_above_one_that_failed_is_taken():
    class Trial(dict):
        pass

    def trial(rate, over):
        from benchwright.types.hardware import Samples

        return Samples(quantity="latency", rate=rate, values=(0.1,) * (700 - over) + (0.2,) * over)

    assert highest_rate([trial(10, 0), trial(20, 50), trial(30, 0)], 0.13) == 10
    assert highest_rate([trial(10, 50)], 0.13) is None


def test_where_no_rate_holds_the_search_says_down_to_where_it_looked():
    clock = SimulatedClock()
    limits = dataclasses.replace(PRESETS["standard"], search_seconds=1e6, most_seconds=1e4)
    half_slow = bimodal(0.01, 0.2, 0.3)  # three queries in ten take longer than the bound by themselves
    done = search(SimulatedModel(clock, half_slow), clock, limits, bound=0.13, service=0.067)
    assert highest_rate(done.samples, 0.13) is None
    assert done.notes[-1].startswith("no rate holds p99 within 130 ms: down to 2%")
