"""Quantities of hardware profiles over time: marked by machine, and never paired."""

import msgspec
import pytest

import benchwright
from benchwright.errors import BenchwrightError
from benchwright.testing.hardware_fixtures import MACHINE, hardware_card, hardware_path, make_measurements
from benchwright.testing.write_run import write_run
from benchwright.types import Facts

PATH = hardware_path("single_stream", "mine/mood")
OTHER = msgspec.structs.replace(MACHINE, fingerprint="ffee0011", facts={**MACHINE.facts, "library torch": "9.0"})


@pytest.fixture
def timed(nights):
    """Nights on which the model was timed: so many milliseconds a query, on a machine."""
    from functools import partial

    card = hardware_card("single_stream", "mine/mood", nights.card)

    def add(day, milliseconds, machine=MACHINE):
        found = make_measurements(latencies=[milliseconds / 1000] * 200, machine=machine, session=f"session-{day}")
        run = write_run(
            nights.store,
            f"night-{day}",
            {"nightly": {PATH: found}},
            {PATH: card},
            facts={"nightly": Facts(digest="d", kinds=())},
        )
        nights.store.write_run(msgspec.structs.replace(run, created=f"2026-11-{day:02}T03:00:00+00:00"))

    return partial(add)


def test_times_of_two_sessions_are_told_beside_one_another_and_not_paired(nights, timed):
    timed(1, 10)
    timed(2, 12)

    (line,) = benchwright.history("mood", "latency_p50", store=nights.store).lines

    assert [point.value for point in line.points] == [0.010, 0.012]
    assert line.points[1].change.value == pytest.approx(0.002)
    assert line.points[1].change.verdict == "not paired"
    assert "two sessions" in line.points[1].change.why
    assert (line.unit, line.direction) == ("seconds", "lower")
    assert line.points[1].machine


def test_another_machine_breaks_the_line_and_says_what_is_other(nights, timed):
    timed(1, 10)
    timed(2, 5, OTHER)

    found = benchwright.history("mood", "latency_p50", store=nights.store)
    point = found.lines[0].points[1]

    assert point.change is None
    assert [mark.kind for mark in point.marks if mark.breaks] == ["machine"]
    assert "library torch" in point.marks[0].sentence
    assert "library torch" in str(found)


def test_a_quantity_that_no_profile_has_is_refused(nights, timed):
    nights.add(150)
    with pytest.raises(BenchwrightError, match="no run holds hardware profiles"):
        benchwright.history("mood", "latency_p50", store=nights.store)
    timed(2, 10)
    with pytest.raises(BenchwrightError, match="no run has energy"):
        benchwright.history("mood", "energy", store=nights.store)
    with pytest.raises(BenchwrightError, match="did you mean latency_p50"):
        benchwright.history("mood", "latency", store=nights.store)
