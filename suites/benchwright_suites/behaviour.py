"""Behavioural tests (MFT, INV, DIR): suites of our own, and any suite of yours in the portable format."""

from __future__ import annotations

from benchwright.types import Suite

suite = Suite(
    name="behaviour",
    version=1,
    tasks=(),
    configured="benchwright_suites._behaviour.own_suite:configure",
    description="Behavioural tests of what an average score hides: behaviour/NAME?path=FILE.jsonl for a suite of yours.",
)
