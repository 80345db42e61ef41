"""A report over a run of answers and a run of times has one row for a model that both hold; its name decides nothing."""

from __future__ import annotations

import pytest

from benchwright import registry
from benchwright.hardware.joined_runs import join_models
from benchwright.render.grid import build_grid
from benchwright.reporting import render
from benchwright.store import Store
from benchwright.testing.hardware_fixtures import hardware_card, hardware_path, make_measurements
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, Record

TASK = "starter/sentiment"
VIEW = hardware_path("single_stream", TASK)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def facts(digest):
    return Facts(digest=digest, kinds=())


def scored(store, name, models):
    """A run of answers; ``models`` are names with digests."""
    card = registry.get("suites", "starter").task("sentiment")
    records = [Record(id=f"sentiment/{at}", target="positive", output="positive") for at in range(20)]
    digests = {model: facts(digest) for model, digest in models.items()}
    return write_run(
        store, name, {model: {TASK: records} for model in models}, {TASK: card}, facts=digests, scored=True
    )


def measured(store, name, models):
    """A run of times alone."""
    card = hardware_card("single_stream", TASK, registry.get("suites", "starter").task("sentiment"))
    times = make_measurements(latencies=[0.001 * (1 + (37 * at) % 100 / 100) for at in range(100)])
    digests = {model: facts(digest) for model, digest in models.items()}
    return write_run(store, name, {model: {VIEW: times} for model in models}, {VIEW: card}, facts=digests)


@pytest.mark.parametrize("order", [1, -1])
def test_a_model_of_both_runs_has_one_row_under_the_name_it_was_scored_by(store, order):
    """Whatever it is called where it was measured, and in whatever order the runs are given."""
    runs = [scored(store, "answers", {"tiny": "d1"}), measured(store, "times", {"small": "d1"})][::order]
    text = render(runs, store, "markdown").text
    (system,) = build_grid(runs_joined(runs, store)).systems

    assert (system.label, system.also) == ("tiny", ("times:small",))
    assert "1.89 ms" in next(line for line in text.splitlines() if line.startswith("| **tiny**"))
    assert "not measured" not in text


def runs_joined(runs, store):
    join_models(runs, store)
    return runs


def test_another_digest_is_another_model_whatever_it_is_called(store):
    """Two rows, and the reason is told before anything is compared."""
    runs = [scored(store, "answers", {"tiny": "d1"}), measured(store, "times", {"tiny": "d2"})]
    text = render(runs, store, "markdown").text

    assert "**answers:tiny**" in text
    assert "**times:tiny**" in text
    assert "times:tiny was only measured, and no scored model of the other runs is the same" in text


def test_two_scored_models_of_one_digest_leave_the_measured_one_apart(store):
    """Which of them it belongs to cannot be told, since their answers are stored apart."""
    runs = [scored(store, "answers", {"a": "d1"}), measured(store, "times", {"tiny": "d1"})]
    other = Store(store.root)
    third = write_run(
        other,
        "more",
        {"b": {TASK: [Record(id="sentiment/0", target="positive", output="negative")]}},
        {TASK: registry.get("suites", "starter").task("sentiment")},
        facts={"b": facts("d1")},
        data="other data",
        scored=True,
    )
    text = render([*runs, third], store, "markdown").text

    assert "answers:a and more:b are both of that model" in text
