"""A run as JSON: what `run`, `show`, `profile` and `explain` print with ``--format json``."""

from __future__ import annotations

from typing import Any

import msgspec

from benchwright.quantities import positive_of
from benchwright.render.hardware import profile_quantities
from benchwright.render.hardware_words import unit_in_words
from benchwright.types import CellResult, Profile, Run, Score, Task


def result_json(run: Run) -> dict[str, Any]:
    """The documented JSON of a run."""
    return {
        "run": run.name,
        "schema": run.schema,
        "models": [msgspec.to_builtins(model) for model in run.spec.models],
        "results": [_result_json(cell, run.tasks.get(cell.task_path)) for cell in run.cells],
        "aggregates": [msgspec.to_builtins(score) for score in run.aggregates],
        "robustness": [msgspec.to_builtins(score) for score in run.robustness],
        "bias": [msgspec.to_builtins(score) for score in run.bias],
        "gaps": [msgspec.to_builtins(gap) for gap in run.gaps],
        "precisions": [{**msgspec.to_builtins(one), "times": one.times} for one in run.precisions],
        "variants": [{**msgspec.to_builtins(one), "per_second": one.per_second} for one in run.variants],
        "profiles": [_profile_json(profile) for profile in run.profiles],
        "explanations": [msgspec.to_builtins(one) for one in run.explanations],
        "explanation_agreement": [msgspec.to_builtins(one) for one in run.explanation_agreement],
    }


def _profile_json(profile: Profile) -> dict[str, Any]:
    """A profile with its task as `results` names it, and the unit of each quantity in words; defaults are written out."""
    quantities = [
        {
            "quantity": found.quantity,
            "condition": place,
            **{name: getattr(found, name) for name in ("value", "low", "high", "n", "reason", "method")},
            "unit": unit_in_words(found.quantity),
        }
        for place, found in profile_quantities(profile)
    ]
    return {**msgspec.to_builtins(profile), "task": profile.task_path, "quantities": quantities}


def _result_json(cell: CellResult, task: Task | None) -> dict[str, Any]:
    overall = [score for score in cell.scores if score.slice is None]
    return {
        "model": cell.model,
        "suite": cell.suite,
        "task": cell.task,
        "split": cell.split,
        "status": cell.status,
        "reason": cell.reason,
        "metrics": {score.metric.partition("@")[0]: _score_json(score, task) for score in overall},
        "slices": [
            {**_score_json(score, task), "metric": score.metric, "slice": score.slice}
            for score in cell.scores
            if score.slice
        ],
        "score": _score_json(cell.score, task) if cell.score else None,
        "ledger": msgspec.to_builtins(cell.ledger),
        "seconds": cell.seconds,
        "reused": cell.reused,
        "alarms": msgspec.to_builtins(cell.alarms),
        "caveats": msgspec.to_builtins(task.caveats if task else ()),
        "training": msgspec.to_builtins(cell.training),
        "key": cell.key,
    }


def _score_json(score: Score, task: Task | None) -> dict[str, Any]:
    fields = ("value", "low", "high", "n", "unit", "counts", "errored", "skipped", "clusters", "method", "alarms")
    about = {"positive": positive_of(score.metric, task, score.slice)}
    return {field: msgspec.to_builtins(getattr(score, field)) for field in fields} | about
