"""The nouns of benchwright: frozen values, keyword-only, JSON in and out.

*Specs* (Task, Suite, ModelRef, RunSpec) are written by people; *states* (Facts, Record, Score, Run) are produced by the
program. None of them does anything: verbs are functions elsewhere.
"""

from __future__ import annotations

from benchwright.types.base import ENGINE, KEY, RESULTS, SCHEMA, Frozen, Kind
from benchwright.types.examples import Example, Prediction, Record
from benchwright.types.models import CellKey, Facts, LabelMap, ModelRef
from benchwright.types.plans import DAMAGED, RERUN_ALWAYS, PlannedCell, Status
from benchwright.types.plugins import Adapter, Context, Report, ReportOptions, Session
from benchwright.types.results import (
    AggregateScore,
    Alarm,
    CellResult,
    HeldBack,
    Ledger,
    Placed,
    Run,
    RunSpec,
    Score,
    Training,
)
from benchwright.types.sources import Cluster, Dataset, Files, Hub, Source
from benchwright.types.tasks import Aggregate, Custom, Label, Published, Suite, Task

__all__ = [
    "DAMAGED",
    "ENGINE",
    "KEY",
    "RERUN_ALWAYS",
    "RESULTS",
    "SCHEMA",
    "Adapter",
    "Aggregate",
    "AggregateScore",
    "Alarm",
    "CellKey",
    "CellResult",
    "Cluster",
    "Context",
    "Custom",
    "Dataset",
    "Example",
    "Facts",
    "Files",
    "Frozen",
    "HeldBack",
    "Hub",
    "Kind",
    "Label",
    "LabelMap",
    "Ledger",
    "ModelRef",
    "Placed",
    "PlannedCell",
    "Prediction",
    "Published",
    "Record",
    "Report",
    "ReportOptions",
    "Run",
    "RunSpec",
    "Score",
    "Session",
    "Source",
    "Status",
    "Suite",
    "Task",
    "Training",
]
