"""Every reader, with what real benchmark files hold, and what it says about files that are wrong."""

import json

import pytest

from benchwright.data import formats
from benchwright.errors import DataError
from benchwright.types import Files


def read(path, data, **changes):
    """Rows of a file with that content, called `d/NAME` in messages."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    kind = changes.pop("format", path.suffix[1:])
    return formats.read(path, Files(names=(path.name,), format=kind, **changes), shown=f"d/{path.name}")


def refused(path, data, **changes):
    """The error a file with that content raises, as text."""
    with pytest.raises(DataError) as caught:
        read(path, data, **changes)
    assert caught.value.expected
    assert caught.value.hint
    return str(caught.value)


def test_tsv_cells(tmp_path):
    """Quotes mean nothing in TSV, CRLF and a missing last line end are accepted, blanks stay."""
    rows = read(tmp_path / "a.tsv", 'text\tlabel\r\n"open quote \t1\r\nit\'s "x"\t0')

    assert rows.cells == [{"text": '"open quote ', "label": "1"}, {"text": 'it\'s "x"', "label": "0"}]
    assert [rows.where(row) for row in range(2)] == ["d/a.tsv, line 2", "d/a.tsv, line 3"]


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\r"])
def test_only_newlines_end_lines(tmp_path, character):
    """Characters at which str.splitlines breaks stay inside their cell, in TSV, JSON lines and text."""
    cell = f"a{character}b"

    tsv = read(tmp_path / "a.tsv", f"text\tlabel\n{cell}\t1\n".encode())
    lines = read(tmp_path / "a.txt", f"{cell}\nc\n".encode(), format="lines")
    objects = read(tmp_path / "a.jsonl", json.dumps({"text": cell}, ensure_ascii=False))

    assert [row["text"] for rows in (tsv, objects) for row in rows.cells] == [cell, cell]
    assert [row["text"] for row in lines.cells] == [cell, "c"]


def test_byte_order_mark(tmp_path):
    """A byte-order mark never becomes part of the first column's name."""
    for name, text in [("a.tsv", "text\tlabel\nx\t1"), ("a.csv", "text,label\nx,1"), ("a.jsonl", '{"text": "x"}')]:
        assert read(tmp_path / name, b"\xef\xbb\xbf" + text.encode()).columns[0] == "text"


def test_latin_1(tmp_path):
    """A layout may name another encoding than UTF-8."""
    rows = read(tmp_path / "a.tsv", "text\tlabel\ncafé\t1\n".encode("latin-1"), encoding="latin-1")

    assert rows.cells[0]["text"] == "café"


def test_undecodable_bytes(tmp_path):
    """A byte outside the encoding is named with its file, line and offset."""
    said = refused(tmp_path / "a.tsv", b"\xef\xbb\xbftext\tlabel\nab\xe9c\t1\n")

    assert "d/a.tsv, line 2: byte 0xe9 at offset 16 is not utf-8" in said


def test_too_many_cells(tmp_path):
    """A row with more cells than the header is an error that names its line."""
    said = refused(tmp_path / "a.tsv", "text\tlabel\na\t1\nb\t0\tsurplus\n")

    assert "d/a.tsv, line 3 has 3 cells" in said
    assert "2 cells: text, label" in said


def test_too_few_cells(tmp_path):
    """A row with fewer cells than the header is set apart with its line."""
    rows = read(tmp_path / "a.tsv", "text\tlabel\na\t1\n\nb\n")

    assert [(short.where, short.cells) for short in rows.short] == [("d/a.tsv, line 3", 1), ("d/a.tsv, line 4", 1)]
    assert len(rows.cells) == 1


def test_optional_columns(tmp_path):
    """Columns marked `?` in a header may be absent from a row, but only all of them."""
    header = ("score", "text", "source1?", "source2?")

    rows = read(tmp_path / "a.tsv", "1\ta\n2\tb\tu\tv\n", header=header)

    assert rows.cells == [{"score": "1", "text": "a"}, {"score": "2", "text": "b", "source1": "u", "source2": "v"}]
    assert read(tmp_path / "b.tsv", "1\ta\n2\tb\tu\n", header=header).short[0].where == "d/b.tsv, line 2"


