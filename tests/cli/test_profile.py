"""`benchwright profile`: what it plans, what it refuses and what to type instead, how stored profiles are shown again."""

from __future__ import annotations

import json
import os

import pytest

import benchwright
from benchwright import registry
from benchwright.cli.main import call
from benchwright.errors import ConfigError
from benchwright.profile_run import asked_scenarios, profile_selectors
from benchwright.store import Store
from benchwright.testing.hardware_fixtures import hardware_card, hardware_path, make_measurements
from benchwright.testing.write_run import write_run
from benchwright.types import Samples

TASK = "starter/sentiment"


@pytest.fixture
def typed(tmp_path, monkeypatch, capsys):
    """Type a command in a folder of its own; its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCHWRIGHT_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "100")

    def start(*args):
        code = call([*args])
        said = capsys.readouterr()
        return code, said.out, said.err

    return start


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A store with two models that were measured, by hand."""
    store = Store(tmp_path_factory.mktemp("profiles"))
    card = registry.get("suites", "starter").task("sentiment")

    def measured(factor):
        passes = Samples(quantity="pass", values=(factor * 100,) * 12, inputs=1200, wall=factor * 1200, tokens=24_000)
        return {
            hardware_path("single_stream", TASK): make_measurements(
                "single_stream", latencies=[factor * (1 + (37 * at) % 100 / 100) for at in range(100)]
            ),
            hardware_path("offline", TASK): make_measurements("offline", samples=[passes]),
        }

    cards = {hardware_path(one, TASK): hardware_card(one, TASK, card) for one in ("single_stream", "offline")}
    write_run(store, "hw", {"fast": measured(0.001), "slow": measured(0.02)}, cards)
    return store


def plan(out):
    """Rows of a plan in JSON: model and task."""
    return [(row["model"], row["task"]) for row in json.loads(out)["plan"]]


def test_without_a_scenario_latency_and_throughput_are_measured(typed):
    """Single stream and offline of each model and task; the task itself is not answered."""
    code, out, _ = typed("profile", "tfidf", "majority", "--suite", TASK, "--dry-run", "--format", "json")

    assert code == 0
    assert plan(out) == [
        (model, f"hardware/{scenario}@{TASK}")
        for model in ("tfidf", "majority")
        for scenario in ("single_stream", "offline")
    ]


def test_scenarios_sweeps_and_sessions_are_what_was_asked_for_and_nothing_else(typed):
    """Each flag adds its scenario, and an option goes to the scenarios that take it."""
    asked = ("--scenario", "server", "--bound", "130 ms", "--sweep", "--batches", "1,8", "--concurrency", "1,2")
    code, out, _ = typed("profile", "tfidf", "--suite", TASK, *asked, "--quick", "--dry-run", "--format", "json")

    assert code == 0
    assert plan(out) == [("tfidf", f"hardware/{one}@{TASK}") for one in ("server", "sweep", "concurrency")]


def test_several_tasks_and_a_run_file(typed, tmp_path):
    """Tasks with commas, and the suites of a file; flags override what stands in it."""
    (tmp_path / "run.toml").write_text('suite = ["starter/sentiment", "starter/topic"]\n[[model]]\nref = "tfidf"\n')
    _, out, _ = typed("profile", "run.toml", "--scenario", "offline", "--dry-run", "--format", "json")
    _, one, _ = typed(
        "profile", "run.toml", "--suite", "starter/topic", "--scenario", "offline", "--dry-run", "--format", "json"
    )

    assert plan(out) == [("tfidf", f"hardware/offline@starter/{task}") for task in ("sentiment", "topic")]
    assert plan(one) == [("tfidf", "hardware/offline@starter/topic")]


def test_all_mistakes_are_told_at_once_in_the_words_that_were_typed(typed):
    """Two presets, an option without its scenario, a session of one model, a number that is none."""
    asked = (
        "--quick",
        "--official",
        "--rate",
        "20",
        "--interleave",
        "--sweep",
        "--batches",
        "many",
        "--processes",
        "0",
    )
    code, _, err = typed("profile", "tfidf", "--suite", TASK, *asked)

    assert code == 2
    assert "5 problems in profile" in err
    for words in (
        "--quick and --official",
        "--rate 20 has no meaning for sweep and interleaved",
        "next: add --scenario server, or leave --rate out",
        "--interleave with 1 model",
        "--batches many",
        "--processes 0",
        "next: --processes 8",
    ):
        assert words in err


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--scenario", "server", "--bound", "130"), "--bound 130"),
        (("--scenario", "server", "--bound", "130&alone=no"), "--bound"),
        (("--interleave",), "at least two models"),
        (("--batches", "1,8"), "add --sweep"),
        (("--blocks", "30"), "add --interleave"),
        (("b=tfidf", "--interleave", "--blocks", "5"), "6 or more"),
    ],
)
def test_what_is_wrong_names_the_flag_and_what_to_type(typed, asked, words):
    """A bound without its unit, options smuggled in, flags without their scenario."""
    code, _, err = typed("profile", "tfidf", "--suite", TASK, *asked)

    assert code == 2
    assert words in err
    assert "next: " in err


def test_a_hardware_selector_is_no_task(typed):
    """Who types the view gets the two commands that do it."""
    code, _, err = typed("profile", "tfidf", "--suite", f"hardware/offline@{TASK}")

    assert code == 2
    assert "is a hardware profile already" in err
    assert "benchwright run MODEL --suite" in err


