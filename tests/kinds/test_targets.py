"""Gold cells become canonical targets, whatever their spelling, or are refused."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright import kinds
from benchwright.kinds import InvalidTarget, MissingTarget, ReadOptions
from benchwright.kinds.regression import without_float32_noise
from benchwright.types import Kind, Label


def converter(task, class_names=(), scheme="IOB2"):
    """How a gold cell of the task becomes its target."""
    return kinds.of(task).read_target(task, ReadOptions(class_names=class_names, scheme=scheme))


def float32(value):
    """What a 32-bit column gives back for a number."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


@pytest.mark.parametrize("cell", ["positive", " Positive ", "POSITIVE", 1, 1.0, "1"])
def test_spellings(make_task, cell):
    """Names in any case, ids as numbers and ids as text are one label."""
    assert converter(make_task())(cell) == "positive"


def test_alias_and_booleans(make_task):
    """Aliases count as names; booleans match labels called true and false alone."""
    yes_no = (Label(name="False", id=0), Label(name="True", id=1, aliases=("yes",)))

    assert [converter(make_task(labels=yes_no))(cell) for cell in (True, "true", "YES", False)] == [
        "True",
        "True",
        "True",
        "False",
    ]
    assert converter(make_task())("NEG") == "negative"
    with pytest.raises(InvalidTarget):
        converter(make_task())(True)


def test_one_and_true_are_not_confused(make_task):
    """Having seen the id 1 does not make the boolean true a label, nor the other way round."""
    convert = converter(make_task())

    assert convert(1) == "positive"
    with pytest.raises(InvalidTarget):
        convert(True)


@pytest.mark.parametrize("cell", [None, "", "-", -1, "-1", -1.0])
def test_absent_gold(make_task, cell):
    """Minus one, a dash and nothing mean that there is no gold label."""
    with pytest.raises(MissingTarget):
        converter(make_task())(cell)


def test_class_names_decide(make_task):
    """A file's own class names are matched by name: its position 0 may be the task's label 1."""
    convert = converter(make_task(), ("positive", "negative"))

    assert [convert(0), convert(1)] == ["positive", "negative"]
    with pytest.raises(InvalidTarget, match=r"0 \(happy\)"):
        converter(make_task(), ("happy", "sad"))(0)


def test_class_names_that_say_nothing(make_task):
    """Class names 0 and 1 are ids."""
    assert converter(make_task(), ("0", "1"))(1) == "positive"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (["positive", "negative"], ("negative", "positive")),
        ("1|0", ("negative", "positive")),
        ("positive, positive", ("positive",)),
        ([], ()),
        ("good, bad", ("good, bad",)),
    ],
)
def test_label_sets(make_task, cell, expected):
    """Label sets come in id order, each label once, from lists and from text."""
    labels = (Label(name="negative", id=0), Label(name="positive", id=1), Label(name="good, bad", id=2))

    assert converter(make_task(labels=labels, multilabel=True))(cell) == expected


@pytest.mark.parametrize("cell", ["3.800", "3.8", 3.8, float32(3.8)])
def test_float32_trick(make_task, cell):
    """A score that a 32-bit column has rounded is the score that was written."""
    assert converter(make_task(kind=Kind.REGRESS, labels=(), value_range=(0, 5)))(cell) == 3.8


@given(st.integers(0, 5000))
def test_every_score_of_three_decimals_survives_32_bits(thousandths):
    """All scores that STS-B could hold are read alike from text and from 32 bits."""
    written = thousandths / 1000

    assert without_float32_noise(float32(written)) == without_float32_noise(written) == written


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_of_a_double_is_lost(value):
    """A number changes only if it is exactly a 32-bit float, and then still rounds to that float."""
    clean = without_float32_noise(value)

    assert clean == value or float32(clean) == float32(value) == value


@pytest.mark.parametrize("cell", ["nan", "inf", float("nan"), "1e999"])
def test_not_finite(make_task, cell):
    """A target that is not finite is refused."""
    with pytest.raises(InvalidTarget, match="not finite"):
        converter(make_task(kind=Kind.REGRESS, labels=()))(cell)


@pytest.mark.parametrize("cell", ["high", "1_0", True, "5.01", [1]])
def test_not_a_score(make_task, cell):
    """Words, booleans and numbers out of range are refused."""
    with pytest.raises(InvalidTarget):
        converter(make_task(kind=Kind.REGRESS, labels=(), value_range=(0, 5)))(cell)


def test_minus_one_may_be_a_score(make_task):
    """Minus one means no label only where it cannot be a score."""
    assert converter(make_task(kind=Kind.REGRESS, labels=(), value_range=(-2, 2)))("-1") == -1.0
    with pytest.raises(MissingTarget):
        converter(make_task(kind=Kind.REGRESS, labels=(), value_range=(0, 5)))(-1.0)


def test_options_and_tags(make_task):
    """Choices become 0-based numbers, by label where the options are named, and tags a tuple of names."""
    letters = (Label(name="A", id=0), Label(name="B", id=1))

    assert converter(make_task(kind=Kind.CHOOSE, labels=letters))("b") == 1
    assert converter(make_task(kind=Kind.CHOOSE, labels=()))("3") == 3
    assert converter(make_task(kind=Kind.TAG, labels=letters))(["a", "b"]) == ("A", "B")
    with pytest.raises(MissingTarget):
        converter(make_task(kind=Kind.CHOOSE, labels=()))(-1)
    with pytest.raises(InvalidTarget):
        converter(make_task(kind=Kind.CHOOSE, labels=()))("first")
