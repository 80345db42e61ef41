"""Tokens of many texts in flat arrays, by the batch call of `tokenizers` itself; equal texts are tokenised once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.encoded import Ints
from benchwright.encoders.failures import is_failure

Tokens = NDArray[np.int32]

_TEXTS = 1024
"""Texts to a call: enough for every core, and few enough that the library's own objects, ten times the size of ids, stay small."""


@dataclass(frozen=True, kw_only=True)
class Runs:
    """A run of tokens for each row: ``lengths[i]`` of ``ids`` from ``starts[i]`` on."""

    ids: Tokens
    starts: Ints
    lengths: Ints

    def cut(self, lengths: Ints, *, left: bool = False) -> Runs:
        """So many tokens of each run: the first ones, or with ``left`` the last ones, the others being cut off on the left."""
        starts = self.starts + self.lengths - lengths if left else self.starts
        return Runs(ids=self.ids, starts=starts, lengths=lengths)

    def of(self, rows: Ints) -> Runs:
        """The runs of some rows."""
        return Runs(ids=self.ids, starts=self.starts[rows], lengths=self.lengths[rows])


def to_runs(rows: Sequence[Sequence[int]]) -> Runs:
    """Lists of token ids as runs."""
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    ids = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(lengths.sum()))
    return Runs(ids=ids, starts=np.cumsum(lengths) - lengths, lengths=lengths)


@dataclass(frozen=True, kw_only=True)
class TokenTable:
    """Tokens of texts, without special ones.

    Attributes:
        ids: Of the distinct texts, one after the other.
        bounds: ``distinct texts + 1`` places; distinct text ``i`` is ``bounds[i]`` to ``bounds[i + 1]`` of ``ids``.
        source: For each text that was given its place among the distinct ones.
        errors: Distinct text -> why it has no tokens.
        spans: First character and end of each token as the tokenizer counts them (tokens, 2); None where nobody asked.
    """

    ids: Tokens
    bounds: Ints
    source: Ints
    errors: Mapping[int, str]
    spans: NDArray[np.int32] | None = None

    def runs(self, begin: int = 0, end: int | None = None) -> Runs:
        """Tokens of the texts given, or of a part of them."""
        source = self.source[begin:end]
        return Runs(ids=self.ids, starts=self.bounds[source], lengths=np.diff(self.bounds)[source])


def tokenise(backend: Any, texts: Sequence[str], *, spans: bool = False) -> TokenTable:
    """The tokens of texts; one that the tokenizer cannot take (a lone surrogate) is an error of its own.

    Args:
        backend: A tokenizer of `tokenizers` that neither cuts nor fills, as `plain_backend` gives it.
        texts: They may repeat.
        spans: Whether characters are wanted, which takes the library half as long again.
    """
    distinct, source = spread(texts)
    call = backend.encode_batch if spans else backend.encode_batch_fast
    parts = [_read(call, distinct[at : at + _TEXTS], spans=spans) for at in range(0, len(distinct), _TEXTS)]
    lengths = np.concatenate([np.zeros(1, dtype=np.int64), *(part.lengths for part in parts)])
    return TokenTable(
        ids=np.concatenate([np.zeros(0, dtype=np.int32), *(part.ids for part in parts)]),
        bounds=np.cumsum(lengths),
        source=source,
        errors={at * _TEXTS + text: why for at, part in enumerate(parts) for text, why in part.errors.items()},
        spans=np.concatenate([np.zeros((0, 2), dtype=np.int32), *(part.spans for part in parts)]) if spans else None,
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What one call gave; a text with an error has no tokens."""

    ids: Tokens
    lengths: Ints
    spans: NDArray[np.int32]
    errors: Mapping[int, str]


def _read(call: Callable[..., list[Any]], texts: Sequence[str], *, spans: bool) -> _Part:
    found, errors = all_or_each(lambda some: call(some, add_special_tokens=False), texts)
    good = [one for one in found if one is not None]
    lengths = np.fromiter((0 if one is None else len(one) for one in found), dtype=np.int64, count=len(found))
    total = int(lengths.sum())
    places = chain.from_iterable(chain.from_iterable(one.offsets for one in good)) if spans else ()
    return _Part(
        ids=np.fromiter(chain.from_iterable(one.ids for one in good), dtype=np.int32, count=total),
        lengths=lengths,
        spans=np.fromiter(places, dtype=np.int32, count=2 * total if spans else 0).reshape(-1, 2),
        errors=errors,
    )


def all_or_each(
    call: Callable[[list[Any]], Sequence[Any]], texts: Sequence[Any]
) -> tuple[list[Any | None], dict[int, str]]:
    """What a tokenizer gives for texts, and why it gives None for some: one call for all, and one for each only where that fails."""
    if not texts:
        return [], {}
    try:
        return list(call(list(texts))), {}
    except BaseException as error:
        if not is_failure(error):
            raise
    found: list[Any | None] = []
    errors: dict[int, str] = {}
    for at, text in enumerate(texts):
        try:
            found += call([text])
        except BaseException as error:
            if not is_failure(error):
                raise
            found.append(None)
            errors[at] = f"the tokenizer fails: {type(error).__name__}: {error}"
    return found, errors


def plain_backend(tokenizer: Any) -> Any | None:
    """The Rust tokenizer inside one of `transformers`, which neither cuts nor fills from now on; None where there is none."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or not hasattr(backend, "encode_batch_fast"):
        return None
    if backend.truncation is not None:
        backend.no_truncation()
    if backend.padding is not None:
        backend.no_padding()
    return backend


def spread(items: Sequence[Hashable]) -> tuple[list[Any], Ints]:
    """Distinct items in order of first appearance, and for each item the position of its equal among them."""
    seen: dict[Any, int] = {}
    source = np.fromiter((seen.setdefault(item, len(seen)) for item in items), dtype=np.int64, count=len(items))
    return list(seen), source
