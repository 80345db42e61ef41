"""Numbers for people: rounding, signs, and nothing where there is nothing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright import formatting
from benchwright.inert import visible
from benchwright.types import Score


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.9213, "fraction", "92.13"),
        (1.0, "fraction", "100.00"),
        (-0.031, "fraction", "−3.10"),
        (-0.00001, "fraction", "0.00"),
        (0.32, "number", "0.32"),
        (12345.6, "number", "12,346"),
        (None, "fraction", "–"),
        (math.nan, "fraction", "–"),
        (math.inf, "number", "–"),
        (True, "fraction", "–"),
    ],
)
def test_number(value, unit, expected):
    """Fractions are in hundredths with two decimals, other units keep five digits, what is no number is a dash."""
    assert formatting.value(value, unit) == expected


@given(st.floats(min_value=-1, max_value=1))
def test_number_is_the_rounded_value(value):
    """Read back, a printed number is the value to two decimals of a hundredth."""
    shown = float(formatting.value(value).replace("−", "-"))

    assert shown == pytest.approx(value * 100, abs=0.00500001)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda part: st.lists(part) | st.dictionaries(st.text(), part),
    )
)
def test_plain_never_prints_what_is_no_number(value):
    """Any JSON value becomes text without control characters."""
    text = formatting.plain(value)

    assert text == visible(text)
    assert formatting.plain(math.nan) == formatting.UNDEFINED


def test_estimate_without_interval():
    """A score without interval is its value alone, one with only one end too."""
    assert formatting.estimate(Score(metric="m", value=0.5)) == "50.00"
    assert formatting.estimate(Score(metric="m", value=0.5, low=0.4)) == "50.00"
    assert formatting.estimate(Score(metric="m", value=0.5, low=0.4, high=0.6)) == "50.00 [40.00, 60.00]"


def test_clip_keeps_both_ends():
    """Model names differ at either end, so both stay."""
    assert formatting.clip_middle("distilbert-base-uncased", 20) == "distilbert…e-uncased"
    assert len(formatting.clip_middle("x" * 99, 20)) == 20
    assert formatting.clip("abcdef", 4) == "abc…"


def test_seconds():
    """Times are told in the unit people use."""
    assert [formatting.seconds(value) for value in (0.00177, 0.841, 2.3, 12.31, 245, None)] == [
        "1.77 ms",
        "841 ms",
        "2.30 s",
        "12.3 s",
        "4 min 05 s",
        "–",
    ]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (90_912_345, "bytes", "90.91 MB"),
        (512, "bytes", "512 B"),
        (2.5e15, "bytes", "2.5 PB"),
        (-1_500, "bytes", "−1.5 kB"),
        (22_713_216, "count", "22.71 M"),
        (0.973, "share", "97.3 %"),
        (-0.0001, "share", "0.0 %"),
        (0.0123, "seconds", "12.3 ms"),
        (1234.5, "per_second", "1,234/s"),
        (3.21, "per_second", "3.21/s"),
        (56.78, "per_second", "56.8/s"),
        (0.000_123, "seconds", "123 us"),
        (0.000_999_7, "seconds", "1 ms"),
        (0.0123, "joules", "12.3 mJ"),
        (0.4, "per_million", "0.4 per million"),
        (1234.5, "per_million", "1,234 per million"),
        (1_250, "joules", "1.25 kJ"),
        (1e30, "bytes", "1e+30 B"),
        (2e6, "count", "2 M"),
        (-0.01, "share", "−1.0 %"),
    ],
)
def test_every_unit_has_one_way_to_be_written(value, unit, expected):
    """Sizes in decimal prefixes with four digits, shares in percent, times in what people use."""
    assert formatting.value(value, unit) == expected
    assert formatting.value(None, unit) == "–"


def test_changes_have_a_sign():
    """A gain has a plus, nothing has none, an interval of changes has both."""
    assert [formatting.change(one) for one in (0.012, -0.012, 0.00001, None)] == ["+1.20", "−1.20", "0.00", "–"]
    assert formatting.interval_of_change(-0.001, 0.0231) == "[−0.10, +2.31]"
    assert formatting.interval_of_change(None, 0.0231) == ""
    assert [formatting.with_sign(one) for one in (-0.02, 0.02)] == ["−0.02", "+0.02"]
    assert formatting.with_sign(-0.0986412, "+.5f") == "−0.09864"
    assert formatting.interval(0.959, 0.983, "share") == "[95.9, 98.3]"


def test_probabilities():
    """p has two digits below 0.1 and two decimals above; what resamples never showed is not claimed to be certain."""
    ps = (0.00001, 0.0031, 0.42, 1.0, None)
    assert [formatting.p_value(p) for p in ps] == ["< 0.0001", "0.0031", "0.42", "1.00", "–"]
    assert [formatting.p_equals(p) for p in ps[:3]] == ["< 0.0001", "= 0.0031", "= 0.42"]
    assert [formatting.probability(p) for p in (0.0, 0.004, 0.53, 0.999, 1.0)] == [
        "0 %",
        "< 1 %",
        "53 %",
        "> 99 %",
        "100 %",
    ]


def test_values_that_differ_never_read_alike():
    """A limit of 50 MB and one byte more are told with every digit."""
    assert formatting.distinct(50_000_000, 50_000_001, "bytes") == ("50,000,000 B", "50,000,001 B")
    assert formatting.distinct(0.9, 0.8, "fraction") == ("90.00", "80.00")
    assert formatting.distinct(0.9, 0.9, "fraction") == ("90.00", "90.00")


@pytest.mark.parametrize(
    ("one", "other", "unit", "texts"),
    [
        (0.05, 0.049999, "seconds", ("50 ms", "49.999 ms")),
        (1.5, 1.50001, "seconds", ("1.5 s", "1.50001 s")),
        (300.0, 300.0001, "per_second", ("300/s", "300.0001/s")),
        (0.4, 0.4000001, "per_million", ("0.4 per million", "0.4000001 per million")),
        (0.05, 0.04, "seconds", ("50 ms", "40 ms")),
    ],
)
def test_two_values_that_would_read_alike_have_every_digit_and_their_unit(one, other, unit, texts):
    """Else a limit of 49.999 ms is broken by a latency of `0.05`, or by one of 50 ms with `at most 50 ms`."""
    assert formatting.distinct(one, other, unit) == texts
