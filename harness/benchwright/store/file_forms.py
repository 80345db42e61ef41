"""What small files of a store hold, as far as it is read."""

from __future__ import annotations

from typing import Any

import msgspec

from benchwright.types import Alarm, PrecisionChoice

AGREEMENT = "agreement.json"
"""Beside a cell: what ``--precision fast`` computed it with, and how far that agrees with exact answers."""


class AlarmFile(msgspec.Struct, frozen=True, kw_only=True):
    """What ``alarms.json`` holds."""

    schema: int
    alarms: tuple[Alarm, ...]
    checks: int = 0


class ChoiceFile(msgspec.Struct, frozen=True, kw_only=True):
    """What ``agreement.json`` holds."""

    schema: int
    choice: PrecisionChoice


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
