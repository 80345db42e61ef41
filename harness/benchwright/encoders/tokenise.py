"""Tokenise many texts in few calls; count what does not fit and what the vocabulary lacks; check rows against the tokenizer alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from benchwright.encoders.encoded import Encoded, Flags, Ints, RowSummary, join_rows
from benchwright.encoders.failures import is_failure
from benchwright.errors import ModelError

Truncation = Literal["longest_first", "only_first", "only_second"]
"""Which text of a pair loses tokens first."""

_Columns = dict[str, list[list[int]]]

ROWS = 16
"""Rows of the task that are looked at when a session begins."""

_SHOWN = 12
"""Tokens of each side that a message shows around the first difference."""


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
    plain = _Call(tokenizer, names, {"truncation": False})
    cut = _Call(tokenizer, names, {"truncation": truncation, "max_length": max_length})
    columns, errors = _encode_all(plain, firsts, seconds)
    long = [at for at, ids in enumerate(columns["input_ids"]) if len(ids) > max_length]
    if long:
        shorter, failed = _encode_all(cut, [firsts[at] for at in long], seconds and [seconds[at] for at in long])
        for name, rows in columns.items():
            for position, at in enumerate(long):
                rows[at] = [] if position in failed else shorter[name][position]
        errors |= {long[at]: _too_long(problem, max_length, truncation) for at, problem in failed.items()}
    _stand_in(columns, errors, stand_in)
    cut_rows = set(long)
    return join_rows(columns, truncated=[at in cut_rows for at in range(len(firsts))], errors=errors)


def _stand_in(columns: _Columns, errors: dict[int, str], token: int | None) -> None:
    """Give rows without a token, and without an error, the token that stands for nothing."""
    for at, ids in enumerate(columns["input_ids"]):
        if ids or at in errors:
            continue
        if token is None:
            errors[at] = "an empty input, for which the tokenizer gives no token"
        else:
            for name, rows in columns.items():
                rows[at] = [token if name == "input_ids" else 0]


class _Call:
    """One way of calling a tokenizer; a value, so that both passes are made the same way."""

    def __init__(self, tokenizer: Any, names: Sequence[str], options: dict[str, Any]) -> None:
        self.names = tuple(names)
        self._call: Callable[..., Any] = tokenizer
        self._options = options

    def __call__(self, firsts: Sequence[str], seconds: Sequence[str] | None) -> _Columns:
        """Columns of the rows; texts go in as lists even where there is one, because `transformers` drops an empty
        second text that comes alone.
        """
        found = self._call(
            list(firsts),
            None if seconds is None else list(seconds),
            padding=False,
            return_attention_mask=False,
            verbose=False,
            **self._options,
        )
        return {name: [list(row) for row in found[name]] for name in self.names if name in found}


def _encode_all(call: _Call, firsts: Sequence[str], seconds: Sequence[str] | None) -> tuple[_Columns, dict[int, str]]:
    """Columns of all rows, and errors by row; one call, and one call per row only where that one fails."""
    if not firsts:
        return {"input_ids": []}, {}
    try:
        return call(firsts, seconds), {}
    except BaseException as error:
        if not is_failure(error):
            raise
        return _encode_each(call, firsts, seconds)


def _encode_each(call: _Call, firsts: Sequence[str], seconds: Sequence[str] | None) -> tuple[_Columns, dict[int, str]]:
    found: list[_Columns] = []
    errors: dict[int, str] = {}
    for at in range(len(firsts)):
        try:
            found.append(call(firsts[at : at + 1], seconds and seconds[at : at + 1]))
        except BaseException as error:
            if not is_failure(error):
                raise
            found.append({})
            errors[at] = f"the tokenizer fails: {type(error).__name__}: {error}"
    names = next((list(columns) for columns in found if columns), ["input_ids"])
    return {name: [columns[name][0] if columns else [] for columns in found] for name in names}, errors


def _too_long(problem: str, max_length: int, truncation: Truncation) -> str:
    return f"longer than {max_length} tokens, and {truncation} truncation cannot shorten it enough ({problem})"


@dataclass(frozen=True, kw_only=True)
class TokenCounts:
    """Counts for each row.

    Attributes:
        tokens: Tokens that the model reads, special ones included.
        text: Of them those of the text.
        unknown: Of those the ones for which the vocabulary has nothing but its unknown token; None where it has no such
            token (bytes).
    """

    tokens: Ints
    text: Ints
    unknown: Ints | None

    def facts(self, examples: Sequence[RowSummary]) -> list[dict[str, Any]]:
        """The facts of each example, of all its rows, and the token budget where memory lowered it."""
        found: list[dict[str, Any]] = []
        for one in examples:
            facts: dict[str, Any] = {"tokens": int(self.tokens[one.rows].sum())}
            if self.unknown is not None:
                facts["text_tokens"] = int(self.text[one.rows].sum())
                if unknown := int(self.unknown[one.rows].sum()):
                    facts["unknown_tokens"] = unknown
            if one.budget is not None:
                facts["token_budget"] = one.budget
            found.append(facts)
        return found


def count_tokens(encoded: Encoded, tokenizer: Any) -> TokenCounts:
    """Counts of the rows as a tokenizer of `transformers` names its special tokens."""
    ids = encoded.columns["input_ids"]
    unknown = unknown_token(tokenizer)
    special = [token for token in tokenizer.all_special_ids if token is not None and token != unknown]
    return TokenCounts(
        tokens=encoded.lengths,
        text=_sum_rows(~np.isin(ids, special), encoded.offsets),
        unknown=None if unknown is None else _sum_rows(ids == unknown, encoded.offsets),
    )


def unknown_token(tokenizer: Any) -> int | None:
    """The unknown token; None where it is none, as for GPT-2, whose end of text bears the name."""
    found = tokenizer.unk_token_id
    others = (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id, tokenizer.cls_token_id)
    return None if found is None or found in others else int(found)


def _sum_rows(flags: Flags, offsets: Ints) -> Ints:
    before = np.concatenate([[0], np.cumsum(flags)])
    found: Ints = before[offsets[1:]] - before[offsets[:-1]]
    return found


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
