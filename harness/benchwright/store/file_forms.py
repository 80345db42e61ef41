"""What small files of a store hold, as far as it is read."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from benchwright.types import SCHEMA, Alarm, PrecisionChoice

AGREEMENT = "agreement.json"
"""Beside a cell: what ``--precision fast`` computed it with, and how far that agrees with exact answers."""


class AlarmFile(msgspec.Struct, frozen=True, kw_only=True):
    """What ``alarms.json`` holds."""

    schema: int
    alarms: tuple[Alarm, ...]
    checks: int = 0


class ChoiceFile(msgspec.Struct, frozen=True, kw_only=True):
    """What ``agreement.json`` holds; ``digest`` is of the choice, so that a file that was edited is known as such."""

    schema: int
    choice: PrecisionChoice
    digest: str = ""

    @staticmethod
    def of(choice: PrecisionChoice) -> ChoiceFile:
        """The file of a choice."""
        return ChoiceFile(schema=SCHEMA, choice=choice, digest=_digest(choice))

    @property
    def is_whole(self) -> bool:
        """Whether the choice is the one that was written."""
        return self.digest == _digest(self.choice)


def _digest(choice: PrecisionChoice) -> str:
    return hashlib.sha256(msgspec.json.encode(choice, order="deterministic")).hexdigest()


class SettingsFile(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of ``settings.json``."""

    settings: dict[str, str]


class TimingFile(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of ``timing.json``."""

    seconds: float


class TrainingFile(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of the ``training.json`` beside a checkpoint; it holds more."""

    task: str
    base: str
    recipe: dict[str, Any]
    rows: dict[str, int]
    parameters: dict[str, int]
    metric: str
    losses: list[dict[str, Any]]
    held: list[dict[str, Any]]
    chosen_epoch: int
    stopped_early: bool
    seconds: float
