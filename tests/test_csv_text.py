"""Tables of quoted cells: cells of any length, other delimiters, and a message that names them."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

import benchwright
from benchwright.csv_text import NotDelimitedError, delimiter_of, records
from benchwright.errors import ConfigError

LONG = "the court holds " * 10_000


def accuracy(folder, model, options=""):
    path = f"classification/custom?path={folder}/gold.csv{options}"
    return benchwright.evaluate(model, path, store=folder / "store").cells[0].score.value


def test_long_cells_are_read_and_the_limit_of_others_stays(tmp_path):
    """A cell of 160 kB, in the data and in a file of predictions; the limit of the process is as it was."""
    before = csv.field_size_limit()
    (tmp_path / "gold.csv").write_text(f"text,label\n{LONG},a\nshort,b\n")
    (tmp_path / "said.csv").write_text(f'index,label,why\n0,a,"{LONG}"\n1,a,no\n')
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.csv") == 0.5
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(("mark", "name"), [(";", ";"), ("|", "|"), ("\t", "tab")])
def test_other_delimiters_are_named_and_read(tmp_path, mark, name):
    """Cells that hold a comma are no reason to mend a line: the message says how the file is separated, and what to type."""
    (tmp_path / "gold.csv").write_text(f"text{mark}label\nwarm, good{mark}good\nbad, cold{mark}bad\n")
    (tmp_path / "said.csv").write_text(f"index{mark}label\n0{mark}good\n1{mark}bad\n")
    for model in ("constant:good", f"predictions:{tmp_path}/said.csv"):
        with pytest.raises(ConfigError, match="separated otherwise") as refused:
            accuracy(tmp_path, model)
        assert f"delimiter={name}" in str(refused.value)
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.csv?delimiter={name}", f"&delimiter={name}") == 1.0
    (tmp_path / "gold.csv").write_text(f"text{mark}label\nwarm{mark}good\nbad{mark}bad\n")
    with pytest.raises(ConfigError, match="separated otherwise") as refused:
        accuracy(tmp_path, "constant:good")
    assert f"delimiter={name}" in str(refused.value)


def test_other_delimiters_of_predictions_are_named(tmp_path):
    """Predictions with semicolons beside data with commas."""
    (tmp_path / "gold.csv").write_text("text,label\na,x\nb,y\n")
    (tmp_path / "said.csv").write_text("index;label\n0;x\n1;x\n")
    with pytest.raises(ConfigError, match=r"\?delimiter=;"):
        accuracy(tmp_path, f"predictions:{tmp_path}/said.csv")
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.csv?delimiter=;") == 0.5
    for options in ("?delimiter=ab", "?delimiter=;&format=jsonl"):
        with pytest.raises(ConfigError, match="delimiter"):
            accuracy(tmp_path, f"predictions:{tmp_path}/said.csv{options}")
    with pytest.raises(ConfigError, match="delimiter= is no mark"):
        accuracy(tmp_path, "constant:x", "&delimiter=ab")


@pytest.mark.parametrize(("name", "mark"), [(";", ";"), ("tab", "\t"), ("\\t", "\t"), ("|", "|"), ("a", None), ('"', None), ("", None), (";;", None)])  # fmt: skip
def test_delimiters_by_name(name, mark):
    """One mark, or the word for a tab."""
    assert delimiter_of(name) == mark


def test_unbalanced_quotes_are_told_with_the_line_of_the_row():
    """The row starts where the quote opens."""
    with pytest.raises(NotDelimitedError) as refused:
        records('a,b\n1,"x\n2,y\n')
    assert refused.value.line == 2


@given(st.lists(st.lists(st.text(alphabet='a,;"\n ', max_size=5), min_size=2, max_size=2), min_size=1, max_size=4))
def test_what_is_written_is_read(rows):
    """Any cells come back as they were, with any delimiter."""
    import io

    for mark in (",", ";", "\t", "|"):
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=mark).writerows(rows)
        assert [cells for _, cells in records(out.getvalue(), mark)] == rows
