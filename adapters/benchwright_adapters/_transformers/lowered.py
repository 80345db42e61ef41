"""An open model computed otherwise than it was saved: attention as asked for, whole numbers, compiled layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchwright.checkpoints.open_model import OpenCheckpoint
from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders.failures import complaint
from benchwright.errors import ModelError

from .settings import EncoderSettings

if TYPE_CHECKING:
    from .forward import TorchForward


def set_attention(opened: OpenCheckpoint, settings: EncoderSettings) -> None:
    """Set a model to the attention of `transformers` that was asked for.

    Raises:
        ModelError: Its class has another one only.
    """
    asked, model = settings.attention, opened.model
    if asked not in ("sdpa", "eager"):
        return
    why = ""
    try:
        with quiet():
            model.set_attn_implementation(asked)
    except (ImportError, ValueError) as error:
        why = f": {complaint(error)}"
    if str(getattr(model.config, "_attn_implementation", None) or "eager") != asked:
        raise ModelError(
            f"{opened.shown}: attn={asked}, and {type(model).__name__} does not compute it{why}",
            expected="an attention that the class has",
            hint="?attn=eager, or leave ?attn= out" if asked == "sdpa" else "leave ?attn= out",
        )


def lower(forward: TorchForward, settings: EncoderSettings, shown: str) -> None:
    """Change how an open model computes, after it was proved to read buffers, which whole numbers are too coarse to show.

    Args:
        forward: The model, in ``settings.dtype``; changed.
        settings: What is asked for.
        shown: How messages call the model.

    Raises:
        ModelError: It reads no buffers and was asked to, or it cannot be computed so.
    """
    if forward.flat.tokens is None:
        _refuse_without_buffers(settings, forward.flat.reason, shown)
    if settings.quantize:
        from .int8 import quantise

        forward.settings.pop("linear layers", None)
        forward.settings["products"] = quantise(
            forward.model.base_model, device=forward.device, rows=settings.token_budget, shown=shown
        )
    if settings.compiled:
        forward.compile_layers(settings.token_budget, shown)


def _refuse_without_buffers(settings: EncoderSettings, reason: str, shown: str) -> None:
    """Raise ModelError where options need buffers, which a model does not read for this reason."""
    if settings.attention == "flat":
        raise ModelError(
            f"{shown}: attn=flat, and it reads no buffers: {reason}",
            expected="a family that is proved to read texts one after the other",
            hint="leave ?attn= out: batches of equal lengths are read then",
        )
    if settings.compiled:
        raise ModelError(
            f"{shown}: compile=true, and it reads no buffers of one shape: {reason}",
            expected="a family that is proved to read texts one after the other",
            hint="leave ?compile= out",
        )
