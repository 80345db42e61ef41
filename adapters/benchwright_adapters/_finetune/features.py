"""Training features: token ids, made by the codec of the kind of task, and targets as tensors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchwright import encoders
from benchwright.checkpoints.model import accepted_inputs, padding_token
from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders.contexts import ContextRows
from benchwright.encoders.encoded import Flags, InputRows, Ints
from benchwright.encoders.words import WordRows
from benchwright.types import ChoiceTask, Example, RegressionTask, Task

from .data import right_options
from .heads import TargetScaler, takes_options
from .model import BuiltModel

NO_TARGET = -100
"""Stands at tokens for which no tag is asked."""

_PART = 4096
"""Questions with options that are tokenised together: a tokenizer's own lists take ten times the room of what is kept."""


@dataclass(frozen=True, kw_only=True)
class Features:
    """Tokenised rows with targets.

    A *row* is one training instance: a text or pair, a window of words or of a context, a question with its options.
    A *line* is one input sequence of the model: a row, or each option of it.

    Attributes:
        examples: Examples with rows; those that the tokenizer refuses or that have no usable target are left out.
        lines: Input sequences from the codec's `encode`: token ids, and the example of each line.
        fill: Padding value of each column.
        targets: On the model's device. Of texts for each row: a label number (n), 0 or 1 for each label (n, k), or a
            standardised number (n). Of words for each token of all lines: a tag number, or -100. Of a context for each
            row: first and last token (n, 2). Of options for each row: which are right (n, k).
        weights: Weight of each row in the mean loss (n): its number of words with a target, otherwise 1.
        unreadable: Number of examples left out.
        options: Lines of each row (n, k), -1 after the last; None where lines are rows.
    """

    examples: tuple[Example, ...]
    lines: InputRows
    fill: Mapping[str, int]
    targets: torch.Tensor
    weights: Ints
    unreadable: int
    options: Ints | None = None

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def encoded(self) -> encoders.Encoded:
        """Token ids of each line."""
        return self.lines.encoded

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


def prepare(built: BuiltModel, examples: Sequence[Example], scaler: TargetScaler) -> Features:
    """Features of examples: a row for each, or for each window over its words or context.

    Questions without a right option and examples that the tokenizer refuses are left out.
    """
    task, usable = built.task, tuple(examples)
    if isinstance(task, ChoiceTask):
        usable = tuple(example for example in examples if any(right_options(task, example)))
    lines = _encode(built, usable)
    broken = {*lines.errors, *lines.owner[sorted(lines.encoded.errors)].tolist()}
    if broken:
        usable = tuple(example for at, example in enumerate(usable) if at not in broken)
        lines = _encode(built, usable)
    options = _lines_of_questions(lines, len(usable)) if isinstance(task, ChoiceTask) else None
    targets = _find_targets(task, usable, lines, options, scaler)
    return Features(
        examples=usable,
        lines=lines,
        fill={
            "input_ids": padding_token(built.model, built.tokenizer) or 0,
            "token_type_ids": built.tokenizer.pad_token_type_id,
        },
        targets=torch.from_numpy(targets).to(built.device),
        weights=_weigh(lines, len(lines.encoded) if options is None else len(options)),
        unreadable=len(examples) - len(usable),
        options=options,
    )


def lines_of(features: Features, rows: Ints) -> Ints:
    """Lines of some rows, row by row."""
    if features.options is None:
        return rows
    found = features.options[rows]
    lines: Ints = found[found >= 0]
    return lines


def token_places(encoded: encoders.Encoded, lines: Ints) -> tuple[Ints, Flags]:
    """For a padded batch of lines: index of each token in the flat columns (0 for padding), and the attention mask."""
    lengths = encoded.lengths[lines]
    columns = np.arange(int(lengths.max(initial=0)))
    mask = columns < lengths[:, None]
    return np.where(mask, encoded.offsets[lines][:, None] + columns, 0), mask


def model_inputs(built: BuiltModel, features: Features, lines: Ints) -> dict[str, torch.Tensor]:
    """A padded batch of lines, as keyword arguments of the model, on its device."""
    batch = encoders.pad(features.encoded, lines, features.fill)
    columns: dict[str, NDArray[np.int64]] = dict(batch.columns)
    if "attention_mask" in accepted_inputs(built.model):
        columns["attention_mask"] = batch.mask.astype(np.int64)
    if takes_options(built.model):
        columns = {name: values[:, None] for name, values in columns.items()}
    return {name: torch.from_numpy(values).to(built.device) for name, values in columns.items()}


# --- token ids ---------------------------------------------------------------------------------------------------------


def _encode(built: BuiltModel, examples: Sequence[Example]) -> InputRows:
    """Lines of examples; questions with options part by part."""
    with quiet():
        if not isinstance(built.task, ChoiceTask) or len(examples) <= _PART:
            return built.codec.encode(examples)
        return _join([built.codec.encode(examples[at : at + _PART]) for at in range(0, len(examples), _PART)])


