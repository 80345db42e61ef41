"""The engine makes the checkpoint first and opens it with the adapter that it names."""

import json

import pytest

from benchwright import registry
from benchwright.testing import check_adapter
from benchwright.types import ModelRef

pytestmark = [pytest.mark.torch, pytest.mark.slow]

QUICK = "?hidden=16&heads=2&vocab=300&epochs=1&max_length=32&seed=1"


def test_contract():
    """The adapter keeps the contract of all adapters, on tasks of one text, two texts, and numbers."""

    def make(task, context):
        options = {"hidden": "16", "heads": "2", "epochs": "1", "max_length": "32"}
        return ModelRef(name="tiny", adapter="finetune", path="tiny", options=options)

    passed = check_adapter(registry.get("adapters", "finetune"), make_model=make)
    assert "serves a fixture" in passed


def test_run_and_again(program, tmp_path):
    """A run trains and evaluates; the same again trains nothing, and a lost cell needs no training."""
    arguments = ("run", f"finetune:tiny{QUICK}", "--suite", "starter/sentiment", "--format", "json")
    first = json.loads(program(*arguments, check=0).stdout)["results"][0]
    (made,) = (path for path in (tmp_path / "store/models").iterdir() if not path.name.startswith("."))
    told = (made / "training.json").stat().st_mtime_ns
    again = json.loads(program(*arguments, check=0).stdout)["results"][0]
    anew = json.loads(program(*arguments, "--rerun", "always", check=0).stdout)["results"][0]

    assert (first["reused"], again["reused"], anew["reused"]) == (False, True, False)
    assert first["metrics"] == again["metrics"] == anew["metrics"]
    assert (made / "training.json").stat().st_mtime_ns == told
    (cell,) = (tmp_path / "store/cells").iterdir()
    assert json.loads((cell / "cell.json").read_text())["key"]["model"][:40] == made.name


def test_wrong_option(program):
    """An option that is misspelt is a usage error with a suggestion."""
    done = program("run", "finetune:tiny?epoch=2", "--suite", "starter/sentiment", check=2)

    assert "did you mean epochs?" in done.stderr
