"""A file of plain rows is read as columns, and says what the same file says that is read row by row."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import benchwright
from benchwright.errors import PredictionsError
from benchwright.prediction_table import PredictionTable
from benchwright.types import ClassificationTask, Context, Example, Label, ModelRef, RegressionTask
from benchwright_adapters import predictions
from benchwright_adapters._predictions.answer_columns import can_be_columns
from benchwright_adapters._predictions.rows import lines_of
from benchwright_adapters.predictions import Predictions

CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {"text": ("text",)}, "target": ("l",), "metrics": ()}
LABELS = (Label(name="negative", id=0, aliases=("bad",)), Label(name="positive", id=1))
CLASSIFY = ClassificationTask(**CARD, labels=LABELS)
REGRESS = RegressionTask(**CARD)


def context(keys=(None, None, None)):
    items = tuple(
        Example(id=f"t/{at}", index=at, inputs={"text": f"text {at}"}, official_id=key) for at, key in enumerate(keys)
    )
    return Context(suite="s", train=None, items=lambda: items)


def read(path, task, where, **options):
    """Facts and answers, and whether they were read as columns; or what was refused."""
    adapter, model = Predictions(), ModelRef(name="m", adapter="predictions", path=str(path), options=options)
    try:
        facts, session = adapter.inspect(model, task, where), adapter.open(model, task, where)
    except PredictionsError as error:
        return str(error), None
    return (facts, list(session.predict(where.items()))), isinstance(session.answers, PredictionTable)


def both(path, task, where, monkeypatch, **options):
    """What columns say, what rows say, and whether the file was read as columns."""
    found, in_columns = read(path, task, where, **options)
    with monkeypatch.context() as patch:
        patch.setattr(predictions, "can_be_columns", lambda _task: False)
        by_row, _ = read(path, task, where, **options)
    return found, by_row, in_columns


ROWS = [
    {"index": 2, "label": "positive", "scores": {"positive": 0.9, "negative": 0.1}},
    {"index": 0, "label": "positive", "scores": {"positive": 0.25, "negative": 0.75}},
    {"index": 1, "label": "bad", "scores": {"positive": 0, "negative": 1}},
]
PLAIN = {
    "labels with scores": (CLASSIFY, ROWS),
    "scores alone": (CLASSIFY, [{"index": at, "scores": row["scores"]} for at, row in enumerate(ROWS)]),
    "ids of labels": (CLASSIFY, [{"id": f"t/{at}", "label": at % 2} for at in range(3)]),
    "id and index": (CLASSIFY, [{"id": f"t/{at}", "idx": at, "prediction": "bad"} for at in range(3)]),
    "an error": (CLASSIFY, [*ROWS[:2], {"index": 1, "error": "it broke"}]),
    "numbers": (REGRESS, [{"index": at, "value": value} for at, value in enumerate((0.5, -0.0, 3))]),
}
TOLD_BY_ROWS = {
    "an index twice": (CLASSIFY, [*ROWS[:2], ROWS[1]]),
    "an index that is not there": (CLASSIFY, [*ROWS[:2], {**ROWS[2], "index": 7}]),
    "an unknown label": (CLASSIFY, [*ROWS[:2], {**ROWS[2], "label": "neutral"}]),
    "labels that disagree": (CLASSIFY, [{**row, "answer": "negative"} for row in ROWS]),
    "scores of some": (CLASSIFY, [*ROWS[:2], {"index": 1, "label": "bad"}]),
    "a label of two types": (CLASSIFY, [*ROWS[:2], {"index": 1, "label": 0}]),
    "numbers as texts and not": (REGRESS, [{"index": at, "value": value} for at, value in enumerate(("1.5", 2, 3))]),
}


@pytest.mark.parametrize("case", [*PLAIN, *TOLD_BY_ROWS])
def test_json_lines_say_the_same_in_columns_and_in_rows(case, tmp_path, monkeypatch):
    """Labels, scores, numbers, errors and places are alike; what is odd is told by the readers of rows."""
    task, rows = {**PLAIN, **TOLD_BY_ROWS}[case]
    path = tmp_path / "t.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    found, by_row, in_columns = both(path, task, context(), monkeypatch)
    assert found == by_row
    assert bool(in_columns) == (case in PLAIN)


def test_answers_by_hand(tmp_path):
    """The rows of a file are put into the order of the split, and labels that differ from the highest score are counted."""
    path = tmp_path / "t.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    (facts, answers), in_columns = read(path, CLASSIFY, context())
    assert in_columns
    assert [(one.output, one.scores) for one in answers] == [
        ("positive", (0.75, 0.25)),
        ("negative", (1.0, 0.0)),
        ("positive", (0.1, 0.9)),
    ]
    assert facts.notes == ("1 of 3 labels differ from the highest score",)


@pytest.mark.parametrize(
    ("text", "name", "in_columns"),
    [
        ("index,label\n1,bad\n0,positive\n2,1\n", "t.csv", True),
        ("\ufeffindex,label\r\n1,bad\r\n0,positive\r\n2,1\r\n", "t.csv", True),
        ('index,label\n1,"bad"\n0,positive\n2,1\n', "t.csv", True),
        ('"index","label","why"\r\n"1","bad","a, ""b""\r\nc"\r\n"0","positive",\r\n"2","1",""\r\n', "t.csv", True),
        ('index,label\n1,b"a"d\n0,positive\n2,1\n', "t.csv", None),
        ('index,label\n1,bad\n0,positive\n2,"1\n', "t.csv", None),
        ("index,label\n1.0,bad\n0,positive\n2,1\n", "t.csv", False),
        ("index,label\n1,bad\n\n0,positive\n2,1\n", "t.csv", False),
        ("index\tlabel\n1\tbad\n0\tpositive\n2\t1\n", "t.tsv", True),
        ('index\tlabel\n1\tbad\n0\tpositive\n2\t"1"\n', "t.tsv", None),
        ("index,label\n1,bad\n0\n2,1\n", "t.csv", None),
    ],
)
def test_tables_say_the_same_in_columns_and_in_rows(text, name, in_columns, tmp_path, monkeypatch):
    """Cells of CSV and TSV are texts; quotes of CSV, blank lines and ragged rows are for the readers of rows."""
    path = tmp_path / name
    path.write_bytes(text.encode())
    found, by_row, was_in_columns = both(path, CLASSIFY, context(), monkeypatch)
    assert found == by_row
    assert was_in_columns is in_columns


def test_parquet_and_official_ids(tmp_path, monkeypatch):
    """Columns of Parquet are taken as they are, and rows are found by the data's own ids."""
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"id": ["q2", "q0", "t/1"], "label": ["bad", "positive", "bad"]}), path)
    where = context(("q0", "q1", "q2"))
    found, by_row, in_columns = both(path, CLASSIFY, where, monkeypatch)
    assert found == by_row
    assert in_columns
    assert [one.output for one in found[1]] == ["positive", "negative", "negative"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["bad", '"bad"', '"positive"', "1", '"1"', '""', '"', ",", "\n", "\r\n", '"a,\nb"', " ", "é"]),
        max_size=8,
    )
)
def test_whatever_quotes_there_are_columns_say_the_same(tmp_path, monkeypatch, parts):
    """A table of quoted cells with anything behind it gives the same answers, facts or refusal in both ways."""
    path = tmp_path / "t.csv"
    path.write_bytes(('"index",label\n"0","bad"\n1,"positive"\n2,' + "".join(parts)).encode())
    found, by_row, _ = both(path, CLASSIFY, context(), monkeypatch)
    assert found == by_row


