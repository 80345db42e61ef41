"""Every registered suite, adapter, metric and report keeps its contract."""

import json
from pathlib import Path

import pytest

from benchwright import callables, registry
from benchwright.testing import check_adapter, check_metric, check_report, check_suite
from benchwright.types import Example, Kind, ModelRef


def first_answer(task, example):
    """The fields of a row with the first answer that comes to mind."""
    inputs = list(example.inputs.values())
    match task.kind:
        case Kind.REGRESS:
            return {"value": 2.5}
        case Kind.TAG:
            return {"tags": [task.label_names[0]] * len(inputs[0])}
        case Kind.SPAN:
            return {"text": inputs[-1].split()[0], "null_score": 0.5}
        case Kind.CHOOSE:
            return {"label": inputs[-1][0] if task.by_text else 0}
        case Kind.FILL:
            return {"scores": [-1.5 - at for at, _ in enumerate(inputs[-1])]}
        case _:
            return {"label": task.label_names[0]}


def write_predictions(task, context):
    """A predictions file that answers every example with the first answer that comes to mind."""
    path = Path(context.workdir) / f"{task.name}.jsonl"
    rows = [{"index": example.index, **first_answer(task, example)} for example in context.items()]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return ModelRef(name="answers", adapter="predictions", path=str(path))


def name_constant(task, context):
    """A constant that the fixture task has."""
    answer = {Kind.REGRESS: "2.5", Kind.CHOOSE: "1"}.get(task.kind) or task.label_names[0]
    return ModelRef(name="constant", adapter="constant", path=answer)


def name_function(task, _context):
    """A function that gives the first answer that comes to mind."""

    def answer(inputs):
        return [one(task, given) for given in inputs]

    def one(task, given):
        values = (given,) if len(task.inputs) == 1 else given
        example = Example(id="e", index=0, inputs=dict(zip(task.inputs, values, strict=True)))
        return next(value for name, value in first_answer(task, example).items() if name != "null_score")

    return ModelRef(name="function", adapter="python", path=callables.path_of(answer))


MAKERS = {"predictions": write_predictions, "constant": name_constant, "python": name_function}
"""Adapters that cannot do without a path -> what makes a model for a fixture task."""

CHECKED_BESIDE_THEIR_MODELS = {
    "transformers": "adapters/test_transformers*.py",
    "finetune": "adapters/test_finetune*.py",
    "onnx": "adapters/test_graphs.py",
    "openvino": "adapters/test_graphs.py",
    "bags": "encoders/test_engine.py",
}
"""Adapters whose own tests make checkpoints and run the same list over them -> these tests; `bags` is of the sample plugin."""


def test_the_others_run_the_list_too():
    """No adapter is left out: those that need checkpoints run `check_adapter` in their own tests."""
    tests = Path(__file__).parents[1]
    for name, pattern in CHECKED_BESIDE_THEIR_MODELS.items():
        assert any("check_adapter(" in path.read_text() for path in tests.glob(pattern)), name


@pytest.mark.parametrize("name", registry.names("suites"))
def test_suite(name):
    """The suite's card is complete and agrees with itself, and the data that ship with it are read."""
    passed = check_suite(registry.get("suites", name))

    assert "is registered under its own name" in passed


@pytest.mark.realdata
@pytest.mark.parametrize("name", registry.names("suites"))
def test_suite_on_real_files(name, shared_data):
    """Every split that lies in the folder of real files becomes examples."""
    passed = check_suite(registry.get("suites", name), folder=shared_data)

    assert "survives JSON" in passed


@pytest.mark.parametrize("name", sorted(set(registry.names("adapters")) - set(CHECKED_BESIDE_THEIR_MODELS)))
def test_adapter(name):
    """The adapter answers every fixture of its kinds the same way however it is asked, and plans refuse the rest."""
    passed = check_adapter(registry.get("adapters", name), make_model=MAKERS.get(name))

    assert "serves a fixture" in passed


@pytest.mark.parametrize("name", registry.names("metrics"))
def test_metric(name):
    """The metric is defined or flagged on every input, and true to the weights of items."""
    passed = check_metric(registry.get("metrics", name))

    assert "says what it is" in passed


@pytest.mark.parametrize("name", registry.names("reports"))
def test_report(name):
    """The report gives the same bytes for the same runs, whatever they hold."""
    passed = check_report(registry.get("reports", name))

    assert "another process renders the same bytes" in passed
