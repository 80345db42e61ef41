"""Rows of one text or two: tokens of distinct texts and what the tokenizer puts around them; rows checked against the tokenizer alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchwright.encoders.encoded import Encoded, equal_rows, spread_rows
from benchwright.encoders.library_rows import encode_by_library
from benchwright.encoders.template import Template, join_runs, read_template
from benchwright.encoders.token_table import Runs, TokenTable, plain_backend, tokenise
from benchwright.encoders.truncation import Truncation, keep
from benchwright.errors import ModelError

PROBES = (
    "a",
    "",
    "  two  blanks,\ta tab\nand Caf\u00e9 \u4f60\u597d",
    "the [SEP] and </s> <|endoftext|> of others",
    "x" * 40,
)
"""Texts on which rows made here are compared with those of the library's own call."""

ROWS = 16
"""Rows of the task that are looked at when a session begins."""

_SHOWN = 12
"""Tokens of each side that a message shows around the first difference."""

_ENDLESS = 1_000_000
"""A length that no probe has."""


@dataclass(frozen=True, kw_only=True)
class Tokenizing:
    """Tokenizer with the options that turn texts into rows.

    Attributes:
        tokenizer: A tokenizer of `transformers`.
        max_length: Most tokens to a row, special tokens included.
        names: Columns that the model reads; those the tokenizer does not give are left out.
        stand_in: As in `encode`.
        source: File that decides about tokens.
        note: A note about the tokenizer; "" if none.
        shown: Name of the model in messages.
    """

    tokenizer: Any
    max_length: int
    names: Sequence[str] = ("input_ids", "token_type_ids")
    stand_in: int | None = None
    source: str = "tokenizer.json"
    note: str = ""
    shown: str = "the model"


def encode(
    tokenizer: Any,
    firsts: Sequence[str],
    seconds: Sequence[str] | None = None,
    *,
    max_length: int,
    truncation: Truncation = "longest_first",
    names: Sequence[str] = ("input_ids", "token_type_ids"),
    stand_in: int | None = None,
) -> Encoded:
    """Token ids with special tokens, without padding, at most ``max_length`` to a row.

    A row counts as truncated exactly when it is longer than ``max_length`` without truncation. A text that the tokenizer
    cannot take (a lone surrogate, a pair of which the text to be cut is too short to cut) is an error of its row alone.

    Args:
        tokenizer: A tokenizer of `transformers`.
        firsts: First or only texts.
        seconds: Second texts, as many as first ones. An empty one is still a second text: the row has the form of a pair.
        max_length: Most tokens to a row, special tokens included.
        truncation: Which text of a pair loses tokens.
        names: Columns wanted; those the tokenizer does not give are left out.
        stand_in: Id that a model reads in place of an input without a single token (an empty text, where the tokenizer
            adds no special tokens); without it such an input is an error.
    """
    how = Tokenizing(tokenizer=tokenizer, max_length=max_length, names=names, stand_in=stand_in)
    return TextRows(how, texts=1 if seconds is None else 2, truncation=truncation).encode(firsts, seconds)


class TextRows:
    """Makes the rows that `encode` describes, as often as it is asked.

    Each distinct text is tokenised once, by the batch call of `tokenizers`; what stands around texts is put there and what is too
    long is cut for all rows at once. That this gives what the library's own call gives is tried on a few texts first; where it
    does not, and for slow tokenizers, that call makes the rows.

    Args:
        how: The tokenizer and its options.
        texts: 1 or 2 to a row.
        truncation: Which text of a pair loses tokens.
    """

    def __init__(self, how: Tokenizing, *, texts: int, truncation: Truncation = "longest_first") -> None:
        self._how, self._truncation = how, truncation
        self._template = _proved_template(how, texts)

    def encode(self, firsts: Sequence[str], seconds: Sequence[str] | None = None) -> Encoded:
        """Rows of texts; ``seconds`` where there are two to a row."""
        if self._template is None:
            return _by_library(self._how, firsts, seconds, self._truncation)
        return _by_template(self._how, self._template, firsts, seconds, self._truncation)


