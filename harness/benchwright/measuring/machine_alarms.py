"""What the state of the machine says about everything that was measured there: others were busy, clocks were held down."""

from __future__ import annotations

import re

from benchwright.alarm import alarm, note
from benchwright.measuring.gpu_results import NOT_YET, ON_GPU
from benchwright.types import Alarm, Machine

OTHERS, SHARE = 0.25, 0.02
"""From so many processors on, or such a share of those that may be used, other processes are told: what the services of a quiet system
take at most.
"""

STOLEN = 1.0
"""Per cent of the time given to other virtual machines."""

SLOW_GOVERNORS = ("powersave", "conservative", "ondemand", "schedutil")
"""They raise clocks only after some load has been seen, so the first queries of a burst are slower."""


def machine_alarms(machine: Machine) -> tuple[Alarm, ...]:
    """Alarms and notes of one state, each with its figures; empty: quiet, as far as can be told."""
    return (
        *_others(machine.state, machine.facts.get("processors", "")),
        *_throttled(machine.state),
        *_gpu(machine.state),
        *_governor(machine.facts),
        *_untested(machine.facts),
    )


def _others(state: dict[str, str], processors: str) -> tuple[Alarm, ...]:
    told = []
    most = max(OTHERS, SHARE * (_number(processors) or 1.0))
    busy = _number(state.get("other processes", ""))
    if busy is not None and busy >= most:
        told.append(alarm("busy", f"other processes kept {busy:.2g} processors busy meanwhile: times may be too long"))
    stolen = _number(state.get("stolen", ""))
    if stolen is not None and stolen >= STOLEN:
        told.append(alarm("busy", f"the host gave {stolen:.2g} % of the time to other virtual machines meanwhile"))
    return tuple(told)


def _throttled(state: dict[str, str]) -> tuple[Alarm, ...]:
    told = []
    waited, seconds = _number(state.get("waited for quota", "")), _number(state.get("seconds", ""))
    if waited and seconds and waited > seconds / 100:
        told.append(
            alarm(
                "throttled",
                f"the processor quota of the container made its processes wait {waited:.2g} s of {seconds:.3g} s",
            )
        )
    told += [
        alarm("throttled", f"the GPU was {slowed} at the {when}")
        for when in ("start", "end")
        if (slowed := state.get(f"gpu slowed at {when}"))
    ]
    return tuple(told)


def _gpu(state: dict[str, str]) -> tuple[Alarm, ...]:
    told = []
    for when in ("start", "end"):
        others = state.get(f"gpu other processes at {when}", "")
        if others.isdigit() and int(others) > 0:
            told.append(
                alarm(
                    "shared-gpu", f"{others} other process{'es' if int(others) > 1 else ''} used the GPU at the {when}"
                )
            )
        elif others and not others.isdigit():
            told.append(note("shared-gpu", f"whether others used the GPU at the {when} is {others}"))
    return tuple(told)


def _governor(facts: dict[str, str]) -> tuple[Alarm, ...]:
    """The driver of Intel's newer processors calls its own fast regulation ``powersave``, so this is a note."""
    slow = [name for name in facts.get("governor", "").split(", ") if name in SLOW_GOVERNORS]
    if not slow:
        return ()
    return (
        note(
            "governor", f"the governor of the processors is {' and '.join(slow)}: clocks follow the load with a delay"
        ),
    )


def _untested(facts: dict[str, str]) -> tuple[Alarm, ...]:
    if "gpu" not in facts or ON_GPU["hardware profiles"]:
        return ()
    return (
        note(
            "untested-gpu",
            f"the code that measures on GPUs was {NOT_YET} by its makers, only with doubles of the driver",
        ),
    )


def _number(text: str) -> float | None:
    found = re.match(r"[\d.]+", text)
    return float(found[0]) if found else None
