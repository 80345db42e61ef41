"""`gate --measure`: baseline and candidate measured in turn for the rules about ratios, then judged as every stored session is."""

from __future__ import annotations

import json
import shutil

import msgspec
import pytest

import benchwright
from benchwright.cli.main import call
from benchwright.errors import NotComparable
from benchwright.execution.outcome import NoProgress
from benchwright.store import Store

TASK = "starter/sentiment"
PATH = f"hardware/interleaved@{TASK}"
QUICK = "hardware/interleaved?preset=quick&duration=0.2s&queries=12&processes=1&blocks=30"
RATIO = {"id": "speed", "kind": "ratio", "task": TASK, "max": 1.10, "blocks": 10}
FLOOR = {"id": "floor", "kind": "absolute", "task": TASK, "metric": "accuracy", "min": 0.01, "use": "value"}
MODELS = """
import time

def two(texts):
    time.sleep(0.002)
    return ["positive"] * len(texts)

def ten(texts):
    time.sleep(0.01)
    return ["positive"] * len(texts)
"""


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """A folder with a store whose runs `old` and `new` hold answers alone; `old` was asked for a short session as well."""
    folder = tmp_path_factory.mktemp("measured")
    (folder / "models.py").write_text(MODELS)
    store = Store(folder / "store")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        old = benchwright.evaluate(
            ["m=python:models.py:two", "tfidf"], TASK, store=store.root, name="old", offline=True
        )
        benchwright.evaluate("m=python:models.py:ten", TASK, store=store.root, name="new", offline=True)
    asked = msgspec.structs.replace(old.spec, suites=(*old.spec.suites, QUICK))
    store.write_run(msgspec.structs.replace(old, spec=asked))
    return folder


