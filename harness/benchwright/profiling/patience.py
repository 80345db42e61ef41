"""How long a model may be silent before it is ended: half an hour, unless ``BENCHWRIGHT_PATIENCE`` says otherwise."""

from __future__ import annotations

import os

from benchwright.errors import BenchwrightError
from benchwright.limit_texts import read_limit
from benchwright.quantities import BUILT_IN

VARIABLE = "BENCHWRIGHT_PATIENCE"
"""Variable that holds a time with its unit: ``5 min``."""

PATIENCE = 1800.0
"""Seconds for which a process may be silent beyond what it was asked to take: longer than a download or a slow model's first call."""


_LONGEST = 720 * 3600.0
"""Thirty days, in seconds."""


def patience() -> float:
    """Seconds for which a process may be silent beyond what it was asked to take.

    Raises BenchwrightError where the variable holds something else than a time above 0.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return PATIENCE
    hint = f'export {VARIABLE}="5 min"'
    try:
        found = read_limit(text, BUILT_IN["load"], title=VARIABLE)
    except BenchwrightError as error:
        raise BenchwrightError(error.problem, expected=error.expected, hint=hint) from error
    if not 0 < found <= _LONGEST:
        raise BenchwrightError(
            f"{VARIABLE}: {text}", expected=f"a time above 0, at most {_LONGEST / 60:g} min", hint=hint
        )
    return found
