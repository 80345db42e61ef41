"""The files of a checkpoint that decide its predictions: list, view without other files, digest."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.checkpoints.config import read_object
from benchwright.checkpoints.head import saved_as
from benchwright.checkpoints.tensors import check_names
from benchwright.checkpoints.tokenizer_files import tokenizer_files
from benchwright.checkpoints.weights import Weights, check_sizes, read_weights
from benchwright.errors import ModelError, StoreError
from benchwright.store import atomic
from benchwright.types import Context

CONFIG = "config.json"
_LOSSES = frozenset({"problem_type"})

ADAPTERS = ("adapter_config.json", "adapter_model*")
"""Files of `peft`: with it installed `transformers` loads them beside a base without being asked."""


@dataclass(frozen=True, kw_only=True)
class CheckpointFiles:
    """The files that are read of a checkpoint.

    Attributes:
        folder: Where its files are.
        shown: How messages call it.
        files: Every file that decides its predictions; the digest is over these, and no other is opened.
        weights: Headers of its weights.
    """

    folder: Path
    shown: str
    files: tuple[Path, ...]
    weights: Weights


def read_files(folder: Path, shown: str, config: Mapping[str, Any]) -> CheckpointFiles:
    """The files of a checkpoint, looked through as far as that goes without loading a tensor.

    Args:
        folder: The checkpoint.
        shown: How messages call it.
        config: Its configuration.

    Raises:
        ModelError: An adapter lies beside the base; weights or tokenizer are absent, broken, of other sizes than the
            configuration says, or in names or types that `transformers` would leave out or misread.
    """
    _refuse_adapter(folder, shown)
    words = tokenizer_files(folder, str(config["model_type"]), shown)
    weights = read_weights(folder, shown, saved_as=saved_as(config))
    check_names(weights, shown)
    check_sizes(config, weights, shown)
    return CheckpointFiles(folder=folder, shown=shown, files=(folder / CONFIG, *weights.files, *words), weights=weights)


@contextmanager
def linked_files(checkpoint: CheckpointFiles) -> Iterator[Path]:
    """A folder of links to the files that decide predictions: whatever else lies beside them cannot be loaded.

    Settings that name a loss are left out of config.json: no answer hangs on them, and the library refuses some.
    """
    with tempfile.TemporaryDirectory(prefix="benchwright-") as place:
        for path in checkpoint.files:
            _link(path.resolve(), Path(place) / path.name)
        config = read_object(checkpoint.folder / CONFIG, checkpoint.shown)
        if _LOSSES & set(config):
            kept = {name: value for name, value in config.items() if name not in _LOSSES}
            (Path(place) / CONFIG).unlink()
            (Path(place) / CONFIG).write_text(json.dumps(kept), encoding="utf-8")
        yield Path(place)


def _link(source: Path, place: Path) -> None:
    try:
        place.symlink_to(source)
    except OSError:  # a system without links for everyone
        try:
            os.link(source, place)
        except OSError:
            shutil.copyfile(source, place)


def adapter_files(folder: Path) -> Sequence[str]:
    """Names of the files of an adapter in a folder."""
    return sorted({path.name for pattern in ADAPTERS for path in folder.glob(pattern)})


def _refuse_adapter(folder: Path, shown: str) -> None:
    found = adapter_files(folder)
    if found:
        raise ModelError(
            f"{shown} holds an adapter beside a base model ({', '.join(found[:3])}): `transformers` loads it where `peft` "
            "is installed, and leaves it out where it is not",
            expected="one model: the adapter merged into its base, or the base alone",
            hint="merge it once (`merge_and_unload()` of `peft`, then `save_pretrained`) and name that folder; to measure the "
            "base alone, move these files elsewhere",
        )


_SETTLED_NS = 2_000_000_000
"""A file changed less than this ago may change again without its clock showing it, so it is not remembered yet."""


def digest_files(files: Iterable[Path], folder: Path, workdir: Path) -> str:
    """SHA-256 over (name relative to ``folder``, SHA-256 of content) of each file, in the order of names.

    Args:
        files: Files below ``folder``.
        folder: The checkpoint; where it lies does not matter.
        workdir: Where digests of single files are remembered, by path, size and the file's own clocks.

    Raises:
        ModelError: A file cannot be read.
    """
    whole = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.relative_to(folder).as_posix()):
        whole.update(f"{path.relative_to(folder).as_posix()}\0{digest_file(path, workdir)}\n".encode())
    return whole.hexdigest()


def digest_file(path: Path, workdir: Path) -> str:
    """SHA-256, in hex, of a file, remembered in ``workdir`` by path, size and the file's own clocks; raises ModelError where it cannot be read."""
    try:
        state = path.stat()
        identity = f"{path.resolve()}|{state.st_size}|{state.st_mtime_ns}|{state.st_ctime_ns}|{state.st_ino}"
        note = workdir / "digests" / hashlib.sha256(identity.encode()).hexdigest()[:40]
        known = _recall(note)
        if known is not None:
            return known
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"cannot read {path.name} of the checkpoint: {error.strerror}") from error
    if time.time_ns() - max(state.st_mtime_ns, state.st_ctime_ns) > _SETTLED_NS:
        _remember(note, found)
    return found


def _recall(note: Path) -> str | None:
    try:
        text = note.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
    return text if len(text) == 64 else None


def _remember(note: Path, digest: str) -> None:
    """Keep a digest; a folder that cannot be written only costs time."""
    with contextlib.suppress(StoreError):
        atomic.write(note, digest.encode())


PACKAGES = ("torch", "transformers", "tokenizers")

_LESS = {
    "cuda": {"NVIDIA_TF32_OVERRIDE": ("", "0")},
    "cpu": {"ONEDNN_DEFAULT_FPMATH_MODE": ("", "STRICT"), "DNNL_DEFAULT_FPMATH_MODE": ("", "STRICT")},
}
"""Device -> variables with which libraries below torch compute float32 as something less, and the values that are none."""


def check_environment(context: Context) -> None:
    """Raise ModelError where single precision would not be that, though the precision asked for is ``exact``."""
    if context.precision != "exact":
        return
    for name, harmless in _LESS.get(context.device, {}).items():
        value = os.environ.get(name, "")
        if value.upper() not in harmless:
            raise ModelError(
                f"{name}={value} in the environment makes float32 something less, and no result would show it",
                expected="float32 computed as such with --precision exact",
                hint=f"unset {name}, or type --precision fast",
            )


def packages_of(files: Iterable[Path]) -> tuple[str, ...]:
    """Libraries whose version decides what a checkpoint answers: SentencePiece too, where a model of it is all there is."""
    names = {path.name for path in files}
    pieces = any(name.endswith(".model") for name in names) and "tokenizer.json" not in names
    return (*PACKAGES, "sentencepiece") if pieces else PACKAGES
