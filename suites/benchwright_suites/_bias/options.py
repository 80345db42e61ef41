"""Options of the probes: `bias/bbq?category=Religion`. Each probe that takes some says which, and makes its own card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from benchwright.types import AnyTask, Custom
from benchwright_suites._bias import bbq, crows_pairs, seat, stereoset
from benchwright_suites._bias.known_options import refuse_unknown

_Configure = Callable[[Mapping[str, str], Path | None], Custom]
_CONFIGURED: dict[str, tuple[Mapping[str, str], _Configure]] = {
    **{one.name: (crows_pairs.options, partial(crows_pairs.configure, one)) for one in crows_pairs.tasks},
    "stereoset": (stereoset.options, stereoset.configure),
    "bbq": (bbq.options, bbq.configure),
    "seat": (seat.OPTIONS, seat.configure),
}
"""Task -> its options with what they mean, and the function from options and the data folder to the task."""


def configure(name: str, task: AnyTask | None, given: Mapping[str, str], data: Path | None) -> Custom | None:
    """The probe that options ask for; None for a name that no probe has.

    Raises:
        BenchwrightError: The probe has no such option, or the option no such value.
    """
    if task is None:
        return None
    known, make = _CONFIGURED.get(name, ({}, None))
    refuse_unknown(name, given, known, hint=f"--suite bias/{name}")
    return None if make is None else make(given, data)
