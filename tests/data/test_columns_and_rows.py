"""A split that was read in columns is the split that was read row by row: examples, hash, clusters, notes, texts that are kept."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.data import formats
from benchwright.data.formats import delimited_columns, gathered, parquet
from benchwright.data.load import load
from benchwright.errors import DataError
from benchwright.planning.card_digest import card_digest
from benchwright.store import record_table
from benchwright.store.input_table import input_table
from benchwright.testing.fixtures import build_task
from benchwright.types import Cluster, Files, Kind, Label, Source, Suite

TEXT = st.sampled_from(
    ["fine", "fine ", " fine", "so  so", "so so", "so\u00a0so", "so\nso", 'a "b", c', "\x07\\", "語 e\u0301", "“x”", ""]
)
COLUMNS = {
    "text": TEXT,
    "other": TEXT,
    "label": st.sampled_from(["0", "1", "1.0", "good", "Bad", " bad", "neg"]),
    "genre": st.sampled_from(["news", "news ", "2", "2.0", "", "True"]),
    "group": st.sampled_from(["f", "m", ""]),
    "author": st.sampled_from(["x", "y", "z", "1", "1.0"]),
    "idx": st.integers(0, 30).map(str),
}
OTHERS = {
    "label": st.sampled_from([0, 1]),
    "author": st.none() | st.integers(0, 2),
    "genre": st.none() | st.just("news"),
}
"""Cells that are no texts, which some formats have."""
ROWS = st.lists(st.fixed_dictionaries(COLUMNS), min_size=1, max_size=30)
TYPED = st.lists(st.fixed_dictionaries(COLUMNS | OTHERS), min_size=1, max_size=30)
FILES = st.tuples(st.sampled_from(["csv", "tsv", "jsonl", "parquet"]), ROWS) | st.tuples(
    st.sampled_from(["jsonl", "parquet"]), TYPED
)
CARDS = st.fixed_dictionaries(
    {
        "inputs": st.sampled_from([{"one": ("text",)}, {"two": ("text",), "one": ("other",)}]),
        "cluster": st.sampled_from(
            [None, *(Cluster(by=by, columns=("one", "author")) for by in ("column", "pair", "linked"))]
        ),
        "slices": st.sampled_from([{}, {"genre": ("genre",), "group": ("group",), "year": ("year",)}]),
        "metadata": st.sampled_from([{}, {"genre": ("genre",)}]),
        "group": st.sampled_from([(), ("author",)]),
        "official_id": st.sampled_from([(), ("text",)]),
    }
)


def write(path, rows, form):
    """The rows as a file."""
    buffer = io.StringIO(newline="")
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
        return
    if form == "jsonl":
        buffer.write("".join(json.dumps(row, ensure_ascii=row["other"] == "fine") + "\n" for row in rows))
    elif form == "csv":
        writer = csv.DictWriter(buffer, list(COLUMNS), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        plain = [[cell.replace("\n", " ") for cell in row.values()] for row in rows]
        buffer.write("\n".join(map("\t".join, [list(COLUMNS), *plain])) + "\n")
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")


def loaded(folder, form, card, monkeypatch, *, least):
    """The split, or what is said of it; files of so many bytes are read in columns."""
    labels = (Label(name="bad", id=0, aliases=("neg",)), Label(name="good", id=1))
    source = Source(files=(Files(names=("data",), format=form),))
    task = build_task(
        name="tone", kind=Kind.CLASSIFY, splits={"test": source}, default_split="test", target=("label",), labels=labels,
        metrics=("accuracy",), **card,
    )  # fmt: skip
    monkeypatch.setattr(delimited_columns, "_LEAST", least)
    monkeypatch.setattr(gathered, "_MANY", max(least, 3))
    monkeypatch.setattr(parquet, "_MANY", least)
    suite = Suite(name="mood", version=1, tasks=(task,))
    try:
        data = load(task, "test", suite=suite, folder=folder, offline=True)
    except DataError as error:
        return str(error)
    kept = record_table.to_bytes(input_table(data.examples))
    return (
        [*map(tuple_of, data.examples)],
        data.digest,
        data.repeats,
        data.apart,
        data.notes,
        card_digest(task, data.examples),
        kept,
    )


def tuple_of(example):
    """Everything an example says."""
    return tuple(getattr(example, name) for name in example.__struct_fields__)


@settings(max_examples=40, deadline=None)
@given(file=FILES, card=CARDS)
def test_columns_are_rows(file, card):
    """Whatever rows hold and a card asks for, both ways of reading give the same split, or the same mistake."""
    form, rows = file
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "data", rows, form)

        by_row = loaded(folder, form, card, patch, least=10**9)
        in_columns = loaded(folder, form, card, patch, least=0)

    assert in_columns == by_row


def test_a_mistake_names_its_line(tmp_path, monkeypatch):
    """In a file that was read in columns a label that is none is told with its line, quoted line breaks counted."""
    (tmp_path / "data").write_text('text,label\n"a\nb",1\nc,0\nd,awful\n', encoding="utf-8")
    card = {"inputs": {"one": ("text",)}}

    told = loaded(tmp_path, "csv", card, monkeypatch, least=0)

    assert "data, line 5: the label 'awful' is not one of the task" in told


def test_a_large_file_that_is_read_twice_is_parsed_once(tmp_path, monkeypatch):
    """Who says what a task is and who loads its split read one file; one that was written again in between is read again."""
    monkeypatch.setattr(delimited_columns, "_LEAST", 0)
    path, layout = tmp_path / "data.csv", Files(names=("data.csv",), format="csv")
    path.write_text("text,label\na,1\n", encoding="utf-8")

    first, second, third = (formats.read(path, layout, shown="data.csv") for _ in range(3))
    path.write_text("text,label\nlonger,1\n", encoding="utf-8")
    again = formats.read(path, layout, shown="data.csv")

    assert first is second
    assert third is not first
    assert list(again.cells) == [{"text": "longer", "label": "1"}]
