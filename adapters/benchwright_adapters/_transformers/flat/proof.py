"""Prove that a model reads buffers as it reads texts one at a time: a few texts of random tokens, both ways, when it is opened."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.checkpoints.model import count_positions, vocabulary_size
from benchwright.encoders.failures import complaint
from benchwright.encoders.flat import Buffer

from . import attention, linear
from .heads import OF_TEXTS, OF_TOKENS, OUTPUTS, Head, Reader
from .inputs import FlatInputs
from .model import FlatModel

_LENGTHS = (8, 6, 5, 4, 3, 2)
"""Tokens of the texts that are tried."""

_FILLING = 3
_BEYOND = 8
_TOLERANCE = 1e-5
"""Largest difference in single precision, as a share of the largest number of the outputs or of 1."""

_LONGEST = 512
"""Most tokens to a text that is tried, for the sake of a window."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is tried: a model with its own attention, and how it will be asked.

    Attributes:
        model: In evaluation mode on its device.
        device: ``cpu`` or ``cuda``.
        special: Ids that no text holds.
        padding: Id that pads; None: the model has none.
        layer: Layer whose vectors are wanted; None: outputs of the head.
        rowwise: Whether the head is asked for rows of its own and not for all tokens of a buffer.
        single: Whether the model computes in single precision.
    """

    model: Any
    device: str
    special: frozenset[int]
    padding: int | None
    layer: int | None = None
    rowwise: bool = False
    single: bool = True


def prove(subject: Subject) -> FlatModel | str:
    """The model set to read buffers, or in words why it does not; its attention is then what it was."""
    import torch

    before = getattr(subject.model.config, "_attn_implementation", None)
    try:
        with torch.inference_mode():
            return _proved(subject)
    except attention.FlatRefused as refused:
        why = f"{_family(subject)} {refused}"
    except Exception as error:
        why = f"{_family(subject)} fails on texts in one buffer: {complaint(error)}"
    _set(subject.model, before)
    return why


def _proved(subject: Subject) -> FlatModel:
    """The model set to read buffers; raises FlatRefused with the attention of buffers set."""
    model = subject.model
    base = model.base_model
    inputs = FlatInputs(base, subject.device)
    if getattr(model.config, "is_encoder_decoder", False):
        raise attention.FlatRefused("is an encoder with a decoder")
    if not inputs.takes_positions:
        raise attention.FlatRefused("cannot be told the place of a token in its text")
    buffer = probe_buffer(subject)
    with linear.watched(base) as layers:
        first = _alone(subject, buffer, 0)
    alone = [first, *(_alone(subject, buffer, text) for text in range(1, len(buffer)))]
    limits = _limits(subject, buffer, alone)
    attention.register()
    _set(model, attention.NAME)
    layer = -1 if subject.layer is None else subject.layer
    flat = FlatModel(base=base, inputs=inputs, device=subject.device, layer=layer)
    if subject.device == "cpu" and linear.can_fuse():
        fused = replace(flat, is_fused=True)
        linear.fuse(layers)
        try:
            return _compared(subject, fused, buffer, alone, limits)
        except Exception:
            linear.undo(layers)  # and once more without
    return _compared(subject, flat, buffer, alone, limits)


def _compared(subject: Subject, flat: FlatModel, buffer: Buffer, alone: Sequence[_Alone], limits: _Limits) -> FlatModel:
    """The model with the reader of its head; raises FlatRefused where it gives other numbers than for texts alone."""
    model = subject.model
    given, layout = flat.prepare(buffer)
    layout.is_trial = True
    states = flat.states(given, layout)
    _check_calls(layout.calls, model)
    if not _close(_by_text(states, buffer), [one.states for one in alone], limits.states):
        raise attention.FlatRefused("mixes texts in one buffer")
    if subject.layer is not None or flat.base is model:
        return flat
    flat = replace(flat, head=Head(model, subject.padding))
    readers = _readers(alone[0].outputs, subject)
    for reader in readers:
        tried = replace(flat, reader=reader)
        found = _outputs_of(tried, buffer, states)
        if found is not None and _same(found, alone, buffer, limits.outputs):
            return tried
    raise attention.FlatRefused(
        "has a head that reads more of a text than its tokens one by one, their mean, the first or the last"
    )


@dataclass(frozen=True)
class _Alone:
    """What a model gives for one text alone: states of its encoder, tokens x numbers, and outputs of its head."""

    states: NDArray[np.float32]
    outputs: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class _Limits:
    """Largest differences that are taken for the same."""

    states: float
    outputs: float


def probe_buffer(subject: Subject) -> Buffer:
    """Texts of random tokens, always the same for a vocabulary, longest first, and a little filling."""
    lengths = _lengths(subject.model)
    count = min(vocabulary_size(subject.model), 2**16)
    is_allowed = np.ones(count, dtype=bool)
    is_allowed[[token for token in subject.special if token < count]] = False
    tokens = sum(lengths)
    ids = np.random.default_rng(17).choice(np.flatnonzero(is_allowed), size=tokens)
    columns = {"input_ids": np.concatenate([ids, np.full(_FILLING, subject.padding or 0)]).astype(np.int64)}
    columns["token_type_ids"] = np.zeros(tokens + _FILLING, dtype=np.int64)
    if (
        "token_type_ids" in _parameters(subject.model)
        and (getattr(subject.model.config, "type_vocab_size", 0) or 0) > 1
    ):
        columns["token_type_ids"][:tokens:3] = 1
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Buffer(rows=np.arange(len(lengths)), columns=columns, offsets=offsets)


def _lengths(model: Any) -> Sequence[int]:
    """Six lengths within a model's positions; where it has a window, one reaches beyond it."""
    most = count_positions(model) or _LONGEST
    window = getattr(model.config, "sliding_window", None)
    longest = window + _BEYOND if isinstance(window, int) and window + _BEYOND <= _LONGEST else _LENGTHS[0]
    wanted = (max(longest, _LENGTHS[0]), *_LENGTHS[1:])
    return tuple(min(length, most) for length in wanted)


