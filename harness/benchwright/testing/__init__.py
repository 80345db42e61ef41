"""The plugin contract as importable test lists: `check_suite`, `check_adapter`, `check_metric`, `check_report`.

Each runs every check of its list, so one call in a test is a plugin's whole contract test.
"""

from __future__ import annotations

from benchwright.testing.adapter import MakeModel, check_adapter
from benchwright.testing.metric import check_metric
from benchwright.testing.report import check_report
from benchwright.testing.suite import check_suite

__all__ = ["MakeModel", "check_adapter", "check_metric", "check_report", "check_suite"]
