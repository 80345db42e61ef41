"""Patterns over CAPABILITY/TEST say which tests are meant, and what they miss is told with what is near."""

import pytest

from benchwright.comparison.cases import NamedTest
from benchwright.comparison.named_tests import TestSelection, matches

TESTS = (
    NamedTest(name="simple", capability="Negation", type="MFT"),
    NamedTest(name="not at the end", capability="Negation", type="MFT"),
    NamedTest(name="[typos] swap", capability="Robustness", type="INV"),
)


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("negation/*", 2),
        ("NEGATION/SIMPLE", 1),
        ("*/*", 3),
        ("*not*", 1),
        ("negation", 0),
        ("robustness/[typos] swap", 1),
        ("negation/simpl?", 1),
        ("simple", 1),
        ("sim*", 1),
    ],
)
def test_a_pattern_means_tests_by_capability_and_name(pattern, meant):
    """Letter case counts for nothing, a star stands for any letters, and a name in full means itself."""
    assert sum(matches(pattern, test) for test in TESTS) == meant


@pytest.mark.parametrize(
    ("selection", "said", "hint"),
    [
        (TestSelection(patterns=("negtion/*",)), "tests: 'negtion/*' means no test of b/s", "Negation"),
        (TestSelection(patterns=("negation",)), "tests: 'negation' means no test", "negation/*"),
        (TestSelection(patterns=("simpel",)), "tests: 'simpel' means no test", "simple"),
        (TestSelection(patterns=("negation/simpel",)), "means no test", "simple"),
        (TestSelection(capabilities=("Robust",)), "capability: 'Robust' means no test", "Robustness"),
        (TestSelection(type="DIR"), "type: 'DIR' means no test", ""),
        (TestSelection(patterns=("negation/*",), type="INV"), "no test of b/s is meant by tests, capability", ""),
    ],
)
def test_what_means_nothing_is_a_mistake_with_what_is_near(selection, said, hint):
    """Each part by itself, then all of them together."""
    (problem,) = selection.problems(TESTS, "b/s")
    assert said in problem.problem
    assert hint in problem.hint


def test_capability_and_type_narrow_the_tests_down():
    """All that is given has to hold."""
    selection = TestSelection(patterns=("*/*",), capabilities=("negation",), type="MFT")
    assert [test.name for test in TESTS if selection.holds(test)] == ["simple", "not at the end"]
