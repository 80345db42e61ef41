"""One spelling, one label: what is the same by rule, what merely looks alike, and what is neither."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.labels import canonical, describe, looks_like
from benchwright.spelling import difference, is_fraction, look, look_alikes, spelling
from benchwright.types import Label


@pytest.mark.parametrize(
    "same",
    [
        [1, 1.0, "1", "1.0", " 1.00\u00a0", np.int64(1), np.float32(1.0), Decimal("1.0")],
        [0, -0.0, "-0", "0.0", "-0.0"],
        [-1, "-1", -1.0, "-1.0"],
        [True, "true", "True", "TRUE "],
        ["Pol\u00edtica", "Poli\u0301tica", "\tPol\u00edtica\r"],
        [0.5, "0.5", Decimal("0.5")],
    ],
)
def test_the_same_by_rule(same):
    """Whole numbers, truth values, Unicode normal forms and surrounding white space make no second label."""
    assert len({spelling(value) for value in same}) == 1


@pytest.mark.parametrize("nothing", [None, float("nan"), ["a"], {"a": 1}, b"a", Decimal("NaN")])
def test_what_spells_no_label(nothing):
    """A list, an object and nothing at all are no spelling."""
    assert spelling(nothing) is None


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Good", "good", "letter case"),
        ("not-toxic", "not_toxic", "blank, hyphen or underscore"),
        ("non toxic", "nontoxic", "blank, hyphen or underscore"),
        ("Non Toxic", "nontoxic", "letter case and blank, hyphen or underscore"),
        ("good", "go\u200bod", "invisible characters (U+200B)"),
        ("good", "good\ufeff", "invisible characters (U+FEFF)"),
        ("1", "01", "how the number is written"),
        ("1", "+1", "how the number is written"),
        ("1000", "1e3", "how the number is written"),
        ("1e+16", "10000000000000000", "how the number is written"),
        ("a", '"a"', "quotes around it"),
        ("1", "true", "being a number and a truth value"),
        ("good", "\uff47ood", "characters of the same shape (U+FF47)"),
        ("cat", "\u0441at", "characters of the same shape (U+0441)"),
        ("-1", "\u22121", "characters of the same shape (U+2212)"),
        ("B-PER", "B-per", "letter case"),
    ],
)
def test_look_alikes_are_told_with_their_difference(one, other, why):
    """Two spellings that a reader takes for one another are a pair, and the message says why they are two."""
    assert spelling(one) != spelling(other)
    assert look_alikes(["x", one, other, one]) == [(one, other)]
    assert difference(one, other) == why


@pytest.mark.parametrize(
    ("one", "other"), [("-1", "1"), ("A+", "A-"), ("1-0", "10"), ("1.1", "1.10"), ("C", "C#"), ("0", "O"), ("10", "1")]
)
def test_other_labels_do_not_look_alike(one, other):
    """Signs, grades, sections and digits are different to the eye too."""
    assert look_alikes([one, other]) == []


@pytest.mark.parametrize(("name", "fraction"), [("0.5", True), ("3,25", True), ("-1.5e-3", True), ("1.0", False), ("1,0", False), ("1", False), ("v1.5", False), ("a,5", False), ("1.2.3", False)])  # fmt: skip
def test_fractions_are_numbers_that_are_not_whole(name, fraction):
    """A decimal point or comma between digits makes a score, unless the number is whole."""
    assert is_fraction(name) is fraction


@given(st.text(max_size=8), st.text(max_size=8))
def test_the_rules_are_equivalences(one, other):
    """The normal form is stable, and what is the same looks the same."""
    assert spelling(spelling(one)) == spelling(one)
    assert look(look(one)) == look(look(look(one)))
    if spelling(one) == spelling(other):
        assert look_alikes([one, other]) == []


def test_labels_that_were_found_have_one_spelling_and_no_number():
    """No id, no other letter case; the look-alike is named. Labels that were stated are read in both."""
    found = (Label(name="fake", id=0, found=True), Label(name="real", id=1, found=True))
    stated = (Label(name="fake", id=0), Label(name="real", id=1))
    for value, meant in ((0, None), ("1", None), (1.0, None), ("Real", None), (" real ", "real"), ("re\u200bal", None)):
        assert canonical(value, found) == meant
    assert looks_like("Real", found) == looks_like("re\u200bal", found) == "real"
    assert looks_like("real", found) is looks_like("other", found) is None
    assert [canonical(value, stated) for value in (0, "1.0", "Real", "re\u200bal")] == ["fake", "real", "real", None]
    assert (describe(found), describe(stated)) == ("fake, real", "0 fake, 1 real")


def test_stated_labels_that_differ_in_letter_case_alone_are_two():
    """Where folding means several labels it means none; the exact spelling still means its own."""
    labels = (Label(name="a", id=0), Label(name="A", id=1))
    assert [canonical(value, labels) for value in ("a", "A", "a ")] == ["a", "A", "a"]
    assert canonical("B", (Label(name="b", id=0), Label(name="x", id=1, aliases=("b",)))) == "b"
