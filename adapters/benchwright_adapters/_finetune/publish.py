"""The finished checkpoint: a folder that the `AutoModel` of its head opens, with the report of its training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from benchwright.checkpoints.config import NULL_THRESHOLD
from benchwright.checkpoints.tokenizer import quiet
from benchwright.data.api import read_own_json
from benchwright.store.atomic import replaced_folder, store_errors, write

from .model import BuiltModel
from .state import LossPoint
from .validation import EpochValidation

SCHEMA = 1
REPORT = "training.json"


class TrainingReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The content of ``training.json``, without path, user or host.

    Attributes:
        schema: Version of this file.
        digest: Digest of the checkpoint, its full name.
        task: The task that was trained.
        base: Name of the base; a folder by its last part.
        base_digest: Digest of the base.
        recipe: All settings, defaults filled in.
        max_length: Most tokens to an input, as the model allows.
        seed: Of everything random.
        rows: Counts: ``available`` in the train split, ``train`` learned from, ``held`` held back, ``unreadable`` left out;
            for words and contexts ``windows``, what was learned from was cut into.
        parameters: Counts: ``all``, and ``trained`` of them.
        metric: Metric on the validation rows.
        losses: Training loss over steps.
        held: Metric and loss on the validation rows, per epoch.
        chosen_epoch: Epoch of the weights, counted from 1.
        stopped_early: Whether patience ended the training.
        steps: Optimiser steps taken.
        rows_per_pass: Most rows to a forward pass; less than ``batch`` once memory ran out.
        remembered: Whether encoder states were cached.
        seconds: Spent in training, restarts included.
        restarts: How often the training was resumed.
        device: ``cpu`` or ``cuda``.
        environment: Versions and processors.
        null_threshold: Above which null score "" is the answer, as chosen on the rows held back; absent for other tasks,
            and where nothing was held back.
        doc_stride: Tokens that windows of a context share; absent for other tasks.
    """

    schema: int
    digest: str
    task: str
    base: str
    base_digest: str
    recipe: dict[str, Any]
    max_length: int
    seed: int
    rows: dict[str, int]
    parameters: dict[str, int]
    metric: str
    losses: list[LossPoint]
    held: list[EpochValidation]
    chosen_epoch: int
    stopped_early: bool
    steps: int
    rows_per_pass: int
    remembered: bool
    seconds: float
    restarts: int
    device: str
    environment: dict[str, Any]
    null_threshold: float | None = None
    doc_stride: int | None = None


def publish(built: BuiltModel, report: TrainingReport, place: Path) -> None:
    """Write the checkpoint to ``place`` atomically.

    Args:
        built: Trained model and tokenizer.
        report: Written with them.
        place: Where no finished checkpoint lies yet; what lies there has no report, so it was never finished.

    Raises:
        StoreError: There is no room, or the folder cannot be written.
    """
    with store_errors(place), quiet(), replaced_folder(place) as draft:
        built.model.config._name_or_path = ""  # noqa: SLF001 - a machine path would be saved
        if report.null_threshold is not None:
            setattr(built.model.config, NULL_THRESHOLD, report.null_threshold)
        built.model.save_pretrained(draft)
        built.tokenizer.save_pretrained(draft)
        text = msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"
        write(draft / REPORT, text)


def read_training_report(place: Path) -> TrainingReport | None:
    """The report of a finished checkpoint; None where there is none, or it is damaged: then nothing says that it was finished."""
    return read_own_json(place / REPORT, TrainingReport, SCHEMA)
