"""Runs that hold hardware profiles, alone or beside answers, in every verb; what was measured by hand stands for a model in a process."""

import json
import random
import shutil

import msgspec
import pytest

import benchwright
from benchwright import registry
from benchwright.cli.main import call as command_line
from benchwright.errors import NotComparable, StoreError
from benchwright.measuring.machine import describe_machine
from benchwright.run import perform, prepare
from benchwright.store import Store, removal
from benchwright.store.file_forms import CellFile
from benchwright.testing.hardware_fixtures import hardware_card, hardware_path, make_measurements
from benchwright.testing.write_run import write_run
from benchwright.types import SCHEMA, Facts, ModelRef, RunSpec, Samples

BASE = "starter/sentiment"
SINGLE, OFFLINE = (hardware_path(scenario, BASE) for scenario in ("single_stream", "offline"))
FACTS = {"majority": Facts(digest="a" * 64, kinds=()), "tfidf": Facts(digest="b" * 64, kinds=())}


def times(seconds):
    """500 queries, without trend."""
    draw = random.Random(3)
    return [seconds * (1 + 0.2 * draw.random()) for _ in range(500)]


def measured(seconds, session):
    """What a model of that speed is measured at in a run."""
    bulk = Samples(quantity="pass", values=(2 * seconds,) * 12, inputs=1200, wall=24 * seconds)
    return {
        SINGLE: make_measurements(
            latencies=times(seconds), readings={"host_memory_peak": 3e8, "energy": None}, session=session
        ),
        OFFLINE: make_measurements("offline", samples=[bulk], session=session),
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with three runs of two models: answers alone, both, and profiles alone."""
    store = Store(tmp_path_factory.mktemp("runs") / "store")
    plain = benchwright.evaluate(["majority", "tfidf"], BASE, store=store.root, name="plain", offline=True)
    task = registry.get("suites", "starter").task("sentiment")
    cards = {path: hardware_card(s, BASE, task) for s, path in (("single_stream", SINGLE), ("offline", OFFLINE))}
    timed, beside = (
        {"majority": measured(0.001, session), "tfidf": measured(0.01, session)} for session in ("timed", "both")
    )
    records = {cell.model: {BASE: store.read_records(cell.key)} for cell in plain.cells}
    both = {model: {**records[model], **found} for model, found in beside.items()}
    write_run(store, "both", both, {BASE: task, **cards}, scored=True, facts=FACTS)
    write_run(store, "timed", timed, cards, facts=FACTS)
    return store


@pytest.fixture
def store(made, tmp_path):
    """A copy that a test may change."""
    shutil.copytree(made.root, tmp_path / "store")
    return Store(tmp_path / "store")


@pytest.fixture
def call(capsys):
    """Exit code and both streams of a command on a store."""

    def run(store, *arguments):
        capsys.readouterr()
        code = command_line([*map(str, arguments), "--store", str(store.root)])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def test_a_comparison_sees_answers_alone(made, call):
    """A task that both answered is compared, a profile is no task; without answers it is said what compares times."""
    whole = benchwright.compare("both:majority", "both:tfidf", store=made.root)

    assert [one.path for one in whole.tasks] == [BASE]
    code, said = call(made, "compare", "timed:majority", "timed:tfidf")
    assert code == 3
    assert "hold hardware profiles alone" in said
    assert "--interleave" in said


def test_a_listing_counts_answers_and_profiles_apart(made, call):
    """A profile is neither scored nor unfinished."""
    code, said = call(made, "list", "runs", "--format", "json")
    rows = {row["run"]: (row["scored"], row["measured"], row["state"]) for row in json.loads(said)["runs"]}

    assert code == 0
    assert rows == {
        "plain": ("2/2", "", "complete"),
        "both": ("2/2", "4/4", "complete"),
        "timed": ("", "4/4", "complete"),
    }


@pytest.mark.parametrize("run", ["both", "timed"])
def test_a_run_is_shown_without_rows_for_what_has_no_score(made, run, call):
    """In a terminal, in JSON, in a notebook."""
    code, said = call(made, "show", run)
    assert code == 0
    assert "hardware: starter/sentiment" in said
    assert "measured  " not in said

    code, said = call(made, "show", run, "--format", "json")
    value = json.loads(said)
    assert {one["status"] for one in value["results"] if one["suite"] == "hardware"} == {"measured"}
    assert len(value["profiles"]) == 4

    text = str(benchwright.load_run(run, made.root))
    assert "4 hardware profiles" in text.splitlines()[0]
    assert SINGLE not in text


@pytest.mark.parametrize("run", ["both", "timed"])
@pytest.mark.parametrize("form", ["html", "md", "csv"])
def test_reports_ask_for_no_records_of_a_profile(made, run, form, tmp_path, call):
    """Such a cell has none, and asking would be an error."""
    code, said = call(made, "report", run, "-o", tmp_path / f"report.{form}")

    assert (code, (tmp_path / f"report.{form}").stat().st_size > 1000) == (0, True), said


def test_worst_examples_and_records_are_those_of_answers(made, call):
    """A profile has no example."""
    assert call(made, "show", "both", "--worst", "2")[0] == 0
    frame = benchwright.load_run("both", made.root).records()
    assert set(frame["suite"]) == {"starter"}
    assert len(benchwright.load_run("timed", made.root).records()) == 0


def test_a_baseline_pins_answers_and_a_profile_alone_is_none(made, tmp_path, monkeypatch, call):
    """A lock holds what later answers are compared with."""
    monkeypatch.chdir(tmp_path)
    code, said = call(made, "baseline", "accept", "both:tfidf", "--name", "prod", "--reason", "first")
    assert (code, "prod is both:tfidf, 1 task" in said) == (0, True)
    assert "hardware/" not in (tmp_path / "baselines.lock").read_text()

    code, said = call(made, "baseline", "accept", "timed:tfidf", "--name", "other", "--reason", "first")
    assert (code, "has no scored task" in said) == (3, True)


def test_a_profile_that_failed_keeps_no_answers_from_being_a_baseline(store, tmp_path, monkeypatch, call):
    """What is pinned are answers, and these are whole."""
    monkeypatch.chdir(tmp_path)
    run = store.read_run("both")
    cells = [
        msgspec.structs.replace(cell, status="failed", reason="killed") if cell.task_path == SINGLE else cell
        for cell in run.cells
    ]
    store.write_run(msgspec.structs.replace(run, cells=tuple(cells)))

    code, said = call(store, "baseline", "accept", "both:tfidf", "--name", "prod", "--reason", "first")
    assert code == 0, said


RULES = """
schema = 1
[baseline]
name = "prod"
[[rule]]
id = "quality"
kind = "noninferiority"
margin = 0.02
[[rule]]
id = "cover"
kind = "coverage"
"""


def test_a_gate_about_quality_and_coverage_overlooks_profiles(made, tmp_path, monkeypatch, call):
    """They are neither lost answers nor tasks to compare."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gate.toml").write_text(RULES)
    call(made, "baseline", "accept", "both:tfidf", "--name", "prod", "--reason", "first")

    code, said = call(made, "gate", "gate.toml", "both:tfidf")
    assert (code, "2 checks passed" in said) == (0, True), said
    assert "hardware/" not in said
    code, said = call(made, "gate", "gate.toml", "timed:tfidf")
    assert (code, "INVALID" in said) == (3, True), said


