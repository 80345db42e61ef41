"""How a checkpoint was made stands in the report, with and without held-back rows."""

from benchwright.render.training import training_rows
from benchwright.types import CellResult, Training, ValidationPoint


def make_training(held=()):
    return Training(
        task="sst2",
        base="minilm",
        recipe={"kind": "full", "epochs": 2, "lr": 1e-4, "freeze": None},
        rows={"available": 6000, "train": 5400, "held": 600},
        parameters={"all": 100, "trained": 60},
        metric="accuracy",
        losses=((1, 0.7), (2, 0.5), (3, 0.4)),
        held=held,
        chosen_epoch=2,
        stopped_early=False,
        seconds=95.0,
    )


HELD = (ValidationPoint(epoch=1, step=2, loss=0.6, metric=0.8), ValidationPoint(epoch=2, step=3, loss=0.5, metric=0.9))


def row_of(training):
    cell = CellResult(model="m", suite="glue", task="sst2", split="validation", status="scored", training=training)
    (row,) = training_rows([("m", cell), ("other", None)])
    return row


def test_the_kept_epoch_is_told():
    """Rows, weights, the epoch kept and its held-back score are ready to print; options that were not given are left out."""
    row = row_of(make_training(HELD))

    assert (row.epoch, row.held, row.rows) == ("2 of 2", "accuracy 90.00", "5,400 of 6,000, 600 held back")
    assert "freeze" not in row.recipe


def test_without_held_back_rows_the_last_epoch_is_told():
    """Nothing is claimed to have been chosen when nothing was held back."""
    row = row_of(make_training())

    assert (row.epoch, row.held) == ("the last", "no rows held back")
