"""Candidates with the profiles that other runs made of them: answers of one run, times of another, one model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from benchwright.comparison.systems import System
from benchwright.errors import BenchwrightError
from benchwright.hardware.same_model import StoredModel, profiles_of_same_model
from benchwright.types import Profile, Run


def join_profiles(systems: Sequence[System]) -> tuple[System, ...]:
    """The systems that have answers, each with the profiles of those that were measured alone and are the same model.

    A system that was measured alone and belongs to exactly one of the others is no candidate of its own; one that belongs to none,
    or to several, stays.
    """
    alone = [one for one in systems if not one.paths and _has_profiles(one) and not one.has_replicates]
    hosts = [one for one in systems if one not in alone]
    joined: dict[int, list[Profile]] = {at: _of_other_names(host) for at, host in enumerate(hosts)}
    names: dict[int, list[str]] = {}
    left = []
    for one in alone:
        matches = {at: found for at, host in enumerate(hosts) if (found := _shared(host, one.run, one.models[0], one))}
        if len(matches) != 1:
            left.append(one)
            continue
        ((at, profiles),) = matches.items()
        joined[at] += profiles
        names.setdefault(at, []).append(one.name)
    kept = [*(_with(host, joined[at], names.get(at, ())) for at, host in enumerate(hosts)), *left]
    return _plainly_named(kept) if names else tuple(kept)


def _plainly_named(systems: Sequence[System]) -> tuple[System, ...]:
    """By the names of their models alone, where these tell them apart again."""
    plain = ["+".join(one.models) for one in systems]
    return tuple(
        replace(one, label=name) if plain.count(name) == 1 else one for one, name in zip(systems, plain, strict=True)
    )


def _has_profiles(system: System) -> bool:
    return any(profile.model in system.models for profile in system.run.profiles)


def _shared(host: System, run: Run, model: str, other: System) -> tuple[Profile, ...]:
    if host.has_replicates:
        return ()
    mine = StoredModel(host.store, host.run, host.models[0])
    return profiles_of_same_model(mine, StoredModel(other.store, run, model))


def _of_other_names(host: System) -> list[Profile]:
    """Profiles under the other names of the same stored answers."""
    found: list[Profile] = []
    for name in host.also:
        run_name, _, model = name.partition(":")
        if run_name == host.run.name or "+" in model:
            continue
        try:
            found += _shared(host, host.store.read_run(run_name), model, host)
        except BenchwrightError:
            continue
    return found


def _with(host: System, profiles: Sequence[Profile], names: Sequence[str]) -> System:
    own = {profile.task_path for profile in host.run.profiles if profile.model in host.models}
    more = [one for one in profiles if one.task_path not in own]
    if not more:
        return host
    run = msgspec.structs.replace(host.run, profiles=(*host.run.profiles, *more))
    return replace(host, run=run, also=tuple(dict.fromkeys((*host.also, *names))))
