"""What `transformers` gives for each text by itself, which is what a buffer is held against, and how near is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.flat import Buffer

from .attention import FlatRefused
from .heads import outputs_of
from .trial import TriedModel

_TOLERANCE = 1e-5
"""Largest difference in single precision, as a share of the largest number of the outputs or of 1."""

Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Reference:
    """What a model gives for one text alone: states of its encoder, tokens x numbers, and outputs of its head."""

    states: Numbers
    outputs: Mapping[str, Numbers]

    @property
    def is_of_tokens(self) -> bool:
        """Whether the head says something of each token, and not of the text."""
        return "start_logits" in self.outputs or self.outputs["logits"].ndim == 2

    def rows(self, name: str) -> Numbers:
        """Of an output: tokens x numbers, or one row of the text."""
        return self.outputs[name].reshape(len(self.states) if self.is_of_tokens else 1, -1)


@dataclass(frozen=True)
class Tolerances:
    """Largest differences that are taken for the same."""

    states: float
    outputs: float


def read_alone(tried: TriedModel, buffer: Buffer, ask: Callable[..., Any] | None = None) -> list[Reference]:
    """Each text of a buffer through the class as it is, one after the other, with its own attention; ``ask``: in place of the class."""
    accepted = tried.accepted
    seen: list[Any] = []
    hook = tried.model.base_model.register_forward_hook(lambda _module, _given, found: seen.append(found))
    options = {} if tried.layer in (None, -1) else {"output_hidden_states": True}
    references = []
    try:
        for text in range(len(buffer)):
            inputs = _inputs_of(tried, buffer, text)
            given = {name: values for name, values in inputs.items() if name in accepted}
            found = (ask or tried.model)(**given, **options)
            references.append(_reference(tried, seen.pop(), found))
    finally:
        hook.remove()
    return references


def find_tolerances(tried: TriedModel, buffer: Buffer, alone: Sequence[Reference]) -> Tolerances:
    """In single precision a share of the largest number; else twice what the precision itself changes.

    Raises:
        FlatRefused: The model gives outputs that are not numbers.
    """
    exact = alone
    if not tried.single:
        with in_single_precision(tried.model) as ask:
            exact = read_alone(tried, buffer, ask)
    both = [(_states(readings), _outputs(readings)) for readings in (alone, exact)]
    if not all(np.isfinite(values).all() for part in both for values in part):
        raise FlatRefused("gives outputs that are not numbers")
    found = [
        _TOLERANCE * max(1.0, largest(own)) if tried.single else 2 * largest(own - other)
        for own, other in zip(*both, strict=True)
    ]
    return Tolerances(*found)


@contextmanager
def in_single_precision(model: Any) -> Iterator[Callable[..., Any]]:
    """Meanwhile the model may be asked, by what is given here, as if its weights were in single precision; it is not changed.

    Of tables of embeddings, which are most of a small model, no copy is made: the vectors that they give are widened, which are the same numbers.
    """
    import torch

    tables = [module for module in model.modules() if type(module) is torch.nn.Embedding]
    named = {
        f"{path}.{name}".removeprefix("."): tensor
        for path, module in model.named_modules()
        if type(module) is not torch.nn.Embedding
        for each in (module.named_parameters, module.named_buffers)
        for name, tensor in each(recurse=False)
        if tensor.is_floating_point()
    }
    wide = {id(tensor): tensor.float() for tensor in named.values()}  # one of each, however many modules share it
    weights = {name: wide[id(tensor)] for name, tensor in named.items()}
    hooks = [table.register_forward_hook(lambda _module, _given, found: found.float()) for table in tables]
    try:
        yield lambda **given: torch.func.functional_call(model, weights, (), given)
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def one_thread() -> Iterator[None]:
    """Meanwhile torch computes in one thread on a processor: products of so few rows gain nothing from more, and on a busy machine each waits for all."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def largest(values: Numbers) -> float:
    """The largest number by size; 0 where there is none."""
    return float(np.abs(values).max(initial=0))


def to_host(values: Any) -> Numbers:
    """A tensor as an array in single precision."""
    found: Numbers = values.float().cpu().numpy()
    return found


def _inputs_of(tried: TriedModel, buffer: Buffer, text: int) -> dict[str, Any]:
    """What the class may be given of one text, on the device; heads for options want a dimension for them."""
    import torch

    shape = (1, 1, -1) if type(tried.model).__name__.endswith("ForMultipleChoice") else (1, -1)
    places = slice(buffer.offsets[text], buffer.offsets[text + 1])
    own = {
        name: torch.from_numpy(values[places]).reshape(shape).to(tried.device)
        for name, values in buffer.columns.items()
    }
    return {**own, "attention_mask": torch.ones_like(own["input_ids"])}


def _reference(tried: TriedModel, of_encoder: Any, found: Any) -> Reference:
    states = of_encoder[0] if tried.layer in (None, -1) else of_encoder.hidden_states[tried.layer]
    return Reference(to_host(states[0]), {name: to_host(values[0]) for name, values in outputs_of(found).items()})


def _states(readings: Sequence[Reference]) -> Numbers:
    return np.concatenate([one.states.ravel() for one in readings])


def _outputs(readings: Sequence[Reference]) -> Numbers:
    """All outputs of all texts; empty where there is no head."""
    parts = [values.ravel() for one in readings for values in one.outputs.values()]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.float32)
