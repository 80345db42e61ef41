"""The board's weighted mean, by hand."""

import math

import pytest

from benchwright.stats.intervals import z_quantile
from benchwright.types import Score
from benchwright_leaderboards import mean
from benchwright_leaderboards.mean import mean_score, sample_size

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
    assert (found.unit, sample_size(found)) == ("example", "150 examples")


def test_a_mean_over_tasks_that_count_several_things_names_all_of_them():
    entities = Score(metric="score", value=0.1, n=1, unit="entity")
    found = mean_score({"a/one": 0.4, "a/two": 0.4, "b/three": 0.2}, SCORES | {"b/three": entities})
    assert (found.n, found.unit) == (151, "entity or example")
    assert sample_size(found) == "1 entity, 150 examples"


def test_a_task_without_a_score_leaves_no_mean_and_one_without_an_error_no_interval():
    assert mean_score({"a/one": 0.5, "a/three": 0.5}, SCORES) is None
    undefined = SCORES | {"a/two": Score(metric="score", value=None)}
    assert mean_score({"a/one": 0.5, "a/two": 0.5}, undefined) is None
    bare = mean_score({"a/one": 0.5, "a/two": 0.5}, SCORES | {"a/two": Score(metric="score", value=0.5)})
    assert bare.value == pytest.approx(0.65)
    assert (bare.low, bare.high, bare.se) == (None, None, None)


def test_the_quantile_that_is_written_down_is_that_of_scipy():
    assert z_quantile(mean.CONFIDENCE) == mean.Z
