"""Sentences of words as rows of tokens, and which token speaks for which word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchwright.encoders import Encoded
from benchwright.encoders.encoded import Ints
from benchwright.encoders.template import cut, join_texts, read_template, tokens_of


@dataclass(frozen=True, kw_only=True)
class WordRows:
    """Windows over sentences.

    Attributes:
        encoded: One row for each window.
        owner: Sentence of each window (n_windows); a sentence without any token has none.
        firsts: For each window the words that it answers for, (k, 2): position of the word's first token in the window,
            and number of the word in its sentence. Each word with a token appears once over all windows.
        lost: For each sentence its words without a token (empty, or made of characters the tokenizer drops).
        errors: Sentence -> why the tokenizer cannot take it; it has no window.
    """

    encoded: Encoded
    owner: Ints
    firsts: tuple[Ints, ...]
    lost: tuple[tuple[int, ...], ...]
    errors: Mapping[int, str] = field(default_factory=dict)


def encode_words(
    tokenizer: Any,
    sentences: Sequence[Sequence[str]],
    *,
    max_length: int,
    stride: int | None = None,
    names: Sequence[str] = ("input_ids", "token_type_ids"),
) -> WordRows:
    """Rows of at most ``max_length`` tokens that hold every word's first token.

    Words go in as words and are found back by `word_ids`; they are never joined. A sentence that is too long becomes several
    windows, and a word takes its answer from the window that shows most on both sides of it.

    Args:
        tokenizer: A fast tokenizer, opened by `opening.open_tokenizer(..., words=True)`: RoBERTa and other byte-level
            ones read a blank before each word then (``add_prefix_space``), as they did in training.
        sentences: Words of each sentence.
        max_length: Most tokens to a row, special tokens included.
        stride: Tokens that neighbouring windows share; default: half of a window.
        names: Columns wanted; those the tokenizer does not give are left out.

    Raises:
        ModelError: A slow tokenizer.
        ValueError: The windows have no room for text, or the stride fills them.
    """
    template = read_template(tokenizer, names, words=True)
    room = max_length - template.special
    overlap = room // 2 if stride is None else stride
    cut(1, room, overlap)  # says what is wrong with the sizes before anything is read
    filled = [at for at, words in enumerate(sentences) if len(words)]
    encodings, failed = tokens_of(tokenizer, [list(sentences[at]) for at in filled], words=True)
    rows: list[list[Any]] = []
    owner: list[int] = []
    firsts: list[Ints] = []
    lost: list[tuple[int, ...]] = [()] * len(sentences)
    for at, encoding in zip(filled, encodings, strict=True):
        if encoding is None:
            continue
        ids = np.array(encoding.ids, dtype=np.int32)
        words, starts = _first_tokens(encoding.word_ids)
        lost[at] = tuple(np.setdiff1d(np.arange(len(sentences[at])), words).tolist())
        windows = cut(len(ids), room, overlap)
        chosen = _choose(starts, windows, len(ids))
        for number, (start, end) in enumerate(windows):
            mine = chosen == number
            rows.append([ids[start:end]])
            owner.append(at)
            firsts.append(np.stack([starts[mine] - start + template.begin(), words[mine]], axis=1))
    return WordRows(
        encoded=join_texts(template, rows),
        owner=np.array(owner, dtype=np.int64),
        firsts=tuple(firsts),
        lost=tuple(lost),
        errors={filled[at]: problem for at, problem in failed.items()},
    )


def _first_tokens(word_ids: Sequence[int | None]) -> tuple[Ints, Ints]:
    """Words that have a token, and the position of the first token of each."""
    owners = np.array([-1 if word is None else word for word in word_ids], dtype=np.int64)
    words, starts = np.unique(owners, return_index=True)
    known = words >= 0
    return words[known], starts[known].astype(np.int64)


def _choose(positions: Ints, windows: Sequence[tuple[int, int]], length: int) -> Ints:
    """For each position the window that shows most on its poorer side; an end of the sentence takes nothing away."""
    if len(windows) < 2:
        return np.zeros(len(positions), dtype=np.int64)
    shown = np.full((len(windows), len(positions)), -1, dtype=np.int64)
    for number, (start, end) in enumerate(windows):
        left = positions - start if start else np.full(len(positions), length)
        right = end - 1 - positions if end < length else np.full(len(positions), length)
        inside = (positions >= start) & (positions < end)
        shown[number] = np.where(inside, np.minimum(left, right), -1)
    best: Ints = shown.argmax(axis=0)
    return best
