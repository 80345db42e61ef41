"""The weight files of a checkpoint: which they are, whether they are whole, how many numbers they hold."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchwright.errors import ModelError

_SINGLE = "model.safetensors"
_INDEX = "model.safetensors.index.json"
_PICKLED = ("pytorch_model*", "model*.bin", "model*.pt", "model*.pth", "*.ckpt")
_FOREIGN = ("tf_model.h5", "flax_model.msgpack", "*.gguf", "*.onnx")
_FROM_ANOTHER_TIME = "fetch or save the checkpoint again"


def weight_files(folder: Path, shown: str) -> tuple[Path, ...]:
    """The safetensors files that `transformers` loads from a folder, with the index first where there is one.

    Raises:
        ModelError: There are none (pickled weights are never loaded), the index is broken, or a file of it is absent.
    """
    if (folder / _SINGLE).is_file():
        return (folder / _SINGLE,)
    index = folder / _INDEX
    if not index.is_file():
        raise _no_weights(folder, shown)
    try:
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ModelError(f"{shown}: {_INDEX} cannot be read ({error})", hint=_FROM_ANOTHER_TIME) from error
    missing = [name for name in names if not (folder / name).is_file()]
    if missing or not names:
        raise ModelError(
            f"{shown}: {_INDEX} names {len(names)} files, of which {len(missing)} are absent: {', '.join(missing[:3])}",
            expected="all files of the index in the folder",
            hint=_FROM_ANOTHER_TIME,
        )
    return (index, *(folder / name for name in names))


def count_parameters(files: Sequence[Path], shown: str) -> int:
    """Numbers in all safetensors files; raises ModelError when a file is not one, or is shorter or longer than it says."""
    return sum(_count(path, shown) for path in files if path.suffix == ".safetensors")


def _count(path: Path, shown: str) -> int:
    tensors, data = _header(path, shown)
    try:
        end: int = max((entry["data_offsets"][1] for entry in tensors.values()), default=0)
        total = int(sum(math.prod(entry["shape"]) for entry in tensors.values()))
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise _broken(path, shown, "its header describes no tensors") from error
    if end != data:
        what = "truncated" if data < end else "longer than it says"
        raise _broken(path, shown, f"{what}: {data:,} bytes of tensors, its header promises {end:,}")
    return total


def _header(path: Path, shown: str) -> tuple[dict[str, Any], int]:
    """Tensors named in the header of a file, and bytes after the header."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            if start == b"version ":
                raise _broken(
                    path, shown, "a Git LFS pointer, not the weights", hint="type `git lfs pull` in the folder"
                )
            length = int.from_bytes(start, "little")
            if size < 8 or length > size - 8:
                raise _broken(path, shown, f"truncated: {size:,} bytes are less than its header")
            header = json.loads(file.read(length))
    except OSError as error:
        raise _broken(path, shown, error.strerror or str(error)) from error
    except ValueError as error:
        raise _broken(path, shown, "its header is not JSON") from error
    if not isinstance(header, dict):
        raise _broken(path, shown, "its header describes no tensors")
    header.pop("__metadata__", None)
    return header, size - 8 - length


def _broken(path: Path, shown: str, problem: str, *, hint: str = _FROM_ANOTHER_TIME) -> ModelError:
    return ModelError(f"{shown}: {path.name} cannot be used: {problem}", expected="a whole safetensors file", hint=hint)


def _no_weights(folder: Path, shown: str) -> ModelError:
    expected = f"{_SINGLE} (or {_INDEX} and its files)"
    pickled = sorted({path.name for pattern in _PICKLED for path in folder.glob(pattern)})
    if pickled:
        return ModelError(
            f"{shown} holds pickled weights only ({', '.join(pickled[:3])}), which can run code and are never loaded",
            expected=expected,
            hint='if you trust the file, convert it once: `python -c "from transformers import AutoModel'
            "ForSequenceClassification as M; M.from_pretrained('FOLDER').save_pretrained('NEW')\"`, and copy the "
            "tokenizer files",
        )
    foreign = sorted({path.name for pattern in _FOREIGN for path in folder.glob(pattern)})
    what = f"no safetensors weights, only {', '.join(foreign)}" if foreign else "no weights"
    return ModelError(
        f"{shown} holds {what}", expected=expected, hint="save it with `save_pretrained` of `transformers`"
    )
