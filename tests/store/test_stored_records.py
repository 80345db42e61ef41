"""Records as columns say what the records say one by one, of every kind of task and whatever columns are empty or ragged."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright import kinds
from benchwright.answers import answers_of, pick, same_items
from benchwright.errors import StoreError
from benchwright.items import call
from benchwright.store import Store, payloads, record_table
from benchwright.store.file_forms import CellFile
from benchwright.store.reader import RecordReader
from benchwright.store.record_table import encode, from_bytes, to_bytes
from benchwright.store.stored_records import SharedColumns, StoredRecords
from benchwright.testing.write_run import write_run
from benchwright.types import (
    ChoiceTask,
    ClassificationTask,
    EmbeddingTask,
    Example,
    Label,
    Record,
    RegressionTask,
    SpanTask,
    TaggingTask,
)

CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {"text": ("text",)}, "target": ("l",), "metrics": ()}
TWO = (Label(name="no", id=0), Label(name="yes", id=1))
TAGS = tuple(Label(name=name, id=at) for at, name in enumerate(("O", "B-X", "I-X")))
ADA = {"text": ["Ada", "Ada L."], "answer_start": [0, 0]}
NOBODY = {"text": [], "answer_start": []}
CASES = {
    "one label": (ClassificationTask(**CARD, labels=TWO), ["yes", "no", "yes", None], ["yes", "yes", None, "no"]),
    "label sets": (
        ClassificationTask(**CARD, labels=TWO, multilabel=True),
        [("yes",), (), ("no", "yes"), ("no",)],
        [(), (), ("no", "yes"), None],
    ),
    "tags": (
        TaggingTask(**CARD, labels=TAGS),
        [("B-X", "O"), ("O",), ("B-X", "I-X"), ()],
        [("B-X", "O"), ("B-X",), ("O", "I-X"), ()],
    ),
    "span": (SpanTask(**CARD, unanswerable=True), [ADA, ADA, NOBODY, NOBODY], ["ada", "left Ada", "", "Ada"]),
    "option by number": (ChoiceTask(**CARD), [1, 0, None, 1], [1, 1, 0, None]),
    "option by text": (ChoiceTask(**CARD, by_text=True), [("b", "c"), ("a",), ("b",), ("a",)], ["c", "b", "b", "a"]),
    "numbers": (RegressionTask(**CARD), [1.5, 0.0, None, 2.0], [1.5, 0.25, 3.0, None]),
    "vectors": (EmbeddingTask(**CARD), [None] * 4, [(0.5, 1.0), None, (0.5, 1.0), (2.0, -1.0)]),
}
"""Name -> card, targets, outputs."""
SCORES = {
    "probabilities": [(0.25, 0.75), (0.9, 0.1), (0.5, 0.5), (0.3, 0.7)],
    "logits": [(2.0, -1.0), (900.0, 0.0), (0.0, 0.0), (-3.0, 4.0)],
    "some": [(0.25, 0.75), None, (), (0.3, 0.7)],
    "ragged": [(0.25, 0.75), (1.0,), (0.2, 0.3, 0.5), (0.3, 0.7)],
    "not finite": [(0.25, 0.75), (math.nan, 0.1), (math.inf, 0.5), (0.3, 0.7)],
    "none": [None] * 4,
}
SLICES = {
    "none": [{}] * 4,
    "all": [{"a": "1", "b": "x"}, {"a": "2", "b": "x"}, {"a": "1", "b": "y"}, {"a": "1", "b": "x"}],
    "in another order": [{"a": "1", "b": "x"}, {"b": "x", "a": "2"}, {"a": "1", "b": "y"}, {"b": "x", "a": "1"}],
    "some": [{}, {"a": "1"}, {"b": "x"}, {"a": "1", "b": "x"}],
}


def make_records(case="one label", scores="probabilities", slices="all"):
    _, targets, outputs = CASES[case]
    return [
        Record(
            id=f"t/{at}",
            target=target,
            output=None if at == 3 else output,
            error="it broke" if at == 3 else None,
            scores=None if at == 3 else row,
            slices=parts,
            cluster="c" if at < 2 else None,
            truncated=at == 1,
            extra={"tokens": at} if at == 2 else {},
            official_id=f"q{at}" if at else None,
            group=f"g{at // 2}",
        )
        for at, (target, output, row, parts) in enumerate(
            zip(targets, outputs, SCORES[scores], SLICES[slices], strict=True)
        )
    ]


def stored(case, records, **more):
    task = CASES[case][0]
    return StoredRecords(from_bytes(to_bytes(encode(records, kinds.of(task).column(task)))), **more)


@pytest.mark.parametrize("case", CASES)
def test_rightness_and_distance_are_those_of_the_kind_record_by_record(case):
    task, records = CASES[case][0], make_records(case)
    spec = kinds.of(task)
    for some in (stored(case, records), records):
        found = answers_of(task, some)
        for at, record in enumerate(records):
            judged = record.target is not None and record.error is None and record.output is not None
            right = spec.is_correct(record.target, record.output, task) if judged and spec.is_correct else None
            assert found.correct[at] == (-1 if right is None else int(right))
            far = None
            if record.error is None and record.target is not None:
                far = spec.error_size(record.target, record.output, task)
            assert found.error_size[at] == far if far is not None else math.isnan(found.error_size[at])


def test_rightness_of_labels_tags_and_spans_by_hand():
    expected = {
        "one label": [1, 0, -1, -1],
        "label sets": [0, 1, 1, -1],
        "tags": [1, 0, 0, -1],
        "span": [1, 0, 1, -1],
        "option by number": [1, 0, -1, -1],
    }
    for case, verdicts in expected.items():
        assert answers_of(CASES[case][0], stored(case, make_records(case))).correct.tolist() == verdicts, case


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("slices", SLICES)
def test_every_column_holds_what_the_records_hold(case, slices):
    task, records = CASES[case][0], make_records(case, slices=slices)
    for some in (stored(case, records), records):
        found = answers_of(task, some)
        assert found.n == 4
        assert found.ids == [record.id for record in records]
        assert found.names == [call(record) for record in records]
        for column, name in (
            ("targets", "target"),
            ("outputs", "output"),
            ("clusters", "cluster"),
            ("groups", "group"),
        ):
            assert getattr(found, column).to_list() == [getattr(record, name) for record in records]
        assert found.errors.to_list() == [record.error for record in records]
        assert found.extras.to_list() == [record.extra or None for record in records]
        assert found.truncated.tolist() == [record.truncated for record in records]
        assert found.errored.tolist() == [False, False, False, True]
        names = dict.fromkeys(name for record in records for name in record.slices)
        assert {name: coded.to_list() for name, coded in found.slices.items()} == {
            name: [record.slices.get(name) for record in records] for name in names
        }


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ("probabilities", [0.75, 0.1, None, None]),
        ("logits", [1 / (1 + math.exp(3)), 0.0, None, None]),
        ("some", [0.75, None, None, None]),
        ("ragged", [0.75, None, None, None]),
        ("not finite", [0.75, None, None, None]),
        ("none", [None] * 4),
    ],
)
def test_confidence_is_the_probability_of_the_own_answer(scores, expected):
    """Answers are yes (the second label), yes, none, and an error."""
    records = make_records(scores=scores)
    task = CASES["one label"][0]
    for some in (stored("one label", records), records):
        found = [None if math.isnan(one) else one for one in answers_of(task, some).confidence.tolist()]
        assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("scores", SCORES)
def test_scores_are_a_matrix_only_where_every_item_has_as_many(scores):
    rows = SCORES[scores]
    records = [Record(id=str(at), target="yes", output="yes", scores=row) for at, row in enumerate(rows)]
    for some in (stored("one label", records), records):
        found = answers_of(CASES["one label"][0], some).scores
        if scores in ("probabilities", "logits", "not finite"):
            assert np.array_equal(found, rows, equal_nan=True)
        else:
            assert found is None


def test_rows_become_records_when_they_are_asked_for():
    records = make_records()
    some = stored("one label", records)
    assert len(some) == 4
    assert list(some) == records
    assert some[1] == records[1]
    assert some[-1] == records[-1]
    assert some[1:3] == records[1:3]
    assert pick(some, [2, 0, 2]) == pick(records, [2, 0, 2]) == [records[2], records[0], records[2]]
    assert pick(some, []) == []
    with pytest.raises(IndexError):
        some[4]


def test_no_records_are_no_answers():
    for some in (stored("one label", []), []):
        found = answers_of(CASES["one label"][0], some)
        assert found.n == 0
        assert found.correct.size == found.confidence.size == found.error_size.size == 0
        assert found.slices == {}


def test_equal_columns_of_several_models_are_made_once_and_others_are_not_taken_for_them():
    shared = SharedColumns()
    task = CASES["one label"][0]
    records = make_records()
    first, second = (answers_of(task, stored("one label", records, shared=shared)) for _ in range(2))
    assert first.ids is second.ids
    assert first.targets is second.targets
    assert same_items(first, second)
    tables = [stored("one label", records, shared=shared).table for _ in range(2)]
    held = {name: {table.column(name).chunk(0).buffers()[-1].address for table in tables} for name in ("id", "output")}
    assert {name: len(places) for name, places in held.items()} == {"id": 1, "output": 2}, (
        "what models share is held once"
    )
    other = [*records[:3], Record(id="t/9", target="no", output="no")]
    third = answers_of(task, stored("one label", other, shared=shared))
    assert third.ids[3] == "t/9"
    assert not same_items(first, third)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(["no", "yes", None]), st.sampled_from(["no", "yes", None]), st.booleans()),
        max_size=30,
    )
)
def test_columns_and_records_agree_whatever_is_missing(rows):
    task = CASES["one label"][0]
    records = [
        Record(id=str(at), target=gold, output=None if broken else said, error="no" if broken else None)
        for at, (gold, said, broken) in enumerate(rows)
    ]
    one, other = answers_of(task, stored("one label", records)), answers_of(task, records)
    assert one.correct.tolist() == other.correct.tolist()
    assert np.array_equal(one.error_size, other.error_size, equal_nan=True)
    assert one.unanswered.tolist() == other.unanswered.tolist()


@pytest.fixture
def store(tmp_path):
    """A run of two models; texts are kept in another order than that of the records, and one more of them."""
    store = Store(tmp_path)
    card = CASES["one label"][0]
    run = write_run(store, "r", {name: {"s/t": make_records()} for name in ("a", "b")}, {"s/t": card})
    examples = [
        Example(id=f"t/{at}", index=at, inputs={"z": f"last {at}", "text": f"first {at}"}, target="no")
        for at in (2, 0, 1, 3, 4)
    ]
    store.write_inputs("kept", examples)
    for cell in run.cells:
        path = store.cell_folder(cell.key) / "cell.json"
        path.write_text(path.read_text().replace('"inputs": null', '"inputs": "kept"'))
        assert isinstance(store.read_cell(cell.key), CellFile)
    return store


def test_texts_come_with_the_rows_that_are_asked_for_in_the_order_of_the_model(store):
    run = store.read_run("r")
    read = RecordReader(store)
    for cell in run.cells:
        some = read(cell.key)
        assert list(some) == store.read_records_with_inputs(cell.key)
        assert list(some[1].extra["inputs"].items()) == [("text", "first 1"), ("z", "last 1")]
        assert [one.extra["inputs"]["text"] for one in pick(some, [3, 0])] == ["first 3", "first 0"]


def test_a_reader_reads_each_cell_once_and_forgets_where_there_is_no_room(store, monkeypatch):
    asked = []
    monkeypatch.setattr(
        store, "read_record_table", lambda key, read=store.read_record_table: asked.append(key) or read(key)
    )
    one, other = (cell.key for cell in store.read_run("r").cells)
    read = RecordReader(store)
    assert read(one) is read(one)
    read(other)
    assert asked == [one, other]
    narrow = RecordReader(store, room=1)
    for key in (one, other, one):
        assert len(narrow(key)) == 4
    assert asked[2:] == [one, other, one]


def test_without_texts_and_messages_neither_is_there(store):
    key = store.read_run("r").cells[0].key
    some = RecordReader(store, inputs=False, message=lambda _: "left out")(key)
    assert all("inputs" not in record.extra for record in some)
    assert some[3].error == "left out"
    assert answers_of(CASES["one label"][0], some).errors.to_list() == [None, None, None, "left out"]


def test_records_that_are_not_there_are_an_error(store):
    with pytest.raises(StoreError):
        RecordReader(store)("0" * 40)


@pytest.mark.parametrize(
    "value", [math.inf, -math.inf, 1, 1.0, 2**70, -0.0, 0.1, "\u2028", {"a": [None, True, {"b": "x"}]}, [], "", 1e-320]
)
def test_json_of_a_record_is_read_as_it_was_written(value):
    found = record_table.from_json(record_table.json_text(value))
    assert (found, type(found)) == (value, type(value))


def test_json_that_only_python_reads_is_read():
    assert math.isnan(record_table.from_json('{"strange": NaN}')["strange"])
    assert record_table.from_json('"\\ud800"') == "\ud800"


@pytest.mark.parametrize("case", CASES)
def test_a_ledger_is_counted_from_columns_as_from_records(case):
    """Errors, items without gold, truncated ones, tokens and what adapters count are the same from the columns of a table."""
    records = [
        msgspec.structs.replace(record, extra=extra)
        for record, extra in zip(
            make_records(case),
            (
                {"text_tokens": 5, "counts": {"lost words": 2}},
                {"text_tokens": 5, "unknown_tokens": 1, "score": math.nan},
                {},
                {"counts": {"lost words": 1, "a": 3}},
            ),
            strict=True,
        )
    ]
    every = records * 3
    told = payloads.count_table(stored(case, every).table, {"a": 1})
    assert told == payloads.count(every, {"a": 1})
    assert (told.errored, told.tokens, told.unknown, told.notes) == (3, 30, 3, {"a": 10, "lost words": 9})
