"""Quantities of hardware profiles, for every candidate: of one machine, the worst of several tasks, drawn anew from raw samples."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from benchwright import registry
from benchwright.comparison.systems import System
from benchwright.errors import NotComparable
from benchwright.hardware.find import (
    HardwareValue,
    find_values,
    is_timed,
    split_place,
    told_by,
    unknown_scenario,
    worst_of,
)
from benchwright.hardware.machines import apart, called
from benchwright.hardware.resamples import draws_of
from benchwright.metrics.columns import Floats
from benchwright.quantities import BUILT_IN
from benchwright.selection.candidates import Candidates
from benchwright.selection.measurement import Measurement
from benchwright.selection.question import EACH, QuantityRef, error_at
from benchwright.types.hardware import SCENARIOS

ONE_AFTER_ANOTHER = "measured one after another: what the machine did in between is in no interval; `benchwright profile A B --interleave` compares in turn"


def measure_hardware(quantity: QuantityRef, name: str, candidates: Candidates, only: Sequence[str] = ()) -> Measurement:
    """A quantity of hardware profiles of every candidate.

    Args:
        quantity: As typed.
        name: One of `quantities.MEASURED`.
        candidates: With the parent.
        only: Tasks that count; empty: all that were measured.

    Raises:
        NotComparable: Candidates were measured on different machines.
        BenchwrightError: It names a scenario that there is not.
    """
    wrong = unknown_scenario(quantity.task)
    if wrong:
        near = registry.suggest(wrong, SCENARIOS)
        raise error_at(quantity.text, 0, f"{wrong!r} is no scenario", f"one of: {', '.join(SCENARIOS)}", near)
    place = "" if quantity.task == EACH else quantity.task
    by_system = [_values(system, name, place, only) for system in candidates.systems]
    worst = [worst_of(some) for some in by_system]
    refuse_other_machines(quantity.text, candidates.names, worst)
    rng = np.random.default_rng((candidates.seed, zlib.crc32(quantity.text.encode())))
    draws = [_draws(system, some, rng, candidates) for system, some in zip(candidates.systems, by_system, strict=True)]
    values = np.array([np.nan if one.value is None else one.value for one in worst])
    certain = all(np.ptp(drawn) == 0 for drawn in draws if np.isfinite(drawn).all())
    return Measurement(
        quantity=replace(BUILT_IN[name], name=quantity.text),
        values=values,
        draws=values[:, None] if certain else np.stack(draws),
        flags=tuple(dict.fromkeys(_flags(quantity.text, candidates.names, worst))),
        unknown=tuple(one.why for one in worst),
        is_raw=True,
    )


def measured_places(candidates: Candidates, only: Sequence[str] = ()) -> tuple[str, ...]:
    """Tasks, ``suite/task``, that some candidate was measured on."""
    found = dict.fromkeys(
        profile.base
        for system in candidates.systems
        for profile in system.run.profiles
        if profile.model in system.models and (not only or profile.base in only)
    )
    return tuple(found)


def refuse_other_machines(what: str, names: Sequence[str], values: Sequence[HardwareValue]) -> None:
    """Raise NotComparable, with the facts that differ, where values were measured on different machines."""
    known = [
        (name, one.profile) for name, one in zip(names, values, strict=True) if one.profile and one.value is not None
    ]
    for name, profile in known[1:]:
        first, other = known[0]
        facts = apart(other.machine, profile.machine, names=(f"that of {first}", f"that of {name}"))
        if facts:
            raise NotComparable(
                f"{what}: {first} and {name} were measured on different machines: {facts}",
                expected="candidates that were measured on one machine",
                hint=f"measure them in one run: benchwright profile {first} {name} --suite {profile.base}",
            )


def _values(system: System, name: str, place: str, only: Sequence[str]) -> list[HardwareValue]:
    """What is told of each model of a system, on each task; of seeds all of them."""
    _, base = split_place(place)
    places = [place] if place or not only else list(only)
    found = [value for model in system.models for at in places for value in find_values(system.run, model, name, at)]
    measured = [one for one in found if one.profile is not None]
    return measured if measured and not base and len(system.models) == 1 else found


def _draws(system: System, values: Sequence[HardwareValue], rng: np.random.Generator, candidates: Candidates) -> Floats:
    """Draws (R) of the worst of some values."""
    drawn = np.stack([draws_of(one, system.store, rng, candidates.resamples) for one in values])
    worst: Floats = drawn.max(axis=0) if values[0].about.direction == "lower" else drawn.min(axis=0)
    return worst


def _flags(text: str, names: Sequence[str], worst: Sequence[HardwareValue]) -> Iterator[str]:
    if all(one.value is None for one in worst):  # otherwise the reasons of candidates say it
        yield from (f"{text} of {name}: {one.why}" for name, one in zip(names, worst, strict=True))
    known = [(name, one) for name, one in zip(names, worst, strict=True) if one.value is not None]
    for _, one in known:
        assert one.profile is not None  # a value comes from one
        yield f"{text}: {one.profile.scenario} of {one.profile.base} on {called(one.profile.machine)}"
    yield from told_by((name, flag) for name, one in known for flag in one.flags)
    timed = [one.profile for _, one in known if one.profile is not None and is_timed(one.quantity)]
    if len(timed) > 1 and any(one.scenario != "interleaved" for one in timed):
        yield f"{text}: {ONE_AFTER_ANOTHER}"
