"""Test splits without gold labels: refused before the model runs, or predicted when that is asked for."""

import json

import pytest

from benchwright import evaluate
from benchwright.alarm import sentences
from benchwright.errors import ConfigError
from benchwright.store import Store


@pytest.fixture
def data(write, tmp_path):
    """Two GLUE test splits: CoLA without labels, RTE with them; and train splits for the baseline."""
    write("data/CoLA/test.tsv", "index\tsentence\n0\tFine.\n1\tGood it.\n2\tSo so.\n")
    write("data/RTE/test.jsonl", [{"premise": f"p{i}", "hypothesis": "h", "label": "entailment"} for i in range(3)])
    write("data/CoLA/train.tsv", "s\t0\t\tSo it.\ns\t1\t\tGood.\ns\t0\t\tIt so.\n")
    write("data/RTE/train.jsonl", [{"premise": "a", "hypothesis": "b", "label": "entailment"}])
    return tmp_path / "data"


def run(tmp_path, data, suite="glue/cola", **settings):
    """A run of the majority baseline on test splits."""
    return evaluate("majority", suite, store=tmp_path / "store", data=data, split="test", offline=True, **settings)


def test_refused_before_the_model_runs(tmp_path, data):
    """Without the flag a split without labels is an error that says what to type; nothing is stored."""
    with pytest.raises(ConfigError, match="the test split of cola has no gold labels") as caught:
        run(tmp_path, data)

    assert "--unlabelled" in str(caught.value)
    assert not (tmp_path / "store").exists()


def test_predicted_and_not_scored(tmp_path, data):
    """With the flag every row is predicted, no score has a value, and the result says why."""
    (cell,) = run(tmp_path, data, unlabelled=True).cells
    records = Store(tmp_path / "store").read_records(cell.key)

    assert cell.status == "scored"
    assert "no gold labels: nothing is scored" in sentences(cell.alarms)
    assert [score.value for score in (cell.score, *cell.scores)] == [None] * (1 + len(cell.scores))
    assert (cell.ledger.total, cell.ledger.scored, cell.ledger.skipped, cell.ledger.errored) == (3, 0, 3, 0)
    assert [record.output for record in records] == ["unacceptable"] * 3
    assert [record.target for record in records] == [None] * 3


def test_labels_are_used_where_there_are_any(tmp_path, data):
    """A split with labels is scored as usual, and its cell is the one of a run without the flag."""
    (with_flag,) = run(tmp_path, data, "glue/rte", unlabelled=True).cells
    (without,) = run(tmp_path, data, "glue/rte").cells

    assert with_flag.score.value == 1.0
    assert "no gold labels: nothing is scored" not in sentences(with_flag.alarms)
    assert (with_flag.key, without.reused) == (without.key, True)


@pytest.mark.parametrize("label", ["-1", ""])
def test_placeholder_labels(tmp_path, data, write, label):
    """Labels of -1, as the public copies write them, and empty ones are no labels (pitfall 19)."""
    write("data/CoLA/test.tsv", f"sentence\tlabel\nFine.\t{label}\nGood it.\t{label}\n")

    with pytest.raises(ConfigError, match="has no gold labels"):
        run(tmp_path, data)
    (cell,) = run(tmp_path, data, unlabelled=True).cells

    assert cell.ledger.skipped == 2


def test_a_wrong_label_is_still_an_error(tmp_path, data, write):
    """The flag forgives absent labels, never malformed ones."""
    write("data/CoLA/test.tsv", "sentence\tlabel\nFine.\tperhaps\nGood it.\t1\n")

    with pytest.raises(ConfigError, match="the label 'perhaps' is not one of the task"):
        run(tmp_path, data, unlabelled=True)


def test_absent_files_stay_missing(tmp_path, data):
    """A split that is not there is missing, with the flag as without."""
    with pytest.raises(ConfigError, match="glue/qqp, test split: no file of it is in the data folder"):
        run(tmp_path, data, "glue/qqp", unlabelled=True)


def test_whole_suite(tmp_path, data):
    """Of a whole suite the splits that are there are predicted, the others listed; no average is given."""
    found = run(tmp_path, data, "glue", unlabelled=True)

    assert {cell.task: cell.status for cell in found.cells if cell.status == "scored"} == {
        "cola": "scored",
        "rte": "scored",
    }
    assert [score.value for score in found.aggregates] == [None, None]


def test_training_rows_need_labels(tmp_path, data, write):
    """The flag is for the split under evaluation: a train split without labels is still refused."""
    write("data/CoLA/train.tsv", "source\t-1\t\tFine.\nsource\t-1\t\tGood it.\n")

    with pytest.raises(ConfigError, match="the train split of cola has no gold labels"):
        run(tmp_path, data, unlabelled=True)


def test_on_the_command_line(program, data):
    """The table says `no labels` where a score would stand; JSON has null values."""
    words = ("run", "majority", "--suite", "glue/cola", "--split", "test", "--data", data, "--offline")

    shown = program(*words, "--unlabelled", check=0).stdout
    told = json.loads(program(*words, "--unlabelled", "--format", "json", check=0).stdout)

    assert "no labels" in shown
    assert "* majority on glue/cola: no gold labels: nothing is scored" in shown
    assert told["results"][0]["metrics"]["mcc"]["value"] is None
    assert program(*words, check=2).stderr.count("--unlabelled") == 1


def test_reports_of_it(program, data):
    """Every report of such a run is written and shows no number for it."""
    words = ("run", "majority", "--suite", "glue/cola", "--split", "test", "--data", data, "--unlabelled")
    program(*words, "--name", "mine", check=0)

    for form in ("html", "markdown", "csv"):
        assert "cola" in program("report", "mine", "--as", form, check=0).stdout
    assert program("show", "mine", "--worst", "2", check=0).returncode == 0
