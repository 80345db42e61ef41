"""Questions and contexts as windows of tokens, with the character offsets of each token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.encoded import Flags, InputRows, Ints
from benchwright.encoders.template import Template, cut_all, join_runs, read_template
from benchwright.encoders.token_table import Runs, Tokens, TokenTable, plain_backend, tokenise

Offsets = NDArray[np.int32]


def most_of_question(room: int, stride: int) -> int:
    """Tokens that a question may take of a row's room: half, and so many that each window brings an eighth of new context.

    Below 1 where the stride leaves no room for any question.
    """
    return min(room // 2, room - stride - max(room // 8, 1))


@dataclass(frozen=True, kw_only=True)
class ContextRows(InputRows):
    """Windows over contexts, each behind its question; ``encoded.truncated`` where the question was cut.

    Attributes:
        context: First and last position of the context's tokens in each window (n_windows, 2); the last lies before the
            first where the context has no token.
        offsets: For each window first character and end of each context token, (k, 2), without blanks around it; of a
            token of blanks the end comes first.
        windows: First character and end of what each window shows of its context (n_windows, 2).
        cls: Position at which each window says that it holds no answer: that of the class token, else the first.
    """

    context: Ints
    offsets: tuple[Offsets, ...]
    windows: Ints
    cls: Ints


def encode_contexts(
    tokenizer: Any,
    questions: Sequence[str],
    contexts: Sequence[str],
    *,
    max_length: int,
    stride: int,
    names: Sequence[str] = ("input_ids", "token_type_ids"),
) -> ContextRows:
    """Windows of at most ``max_length`` tokens over each context, behind its question.

    They are those that `transformers` makes with ``truncation="only_second"`` and ``return_overflowing_tokens``, except that
    a question longer than `most_of_question` is cut (the library fails on it), and that all windows have the token
    types of the first. Blanks before a question are dropped, as in the library's example. Equal contexts are tokenised once.

    Args:
        tokenizer: A fast tokenizer.
        questions: One for each example.
        contexts: One for each example.
        max_length: Most tokens to a row, special tokens included.
        stride: Tokens of the context that neighbouring windows share.
        names: Columns wanted; those the tokenizer does not give are left out.

    Raises:
        ModelError: A slow tokenizer.
        ValueError: The stride leaves no room for a question.
    """
    template = read_template(tokenizer, names, texts=2)
    room = max_length - template.special
    share = most_of_question(room, stride)
    if share < 1 or stride < 0:
        raise ValueError(f"windows of {room} tokens that overlap by {stride}, question included")
    backend = plain_backend(tokenizer)
    asked = tokenise(backend, [question.lstrip() for question in questions])
    shown = tokenise(backend, contexts, spans=True)
    errors = _problems(asked, shown, is_bare=template.special == 0)
    good = np.array([at for at in range(len(questions)) if at not in errors], dtype=np.int64)
    heads, bodies = asked.runs().of(good), shown.runs().of(good)
    heads = heads.cut(np.minimum(heads.lengths, share))
    windows = cut_all(bodies.lengths, room - heads.lengths, stride, least=1)
    mine, owner = windows.owner, good[windows.owner]
    runs = Runs(ids=bodies.ids, starts=bodies.starts[mine] + windows.starts, lengths=windows.ends - windows.starts)
    first = template.begin(1) + heads.lengths[mine]
    places = _places(shown, contexts)
    sizes = np.fromiter(map(len, contexts), dtype=np.int64, count=len(contexts))[owner]
    low = np.where(windows.starts == 0, 0, places[runs.starts, 0])
    high = np.where(windows.ends == bodies.lengths[mine], sizes, places[runs.starts + runs.lengths - 1, 1])
    bounds = zip(runs.starts.tolist(), (runs.starts + runs.lengths).tolist(), strict=True)
    return ContextRows(
        encoded=join_runs(template, [heads.of(mine), runs], truncated=(asked.runs().of(good).lengths > share)[mine]),
        owner=owner,
        context=np.stack([first, first + runs.lengths - 1], axis=1),
        offsets=tuple(places[start:end] for start, end in bounds),
        windows=np.stack([low, high], axis=1),
        cls=_class_places(template, tokenizer.cls_token_id, first + runs.lengths),
        errors=errors,
    )


def _problems(asked: TokenTable, shown: TokenTable, *, is_bare: bool) -> dict[int, str]:
    """Examples without rows: those whose question, or else whose context, the tokenizer cannot take, and those without any token
    where it puts none around texts.
    """
    found: dict[int, str] = {}
    for table in (asked, shown):
        if table.errors:
            for at in np.flatnonzero(np.isin(table.source, list(table.errors))).tolist():
                found.setdefault(at, table.errors[int(table.source[at])])
    if is_bare:
        for at in np.flatnonzero(asked.runs().lengths + shown.runs().lengths == 0).tolist():
            found.setdefault(at, "an empty question and context, for which the tokenizer gives no token")
    return found


def _places(shown: TokenTable, contexts: Sequence[str]) -> Offsets:
    """First character and end of each token of the distinct contexts, as `trim` gives them, and a row for what has no token."""
    assert shown.spans is not None
    found = np.zeros((len(shown.ids) + 1, 2), dtype=np.int32)
    bounds = shown.bounds.tolist()
    for number, at in enumerate(np.unique(shown.source, return_index=True)[1].tolist()):
        mine = slice(bounds[number], bounds[number + 1])
        found[mine] = trim(shown.spans[mine], contexts[at])
    return found


def _class_places(template: Template, token: int | None, ends: Ints) -> Ints:
    """Position of the class token of rows in which the context ends before ``ends``; that of the first token where there is none."""
    before, _, after = template.fixed["input_ids"]
    leading, trailing = _find(before, token), _find(after, token)
    if leading is None and trailing is not None:
        return ends + trailing
    return np.full(len(ends), leading or 0, dtype=np.int64)


def _find(tokens: Tokens, wanted: int | None) -> int | None:
    return next((at for at, token in enumerate(tokens.tolist()) if token == wanted), None)


def trim(offsets: Sequence[tuple[int, int]] | Offsets, text: str) -> Offsets:
    """First character and end of each token; blanks at its edges, which some tokenizers count in, are left out.

    Of a token that is nothing but blanks the end comes before the first character: an answer neither begins nor ends with it.
    """
    found = np.array(offsets, dtype=np.int32).reshape(-1, 2)
    size = len(text)
    at: NDArray[np.int32] = np.arange(size + 1, dtype=np.int32)
    full = ~_are_blanks(text)
    following = np.minimum.accumulate(np.append(np.where(full, at[:-1], size), size)[::-1])[::-1]
    ended = np.maximum.accumulate(np.insert(np.where(full, at[1:], 0), 0, 0))
    return np.stack([following[found[:, 0]], ended[found[:, 1]]], axis=1).astype(np.int32)


_LAST_BLANK = 0x3000
"""The highest code of a blank; no later version of Unicode is expected to add one."""


@cache
def _blank_codes() -> Flags:
    return np.array([chr(code).isspace() for code in range(_LAST_BLANK + 2)])


def _are_blanks(text: str) -> Flags:
    """For each character whether `str.isspace` holds of it."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    found: Flags = _blank_codes()[np.minimum(codes, _LAST_BLANK + 1)]
    return found
