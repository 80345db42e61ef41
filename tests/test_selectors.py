"""What `--suite` names: suites, tasks, and tasks with options."""

import pytest

from benchwright.config import parse_selector, split_selectors
from benchwright.errors import BenchwrightError


@pytest.mark.parametrize(
    ("text", "suite", "task", "options"),
    [
        ("glue", "glue", "", {}),
        ("glue/sst2", "glue", "sst2", {}),
        (
            "classification/custom?path=a/b.csv&labels=bad,good&name=my=x",
            "classification",
            "custom",
            {"path": "a/b.csv", "labels": "bad,good", "name": "my=x"},
        ),
    ],
)
def test_a_selector_is_read(text, suite, task, options):
    """Suite, task and options are told apart."""
    found = parse_selector(text)

    assert (found.suite, found.task, found.options) == (suite, task, options)


@pytest.mark.parametrize("text", ["a/b?path", "a/b?=x", "a/b?path=x&path=y", "a/b?token=hf_abcdefghijklmnop"])
def test_a_wrong_option_is_refused(text):
    """An option without a value, given twice or with a secret is told."""
    with pytest.raises(BenchwrightError):
        parse_selector(text)


def test_commas_behind_a_question_mark_belong_to_the_option():
    """Selectors are cut at commas until options begin; a list in an option stays whole."""
    assert split_selectors(("glue/sst2, starter,classification/custom?path=a&labels=bad,good", "nli")) == (
        "glue/sst2",
        "starter",
        "classification/custom?path=a&labels=bad,good",
        "nli",
    )
    assert split_selectors((" , ",)) == ()
