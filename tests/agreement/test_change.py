"""What changed answers do to the score."""

import pytest

from benchwright.agreement.answered import agree
from benchwright.agreement.change import with_change
from benchwright.types import CellResult

CELLS = tuple(CellResult(model=name, suite="s", task="toy", split="test", status="scored", key=name) for name in "xy")


def test_the_change_of_the_score_has_an_interval(make_task, make_records):
    """Two of a hundred right answers become wrong: accuracy falls by 0.02."""
    targets = ["a"] * 100
    one = make_records(["a"] * 90 + ["b"] * 10, targets=targets)
    two = make_records(["b"] * 2 + ["a"] * 88 + ["b"] * 10, targets=targets)
    found = with_change(agree(make_task(), one, two), "s/toy", make_task(), CELLS, (one, two))
    assert found.metric.startswith("accuracy@")
    assert found.change.value == pytest.approx(-0.02)
    assert found.change.low < -0.02 < found.change.high
    assert (found.negative, found.positive) == (2, 0)


def test_without_gold_answers_there_is_no_change(make_task, make_records):
    """A test split has answers that agree, and no score."""
    one = make_records("ab")
    found = with_change(agree(make_task(), one, one), "s/toy", make_task(), CELLS, (one, one))
    assert (found.change, found.metric) == (None, "")
