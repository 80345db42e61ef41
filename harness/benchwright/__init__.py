"""benchwright: honest benchmarks for fine-tuned Transformer NLP models.

The public names are resolved when they are first used, so `import benchwright` loads neither numpy nor torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchwright.bias.on_demand import group_gaps as group_gaps
    from benchwright.comparison.compare import compare as compare
    from benchwright.explain_texts import explain as explain
    from benchwright.explanations.collection import Explanations as Explanations
    from benchwright.gate_run import gate as gate
    from benchwright.profile_run import profile as profile
    from benchwright.reporting import report as report
    from benchwright.run import evaluate as evaluate
    from benchwright.run import load_run as load_run
    from benchwright.score_history.ask import history as history
    from benchwright.selection.conclude import Selection as Selection
    from benchwright.selection.select import select as select
    from benchwright.types import Aggregate as Aggregate
    from benchwright.types import ChoiceTask as ChoiceTask
    from benchwright.types import ClassificationTask as ClassificationTask
    from benchwright.types import Example as Example
    from benchwright.types import Kind as Kind
    from benchwright.types import Label as Label
    from benchwright.types import Prediction as Prediction
    from benchwright.types import RegressionTask as RegressionTask
    from benchwright.types import Run as Run
    from benchwright.types import Source as Source
    from benchwright.types import SpanTask as SpanTask
    from benchwright.types import Suite as Suite
    from benchwright.types import TaggingTask as TaggingTask
    from benchwright.types import Task as Task

__version__ = "0.1.0"

_HOMES = {
    "compare": "benchwright.comparison.compare",
    "group_gaps": "benchwright.bias.on_demand",
    "evaluate": "benchwright.run",
    "Selection": "benchwright.selection.conclude",
    "explain": "benchwright.explain_texts",
    "Explanations": "benchwright.explanations.collection",
    "gate": "benchwright.gate_run",
    "history": "benchwright.score_history.ask",
    "load_run": "benchwright.run",
    "profile": "benchwright.profile_run",
    "report": "benchwright.reporting",
    "select": "benchwright.selection.select",
    "Aggregate": "benchwright.types",
    "ChoiceTask": "benchwright.types",
    "ClassificationTask": "benchwright.types",
    "Example": "benchwright.types",
    "Kind": "benchwright.types",
    "Label": "benchwright.types",
    "Prediction": "benchwright.types",
    "RegressionTask": "benchwright.types",
    "Run": "benchwright.types",
    "Source": "benchwright.types",
    "SpanTask": "benchwright.types",
    "Suite": "benchwright.types",
    "TaggingTask": "benchwright.types",
    "Task": "benchwright.types",
}

__all__ = [
    "Aggregate",
    "ChoiceTask",
    "ClassificationTask",
    "Example",
    "Explanations",
    "Kind",
    "Label",
    "Prediction",
    "RegressionTask",
    "Run",
    "Selection",
    "Source",
    "SpanTask",
    "Suite",
    "TaggingTask",
    "Task",
    "compare",
    "evaluate",
    "explain",
    "gate",
    "group_gaps",
    "history",
    "load_run",
    "profile",
    "report",
    "select",
]


def __getattr__(name: str) -> Any:
    """The public object of that name, imported now."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'benchwright' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
