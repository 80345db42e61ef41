"""The sample plugin keeps the contract; run it where the package is installed."""

from __future__ import annotations

import pytest

from benchwright.testing import check_adapter, check_metric, check_report, check_suite

INSTALL = "pip install --no-deps --no-build-isolation --editable tests/sample_plugin"

pytest.importorskip("benchwright_sample", reason=f"benchwright-sample is not installed: {INSTALL}")


def test_suite():
    """The suite keeps the contract, and its data are read."""
    from benchwright_sample.tickets import suite

    passed = check_suite(suite)

    assert "tickets/validation: rows become examples" in passed


def test_adapter():
    """The adapter keeps the contract on one text and on two."""
    from benchwright_sample.keywords import adapter

    passed = check_adapter(adapter)

    assert {"polarity: runs through the engine", "entailment: runs through the engine"} <= set(passed)


def test_metric():
    """The metric keeps the contract, undefined values included."""
    from benchwright_sample.misses import miss_rate

    passed = check_metric(miss_rate)

    assert "two labels: extreme inputs give a value or a flag" in passed


def test_report():
    """The report keeps the contract, for results without a number too."""
    from benchwright_sample.outline import report

    from benchwright import registry

    if "outline" not in registry.entries("reports"):
        pytest.skip(f"the installed sample is older than its report: {INSTALL}")
    passed = check_report(report)

    assert "names models, tasks and reasons" in passed
