"""Padding efficiency and the achieved share: numbers by hand; what is not known says why."""

import pytest

from benchwright.measuring.work import achieved_share, flops_per_input, padding_efficiency, read_work
from benchwright.types import MeasuredQuantity, Reading, Work


class Counts:
    """A session that counts: a letter is a token, a query is one batch, a token costs 10 and a pair of tokens 1."""

    def __init__(self, reason=""):
        self._reason = reason

    def count_tokens(self, examples):
        return [len(one) for one in examples]

    def count_work(self, examples):
        sizes, longest = self.count_tokens(examples), max(map(len, examples))
        known = not self._reason
        return Work(
            inputs=len(examples),
            rows=len(examples),
            tokens=sum(sizes),
            padded_tokens=longest * len(examples),
            flops=sum(10 * s + s * s for s in sizes) if known else None,
            padded_flops=len(examples) * (10 * longest + longest**2) if known else None,
            reason=self._reason,
        )


QUERIES = [["aaaa", "aa"], ["aaa"]]


def test_work_of_queries_is_added_up():
    """Tokens 4 + 2 + 3, with padding 4 + 4 + 3; operations 56 + 24 + 39, with padding 56 + 56 + 39."""
    found = {one.quantity: one.value for one in read_work(Counts(), QUERIES)}

    assert found == {"work_inputs": 3, "tokens": 9, "padded_tokens": 11, "flops": 119, "padded_flops": 151}
    assert padding_efficiency(read_work(Counts(), QUERIES)).value == pytest.approx(119 / 151)
    assert flops_per_input(read_work(Counts(), QUERIES)).value == pytest.approx(119 / 3)


def test_operations_that_are_not_known_are_none_with_the_reason_and_padding_is_told_of_tokens():
    found = read_work(Counts("the operations of t5 are not counted here"), QUERIES)
    flops = next(one for one in found if one.quantity == "flops")
    padding = padding_efficiency(found)

    assert (flops.value, flops.reason) == (None, "the operations of t5 are not counted here")
    assert padding.value == pytest.approx(9 / 11)
    assert padding.method == "tokens / tokens with padding"
    assert flops_per_input(found).reason == "the operations of t5 are not counted here"
    share = achieved_share(found, MeasuredQuantity(quantity="throughput", value=5.0))
    assert (share.value, share.reason) == (None, "the operations of t5 are not counted here")


def test_a_session_that_counts_nothing_says_so():
    found = read_work(object(), QUERIES)

    assert {one.value for one in found} == {None}
    assert padding_efficiency(found).reason == "the adapter does not count tokens and operations"


def test_the_share_that_is_achieved_is_operations_a_second_over_the_best_rate():
    """119 / 3 operations an input, 60 inputs a second: 2,380 FLOP/s of 9,520 are a quarter; its interval comes along."""
    rates = [
        Reading(quantity="matrix_rate", value=rate, source="NumPy, float32", phase="start") for rate in (9000.0, 9520.0)
    ]
    readings = (*read_work(Counts(), QUERIES), *rates)
    share = achieved_share(readings, MeasuredQuantity(quantity="throughput", value=60.0, low=30.0, high=120.0, n=7))

    assert (share.value, share.low, share.high, share.n) == (0.25, 0.125, 0.5, 7)
    assert "NumPy, float32" in share.method


def test_without_a_rate_or_a_throughput_there_is_no_share():
    readings = read_work(Counts(), QUERIES)
    rate = Reading(quantity="matrix_rate", value=1000.0)

    assert (
        achieved_share(readings, MeasuredQuantity(quantity="throughput", value=1.0)).reason
        == "matrix_rate was not measured"
    )
    assert achieved_share((*readings, rate), None).reason == "no throughput was measured"
    refused = Reading(quantity="matrix_rate", value=None, reason="no product of float16 matrices here")
    assert achieved_share((*readings, refused), None).reason == "no product of float16 matrices here"