def test_a_suite_must_be_named(typed):
    """Without one the message says which."""
    code, _, err = typed("profile", "tfidf")

    assert code == 2
    assert "--suite starter/sentiment" in err


def test_in_python_the_same_is_refused_in_its_own_words(tmp_path):
    """Arguments in place of flags; a function of this session cannot be imported elsewhere."""
    with pytest.raises(ConfigError) as caught:
        benchwright.profile("tfidf", TASK, rate=20, interleave=True, store=tmp_path)

    assert 'rate="20" has no meaning for interleaved' in str(caught.value)
    assert 'add scenario="server"' in str(caught.value)
    assert "interleave=True with 1 model" in str(caught.value)


def test_the_function_stays_the_public_name_when_modules_are_loaded():
    """No submodule takes its place."""
    from benchwright import profile_choice, profile_options, profile_run  # noqa: F401

    assert callable(benchwright.profile)


def test_selectors_hold_what_was_asked_and_nothing_is_answered_beside():
    """Values with a blank are written without it; every selector is alone."""
    found = profile_selectors(("offline", "server"), {"preset": "quick", "bound": "130 ms", "batch": "8"}, models=1)

    assert found == (
        "hardware/offline?preset=quick&batch=8&alone=yes",
        "hardware/server?preset=quick&bound=130ms&alone=yes",
    )
    assert asked_scenarios(()) == ("single_stream", "offline")
    assert asked_scenarios(("server", "single-stream")) == ("single_stream", "server")


def test_a_stored_run_of_profiles_is_shown_by_task_and_machine(typed, stored):
    """A table for the task, no empty table of scores, 100 columns at most."""
    code, out, _ = typed("show", "hw", "--store", str(stored.root))

    assert code == 0
    assert out.startswith("hardware: starter/sentiment (validation)")
    assert "scores x 100" not in out
    assert max(map(len, out.splitlines())) <= 100
    # 100 latencies of 1.00 to 1.99 ms in steps of 0.01 ms: the nearest rank of 0.9 is the 90th.
    assert "1.89 ms" in out
    assert "– p99: " in out
    assert os.environ["COLUMNS"] == "100"


def test_one_profile_is_shown_whole(typed, stored):
    """Its distribution, the counts of raw samples, what was asked for and the facts of the machine."""
    code, out, _ = typed("show", "hw:fast", "--task", f"hardware/single_stream@{TASK}", "--store", str(stored.root))

    assert code == 0
    assert "distribution of 100 latencies" in out
    assert "raw samples in the store" in out
    assert "Written CPU 1.0" in out
    assert "slow" not in out
    assert max(map(len, out.splitlines())) <= 100


def test_the_json_of_a_profile_states_units_and_conditions(typed, stored):
    """Everything unrounded, in SI units."""
    code, out, _ = typed("show", "hw:fast", "--format", "json", "--store", str(stored.root))
    profiles = {one["task"]: one for one in json.loads(out)["profiles"]}
    by_name = {one["quantity"]: one for one in profiles[f"hardware/single_stream@{TASK}"]["quantities"]}
    offline = {one["quantity"]: one for one in profiles[f"hardware/offline@{TASK}"]["quantities"]}

    assert code == 0
    assert by_name["latency_p90"]["value"] == pytest.approx(0.00189)
    assert by_name["latency_p90"]["unit"] == "seconds"
    assert by_name["latency_p99"]["value"] is None
    assert "368" in by_name["latency_p99"]["reason"]
    assert offline["throughput"]["value"] == pytest.approx(1000.0)
    assert offline["throughput"]["unit"] == "inputs per second"


def test_a_notebook_shows_profiles_as_tables(stored):
    """One for each task and machine; reasons below it; the frame has a row for each quantity."""
    run = stored.read_run("hw")
    frame = run.to_pandas()

    assert run._repr_html_().count("<table>") == 1
    assert "1.89 ms" in run._repr_html_()
    assert "2 models" not in str(run)
    assert set(frame["value_unit"]) >= {"seconds", "inputs per second"}
    assert len(set(frame["machine"])) == 1


def test_a_model_that_fails_leaves_the_others_and_the_exit_code_says_so(typed, tmp_path):
    """Two fresh processes: one model is measured and shown, of the other the reason stands there; about 10 s."""
    (tmp_path / "bad.py").write_text("def fails(texts):\n    raise RuntimeError('no answer today')\n")
    models = ("ok=constant:positive", "bad=python:bad.py:fails")
    short = ("--quick", "--duration", "200 ms", "--queries", "8", "--scenario", "single-stream")
    code, out, err = typed("profile", *models, "--suite", TASK, *short)

    assert code == 1
    assert "FAILED   bad on hardware/single_stream@starter/sentiment" in out
    assert "no answer today" in out
    assert "latency of one query" in out
    assert any(line.startswith("ok") for line in out.split("latency of one query")[1].splitlines())
    assert "ok on starter/sentiment: single stream done in" in err


def test_a_scenario_is_known_by_the_name_of_its_view_too(typed):
    """``single_stream`` stands in every path."""
    code, out, _ = typed(
        "profile", "tfidf", "--suite", TASK, "--scenario", "single_stream", "--dry-run", "--format", "json"
    )

    assert (code, plan(out)) == (0, [("tfidf", f"hardware/single_stream@{TASK}")])
