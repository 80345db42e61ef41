"""Large files are read in columns, and hold then what reading row by row finds, line numbers included; what is odd is left to the row readers."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchwright.data.formats import delimited, delimited_columns
from benchwright.errors import DataError
from benchwright.types import Files

PIECE = st.sampled_from(
    ["a", "ü", "語", " ", ",", ";", "\t", '"', '""', '"a,\nb"', "\n", "\r\n", "\r", "x,y\n", "\u2028", "1"]
)


def both(text, form, *, delimiter=",", header=()):
    """The rows in columns (None where they do not qualify), and what the row reader says."""
    layout = Files(names=("data",), format=form, delimiter=delimiter, header=header)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data"
        path.write_bytes(text.encode())
        read = delimited.read_csv if form == "csv" else delimited.read_tsv
        found = delimited_columns.read_columns(path, layout, shown="data", quoted=form == "csv", least=0)
        lines = None if found is None else list(found.lines)
        try:
            return found, lines, read(path, layout, shown="data")
        except DataError as error:
            return found, lines, error


@settings(max_examples=120, deadline=None)
@example(text='text,label\n"a, ""b""\nc",1\r\n\r\nd,0\n', form="csv")
@example(text='text\tlabel\na"b\t1\n"\t0\n\n', form="tsv")
@example(text="text\n\n\nb\n", form="tsv")
@example(text="text\tlabel\na\t1\n\nb\t0\n", form="tsv")
@example(text="text\tlabel\r\na\t1\r\n\r\nb\t0\n", form="tsv")
@example(text="text\n\n\nb\n", form="csv")
@example(text='text\n""\nb\n', form="csv")
@given(
    text=st.lists(PIECE, max_size=14).map("".join).flatmap(lambda body: st.sampled_from([body, f"text,label\n{body}"])),
    form=st.sampled_from(["csv", "tsv"]),
)
def test_columns_hold_what_rows_hold(text, form):
    """Whatever a file looks like, columns are the rows of the row reader, or there are none."""
    found, lines, rows = both(text, form)

    if found is not None:
        assert (list(found.cells), lines, found.columns) == (list(rows.cells), list(rows.lines), rows.columns)
        assert rows.short == ()


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_plain_files_are_read_in_columns(form):
    """Files of this kind do qualify: quoted cells, line breaks in them, both line ends, blank lines, a byte-order mark."""
    mark = "," if form == "csv" else "\t"
    plain = f"\ufefftext{mark}label\r\nfine{mark}1\r\nawful{mark}0\r\n"
    quoted = 'text,label\n"a, ""b""\nc",1\n\nd,0\n'

    for text in [plain, *([quoted] if form == "csv" else [])]:
        found, lines, rows = both(text, form)
        assert found is not None
        assert (list(found.cells), lines) == (list(rows.cells), list(rows.lines))


def test_named_columns_and_other_marks():
    """The names of a file without a header row, and another mark between cells, mean the same in both."""
    found, lines, rows = both("a;1\nb;2\n", "csv", delimiter=";", header=("text", "label"))

    assert list(found.cells) == list(rows.cells) == [{"text": "a", "label": "1"}, {"text": "b", "label": "2"}]
    assert lines == [1, 2]


@pytest.mark.parametrize(
    "text", ['text,label\nan "odd" one,1\n', 'text,label\n"a"b,1\n', "text,label\na\n", "text,text\na,b\n"]
)
def test_odd_files_are_left_to_the_row_reader(text):
    """Quotes within a cell, rows of another length, and a name that is repeated are its business."""
    assert both(text, "csv")[0] is None


def test_a_header_of_thousands_of_names_is_read_by_row_and_one_that_stands_twice_is_found_at_once():
    """Arrow's reader takes room for every column; names are counted in one pass."""
    names = [f"c{at}" for at in range(50_000)]
    found, _, rows = both("\n".join([",".join(names), ",".join("1" for _ in names)]), "csv")
    assert found is None
    assert rows.cells == [dict.fromkeys(names, "1")]
    _, _, error = both(",".join([*names, "c7"]) + "\n", "csv")
    assert "the header names 'c7' more than once" in str(error)
