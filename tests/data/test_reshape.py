"""A layout takes rows of a file, says what cells stand for and joins texts, or says what does not fit."""

import pytest

from benchwright.data import formats
from benchwright.errors import DataError
from benchwright.types import Files, Source


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8", newline="")


def texts(data):
    return [example.inputs["text"] for example in data.examples]


def test_rows_of_each_file(tmp_path, read_split, layout):
    """A split may be a range of the rows of each file; places are still those in the file."""
    write(tmp_path, "a.neg", "n1\nn2\nn3 \n")
    write(tmp_path, "a.pos", "p1\np2\np3\n")
    part = Files(
        names=("a.pos", "a.neg"),
        format="lines",
        rows=(1, 3),
        values={"label": ("positive", "negative")},
        strip=True,
    )

    data = read_split(part)

    assert texts(data) == ["p2", "p3", "n2", "n3"]
    assert [example.target for example in data.examples] == ["positive"] * 2 + ["negative"] * 2
    assert data.notes == (), "a file for each label is no patchwork"
    with pytest.raises(DataError, match=r"a\.pos holds 3 rows; this split is its rows 2 to 9"):
        read_split(Files(names=("a.pos",), format="lines", rows=(1, 9)))


def test_a_range_of_broken_rows_is_refused(tmp_path, read_split):
    """Where a row is broken nobody can say which rows a range means."""
    write(tmp_path, "a.tsv", "text\tlabel\nx\t1\nbroken\ny\t0\n")

    with pytest.raises(DataError, match="1 of them broken"):
        read_split(Files(names=("a.tsv",), format="tsv", rows=(0, 1)))


def test_rows_where(tmp_path, read_split):
    """Rows of other splits are left out; a column or value that is not there is an error."""
    write(tmp_path, "a.jsonl", '{"text":"x","label":1,"tag":"r1"}\n{"text":"y","label":0,"tag":"r2"}\n')
    layout = Files(names=("a.jsonl",), format="jsonl", where={"tag": "r2"})

    data = read_split(layout)

    assert texts(data) == ["y"]
    assert data.examples[0].id == "tone/0"
    with pytest.raises(DataError, match="has no row whose 'tag' is 'r3'"):
        read_split(Files(names=("a.jsonl",), format="jsonl", where={"tag": "r3"}))
    with pytest.raises(DataError, match="has no column 'round'"):
        read_split(Files(names=("a.jsonl",), format="jsonl", where={"round": "1"}))


def test_an_error_names_the_line_of_a_row_behind_others_that_were_left_out(tmp_path, read_split):
    """Leaving rows out does not shift the lines that messages name."""
    write(tmp_path, "a.tsv", "text\tlabel\ttag\nx\t1\tr1\ny\tmeh\tr2\n")

    with pytest.raises(DataError, match=r"a\.tsv, line 3: the label 'meh'"):
        read_split(Files(names=("a.tsv",), format="tsv", where={"tag": "r2"}))


def test_cells_that_stand_for_something(tmp_path, read_split):
    """A cell is what the layout says it stands for, never an id by chance; one that is not listed is an error."""
    write(tmp_path, "a.csv", '"1","t","d"\n"2","u","e"\n')
    meanings = {"label": {"1": "negative", "2": "positive"}}
    given = {"names": ("a.csv",), "format": "csv", "header": ("label", "title", "body")}

    data = read_split(Files(**given, recode=meanings, joined={"text": ("title", "body")}))

    assert [(example.inputs["text"], example.target) for example in data.examples] == [
        ("t d", "negative"),
        ("u e", "positive"),
    ]
    write(tmp_path, "a.csv", '"0","t","d"\n')
    with pytest.raises(DataError, match=r"a\.csv, line 1: 'label' holds '0'"):
        read_split(Files(**given, recode=meanings, joined={"text": ("title", "body")}))


def test_notes_of_a_layout(tmp_path, read_split):
    """What a layout's reader must know comes with the data."""
    write(tmp_path, "a.tsv", "text\tlabel\nx\t1\n")

    assert read_split(Files(names=("a.tsv",), format="tsv", note="not the official set")).notes == (
        "not the official set",
    )


def test_rows_without_a_gold_label_left_out(tmp_path, make_task, read_split, layout):
    """Where a data set means it so, rows without a gold label are left out and counted."""
    write(tmp_path, "dev.tsv", "sentence\tlabel\nx\t1\ny\t-\nz\t0\n")
    splits = {"validation": Source(files=(layout(),), unlabelled="drop")}

    data = read_split(make_task(splits=splits))

    assert texts(data) == ["x", "z"]
    assert [example.id for example in data.examples] == ["tone/0", "tone/1"]
    assert data.notes == ("1 of 3 rows have no gold label and are left out, as the data set means it",)


def test_a_split_without_any_gold_label_is_still_refused(tmp_path, make_task, read_split, layout):
    """Leaving out is for some rows: a split that has no labels at all says so."""
    write(tmp_path, "dev.tsv", "sentence\tlabel\nx\t-1\n")

    with pytest.raises(DataError, match="no gold labels"):
        read_split(make_task(splits={"validation": Source(files=(layout(),), unlabelled="drop")}))


def test_lines_of_several_cells(tmp_path):
    """A line is cut at its first blanks; the last cell keeps the others; a line without them is set apart."""
    write(tmp_path, "a.txt", "NUM:dist How far is it ?\n\nHUM Who  was he ?\n")
    rows = formats.read(
        tmp_path / "a.txt", Files(names=("a.txt",), format="lines", header=("fine", "text")), shown="a.txt"
    )

    assert rows.cells == [{"fine": "NUM:dist", "text": "How far is it ?"}, {"fine": "HUM", "text": "Who  was he ?"}]
    assert [short.where for short in rows.short] == ["a.txt, line 2"]


def test_rows_under_a_key(tmp_path):
    """The list of rows may lie under a key of a JSON document; another key, or none, is an error that names it."""
    write(tmp_path, "a.json", '{"one": [{"text": "x"}], "two": [{"text": "y"}]}')

    def read(**more):
        return formats.read(tmp_path / "a.json", Files(names=("a.json",), format="json", **more), shown="a.json")

    assert read(key="two").cells == [{"text": "y"}]
    with pytest.raises(DataError, match="no list of rows under 'three'"):
        read(key="three")
    with pytest.raises(DataError, match="no list of rows"):
        read()


def test_separators_of_label_sets(tmp_path, make_task, read_split, layout):
    """The labels of a set are cut at the task's separator, and at nothing else."""
    write(tmp_path, "dev.tsv", "sentence\tlabel\nx\tpositive; negative\ny\tneg\n")

    data = read_split(make_task(layout(), multilabel=True, separator=";"))

    assert [example.target for example in data.examples] == [("negative", "positive"), ("negative",)]
    with pytest.raises(DataError, match="line 2"):
        read_split(make_task(layout(), multilabel=True, separator="/"))
