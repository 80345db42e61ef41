"""The label that F1, precision and recall are about stands beside them wherever the number goes."""

import json
import re

import pytest

import benchwright
from benchwright.quantities import metric_title, positive_of, score_title
from benchwright_suites.glue import suite as glue

RULES = """schema = 1
[[rule]]
id = "no-loss"
kind = "noninferiority"
task = "classification/custom"
metric = "f1"
margin = 0.2
"""


@pytest.fixture
def stored(tmp_path):
    """A run of two constants on forty rows of two labels, scored by F1, nobody having said of which label."""
    rows = "".join(f"text {at},{'hateful' if at % 5 else 'other'}\n" for at in range(40))
    (tmp_path / "gold.csv").write_text(f"text,label\n{rows}")
    path = f"classification/custom?path={tmp_path}/gold.csv&score=f1"
    run = benchwright.evaluate(["constant:other", "constant:hateful"], path, store=tmp_path / "results", name="r")
    return tmp_path, run


def test_titles_of_metrics():
    """MRPC and QQP as their cards say; metrics over all labels, slices of a label and tasks of more labels are left alone."""
    mrpc, qqp, cola, mnli = (
        next(task for task in glue.tasks if task.name == name) for name in ("mrpc", "qqp", "cola", "mnli")
    )
    assert metric_title("f1@1", mrpc) == "f1(equivalent)"
    assert score_title(qqp) == "accuracy+f1(duplicate)"
    assert (metric_title("mcc", cola), metric_title("accuracy", mnli), metric_title("f1", None)) == (
        "mcc",
        "accuracy",
        "f1",
    )
    assert metric_title("f1", mrpc, "label=equivalent") == "f1"
    assert metric_title("f1", mrpc, "lang=en") == "f1(equivalent)"
    assert metric_title("score", mrpc) == "score"
    assert positive_of("score", mrpc) is None


def test_every_text_names_the_label(program, stored):
    """Run, show, compare, select, gate and its plan, reports in every format."""
    folder, _ = stored
    (folder / "gate.toml").write_text(RULES)
    pair = ("r:constant-hateful", "--baseline", "r:constant-other")
    for words in (
        ("show", "r"),
        ("show", "r", "--task", "custom"),
        ("compare", "r:constant-other", "r:constant-hateful"),
        ("gate", "gate.toml", *pair, "--plan"),
        ("gate", "gate.toml", *pair, "--explain", "no-loss"),
        ("gate", "gate.toml", *pair),
        ("report", "r", "--as", "markdown"),
        ("report", "r", "--as", "html"),
    ):
        text = program(*words, "--store", folder / "results").stdout
        assert "f1(other)" in text, words
        assert not re.search(r"\bf1\b(?!\()(?= +\d| +constant| *\|)", text), words
    chosen = program("select", "r", "--maximize", "f1", "--store", folder / "results", check=0).stdout
    assert "f1 is that of 'other'" in chosen
    program("gate", "gate.toml", *pair, "--markdown", "g.md", "--html", "g.html", "--store", folder / "results")
    assert "f1(other)" in (folder / "g.md").read_text()
    assert "f1(other)" in (folder / "g.html").read_text()


def test_a_run_says_which_label_was_taken_where_nobody_named_it(stored):
    """The last of two, and how to name another; nothing where one was named."""
    folder, run = stored
    told = " ".join(one.sentence for one in run.cells[0].alarms)
    assert (
        "precision, recall and f1 are those of 'other', the last of the two in sorted order: positive= names another"
        in told
    )
    path = f"classification/custom?path={folder}/gold.csv&score=f1&positive=hateful"
    named = benchwright.evaluate("constant:hateful", path, store=folder / "results")
    assert "names another" not in " ".join(one.sentence for one in named.cells[0].alarms)
    assert "f1(hateful)" in str(named)