def test_a_choice_is_made_from_models_that_have_answers_and_profiles(made, call):
    """A profile is no task that a model could lack."""
    code, said = call(made, "select", "both")

    assert (code, "winner: tfidf" in said) == (0, True), said


def test_a_submission_takes_no_profile_for_predictions(made, tmp_path, call):
    """It has none."""
    code, said = call(made, "submit", "timed:tfidf", "--suite", "glue", "-o", tmp_path / "out")

    assert (code, "no predictions" in said) in ((2, True), (3, True)), said


@pytest.mark.parametrize("run", ["both", "timed"])
def test_a_bundle_carries_a_run_with_profiles_whole(made, run, tmp_path, call):
    """Runs, raw samples and numbers are the same in another store, and are checked there."""
    assert call(made, "store", "export", run, "-o", tmp_path / "b.zip")[0] == 0
    other = Store(tmp_path / "other")
    code, said = call(other, "store", "import", tmp_path / "b.zip")

    assert code == 0, said
    assert other.read_run(run).profiles == made.read_run(run).profiles
    assert call(other, "store", "check")[0] == 0


@pytest.mark.parametrize("view", ["robustness/case@starter/topic", "bias/identity@starter/sentiment"])
def test_a_bundle_carries_the_texts_of_a_view(view, tmp_path, call):
    """Whose name holds the mark between view and task."""
    store, other = Store(tmp_path / "store"), Store(tmp_path / "other")
    run = benchwright.evaluate("majority", view, store=store.root, name="r", offline=True)
    assert call(store, "store", "export", "r", "-o", tmp_path / "b.zip")[0] == 0
    code, said = call(other, "store", "import", tmp_path / "b.zip")

    assert code == 0, said
    assert other.read_records_with_inputs(run.cells[1].key) == store.read_records_with_inputs(run.cells[1].key)


def test_removing_a_run_takes_its_raw_samples_alone(store):
    """Two runs share no times."""
    keys = {cell.key for cell in store.read_run("timed").cells}
    removal.remove_runs(store, ["timed"])

    assert not keys & set(store.cell_keys())
    assert all(store.is_intact(cell.key) for cell in store.read_run("both").cells)


# --- a run that is measured ---


