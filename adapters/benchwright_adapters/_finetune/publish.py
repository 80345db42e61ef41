"""The finished checkpoint: a folder that the `AutoModel` of its head opens, with the story of its training."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import msgspec

from benchwright import environment
from benchwright.checkpoints.files import PACKAGES
from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders.spans import KEY
from benchwright.paths import is_file
from benchwright.store.atomic import speaking, write
from benchwright.types import Task

from .base import Base
from .build import Built
from .course import Course, HeldPoint, LossPoint
from .recipe import Recipe, recipe_facts
from .rows import Rows

SCHEMA = 1
STORY = "training.json"


class Story(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What ``training.json`` says; no path, user or host is in it.

    Attributes:
        schema: Version of this file.
        digest: Name of the checkpoint in full.
        task: The task that was trained.
        base: Name of the base; a folder by its last part.
        base_digest: Content of the base.
        recipe: All settings, defaults filled in.
        max_length: Most tokens to an input, as the model allows.
        seed: Of everything random.
        rows: Counts: ``available`` in the train split, ``train`` learned from, ``held`` held back, ``unreadable`` left out;
            for words and contexts ``windows``, what was learned from was cut into.
        parameters: Counts: ``all``, and ``trained`` of them.
        metric: What the rows held back were judged by.
        losses: Training loss over steps.
        held: Metric and loss on the rows held back, per epoch.
        chosen_epoch: Whose weights these are, counted from 1.
        stopped_early: Whether patience ended the training.
        steps: Optimiser steps taken.
        rows_per_pass: Most rows to a forward pass; less than ``batch`` once memory ran out.
        remembered: Whether the encoder's states were computed once.
        seconds: Spent in training, restarts included.
        restarts: How often the training was continued after a stop.
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
    held: list[HeldPoint]
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


def tell_story(
    *,
    digest: str,
    task: Task,
    base: Base,
    recipe: Recipe,
    built: Built,
    rows: Rows,
    unreadable: int,
    windows: int | None,
    trained: int,
    course: Course,
    remembered: bool,
) -> Story:
    """The story of a finished training."""
    chosen = next((look for look in course.held if look.epoch == course.best), None)
    return Story(
        schema=SCHEMA,
        digest=digest,
        task=task.name,
        base=Path(base.shown).name if base.contents is not None else base.shown,
        base_digest=base.digest,
        recipe=recipe_facts(recipe),
        max_length=built.max_length,
        seed=recipe.seed,
        rows={
            "available": rows.available,
            "train": len(rows.train),
            "held": len(rows.held),
            "unreadable": unreadable,
            **({} if windows is None else {"windows": windows}),
        },
        parameters={"all": sum(p.numel() for p in built.model.parameters()), "trained": trained},
        metric=task.metrics[0],
        losses=course.losses,
        held=course.held,
        chosen_epoch=course.best or course.epoch,
        stopped_early=course.epoch < recipe.epochs,
        steps=course.step,
        rows_per_pass=course.rows,
        remembered=remembered,
        seconds=round(course.seconds, 3),
        restarts=course.restarts,
        device=built.device,
        environment={
            "versions": environment.versions(*PACKAGES),
            "processors": environment.processors(),
        },
        null_threshold=None if chosen is None else chosen.threshold,
        doc_stride=built.stride if recipe.doc_stride is not None else None,
    )


def publish(built: Built, story: Story, *, draft: Path, place: Path) -> None:
    """Put the checkpoint at ``place``, whole or not at all.

    Args:
        built: Model and tokenizer as they came out.
        story: Goes beside them.
        draft: A folder on the same disk that may be overwritten.
        place: Where no finished checkpoint lies yet.

    Raises:
        StoreError: There is no room, or the folder cannot be written.
    """
    with speaking(place), quiet():
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        built.model.config._name_or_path = ""  # noqa: SLF001 - a machine path would be saved
        if story.null_threshold is not None:
            setattr(built.model.config, KEY, story.null_threshold)
        built.model.save_pretrained(draft)
        built.tokenizer.save_pretrained(draft)
        text = msgspec.json.format(msgspec.json.encode(story), indent=1) + b"\n"
        write(draft / STORY, text)
        for path in draft.iterdir():
            _sync(path)
        shutil.rmtree(place, ignore_errors=True)  # what lies there has no story, so it was never finished
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.rename(place)


def read_story(place: Path) -> Story | None:
    """The story of a finished checkpoint; None where there is none."""
    path = place / STORY
    return msgspec.json.decode(path.read_bytes(), type=Story) if is_file(path) else None


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
