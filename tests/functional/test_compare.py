"""`benchwright compare` from the command line, on stored runs of the built-in models."""

import json

import pytest

from benchwright.cli.main import call
from benchwright.store import Store
from benchwright.testing.fixtures import build_task
from benchwright.testing.write_run import write_run
from benchwright.types import Label, Record

TASK = build_task(labels=(Label(name="no", id=0), Label(name="yes", id=1)), positive="yes", metrics=("accuracy", "f1"))


def records(right):
    """Items with every ``right``-th answer wrong."""
    gold = ["no", "yes"] * 50
    flip = {"no": "yes", "yes": "no"}
    return [
        Record(id=f"t/{at}", target=one, output=flip[one] if at % right == 0 else one, slices={"half": str(at // 50)})
        for at, one in enumerate(gold)
    ]


@pytest.fixture
def store(tmp_path):
    """A run of three models, and one on other data."""
    found = Store(tmp_path / "store")
    write_run(
        found, "r", {name: {"s/t": records(right)} for name, right in (("a", 3), ("b", 7), ("c", 50))}, {"s/t": TASK}
    )
    write_run(found, "q", {"d": {"s/t": records(9)}}, {"s/t": TASK}, data="other")
    return found


@pytest.fixture
def run(store, capsys):
    """Exit code, output and errors of the program."""

    def called(*arguments):
        code = call(["compare", *arguments, "--store", str(store.root)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


def test_text(run):
    """One block per task within 120 columns, the verdict in words, flips and slices for two models."""
    code, text, _ = run("r:a", "r:c")
    assert code == 0
    assert max(map(len, text.splitlines())) <= 120
    assert "c against a" in text
    assert "this checkpoint, other items" in text
    assert "better" in text
    assert "half=0" in text
    assert "broken t/" in text or "fixed  t/" in text


def test_a_bare_run_stands_for_its_models(run):
    """All of them against the first, with places, without slices."""
    code, text, _ = run("r")
    assert code == 0
    assert "b, c against a" in text
    assert "ranks" in text
    assert "half=0" not in text


def test_json_and_markdown(run, tmp_path):
    """JSON for programs, a table for a pull request."""
    path = tmp_path / "found.md"
    code, text, _ = run("r:a", "r:b", "--format", "json", "--metric", "f1", "--markdown", str(path))
    assert code == 0
    value = json.loads(text)
    assert [one["metric"] for one in value["tasks"][0]["differences"]] == ["f1@1"]
    assert "| s/t | f1(yes) | b |" in path.read_text()


def test_other_data_end_with_3(run):
    """Nothing comparable: the reason, exit code 3."""
    code, _, error = run("r:a", "q:d")
    assert code == 3
    assert "other data" in error


@pytest.mark.parametrize("arguments", [("r:x", "r:a"), ("r:a",), ("none", "r:a"), ("r", "--metric", "bleu")])
def test_wrong_names_end_with_2(run, arguments):
    """Unknown model, run or metric, or one model alone."""
    assert run(*arguments)[0] == 2
