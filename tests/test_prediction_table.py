"""Predictions as columns read as the predictions that they stand for."""

import json

import numpy as np
import pytest

from benchwright.coded import Coded
from benchwright.prediction_table import PredictionTable, fact_texts
from benchwright.types import Prediction

_ROWS = [
    Prediction(output="a", scores=(0.75, 0.25), extra={"tokens": 7, "text_tokens": 5}),
    Prediction(error="too long", extra={"tokens": 900}),
    Prediction(output="b", scores=(0.1, 0.9), truncated=True),
]


def _table() -> PredictionTable:
    return PredictionTable(
        Coded.of(["a", "a", "b"]),
        np.array([[0.75, 0.25], [np.nan, 1.0], [0.1, 0.9]]),
        np.array([False, False, True]),
        Coded.of([None, "too long", None]),
        {"tokens": np.array([7, 900, -1]), "text_tokens": np.array([5, -1, -1])},
    )


def test_rows_slices_and_iteration_give_the_predictions_of_the_columns():
    """A table of predictions is a sequence of them; a row with an error has neither output nor scores."""
    table = _table()
    assert list(table) == _ROWS
    assert [table[at] for at in (0, 1, -1)] == _ROWS
    assert list(table[1:]) == _ROWS[1:]
    assert list(table.take(np.array([2, 0]))) == [_ROWS[2], _ROWS[0]]
    with pytest.raises(IndexError):
        table[3]


def test_facts_are_written_as_canonical_json():
    """The text of the facts of a row has its names in order, and is None where the row has none."""
    texts = fact_texts(_table().facts, 3)
    expected = [json.dumps(row.extra, sort_keys=True, separators=(",", ":")) if row.extra else None for row in _ROWS]
    assert texts == expected
    assert fact_texts({}, 2) == [None, None]


def test_columns_of_other_lengths_are_refused():
    """Every column has one value for each output."""
    with pytest.raises(ValueError, match="other lengths"):
        PredictionTable(Coded.of(["a"]), np.zeros((2, 2)))