def test_a_line_is_what_stands_between_line_ends():
    """Lines are found one by one: the same as all at once, with a CR before the end or as the only end."""
    for text in ("", "a", "a\n", "a\r\n\nb\r", "a\rb\r", "\n\n", "a\u2028b\x0bc"):
        parts = text.split("\n" if "\n" in text else "\r")
        assert list(lines_of(text)) == [(at, part.removesuffix("\r")) for at, part in enumerate(parts, 1)]


def test_a_header_of_thousands_of_names_is_read_by_row(tmp_path, monkeypatch):
    """Arrow's reader takes room for every column; the answers are the same without it."""
    path, many = tmp_path / "t.csv", ",".join(f"c{at}" for at in range(5000))
    path.write_text(f"index,label,{many}\n" + "".join(f"{at},bad,{many}\n" for at in range(3)))
    found, by_row, in_columns = both(path, CLASSIFY, context(), monkeypatch)
    assert found == by_row
    assert in_columns is False


def test_kinds_whose_answers_are_more_than_a_label_or_a_number_are_read_by_row():
    """Sets of labels, behavioural tests and views have rules of their own."""
    assert can_be_columns(CLASSIFY)
    assert can_be_columns(REGRESS)
    assert not can_be_columns(ClassificationTask(**CARD, labels=LABELS, multilabel=True))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "index": st.integers(-1, 3),
                "id": st.sampled_from(["t/0", "t/1", "t/2", "0", 1]),
                "label": st.sampled_from(["positive", "bad", "", "neutral", 0, 1, 1.0, True, None, "2020-01-01"]),
                "answer": st.sampled_from(["positive", "negative"]),
                "error": st.sampled_from(["", " ", "it broke", None, 3]),
                "scores": st.sampled_from(
                    [None, {"positive": 0.5, "negative": 0.5}, {"positive": 1}, {"0": 1, "1": 0.25}]
                ),
            },
        ),
        min_size=3,
        max_size=3,
    )
)
def test_whatever_rows_hold_columns_say_the_same(tmp_path, monkeypatch, rows):
    """Any three rows give the same answers, facts or refusal in both ways."""
    path = tmp_path / "t.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    found, by_row, _ = both(path, CLASSIFY, context(), monkeypatch, format="jsonl")
    assert found == by_row


