"""Rows that belong together become one, and texts fall into columns: whatever the order, and never with a row lost."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.data.pivot import cut_columns, pivoted
from benchwright.data.rows import Rows
from benchwright.errors import DataError
from benchwright.types import Pivot

PIVOT = Pivot(by=("key",), over="side", values=("pro", "anti"), columns=("text",))


def table(rows):
    return Rows(file="f.txt", columns=("key", "side", "text"), cells=rows, lines=range(1, len(rows) + 1))


@given(st.lists(st.text(), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_every_row_of_any_order_is_in_the_row_of_its_key(texts, dice: random.Random):
    """A row for each key, each text under its own value; other columns are those of the key's first row."""
    rows = [
        {"key": at, "side": side, "text": f"{side} {text}", "type": "1"}
        for at, text in enumerate(texts)
        for side in PIVOT.values
    ]
    dice.shuffle(rows)
    made = pivoted(table(rows), PIVOT)

    assert {row["key"]: (row["text pro"], row["text anti"]) for row in made.cells} == {
        at: (f"pro {text}", f"anti {text}") for at, text in enumerate(texts)
    }
    assert all(set(row) == {"key", "type", "text pro", "text anti"} for row in made.cells)
    assert len(made.lines) == len(texts)


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        (["pro"], "line 1 has no counterpart: side anti"),
        (["pro", "pro"], "line 2: side is 'pro' a second time"),
        (["pro", "anti", "other"], "line 3: side is 'other'"),
    ],
)
def test_rows_that_do_not_belong_together_are_refused(sides, said):
    """Missing, twice, or none of the values."""
    with pytest.raises(DataError, match=said):
        pivoted(table([{"key": "1", "side": side, "text": "t"} for side in sides]), PIVOT)


@given(st.lists(st.text(alphabet="abc ", max_size=5), min_size=3, max_size=3))
def test_a_text_falls_into_its_parts(parts):
    """Joined by the mark again they are the text."""
    made = cut_columns(table([{"key": ".".join(parts)}]), {"key": ("a", "b", "c")}, ".")

    assert [made.cells[0][name] for name in ("a", "b", "c")] == parts
    assert made.columns == ("key", "side", "text", "a", "b", "c")


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", None])
def test_another_number_of_parts_is_refused(text):
    """With the names of the parts."""
    with pytest.raises(DataError) as caught:
        cut_columns(table([{"key": text}]), {"key": ("a", "b", "c")}, ".")
    assert caught.value.expected == "3 parts between '.': a.b.c"
