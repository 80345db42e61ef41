"""Refusals say what was given and what was expected."""

import pytest

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import cluster_codes, finite, one_of, whole, within


def test_refusals_count_what_is_wrong():
    """The number of bad values, the shape, the range or the choices are told."""
    for call, words in (
        (lambda: finite("values", [1.0, float("nan"), float("inf")]), "values holds 2 of 3"),
        (lambda: finite("values", [1.0], 2), "values has 1 dimensions"),
        (lambda: within("alpha", 0.0, 0, 1), "between 0 and 1"),
        (lambda: within("alpha", float("nan"), 0, 1, ends=True), "from 0 to 1"),
        (lambda: one_of("side", "up", ("lower", "upper")), "lower, upper"),
        (lambda: whole("n", 2.5), "whole number"),
        (lambda: whole("n", float("inf")), "whole number"),
        (lambda: whole("n", 0, 1), "1 or more"),
        (lambda: cluster_codes(["a"], 2), "one cluster per item"),
    ):
        with pytest.raises(BenchwrightError) as refused:
            call()
        assert words in str(refused.value)


def test_good_values_pass():
    """What is right comes back as it is, clusters as numbers."""
    assert finite("x", [[1, 2]]).tolist() == [[1.0, 2.0]]
    assert within("x", 1, 0, 1, ends=True) == 1.0
    assert whole("n", 3.0) == 3
    assert cluster_codes(["b", "a", "b"], 3).tolist() == [1, 0, 1]
