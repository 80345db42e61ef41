"""What is gathered from the columns of a store is what is gathered from its records one by one, of every kind of task."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright import kinds
from benchwright.errors import NotComparable
from benchwright.metrics.gathering import gather, gather_answers, group_sizes
from benchwright.score import score_slices
from benchwright.slicing import rows_by_slice
from benchwright.store.record_table import encode, from_bytes, to_bytes
from benchwright.store.stored_records import StoredRecords
from benchwright.types import ClassificationTask, Kind, Label, Record, RegressionTask, TaggingTask
from benchwright.unanswered import count_as_wrong, counted_as_wrong, is_unanswered, unanswered_rows

CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {"text": ("text",)}, "target": ("l",), "metrics": ()}
TWO = (Label(name="no", id=0), Label(name="yes", id=1))
TAGS = tuple(Label(name=name, id=at) for at, name in enumerate(("O", "B-X", "I-X")))
ANSWERS = [
    (ClassificationTask(**CARD, labels=TWO, slice_separator="|"), ["no", "yes"]),
    (ClassificationTask(**CARD, labels=TWO, multilabel=True), [("no",), (), ("no", "yes")]),
    (TaggingTask(**CARD, labels=TAGS), [("B-X", "O"), ("O", "O"), ("B-X", "I-X")]),
    (RegressionTask(**CARD), [0.5, 1.0, -2.25]),
]


def stored(task, records):
    return StoredRecords(from_bytes(to_bytes(encode(records, kinds.of(task).column(task)))))


@st.composite
def cells(draw):
    task, answers = draw(st.sampled_from(ANSWERS))
    answer = st.sampled_from(answers)
    values = {
        "target": st.one_of(st.none(), answer, answer, answer),
        "output": st.one_of(st.none(), answer, answer, answer),
        "scores": st.sampled_from([None, (0.25, 0.75), (0.5, 0.5)]) if draw(st.booleans()) else st.just((0.25, 0.75)),
        "slices": st.fixed_dictionaries({}, optional={"a": st.sampled_from(["1", "2|1", "3"]), "b": st.just("x")}),
        "cluster": st.sampled_from([None, "c", "d"]) if draw(st.booleans()) else st.none(),
        "group": st.sampled_from([None, "g", "h"]) if draw(st.booleans()) else st.none(),
        "error": st.sampled_from([None, None, None, "it broke"]),
        "extra": st.sampled_from([{}, {"strict": [["X", 0, 1]]}]) if task.kind is Kind.TAG else st.just({}),
    }
    rows = draw(st.lists(st.fixed_dictionaries(values), max_size=12))
    return task, [Record(id=f"t/{at}", **row) for at, row in enumerate(rows)]


def check_alike(found, expected):
    assert (found.errored, found.skipped) == (expected.errored, expected.skipped)
    mine, theirs = found.columns, expected.columns
    for name in ("targets", "outputs", "clusters", "slices", "group", "strict", "lacks", "metadata"):
        assert getattr(mine, name) == getattr(theirs, name), name
    assert np.array_equal(mine.places, theirs.places)
    assert (mine.scores is None) == (theirs.scores is None)
    if mine.scores is not None:
        assert np.array_equal(mine.scores, theirs.scores)
    if mine.task.single_label:
        assert np.array_equal(mine.gold, theirs.gold)
        assert np.array_equal(mine.predicted, theirs.predicted)


@settings(max_examples=60, deadline=None)
@given(cells())
def test_columns_and_slices_are_those_of_the_records(cell):
    """Columns, slices with their dissolved groups, and silence that counts as wrong agree with records gathered one by one."""
    task, records = cell
    some, records = stored(task, records), list(stored(task, records))
    check_alike(gather(task, some), gather(task, records))
    rows, sizes = rows_by_slice(records, task), group_sizes(records)
    assert list(rows_by_slice(some, task).items()) == list(rows.items())
    answers = some.answers(task)
    among = np.array([sizes[name] for name in answers.groups.values], dtype=np.int64)
    for members in rows.values():
        expected = gather(task, [records[row] for row in members], among=sizes)
        check_alike(gather_answers(answers, np.array(members), among=among), expected)
    assert unanswered_rows(task, some).tolist() == [is_unanswered(record) for record in records]
    try:
        filled = [count_as_wrong(task, record) for record in records]
    except NotComparable:
        with pytest.raises(NotComparable):
            gather_answers(counted_as_wrong(task, some))
        return
    check_alike(gather_answers(counted_as_wrong(task, some)), gather(task, filled))


def test_slices_score_the_same_from_columns():
    """The scores of slices have the same values, intervals and alarms from columns as from records."""
    from benchwright.metrics.classification import accuracy, macro_f1

    task = ClassificationTask(**{**CARD, "metrics": ("accuracy", "macro_f1")}, labels=TWO)
    rng = np.random.default_rng(0)
    records = [
        Record(id=f"t/{at}", target=("no", "yes")[at % 2], output=("no", "yes")[right], slices={"a": str(at % 3)})
        for at, right in enumerate(rng.integers(0, 2, 60))
    ]
    metrics = (accuracy, macro_f1)
    found = score_slices(task, stored(task, records), metrics, resamples=200)
    assert found == score_slices(task, records, metrics, resamples=200)
    assert Counter(score.slice for score in found) == {"a=0": 3, "a=1": 3, "a=2": 3}