def test_a_stored_cell_is_used_again_without_a_look_at_its_answers(tmp_path, monkeypatch):
    """The second run has the facts and notes of the first, though the file is no more than hashed; another file is read."""
    data, path = tmp_path / "data.csv", tmp_path / "answers.jsonl"
    data.write_text("text,label\na b,negative\nc d,positive\ne f,negative\n")
    path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS).replace("bad", "negative"))
    given = {"suite": f"classification/custom?path={data}&text=text&label=label", "store": tmp_path / "store"}
    first = benchwright.evaluate(f"predictions:{path}", **given)
    with monkeypatch.context() as patch:
        patch.setattr(Predictions, "inspect", None)
        again = benchwright.evaluate(f"predictions:{path}", **given)
    assert again.cells[0].reused
    assert again.cells[0].alarms == first.cells[0].alarms
    assert "1 of 3 labels differ from the highest score" in str(first.cells[0].alarms)
    path.write_text(path.read_text().replace("0.9", "0.8"))
    assert not benchwright.evaluate(f"predictions:{path}", **given).cells[0].reused


def test_a_file_of_rows_is_read_once_for_its_facts_and_its_answers(tmp_path, monkeypatch):
    """What planning read row by row is what the session answers with; a file that was written again is read again."""
    sets = ClassificationTask(**CARD, labels=LABELS, multilabel=True)
    path, where, adapter = tmp_path / "t.jsonl", context(), Predictions()
    path.write_text("".join(f'{{"index": {at}, "labels": ["positive"]}}\n' for at in (2, 0, 1)))
    model = ModelRef(name="m", adapter="predictions", path=str(path))
    adapter.inspect(model, sets, where)
    with monkeypatch.context() as patch:
        patch.setattr(predictions, "_answers", None)
        kept = list(adapter.open(model, sets, where).predict(where.items()))
    assert kept == list(Predictions().open(model, sets, where).predict(where.items()))
    adapter.inspect(model, sets, where)
    path.write_text(path.read_text().replace('"index": 0, "labels": ["positive"]', '"index": 0, "labels": []'))
    assert [one.output for one in adapter.open(model, sets, where).predict(where.items())] == [
        (),
        ("positive",),
        ("positive",),
    ]
