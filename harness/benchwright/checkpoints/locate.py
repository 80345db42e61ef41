"""Where a checkpoint lies: a folder, or a repository of the Hugging Face hub in the local cache."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchwright.checkpoints.tokenizer_files import PATTERNS
from benchwright.errors import ModelError
from benchwright.paths import expanded, is_file, is_folder
from benchwright.types import Context, ModelRef

_ANSWERS = {".json", ".jsonl", ".tsv", ".csv", ".parquet", ".conll", ".txt"}
"""Suffixes of files that hold predictions, never a checkpoint."""
_HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")
_WANTED = (
    "config.json",
    "model.safetensors",
    "model.safetensors.index.json",
    "model-*-of-*.safetensors",
    "adapter_config.json",  # not to be loaded: to be seen and refused, whoever fetched it
    *PATTERNS,
)


@dataclass(frozen=True, kw_only=True)
class CheckpointFolder:
    """A checkpoint on this machine.

    Attributes:
        folder: Where its files are.
        shown: How messages call it.
        commit: Commit of a hub repository; None for a folder.
    """

    folder: Path
    shown: str
    commit: str | None = None


def locate_checkpoint(
    model: ModelRef, context: Context, *, only: Sequence[str] = _WANTED, nested: bool = False, fetch: bool = True
) -> CheckpointFolder:
    """The folder of a checkpoint; a hub repository is fetched into the local cache first.

    Args:
        model: Its path is a folder, or a hub id.
        context: Says whether the network is off limits.
        only: Files wanted from the hub.
        nested: Whether they may lie in folders of the repository.
        fetch: False takes a hub repository from the cache alone: what was there at planning is what is opened.

    Raises:
        ModelError: There is no such folder, and no such repository or revision within reach.
    """
    if not model.path:
        raise ModelError(
            "transformers: without a path",
            expected="transformers:FOLDER or transformers:OWNER/NAME",
            hint="transformers:./my-checkpoint",
        )
    folder = expanded(model.path)
    if is_folder(folder):
        return CheckpointFolder(folder=folder, shown=model.path)
    if is_file(folder):
        answers = folder.suffix.lower() in _ANSWERS and folder.name != "config.json"
        hint = f"predictions:{model.path}" if answers else f"transformers:{folder.parent}"
        raise ModelError(f"{model.path} is a file", expected="the folder of a checkpoint", hint=hint)
    if not _HUB_ID.fullmatch(model.path):
        raise ModelError(
            f"no folder {model.path}",
            expected="the folder of a checkpoint, or a hub id `owner/name`",
            hint="check the path; it is relative to the folder you are in",
        )
    offline = context.offline or not fetch
    found = _from_hub(model, only, nested=nested, offline=offline)
    return CheckpointFolder(folder=found, shown=model.path, commit=found.name)


def _from_hub(model: ModelRef, only: Sequence[str], *, nested: bool, offline: bool) -> Path:
    from huggingface_hub import snapshot_download

    with _quiet(), _explained(model, offline=offline):
        found = snapshot_download(
            model.path,
            revision=model.revision,
            allow_patterns=list(only),
            ignore_patterns=None if nested else ["*/*"],
            local_files_only=offline,
        )
    return Path(found)


@contextmanager
def _quiet() -> Iterator[None]:
    """No progress bars: only the console prints."""
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    before = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if not before:
            enable_progress_bars()


@contextmanager
def _explained(model: ModelRef, *, offline: bool) -> Iterator[None]:
    """Turn what the hub's library raises into errors that say what to do next."""
    from huggingface_hub import errors

    shown = f"{model.path}@{model.revision}" if model.revision else model.path
    expected = f"a folder {model.path}, or the hub repository of that name"
    try:
        yield
    except errors.GatedRepoError as error:
        hint = "accept its conditions on the hub, then type `hf auth login`"
        raise ModelError(f"{shown} is a gated repository", expected="access to it", hint=hint) from error
    except errors.RepositoryNotFoundError as error:
        hint = "check the spelling; for a private repository type `hf auth login`"
        raise ModelError(f"there is neither a folder nor a hub repository {model.path}", hint=hint) from error
    except errors.RevisionNotFoundError as error:
        hint = "a branch, a tag, or a commit of 40 hex digits after `@`"
        raise ModelError(
            f"{model.path} has no revision {model.revision!r}",
            expected=hint,
            hint="leave @REVISION out for the newest one",
        ) from error
    except errors.HFValidationError as error:
        raise ModelError(
            f"no folder {model.path}, and not a hub id",
            expected=expected,
            hint="check the path; it is relative to the folder you are in",
        ) from error
    except Exception as error:
        if offline or isinstance(error, errors.OfflineModeIsEnabled):
            given = f"no folder {model.path}, and {shown} is not in the local cache of the hub (offline)"
            hint = "drop --offline once to fetch it, or name a folder"
            raise ModelError(given, expected=expected, hint=hint) from error
        first = str(error).strip().split("\n", 1)[0] or type(error).__name__
        given = f"no folder {model.path}, and the hub gives nothing for {shown}: {first}"
        hint = "check the network and HF_ENDPOINT, or name a folder"
        raise ModelError(given, expected=expected, hint=hint) from error
