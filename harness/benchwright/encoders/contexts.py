"""Questions and contexts as windows of tokens, with the character offsets of each token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.encoded import InputRows, Ints
from benchwright.encoders.template import Template, Tokens, cut, join_texts, read_template, spread, tokens_of

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
    asked, asked_at = spread([question.lstrip() for question in questions])
    shown, shown_at = spread(list(contexts))
    heads, head_errors = tokens_of(tokenizer, asked)
    bodies, body_errors = tokens_of(tokenizer, shown)
    ids = [None if body is None else np.array(body.ids, dtype=np.int32) for body in bodies]
    places = [None if body is None else trim(body.offsets, text) for body, text in zip(bodies, shown, strict=True)]
    made = _Windows(template, tokenizer.cls_token_id)
    errors: dict[int, str] = {}
    for at, (question, context) in enumerate(zip(asked_at.tolist(), shown_at.tolist(), strict=True)):
        head, body, offsets = heads[question], ids[context], places[context]
        if head is None or body is None or offsets is None:
            errors[at] = head_errors.get(question) or body_errors[context]
            continue
        before = np.array(head.ids[:share], dtype=np.int32)
        if not (template.special or len(before) or len(body)):
            errors[at] = "an empty question and context, for which the tokenizer gives no token"
            continue
        windows = cut(len(body), room - len(before), stride) or [(0, 0)]
        for start, end in windows:
            low = 0 if start == 0 else int(offsets[start, 0])
            high = len(shown[context]) if end == len(body) else int(offsets[end - 1, 1])
            made.add(at, before, body[start:end], offsets[start:end], (low, high), truncated=len(head.ids) > share)
    return made.finish(errors)


class _Windows:
    """Windows as they are made, one after the other."""

    def __init__(self, template: Template, cls_token: int | None) -> None:
        self._template = template
        self._rows: list[tuple[Tokens, Tokens]] = []
        self._owner: list[int] = []
        self._truncated: list[bool] = []
        self._context: list[tuple[int, int]] = []
        self._offsets: list[Offsets] = []
        self._shown: list[tuple[int, int]] = []
        self._cls: list[int] = []
        before, _, after = template.fixed["input_ids"]
        self._cls_before = _find(before, cls_token)
        self._cls_after = None if self._cls_before is not None else _find(after, cls_token)

    def add(
        self,
        owner: int,
        question: Tokens,
        context: Tokens,
        offsets: Offsets,
        shown: tuple[int, int],
        *,
        truncated: bool,
    ) -> None:
        """One more window."""
        first = self._template.begin(1, [len(question)])
        self._rows.append((question, context))
        self._owner.append(owner)
        self._truncated.append(truncated)
        self._context.append((first, first + len(context) - 1))
        self._offsets.append(offsets)
        self._shown.append(shown)
        end = first + len(context)
        self._cls.append(end + self._cls_after if self._cls_after is not None else self._cls_before or 0)

    def finish(self, errors: Mapping[int, str]) -> ContextRows:
        """All windows."""
        return ContextRows(
            encoded=join_texts(self._template, self._rows, truncated=self._truncated),
            owner=np.array(self._owner, dtype=np.int64),
            context=np.array(self._context, dtype=np.int64).reshape(-1, 2),
            offsets=tuple(self._offsets),
            windows=np.array(self._shown, dtype=np.int64).reshape(-1, 2),
            cls=np.array(self._cls, dtype=np.int64),
            errors=dict(errors),
        )


def _find(tokens: Tokens, wanted: int | None) -> int | None:
    return next((at for at, token in enumerate(tokens.tolist()) if token == wanted), None)


def trim(offsets: Sequence[tuple[int, int]] | Offsets, text: str) -> Offsets:
    """First character and end of each token; blanks at its edges, which some tokenizers count in, are left out.

    Of a token that is nothing but blanks the end comes before the first character: an answer neither begins nor ends with it.
    """
    found = np.array(offsets, dtype=np.int32).reshape(-1, 2)
    size = len(text)
    at: NDArray[np.int32] = np.arange(size + 1, dtype=np.int32)
    full = np.fromiter((not char.isspace() for char in text), dtype=bool, count=size)
    following = np.minimum.accumulate(np.append(np.where(full, at[:-1], size), size)[::-1])[::-1]
    ended = np.maximum.accumulate(np.insert(np.where(full, at[1:], 0), 0, 0))
    return np.stack([following[found[:, 0]], ended[found[:, 1]]], axis=1).astype(np.int32)
