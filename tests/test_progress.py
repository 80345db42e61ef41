"""One bar that moves, with rates that are true: what was done before, and what is not predicting, is in none of them."""

import io
import threading
import time
from types import SimpleNamespace

import pytest

from benchwright import progress as shown
from benchwright.progress import BarProgress, Pace, PlainProgress

CELL = SimpleNamespace(model=SimpleNamespace(name="m"), task_path="glue/sst2", is_explanation=False)


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test turns."""
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(shown.time, "monotonic", lambda: now.seconds)
    return now


def test_no_rate_before_it_can_be_told(clock):
    """In the first second there is no rate, however much was done."""
    pace = Pace.begin(10_000_000)
    clock.seconds += 0.3
    pace.reach(9_000_000)

    assert pace.rate is None
    assert pace.rate_text == pace.left_text == ""


def test_what_was_finished_earlier_is_in_no_rate(clock):
    """A resumed cell of 1,000 rows with 900 finished earlier does 10 a second, not 91."""
    pace = Pace.begin(1_000, 900)
    clock.seconds += 10
    pace.reach(1_000)

    assert pace.rate == pytest.approx(10)


def test_time_left(clock):
    """Seconds, minutes and hours in words."""
    pace = Pace.begin(4_000)
    clock.seconds += 10
    pace.reach(10)

    assert pace.left_text == "1 h 06 min left"


def test_training_is_no_part_of_the_rate_of_predicting(clock):
    """An hour of training, then ten seconds for a hundred examples: ten a second."""
    told = PlainProgress()
    told.start(CELL, 1_000, 0)
    for step in (1, 500, 1_000):
        clock.seconds += 1_200
        told.tell(CELL, "training for sst2, epoch 1 of 3", step, 1_000)
    clock.seconds += 10
    told.advance(CELL, 100)

    assert told.pace.rate == pytest.approx(10)


def test_one_bar_for_all_epochs(clock, monkeypatch):
    """Three epochs are one bar that moves on, not three of which two are frozen."""
    monkeypatch.setattr(shown, "stream", lambda name: io.StringIO())
    bar = BarProgress()
    bar.start(CELL, 872, 0)
    for step in range(0, 301, 100):
        clock.seconds += 5
        bar.tell(CELL, f"training for sst2, epoch {step // 101 + 1} of 3", step, 300)
        assert len(bar.bar.tasks) == 1
    (row,) = bar.bar.tasks
    assert (row.completed, row.total) == (300, 300)
    assert row.fields["rate"] == "20/s"
    bar.advance(CELL, 872)

    assert bar.bar.tasks[0].total == 872


PROFILED = SimpleNamespace(
    model=SimpleNamespace(name="m"),
    task_path="hardware/single_stream@glue/sst2",
    place=("m", "p", "s"),
    is_hardware=True,
)


def test_nothing_draws_while_a_model_is_under_the_clock(monkeypatch):
    """A step of a profile is drawn once, with the time left; no thread draws afterwards, which would take the processor."""
    screen = io.StringIO()
    monkeypatch.setattr(shown, "stream", lambda _: screen)
    before = set(threading.enumerate())
    with BarProgress() as bar:
        bar.bar.console._force_terminal = True
        bar.measure(PROFILED, "single stream: measuring", 75.0)
        assert bar.bar.tasks[0].fields["left"] == "about 1 min 15 s left"
        assert "single stream: measuring" in bar.bar.tasks[0].description
        drawn = screen.tell()
        time.sleep(0.3)
        assert screen.tell() == drawn
        assert set(threading.enumerate()) <= before


def test_steps_of_a_profile_are_lines_in_logs(clock, capsys):
    """The first step of a profile at once, later ones now and then."""
    told = PlainProgress()
    told.measure(PROFILED, "opening the model", 20.0)
    told.measure(PROFILED, "single stream: warming up", 15.0)
    clock.seconds += 8
    told.measure(PROFILED, "single stream: measuring", 7.0)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "opening the model, about 20 s left" in lines[0]
    assert "single stream: measuring, about 7 s left" in lines[1]


def test_what_waits_for_the_machine_says_no_time_that_is_left(clock, capsys, monkeypatch):
    """Nobody knows when the other one ends; the first step of its own is told at once."""
    told = PlainProgress()
    told.measure(PROFILED, "waiting: process 7 measures on this machine", None)
    told.measure(PROFILED, "opening the model", 20.0)
    waits, opens = capsys.readouterr().err.splitlines()
    assert waits.endswith("waiting: process 7 measures on this machine")
    assert opens.endswith("opening the model, about 20 s left")

    monkeypatch.setattr(shown, "stream", lambda _: io.StringIO())
    with BarProgress() as bar:
        bar.measure(PROFILED, "waiting: process 7 measures on this machine", None)
        assert bar.bar.tasks[0].fields["left"] == ""


def test_what_was_measured_is_told_before_answering_begins(capsys):
    """Models are measured before any of them answers, and lines stand in that order."""
    cell = SimpleNamespace(
        model=SimpleNamespace(name="m"),
        task_path="hardware/offline@glue/sst2",
        is_hardware=True,
        view=SimpleNamespace(profile=SimpleNamespace(scenario="offline")),
        place=("m", "hardware/offline@glue/sst2", "validation"),
    )
    told = PlainProgress()
    told.finish(cell, SimpleNamespace(reason="", seconds=3.0))
    told.start(CELL, 10, 0)

    first, second = capsys.readouterr().err.splitlines()
    assert "offline done in" in first
    assert "10 examples" in second


def test_explaining_is_told_by_items(clock, capsys):
    """How many there are, how far it is, its rate and the time left; or that there is nothing to explain."""
    cell = SimpleNamespace(model=SimpleNamespace(name="m"), task_path="explain/shap@glue/sst2", is_explanation=True)
    told = PlainProgress()
    told.start(cell, 50, 10)
    clock.seconds += 20
    told.advance(cell, 2)
    told.start(cell, 0, 0)

    assert capsys.readouterr().err.splitlines() == [
        "m on explain/shap@glue/sst2: 50 items to explain, 10 finished earlier",
        "  explained 12 of 50 items, 0.1/s, 6 min 20 s left",
        "m on explain/shap@glue/sst2: nothing to explain",
    ]