def job(store, *, name="mine", rerun="missing", models=("majority", "tfidf"), limit=None):
    """The planned run of models on the default scenarios of a task, which is answered too."""
    refs = tuple(ModelRef(name=one, adapter=one) for one in models)
    spec = RunSpec(models=refs, suites=("hardware?preset=quick",), on=("starter/topic",), offline=True, limit=limit)
    return prepare(spec, store, name=name, rerun=rerun)


def measure(store, cell):
    """Put hand-made measurements into a planned cell, as a process of its own would."""
    plan = CellFile(
        schema=SCHEMA, key=cell.key, task=cell.task, facts=cell.facts, shard=0, total=0, origin="", environment={}
    )
    found = measured(0.01, cell.key.session)[hardware_path(cell.key.profile.scenario, BASE)]
    machine = describe_machine("cpu")
    assert machine.fingerprint == cell.key.machine
    store.begin_cell(cell.id, plan)
    store.write_measurements(cell.id, msgspec.structs.replace(found, spec=cell.key.profile, machine=machine), seconds=1)


def timed(planned):
    return [cell for cell in planned.plan.cells if cell.is_hardware]


def begin(store, planned):
    """The run's file as it stands when a run is broken off."""
    from benchwright.run import _run

    store.write_run(_run(planned, {}, "2026-01-01T00:00:00+00:00", complete=False))


def test_a_run_that_was_broken_off_goes_on_with_what_it_measured(store, call):
    """Under its name and token; nothing is measured twice, and what is still to come says how to go on."""
    first = job(store)
    begin(store, first)
    measure(store, timed(first)[0])
    unfinished = store.read_run("mine")
    assert unfinished.token == first.token
    assert {one.reason for one in unfinished.cells if "hardware" in one.suite} == {
        "run the same command again with --name mine to go on"
    }

    again = job(store)
    assert [cell.id for cell in timed(again)] == [cell.id for cell in timed(first)]
    assert [cell.status for cell in timed(again)] == ["stored", "run", "run", "run"]
    for cell in timed(again)[1:]:
        measure(store, cell)
    run = perform(job(store))

    assert [cell.status for cell in run.cells] == ["scored", "measured", "measured"] * 2
    assert all(cell.reused for cell in run.cells if cell.status == "measured")
    assert [one.model for one in run.profiles] == ["majority", "majority", "tfidf", "tfidf"]
    assert run.profiles[0].spec.preset == "quick"
    assert call(store, "store", "check")[0] == 0


@pytest.fixture
def finished(store):
    """A store with a finished run of that kind."""
    planned = job(store)
    begin(store, planned)
    for cell in timed(planned):
        measure(store, cell)
    perform(job(store))
    return store


def test_a_finished_name_is_measured_again_only_when_asked(finished):
    """Times of yesterday are never taken for those of today; they are looked at again without being measured."""
    with pytest.raises(StoreError, match=r"(?s)finished.*measured anew in each run.*--rerun always"):
        job(finished)
    assert [cell.status for cell in timed(job(finished, rerun="never"))] == ["stored"] * 4
    assert [cell.status for cell in timed(job(finished, rerun="always"))] == ["run"] * 4
    assert perform(job(finished, rerun="never")).profiles == finished.read_run("mine").profiles


def test_a_profile_that_failed_is_tried_again_beside_those_that_were_measured(finished):
    """By the same command, under the same name."""
    run = finished.read_run("mine")
    lost = [
        msgspec.structs.replace(cell, status="failed", reason="the process was killed")
        if (cell.model, cell.suite, cell.task.partition("@")[0]) == ("tfidf", "hardware", "offline")
        else cell
        for cell in run.cells
    ]
    finished.clear_cell(lost[-1].key)
    finished.write_run(msgspec.structs.replace(run, cells=tuple(lost)))

    assert [cell.status for cell in timed(job(finished))] == ["stored", "stored", "stored", "run"]


def test_another_run_finds_answers_and_no_times(finished):
    """Whatever it is called."""
    for name in ("other", None):
        states = {cell.task_path: cell.status for cell in job(finished, name=name).plan.cells}
        assert states["starter/topic"] == "stored"
        assert states["hardware/offline@starter/topic"] == "run"
    with pytest.raises(NotComparable, match="not measured in this run"):
        perform(job(finished, name="other", rerun="never", models=("majority",), limit=5))


def test_damaged_samples_are_measured_again(finished):
    """In the run that they belong to, and nowhere else."""
    key = finished.read_run("mine").cells[1].key
    (finished.cell_folder(key) / "measurements.parquet").write_bytes(b"damaged")
    planned = timed(job(finished, rerun="always"))
    kept = timed(job(finished, rerun="never"))

    assert [cell.status for cell in planned] == ["run"] * 4
    assert [cell.status for cell in kept] == ["missing", "stored", "stored", "stored"]
