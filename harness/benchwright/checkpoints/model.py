"""Properties of an open `transformers` model: positions, embeddings, padding token."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from benchwright.errors import ModelError

_POSITION_TABLES = ("position_embeddings", "position_embedding", "embed_positions", "wpe")


def choose_max_length(wanted: int | None, model: Any, tokenizer: Any, shown: str, *, default: int = 512) -> int:
    """Maximum input length in tokens: the requested one, or the minimum of tokenizer limit, positions and ``default``.

    Raises:
        ModelError: More was asked for than the model has positions, or so little that no token of a text fits.
    """
    return fit_length(wanted, count_positions(model), _said(model), tokenizer, shown, default=default)


def fit_length(
    wanted: int | None, positions: int | None, said: int | None, tokenizer: Any, shown: str, *, default: int = 512
) -> int:
    """As `choose_max_length`, of a model that has ``positions`` and whose configuration says ``said``; None where there is no limit."""
    if wanted is None:
        given = (tokenizer.model_max_length, positions, said, default)
        found = min(limit for limit in given if limit is not None)
        special = tokenizer.num_special_tokens_to_add()
        if found <= special:
            raise ModelError(
                f"{shown} reads {found} tokens, which leaves no room beside {special} special tokens",
                expected="a model with positions for the tokens of a text",
                hint="check max_position_embeddings in config.json and model_max_length in tokenizer_config.json",
            )
        return found
    if positions is not None and wanted > positions:
        raise ModelError(
            f"{shown}: max_length={wanted}",
            expected=f"at most its {positions} positions",
            hint=f"?max_length={positions}",
        )
    special = tokenizer.num_special_tokens_to_add(pair=True)
    if wanted <= special:
        given_up = f"{shown}: max_length={wanted} leaves no room beside {special} special tokens"
        raise ModelError(given_up, expected=f"at least {special + 1}", hint="give a larger ?max_length=")
    return wanted


def count_positions(model: Any) -> int | None:
    """Longest input for which a model has positions; None where positions are relative only.

    The tables are asked, not only the configuration: in the RoBERTa family positions begin after the padding index, so a
    table of 514 serves 512 tokens.
    """
    limits = [_served(module) for name, module in model.named_modules() if name.endswith(_POSITION_TABLES)]
    if getattr(model.config, "position_biased_input", True) is not False:
        limits.append(_said(model))
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None


def _said(model: Any) -> int | None:
    """Positions according to the configuration; DeBERTa names a length even where it has no table."""
    said = getattr(model.config, "max_position_embeddings", None)
    return said if isinstance(said, int) and said > 0 else None


def _served(module: Any) -> int | None:
    rows = getattr(module, "num_embeddings", None)
    if not isinstance(rows, int):
        return None
    reserved = getattr(module, "padding_idx", None)
    return rows if reserved is None else rows - reserved - 1


def padding_token(model: Any, tokenizer: Any) -> int | None:
    """The id that pads; None where a model has none, and any will do that no input ends with.

    The model's own id comes before the tokenizer's: positions (RoBERTa) and pooling (GPT-2) are computed from it.
    """
    own = text_config(model).pad_token_id
    if own is not None and 0 <= own < vocabulary_size(model):
        return int(own)
    if getattr(model.config, "is_encoder_decoder", False):
        return int(tokenizer.pad_token_id or 0)
    return None


def vocabulary_size(model: Any) -> int:
    """Ids that a model has embeddings for; no limit where it has no table (CANINE hashes characters)."""
    try:
        table = model.get_input_embeddings()
    except NotImplementedError:
        table = None
    return int(getattr(table, "num_embeddings", 2**31))


def text_config(model: Any) -> Any:
    """The text part of a configuration (of multimodal models)."""
    return model.config.get_text_config()


def stand_in(model: Any, tokenizer: Any) -> int:
    """The token that a model reads in place of an empty input, where the tokenizer gives none at all."""
    candidates = (tokenizer.bos_token_id, tokenizer.eos_token_id, padding_token(model, tokenizer), 0)
    return int(next(token for token in candidates if token is not None))


def accepted_inputs(model: Any) -> frozenset[str]:
    """Names of inputs that a model's forward pass takes; segments only where it has more than one."""
    forward: Callable[..., Any] = model.forward
    names = set(inspect.signature(forward).parameters)
    if getattr(model.config, "type_vocab_size", None) == 1:
        names.discard("token_type_ids")
    return frozenset(names)


def input_columns(model: Any) -> list[str]:
    """Columns of a tokenizer that a model reads, ``input_ids`` first."""
    names = accepted_inputs(model)
    return [name for name in ("input_ids", "token_type_ids") if name in names]
