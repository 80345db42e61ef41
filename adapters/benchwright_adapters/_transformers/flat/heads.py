"""Heads of models over vectors that their encoder gave for a buffer: the unchanged class, with an encoder that stands aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from benchwright.encoders.flat import Buffer

ROWS = {"cpu": 64, "cuda": 1024}
"""Rows that a head is given at a time, filled up: with fewer than 16, or with varying numbers of them, products of matrices differ.

A buffer of a GPU holds a thousand short texts, and asking a head takes longer than what it computes there.
"""

_OUTPUTS = ("logits", "start_logits", "end_logits")


def outputs_of(found: Any) -> dict[str, Any]:
    """Of what a class of `transformers` gives, the raw outputs of its head by name."""
    return {name: values for name in _OUTPUTS if (values := getattr(found, name, None)) is not None}


def filled_up(rows: Any) -> Any:
    """At most `ROWS` rows as exactly so many: the first is repeated."""
    import torch

    short = ROWS[rows.device.type] - len(rows)
    return torch.cat([rows, rows[:1].expand(short, -1)]) if short else rows


@contextmanager
def encoder_gives(model: Any, states: Any) -> Iterator[None]:
    """Meanwhile the encoder inside a model computes nothing and gives these states, lines x tokens x numbers."""
    from transformers.modeling_outputs import BaseModelOutputWithPoolingAndCrossAttentions as Given

    encoder = model.base_model
    given = Given(last_hidden_state=states, pooler_output=_pooled(encoder, states))
    encoder.forward = lambda *_args, **_options: given
    try:
        yield
    finally:
        del encoder.forward


def _pooled(encoder: Any, states: Any) -> Any:
    """What the encoder's own pooler makes of the first tokens; ALBERT applies its activation apart."""
    pooler = getattr(encoder, "pooler", None)
    if pooler is None:
        return None
    activation = getattr(encoder, "pooler_activation", None)
    return pooler(states) if activation is None else activation(pooler(states[:, 0]))


class Head:
    """The class around an encoder, asked with states of the encoder in place of tokens.

    Args:
        model: Of a class with a head.
        padding: Id that pads; None: the model has none, and any other than those of the ids given will do.

    Attributes:
        padding: As given.
    """

    def __init__(self, model: Any, padding: int | None) -> None:
        self._model, self.padding = model, padding
        self._dimensions = 2 if type(model).__name__.endswith("ForMultipleChoice") else 1

    def __call__(self, states: Any) -> dict[str, Any]:
        """Outputs by name for states, lines x tokens x numbers."""
        import torch

        if self.padding is None:
            self._model.config.get_text_config().pad_token_id = 1
        shape = (len(states), *(1,) * (self._dimensions - 1), states.shape[1])
        ids = torch.full(shape, int(self.padding == 0), dtype=torch.long, device=states.device)
        with encoder_gives(self._model, states):
            return outputs_of(self._model(input_ids=ids, attention_mask=torch.ones_like(ids)))

    def of_rows(self, states: Any, *, tokens: bool = False) -> dict[str, Any]:
        """Outputs of rows x numbers in chunks of a constant number; ``tokens``: of a line of tokens, else each the only one of its line."""
        import torch

        parts: list[dict[str, Any]] = []
        for chunk in states.split(ROWS[states.device.type]):
            rows = filled_up(chunk)
            found = self(rows[None] if tokens else rows[:, None])
            parts.append({name: (values[0] if tokens else values)[: len(chunk)] for name, values in found.items()})
        return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


Reader = Callable[[Head, Any, Buffer], dict[str, Any]]
"""Outputs of a head by name, from the states of a buffer, tokens x numbers."""


def _of_tokens(head: Head, states: Any, buffer: Buffer) -> dict[str, Any]:
    """Of each token."""
    del buffer
    return {name: values[0] for name, values in head(states[None]).items()}


def _of_each(head: Head, states: Any, buffer: Buffer) -> dict[str, Any]:
    """Of each token, a constant number of them at a time."""
    del buffer
    return head.of_rows(states, tokens=True)


def _of_first(head: Head, states: Any, buffer: Buffer) -> dict[str, Any]:
    """Of the first token of each text."""
    return head.of_rows(states[_on(states, buffer.offsets[:-1])])


def _of_last(head: Head, states: Any, buffer: Buffer) -> dict[str, Any]:
    """Of the last token of each text that does not pad."""
    return head.of_rows(states[_on(states, _last_places(buffer, head))])


def _of_mean(head: Head, states: Any, buffer: Buffer) -> dict[str, Any]:
    """Of the mean over the tokens of each text."""
    return head.of_rows(mean_of_texts(states, buffer).to(states.dtype))


def _mean_of_tokens(head: Head, states: Any, buffer: Buffer) -> dict[str, Any]:
    """The mean of what the head gives for each token of a text."""
    found = head.of_rows(states)
    return {name: mean_of_texts(values, buffer) for name, values in found.items()}


OF_TEXTS: Mapping[str, Reader] = {
    "first token": _of_first,
    "mean of tokens": _of_mean,
    "last token": _of_last,
    "mean of outputs": _mean_of_tokens,
}
"""What heads read of a text, likeliest first."""

OF_TOKENS: Mapping[str, Reader] = {"each token": _of_tokens, "each token alone": _of_each}


def mean_of_texts(values: Any, buffer: Buffer) -> Any:
    """Texts x numbers in single precision: the mean over each text's own tokens, added up one after the other."""
    import torch

    lengths = _on(values, buffer.lengths)
    filled = int(buffer.offsets[-1])
    return torch.segment_reduce(values[:filled].float(), "mean", lengths=lengths, axis=0)


def _last_places(buffer: Buffer, head: Head) -> Any:
    ids = buffer.columns["input_ids"][: buffer.offsets[-1]]
    if head.padding is None:
        return buffer.offsets[1:] - 1
    places = np.where(ids == head.padding, 0, np.arange(len(ids)))
    return np.maximum(np.maximum.reduceat(places, buffer.offsets[:-1]), buffer.offsets[:-1])


def _on(states: Any, values: Any) -> Any:
    import torch

    found = torch.from_numpy(np.ascontiguousarray(values))
    return found.to(states.device, non_blocking=True)  # CUDA has read the array when this returns
