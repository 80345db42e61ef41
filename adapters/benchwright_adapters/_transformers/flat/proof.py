"""Prove that a model reads buffers as it reads texts one at a time: a few texts of random tokens, both ways, when it is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchwright.encoders.failures import complaint
from benchwright.encoders.flat import Buffer

from . import attention, linear
from .attention import FlatRefused
from .heads import OF_TEXTS, OF_TOKENS, Head, Reader
from .inputs import FlatInputs
from .model import FlatModel
from .reference import Numbers, Reference, Tolerances, find_tolerances, one_thread, read_alone, to_host
from .trial import TriedModel, trial_buffer

_TELLING = 4
"""Times the tolerance by which what is compared differs among texts at least: where it hardly does, a wrong reading would pass."""


def prove(tried: TriedModel) -> FlatModel | str:
    """The model set to read buffers, or in words why it does not; its attention is then what it was."""
    import torch

    before = getattr(tried.model.config, "_attn_implementation", None)
    try:
        with torch.inference_mode():
            return _proved(tried)
    except FlatRefused as refused:
        why = f"{tried.family} {refused}"
    except Exception as error:
        why = f"{tried.family} fails on texts in one buffer: {complaint(error)}"
    if before is not None:  # a family that has no such setting keeps its own attention
        tried.model.set_attn_implementation(before)
    return why


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """A buffer, and what is expected of it.

    Attributes:
        tried: The model.
        buffer: Texts of random tokens.
        alone: What the class gives for each of them by itself.
        tolerances: How near is the same.
    """

    tried: TriedModel
    buffer: Buffer
    alone: Sequence[Reference]
    tolerances: Tolerances


def _proved(tried: TriedModel) -> FlatModel:
    """The model set to read buffers; raises FlatRefused with the attention of buffers set."""
    model, base = tried.model, tried.model.base_model
    inputs = FlatInputs(base, tried.device)
    if getattr(model.config, "is_encoder_decoder", False):
        raise FlatRefused("is an encoder with a decoder")
    if not inputs.takes_positions:
        raise FlatRefused("cannot be told the place of a token in its text")
    if model.training:
        raise FlatRefused("is being trained, and drops out some of what it computes")
    buffer = trial_buffer(tried)
    with one_thread():
        with linear.watched(base) as layers:
            alone = read_alone(tried, buffer)
        tolerances = find_tolerances(tried, buffer, alone)
    trial = _Trial(tried=tried, buffer=buffer, alone=alone, tolerances=tolerances)
    attention.register()
    model.set_attn_implementation(attention.NAME)
    layer = -1 if tried.layer is None else tried.layer
    flat = FlatModel(base=base, inputs=inputs, device=tried.device, layer=layer)
    if tried.fuses and tried.device == "cpu" and layers and linear.can_fuse():
        try:
            linear.fuse(layers)
            return _compared(trial, replace(flat, is_fused=True))
        except Exception:
            linear.undo(layers)  # and once more without
    return _compared(trial, flat)


def _compared(trial: _Trial, flat: FlatModel) -> FlatModel:
    """The model with the reader of its head; raises FlatRefused where it gives other numbers than for texts alone."""
    tried, model = trial.tried, trial.tried.model
    given, layout = flat.prepare(trial.buffer)
    with one_thread():
        states = flat.states(given, layout)
    _check_calls(layout.calls, model)
    flat = replace(flat, by_kernel=0 < layout.by_kernel == layout.calls)
    wanted = [one.states for one in trial.alone]
    if not _close(_by_text(to_host(states), trial.buffer), wanted, trial.tolerances.states):
        raise FlatRefused("mixes texts in one buffer")
    if not _tells(wanted, trial.tolerances.states):
        raise FlatRefused("gives the same for all tokens, so that nothing shows whether it mixes texts")
    if tried.layer is not None or flat.base is model:
        return flat
    if not any(
        _tells([one.rows(name) for one in trial.alone], trial.tolerances.outputs) for name in trial.alone[0].outputs
    ):
        raise FlatRefused("has a head that gives the same for all texts, so that nothing shows what it reads of them")
    flat = replace(flat, head=Head(model, tried.padding))
    for reader in _readers(trial):
        found = _outputs_of(replace(flat, reader=reader), trial.buffer, states)
        if found is not None and _same(found, trial):
            return replace(flat, reader=reader)
    raise FlatRefused(
        "has a head that reads more of a text than its tokens one by one, their mean, the first or the last"
    )


def _check_calls(calls: int, model: Any) -> None:
    layers = model.config.num_hidden_layers * getattr(model.config, "inner_group_num", 1)
    if calls == layers:
        return
    if calls == 0:
        raise FlatRefused("computes its own attention and mixes texts in one buffer")
    raise FlatRefused(f"asks for its attention {calls} times in {layers} layers")


def _readers(trial: _Trial) -> Sequence[Reader]:
    """What the head may read, by the shape of what it gives for a text."""
    if trial.alone[0].is_of_tokens:
        return [OF_TOKENS["each token alone" if trial.tried.rowwise else "each token"]]
    return list(OF_TEXTS.values())


def _outputs_of(flat: FlatModel, buffer: Buffer, states: Any) -> dict[str, Numbers] | None:
    """Outputs on the host; None where the head cannot be asked in this way."""
    try:
        return {name: to_host(values) for name, values in flat.read(buffer, states).items()}
    except (AttributeError, IndexError, RuntimeError, TypeError, ValueError):
        return None


def _same(found: Mapping[str, Numbers], trial: _Trial) -> bool:
    """Whether outputs of a buffer are those of its texts alone."""
    if found.keys() != trial.alone[0].outputs.keys():
        return False
    return all(
        _close(
            _by_text(values, trial.buffer) if len(values) == trial.buffer.tokens else list(values),
            [one.outputs[name] for one in trial.alone],
            trial.tolerances.outputs,
        )
        for name, values in found.items()
    )


def _tells(rows: Sequence[Numbers], tolerance: float) -> bool:
    """Whether numbers of texts or of their tokens, each a row, differ by more than would be taken for the same."""
    return bool(np.ptp(np.concatenate(rows), axis=0).max(initial=0) > _TELLING * tolerance)


def _by_text(values: Numbers, buffer: Buffer) -> list[Numbers]:
    return [buffer.of_text(values, text) for text in range(len(buffer))]


def _close(found: Sequence[Numbers], wanted: Sequence[Numbers], tolerance: float) -> bool:
    if [one.shape for one in found] != [one.shape for one in wanted]:
        return False
    return all(bool((np.abs(one - other) <= tolerance).all()) for one, other in zip(found, wanted, strict=True))
