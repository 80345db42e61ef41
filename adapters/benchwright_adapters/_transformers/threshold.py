"""Above which null score a checkpoint says that there is no answer, and who decided that."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchwright.errors import ModelError

KEY = "benchwright_null_threshold"
"""Where `finetune` leaves the threshold it chose, in config.json."""


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """``origin``: ``given``, ``checkpoint`` or ``default``."""

    value: float
    origin: str

    @property
    def note(self) -> str:
        """What a reader of the number must know."""
        told = {
            "given": "as given",
            "checkpoint": "chosen when the checkpoint was trained",
            "default": "the default, tuned on nothing",
        }
        return f"no answer above a null score of {self.value:g} ({told[self.origin]})"


def find_threshold(given: float | None, config: Mapping[str, Any], shown: str) -> Threshold:
    """The threshold: what the user said, else what the checkpoint's configuration says, else 0.

    It is never tuned on what it is applied to.

    Raises:
        ModelError: The configuration holds something else than a number.
    """
    if given is not None:
        return Threshold(value=given, origin="given")
    said = config.get(KEY)
    if said is None:
        return Threshold(value=0.0, origin="default")
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        raise ModelError(f"{shown}: {KEY} in config.json is {said!r}", expected="a number", hint="?null_threshold=0")
    return Threshold(value=float(said), origin="checkpoint")