def _alone(subject: Subject, buffer: Buffer, text: int, model: Any = None) -> _Alone:
    """One text through the class as it is, with its own attention."""
    import torch

    model = subject.model if model is None else model
    names = _parameters(model)
    own = {name: torch.from_numpy(buffer.of_text(values, text)[None]) for name, values in buffer.columns.items()}  # type: ignore[arg-type]
    if type(model).__name__.endswith("ForMultipleChoice"):
        own = {name: values[None] for name, values in own.items()}
    own["attention_mask"] = torch.ones_like(own["input_ids"])
    given = {name: values.to(subject.device) for name, values in own.items() if name in names}
    seen: list[Any] = []
    hook = model.base_model.register_forward_hook(lambda _module, _given, found: seen.append(found))
    options = {} if subject.layer in (None, -1) else {"output_hidden_states": True}
    try:
        found = model(**given, **options)
    finally:
        hook.remove()
    states = seen[0][0] if subject.layer in (None, -1) else seen[0].hidden_states[subject.layer]
    outputs = {name: getattr(found, name) for name in OUTPUTS if getattr(found, name, None) is not None}
    return _Alone(_host(states[0]), {name: _host(values[0]) for name, values in outputs.items()})


def _limits(subject: Subject, buffer: Buffer, alone: Sequence[_Alone]) -> _Limits:
    """In single precision a share of the largest number; else twice what the precision itself changes."""
    if subject.single:
        return _Limits(
            _TOLERANCE * max(1.0, _largest([one.states for one in alone])),
            _TOLERANCE * max(1.0, _largest([values for one in alone for values in one.outputs.values()])),
        )
    model = copy.deepcopy(subject.model).float()
    exact = [_alone(subject, buffer, text, model) for text in range(len(buffer))]
    pairs = list(zip(alone, exact, strict=True))
    outputs = [one.outputs[name] - other.outputs[name] for one, other in pairs for name in one.outputs]
    return _Limits(2 * _largest([one.states - other.states for one, other in pairs]), 2 * _largest(outputs))


def _check_calls(calls: int, model: Any) -> None:
    layers = model.config.num_hidden_layers * getattr(model.config, "inner_group_num", 1)
    if calls == 0:
        raise attention.FlatRefused("computes its own attention and mixes texts in one buffer")
    if calls != layers:
        raise attention.FlatRefused(f"asks for its attention {calls} times in {layers} layers")


def _readers(outputs: Mapping[str, NDArray[np.float32]], subject: Subject) -> Sequence[Reader]:
    """What the head may read, by the shape of what it gives for a text."""
    if "start_logits" in outputs or outputs["logits"].ndim == 2:
        return [OF_TOKENS["each token alone" if subject.rowwise else "each token"]]
    return list(OF_TEXTS.values())


def _outputs_of(flat: FlatModel, buffer: Buffer, states: Any) -> dict[str, NDArray[np.float32]] | None:
    """Outputs on the host; None where the head cannot be asked in this way."""
    try:
        return {name: _host(values) for name, values in flat.read(buffer, states).items()}
    except (AttributeError, IndexError, RuntimeError, TypeError, ValueError):
        return None


def _same(found: Mapping[str, Any], alone: Sequence[_Alone], buffer: Buffer, limit: float) -> bool:
    """Whether outputs of a buffer are those of its texts alone."""
    if found.keys() != alone[0].outputs.keys():
        return False
    for name, values in found.items():
        own = [one.outputs[name] for one in alone]
        of_tokens = len(values) == buffer.tokens
        if not _close(_by_text(values, buffer) if of_tokens else list(values), own, limit):
            return False
    return True


def _by_text(values: Any, buffer: Buffer) -> list[NDArray[np.float32]]:
    host = values if isinstance(values, np.ndarray) else _host(values)
    return [buffer.of_text(host, text) for text in range(len(buffer))]


def _close(found: Sequence[NDArray[np.float32]], wanted: Sequence[NDArray[np.float32]], limit: float) -> bool:
    if [one.shape for one in found] != [one.shape for one in wanted]:
        return False
    return all(bool((np.abs(one - other) <= limit).all()) for one, other in zip(found, wanted, strict=True))


def _largest(arrays: Sequence[NDArray[np.float32]]) -> float:
    return max((float(np.abs(one).max(initial=0)) for one in arrays), default=0.0)


def _host(values: Any) -> NDArray[np.float32]:
    found: NDArray[np.float32] = values.float().cpu().numpy()
    return found


def _parameters(model: Any) -> Mapping[str, Any]:
    import inspect

    forward: Callable[..., Any] = model.forward
    return inspect.signature(forward).parameters


def _family(subject: Subject) -> str:
    return str(getattr(subject.model.config, "model_type", None) or type(subject.model).__name__)


def _set(model: Any, name: str | None) -> None:
    """Set a model's attention, where it can be set; a family that cannot keeps its own."""
    if name is not None:
        model.set_attn_implementation(name)
