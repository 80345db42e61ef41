"""Hardware profiles written by hand: a card, a machine, and measurements whose values are given and never come from a clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from benchwright.task_path import HARDWARE
from benchwright.types import AnyTask, Machine, Measurements, ProfileSpec, Reading, Samples, Scenario

MACHINE = Machine(
    fingerprint="written-machine",
    facts={"processor": "Written CPU 1.0", "processors": "2", "memory": "8 GiB"},
    state={"load at start": "0.1"},
)
"""A machine that there is not."""


def hardware_path(scenario: Scenario, base: str) -> str:
    """``hardware/SCENARIO@suite/task``."""
    return f"{HARDWARE}/{scenario}@{base}"


def hardware_card(scenario: Scenario, base: str, task: AnyTask) -> AnyTask:
    """The card under which a model is measured on the texts of a task; ``base`` is that task's ``suite/task``."""
    name = hardware_path(scenario, base).partition("/")[2]
    return msgspec.structs.replace(
        task, name=name, view_of=base, trained_on=task.trained_on or base, sizes={}, diagnostic=True
    )


def make_measurements(
    scenario: Scenario = "single_stream",
    *,
    latencies: Sequence[float] = (),
    samples: Sequence[Samples] = (),
    readings: Mapping[str, float | None] | Sequence[Reading] = (),
    spec: ProfileSpec | None = None,
    machine: Machine = MACHINE,
    session: str = "written-session",
    settings: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
) -> Measurements:
    """What was measured of one model in one scenario.

    Args:
        scenario: Used where ``spec`` is left out; the preset is ``standard`` then.
        latencies: Seconds of queries one after another, of one input each, without gaps: ``latency`` of the phase ``measured``.
        samples: Further raw values.
        readings: Quantity -> value, or whole readings; None: it cannot be read here.
        spec: What was asked for.
        machine: Where; `MACHINE` by default.
        session: Of which run, or of which interleaved session.
        settings: What the session of the model chose by itself.
        notes: What a reader must know.
    """
    timed = [
        Samples(quantity="latency", values=tuple(latencies), inputs=len(latencies), wall=sum(latencies))
        for _ in range(1 if latencies else 0)
    ]
    if isinstance(readings, Mapping):
        readings = [
            Reading(quantity=name, value=value, reason="" if value is not None else "it cannot be read here")
            for name, value in readings.items()
        ]
    return Measurements(
        spec=spec or ProfileSpec(scenario=scenario),
        machine=machine,
        session=session,
        samples=(*timed, *samples),
        readings=tuple(readings),
        settings=dict(settings or {}),
        notes=tuple(notes),
    )
