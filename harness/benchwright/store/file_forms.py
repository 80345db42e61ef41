"""What the JSON files of a store hold, of some as far as it is read."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from benchwright.types import SCHEMA, Alarm, AnyTask, CellKey, Facts, PrecisionChoice, Score

AGREEMENT = "agreement.json"
"""Beside a cell: what ``--precision fast`` computed it with, and how far that agrees with exact answers."""


class CellFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``cell.json`` says before the first shard is computed.

    Attributes:
        shard: Examples per shard, in behavioural tests distinct inputs; fixed here so that a resumed run cuts the same shards.
        total: Examples of the cell.
        origin: Where the data came from.
        inputs: Address of the texts in ``inputs/``; None when they are not kept.
        counts: Of a view: what became of the items (``Dataset.counts``).
    """

    schema: int
    key: CellKey
    task: AnyTask
    facts: Facts
    shard: int
    total: int
    origin: str
    environment: dict[str, Any]
    inputs: str | None = None
    counts: dict[str, int] = {}


class ScoreFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Scores of one metric on one cell: all examples first, then slices; and how the intervals were drawn."""

    schema: int
    scores: tuple[Score, ...]
    resamples: int
    seed: int
    confidence: float


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
