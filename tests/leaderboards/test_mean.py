"""The board's weighted mean, by hand."""

import math

import pytest

from benchwright.types import Score
from benchwright_leaderboards.mean import mean_score

SCORES = {
    "a/one": Score(metric="score", value=0.8, se=0.03, n=100, errored=2),
    "a/two": Score(metric="score", value=0.5, se=0.04, n=50, errored=1, skipped=3),
}


def test_the_mean_has_a_normal_interval_from_the_errors_of_its_tasks():
    found = mean_score({"a/one": 0.75, "a/two": 0.25}, SCORES)
    assert found.value == pytest.approx(0.725)
    assert found.se == pytest.approx(math.sqrt((0.75 * 0.03) ** 2 + (0.25 * 0.04) ** 2))
    assert found.low == pytest.approx(0.725 - 1.959964 * found.se, abs=1e-6)
    assert found.high == pytest.approx(0.725 + 1.959964 * found.se, abs=1e-6)
    assert (found.n, found.errored, found.skipped) == (150, 3, 3)


def test_a_task_without_a_score_leaves_no_mean_and_one_without_an_error_no_interval():
    assert mean_score({"a/one": 0.5, "a/three": 0.5}, SCORES) is None
    undefined = SCORES | {"a/two": Score(metric="score", value=None)}
    assert mean_score({"a/one": 0.5, "a/two": 0.5}, undefined) is None
    bare = mean_score({"a/one": 0.5, "a/two": 0.5}, SCORES | {"a/two": Score(metric="score", value=0.5)})
    assert bare.value == pytest.approx(0.65)
    assert (bare.low, bare.high, bare.se) == (None, None, None)
