"""The train split of another task, as one of this task."""

import msgspec
import pytest

from benchwright.errors import PluginError
from benchwright.task_refs import relabel
from benchwright.testing.fixtures import build_task
from benchwright.types import Dataset, Example, Label

TWO = (Label(name="negative", id=0, aliases=("neg",)), Label(name="positive", id=1))
THREE = (TWO[0], Label(name="neutral", id=1), msgspec.structs.replace(TWO[1], id=2))
TRAINED = build_task(name="sst2", labels=TWO, inputs={"text": ("text",)})
ROWS = Dataset(
    examples=(
        Example(id="sst2/0", index=0, inputs={"text": "dull"}, target="negative"),
        Example(id="sst2/1", index=1, inputs={"text": "fine"}, target="positive"),
    ),
    digest="as read",
    origin="test",
)


def behavioural(**card):
    task = build_task(name="own", labels=card.pop("labels", THREE), inputs=card.pop("inputs", {"text": ("text",)}))
    return msgspec.structs.replace(task, behaviour=True)


def test_rows_that_say_the_same_keep_their_digest_so_that_one_checkpoint_serves_both():
    assert relabel(behavioural(), TRAINED, ROWS) is ROWS


def test_inputs_are_taken_by_place_and_labels_by_name():
    labels = (Label(name="bad", id=0, aliases=("negative",)), Label(name="good", id=1, aliases=("positive",)))
    found = relabel(behavioural(labels=labels, inputs={"review": ("review",)}), TRAINED, ROWS)
    assert [(example.inputs, example.target) for example in found.examples] == [
        ({"review": "dull"}, "bad"),
        ({"review": "fine"}, "good"),
    ]
    assert found.digest != ROWS.digest


def test_another_number_of_inputs_and_an_unknown_label_are_refused():
    with pytest.raises(PluginError, match="has the inputs text"):
        relabel(behavioural(inputs={"first": ("first",), "second": ("second",)}), TRAINED, ROWS)
    with pytest.raises(PluginError, match="has the labels positive"):
        relabel(behavioural(labels=(TWO[0], Label(name="neutral", id=1))), TRAINED, ROWS)
