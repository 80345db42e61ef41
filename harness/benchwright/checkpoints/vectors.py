"""How vectors are made of a checkpoint: its pooling, its layer, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchwright.checkpoints.encoder import check_layer, encoder_notes, width_of
from benchwright.checkpoints.head import CheckpointHead
from benchwright.checkpoints.locate import locate_checkpoint
from benchwright.checkpoints.pooling import PATTERNS, StatedPooling, read_pooling
from benchwright.checkpoints.settings import ReadingSettings
from benchwright.encoders import Batch, Tokenizing, encode
from benchwright.encoders.pooled import HIDDEN
from benchwright.errors import ModelError
from benchwright.types import Context, EmbeddingTask, ModelRef

Settings = TypeVar("Settings", bound=ReadingSettings)


def stated_pooling(
    model: ModelRef, task: EmbeddingTask, context: Context, config: Mapping[str, Any], *, fetch: bool
) -> StatedPooling | None:
    """What a checkpoint states of its pooling, where the task asks for that; None where the task names a pooling.

    Raises:
        ModelError: It states what is not done here.
    """
    if task.pooling != "checkpoint":
        return None
    found = locate_checkpoint(model, context, only=PATTERNS, nested=True, fetch=fetch)
    return read_pooling(found.folder, found.shown, width_of(config))


def check_vectors(
    head: CheckpointHead,
    task: EmbeddingTask,
    model: ModelRef,
    stated: StatedPooling | None,
    config: Mapping[str, Any],
) -> Iterator[str]:
    """What a reader of the vectors must know; raises ModelError where there is no such layer."""
    check_layer(task.layer, config, model.path)
    yield from encoder_notes(head, config)
    if stated is not None:
        yield stated.note


def pooled_settings(settings: Settings, task: EmbeddingTask, stated: StatedPooling | None) -> Settings:
    """The settings with the pooling of the task, or what a checkpoint states of it; the user's own length comes first."""
    if stated is None:
        assert task.pooling != "checkpoint"
        return replace(settings, pooling=task.pooling)
    length = stated.max_length if settings.max_length is None else settings.max_length
    return replace(settings, pooling=stated.pooling, scaled=stated.scaled, max_length=length)


def files_of(stated: StatedPooling | None) -> tuple[Path, ...]:
    """Files that decide the pooling."""
    return () if stated is None else stated.files


def refuse_blind_first(forward: Any, tokenizing: Tokenizing, task: EmbeddingTask) -> None:
    """Refuse to take the first token of a model in which it sees nothing of what follows: its vector says nothing of the text.

    Raises:
        ModelError: It has the same vector before other tokens, as in a causal model and in a layer of embeddings.
    """
    probe = encode(
        tokenizing.tokenizer,
        ("a b c d e f", "f e d c b a"),
        max_length=tokenizing.max_length,
        names=tokenizing.names,
        stand_in=tokenizing.stand_in,
    )
    one, other = probe.row(0), probe.row(1)
    count = min(len(one), len(other))
    ids = np.stack([one[:count], np.concatenate([one[:1], other[1:count]])]).astype(np.int64)
    if count < 2 or (ids[0] == ids[1]).all():
        return
    columns = {name: np.stack([probe.row(0, name)[:count]] * 2).astype(np.int64) for name in probe.columns} | {
        "input_ids": ids
    }
    batch = Batch(
        rows=np.arange(2), columns=columns, mask=np.ones(ids.shape, dtype=bool), lengths=np.array([count, count])
    )
    first = forward(batch)[HIDDEN][:, 0]
    if np.allclose(first[0], first[1], rtol=0, atol=1e-6):
        raise ModelError(
            f"{tokenizing.shown}: in layer {task.layer} its first token sees nothing of what follows, so `cls` is the same for "
            "every text that begins alike",
            expected="a pooling over all tokens, or a layer of a model that reads both sides",
            hint="?pooling=mean",
        )
