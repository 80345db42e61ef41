"""A limit carries its unit, is read exactly, and whatever could be meant two ways is refused with what to type."""

import contextlib
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright import limit_texts
from benchwright.errors import BenchwrightError
from benchwright.limit_texts import limit_text, read_limit
from benchwright.quantities import BUILT_IN, MEASURED, meant_by


@pytest.mark.parametrize(
    ("text", "quantity", "value"),
    [
        ("50 ms", "latency_p90", 0.05),
        ("50ms", "latency_p90", 0.05),
        ("1.5 s", "cold_start", 1.5),
        ("200 us", "latency_p50", 0.0002),
        ("200 µs", "latency_p50", 0.0002),
        ("2 min", "cold_start", 120.0),
        ("800 MB", "host_memory_peak", 8e8),
        ("800 mb", "host_memory_peak", 8e8),
        ("1.2 GiB", "gpu_memory_peak", 1.2 * 2**30),
        ("300 /s", "throughput", 300.0),
        ("300/s", "throughput", 300.0),
        ("300 per second", "tokens_per_second", 300.0),
        ("12 J", "energy", 12.0),
        ("5 mJ", "energy", 0.005),
        ("0.4 per million", "cost", 0.4),
        ("30 M", "parameters", 3e7),
        ("30000000", "parameters", 3e7),
        (30_000_000, "parameters", 3e7),
        ("1e3 us", "latency_p50", 0.001),
    ],
)
def test_a_limit_is_read_in_seconds_bytes_and_joules(text, quantity, value):
    """Whatever unit was typed, with or without a blank before it."""
    assert read_limit(text, BUILT_IN[quantity]) == value


@pytest.mark.parametrize(
    ("given_", "quantity", "told", "next_"),
    [
        (50, "latency_p90", "50 has no unit, and latency_p90 has one", "write 50 ms"),
        ("50", "latency_p90", "50 has no unit", "write 50 ms"),
        (0.05, "latency_p90", "0.05 has no unit", "write 0.05 s"),
        (250_000_000, "size_bytes", "250000000 has no unit", "write 250 MB"),
        (300, "throughput", "300 has no unit", "write 300 /s"),
        (0.4, "cost", "0.4 has no unit", "write 0.4 per million"),
        ("50 MB", "latency_p90", "'MB' is no unit of latency_p90", "write 50 ms"),
        ("50 ms", "host_memory_peak", "'ms' is no unit of host_memory_peak", "write 50 MB"),
        ("50 ms", "parameters", "'ms' is no unit of parameters", "write 50"),
        ("50 sms", "latency_p90", "'sms' is no unit", "did you mean"),
        ("-5 ms", "latency_p90", "below 0", "write 50 ms"),
        ("−5 ms", "latency_p90", "below 0", "write 50 ms"),
        (-5, "parameters", "below 0", "write 30 M"),
        ("nan", "latency_p90", "no number", "write 50 ms"),
        (math.nan, "parameters", "no limit", "write 30 M"),
        (math.inf, "parameters", "no limit", "write 30 M"),
        ("inf s", "latency_p90", "no number", "write 50 ms"),
        ("1e999 s", "latency_p90", "too large", "write 50 ms"),
        ("1e308 TB", "size_bytes", "too large", "write 800 MB"),
        ("1,000 ms", "latency_p90", "a comma or a mark between digits", "write 50 ms"),
        ("1,5 s", "latency_p90", "a comma or a mark between digits", "write 50 ms"),
        ("1'000 ms", "latency_p90", "a comma or a mark between digits", "write 50 ms"),
        ("1_000 ms", "latency_p90", "a comma or a mark between digits", "write 50 ms"),
        ("1 000 ms", "latency_p90", "no number", "write 50 ms"),
        ("1e5e5 s", "latency_p90", "no number", "write 50 ms"),
        ("٣ ms", "latency_p90", "no number", "write 50 ms"),
        ("", "latency_p90", "no number", "write 50 ms"),
        ("9" * 80 + " s", "latency_p90", "no number", "write 50 ms"),
        (True, "parameters", "no limit", "write 30 M"),
        (None, "latency_p90", "no limit", "write 50 ms"),
    ],
)
def test_what_could_be_meant_two_ways_is_refused_with_what_to_type(given_, quantity, told, next_):
    """A bare number, another unit, a sign, what is not finite, and marks that some write between digits."""
    with pytest.raises(BenchwrightError) as caught:
        read_limit(given_, BUILT_IN[quantity])
    assert told in caught.value.problem
    assert next_ in caught.value.hint
    assert len(caught.value.line) < 400


@given(
    st.floats(min_value=0, max_value=1e30, allow_nan=False, allow_infinity=False),
    st.sampled_from(sorted({one.unit for one in BUILT_IN.values()})),
)
def test_what_is_written_reads_back_as_the_same_number(value, unit):
    """Every finite value from 0, in every unit that has quantities."""
    quantity = replace(next(one for one in BUILT_IN.values() if one.unit == unit), name="of")
    assert read_limit(limit_text(value, unit), quantity) == value


@given(st.text(max_size=70))
def test_no_text_does_anything_else_than_be_read_or_refused(text):
    """Whatever stands in a file: a number from 0, or a message."""
    for name in ("latency_p50", "parameters", "cost"):
        with contextlib.suppress(BenchwrightError):
            assert 0 <= read_limit(text, BUILT_IN[name]) < math.inf


def test_each_message_tells_a_limit_that_is_right():
    """What it says to type is read without complaint, for every quantity."""
    for one in BUILT_IN.values():
        for number in (None, 0.05, 50, 123_456_789):
            assert read_limit(limit_texts.example(one, number), one) >= 0


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("latency", "latency_p50"),
        ("latency_p95_ms", "latency_p95"),
        ("p99", "latency_p99"),
        ("peak_memory", "host_memory_peak"),
        ("gpu_memory", "gpu_memory_peak"),
        ("qps", "throughput"),
        ("energy_per_query", "energy"),
        ("cost_usd", "cost"),
        ("startup", "cold_start"),
    ],
)
def test_a_name_that_is_nearly_a_quantity_says_which_are_meant(name, meant):
    """Also one with a unit in it; a quantity itself and other names mean nothing else."""
    assert meant in meant_by(name)
    assert set(meant_by(name)) <= set(MEASURED)
    assert meant_by("latency_p50") == meant_by("accuracy") == meant_by("score") == ()
