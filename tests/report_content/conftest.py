"""Runs whose answers are written down item by item, so that every difference can be counted by hand."""

from __future__ import annotations

import math

import pytest

from benchwright.errors import StoreError
from benchwright.report_content.content import assemble
from benchwright.testing.fixtures import build_task
from benchwright.types import (
    CellResult,
    Ledger,
    Machine,
    MeasuredQuantity,
    ModelRef,
    Profile,
    ProfileSpec,
    Record,
    ReportOptions,
    Run,
    RunSpec,
    Score,
)


def wilson(right, n, z=1.96):
    """The interval of a proportion, by its formula."""
    p = right / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


class Made:
    """A run of classifiers, with the records of each."""

    def __init__(self, answers, *, name="r", adapters=None, caveats=(), limit=None, complete=True, profiles=()):
        """``answers``: model -> task -> ``1`` for a right and ``0`` for a wrong answer, ``e`` for none, item by item."""
        tasks = list(dict.fromkeys(task for each in answers.values() for task in each))
        self.records = {
            f"{name}-{model}-{task}": [
                Record(id=str(at), target="yes", error="none")
                if one == "e"
                else Record(id=str(at), target="yes", output="yes" if one == "1" else "no")
                for at, one in enumerate(rights)
            ]
            for model, each in answers.items()
            for task, rights in each.items()
        }
        self.run = Run(
            schema=1,
            name=name,
            spec=RunSpec(
                models=tuple(
                    ModelRef(name=model, adapter=(adapters or {}).get(model, "predictions")) for model in answers
                ),
                suites=("own",),
                limit=limit,
            ),
            cells=tuple(
                _cell(name, model, task, rights) for model, each in answers.items() for task, rights in each.items()
            ),
            aggregates=(),
            environment={},
            created="2026-01-01T00:00:00Z",
            complete=complete,
            tasks={
                f"own/{task}": build_task(
                    task,
                    labels=("no", "yes"),
                    licence="unspecified",
                    citation="none",
                    description="Made.",
                    caveats=caveats if isinstance(caveats, tuple) else caveats.get(task, ()),
                )
                for task in tasks
            },
            suites={"own": 1},
            profiles=tuple(profiles),
        )


def _cell(name, model, task, rights):
    right, n = rights.count("1"), len(rights) - rights.count("e")
    low, high = wilson(right, n) if n else (None, None)
    return CellResult(
        model=model,
        suite="own",
        task=task,
        split="validation",
        status="scored",
        key=f"{name}-{model}-{task}",
        score=Score(metric="accuracy@1", value=right / n if n else None, low=low, high=high, n=n),
        ledger=Ledger(total=len(rights), scored=n, errored=len(rights) - n, skipped=0),
    )


@pytest.fixture
def made():
    """`Made`."""
    return Made


@pytest.fixture
def content():
    """A function: the content of a report over made runs; ``lost`` leaves their records out."""

    def make(*several, lost=False, **options):
        known = {} if lost else {key: rows for one in several for key, rows in one.records.items()}

        def read(key):
            if key not in known:
                raise StoreError(f"no records of {key}")
            return known[key]

        return assemble([one.run for one in several], read, ReportOptions(**options))

    return make


@pytest.fixture
def latency():
    """A function: a profile of a model on a machine with a median latency, in seconds."""

    def make(model, seconds, *, machine="m" * 16, ratios=(), alarms=(), base="own/a"):
        return Profile(
            model=model,
            suite="hardware",
            base=base,
            split="validation",
            session="",
            device="cpu",
            precision="exact",
            spec=ProfileSpec(scenario="single_stream"),
            machine=Machine(fingerprint=machine, facts={}),
            quantities=(
                MeasuredQuantity(quantity="latency_p50", value=seconds, low=seconds * 0.9, high=seconds * 1.1),
            ),
            ratios=ratios,
            alarms=alarms,
            key=f"{model}-{machine}",
        )

    return make
