"""Which token pads, and whether a model gives a padded input the same answer as the bare one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.bulk import Batch, Encoded, pad

Forward = Callable[[Batch], Sequence[NDArray[np.float32]]]

_TOLERANCE = {"float32": 1e-4, "bfloat16": 5e-2, "float16": 1e-2}


def padding_token(model: Any, tokenizer: Any) -> int | None:
    """The id that pads; None where a model has none, and any will do that no input ends with.

    The model's own id comes before the tokenizer's: positions (RoBERTa) and pooling (GPT-2) are computed from it.
    """
    own = text_config(model).pad_token_id
    if own is not None and 0 <= own < vocabulary(model):
        return int(own)
    if getattr(model.config, "is_encoder_decoder", False):
        return int(tokenizer.pad_token_id or 0)
    return None


def vocabulary(model: Any) -> int:
    """Ids that a model has embeddings for; no limit where it has no table (CANINE hashes characters)."""
    try:
        table = model.get_input_embeddings()
    except NotImplementedError:
        table = None
    return int(getattr(table, "num_embeddings", 2**31))


def text_config(model: Any) -> Any:
    """The part of a configuration that speaks of text."""
    return model.config.get_text_config()


def free_token(batch: Batch) -> int:
    """The lowest id that ends no line of a batch: with it as padding, the last token of each line is found."""
    last = {int(batch.columns["input_ids"][line, length - 1]) for line, length in enumerate(batch.lengths)}
    return next(number for number in range(len(last) + 1) if number not in last)


def stand_in(model: Any, tokenizer: Any) -> int:
    """The token that a model reads in place of an empty input, where the tokenizer gives none at all."""
    candidates = (tokenizer.bos_token_id, tokenizer.eos_token_id, padding_token(model, tokenizer), 0)
    return int(next(token for token in candidates if token is not None))


def stays_equal(forward: Forward, probe: Encoded, fill: Mapping[str, int], dtype: str) -> bool:
    """Whether the first row of a probe gets alone, bare, the answer that it gets padded beside the others.

    Models that look at the end of the input (XLNet) or have no mask (FNet) do not; their batches hold equal lengths only.

    Args:
        forward: Raw outputs of a batch.
        probe: A short input, then longer ones.
        fill: Padding value of each column.
        dtype: What the model computes in.
    """
    alone = forward(pad(probe, np.array([0]), fill))[0]
    beside = forward(pad(probe, np.arange(len(probe)), fill))[0]
    return bool(np.allclose(alone, beside, rtol=_TOLERANCE[dtype], atol=_TOLERANCE[dtype]))
