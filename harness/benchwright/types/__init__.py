"""The nouns of benchwright: frozen values, keyword-only, JSON in and out.

*Specs* (Task, Suite, ModelRef, RunSpec) are written by people; *states* (Facts, Record, Score, Run) are produced by the
program. None of them does anything: verbs are functions elsewhere.
"""

from __future__ import annotations

from benchwright.types.base import ENGINE, KEY, RESULTS, SCHEMA, Frozen, Kind
from benchwright.types.examples import Example, Prediction, Record
from benchwright.types.models import CellKey, Facts, LabelMap, ModelRef
from benchwright.types.plans import DAMAGED, RERUN_ALWAYS, CellJob, CellPlace, PlannedCell, Status
from benchwright.types.plugins import Adapter, Context, Derives, Describes, ReadsFiles, Report, ReportOptions, Session
from benchwright.types.results import (
    AggregateScore,
    Alarm,
    CellResult,
    Ledger,
    PlacedAlarm,
    Run,
    RunSpec,
    Score,
    Training,
    ValidationPoint,
)
from benchwright.types.sources import Cluster, Dataset, Files, Hub, Source
from benchwright.types.tasks import (
    TASK_CLASSES,
    Aggregate,
    AnyTask,
    ChoiceTask,
    ClassificationTask,
    Custom,
    EmbeddingTask,
    FillTask,
    GenerationTask,
    Label,
    LikelihoodTask,
    Published,
    RegressionTask,
    SpanTask,
    Suite,
    TaggingTask,
    Task,
)

__all__ = [
    "DAMAGED",
    "ENGINE",
    "KEY",
    "RERUN_ALWAYS",
    "RESULTS",
    "SCHEMA",
    "TASK_CLASSES",
    "Adapter",
    "Aggregate",
    "AggregateScore",
    "Alarm",
    "AnyTask",
    "CellJob",
    "CellKey",
    "CellPlace",
    "CellResult",
    "ChoiceTask",
    "ClassificationTask",
    "Cluster",
    "Context",
    "Custom",
    "Dataset",
    "Derives",
    "Describes",
    "EmbeddingTask",
    "Example",
    "Facts",
    "Files",
    "FillTask",
    "Frozen",
    "GenerationTask",
    "Hub",
    "Kind",
    "Label",
    "LabelMap",
    "Ledger",
    "LikelihoodTask",
    "ModelRef",
    "PlacedAlarm",
    "PlannedCell",
    "Prediction",
    "Published",
    "ReadsFiles",
    "Record",
    "RegressionTask",
    "Report",
    "ReportOptions",
    "Run",
    "RunSpec",
    "Score",
    "Session",
    "Source",
    "SpanTask",
    "Status",
    "Suite",
    "TaggingTask",
    "Task",
    "Training",
    "ValidationPoint",
]