def test_repeated_column(tmp_path):
    """A header that names a column twice is refused: nobody could say which is meant."""
    assert "'label' more than once" in refused(tmp_path / "a.tsv", "text\tlabel\tlabel\na\t1\t0\n")


@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl", "a.json"])
@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf"])
def test_empty_file(tmp_path, name, data):
    """An empty file is an error, never a split of no rows."""
    assert f"d/{name} is empty" in refused(tmp_path / name, data)


@pytest.mark.parametrize(("name", "data"), [("a.tsv", "text\tlabel\n"), ("a.jsonl", "\n\n"), ("a.json", "[]")])
def test_no_rows(tmp_path, name, data):
    """A file of a header and nothing else is an error."""
    assert "no rows" in refused(tmp_path / name, data)


def test_csv_quoting(tmp_path):
    """Quoted CSV cells hold commas, quotes, line breaks and U+0085; the line is that on which the row starts."""
    rows = read(tmp_path / "a.csv", '"a, ""b""\nsecond\x85line",1\r\nplain,0\r\n', header=("text", "label"))

    assert rows.cells == [{"text": 'a, "b"\nsecond\x85line', "label": "1"}, {"text": "plain", "label": "0"}]
    assert rows.lines == [1, 3]


def test_csv_unbalanced_quote(tmp_path):
    """A quote that is never closed is an error at the line where its row starts, not a very long cell."""
    assert "d/a.csv, line 2:" in refused(tmp_path / "a.csv", 'text,label\n"a,1\nb,0\n')


@pytest.mark.parametrize("bad", ["{oops}", "[1]", '{"label": NaN}', '"text"', '{"a": 1} {"b": 2}'])
def test_bad_json_line(tmp_path, bad):
    """A line that is not one JSON object is named."""
    assert "d/a.jsonl, line 3" in refused(tmp_path / "a.jsonl", f'{{"text": "a"}}\n\n{bad}\n')


def test_json_lines_may_differ_in_keys(tmp_path):
    """Keys are collected over all rows."""
    rows = read(tmp_path / "a.jsonl", '{"a": 1}\n \n{"b": 2}\n')

    assert rows.columns == ("a", "b")
    assert rows.lines == [1, 3]


@pytest.mark.parametrize("wrap", ["%s", '{"version": 1, "data": %s}'])
def test_json_document(tmp_path, wrap):
    """A JSON document is a list of objects, or holds one under `data`."""
    rows = read(tmp_path / "a.json", wrap % '[{"text": "a"}, {"text": "b"}]')

    assert rows.cells == [{"text": "a"}, {"text": "b"}]
    assert rows.where(1) == "d/a.json, row 2"


def test_bad_json_document(tmp_path):
    """A malformed document is named with its line, and one of another shape with what was expected."""
    assert "d/a.json, line 2 is not JSON" in refused(tmp_path / "a.json", '[{"a": 1},\n{"a" 2}]')
    assert "no list of rows" in refused(tmp_path / "b.json", '{"rows": []}')
    assert "row 2 is not an object" in refused(tmp_path / "c.json", '[{"a": 1}, 2]')


def test_parquet(tmp_path):
    """Parquet keeps column types, and the class names in the metadata of hub files are found."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    features = {"info": {"features": {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}, "text": None}}}
    table = pa.table({"text": ["a", "b"], "label": [1, 0]}).replace_schema_metadata(
        {"huggingface": json.dumps(features)}
    )
    (tmp_path / "k=v").mkdir()
    path = tmp_path / "k=v" / "a.parquet"
    pq.write_table(table, path)

    rows = formats.read(path, Files(names=("a.parquet",), format="parquet"), shown="d/a.parquet")

    assert rows.cells == [{"text": "a", "label": 1}, {"text": "b", "label": 0}]
    assert rows.class_names == {"label": ("neg", "pos")}


def test_parquet_that_is_none(tmp_path):
    """A Git LFS pointer in the place of a Parquet file is told as such."""
    assert "git lfs pull" in refused(tmp_path / "a.parquet", "version https://git-lfs.github.com/spec/v1\n")