@pytest.fixture
def folder(answered, tmp_path, monkeypatch):
    """A copy that a test may change, as the folder in which commands are typed."""
    shutil.copytree(answered, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def gate(run, baseline, *rules, **options):
    return benchwright.gate({"rule": list(rules)}, run, baseline=baseline, store="store", measure=True, **options)


def runs():
    return sorted(Store("store").run_names())


def changed(name, **fields):
    """A stored run as if it had been typed otherwise."""
    run = Store("store").read_run(name)
    Store("store").write_run(msgspec.structs.replace(run, spec=msgspec.structs.replace(run.spec, **fields)))


def test_a_model_that_takes_five_times_as_long_fails_in_a_session_that_is_measured_now(folder, capsys):
    """The command measures runs that hold answers alone, stores the session, judges it, and says so on every channel.

    Seed and split are those of the candidate's run, the rounds the rule's, the other options those of a session that a run was asked for.
    """
    changed("new", seed=7)
    rule = "\n".join(f"{name} = {json.dumps(value)}" for name, value in RATIO.items())
    (folder / "gate.toml").write_text(f"schema = 1\n[[rule]]\n{rule}\n")
    files = ("--json", "verdict.json", "--markdown", "gate.md", "--junit", "junit.xml", "--html", "gate.html")
    code = call(["gate", "gate.toml", "new", "--baseline", "old:m", "--measure", "--store", "store", *files])
    said = capsys.readouterr()

    assert code == 1, said
    (made,) = set(runs()) - {"old", "new"}
    run = Store("store").read_run(made)
    assert [(cell.model, cell.task_path, cell.status) for cell in run.cells] == [
        ("m-baseline", PATH, "measured"),
        ("m", PATH, "measured"),
    ]
    assert (run.spec.seed, run.spec.on) == (7, (TASK,))
    assert run.spec.suites == (f"{QUICK.replace('&blocks=30', '')}&blocks=10&alone=yes",)
    taken = Store("store").read_measurements(run.cells[0].key).taken
    judged = f"session {made}, measured {taken[:10]} "
    verdict = json.loads((folder / "verdict.json").read_text())
    (found,) = (one for one in verdict["findings"] if one["rule"] == "speed")
    assert (found["verdict"], found["n"], verdict["run"]) == ("FAIL", 10, "new")
    assert 1.1 < found["low"] < found["high"]
    assert judged in " ".join(said.out.split())
    assert judged in found["message"]
    for name in ("gate.md", "junit.xml", "gate.html"):
        text = (folder / name).read_text()
        assert made[-8:] in text
        assert f"measured {taken[:10]}" in text
    assert "old:m has no digest: nothing says that what was measured is still the model" in " ".join(verdict["flags"])
    assert "interleaved done in" in said.err
    assert "interleaved done in" not in said.out


def test_a_model_beside_itself_never_fails(folder):
    """The same stored model on both sides is opened twice, and the answers are judged as without measuring."""
    result = gate("old:m", "old:m", RATIO, FLOOR)

    found = {one.rule: one for one in result.findings}
    assert found["speed"].verdict in ("PASS", "INCONCLUSIVE"), found["speed"].message
    assert found["floor"].verdict == "PASS"
    assert any("was compared with itself" in flag for flag in result.flags)
    assert len(runs()) == 3


def test_a_model_that_changed_since_is_refused_before_anything_is_measured(folder):
    """The digest of the stored answers is not that of the model today."""
    changed(
        "old",
        models=tuple(
            msgspec.structs.replace(one, options={"c": "0.3"})
            for one in Store("store").read_run("old").spec.models
            if one.adapter == "tfidf"
        ),
    )
    with pytest.raises(NotComparable) as refused:
        gate("new", "old:tfidf", RATIO)

    assert "old:tfidf is another model by now: the digest of tfidf?c=0.3 on starter/sentiment was" in str(refused.value)
    assert f"benchwright run tfidf?c=0.3 --suite {TASK}, then judge that run" in refused.value.hint
    assert runs() == ["new", "old"]


def test_a_model_that_is_gone_is_refused_with_what_to_type(folder):
    (folder / "models.py").unlink()
    with pytest.raises(NotComparable) as refused:
        gate("new", "old:m", RATIO)

    assert "the models of the stored runs cannot be measured here" in str(refused.value)
    assert "models.py" in str(refused.value)
    assert "type this in the folder in which they were run" in refused.value.hint
    assert runs() == ["new", "old"]


def test_two_devices_are_no_session(folder):
    changed("old", precision="fast")
    with pytest.raises(NotComparable, match="old:m was run with --precision fast, new:m with --precision exact"):
        gate("new", "old:m", RATIO)


def test_a_task_that_a_model_was_not_run_on_says_nothing_of_the_model(folder):
    with pytest.raises(NotComparable, match="old:m was not run on starter/topic: nothing says that python:models"):
        gate("new", "old:m", {**RATIO, "task": "starter/topic"})


def test_without_a_rule_about_ratios_there_is_nothing_to_measure(folder):
    """Said in the result; the other rules are judged as ever."""
    result = gate("new", "old:m", FLOOR)

    assert (result.verdict, result.exit_code) == ("PASS", 0)
    assert "nothing was measured: there is no rule of kind ratio" in result.flags
    assert runs() == ["new", "old"]


def test_a_rule_about_another_machine_is_not_measured_on_this_one(folder):
    """It judges what is stored, as without measuring."""
    result = gate("new", "old:m", {**RATIO, "machine": "rack-7"})

    (flag,) = (one for one in result.flags if one.startswith("nothing was measured for speed"))
    assert "it is about machine rack-7, and this is" in flag
    assert next(one.verdict for one in result.findings if one.rule == "speed") == "INVALID"
    assert runs() == ["new", "old"]


def test_a_baseline_that_is_missing_is_no_reason_to_stop(folder):
    result = gate("new", None, RATIO)

    assert any(one.startswith("nothing was measured for speed: there is no baseline") for one in result.flags)
    assert (result.exit_code, runs()) == (3, ["new", "old"])


def test_who_interrupts_leaves_no_run_behind(folder):
    """Ctrl-C while it is measured: the processes end, and the store is as it was."""

    class Interrupted(NoProgress):
        def measure(self, cell, what, left):
            raise KeyboardInterrupt

    cells = sorted(path.name for path in (folder / "store" / "cells").iterdir())
    with pytest.raises(KeyboardInterrupt):
        gate("new", "old:m", RATIO, progress=Interrupted())

    assert runs() == ["new", "old"]
    assert sorted(path.name for path in (folder / "store" / "cells").iterdir()) == cells


def test_measuring_goes_with_a_verdict_only(folder, capsys):
    (folder / "gate.toml").write_text('schema = 1\n[[rule]]\nid = "speed"\nkind = "ratio"\nmax = 1.1\n')
    for other in ("--plan", "--check"):
        assert call(["gate", "gate.toml", "new", "--measure", other, "--store", "store"]) == 2
        assert "--measure judges what it measures" in capsys.readouterr().err


def test_the_name_of_a_rule_is_looked_up_before_anything_is_measured(folder, capsys):
    (folder / "gate.toml").write_text(
        f'schema = 1\n[[rule]]\nid = "speed"\nkind = "ratio"\ntask = "{TASK}"\nmax = 1.1\n'
    )
    typed = ["gate", "gate.toml", "new", "--baseline", "old:m", "--measure", "--explain", "sped", "--store", "store"]

    assert call(typed) == 2
    assert "there is no rule 'sped'" in capsys.readouterr().err
    assert runs() == ["new", "old"]
