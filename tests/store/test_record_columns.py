"""A table of records made of columns is, byte for byte, the table of the records made one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright import kinds
from benchwright.coded import Coded
from benchwright.example_table import ExampleTable
from benchwright.execution.records import to_records
from benchwright.prediction_table import PredictionTable
from benchwright.store.record_table import encode, to_bytes
from benchwright.store.stored_records import StoredRecords
from benchwright.text_columns import Texts
from benchwright.types import ClassificationTask, Label, RegressionTask

CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {"text": ("text",)}, "target": ("l",), "metrics": ()}
LABELS = (Label(name="no", id=0), Label(name="yes", id=1))
ANSWERS = [
    (ClassificationTask(**CARD, labels=LABELS), ["no", "yes"], ["no", "yes", "maybe", 1]),
    (ClassificationTask(**CARD, labels=LABELS, multilabel=True), [("no",), ()], [(), ("no", "yes"), ("maybe",), "no"]),
    (RegressionTask(**CARD), [0.5, -2.0], [0.5, -0.0, 3.25, float("nan")]),
]


@st.composite
def columns(draw):
    task, targets, outputs = draw(st.sampled_from(ANSWERS))
    size = draw(st.integers(0, 6))

    def coded(values):
        return Coded.of(draw(st.lists(st.sampled_from([None, *values]), min_size=size, max_size=size)))

    def maybe(make):
        return make() if draw(st.booleans()) else None

    examples = ExampleTable(
        name="t",
        rows=np.arange(size) + draw(st.integers(0, 3)),
        inputs={"text": Texts.of([f"text {at}" for at in range(size)])},
        targets=maybe(lambda: coded(targets)),
        slices={name: coded(["1", "2"]) for name in draw(st.sampled_from([(), ("b",), ("b", "a")]))},
        clusters=maybe(lambda: coded(["c", "d"])),
        official_ids=maybe(lambda: Texts.of([f"q{at}" for at in range(size)])),
        groups=maybe(lambda: coded(["g"])),
    )
    numbers = st.sampled_from([0.25, 0.75, -0.0, float("inf")]) if draw(st.booleans()) else st.just(0.5)
    width = draw(st.sampled_from([1, 2]))
    scores = st.lists(st.lists(numbers, min_size=width, max_size=width), min_size=size, max_size=size)
    facts = st.lists(st.sampled_from([-1, 0, 7]), min_size=size, max_size=size)
    predictions = PredictionTable(
        coded(outputs),
        maybe(lambda: np.array(draw(scores), dtype=np.float64).reshape(size, width)),
        maybe(lambda: np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)),
        maybe(lambda: coded(["it broke", "too long"])),
        {
            name: np.array(draw(facts), dtype=np.int64)
            for name in draw(st.sampled_from([(), ("tokens", "text_tokens")]))
        },
    )
    return task, examples, predictions


@settings(max_examples=80, deadline=None)
@given(columns())
def test_columns_give_the_bytes_of_the_records(given_columns):
    """Ids, answers, scores, slices, errors and facts of columns are written as those of examples and predictions one by one."""
    task, examples, predictions = given_columns
    form = kinds.of(task).column(task)
    by_row = to_records(list(examples), list(predictions), task)
    found = to_records(examples, predictions, task)
    assert isinstance(by_row, list)
    assert isinstance(found, StoredRecords)
    expected = encode(by_row, form)
    assert found.table.schema.equals(expected.schema, check_metadata=True)
    assert to_bytes(found.table) == to_bytes(expected)


@pytest.mark.parametrize("size", [1, 3])
def test_a_slice_of_many_values_writes_those_it_has(size):
    """A part of a long table has the bytes of that part alone."""
    task = ANSWERS[2][0]
    whole = ExampleTable(
        name="t",
        rows=np.arange(50),
        inputs={"text": Texts.of(list("ab" * 25))},
        targets=Coded(np.arange(50, dtype=np.int32), tuple(float(at) for at in range(50))),
    )
    part, said = whole[7 : 7 + size], PredictionTable(Coded.of([1.0] * size))
    expected = encode(to_records(list(part), list(said), task), "number")
    assert to_bytes(to_records(part, said, task).table) == to_bytes(expected)
