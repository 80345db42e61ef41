"""Columns that rows take from a table beside their files."""

import pytest

from benchwright.data.lookup import looked_up
from benchwright.data.rows import Rows
from benchwright.errors import DataError
from benchwright.types import Lookup

LOOKUP = Lookup(names=("a/table.csv", "table.csv"), keys=("name", "number"), columns=("group",))


def rows(*pairs):
    cells = [{"name": name, "number": number} for name, number in pairs]
    return Rows(file="rows.jsonl", columns=("name", "number"), cells=cells, lines=range(1, len(cells) + 1))


def write(folder, text, name="table.csv"):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_keys_are_equal_in_spelling_and_the_first_place_counts(tmp_path):
    """3, 3.0 and "3" are one key; a table in the first place hides another one."""
    write(tmp_path, "name,number,group\nx,3,wrong\n")
    write(tmp_path, "name,number,group,more\nx,3.0,left,1\ny,4,right,2\n", "a/table.csv")
    made = looked_up(rows(("x", 3), ("y", "4"), ("z", 5)), LOOKUP, tmp_path, tmp_path)

    assert [row["group"] for row in made.cells] == ["left", "right", None]
    assert made.notes == ("1 of 3 rows are not in a/table.csv",)


def test_a_table_that_nobody_named_may_be_absent(tmp_path):
    """Rows are as they were; one that was named is needed."""
    given = rows(("x", 3))

    assert looked_up(given, LOOKUP, tmp_path, tmp_path) is given
    named = Lookup(names=("mine.csv",), keys=("name",), columns=("group",), required=True)
    with pytest.raises(DataError, match=r"no mine\.csv in the data folder"):
        looked_up(given, named, tmp_path, tmp_path)


def test_rows_of_the_table_that_disagree_give_nothing(tmp_path):
    """Equal ones are one, others are none, and both are known."""
    write(tmp_path, "name,number,group\nx,1,left\nx,1,left\ny,2,left\ny,2,right\n")
    made = looked_up(rows(("x", 1), ("y", 2)), LOOKUP, tmp_path, tmp_path)

    assert [row["group"] for row in made.cells] == ["left", None]
    assert made.notes == ("1 row found several times in table.csv with other values, of which none is taken",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,number\nx,1\n", "table.csv has no column 'group'"),
        ("name,number,group\nx,1\n", "has 2 cells"),
        ("name,number,group\nq,9,left\n", "has no row of rows.jsonl"),
        ("", "table.csv"),
    ],
)
def test_other_tables_are_refused(tmp_path, text, said):
    """Columns, broken lines, no row in common, nothing."""
    write(tmp_path, text)

    with pytest.raises(DataError, match=said):
        looked_up(rows(("x", 1)), LOOKUP, tmp_path, tmp_path)
    with pytest.raises(DataError, match=r"rows\.jsonl has no column 'number'|table\.csv"):
        looked_up(
            Rows(file="rows.jsonl", columns=("name",), cells=[{"name": "x"}], lines=[1]), LOOKUP, tmp_path, tmp_path
        )
