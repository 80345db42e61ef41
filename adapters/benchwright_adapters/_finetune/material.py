"""Rows as a model learns from them: token ids, and targets as numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchwright import encoders
from benchwright.checkpoints.model import padding_token
from benchwright.encoders.encoded import Flags, Ints
from benchwright.types import Example

from .build import Built
from .heads import takes_options


@dataclass(frozen=True, kw_only=True)
class Words:
    """Where the words of tag examples are: a line, a position in it, and the word's number over all examples."""

    lines: Ints
    positions: Ints
    words: Ints


@dataclass(frozen=True, kw_only=True)
class Material:
    """Rows that were tokenised once.

    A *row* is what is learned from as one: a text or pair, a window of words or of a context, a question with its options.
    A *line* is what a model reads as one: a row, or each option of it.

    Attributes:
        examples: Those that have rows; what the tokenizer cannot take, or nothing can be learned from, is left out.
        encoded: Token ids of each line.
        fill: Padding value of each column.
        targets: On the model's device. Of texts for each row: a label number (n), 0 or 1 for each label (n, k), or a
            standardised number (n). Of words for each token of all lines: a tag number, or -100. Of a context for each
            row: first and last token (n, 2). Of options for each row: which are right (n, k).
        owner: Example of each row.
        weights: What each row counts in a mean loss: the words of it that have a target, otherwise 1.
        unreadable: Examples left out.
        options: Lines of each row (n, k), -1 after the last; None where lines are rows.
        words: Where words are; None for other kinds.
        windows: Of a context: what its windows show, as `encode_contexts` gives it; None for other kinds.
    """

    examples: tuple[Example, ...]
    encoded: encoders.Encoded
    fill: Mapping[str, int]
    targets: torch.Tensor
    owner: Ints
    weights: Ints
    unreadable: int
    options: Ints | None = None
    words: Words | None = None
    windows: Any = None

    @property
    def lengths(self) -> Ints:
        """Tokens of each row; of options those of the longest."""
        if self.options is None:
            return self.encoded.lengths
        known = np.append(self.encoded.lengths, 0)  # -1 finds the 0
        longest: Ints = known[self.options].max(axis=1, initial=0)
        return longest

    @property
    def costs(self) -> Ints:
        """Tokens that a forward pass reads for each row, options padded to the longest."""
        if self.options is None:
            return self.encoded.lengths
        costs: Ints = self.lengths * (self.options >= 0).sum(axis=1)
        return costs


def lines_of(material: Material, rows: Ints) -> Ints:
    """Lines of some rows, row by row."""
    if material.options is None:
        return rows
    found = material.options[rows]
    lines: Ints = found[found >= 0]
    return lines


def spots(encoded: encoders.Encoded, lines: Ints) -> tuple[Ints, Flags]:
    """For lines as a padded rectangle: where each token is in the flat columns (0 for padding), and which are tokens."""
    lengths = encoded.lengths[lines]
    columns = np.arange(int(lengths.max(initial=0)))
    mask = columns < lengths[:, None]
    return np.where(mask, encoded.offsets[lines][:, None] + columns, 0), mask


def padding_values(built: Built) -> dict[str, int]:
    """Padding value of each column."""
    return {
        "input_ids": padding_token(built.model, built.tokenizer) or 0,
        "token_type_ids": built.tokenizer.pad_token_type_id,
    }


def column_names(built: Built) -> list[str]:
    """Columns that the model reads."""
    names = accepted(built.model)
    return [name for name in ("input_ids", "token_type_ids") if name in names]


def model_inputs(built: Built, material: Material, lines: Ints) -> dict[str, torch.Tensor]:
    """A padded batch of lines, as keyword arguments of the model, on its device."""
    batch = encoders.pad(material.encoded, lines, material.fill)
    columns: dict[str, NDArray[np.int64]] = dict(batch.columns)
    if "attention_mask" in accepted(built.model):
        columns["attention_mask"] = batch.mask.astype(np.int64)
    if takes_options(built.model):
        columns = {name: values[:, None] for name, values in columns.items()}
    return {name: torch.from_numpy(values).to(built.device) for name, values in columns.items()}


def accepted(model: Any) -> frozenset[str]:
    """Names of inputs that a model's forward pass takes; segments only where it has more than one."""
    forward: Callable[..., Any] = model.forward
    names = set(inspect.signature(forward).parameters)
    if getattr(model.config, "type_vocab_size", None) == 1:
        names.discard("token_type_ids")
    return frozenset(names)


def on_device(built: Built, numbers: NDArray[Any]) -> torch.Tensor:
    """Numbers as a tensor beside the model."""
    return torch.from_numpy(numbers).to(built.device)


def keep_readable(examples: Sequence[Example], unusable: set[int]) -> tuple[Example, ...]:
    """The examples but for some."""
    return tuple(example for at, example in enumerate(examples) if at not in unusable)
