"""Hold the rows that a model is about to read against its tokenizer alone, one text at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchwright.encoders import Encoded
from benchwright.errors import ModelError

ROWS = 16
"""Rows of the task that are looked at when a session begins."""

_SHOWN = 12
"""Tokens of each side that a message shows around the first difference."""


def check_rows(tokenizer: Any, encoded: Encoded, rows: Mapping[int, tuple[Any, ...]], shown: str) -> None:
    """Raise ModelError where a row has other ids or segments than the tokenizer's own file gives for its texts.

    Batches, windows and templates are made by us and by `transformers`; that they change nothing is seen here on the task's
    own rows. Slow tokenizers have nothing to be held against.

    Args:
        tokenizer: A tokenizer of `transformers`.
        encoded: The rows.
        rows: Number of a row -> its text or two, or its words.
        shown: How messages call the checkpoint.
    """
    own = getattr(tokenizer, "backend_tokenizer", None)
    if own is None:
        return
    own.no_truncation()
    own.no_padding()
    for number, texts in rows.items():
        expected = own.encode(*texts, is_pretokenized=not isinstance(texts[0], str))
        found = encoded.row(number).tolist()
        if expected.ids and found != expected.ids:
            raise _differs(texts, "tokens", *_around(own, found, expected.ids), shown)
        if "token_type_ids" in encoded.columns and expected.ids:
            segments = encoded.row(number, "token_type_ids").tolist()
            if segments != expected.type_ids:
                raise _differs(texts, "segment ids", str(segments), str(expected.type_ids), shown)


def _around(own: Any, found: list[int], expected: list[int]) -> tuple[str, str]:
    """Both sides from shortly before the first difference on."""
    pairs = enumerate(zip(found, expected, strict=False))
    first = next((at for at, (one, other) in pairs if one != other), min(len(found), len(expected)))
    begin = max(0, first - 2)
    sides = (
        " ".join(str(own.id_to_token(token)) for token in side[begin : begin + _SHOWN]) for side in (found, expected)
    )
    return next(sides), next(sides)


def _differs(texts: tuple[Any, ...], what: str, found: str, expected: str, shown: str) -> ModelError:
    given = " | ".join(text if isinstance(text, str) else " ".join(text) for text in texts)
    return ModelError(
        f"{shown}: the {what} of {given[:80]!r} are not those of its own tokenizer: {found}",
        expected=expected,
        hint="`benchwright doctor` shows the versions: the installed `transformers` calls the tokenizer otherwise",
    )
