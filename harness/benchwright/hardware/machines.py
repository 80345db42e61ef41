"""Machines in words: what one is called, whether a name means it, and in which facts two of them differ."""

from __future__ import annotations

import msgspec

from benchwright.measuring.machine import differences
from benchwright.render.hardware_words import SHORT
from benchwright.types import Machine

_FIRST_TOLD = ("processor", "gpu", "cores", "instruction sets", "memory", "threads", "library")

FACTS_NAMED = 4
"""Facts in which machines differ that a sentence names."""


def apart(
    one: Machine, other: Machine, *, names: tuple[str, str] = ("the one", "the other"), most: int = FACTS_NAMED
) -> str:
    """The facts in which two machines differ, in one line; empty where measurements of the two may be compared.

    Args:
        one: A machine.
        other: Another, or the same.
        names: What they are called where their owner has given no name.
        most: Facts that are written out.
    """
    first, second = (
        msgspec.structs.replace(at, name=at.name or name) for at, name in zip((one, other), names, strict=True)
    )
    told = sorted(differences(first, second), key=importance)
    more = f"; and {len(told) - most} more" if len(told) > most else ""
    return "; ".join(told[:most]) + more


def importance(fact: str) -> tuple[int, str]:
    """Order in which facts are told, by name or sentence: processor, GPU, memory and threads first, versions of libraries, the rest."""
    name = fact.partition(":")[0]
    begun = (at for at, start in enumerate(_FIRST_TOLD) if name.startswith(start))
    return next(begun, len(_FIRST_TOLD)), fact


def is_named(machine: Machine, text: str) -> bool:
    """Whether a name or a fingerprint (its first `SHORT` digits or more) means a machine."""
    text = text.strip()
    return bool(text) and (
        text == machine.name or (len(text) >= SHORT and machine.fingerprint.startswith(text.lower()))
    )


def called(machine: Machine) -> str:
    """A machine by its name, with the beginning of its fingerprint."""
    short = machine.fingerprint[:SHORT]
    return f"{machine.name} ({short})" if machine.name else f"the machine {short}"
