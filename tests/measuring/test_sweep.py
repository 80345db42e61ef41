"""A sweep on an injected clock: which points are measured, in which order, and why others are not."""

import pytest

from benchwright.measuring.clock import SimulatedClock
from benchwright.measuring.presets import filled, limits_of
from benchwright.measuring.sweep import Point, PointTooLarge, lengths_of, sweep
from benchwright.types import ProfileSpec, Reading, Samples


class Model:
    """A query takes 1 ms and 1 ms for each 100 tokens; more than ``room`` tokens do not fit; the first call of a shape takes 10 times that."""

    def __init__(self, clock, room=10_000):
        self._clock, self._room = clock, room
        self._seen = set()
        self.begun = []

    def begin(self, point):
        if point.length > 500:
            raise PointTooLarge("the model reads at most 500")
        self.begun.append(point)

        def ask(_number):
            if point.batch * point.length > self._room:
                raise PointTooLarge("memory ran out")
            slow = 1 if point in self._seen else 10
            self._seen.add(point)
            self._clock.sleep(slow * seconds_of(point))

        return ask

    def end(self, point):
        return (Reading(quantity="gpu_memory_peak", value=float(point.batch), batch=point.batch, length=point.length),)


def seconds_of(point):
    return 0.001 + 0.00001 * point.batch * point.length


@pytest.fixture
def clock():
    return SimulatedClock()


def run(model, clock, batches=(1, 4, 16, 64), lengths=(16, 128), **options):
    def timed(ask, count, phase, steady=True):
        values = []
        for number in range(count):
            begin = clock.now()
            ask(number)
            values.append(clock.now() - begin)
        return Samples(quantity="latency", values=tuple(values), phase=phase, steady=steady)

    grid = [Point(length=length, batch=batch) for length in lengths for batch in batches]
    return sweep(
        model,
        grid,
        clock,
        warm_up=lambda ask: timed(ask, 3, "warm_up", steady=False),
        measure=lambda ask, steady: timed(ask, 5, "measured", steady),
        **{"most_seconds": 10.0, **options},
    )


def measured(found):
    return {(one.length, one.batch): one for one in found.samples if one.phase == "measured"}


def lost(found):
    return {(one.length, one.batch): one.reason for one in found.readings if one.quantity == "latency"}


def test_each_point_has_its_own_first_call_its_warm_up_and_its_queries(clock):
    found = run(Model(clock), clock)
    grid = {(length, batch) for length in (16, 128) for batch in (1, 4, 16, 64)}

    assert set(measured(found)) == grid
    for place, one in measured(found).items():
        seconds = seconds_of(Point(length=place[0], batch=place[1]))
        assert one.values == pytest.approx((seconds,) * 5)
        assert one.steady is False
        (first,) = [s for s in found.samples if s.quantity == "first_call" and (s.length, s.batch) == place]
        assert first.values == pytest.approx((10 * seconds,))
        (warm,) = [s for s in found.samples if s.phase == "warm_up" and (s.length, s.batch) == place]
        assert warm.values == pytest.approx((seconds,) * 3)
    assert {(one.length, one.batch): one.value for one in found.readings} == {place: place[1] for place in grid}


def test_points_are_measured_in_random_order_that_the_seed_decides(clock):
    orders = []
    for seed in (0, 0, 1, 2):
        model = Model(clock)
        found = run(model, clock, seed=seed)
        orders.append([(one.length, one.batch) for one in found.samples if one.phase == "measured"])

    assert orders[0] == orders[1]
    assert len({tuple(one) for one in orders}) == 3
    assert all(one != sorted(one) for one in orders)


def test_growing_stops_where_memory_runs_out(clock):
    """1,000 tokens fit: 64 of 16 do not, nor do 16 of 128, and then 64 of 128 is not even tried."""
    model = Model(clock, room=1000)
    found = run(model, clock)

    assert set(measured(found)) == {(16, 1), (16, 4), (16, 16), (128, 1), (128, 4)}
    assert set(lost(found)) == {(16, 64), (128, 16), (128, 64)}
    assert lost(found)[128, 16] == "memory ran out"
    assert lost(found)[128, 64] == "not asked: at batch 16 of length 128 memory ran out"
    assert Point(length=128, batch=64) not in model.begun


def test_growing_stops_at_a_bound_for_which_a_slow_first_call_does_not_count(clock):
    """Beyond 10 ms are 16 of 128 (21 ms) and 64 of 16 (11 ms); a first call of 10 times 6 ms is none."""
    found = run(Model(clock), clock, bound=0.010)

    assert set(measured(found)) == {(16, 1), (16, 4), (16, 16), (128, 1), (128, 4)}
    assert lost(found)[128, 16] == "a query takes 0.0215 s, more than the bound of 0.01 s"


def test_growing_stops_where_too_few_queries_fit_into_the_time_of_a_point(clock):
    found = run(Model(clock), clock, most_seconds=0.1)

    assert lost(found)[128, 16] == "a query takes 0.0215 s: 8 of them do not fit into the 0.1 s of a point"


def test_a_length_out_of_reach_is_said_and_the_others_are_measured(clock):
    found = run(Model(clock), clock, lengths=(16, 512))

    assert {length for length, _ in measured(found)} == {16}
    assert lost(found)[512, 1] == "the model reads at most 500"
    assert lost(found)[512, 64] == "not asked: at batch 1 of length 512 the model reads at most 500"


def test_lengths_come_from_the_texts():
    """Of 1 to 100 tokens: the median and the 90th percentile; never a length that no text has."""
    assert lengths_of(range(1, 101), "quick") == (50, 90)
    assert lengths_of([7] * 30, "standard") == (7,)
    assert set(lengths_of([3, 3, 9, 40], "standard")) <= {3, 9, 40}
    assert lengths_of([], "quick") == ()
    assert lengths_of([0, 0], "quick") == ()


def test_a_sweep_has_shorter_points_and_one_process_unless_more_is_asked_for():
    """Its points are many and are compared with one another; what was asked for is kept."""
    quick = filled(ProfileSpec(scenario="sweep", preset="quick"))
    asked = filled(ProfileSpec(scenario="sweep", preset="standard", processes=2, duration=20.0, batches=(3,)))

    assert (quick.processes, quick.batches, quick.queries, quick.duration) == (1, (1, 8, 32), 12, 1.5)
    assert limits_of(quick).most_seconds == 8.0
    assert (asked.processes, asked.batches, asked.duration) == (2, (3,), 20.0)
    assert limits_of(asked).least_seconds == 20.0
    assert limits_of(asked).most_seconds == 120.0
