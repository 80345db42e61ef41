"""Numbers for people: rounding, signs, and nothing where there is nothing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.render import numbers
from benchwright.types import Score


@pytest.mark.parametrize(
    ("value", "hundredfold", "expected"),
    [
        (0.9213, True, "92.13"),
        (1.0, True, "100.00"),
        (-0.031, True, "−3.10"),
        (-0.00001, True, "0.00"),
        (0.32, False, "0.32"),
        (12345.6, False, "12,346"),
        (None, True, "–"),
        (math.nan, True, "–"),
        (math.inf, False, "–"),
        (True, True, "–"),
    ],
)
def test_number(value, hundredfold, expected):
    """Fractions are percentages with one decimal, other units keep four digits, what is no number is a dash."""
    assert numbers.number(value, hundredfold=hundredfold) == expected


@given(st.floats(min_value=-1, max_value=1))
def test_number_is_the_rounded_value(value):
    """Read back, a printed number is the value to one decimal of a hundredth."""
    shown = float(numbers.number(value).replace("−", "-"))

    assert shown == pytest.approx(value * 100, abs=0.05000001)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda part: st.lists(part) | st.dictionaries(st.text(), part),
    )
)
def test_plain_never_prints_what_is_no_number(value):
    """Any JSON value becomes text without control characters."""
    text = numbers.plain(value)

    assert text == numbers.printable(text)
    assert numbers.plain(math.nan) == numbers.NOTHING


def test_estimate_without_interval():
    """A score without interval is its value alone, one with only one end too."""
    assert numbers.estimate(Score(metric="m", value=0.5)) == "50.00"
    assert numbers.estimate(Score(metric="m", value=0.5, low=0.4)) == "50.00"
    assert numbers.estimate(Score(metric="m", value=0.5, low=0.4, high=0.6)) == "50.00 [40.00, 60.00]"


def test_clip_keeps_both_ends():
    """Model names differ at either end, so both stay."""
    assert numbers.clip_middle("distilbert-base-uncased", 20) == "distilbert…e-uncased"
    assert len(numbers.clip_middle("x" * 99, 20)) == 20
    assert numbers.clip("abcdef", 4) == "abc…"


def test_seconds():
    """Times are told in the unit people use."""
    assert [numbers.seconds(value) for value in (0.841, 12.31, 245, None)] == ["0.84 s", "12.3 s", "4 min 05 s", "–"]
