"""Which profile of a model answers for a quantity, where nobody names the scenario; read by reports, gates and choices alike."""

from __future__ import annotations

from collections.abc import Iterable

from benchwright.types import Profile, Scenario

_ONE_AFTER_ANOTHER: tuple[Scenario, ...] = ("single_stream", "interleaved", "server")
_IN_BULK: tuple[Scenario, ...] = ("offline",)
_OF_BULK = frozenset({"throughput", "tokens_per_second", "energy", "cost"})
_OF_WORK = frozenset({"flops", "padding_efficiency", "achieved_share"})
_OF_THE_MODEL = frozenset({"size_bytes", "parameters"})


def scenarios_for(quantity: str) -> tuple[Scenario, ...]:
    """Scenarios that answer for a quantity, the first choice first.

    Latency, starts and memory are those of one query after another; throughput, energy, cost and work those of all at once;
    sizes are the same in each.
    """
    if quantity in _OF_BULK:
        return _IN_BULK
    if quantity in _OF_WORK:
        return (*_IN_BULK, *_ONE_AFTER_ANOTHER)
    if quantity in _OF_THE_MODEL:
        return (*_ONE_AFTER_ANOTHER, *_IN_BULK, "concurrency", "sweep")
    return _ONE_AFTER_ANOTHER


def choose_profile(profiles: Iterable[Profile], quantity: str) -> Profile | None:
    """The profile that answers for a quantity among those of one model, task and machine; None where none does.

    A scenario that was measured answers even where its value is undefined: another scenario's number would mean another thing.
    Of two profiles of one scenario it is the first.
    """
    known = list(profiles)
    for scenario in scenarios_for(quantity):
        for profile in known:
            if profile.scenario == scenario and profile.quantity(quantity) is not None:
                return profile
    return None
