"""From models to a decision: measured in processes of their own, then chosen among, and a gate on times that lets the model itself through.

The model and its slower copy give the same answers by the same rule; the copy sleeps 60 ms more for each query. Whatever else the machine
does, a sleep is never shorter, so what is asserted of the copy holds under any load.
"""

import json

import pytest
from msgspec.structs import replace

from benchwright.measuring.machine import fingerprint
from benchwright.store import Store
from benchwright.types import Samples

BASE = "starter/sentiment"
MODELS = '''
"""A rule for sentiment: words of praise against words of blame, told after 2 ms; `slow` answers the same, 60 ms later."""

import time

PRAISE = {"good", "great", "excellent", "love", "loved", "wonderful", "best", "perfect", "happy", "fine", "nice", "well"}

def quick(texts):
    time.sleep(0.002)  # of microseconds the machine decides, and neighbouring ones resemble each other
    return ["positive" if PRAISE & set(str(text).lower().split()) else "negative" for text in texts]

def slow(texts):
    time.sleep(0.06)
    return quick(texts)
'''

ASKED = ("--require", "latency_p50 <= 50 ms", "--maximize", "accuracy")

GATE = f"""
[[rule]]
id = "fast"
kind = "budget"
metric = "latency_p50"
max = "50 ms"
task = "{BASE}"

[[rule]]
id = "as-fast"
kind = "ratio"
metric = "latency_p50"
max = 1.25
blocks = 6
task = "{BASE}"
"""

pytestmark = pytest.mark.slow  # half a minute: five processes are opened, warmed up and timed in turn


@pytest.fixture
def measured(program, tmp_path):
    """A session in which the model, itself again, its slower copy and a trained model took turns; all answered the task too."""
    (tmp_path / "rule.py").write_text(MODELS)
    (tmp_path / "gate.toml").write_text(GATE)
    turns = "hardware/interleaved?preset=quick&duration=0.2s&queries=8&blocks=8&processes=1"
    models = ("model=python:rule.py:quick", "itself=python:rule.py:quick", "copy=python:rule.py:slow", "tfidf")
    lock = {"BENCHWRIGHT_LOCK": str(tmp_path / "lock")}
    program("run", *models, "--suite", turns, "--on", BASE, "--name", "turns", env=lock, check=0)
    return Store(tmp_path / "store")


def test_a_choice_and_a_gate_by_what_was_measured(measured, program):
    """The slower copy breaks a limit on latency and the ratio rule; the model is chosen, and passes beside itself."""
    chosen = program("select", "turns", *ASKED, "--format", "json", check=0)
    found = json.loads(chosen.stdout)
    by_name = {one["model"]: one for one in found["candidates"]}
    assert by_name["copy"]["feasible"] is False
    assert by_name["copy"]["values"]["latency_p50"] >= 0.06
    assert by_name["copy"]["p_feasible"] == 0
    assert by_name["copy"]["values"]["accuracy"] == by_name["model"]["values"]["accuracy"]
    assert found["winner"] in {"model", "itself", "tfidf"}
    text = program("select", "turns", *ASKED, "--parent", "turns:model", check=0).stdout
    assert "not <= 50 ms" in text
    assert program("select", "turns", "--require", "latency_p50 <= 50", check=2).stderr.count("write 50 ms") == 1

    failed = program("gate", "gate.toml", "turns:copy", "--baseline", "turns:model", "--json", "verdict.json", check=1)
    assert "FAIL" in failed.stdout
    verdict = json.loads((measured.root.parent / "verdict.json").read_text())
    by_rule = {one["rule"]: one for one in verdict["findings"]}
    assert (by_rule["fast"]["verdict"], by_rule["as-fast"]["verdict"]) == ("FAIL", "FAIL")
    assert by_rule["fast"]["low"] > 0.05
    itself = program("gate", "gate.toml", "turns:itself", "--baseline", "turns:model", "--json", "verdict.json")
    findings = json.loads((measured.root.parent / "verdict.json").read_text())["findings"]
    assert {one["rule"]: one["verdict"] for one in findings}["fast"] == "PASS"
    assert {one["rule"]: one["verdict"] for one in findings}["as-fast"] in {"PASS", "INCONCLUSIVE"}  # a noisy machine
    assert itself.returncode == 0

    explained = program("gate", "gate.toml", "turns:copy", "--baseline", "turns:model", "--explain", "fast", check=1)
    assert "95 % interval" in explained.stdout
    program("gate", "gate.toml", "turns:copy", "--baseline", "turns:model", "--plan", check=0)
    program("gate", "gate.toml", "--check", check=0)

    elsewhere(measured)
    invalid = program("gate", "gate.toml", "turns:itself", "--baseline", "turns:model", check=3).stdout
    assert "was measured on another machine than this one" in invalid
    assert "processor: Other CPU 9" in invalid


def elsewhere(store):
    """The measurements of ``turns`` as if another machine had made them: what an import from there leaves in the store."""
    run = store.read_run("turns")
    facts = {**run.profiles[0].machine.facts, "processor": "Other CPU 9"}
    machine = replace(run.profiles[0].machine, facts=facts, fingerprint=fingerprint(facts))
    assert all(isinstance(one, Samples) for one in store.read_measurements(run.profiles[0].key).samples)
    store.write_run(replace(run, profiles=tuple(replace(one, machine=machine) for one in run.profiles)))
