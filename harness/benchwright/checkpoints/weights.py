"""The weight files of a checkpoint: which they are, whether they are whole, and every tensor in them."""

from __future__ import annotations

import math
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from benchwright.checkpoints.config import brief, nested_settings, parse, read_object
from benchwright.errors import ModelError
from benchwright.paths import is_file

_SINGLE = "model.safetensors"
_INDEX = "model.safetensors.index.json"
CHECKPOINTS = (_SINGLE, _INDEX)
"""The file by which a folder is known as a checkpoint: the weights, or the index of their files."""

_PICKLED = ("pytorch_model*", "model*.bin", "model*.pt", "model*.pth", "*.ckpt")
_FOREIGN = ("tf_model.h5", "flax_model.msgpack", "*.gguf", "*.onnx")
_FROM_ANOTHER_TIME = "fetch or save the checkpoint again"
_LONGEST_HEADER = 100_000_000
"""Bytes; safetensors itself reads no longer one."""
_MOST_AXES = 16
_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_BYTES |= {"U16": 2, "U32": 4, "U64": 8, "C64": 8, "F8_E4M3": 1, "F8_E5M2": 1}
FLOATS = frozenset({"F64", "F32", "F16", "BF16"})
"""Types of numbers that a model computes with as they are."""

_MOST_POSITIONS = 10_000_000
_MOST_LAYERS = 1_000
"""Layers that no checkpoint has, where its weights are few: some families share theirs between layers."""
_LAYERS: tuple[str, ...] = (
    "num_hidden_layers",
    "num_layers",
    "n_layer",
    "n_layers",
    "encoder_layers",
    "decoder_layers",
)
_LAYERS += ("num_decoder_layers", "num_hidden_groups", "inner_group_num", "num_experts", "num_local_experts")
_WIDTHS: tuple[str, ...] = (
    "vocab_size",
    "type_vocab_size",
    "hidden_size",
    "embedding_size",
    "intermediate_size",
    "pooler_hidden_size",
)
_WIDTHS += ("d_model", "d_ff", "d_kv", "d_inner", "d_head", "n_embd", "n_inner", "dim", "hidden_dim", "d_embed")
_WIDTHS += ("encoder_ffn_dim", "decoder_ffn_dim", "relative_attention_num_buckets", "position_buckets")
_WIDTHS += ("max_relative_positions", "num_hash_buckets")
_POSITIONS = ("max_position_embeddings", "n_positions", "n_ctx")
_TABLE = re.compile(r"(^|\.)(position_embeddings|embed_positions|wpe)\.weight$")


@dataclass(frozen=True, kw_only=True)
class Tensor:
    """A tensor as the header of its file describes it: type of number, shape, and where its bytes are."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The weights that `transformers` loads from a folder.

    Attributes:
        files: The safetensors files, with the index first where there is one.
        tensors: Every tensor in them, by name.
    """

    files: tuple[Path, ...]
    tensors: Mapping[str, Tensor]

    @property
    def parameters(self) -> int:
        """Numbers in all tensors."""
        return sum(math.prod(tensor.shape) for tensor in self.tensors.values())


def read_weights(folder: Path, shown: str, *, saved_as: str = "AutoModel") -> Weights:
    """Files and headers of the weights; no tensor is read.

    Args:
        folder: The checkpoint.
        shown: How messages call it.
        saved_as: Class of `transformers` that a pickled checkpoint would be converted with.

    Raises:
        ModelError: There are none (pickled weights are never loaded), a file is absent or broken, or index and files tell
            of different tensors.
    """
    if is_file(folder / _SINGLE):
        path = folder / _SINGLE
        return Weights(files=(path,), tensors=_header(path, shown))
    index = folder / _INDEX
    if not is_file(index):
        raise _no_weights(folder, shown, saved_as)
    return _sharded(index, shown)


def check_sizes(config: Mapping[str, Any], weights: Weights, shown: str) -> None:
    """Refuse sizes that the weights cannot have: a model of that size would be made before it is compared with them.

    Raises:
        ModelError: There are more layers than tensors, or a width or a table is larger than any tensor.
    """
    shapes = [tensor.shape for tensor in weights.tensors.values()]
    largest = max((max(shape, default=1) for shape in shapes), default=1)
    rows = max((tensor.shape[0] for name, tensor in weights.tensors.items() if _TABLE.search(name)), default=None)
    limits = {
        **dict.fromkeys(_LAYERS, max(_MOST_LAYERS, len(shapes))),
        **dict.fromkeys(_WIDTHS, largest),
        **dict.fromkeys(_POSITIONS, _MOST_POSITIONS if rows is None else max(rows, largest)),
    }
    for name, value in nested_settings(config):
        if name in limits and isinstance(value, int | float) and value > limits[name]:
            raise ModelError(
                f"{shown}: `{name}` in config.json is {value:,}, the weights have {len(shapes):,} tensors, the longest side of "
                f"one is {largest:,}",
                expected="the config.json that the weights were saved with",
                hint="fetch or save the checkpoint again",
            )


