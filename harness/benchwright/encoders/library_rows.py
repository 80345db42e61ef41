"""Rows by the call of `transformers` itself: for slow tokenizers, and for classes that make rows in a way of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchwright.encoders.encoded import Encoded, join_rows
from benchwright.encoders.failures import is_failure
from benchwright.encoders.truncation import Truncation

_Columns = dict[str, list[list[int]]]


def encode_by_library(
    tokenizer: Any,
    firsts: Sequence[str],
    seconds: Sequence[str] | None,
    *,
    max_length: int,
    truncation: Truncation,
    names: Sequence[str],
    stand_in: int | None,
) -> Encoded:
    """As `tokenise.encode`; each text is tokenised as often as it is given, and a second time where it must be cut."""
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
