"""Open a checkpoint: model and tokenizer, in a pinned precision, quietly, with nothing left to chance."""

from __future__ import annotations

import gc
import inspect
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.bulk import is_out_of_memory
from benchwright.environment import processors
from benchwright.errors import ModelError

from .settings import Dtype


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A model in evaluation mode on its device, with its tokenizer."""

    model: Any
    tokenizer: Any
    device: str


def open_checkpoint(
    folder: Path,
    shown: str,
    *,
    dtype: Dtype,
    device: str,
    exact: bool,
    auto: str = "AutoModelForSequenceClassification",
    words: bool = False,
    prefix_space: bool | None = None,
) -> Opened:
    """Model and tokenizer of a folder; no network, no code from the checkpoint, no pickle.

    Args:
        folder: A checkpoint whose files were checked.
        shown: How messages call it.
        dtype: What it computes in, whatever it was stored in.
        device: ``cpu`` or ``cuda``.
        exact: Whether single precision means single precision (no TF32).
        auto: Class of `transformers` that opens the model.
        words: Whether the tokenizer will read lists of words.
        prefix_space: As in `open_tokenizer`.

    Raises:
        ModelError: It cannot be loaded, weights are missing (they would be random), memory does not suffice, or the
            device is not there.
    """
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise ModelError(
            f"{shown}: torch {torch.__version__} sees no CUDA device here",
            expected="a GPU with its driver, and a CUDA build of torch",
            hint="type --device cpu, or `benchwright doctor` to see what is missing",
        )
    torch.set_num_threads(processors())
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")  # said outright, or the library warns at each fork
    if device == "cuda" and exact:
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
    with quiet(), _explained(shown, auto):
        tokenizer = open_tokenizer(folder, words=words, prefix_space=prefix_space)
        model = _model(folder, shown, auto, dtype=getattr(torch, dtype)).to(device).eval()
    if hasattr(model.config, "use_cache"):
        model.config.use_cache = False  # one forward pass per input: keeping keys and values only costs memory
    return Opened(model=model, tokenizer=tokenizer, device=device)


@contextmanager
def quiet() -> Iterator[None]:
    """No log lines and no progress bars of `transformers` meanwhile: only the console prints."""
    from transformers.utils import logging

    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


def open_tokenizer(folder: Path, *, words: bool = False, prefix_space: bool | None = None) -> Any:
    """The tokenizer of a folder.

    Args:
        folder: A checkpoint, or the tokenizer's files alone.
        words: Whether it will read lists of words. Byte-level tokenizers of the families whose class asks for it (RoBERTa,
            GPT-2, DeBERTa, BART) then put a blank before each word, as `transformers` demands; any other is left as saved.
        prefix_space: Overrules that for byte-level tokenizers.
    """
    from transformers import AutoTokenizer

    where: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    tokenizer = AutoTokenizer.from_pretrained(str(folder.resolve()), **where)
    if not words:
        return tokenizer
    levels = _byte_levels(tokenizer)
    by_class = "add_prefix_space" in inspect.signature(type(tokenizer).__init__).parameters
    wanted = prefix_space if prefix_space is not None else (True if by_class else None)
    if wanted is None or all(level.add_prefix_space is wanted for level in levels):
        return tokenizer
    if by_class:  # the class remembers it, so that it is saved
        tokenizer = AutoTokenizer.from_pretrained(str(folder.resolve()), add_prefix_space=wanted, **where)
    for level in _byte_levels(tokenizer):
        level.add_prefix_space = wanted
    return tokenizer


def prefix_space(tokenizer: Any) -> bool | None:
    """Whether a byte-level tokenizer puts a blank before each word; None for other tokenizers."""
    levels = _byte_levels(tokenizer)
    return all(level.add_prefix_space for level in levels) if levels else None


def _byte_levels(tokenizer: Any) -> list[Any]:
    """The byte-level steps of a fast tokenizer; they are changed in place."""
    step: Any = getattr(getattr(tokenizer, "backend_tokenizer", None), "pre_tokenizer", None)
    steps = [step]
    if type(step).__name__ == "Sequence":
        steps = [step[at] for at in range(len(json.loads(step.__getstate__())["pretokenizers"]))]
    return [step for step in steps if type(step).__name__ == "ByteLevel"]


def _model(folder: Path, shown: str, auto: str, *, dtype: Any) -> Any:
    import transformers

    model, report = getattr(transformers, auto).from_pretrained(
        str(folder.resolve()),
        dtype=dtype,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
        output_loading_info=True,
    )
    missing = sorted(report["missing_keys"])
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise ModelError(
            f"{shown} lacks weights of {type(model).__name__}: {', '.join(missing[:3])}{more}; they would be random",
            expected="a checkpoint whose encoder and head were both trained and saved",
            hint=f"train the head first: `finetune:{shown}`",
        )
    return model


@contextmanager
def _explained(shown: str, auto: str) -> Iterator[None]:
    """Turn what loading raises into one message."""
    failed: BaseException
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        failed = error
    else:
        return
    gc.collect()
    if is_out_of_memory(failed):
        given, hint = f"{shown} does not fit into memory", "free memory, or take a smaller model or ?dtype=bfloat16"
        raise ModelError(given, expected="room for all weights", hint=hint) from failed
    first = str(failed).strip().split("\n", 1)[0]
    raise ModelError(
        f"{shown} cannot be opened: {type(failed).__name__}: {first}",
        expected=f"a model that {auto} of the installed `transformers` knows, with its tokenizer",
        hint="`benchwright doctor` shows the versions; code that comes with a checkpoint is never run",
    ) from failed
