"""What a tokenizer puts around one text or two, and rows made of that and of tokens that are cut here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchwright.encoders.encoded import Encoded, Flags, Ints
from benchwright.encoders.token_table import Runs, Tokens, all_or_each
from benchwright.errors import ModelError


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


def join_runs(template: Template, texts: Sequence[Runs], *, truncated: Flags | None = None) -> Encoded:
    """Rows of the template with the tokens of their texts put in.

    Args:
        template: Of as many texts as a row has.
        texts: For each text of a row its tokens in each row.
        truncated: For each row whether tokens were cut off; default: none was.
    """
    rows = len(texts[0].lengths)
    lengths = template.special + sum((runs.lengths for runs in texts), np.zeros(rows, dtype=np.int64))
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
    columns = {name: np.zeros(int(offsets[-1]), dtype=np.int32) for name in template.names}
    at = offsets[:-1].copy()
    for number in range(len(texts) + 1):
        for name, column in columns.items():
            for position, token in enumerate(template.fixed[name][number].tolist()):
                column[at + position] = token
        at += len(template.fixed["input_ids"][number])
        if number < len(texts):
            runs = texts[number]
            places = ranges(at, runs.lengths)
            columns["input_ids"][places] = runs.ids[ranges(runs.starts, runs.lengths)]
            if "token_type_ids" in columns:
                columns["token_type_ids"][places] = template.types[number]
            at += runs.lengths
    return Encoded(
        columns=columns,
        offsets=offsets,
        truncated=np.zeros(rows, dtype=bool) if truncated is None else truncated,
    )


def ranges(starts: Ints, lengths: Ints) -> Ints:
    """``starts[i]``, ``starts[i] + 1``, ..., ``lengths[i]`` numbers for each ``i``, one range after the other."""
    before = np.cumsum(lengths) - lengths
    found: Ints = np.arange(int(lengths.sum())) + np.repeat(starts - before, lengths)
    return found


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


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Windows over many runs of tokens, those of one run after those of the one before it.

    Attributes:
        owner: Run of each window, rising.
        starts: First token of each window in its run.
        ends: Behind its last one.
    """

    owner: Ints
    starts: Ints
    ends: Ints


def cut_all(lengths: Ints, rooms: Ints | int, stride: int, *, least: int = 0) -> Windows:
    """The windows that `cut` makes over each of many runs.

    Args:
        lengths: Tokens of each run.
        rooms: Most tokens to a window, of each run or of all.
        stride: Tokens that neighbouring windows share, less than any room.
        least: Windows of a run without a token: 0, or 1, which is empty.
    """
    step = rooms - stride
    more = np.maximum(-((rooms - lengths) // step), 0)
    counts = np.where(lengths > 0, 1 + more, least)
    owner = np.repeat(np.arange(len(lengths)), counts)
    number = ranges(np.zeros_like(counts), counts)
    starts = number * np.broadcast_to(step, lengths.shape)[owner]
    ends = np.minimum(starts + np.broadcast_to(rooms, lengths.shape)[owner], lengths[owner])
    return Windows(owner=owner, starts=starts, ends=ends)


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

    return all_or_each(call, texts)


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
