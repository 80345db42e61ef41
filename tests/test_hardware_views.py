"""Hardware profiles as views of tasks: which are asked for, with which options, and how they are planned."""

import msgspec
import pytest

from benchwright import callables
from benchwright.errors import ConfigError
from benchwright.plan import make_plan
from benchwright.profile_options import OPTIONS, spelled
from benchwright.store import Store
from benchwright.types import SCENARIOS, ModelRef, ProfileSpec, RunSpec
from benchwright.view_refs import resolve_targets


def targets(*selectors, on=()):
    return resolve_targets(selectors, on)


def refused(*selectors, on=()):
    with pytest.raises(ConfigError) as caught:
        targets(*selectors, on=on)
    return str(caught.value)


def test_the_suite_alone_is_one_query_after_another_and_all_at_once():
    """The task stands before them, so that quality stands beside speed."""
    assert [one.path for one in targets("hardware", on=["starter/topic"])] == [
        "starter/topic",
        "hardware/single_stream@starter/topic",
        "hardware/offline@starter/topic",
    ]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_is_a_view_of_any_task(scenario):
    """By name, of ordinary tasks and of behavioural ones: a model is timed on whatever it answers."""
    for base in ("starter/topic", "behaviour/sentiment"):
        _, found = targets(f"hardware/{scenario}@{base}")
        assert found.path == f"hardware/{scenario}@{base}"
        assert (found.view.profile.scenario, found.refused) == (scenario, "")


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("hardware/single_stream@starter/topic?preset=quick", {"preset": "quick"}),
        ("hardware/single_stream@starter/topic?queries=100&duration=5s", {"queries": 100, "duration": 5.0}),
        ("hardware/offline@starter/topic?batch=8&price_per_hour=2.5", {"batch": 8, "price_per_hour": 2.5}),
        ("hardware/server@starter/topic?rate=20&bound=130ms", {"rate": 20.0, "bound": 0.13}),
        ("hardware/server@starter/topic?rate=20/s&bound=1.5 s", {"rate": 20.0, "bound": 1.5}),
        ("hardware/sweep@starter/topic?batches=32,1,8,8&lengths=16,64", {"batches": (1, 8, 32), "lengths": (16, 64)}),
        ("hardware/concurrency@starter/topic?concurrency=1,2&processes=1", {"concurrency": (1, 2), "processes": 1}),
        ("hardware/interleaved@starter/topic?blocks=30&batch=4", {"blocks": 30, "batch": 4}),
    ],
)
def test_options_say_how_it_is_measured(selector, expected):
    """Each option is a field of the specification, in SI units; what is left out is left to the preset."""
    _, found = targets(selector)
    scenario = found.view.profile.scenario

    assert found.view.profile == ProfileSpec(scenario=scenario, **expected)
    again = f"hardware/{scenario}@starter/topic?{spelled(found.view)}"
    assert targets(again)[1].view == found.view


def test_an_option_of_the_whole_suite_goes_to_the_scenarios_that_take_it():
    """A batch has no meaning for one query after another."""
    _, single, offline = targets("hardware?batch=8&preset=quick", on=["starter/topic"])

    assert single.view.profile == ProfileSpec(scenario="single_stream", preset="quick")
    assert offline.view.profile == ProfileSpec(scenario="offline", preset="quick", batch=8)


def test_options_of_the_task_stay_with_the_task():
    """What the view does not know is the task's."""
    base, found = targets("hardware/offline@starter/topic?limit=5&batch=2")

    assert (base.limit, found.limit, found.view.profile.batch) == (5, 5, 2)


def test_alone_leaves_the_task_unanswered():
    """Unless somebody asks for it by itself."""
    view = "hardware/offline@starter/topic?alone=yes"

    assert [one.path for one in targets(view)] == ["hardware/offline@starter/topic"]
    assert [one.path for one in targets(view, "starter/topic")] == ["starter/topic", "hardware/offline@starter/topic"]
    assert [one.path for one in targets("hardware?alone=yes", on=["starter/topic"])] == [
        "hardware/single_stream@starter/topic",
        "hardware/offline@starter/topic",
    ]


@pytest.mark.parametrize(
    ("selector", "on", "said"),
    [
        ("hardware", (), "--on SUITE/TASK"),
        ("hardware/@starter/topic", (), "names no scenario"),
        ("hardware/single-stream@starter/topic", (), "did you mean single_stream"),
        ("hardware/offline@starter", (), "names no task"),
        ("hardware/offline@hardware/offline", (), "not a task that can be seen through one"),
        ("hardware/offline@starter/topic?preset=fast", (), "quick, standard or official"),
        ("hardware/offline@starter/topic?batch=0", (), "a whole number from 1"),
        ("hardware/offline@starter/topic?batch=2.5", (), "a whole number from 1"),
        ("hardware/interleaved@starter/topic?blocks=5", (), "6 or more"),
        ("hardware/offline@starter/topic?rate=20", (), "hardware/server where rate is given"),
        ("hardware/server@starter/topic?bound=130", (), "write 130 ms"),
        ("hardware/server@starter/topic?bound=fast", (), "'fast' is no number with its unit"),
        ("hardware/server@starter/topic?bound=0ms", (), "above 0"),
        ("hardware/server@starter/topic?rate=-1", (), "a number above 0"),
        ("hardware/server@starter/topic?rate=1e9", (), "a number above 0"),
        ("hardware/sweep@starter/topic?batches=", (), "batches"),
        ("hardware/sweep@starter/topic?batches=1,x", (), "a whole number from 1"),
        ("hardware/offline@starter/topic?alone=1", (), "yes or no"),
        ("hardware?presets=quick", ["starter/topic"], "did you mean preset"),
        ("hardware?rate=20", ["starter/topic"], "no meaning for hardware/single_stream and hardware/offline"),
        ("hardware/offline?presets=quick", ["starter/topic"], "did you mean preset"),
    ],
)
def test_mistakes_say_what_to_type(selector, on, said):
    """What was given, what was expected, and what to type next."""
    assert said in refused(selector, on=on)


