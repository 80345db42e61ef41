"""`check_metric` finds what it is for: each test breaks a good metric in one way and reads what is found."""

from dataclasses import replace

import numpy as np
import pytest

from benchwright import registry
from benchwright.metrics.classification import hits
from benchwright.metrics.metric import Metric
from benchwright.testing import check_metric
from benchwright.types import Kind

ACCURACY = registry.get("metrics", "accuracy")


def _above(sums, task):
    return sums[..., 0] / sums[..., 1] * 1.5


def _early_counts_more(columns, weights):
    right = [target == output for target, output in zip(columns.targets, columns.outputs, strict=True)]
    return np.full(len(weights), np.average(right, weights=range(columns.n, 0, -1)) if right else np.nan)


def _undefined(sums, task):
    return np.full(np.shape(sums[..., 0]), np.nan)


def _unnormalised(sums, task):
    return np.minimum(sums[..., 0] / 60, 1.0)


def _flat(sums, task):
    return float(np.sum(sums[..., 0]) / np.sum(sums[..., 1]))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"compute": _above, "share": None}, "is outside 0 to 1"),
        ({"direction": "lower"}, "is `direction` right?"),
        ({"basis": None, "compute": None, "share": None, "compute_weighted": _early_counts_more}, "in reverse order"),
        ({"compute": _undefined, "share": None}, "the value over ordinary answers is nan"),
        ({"compute": _unnormalised, "share": None}, "over the same examples twice"),
        ({"compute": _flat, "share": None}, "values of shape (), not (2,)"),
        ({"share": lambda sums, task: (sums[..., 1] - sums[..., 0], sums[..., 1])}, "the value is"),
        ({"reference": " "}, "title or reference is empty"),
        ({"version": 0}, "the version is 0"),
        ({"low": 2.0}, "the range runs from 2 to 1"),
    ],
)
def test_broken_metric(change, found, found_by):
    """Each way of being wrong is found."""
    assert found in found_by(check_metric, replace(ACCURACY, **change))


def test_metric_without_fixture():
    """A kind that has no fixture yet is said to be skipped, never passed over."""
    metric = Metric(name="accuracy", title="t", kinds=(Kind.GENERATE,), reference="r", basis=hits, compute=_above)

    with pytest.raises(AssertionError, match=r"fails 1 of 4 checks"):
        check_metric(metric)
