"""Whether a stored profile may be judged: it was measured on the machine that the gate runs on, or on the one that the rule names."""

from __future__ import annotations

from collections.abc import Callable

from benchwright.errors import NotComparable
from benchwright.hardware.machines import apart, called, is_named
from benchwright.measuring.machine import describe_machine
from benchwright.render.hardware_words import machine_name
from benchwright.types import Machine

DescribeMachine = Callable[[str], Machine]
"""The machine of this process, as far as it decides times of models on a device (``cpu``, ``cuda``)."""

_MOST_FACTS = 12


def check_machine(
    measured: Machine, wanted: str | None, device: str, who: str, *, here: DescribeMachine = describe_machine
) -> None:
    """Refuse measurements of a machine that a rule is not about.

    Args:
        measured: Where it was measured.
        wanted: ``machine`` of the rule, a name (``BENCHWRIGHT_MACHINE``) or a fingerprint; None: the machine of this process.
        device: Of the model: ``cpu`` or ``cuda``; facts of a GPU decide only where it is used.
        who: Whose profile it is, for the message.
        here: What describes the machine of this process; tests give another.

    Raises:
        NotComparable: It was measured elsewhere; the facts that differ are listed.
    """
    if wanted is not None:
        if not is_named(measured, wanted):
            raise NotComparable(
                f"the profile of {who} was measured on {called(measured)}, the rule asks for {wanted}",
                expected=f"a profile of {wanted}",
                hint=f'measure it there, or write machine = "{machine_name(measured)}"',
            )
        return
    facts = apart(measured, here(device), names=("its machine", "this one"), most=_MOST_FACTS)
    if facts:
        raise NotComparable(
            f"the profile of {who} was measured on another machine than this one, or on it set up otherwise: {facts}",
            expected="a profile of this machine",
            hint=f'measure it here, or name its machine: machine = "{machine_name(measured)}"',
        )
