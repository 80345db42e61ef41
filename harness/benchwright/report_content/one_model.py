"""The refusal of a report about one model where there are several."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.errors import BenchwrightError

_MOST = 12
"""Names that are listed."""


def one_model_error(report: str, names: Sequence[str]) -> BenchwrightError:
    """What is said where a report is about one model and ``names`` are those that there are."""
    if not names:
        return BenchwrightError(
            f"there is no model for a {report}", expected="one model", hint="type `benchwright list runs`"
        )
    more = ", ..." if len(names) > _MOST else ""
    return BenchwrightError(
        f"a {report} is about one model, and there are {len(names)}: {', '.join(names[:_MOST])}{more}",
        expected="one of them",
        hint=f"say which: --models {names[0]}",
    )