def _join(parts: Sequence[InputRows]) -> InputRows:
    """Lines of parts of ``_PART`` examples, one after the other."""
    encoded = [part.encoded for part in parts]
    before = np.cumsum([0, *(len(one) for one in encoded)]).tolist()
    return InputRows(
        encoded=encoders.Encoded(
            columns={name: np.concatenate([one.columns[name] for one in encoded]) for name in encoded[0].columns},
            offsets=np.concatenate([[0], np.cumsum(np.concatenate([one.lengths for one in encoded]))]),
            truncated=np.concatenate([one.truncated for one in encoded]),
            errors={
                at + lines: text for lines, one in zip(before, encoded, strict=False) for at, text in one.errors.items()
            },
        ),
        owner=np.concatenate([part.owner + number * _PART for number, part in enumerate(parts)]),
        errors={at + number * _PART: text for number, part in enumerate(parts) for at, text in part.errors.items()},
    )


def _lines_of_questions(lines: InputRows, questions: int) -> Ints:
    """Lines of each question as a rectangle, -1 after the last."""
    counts = np.bincount(lines.owner, minlength=questions)
    found = np.full((questions, int(counts.max(initial=0))), -1, dtype=np.int64)
    found[np.arange(found.shape[1]) < counts[:, None]] = np.arange(len(lines.owner))
    return found


def _weigh(lines: InputRows, rows: int) -> Ints:
    if isinstance(lines, WordRows):
        return np.array([len(firsts) for firsts in lines.firsts], dtype=np.int64)
    return np.ones(rows, dtype=np.int64)


# --- targets -----------------------------------------------------------------------------------------------------------


def _find_targets(
    task: Task, examples: Sequence[Example], lines: InputRows, options: Ints | None, scaler: TargetScaler
) -> NDArray[Any]:
    """Targets in the form of the loss; see `Features`."""
    if isinstance(lines, WordRows):
        return _tag_targets(task, examples, lines)
    if isinstance(lines, ContextRows):
        return span_targets(lines, examples)
    if options is not None:
        right = np.zeros(options.shape, dtype=bool)
        right[options >= 0] = [flag for example in examples for flag in right_options(task, example)]
        return right
    return _text_targets(task, examples, scaler)


def _text_targets(task: Task, examples: Sequence[Example], scaler: TargetScaler) -> NDArray[Any]:
    """int64 (n), float32 (n, k) for label sets, float32 (n) for numbers."""
    if isinstance(task, RegressionTask):
        raw = np.array([example.target for example in examples], dtype=np.float64)
        return scaler.transform(raw).astype(np.float32)
    numbers = {name: number for number, name in enumerate(task.label_names)}
    if not task.multilabel:
        return np.array([numbers[example.target] for example in examples], dtype=np.int64)
    hot = np.zeros((len(examples), len(numbers)), dtype=np.float32)
    for at, example in enumerate(examples):
        hot[at, [numbers[name] for name in example.target]] = 1
    return hot


def _tag_targets(task: Task, examples: Sequence[Example], windows: WordRows) -> Ints:
    """For each token of all windows the number of its word's tag where it is the word's first, else `NO_TARGET`."""
    numbers = {name: number for number, name in enumerate(task.label_names)}
    gold = [np.array([numbers[tag] for tag in example.target], dtype=np.int64) for example in examples]
    targets = np.full(int(windows.encoded.offsets[-1]), NO_TARGET, dtype=np.int64)
    begins = windows.encoded.offsets[:-1].tolist()
    for begin, owner, firsts in zip(begins, windows.owner.tolist(), windows.firsts, strict=True):
        targets[begin + firsts[:, 0]] = gold[owner][firsts[:, 1]]
    return targets


def span_targets(windows: ContextRows, examples: Sequence[Example]) -> Ints:
    """First and last token of the answer in each window (n, 2); the null position if a window lacks the whole answer."""
    targets = np.stack([windows.cls, windows.cls], axis=1)
    answers = [find_answer(example) for example in examples]
    for window, (owner, (low, high)) in enumerate(zip(windows.owner.tolist(), windows.windows.tolist(), strict=True)):
        answer = answers[owner]
        if answer is None or answer[0] < low or answer[1] > high:
            continue
        offsets = windows.offsets[window]
        inside = np.flatnonzero((offsets[:, 1] > answer[0]) & (offsets[:, 0] < answer[1]))
        if len(inside):
            targets[window] = windows.context[window, 0] + inside[[0, -1]]
    return targets


def find_answer(example: Example) -> tuple[int, int] | None:
    """First character and end of the most frequent gold answer, the first of equals; None without an answer.

    Blanks around it are left out. An answer that does not stand where it is said to stand is looked for in the context.
    """
    gold, context = example.target or {}, str(example.inputs["context"])
    texts = list(gold.get("text", ()))
    starts = [*gold.get("answer_start", ()), *[-1] * len(texts)]
    pairs = Counter((text.strip(), at + _indent(text)) for text, at in zip(texts, starts, strict=False))
    for (text, start), _ in pairs.most_common():
        at = start if start >= 0 and context.startswith(text, start) else context.find(text)
        if text and at >= 0:
            return at, at + len(text)
    return None


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
