import msgspec
import pytest

from benchwright.measuring.clock import SimulatedClock
from benchwright.measuring.concurrency import stream_from, throughput_together
from benchwright.measuring.presets import Limits
from benchwright.measuring.simulated import SimulatedModel, constant
from benchwright.types.hardware import Samples

LIMITS = Limits(least_seconds=2.0, least_queries=1, most_seconds=10.0)


def one_process(number, seconds, *, start=0.0, begin=1.0):
    clock = SimulatedClock(start)
    done = stream_from(SimulatedModel(clock, constant(seconds)), clock, LIMITS, begin=begin, concurrency=2)
    return [msgspec.structs.replace(one, process=number) for one in done.samples], done.notes


def test_rates_of_processes_add_up_over_the_time_in_which_all_were_busy():
    first, _ = one_process(0, 0.1)
    second, _ = one_process(1, 0.25)
    rate, seconds = throughput_together([*first, *second])
    assert rate == pytest.approx(10 + 4)
    assert seconds == pytest.approx(2.0)


def test_a_process_that_begins_late_says_so_and_only_the_common_time_counts():
    first, _ = one_process(0, 0.1)
    second, notes = one_process(1, 0.1, start=2.0)
    assert notes == ("a process began 1 s late",)
    rate, seconds = throughput_together([*first, *second])
    assert rate == pytest.approx(20)
    assert seconds == pytest.approx(1.0)


def test_a_query_over_the_edge_counts_with_its_share():
    def process(number, ends, latency):
        kinds = (("completed", ends), ("latency", latency))
        return [Samples(quantity=kind, values=values, process=number) for kind, values in kinds]

    rate, seconds = throughput_together([*process(0, (4.0,), (4.0,)), *process(1, (2.0, 3.0), (1.0, 1.0))])
    assert (rate, seconds) == (pytest.approx((0.5 + 2) / 2), 2.0)


def test_processes_that_never_ran_at_once_have_no_throughput_together():
    first, _ = one_process(0, 0.1)
    second, _ = one_process(1, 0.1, start=9.0)
    assert throughput_together([*first, *second]) is None
    assert throughput_together([]) is None
