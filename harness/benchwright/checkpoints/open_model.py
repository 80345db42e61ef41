"""Open a checkpoint: model and tokenizer, in a pinned precision, quietly, with nothing left to chance."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.checkpoints.files import CheckpointFiles, linked_files
from benchwright.checkpoints.settings import Dtype
from benchwright.checkpoints.tensors import check_encoder, check_loaded, read_report
from benchwright.checkpoints.tokenizer import CheckpointTokenizer, quiet, read_tokenizer
from benchwright.encoders import is_out_of_memory
from benchwright.encoders.failures import complaint, explained
from benchwright.environment import threads
from benchwright.errors import ModelError
from benchwright.store.atomic import FULL

BARE = ("AutoModel", "AutoModelForTextEncoding")
"""Classes of `transformers` that open a model without a head; of an encoder with a decoder the encoder alone is asked."""

_HEAVIEST = "transformers.modeling_utils"
"""The module that imports torch and most of `transformers`."""


@dataclass(frozen=True, kw_only=True)
class OpenCheckpoint:
    """A model in evaluation mode on its device, with its tokenizer; ``shown`` is how messages call it."""

    model: Any
    read: CheckpointTokenizer
    device: str
    shown: str

    @property
    def tokenizer(self) -> Any:
        """The tokenizer as `transformers` calls it."""
        return self.read.tokenizer


def open_checkpoint(
    checkpoint: CheckpointFiles,
    *,
    dtype: Dtype,
    device: str,
    exact: bool,
    auto: str = "AutoModelForSequenceClassification",
    words: bool = False,
    prefix_space: bool | None = None,
) -> OpenCheckpoint:
    """Model and tokenizer of a folder; no network, no code from the checkpoint, no pickle.

    Args:
        checkpoint: The files of a checkpoint; no other is opened.
        dtype: What it computes in, whatever it was stored in.
        device: ``cpu`` or ``cuda``.
        exact: Whether single precision means single precision (no TF32).
        auto: Class of `transformers` that opens the model.
        words: Whether the tokenizer will read lists of words.
        prefix_space: As in `read_tokenizer`.

    Raises:
        ModelError: It cannot be loaded, weights are missing (they would be random) or have no place in the model, memory
            does not suffice, or the device is not there.
    """
    with nothing_collected():
        _import_libraries()
        return _open(
            checkpoint, dtype=dtype, device=device, exact=exact, auto=auto, words=words, prefix_space=prefix_space
        )


def _open(
    checkpoint: CheckpointFiles,
    *,
    dtype: Dtype,
    device: str,
    exact: bool,
    auto: str,
    words: bool,
    prefix_space: bool | None,
) -> OpenCheckpoint:
    import torch

    shown = checkpoint.shown
    if device == "cuda" and not torch.cuda.is_available():
        raise ModelError(
            f"{shown}: torch {torch.__version__} sees no CUDA device here",
            expected="a GPU with its driver, and a CUDA build of torch",
            hint="type --device cpu, or `benchwright doctor` to see what is missing",
        )
    torch.set_num_threads(threads())
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")  # said outright, or the library warns at each fork
    os.environ.setdefault(
        "MKL_CBWR", "AUTO,STRICT"
    )  # read at its first product: else numbers depend on where arrays lie
    if exact:
        torch.set_float32_matmul_precision("highest")  # whatever the program around set
    if device == "cuda" and exact:
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
    with quiet(), explained(lambda error: _cannot_open(error, shown, auto)), linked_files(checkpoint) as folder:
        read = read_tokenizer(folder, words=words, prefix_space=prefix_space)
        model = _model(checkpoint, folder, auto, dtype=getattr(torch, dtype))
        if auto in BARE and getattr(model.config, "is_encoder_decoder", False):
            model = model.get_encoder()
        model = model.to(device).eval()
    if hasattr(model.config, "use_cache"):
        model.config.use_cache = False  # one forward pass per input: keeping keys and values only costs memory
    return OpenCheckpoint(model=model, read=read, device=device, shown=shown)


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Meanwhile nothing looks for objects that only refer to each other: those that imports and loading make all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _import_libraries() -> None:
    """Import torch and transformers, and let no collection look at their objects again, of which there are a million.

    Looking at them over and over is an eighth of the time of importing. Once in a process, before the first weights are loaded:
    of what is there by then next to nothing would ever be collected.
    """
    if _HEAVIEST in sys.modules:
        return
    with quiet():
        importlib.import_module(_HEAVIEST)
    gc.freeze()


def _model(checkpoint: CheckpointFiles, folder: Path, auto: str, *, dtype: Any) -> Any:
    import transformers

    model, report = getattr(transformers, auto).from_pretrained(
        str(folder),
        dtype=dtype,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
        ignore_mismatched_sizes=True,  # they are refused below, with both sizes
        output_loading_info=True,
    )
    check = check_encoder if auto in BARE else check_loaded
    check(model, read_report(report), checkpoint.weights, checkpoint.shown)
    return model


def _cannot_open(error: BaseException, shown: str, auto: str) -> ModelError:
    """The error for whatever loading raises."""
    gc.collect()
    if is_out_of_memory(error):
        given, hint = f"{shown} does not fit into memory", "free memory, or take a smaller model or ?dtype=bfloat16"
        return ModelError(given, expected="room for all weights", hint=hint)
    if isinstance(error, OSError) and error.errno in FULL:
        return ModelError(
            f"{shown} cannot be opened: no space left in {tempfile.gettempdir()}",
            expected="room for a folder of links, or of copies where this system has no links",
            hint="free some space, or set TMPDIR to a folder on another disk",
        )
    return ModelError(
        f"{shown} cannot be opened: {complaint(error)}",
        expected=f"a model that {auto} of the installed `transformers` knows, with its tokenizer",
        hint="`benchwright doctor` shows the versions; code that comes with a checkpoint is never run",
    )
