"""Names of the columns that rows of a behavioural suite have; cards and readers name them alike."""

from __future__ import annotations

TARGET, CASE, CLUSTER = "@target", "@case", "@cluster"
"""Columns of what is expected, of the case (`TEST/CASE`), and of what is resampled together (template, or else the case)."""

TEST, CAPABILITY, TYPE = "@test", "@capability", "@type"
"""Columns of the slices that every suite has."""


def group_column(name: str) -> str:
    """Column of a group."""
    return f"@{name}"
