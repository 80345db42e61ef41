"""An option that a probe does not have is refused with those that it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchwright.errors import BenchwrightError


def refuse_unknown(name: str, given: Iterable[str], known: Mapping[str, str], *, hint: str) -> None:
    """Raise BenchwrightError for the first option that is given and not known.

    Args:
        name: Of the task in the suite.
        given: Options.
        known: Options of the task, with what they mean.
        hint: What to type instead.
    """
    unknown = [key for key in given if key not in known]
    if unknown:
        raise BenchwrightError(
            f"bias/{name} has no option {unknown[0]!r}",
            expected=", ".join(f"{key}= ({meaning})" for key, meaning in known.items())
            or "no options: bias/bbq, bias/crows_pairs, bias/honest, bias/seat and bias/stereoset have some",
            hint=hint,
        )
