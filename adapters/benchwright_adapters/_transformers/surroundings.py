"""What decides numbers from outside a checkpoint: variables of the environment, and libraries that some of its files need."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from benchwright.errors import ModelError
from benchwright.types import Context

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
