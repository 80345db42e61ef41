"""Which files of a folder decide predictions, and a view of the folder that holds these files and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.errors import ModelError

from . import head, tensors, vocabulary, weights
from .config_file import check_sizes
from .json_file import read_object

CONFIG = "config.json"
_LOSSES = frozenset({"problem_type"})

ADAPTERS = ("adapter_config.json", "adapter_model*")
"""Files of `peft`: with it installed `transformers` loads them beside a base without being asked."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What is read of a checkpoint.

    Attributes:
        folder: Where its files are.
        shown: How messages call it.
        files: Every file that decides its predictions; the digest is over these, and no other is opened.
        weights: Headers of its weights.
    """

    folder: Path
    shown: str
    files: tuple[Path, ...]
    weights: weights.Weights


def read_contents(folder: Path, shown: str, config: Mapping[str, Any]) -> Contents:
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
    words = vocabulary.tokenizer_files(folder, str(config["model_type"]), shown)
    numbers = weights.read_weights(folder, shown, saved_as=head.saved_as(config))
    tensors.check_names(numbers, shown)
    check_sizes(config, numbers, shown)
    return Contents(folder=folder, shown=shown, files=(folder / CONFIG, *numbers.files, *words), weights=numbers)


@contextmanager
def seen(contents: Contents) -> Iterator[Path]:
    """A folder of links to the files that decide predictions: whatever else lies beside them cannot be loaded.

    Settings that name a loss are left out of config.json: no answer hangs on them, and the library refuses some.
    """
    with tempfile.TemporaryDirectory(prefix="benchwright-") as place:
        for path in contents.files:
            _link(path.resolve(), Path(place) / path.name)
        config = read_object(contents.folder / CONFIG, contents.shown)
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
