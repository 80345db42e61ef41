"""Broken predictions, form by form: one message with file, line or column, and what to do next."""

import datetime as dt
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import benchwright
from benchwright.errors import BenchwrightError

ROWS = 6
LABELS = ["a", "b"] * 3


def jsonl(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


GOOD = [{"index": at, "label": label} for at, label in enumerate(LABELS)]
TEXTS = {
    "csv: quotes": 'index,label\n0,"a\n',
    "csv: cells": "index,label\n0,a,b\n",
    "csv: header twice": "index,label,label\n0,a,b\n",
    "csv: no header": "0,a\n1,b\n",
    "csv: header alone": "index,label\n",
    "csv: index": "index,label\nx,a\n",
    "csv: negative": "index,label\n-1,a\n",
    "csv: label": "index,label\n0,zebra\n",
    "csv: twice": "index,label\n0,a\n0,a\n",
    "csv: missing": "index,label\n0,a\n",
    "csv: NUL": "index,label\n0,\0a\n",
    "csv: scores": "index,label,scores\n0,a,x\n",
    "tsv: cells": "index\tlabel\n0\ta\tb\n",
    "tsv: index": "index\tlabel\nx\ta\n",
    "tsv: label": "index\tlabel\n0\t\n",
    "tsv: other columns": "x\ty\n0\ta\n",
    "json: deep": "[" * 100_000,
    "json: half": '[{"index": 0, "label": "\\ud800"}]',
    "json: digits": '[{"index": ' + "1" * 5_000 + ', "label": "a"}]',
    "json: cut": '[{"index": 0, ',
    "json: number": "17",
    "json: rows of rows": "[[1]]",
    "json: keys twice": '[{"index": 0, "index": 1, "label": "a"}]',
    "json: by id twice": '{"custom/0": "a", "custom/0": "b"}',
    "jsonl: deep": '{"index": 0, "label": "a"}\n{"index": 1, "label": ' + "[" * 100_000 + "\n",
    "jsonl: half": jsonl(GOOD) + '{"index": 6, "label": "\\udfff"}\n',
    "jsonl: scores NaN": '{"index": 0, "scores": {"a": NaN, "b": 1}}\n{"index": 1, "label": "a"}\n',
    "jsonl: scores names": jsonl([{"index": 0, "scores": {"a": 1}}, *GOOD[1:]]),
    "jsonl: scores list": jsonl([{"index": 0, "scores": [0.5]}, *GOOD[1:]]),
    "jsonl: no label": jsonl([{"index": 0}, *GOOD[1:]]),
    "jsonl: id and index": jsonl([{"index": 0, "id": "custom/3", "label": "a"}, *GOOD[1:]]),
    "jsonl: id": jsonl([{"id": {"a": 1}, "label": "a"}, *GOOD[1:]]),
    "jsonl: error": jsonl([{"index": 0, "error": 5}, *GOOD[1:]]),
    "jsonl: list": '{"index": 0, "label": "a"}\n[1]\n',
    "empty": "\n\n",
    "latin-1": b"index,label\n0,\xe9\n",
}


@pytest.fixture
def refusal(tmp_path, monkeypatch):
    """The message for a predictions file of these bytes on six rows of the user's own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text("text,label\n" + "".join(f"t{at},{label}\n" for at, label in enumerate(LABELS)))

    def ask(content):
        (tmp_path / "p.out").write_bytes(content)
        with pytest.raises(BenchwrightError) as error:
            benchwright.evaluate(
                "predictions:p.out", "classification/custom?path=d.csv&label=label", store="store", offline=True
            )
        return str(error.value)

    return ask


@pytest.mark.parametrize("content", TEXTS.values(), ids=TEXTS)
def test_texts(refusal, content):
    """Whatever is wrong with a text, the message names the file and the next step."""
    told = refusal(content if isinstance(content, bytes) else content.encode())
    assert "p.out" in told
    assert "  next: " in told


COLUMNS = {
    "dates": [dt.date(2020, 1, 1)] * ROWS,
    "lists": [["x"]] * ROWS,
    "objects": [{"x": 1}] * ROWS,
    "nothing": [None] * ROWS,
    "bytes": [b"\xff"] * ROWS,
    "fractions": [0.5] * ROWS,
    "below zero": [-1] * ROWS,
    "a date out of range": pa.array([10**9] * ROWS, pa.int32()).cast(pa.date32()),
    "a zone unknown": pa.array([0] * ROWS, pa.int64()).cast(pa.timestamp("ms", tz="No/Where")),
    "no UTF-8": pa.Array.from_buffers(pa.string(), ROWS, pa.array([b"\xff"] * ROWS, pa.binary()).buffers()),
}


@pytest.mark.parametrize("values", COLUMNS.values(), ids=COLUMNS)
@pytest.mark.parametrize("column", ["index", "label"])
def test_parquet(refusal, tmp_path, column, values):
    """Columns of types that no predictions have are refused as texts are."""
    table = pa.table({"index": list(range(ROWS)), "label": LABELS} | {column: values})
    pq.write_table(table, tmp_path / "t")
    told = refusal((tmp_path / "t").read_bytes())
    assert "p.out" in told
    assert column in told
    assert "  next: " in told


def test_parquet_cut_and_doubled(refusal, tmp_path):
    """A file that is not whole, and one with two columns of one name."""
    pq.write_table(pa.table([[0], ["a"], ["b"]], names=["index", "label", "label"]), tmp_path / "t")
    content = (tmp_path / "t").read_bytes()
    assert "'label' is repeated" in refusal(content)
    told = refusal(content[:-20])
    assert "not a readable Parquet file" in told
    assert "  next: " in told


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\n", b"-DOCSTART- O\n", b"# a comment\n"])
def test_tags_of_nothing(tmp_path, monkeypatch, content):
    """A file of columns without a word, such as a byte-order mark alone, is refused as any file that is too short."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.conll").write_text("Ada B-PER\nwrites O\n\n")
    (tmp_path / "p.out").write_bytes(content)
    with pytest.raises(BenchwrightError, match=r"p\.out(.|\n)*  next: "):
        benchwright.evaluate("predictions:p.out", "ner/custom?path=d.conll", store="store", offline=True)