def _sharded(index: Path, shown: str) -> Weights:
    placed = read_object(index, shown, hint=_FROM_ANOTHER_TIME).get("weight_map")
    if not isinstance(placed, dict) or not all(isinstance(name, str) for name in placed.values()):
        raise ModelError(
            f"{shown}: `weight_map` in {_INDEX} is {brief(placed)}",
            expected="the name of a file for each tensor",
            hint=_FROM_ANOTHER_TIME,
        )
    names = sorted(set(placed.values()))
    outside = [name for name in names if Path(name).name != name or not name.endswith(".safetensors")]
    if outside:
        raise ModelError(
            f"{shown}: {_INDEX} names {brief(outside[0])}",
            expected="safetensors files of the folder itself",
            hint=_FROM_ANOTHER_TIME,
        )
    missing = [name for name in names if not is_file(index.parent / name)]
    if missing or not names:
        raise ModelError(
            f"{shown}: {_INDEX} names {len(names)} files, of which {len(missing)} are absent: {', '.join(missing[:3])}",
            expected="all files of the index in the folder",
            hint=_FROM_ANOTHER_TIME,
        )
    tensors: dict[str, Tensor] = {}
    home: dict[str, str] = {}
    for name in names:
        for tensor, found in _header(index.parent / name, shown).items():
            tensors[tensor] = found
            if placed.get(tensor) != name or tensor in home:
                raise _at_odds(shown, tensor, name)
            home[tensor] = name
    lost = next((tensor for tensor in placed if tensor not in home), None)
    if lost is not None:
        raise _at_odds(shown, lost, placed[lost])
    return Weights(files=(index, *(index.parent / name for name in names)), tensors=tensors)


def _at_odds(shown: str, tensor: str, name: str) -> ModelError:
    return ModelError(
        f"{shown}: {_INDEX} and {name} do not tell the same of {tensor}",
        expected="each tensor once, in the file that the index names for it",
        hint=_FROM_ANOTHER_TIME,
    )


def _header(path: Path, shown: str) -> dict[str, Tensor]:
    """Tensors that the header of a file describes; its bytes are exactly those."""
    raw, data = _raw_header(path, shown)
    tensors = {name: _tensor(path, shown, name, entry) for name, entry in raw.items()}
    at = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].begin, item[1].end)):
        if tensor.begin != at:
            raise _broken(path, shown, f"{name} begins at byte {tensor.begin:,} of the tensors, not {at:,}")
        at = tensor.end
    if at != data:
        what = "truncated" if data < at else "longer than it says"
        raise _broken(path, shown, f"{what}: {data:,} bytes of tensors, its header promises {at:,}")
    return tensors


def _tensor(path: Path, shown: str, name: str, entry: Any) -> Tensor:
    fields = entry if isinstance(entry, dict) else {}
    dtype, shape, offsets = fields.get("dtype"), fields.get("shape"), fields.get("data_offsets")
    if not (_are_counts(shape) and _are_counts(offsets) and len(offsets) == 2 and len(shape) <= _MOST_AXES):
        raise _broken(path, shown, f"its header describes no tensors ({name}: {brief(entry)})")
    if not isinstance(dtype, str) or dtype not in _BYTES:
        raise _broken(path, shown, f"{name} has numbers of the type {brief(dtype)}")
    begin, end = offsets
    if end - begin != math.prod(shape) * _BYTES[dtype]:
        raise _broken(path, shown, f"{name} has {end - begin:,} bytes, not those of {brief(shape)} numbers {dtype}")
    return Tensor(dtype=dtype, shape=tuple(shape), begin=begin, end=end)


def _are_counts(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(number) is int and 0 <= number < 2**63 for number in value)


def _raw_header(path: Path, shown: str) -> tuple[dict[str, Any], int]:
    """The header of a file as it is written, without its metadata, and bytes after the header."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise _broken(path, shown, "not a regular file")
        with path.open("rb") as file:
            start = file.read(8)
            if start == b"version ":
                raise _broken(
                    path, shown, "a Git LFS pointer, not the weights", hint="type `git lfs pull` in the folder"
                )
            length = int.from_bytes(start, "little")
            if state.st_size < 8 or length > state.st_size - 8:
                raise _broken(path, shown, f"truncated: {state.st_size:,} bytes are less than its header")
            if length > _LONGEST_HEADER:
                raise _broken(path, shown, f"its header has {length:,} bytes, {_LONGEST_HEADER:,} are the most")
            header = parse(file.read(length))
    except OSError as error:
        raise _broken(path, shown, error.strerror or str(error)) from error
    except ValueError as error:
        raise _broken(path, shown, "its header is not JSON") from error
    if not isinstance(header, dict):
        raise _broken(path, shown, "its header describes no tensors")
    header.pop("__metadata__", None)
    return header, state.st_size - 8 - length


def _broken(path: Path, shown: str, problem: str, *, hint: str = _FROM_ANOTHER_TIME) -> ModelError:
    return ModelError(f"{shown}: {path.name} cannot be used: {problem}", expected="a whole safetensors file", hint=hint)


def _no_weights(folder: Path, shown: str, saved_as: str) -> ModelError:
    expected = f"{_SINGLE} (or {_INDEX} and its files)"
    convert = (
        f"`python -c \"from transformers import {saved_as} as M; M.from_pretrained('{shown}').save_pretrained('NEW')\"`, "
        "and copy the tokenizer files into NEW"
    )
    pickled = _named(folder, _PICKLED)
    if pickled:
        return ModelError(
            f"{shown} holds pickled weights only ({', '.join(pickled[:3])}), which can run code and are never loaded",
            expected=expected,
            hint=f"if you trust the file, convert it once: {convert}",
        )
    foreign = _named(folder, _FOREIGN)
    what = f"no safetensors weights, only {', '.join(foreign)}" if foreign else "no weights"
    hint = "save it with `save_pretrained` of `transformers`"
    if folder.parent.name == "snapshots":  # of the hub, from where pickles are not fetched
        hint = f"if its repository holds pickled weights and you trust them, convert them once: {convert}"
    return ModelError(f"{shown} holds {what}", expected=expected, hint=hint)


def _named(folder: Path, patterns: Sequence[str]) -> list[str]:
    return sorted({path.name for pattern in patterns for path in folder.glob(pattern)})
