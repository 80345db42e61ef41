"""Which checkpoint of a system answers which task."""

import pytest

from benchwright.task_refs import checkpoint_for, resolve_tasks
from benchwright.types import ModelRef


@pytest.fixture
def path_for(tmp_path, monkeypatch):
    """The path that a model has for a task, in a folder of checkpoints of MNLI and RTE."""
    for name in ("mnli", "rte"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    (tmp_path / "mnli.jsonl").touch()
    monkeypatch.chdir(tmp_path)

    def ask(task, path="runs/{task}", **tasks):
        (target,) = resolve_tasks([task])
        given = {name.replace("__", "/"): said for name, said in tasks.items()}
        return checkpoint_for(ModelRef(name="mine", adapter="transformers", path=path, tasks=given), target).path

    return ask


def test_each_task_has_its_folder(path_for):
    """`{task}` is the name of the task where that folder is there."""
    assert path_for("glue/rte") == "runs/rte"


@pytest.mark.parametrize(
    ("task", "path"),
    [("glue/ax", "runs/mnli"), ("glue/mnli_mm", "runs/mnli"), ("superglue/axb", "runs/rte"), ("nli/hans", "runs/mnli")],
)
def test_diagnostics_are_answered_by_the_model_that_serves_them(path_for, task, path):
    """AX has no folder of its own: the MNLI checkpoint answers it, as the rules of the benchmark ask."""
    assert path_for(task) == path


def test_a_folder_of_its_own_goes_first(path_for, tmp_path):
    """A checkpoint that was made for the task itself is taken."""
    (tmp_path / "runs/ax").mkdir()

    assert path_for("glue/ax") == "runs/ax"


def test_absent_everywhere(path_for):
    """Where neither is there, the path of the task itself is what messages name."""
    assert path_for("glue/cola") == "runs/cola"
    assert path_for("glue/ax", path="other/{task}") == "other/ax"


def test_a_file_answers_its_own_task(path_for):
    """A file of predictions for MNLI says nothing about AX."""
    assert path_for("glue/ax", path="{task}.jsonl") == "ax.jsonl"


def test_said_outright(path_for):
    """`[model.tasks]` for MNLI counts for AX too, unless AX is named."""
    assert path_for("glue/ax", glue__mnli="special") == "special"
    assert path_for("glue/ax", glue__mnli="special", glue__ax="own") == "own"


def test_suites_of_the_serving_task(path_for, tmp_path):
    """`{suite}` becomes that of the serving task along with `{task}`: HANS is answered by glue/mnli."""
    (tmp_path / "all/glue/mnli").mkdir(parents=True)

    assert path_for("nli/hans", path="all/{suite}/{task}") == "all/glue/mnli"
