"""What a tokenizer puts around one text or two, and rows made of that and of tokens that are cut here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.encoded import Encoded, Ints
from benchwright.encoders.failures import is_failure
from benchwright.errors import ModelError

Tokens = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Template:
    """The special tokens of a row and where its texts go.

    Attributes:
        names: Columns that the tokenizer gives, ``input_ids`` first.
        fixed: For each column the special tokens before the first text, between two texts, and after the last one.
        types: Token type of each text.
    """

    names: tuple[str, ...]
    fixed: dict[str, tuple[Tokens, ...]]
    types: tuple[int, ...]

    @property
    def special(self) -> int:
        """Special tokens of a row."""
        return sum(map(len, self.fixed["input_ids"]))

    def begin(self, text: int = 0, lengths: Sequence[int] = ()) -> int:
        """Position at which a text of a row begins; ``lengths`` are those of the texts before it."""
        return sum(map(len, self.fixed["input_ids"][: text + 1])) + sum(lengths[:text])


def read_template(tokenizer: Any, names: Sequence[str], *, texts: int = 1, words: bool = False) -> Template:
    """The template of rows of one text or two, read off a short one.

    Args:
        tokenizer: A fast tokenizer of `transformers`.
        names: Columns wanted; those the tokenizer does not give are left out.
        texts: 1 or 2.
        words: Whether texts come as lists of words.

    Raises:
        ModelError: It is a slow tokenizer, which cannot say where its tokens come from.
    """
    if not tokenizer.is_fast:
        raise ModelError(
            f"{type(tokenizer).__name__} is a slow tokenizer: it cannot say which word or character a token comes from",
            expected="a fast tokenizer (a tokenizer.json)",
            hint="save it as one: `AutoTokenizer.from_pretrained(FOLDER, use_fast=True).save_pretrained(FOLDER)`",
        )
    text: Any = ["a"] if words else "a"
    pair = [text] if texts == 2 else None
    found = tokenizer(
        [text],
        pair,
        is_split_into_words=words,
        padding=False,
        truncation=False,
        return_attention_mask=False,
        verbose=False,
    )
    owners = np.array([-1 if owner is None else owner for owner in found.encodings[0].sequence_ids])
    present = tuple(name for name in names if name in found)
    columns = {name: np.array(found[name][0], dtype=np.int32) for name in present}
    edges = [0]
    for number in range(texts):
        inside = np.flatnonzero(owners == number)
        edges += [int(inside[0]), int(inside[-1]) + 1]
    edges.append(len(owners))
    parts = {
        name: tuple(row[edges[2 * k] : edges[2 * k + 1]] for k in range(texts + 1)) for name, row in columns.items()
    }
    types = tuple(
        int(columns["token_type_ids"][edges[2 * k + 1]]) if "token_type_ids" in columns else 0 for k in range(texts)
    )
    return Template(names=present, fixed=parts, types=types)


def join_texts(template: Template, rows: Sequence[Sequence[Tokens]], *, truncated: Sequence[bool] = ()) -> Encoded:
    """Rows of the template with the tokens of their texts put in.

    Args:
        template: Of as many texts as a row has.
        rows: For each row the token ids of each of its texts.
        truncated: For each row whether tokens were cut off; default: none was.
    """
    columns = {}
    for name in template.names:
        fixed = template.fixed[name]
        pieces: list[Tokens] = []
        for texts in rows:
            for number, ids in enumerate(texts):
                values = ids if name == "input_ids" else np.full(len(ids), template.types[number], dtype=np.int32)
                pieces += (fixed[number], values)
            pieces.append(fixed[-1])
        columns[name] = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int32)
    lengths = [template.special + sum(map(len, texts)) for texts in rows]
    return Encoded(
        columns=columns,
        offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        truncated=np.array(truncated or [False] * len(rows), dtype=bool),
    )


def cut(length: int, room: int, stride: int) -> list[tuple[int, int]]:
    """Windows (first, end) of at most ``room`` over ``length`` tokens, each ``stride`` tokens into the one before it.

    These are the windows that `transformers` makes with ``return_overflowing_tokens``. No tokens: no window.
    """
    if not 0 <= stride < room:
        raise ValueError(f"windows of {room} tokens that overlap by {stride}")
    found: list[tuple[int, int]] = []
    start = 0
    while start < length and (not found or found[-1][1] < length):
        found.append((start, min(start + room, length)))
        start += room - stride
    return found


def tokens_of(tokenizer: Any, texts: Sequence[Any], *, words: bool = False) -> tuple[list[Any | None], dict[int, str]]:
    """The library's own encoding of each text, without special tokens, and errors by text.

    One call for all, and one call for each only where that one fails (a lone surrogate).
    """

    def call(some: Sequence[Any]) -> list[Any]:
        found = tokenizer(
            list(some),
            is_split_into_words=words,
            add_special_tokens=False,
            padding=False,
            truncation=False,
            return_attention_mask=False,
            verbose=False,
        )
        return list(found.encodings)

    if not texts:
        return [], {}
    try:
        return list(call(texts)), {}
    except BaseException as error:
        if not is_failure(error):
            raise
        return _each(call, texts)


def _each(call: Callable[[Sequence[Any]], list[Any]], texts: Sequence[Any]) -> tuple[list[Any | None], dict[int, str]]:
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


def spread(items: Sequence[Any]) -> tuple[list[Any], Ints]:
    """Distinct items in order of first appearance, and for each item the position of its equal among them."""
    seen: dict[Any, int] = {}
    source = [seen.setdefault(item, len(seen)) for item in items]
    return list(seen), np.array(source, dtype=np.int64)


def byte_level_space(tokenizer: Any) -> bool | None:
    """Whether a byte-level tokenizer puts a blank before each word; None for other tokenizers."""
    levels = byte_levels(getattr(tokenizer, "backend_tokenizer", None))
    return all(level.add_prefix_space for level in levels) if levels else None


def byte_levels(backend: Any) -> list[Any]:
    """The byte-level steps of a tokenizer of `tokenizers`; they are changed in place."""
    step: Any = getattr(backend, "pre_tokenizer", None)
    steps = [step]
    if type(step).__name__ == "Sequence":
        steps = [step[at] for at in range(len(json.loads(step.__getstate__())["pretokenizers"]))]
    return [step for step in steps if type(step).__name__ == "ByteLevel"]
