"""How many tokens an input may have."""

from __future__ import annotations

from typing import Any

from benchwright.errors import ModelError

DEFAULT = 512

_POSITION_TABLES = ("position_embeddings", "position_embedding", "embed_positions", "wpe")


def choose_max_length(wanted: int | None, model: Any, tokenizer: Any, shown: str, *, default: int = DEFAULT) -> int:
    """Most tokens to an input: what was asked for, or the least of what tokenizer and positions allow and ``default``.

    Raises:
        ModelError: More was asked for than the model has positions, or so little that no token of a text fits.
    """
    positions = count_positions(model)
    if wanted is None:
        given = (tokenizer.model_max_length, positions, _said(model), default)
        return min(limit for limit in given if limit is not None)
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
