"""The model card names the task whose train split a checkpoint learned from."""

import msgspec
from tests.render.test_training import make_training

from benchwright.report_content.content import assemble
from benchwright.report_content.markdown.card import training
from benchwright.types import ReportOptions


def test_a_behavioural_test_is_not_called_training_data(made):
    """A head that serves another task is named by the task it was made for, and stands once."""
    run = made({"m": {"a": "1100", "b": "1010"}}).run
    learned = msgspec.structs.replace(make_training(), task="a")
    cells = tuple(msgspec.structs.replace(cell, training=learned) for cell in run.cells)
    tasks = {**run.tasks, "own/b": msgspec.structs.replace(run.tasks["own/b"], trained_on="own/a")}
    told = training(assemble([msgspec.structs.replace(run, cells=cells, tasks=tasks)], lambda _: [], ReportOptions()))

    assert "train split of own/a: 5,400 rows" in told
    assert "own/b" not in told
    assert told.count("a checkpoint from") == 1
