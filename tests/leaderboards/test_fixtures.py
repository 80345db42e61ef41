"""The board that other tests read says what was written down by hand."""

import pytest

from benchwright_leaderboards.ranking import is_whole


def test_the_small_board(opened):
    """Five entries of two teams, one of them partial, one with five unanswered items that count as wrong."""
    found = {one.entry.id: one for one in opened.entries}
    assert list(found) == ["best", "second", "silent", "baseline", "part"]
    assert [name for name, one in found.items() if not is_whole(opened, one)] == ["part"]
    scores = {name: one.entry.result("classification/custom").score for name, one in found.items()}
    wrong = {"best": 3, "second": 4, "silent": 11, "baseline": 30, "part": 8}
    assert {name: score.value for name, score in scores.items()} == {
        name: pytest.approx(1 - count / 60) for name, count in wrong.items()
    }
    assert {name: score.errored for name, score in scores.items()} == dict.fromkeys(found, 0) | {"silent": 5}
