import dataclasses
import time

import numpy as np
import pytest

from benchwright.measuring.clock import RealClock, SimulatedClock
from benchwright.measuring.offline import inputs_of_pass, offline
from benchwright.measuring.presets import PRESETS, Limits
from benchwright.measuring.simulated import SimulatedModel, constant, heavy_tailed, noisy
from benchwright.measuring.single_stream import cost_of, single_stream
from benchwright.stats.order_statistics import percentile_of

QUICK = PRESETS["quick"]


def streamed(draw, limits=QUICK, *, steady=True, **model):
    clock = SimulatedClock(7.0)
    return single_stream(SimulatedModel(clock, draw, **model), clock, limits, steady=steady)


def test_every_query_is_timed_by_itself_until_duration_and_count_are_met():
    done = streamed(constant(0.02))
    (samples,) = done.samples
    assert samples.values == pytest.approx([0.02] * len(samples.values))
    assert 150 <= samples.inputs == len(samples.values) <= 151
    assert (samples.wall, samples.steady) == (pytest.approx(3.0, abs=0.021), True)
    assert done.notes == ()
    slow = streamed(constant(0.1)).samples[0]
    assert (len(slow.values), slow.wall) == (64, pytest.approx(6.4))


def test_a_model_that_is_too_slow_for_the_count_ends_at_the_longest_time_and_says_so():
    done = streamed(constant(2.0))
    assert len(done.samples[0].values) == 10
    assert done.notes == ("ended after 20 s with 10 queries of 64 and 3 s that were asked for",)
    assert percentile_of([done.samples[0].values], 0.9).value is None


def test_a_wide_interval_is_measured_longer_up_to_a_limit():
    narrow, wide = streamed(noisy(0.02, 0.05)), streamed(heavy_tailed(0.02, 1.0))
    assert narrow.samples[0].wall < 3.1
    assert 5 < wide.samples[0].wall < 7.5


def test_drift_while_measuring_takes_the_flag_away_and_is_told():
    done = streamed(noisy(0.005, 0.02), drift=0.03)
    assert not done.steady
    assert not done.samples[0].steady
    assert "rose" in done.notes[0]


def test_what_was_not_steady_before_stays_so():
    done = streamed(constant(0.02), steady=False)
    assert (done.steady, done.notes) == (False, ())


def test_queries_shorter_than_the_clock_can_tell_say_so():
    done = streamed(constant(50e-6), dataclasses.replace(QUICK, least_seconds=0.1))
    assert "reading the clock" in done.notes[0]
    assert cost_of(RealClock()) < 1e-3


def test_offline_is_work_divided_by_wall_time_and_not_by_a_mean_latency():
    class Gaps:
        """A model whose passes are followed by 50 ms that belong to no pass."""

        def __init__(self, clock):
            self.clock, self.before = clock, clock.now

        def now(self):
            self.clock.sleep(0.05)
            return self.before()

        def sleep(self, seconds):
            self.clock.sleep(seconds)

    inner = SimulatedClock()
    clock = Gaps(inner)
    done = offline(SimulatedModel(inner, constant(0.4)), clock, QUICK, inputs=32)
    (samples,) = done.samples
    assert samples.inputs == 32 * len(samples.values)
    assert samples.inputs / samples.wall == pytest.approx(32 / 0.5, rel=0.02)  # 0.4 s and both gaps
    assert samples.batch == 32
    assert samples.quantity == "pass"


def test_offline_makes_six_passes_where_the_time_allows_and_never_fewer_inputs_than_asked():
    clock = SimulatedClock()
    done = offline(SimulatedModel(clock, constant(0.7)), clock, QUICK, inputs=64).samples[0]
    assert len(done.values) == 6
    long = offline(SimulatedModel(clock, constant(5.0)), clock, QUICK, inputs=8)
    assert (len(long.samples[0].values), long.samples[0].wall) == (4, pytest.approx(20))
    assert "32 inputs of 64" in long.notes[0]


def test_a_pass_holds_about_a_tenth_of_the_duration():
    assert inputs_of_pass(1000.0, QUICK, 872) == 300
    assert inputs_of_pass(100.0, QUICK, 872) == 64
    assert inputs_of_pass(20.0, QUICK, 872) == 20
    assert inputs_of_pass(1e5, QUICK, 872) == 872
    assert inputs_of_pass(0.1, QUICK, 872) == 1


class Sleeper:
    """Sleeps 5 ms and notes how long it slept by its own reading of the clock."""

    def __init__(self):
        self.slept = []

    def __call__(self, number):
        begun = time.perf_counter()
        time.sleep(0.005)
        self.slept.append(time.perf_counter() - begun)


def test_by_the_real_clock_a_model_that_sleeps_5_ms_takes_5_ms():
    sleeper = Sleeper()
    # Of 25 sleeps that happen to resemble their neighbours no percentile is told; 100 are enough beside other work.
    done = single_stream(sleeper, RealClock(), Limits(least_seconds=0.5, least_queries=100, most_seconds=20.0))
    values = np.array(done.samples[0].values)
    assert (values >= 0.005).all()
    # On a loaded machine a sleep itself takes longer: then we are held to what the process saw, within a millisecond.
    beyond = np.median(values) - np.median(sleeper.slept)
    assert 0 <= beyond <= 0.001
    assert percentile_of([values], 0.5).value == pytest.approx(max(0.005, np.median(sleeper.slept)), abs=0.001)
    assert done.samples[0].wall >= values.sum()