def test_all_mistakes_of_a_selector_come_at_once():
    """Nobody wants to mend one option a time."""
    told = refused("hardware?preset=fast&batch=x&nothing=1", on=["starter/topic"])

    assert all(part in told for part in ("preset=fast", "batch=x", "'nothing'"))


def test_one_scenario_with_two_sets_of_options_is_two_runs():
    """They would have one name."""
    told = refused("hardware/offline@starter/topic?batch=8", "hardware/offline@starter/topic?preset=quick")

    assert "asked for twice, with different options (batch=8 and preset=quick)" in told


def test_every_option_is_a_field_of_the_specification():
    """No option is read and then forgotten."""
    assert {*OPTIONS} - {"alone"} == {*ProfileSpec.__struct_fields__} - {"scenario"}


# --- planned ---


def plan(tmp_path, *selectors, models=("tfidf",), on=(), **more):
    refs = tuple(ModelRef(name=name, adapter=name) if isinstance(name, str) else name for name in models)
    spec = RunSpec(models=refs, suites=selectors, on=tuple(on), offline=True)
    return make_plan(spec, Store(tmp_path), **more)


def test_the_key_of_a_profile_is_that_of_the_task_with_machine_options_and_run(tmp_path):
    """So no other run, machine or specification ever takes its times for their own."""
    plain, timed = plan(tmp_path, "hardware/offline@starter/topic?batch=8", token="t1").cells

    assert (timed.status, timed.reason) == ("run", "measured anew in each run")
    assert (timed.key.session, timed.key.profile) == ("t1:tfidf", ProfileSpec(scenario="offline", batch=8))
    assert len(timed.key.machine) > 8
    same = {"task": plain.key.task, "card": plain.key.card, "machine": "", "profile": None, "session": ""}
    assert msgspec.structs.replace(timed.key, **same) == plain.key
    assert timed.examples == plain.examples
    other = plan(tmp_path, "hardware/offline@starter/topic?batch=8", token="t2").cells[1]
    assert (other.id != timed.id, other.key.data == timed.key.data) == (True, True)


def test_the_limit_of_the_run_cuts_what_is_timed(tmp_path):
    """The model is timed on the rows that it answers."""
    spec = RunSpec(
        models=(ModelRef(name="tfidf", adapter="tfidf"),), suites=("hardware",), on=("starter/topic",), limit=7
    )
    cells = make_plan(spec, Store(tmp_path)).cells

    assert [(len(cell.examples), cell.key.limit) for cell in cells] == [(7, 7)] * 3


def test_the_key_of_predictions_is_what_it_was(tmp_path):
    """Stores that were written before profiles existed keep every cell."""
    (cell,) = plan(tmp_path, "starter/topic").cells

    assert not {"machine", "profile", "session"} & msgspec.to_builtins(cell.key).keys()


def test_two_names_of_one_model_are_measured_apart(tmp_path):
    """That is how a machine is checked: the same model twice, each by itself."""
    twins = [ModelRef(name="one", adapter="tfidf"), ModelRef(name="two", adapter="tfidf")]
    cells = plan(tmp_path, "hardware/interleaved@starter/topic?alone=yes", models=twins).cells

    assert cells[0].key.model == cells[1].key.model
    assert cells[0].id != cells[1].id


def test_what_cannot_be_timed_says_why(tmp_path):
    """Answers that were made elsewhere have no time here, and a fresh process cannot import a function of this session."""
    (cell,) = plan(tmp_path, "starter/sentiment").cells
    answers = tmp_path / "answers.jsonl"
    answers.write_text("".join(f'{{"id": "{row.id}", "label": "positive"}}\n' for row in cell.examples))

    def mine(texts):
        return ["positive" for _ in texts]

    kept = ModelRef(name="mine", adapter="python", path=callables.path_of(mine))
    read = ModelRef(name="read", adapter="predictions", path=str(answers))
    with pytest.raises(ConfigError, match=r"(?s)function of this session.*python:FILE.py:FUNCTION"):
        plan(tmp_path, "hardware/offline@starter/sentiment", models=[kept])
    with pytest.raises(ConfigError, match=r"answers that were made elsewhere"):
        plan(tmp_path, "hardware/offline@starter/sentiment", models=[read])


def test_a_profile_alone_of_a_persons_own_file_is_planned(tmp_path):
    """The task that options made is not among those to answer, and its file is read all the same."""
    (tmp_path / "own.csv").write_text("text,label\ngood,positive\nbad,negative\n", encoding="utf-8")
    spec = RunSpec(
        models=(ModelRef(name="one", adapter="constant", path="positive"),),
        suites=("hardware/single_stream?alone=yes",),
        on=(f"classification/custom?path={tmp_path / 'own.csv'}",),
    )

    (cell,) = make_plan(spec, Store(tmp_path / "store")).cells
    assert (cell.task_path, cell.status, cell.reason) == (
        "hardware/single_stream@classification/custom",
        "run",
        "measured anew in each run",
    )


def test_a_duration_without_a_unit_is_taken_for_seconds_in_what_to_type():
    """Nobody measures for 5 ms."""
    assert "write 5 s" in refused("hardware/offline@starter/topic?duration=5")
    assert "write 50 ms" in refused("hardware/server@starter/topic?bound=50")


def test_no_thousand_processes_are_opened_by_a_slip():
    """Each is a process with a copy of the model."""
    assert "numbers from 1 to 256" in refused("hardware/concurrency@starter/topic?concurrency=1,1000")