def test_which_label_was_taken_is_told_only_beside_a_metric_of_it(tmp_path):
    """A reader of accuracy need not learn to skip a sentence about F1: in compare, gate and select alike."""
    rows = "".join(f"text {at},{'bad' if at % 3 else 'good'}\n" for at in range(40))
    (tmp_path / "gold.csv").write_text(f"text,label\n{rows}")
    folder = tmp_path / "results"
    run = benchwright.evaluate(
        ["constant:bad", "constant:good"], f"classification/custom?path={tmp_path}/gold.csv", store=folder, name="r"
    )
    assert "names another" in str(run)

    def gated(metric):
        rules = {"rule": [{"id": "q", "kind": "delta", "metric": metric, "margin": 0.1}]}
        return benchwright.gate(rules, "r:constant-good", baseline="r:constant-bad", store=folder)

    def told(found):
        return [one.system for one in found.alarms if "names another" in one.sentence]

    assert told(benchwright.compare("r", store=folder, metric="accuracy")) == []
    assert told(gated("accuracy")) == told(gated("score")) == []
    assert told(benchwright.select("r", store=folder)) == []
    assert len(told(benchwright.compare("r", store=folder, metric="recall"))) == 2
    assert len(told(benchwright.compare("r", store=folder))) == 2, "f1(good) is among the metrics shown"
    assert len(told(gated("f1"))) == 2
    assert len(told(benchwright.select("r", store=folder, require="precision >= 0.1"))) == 2


def test_what_is_undefined_for_everybody_is_one_line(tmp_path):
    """Areas under curves of predictions without scores fill no rows of a comparison and raise no mark; asked for, they are told."""
    rows = "".join(f"text {at},{'bad' if at % 3 else 'good'}\n" for at in range(40))
    (tmp_path / "gold.csv").write_text(f"text,label\n{rows}")
    for name, wrong in (("a", 5), ("b", 9)):
        said = [{"index": at, "label": "good" if (at % 3 == 0) != (at < wrong) else "bad"} for at in range(40)]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in said))
    models = [f"{name}=predictions:{tmp_path}/{name}.jsonl" for name in "ab"]
    folder = tmp_path / "results"
    benchwright.evaluate(models, f"classification/custom?path={tmp_path}/gold.csv", store=folder, name="r")

    text = str(benchwright.compare("r", store=folder))
    assert "undefined for every system, not shown: roc_auc, average_precision(good)" in text
    assert text.count("roc_auc") == 1
    assert "!" not in text, "a mark that stands for alarms is kept for them"
    alone = benchwright.compare("r", store=folder, metric="roc_auc")
    assert "undefined on both sides" in str(alone)
    assert [one.delta for one in alone.differences] == [None]


def test_programs_read_the_label_in_a_field_of_its_own(program, stored):
    """Names of metrics stay as they are in JSON, CSV and frames."""
    folder, run = stored
    told = json.loads(program("show", "r", "--format", "json", "--store", folder / "results", check=0).stdout)[
        "results"
    ][0]
    assert {name: score["positive"] for name, score in told["metrics"].items() if score["positive"]} == dict.fromkeys(
        ("precision", "recall", "f1", "average_precision"), "other"
    )
    assert told["score"]["positive"] == "other"
    found = benchwright.compare("r:constant-other", "r:constant-hateful", store=folder / "results")
    both = {one["metric"]: one["positive"] for one in found.to_json()["tasks"][0]["differences"]}
    assert (both["f1@1"], both["accuracy@1"]) == ("other", None)
    frame = run.to_pandas()
    assert set(frame[frame.metric == "f1@1"].positive.dropna()) == {"other"}
    lines = program("report", "r", "--as", "csv", "--store", folder / "results", check=0).stdout.splitlines()
    at = lines[0].split(",").index("positive")
    assert {line.split(",")[at] for line in lines if ",f1@1," in line} == {"other", ""}
    (folder / "gate.toml").write_text(RULES)
    gate = benchwright.gate(
        folder / "gate.toml", "r:constant-hateful", baseline="r:constant-other", store=folder / "results"
    )
    assert [finding.positive for finding in gate.findings if finding.rule == "no-loss"] == ["other"]
    assert [finding.name for finding in gate.findings if finding.rule == "no-loss"] == [
        "no-loss classification/custom f1"
    ]
