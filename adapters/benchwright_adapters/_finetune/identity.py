"""Identity of a trained checkpoint: the base model, and the digest over everything that decides the weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from benchwright.checkpoints.config import read_config
from benchwright.checkpoints.files import CheckpointFiles, digest_files, read_files
from benchwright.checkpoints.locate import locate_checkpoint
from benchwright.checkpoints.sandbox import try_files
from benchwright.data.api import expanded, is_file
from benchwright.errors import ModelError
from benchwright.types import ChoiceTask, Context, ModelRef, SpanTask, Task

from .config import TINY, ArchitectureSize, TrainingConfig, config_facts


@dataclass(frozen=True, kw_only=True)
class BaseModel:
    """The base model of a training: a checkpoint, or a new architecture.

    Attributes:
        digest: Of its architecture, weights and tokenizer; the path does not matter.
        shown: Its name in messages.
        contents: Its files; None for an architecture made here.
        shape: Size of an architecture made here; None for a checkpoint.
        commit: Commit of a hub repository; None for anything else.
    """

    digest: str
    shown: str
    contents: CheckpointFiles | None
    shape: ArchitectureSize | None
    commit: str | None = None


def find_base(model: ModelRef, config: TrainingConfig, context: Context, *, fetch: bool = True) -> BaseModel:
    """The base of a model reference; weights are hashed (remembered in ``context.workdir``), never loaded.

    Args:
        model: Its path is a folder, a hub id, or ``tiny``.
        config: Holds the shape of ``tiny``.
        context: Says whether the network is off limits, and where to remember hashes.
        fetch: False takes a hub repository from the local cache alone.

    Raises:
        ModelError: There is no such base, or a file of it is absent or broken; pickled weights are never loaded.
    """
    if config.shape is not None:
        text = json.dumps([TINY, asdict(config.shape)], sort_keys=True)
        return BaseModel(
            digest=hashlib.sha256(text.encode()).hexdigest(), shown=TINY, contents=None, shape=config.shape
        )
    if not model.path:
        raise ModelError(
            "finetune: without a base",
            expected="finetune:FOLDER, finetune:OWNER/NAME or finetune:tiny",
            hint="finetune:tiny",
        )
    if is_file(expanded(model.path)):
        hint = f"finetune:{Path(model.path).parent}"
        raise ModelError(f"{model.path} is a file", expected="the folder of a checkpoint", hint=hint)
    source = msgspec.structs.replace(model, adapter="transformers")
    found = locate_checkpoint(source, context, fetch=fetch)
    contents = read_files(found.folder, found.shown, read_config(found.folder, found.shown))
    try_files(found.folder, context.workdir)
    content = digest_files(contents.files, found.folder, context.workdir)
    return BaseModel(digest=content, shown=found.shown, contents=contents, shape=None, commit=found.commit)


def checkpoint_digest(
    version: int,
    *,
    config: TrainingConfig,
    base: BaseModel,
    task: Task,
    data: str,
    context: Context,
    versions: Mapping[str, str],
) -> str:
    """SHA-256, in hex, over adapter version, configuration, base, training data, the trained task's card and libraries.

    Args:
        version: Of the adapter.
        config: All settings, defaults filled in.
        base: Counts by its content.
        task: The task that is trained; tasks with one ``trained_on`` share its checkpoint.
        data: Digest of the train split.
        context: Its device counts: a GPU gives other weights.
        versions: Library -> version.
    """
    decisive = {
        "adapter": version,
        "recipe": config_facts(config),
        "base": base.digest,
        "data": data,
        "task": {
            "name": task.name,
            "kind": task.kind,
            "inputs": list(task.inputs),
            "labels": list(task.label_names),
            "multilabel": task.multilabel,
            "metric": task.metrics[0],
            **_form(task),
        },
        "device": context.device,
        "versions": dict(versions),
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def _form(task: Task) -> dict[str, Any]:
    """Further fields of a task card that affect training, by kind."""
    if isinstance(task, SpanTask):
        return {"unanswerable": task.unanswerable}
    if isinstance(task, ChoiceTask):
        return {"by_text": task.by_text, "placeholder": task.placeholder}
    return {}
