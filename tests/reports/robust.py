"""A run of views by hand: models on one task through perturbations at several severities."""

from __future__ import annotations

import math

from benchwright.types import (
    CellResult,
    ModelRef,
    PairedDifference,
    RobustnessScore,
    Run,
    RunSpec,
    Score,
)

LOSS = {"typo": 0.06, "case": 0.02, "irrelevant_sentence": 0.0}


def share(value, n, metric="accuracy@1", **more):
    """A share with an interval."""
    half = 1.96 * math.sqrt(max(value * (1 - value), 0.002) / n)
    return Score(metric=metric, value=value, low=max(0.0, value - half), high=min(1.0, value + half), n=n, **more)


def view(model, skill, perturbation, severity, **changes):
    """A model on a view of ``glue/sst2``, worse with severity."""
    n, variants = 800 - 20 * severity, 1600
    loss = LOSS[perturbation] * severity * skill
    fields = {
        "model": model,
        "suite": "robustness",
        "perturbation": perturbation,
        "severity": severity,
        "base": "glue/sst2",
        "split": "validation",
        "metric": "accuracy@1",
        "clean": share(skill, n),
        "perturbed": share(skill - loss, n),
        "difference": PairedDifference(value=-loss, low=-loss - 0.02, high=-loss + 0.02, p=0.0004, method="Tango"),
        "consistency": share(1 - loss * 1.5, n),
        "worst": share(skill - loss * 1.4, n),
        "draws": 2,
        "items": 872,
        "n": n,
        "variants": variants,
        "most": 3,
        "unchanged": 72,
        "unprojectable": 3,
        "unanswered": 0,
    }
    return RobustnessScore(**(fields | changes))


def build(sample, models=None, severities=(1, 2, 3)):
    """The run, with the clean cells and those of the views."""
    skills = models or {"minilm": 0.91, "tfidf": 0.8}
    scores = tuple(
        view(model, skill, perturbation, severity)
        for model, skill in skills.items()
        for perturbation in LOSS
        for severity in severities
    )
    cells = [
        CellResult(
            model=model,
            suite="glue",
            task="sst2",
            split="validation",
            status="scored",
            score=share(skill, 872, "score"),
            scores=(share(skill, 872),),
        )
        for model, skill in skills.items()
    ]
    cells += [
        CellResult(
            model=one.model,
            suite="robustness",
            task=one.task_path.removeprefix("robustness/"),
            split="validation",
            status="scored",
            score=one.perturbed,
            scores=(one.perturbed,),
        )
        for one in scores
    ]
    card = sample.card("sst2")
    tasks = {"glue/sst2": card} | {
        one.task_path: sample.card(one.task_path.removeprefix("robustness/"), view_of=one.base) for one in scores
    }
    return Run(
        schema=1,
        name="robust",
        spec=RunSpec(models=tuple(ModelRef(name=name, adapter="x") for name in skills), suites=("robustness",)),
        cells=tuple(cells),
        aggregates=(),
        robustness=scores,
        environment={},
        created="2026-11-26T20:00:00Z",
        complete=True,
        tasks=tasks,
    )
