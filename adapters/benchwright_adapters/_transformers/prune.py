"""A checkpoint without its smallest weights: of each matrix that a layer multiplies with a share is zero, chosen by magnitude.

It is made once, beside the checkpoints that are trained here, and opened like any other. Zeros are multiplied as other numbers are: by
themselves they make nothing faster and no file smaller.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchwright.checkpoints.derived import Derivation, derive, digest_of, not_finite
from benchwright.checkpoints.files import CheckpointFiles
from benchwright.checkpoints.weights import Tensor, Weights
from benchwright.errors import ModelError
from benchwright.store.atomic import write
from benchwright.types import Context

from .variant import is_product

REPORT = "pruned.json"
"""What was done to a checkpoint, in its folder."""

_RULE = "magnitude, the same share of each matrix of numbered layers"
_FORMATS = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}


def pruned_digest(parent: str, share: float) -> str:
    """Digest of what pruning makes of a checkpoint; ``parent`` is that of the checkpoint."""
    return digest_of({"derived": "prune", "rule": _RULE, "share": repr(share), "parent": parent})


def check_products(weights: Weights, shown: str) -> None:
    """Raise ModelError where there is no matrix to prune."""
    if not any(is_product(name, tensor) for name, tensor in weights.tensors.items()):
        raise ModelError(
            f"{shown}: prune= finds no matrix among the weights of numbered layers",
            expected="an encoder of linear layers",
            hint="leave ?prune= out",
        )


def make_pruned(
    checkpoint: CheckpointFiles, beside: Iterable[Path], *, digest: str, parent: str, share: float, context: Context
) -> Path:
    """The folder of the pruned checkpoint, which is made now unless it is there; of several processes one makes it.

    Args:
        checkpoint: What is pruned.
        beside: Further files of its folder that decide the answers.
        digest: Of the pruned checkpoint; its first 40 digits name the folder.
        parent: Digest of what is pruned.
        share: Part of the weights of each matrix that becomes zero.
        context: Says where checkpoints are kept, and is told of progress.

    Raises:
        ModelError: A matrix holds what is no finite number: which are the smallest cannot be said.
        StoreError: There is no room, or the store cannot be written.
    """
    about = {"digest": digest, "parent": parent, "share": share, "rule": _RULE}
    wanted = Derivation(digest=digest, what=f"pruning {Path(checkpoint.shown).name}")
    return derive(wanted, context, lambda draft: _write(checkpoint, beside, draft, about))


def _write(checkpoint: CheckpointFiles, beside: Iterable[Path], draft: Path, about: Mapping[str, Any]) -> None:
    for path in {*checkpoint.files, *beside}:
        copy = draft / path.relative_to(checkpoint.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    zeros = sum(
        _prune_file(draft / path.name, checkpoint, about["share"])
        for path in checkpoint.weights.files
        if path.suffix == ".safetensors"
    )
    write(draft / REPORT, json.dumps({**about, "zeros": zeros}, indent=1).encode() + b"\n")


def _prune_file(path: Path, checkpoint: CheckpointFiles, share: float) -> int:
    """Put zeros into a file where it lies, header and all other numbers as they are; how many."""
    zeros = 0
    with path.open("r+b") as file:
        length = int.from_bytes(file.read(8), "little")
        here = json.loads(file.read(length))
        for name, tensor in checkpoint.weights.tensors.items():
            if name in here and is_product(name, tensor):
                file.seek(8 + length + tensor.begin)
                kept, count = _prune(file.read(tensor.end - tensor.begin), tensor, share)
                if kept is None:
                    raise not_finite(checkpoint.shown, name)
                file.seek(8 + length + tensor.begin)
                file.write(kept)
                zeros += count
    return zeros


def _prune(content: bytes, tensor: Tensor, share: float) -> tuple[bytes | None, int]:
    """A matrix without the smallest of its numbers, of equal ones the first, and how many these are; None where some are not finite."""
    import torch

    values = torch.frombuffer(bytearray(content), dtype=getattr(torch, _FORMATS[tensor.dtype]))
    if not bool(torch.isfinite(values).all()):
        return None, 0
    count = round(share * len(values))
    smallest = values.float().abs().sort(stable=True).indices[:count]
    values[smallest] = 0.0
    return values.view(torch.uint8).numpy().tobytes(), count
