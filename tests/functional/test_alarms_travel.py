"""An alarm stands wherever its number goes: one run with swapped labels, every output of every verb."""

import json

import pytest

import benchwright
from benchwright import registry
from benchwright.cli import COMMANDS
from benchwright.comparison.compare import compare
from benchwright.comparison.text import to_markdown
from benchwright.gate_run import gate
from benchwright.gating.outputs import WRITERS
from benchwright.reporting import render
from benchwright.selection.select import select
from benchwright.store import Store

SAID = "labels look permuted: as given accuracy 10.00 %, with bad"
RULES = """schema = 1
[[rule]]
id = "no-loss"
kind = "noninferiority"
task = "classification/custom"
metric = "accuracy"
margin = 0.05
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a store of two runs: ``good`` and ``swapped``, which is the same with its labels mixed up."""
    folder = tmp_path_factory.mktemp("travel")
    labels = ["good" if (7 * n * n + n) % 11 < 5 else "bad" for n in range(200)]
    other = {"good": "bad", "bad": "good"}
    said = [other[label] if n % 10 == 3 else label for n, label in enumerate(labels)]
    rows = [f"text {n},{label},{'web' if n % 2 else 'phone'}" for n, label in enumerate(labels)]
    (folder / "test.csv").write_text("\n".join(["text,label,lang", *rows]) + "\n")
    for name, answers in (("good", said), ("swapped", [other[label] for label in said])):
        text = "".join(json.dumps({"index": n, "label": label}) + "\n" for n, label in enumerate(answers))
        (folder / f"{name}.jsonl").write_text(text)
        suite = f"classification/custom?path={folder / 'test.csv'}&slice=lang"
        benchwright.evaluate(f"predictions:{folder / name}.jsonl", suite, store=folder / "store", name=name)
    (folder / "gate.toml").write_text(RULES)
    return folder


def run_of(place, name="swapped"):
    return benchwright.load_run(name, store=place / "store")


def gate_of(place, run="swapped", baseline="good"):
    return gate(place / "gate.toml", run, baseline=baseline, store=place / "store")


def flat(text):
    """Escapes of pages and pull requests undone, folded lines joined."""
    for sign, plain in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("&#39;", "'"), ("%25", "%"), ("\\", "")):
        text = text.replace(sign, plain)
    return " ".join(text.split())


def words(place, *args):
    store = ("--store", str(place / "store"))
    suite = f"classification/custom?path={place / 'test.csv'}&slice=lang"
    known = {
        "run": ("run", f"predictions:{place / 'swapped'}.jsonl", "--suite", suite, "--name", "swapped"),
        "show": ("show", "swapped"),
        "report": ("report", "swapped"),
        "compare": ("compare", "good", "swapped"),
        "select": ("select", "good", "swapped"),
        "history": ("history",),
        "gate": ("gate", place / "gate.toml", "swapped", "--baseline", "good"),
        "baseline": ("baseline", "accept", "swapped", "--name", "prod", "--reason", "x", "--lock", place / "l.lock"),
    }
    return (*known[args[0]], *args[1:], *store)


TYPED = [
    ("run",),
    ("run", "--format", "json"),
    ("show",),
    ("show", "--format", "json"),
    ("show", "--task", "custom"),
    ("show", "--slice", "lang=web"),
    ("compare",),
    ("compare", "--format", "json"),
    ("select",),
    ("select", "--format", "json"),
    ("gate",),
    ("gate", "--format", "json"),
    ("gate", "--quiet"),
    ("gate", "--annotations"),
    ("gate", "--explain", "no-loss"),
    ("baseline",),
    ("baseline", "--format", "json"),
    ("history", "--model", "swapped"),
    ("history", "--format", "json"),
]
SILENT = {"doctor", "list", "new", "store", "submit", "verify", "demo", "profile"}
"""Verbs that show no score of a stored run; the demo shows what the others do, a profile has no scores."""


@pytest.mark.parametrize("args", TYPED, ids=" ".join)
def test_every_verb_says_it(args, place, program):
    """What is printed, as text and as JSON, holds the sentence."""
    assert SAID in flat(program(*words(place, *args)).stdout)


def test_no_verb_is_forgotten():
    """A new verb is either tried here or shows no score."""
    assert set(COMMANDS) == {args[0] for args in TYPED} | SILENT | {"report"}


@pytest.mark.parametrize("name", registry.names("reports"))
def test_every_report_says_it(name, place):
    """Every installed report."""
    assert SAID in flat(render([run_of(place)], Store(place / "store"), name).text)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize(("run", "baseline"), [("swapped", "good"), ("good", "swapped")])
def test_every_output_of_a_gate_says_it(name, run, baseline, place):
    """Of the candidate and of the baseline: a passing gate with a wrong baseline says so everywhere."""
    assert SAID in flat(WRITERS[name](gate_of(place, run, baseline)))


def test_a_gate_says_so_in_its_headline(place):
    """A gate that passes because its baseline is wrong is not silent about it in the one line that people read."""
    passed, failed = gate_of(place, "good", "swapped"), gate_of(place)

    assert (passed.verdict, failed.verdict) == ("PASS", "FAIL")
    assert passed.reason.endswith("; 1 alarm about the baseline")
    assert failed.reason.endswith("; 1 alarm about the candidate")


def test_python_says_it(place):
    """Objects printed, shown in a notebook, and as tables."""
    pair = compare("good", "swapped", store=place / "store")
    chosen = select(["good", "swapped"], store=place / "store")
    run, verdict = run_of(place), gate_of(place)

    for found in (run, pair, chosen, verdict):
        assert SAID in flat(str(found)), type(found)
        assert SAID in flat(found._repr_html_()), type(found)
        frame = found.to_pandas()
        assert frame["alarms"].str.contains(SAID, regex=False).any(), type(found)
    assert SAID in flat(to_markdown(pair))


def test_every_score_carries_it(place):
    """The task's score, every metric and every slice."""
    (cell,) = run_of(place).cells

    assert all(score.alarms[0].code == "permuted" for score in (cell.score, *cell.scores))
    assert cell.alarms[0].severity == "alarm"
    assert len({score.slice for score in cell.scores}) > 2


def test_it_stands_first(place, program):
    """Above every note, also where the swapped system is named last."""
    shown = program("compare", "good", "swapped", "--store", place / "store").stdout
    lines = [line.strip() for line in shown.splitlines() if line.strip().startswith(("!", "*"))]

    assert lines[0].startswith(f"! swapped on classification/custom: {SAID}")
