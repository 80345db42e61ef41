"""Options of the probes: `bias/bbq?category=Religion`. Each probe that takes some says which, and makes its own card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from benchwright.errors import BenchwrightError
from benchwright.types import AnyTask, Custom
from benchwright_suites._bias import bbq, crows_pairs, seat, stereoset

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
    unknown = [key for key in given if key not in known]
    if unknown or make is None:
        listed = ", ".join(f"{key}= ({meaning})" for key, meaning in known.items())
        raise BenchwrightError(
            f"bias/{name} has no option {unknown[0] if unknown else next(iter(given), '')!r}",
            expected=listed or "no options: bias/bbq, bias/seat and bias/stereoset have some",
            hint=f"--suite bias/{name}",
        )
    return make(given, data)
