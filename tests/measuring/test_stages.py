"""Seconds of stages become medians and shares; values by hand."""

import pytest

from benchwright.measuring.clock import SimulatedClock
from benchwright.measuring.stages import measure_stages, overlap, stage_times
from benchwright.types import Prediction, Samples


class Staged:
    """A session whose queries take so long in each stage, and 1 s beside all of them."""

    def __init__(self, clock, *queries):
        self._clock, self._queries = clock, iter(queries)

    def predict_in_stages(self, examples, clock):
        stages = next(self._queries)
        self._clock.sleep(sum(stages.values()) + 1)
        return [Prediction() for _ in examples], stages


def test_each_query_gives_a_value_to_each_stage():
    clock = SimulatedClock()
    session = Staged(clock, {"tokenise": 1, "forward": 4}, {"tokenise": 2, "forward": 8, "collate": 1}, {"forward": 3})
    found = measure_stages(session, [["a"], ["b"], ["c"]], clock)

    assert {one.stage: one.values for one in found} == {
        "tokenise": (1, 2, 0.0),
        "collate": (0.0, 1, 0.0),
        "forward": (4, 8, 3),
    }
    assert [one.stage for one in found] == ["tokenise", "collate", "forward"]
    assert {(one.quantity, one.phase, one.inputs, one.batch, one.wall) for one in found} == {
        ("stage", "stages", 3, 1, 22)
    }
    assert overlap(found) == pytest.approx(19 / 22)


def test_medians_stand_beside_shares_that_add_up():
    """Median of 4, 8, 3 is 4; of 19 s in all 15 are the forward pass."""
    clock = SimulatedClock()
    session = Staged(clock, {"tokenise": 1, "forward": 4}, {"tokenise": 2, "forward": 8, "collate": 1}, {"forward": 3})
    times = {one.stage: one for one in stage_times(measure_stages(session, [["a"], ["b"], ["c"]], clock))}

    assert (times["forward"].seconds, times["forward"].share, times["forward"].n) == (4, pytest.approx(15 / 19), 3)
    assert (times["tokenise"].seconds, times["tokenise"].share) == (1, pytest.approx(3 / 19))
    assert sum(one.share for one in times.values()) == pytest.approx(1)


def test_device_time_stands_beside_the_stages_and_is_none_of_them():
    samples = (
        Samples(quantity="stage", values=(6.0,), phase="stages", stage="forward", wall=10),
        Samples(quantity="stage", values=(4.0,), phase="stages", stage="tokenise", wall=10),
        Samples(quantity="stage", values=(3.0,), phase="stages", stage="forward_device", wall=10),
        Samples(quantity="latency", values=(99.0,)),
    )
    times = {one.stage: one.share for one in stage_times(samples)}

    assert times == {"tokenise": 0.4, "forward": 0.6, "forward_device": 0.3}
    assert list(times) == ["tokenise", "forward", "forward_device"]
    assert overlap(samples) == 1.0


def test_without_stages_there_is_nothing_to_tell():
    assert stage_times([Samples(quantity="latency", values=(1.0,))]) == ()
    assert overlap([]) is None