def _proved_template(how: Tokenizing, texts: int) -> Template | None:
    """What stands around texts; None where rows made by it are not those of the library's call, or leave no room for text."""
    if plain_backend(how.tokenizer) is None or not how.tokenizer.is_fast:
        return None
    try:
        template = read_template(how.tokenizer, how.names, texts=texts)
    except IndexError:  # no token for a letter
        return None
    if template.special >= how.max_length:
        return None
    endless, pair = replace(how, max_length=_ENDLESS), (*PROBES[1:], PROBES[0]) if texts == 2 else None
    made = _by_template(endless, template, PROBES, pair, "longest_first")
    return template if equal_rows(made, _by_library(endless, PROBES, pair, "longest_first")) else None


def _by_library(
    how: Tokenizing, firsts: Sequence[str], seconds: Sequence[str] | None, truncation: Truncation
) -> Encoded:
    return encode_by_library(
        how.tokenizer,
        firsts,
        seconds,
        max_length=how.max_length,
        truncation=truncation,
        names=how.names,
        stand_in=how.stand_in,
    )


def _by_template(
    how: Tokenizing, template: Template, firsts: Sequence[str], seconds: Sequence[str] | None, truncation: Truncation
) -> Encoded:
    table = tokenise(plain_backend(how.tokenizer), [*firsts, *(seconds or ())])
    count = len(firsts)
    sides = [table.runs(0, count), *([] if seconds is None else [table.runs(count, 2 * count)])]
    kept = keep(tuple(side.lengths for side in sides), how.max_length - template.special, truncation)
    left = how.tokenizer.truncation_side == "left"
    sides = [side.cut(lengths, left=left) for side, lengths in zip(sides, kept.lengths, strict=True)]
    errors = _failed(table, count)
    for row in np.flatnonzero(kept.refused).tolist():
        errors.setdefault(
            row, f"longer than {how.max_length} tokens, and {truncation} truncation cannot shorten it enough"
        )
    if not template.special:
        sides[0] = _stand_in(sides, how.stand_in, errors)
    if not errors:
        return join_runs(template, sides, truncated=kept.cut)
    good = np.setdiff1d(np.arange(count), list(errors))
    joined = join_runs(template, [side.of(good) for side in sides])
    return spread_rows(joined, good, truncated=kept.cut, errors=errors)


def _failed(table: TokenTable, rows: int) -> dict[int, str]:
    """Rows with a text that the tokenizer cannot take; of two the first one says why."""
    found: dict[int, str] = {}
    if table.errors:
        for text in np.flatnonzero(np.isin(table.source, list(table.errors))).tolist():
            found.setdefault(text % rows, table.errors[int(table.source[text])])
    return found


def _stand_in(sides: Sequence[Runs], token: int | None, errors: dict[int, str]) -> Runs:
    """The first texts, with a token in place of nothing in rows without a single one; without such a token these are errors."""
    first = sides[0]
    empty = np.flatnonzero(sum(side.lengths for side in sides) == 0)
    if token is None:
        for row in empty.tolist():
            errors.setdefault(row, "an empty input, for which the tokenizer gives no token")
        return first
    starts, lengths = first.starts.copy(), first.lengths.copy()
    starts[empty], lengths[empty] = len(first.ids), 1
    return Runs(ids=np.append(first.ids, np.int32(token)), starts=starts, lengths=lengths)


def check_rows(tokenizer: Any, encoded: Encoded, rows: Mapping[int, tuple[Any, ...]], shown: str) -> None:
    """Raise ModelError where a row has other ids or segments than the tokenizer's own file gives for its texts.

    Batches, windows and templates are made by us and by `transformers`; that they change nothing is seen here on the task's
    own rows. Slow tokenizers have nothing to be compared with.

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
