"""What training starts from: a checkpoint in a folder or of the hub, or the shape of an architecture made here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from benchwright.checkpoints.config import read_config
from benchwright.checkpoints.files import CheckpointFiles, digest_files, read_files
from benchwright.checkpoints.locate import locate_checkpoint
from benchwright.checkpoints.trial import try_files
from benchwright.errors import ModelError
from benchwright.paths import expanded, is_file
from benchwright.types import Context, ModelRef

from .recipe import TINY, Recipe, Shape


@dataclass(frozen=True, kw_only=True)
class Base:
    """A starting point.

    Attributes:
        digest: Of its architecture, weights and tokenizer; where it lies does not matter.
        shown: How messages call it.
        contents: Its files; None for an architecture made here.
        shape: Size of an architecture made here; None for a checkpoint.
        commit: Commit of a hub repository; None for anything else.
    """

    digest: str
    shown: str
    contents: CheckpointFiles | None
    shape: Shape | None
    commit: str | None = None


def find_base(model: ModelRef, recipe: Recipe, context: Context, *, fetch: bool = True) -> Base:
    """The base of a model reference; weights are hashed (remembered in ``context.workdir``), never loaded.

    Args:
        model: Its path is a folder, a hub id, or ``tiny``.
        recipe: Holds the shape of ``tiny``.
        context: Says whether the network is off limits, and where to remember hashes.
        fetch: False takes a hub repository from the local cache alone.

    Raises:
        ModelError: There is no such base, or a file of it is absent or broken; pickled weights are never loaded.
    """
    if recipe.shape is not None:
        text = json.dumps([TINY, asdict(recipe.shape)], sort_keys=True)
        return Base(digest=hashlib.sha256(text.encode()).hexdigest(), shown=TINY, contents=None, shape=recipe.shape)
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
    return Base(digest=content, shown=found.shown, contents=contents, shape=None, commit=found.commit)
