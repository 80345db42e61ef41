"""The name of a task, read and written in one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.task_path import TaskPath, is_view_named, near, suite_of, task_path

NAME = st.text("abcxyz0189-_.", min_size=1, max_size=12)


@given(suite=NAME, task=NAME, view=st.one_of(st.just(""), NAME, st.builds("{}/{}".format, NAME, NAME)))
def test_what_is_written_is_read_again(suite, task, view):
    """A path survives the way through its text, with a view and without."""
    path = TaskPath(suite, task, view)
    assert TaskPath.parse(str(path)) == path


def test_a_view_stands_before_the_task_that_it_shows():
    """The suite of a view's path is that of the task behind the sign."""
    path = TaskPath.parse("robustness/typos@glue/sst2")
    assert (path.view, path.suite, path.task) == ("robustness/typos", "glue", "sst2")
    assert suite_of("robustness/typos@glue/sst2") == "glue"


@pytest.mark.parametrize("text", ["", "glue", "glue/", "/sst2", "@glue/sst2", "robustness/typos@glue", "view@"])
def test_what_names_no_task_is_refused(text):
    """A suite alone, or a view of nothing, is no task, and the message says how one is written."""
    with pytest.raises(BenchwrightError, match="names no task") as caught:
        TaskPath.parse(text)
    assert caught.value.expected == "SUITE/TASK, or VIEW@SUITE/TASK"


def test_a_card_calls_its_neighbours_by_their_bare_name():
    """`trained_on` of a card is a task of the same suite unless it says another."""
    assert near("mnli", "glue") == TaskPath("glue", "mnli")
    assert str(near("nli/mnli", "glue")) == "nli/mnli" == task_path("nli", "mnli")


@pytest.mark.parametrize(
    ("name", "pattern", "meant"),
    [
        ("ocr", "ocr", True),
        ("ocr", "ocr-2", True),
        ("ocr", "*-2", True),
        ("ocr-3", "ocr-2", False),
        ("ocr-3", "ocr-3", True),
        ("ocr-3", "ocr", False),
        ("ocr", "ocr-3", False),
        ("ocr", "*", True),
    ],
)
def test_a_view_is_meant_by_its_name_with_the_default_severity_or_without(name, pattern, meant):
    """Tables write ``ocr-2`` where paths have ``ocr``."""
    assert is_view_named(name, pattern) is meant
