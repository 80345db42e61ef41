"""Rows as a model learns from them, by kind of task: token ids, and targets as numbers."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchwright import encoders
from benchwright.checkpoints.model import padding_token, stand_in
from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders.choices import encode_choices
from benchwright.encoders.contexts import ContextRows, encode_contexts
from benchwright.encoders.encoded import Flags, InputRows, Ints
from benchwright.encoders.words import WordRows, encode_words
from benchwright.types import Example, Kind, Task

from .data import right_options
from .heads import TargetScaler, takes_options
from .model import Built

NO_TARGET = -100
"""Stands at tokens for which no tag is asked."""


@dataclass(frozen=True, kw_only=True)
class WordPlaces:
    """Where the words of tag examples are: a line, a position in it, and the word's number over all examples."""

    lines: Ints
    positions: Ints
    words: Ints


@dataclass(frozen=True, kw_only=True)
class Features:
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
    words: WordPlaces | None = None
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


def lines_of(features: Features, rows: Ints) -> Ints:
    """Lines of some rows, row by row."""
    if features.options is None:
        return rows
    found = features.options[rows]
    lines: Ints = found[found >= 0]
    return lines


def token_places(encoded: encoders.Encoded, lines: Ints) -> tuple[Ints, Flags]:
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


def model_inputs(built: Built, features: Features, lines: Ints) -> dict[str, torch.Tensor]:
    """A padded batch of lines, as keyword arguments of the model, on its device."""
    batch = encoders.pad(features.encoded, lines, features.fill)
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


def prepare_texts(built: Built, task: Task, examples: Sequence[Example], scaler: TargetScaler) -> Features:
    """A row for each example."""
    encoded = _encode_texts(built, examples)
    readable = keep_readable(examples, set(encoded.errors))
    if encoded.errors:
        encoded = _encode_texts(built, readable)
    return Features(
        examples=readable,
        encoded=encoded,
        fill=padding_values(built),
        targets=on_device(built, number_targets(task, readable, scaler)),
        owner=np.arange(len(readable)),
        weights=np.ones(len(readable), dtype=np.int64),
        unreadable=len(examples) - len(readable),
    )


def number_targets(task: Task, examples: Sequence[Example], scaler: TargetScaler) -> NDArray[Any]:
    """Targets as a loss takes them: int64 (n), float32 (n, k) for label sets, float32 (n) for numbers."""
    if task.kind is Kind.REGRESS:
        raw = np.array([example.target for example in examples], dtype=np.float64)
        return scaler.transform(raw).astype(np.float32)
    numbers = {name: number for number, name in enumerate(task.label_names)}
    if not task.multilabel:
        return np.array([numbers[example.target] for example in examples], dtype=np.int64)
    hot = np.zeros((len(examples), len(numbers)), dtype=np.float32)
    for at, example in enumerate(examples):
        hot[at, [numbers[name] for name in example.target]] = 1
    return hot


def _encode_texts(built: Built, examples: Sequence[Example]) -> encoders.Encoded:
    texts = [list(map(str, example.inputs.values())) for example in examples]
    pairs = bool(texts) and len(texts[0]) == 2
    with quiet():
        return encoders.encode(
            built.tokenizer,
            [text[0] for text in texts],
            [text[1] for text in texts] if pairs else None,
            max_length=built.max_length,
            names=column_names(built),
            stand_in=stand_in(built.model, built.tokenizer),
        )


def prepare_words(built: Built, task: Task, examples: Sequence[Example]) -> Features:
    """Rows that hold every word that has a sub-token; long examples give several."""
    inputs = _encode_words(built, examples)
    readable = keep_readable(examples, set(inputs.errors))
    if inputs.errors:
        inputs = _encode_words(built, readable)
    numbers = {name: number for number, name in enumerate(task.label_names)}
    gold = np.array([numbers[tag] for example in readable for tag in example.target], dtype=np.int64)
    words = _place_words(inputs, readable)
    encoded = inputs.encoded
    targets = np.full(int(encoded.offsets[-1]), NO_TARGET, dtype=np.int64)
    targets[encoded.offsets[words.lines] + words.positions] = gold[words.words]
    return Features(
        examples=readable,
        encoded=encoded,
        fill=padding_values(built),
        targets=on_device(built, targets),
        owner=inputs.owner,
        weights=np.bincount(words.lines, minlength=len(encoded)),
        unreadable=len(examples) - len(readable),
        words=words,
    )


def _encode_words(built: Built, examples: Sequence[Example]) -> WordRows:
    sentences = [list(map(str, next(iter(example.inputs.values())))) for example in examples]
    with quiet():
        return encode_words(built.tokenizer, sentences, max_length=built.max_length, names=column_names(built))


def _place_words(inputs: WordRows, examples: Sequence[Example]) -> WordPlaces:
    sizes = np.array([len(example.target) for example in examples], dtype=np.int64)
    begins = np.cumsum(sizes) - sizes
    counts = [len(part) for part in inputs.firsts]
    lines = np.repeat(np.arange(len(counts)), counts)
    firsts = np.concatenate([np.zeros((0, 2), dtype=np.int64), *inputs.firsts])
    return WordPlaces(lines=lines, positions=firsts[:, 0], words=begins[inputs.owner[lines]] + firsts[:, 1])


def prepare_contexts(built: Built, examples: Sequence[Example]) -> Features:
    """A row for each window; a window without the whole answer points at the token that means there is none."""
    inputs = _encode_contexts(built, examples)
    readable = keep_readable(examples, set(inputs.errors))
    if inputs.errors:
        inputs = _encode_contexts(built, readable)
    return Features(
        examples=readable,
        encoded=inputs.encoded,
        fill=padding_values(built),
        targets=on_device(built, point(inputs, readable)),
        owner=inputs.owner,
        weights=np.ones(len(inputs.encoded), dtype=np.int64),
        unreadable=len(examples) - len(readable),
        windows=inputs,
    )


def point(inputs: ContextRows, examples: Sequence[Example]) -> Ints:
    """First and last token of the answer in each window (n, 2)."""
    targets = np.stack([inputs.cls, inputs.cls], axis=1)
    answers = [find_answer(example) for example in examples]
    for window, (owner, (low, high)) in enumerate(zip(inputs.owner.tolist(), inputs.windows.tolist(), strict=True)):
        answer = answers[owner]
        if answer is None or answer[0] < low or answer[1] > high:
            continue
        offsets = inputs.offsets[window]
        inside = np.flatnonzero((offsets[:, 1] > answer[0]) & (offsets[:, 0] < answer[1]))
        if len(inside):
            targets[window] = inputs.context[window, 0] + inside[[0, -1]]
    return targets


def find_answer(example: Example) -> tuple[int, int] | None:
    """First character and end of the answer that is given most often, the first of equals; None where there is none.

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


def _encode_contexts(built: Built, examples: Sequence[Example]) -> ContextRows:
    with quiet():
        return encode_contexts(
            built.tokenizer,
            [str(example.inputs["question"]) for example in examples],
            [str(example.inputs["context"]) for example in examples],
            max_length=built.max_length,
            stride=built.stride,
            names=column_names(built),
        )


_PART = 4096
"""Questions that are tokenised together."""


def prepare_choices(built: Built, task: Task, examples: Sequence[Example]) -> Features:
    """A row for each question with all its options; questions without a right option among them are left out."""
    usable = [example for example in examples if any(right_options(task, example))]
    inputs = _encode_choices(built, task, usable)
    broken = {*inputs.errors, *inputs.owner[sorted(inputs.encoded.errors)].tolist()}
    readable = keep_readable(usable, broken)
    if broken:
        inputs = _encode_choices(built, task, readable)
    options = _square(inputs.owner, len(readable))
    right = np.zeros(options.shape, dtype=bool)
    right[options >= 0] = [flag for example in readable for flag in right_options(task, example)]
    return Features(
        examples=readable,
        encoded=inputs.encoded,
        fill=padding_values(built),
        targets=on_device(built, right),
        owner=np.arange(len(readable)),
        weights=np.ones(len(readable), dtype=np.int64),
        unreadable=len(examples) - len(readable),
        options=options,
    )


def _square(owner: Ints, rows: int) -> Ints:
    """Lines of each row as a rectangle, -1 after the last."""
    counts = np.bincount(owner, minlength=rows)
    found = np.full((rows, int(counts.max(initial=0))), -1, dtype=np.int64)
    found[np.arange(found.shape[1]) < counts[:, None]] = np.arange(len(owner))
    return found


def _encode_choices(built: Built, task: Task, examples: Sequence[Example]) -> InputRows:
    """Part by part, because a tokenizer's own lists take ten times the room of what is kept."""
    parts = [_encode_part(built, task, examples[at : at + _PART]) for at in range(0, max(1, len(examples)), _PART)]
    if len(parts) == 1:
        return parts[0]
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


def _encode_part(built: Built, task: Task, examples: Sequence[Example]) -> InputRows:
    with quiet():
        return encode_choices(
            built.tokenizer,
            task,
            examples,
            max_length=built.max_length,
            names=column_names(built),
            stand_in=stand_in(built.model, built.tokenizer),
        )


def prepare(built: Built, task: Task, examples: Sequence[Example], scaler: TargetScaler) -> Features:
    """Features of the rows, for the head of their kind of task."""
    match task.kind:
        case Kind.TAG:
            return prepare_words(built, task, examples)
        case Kind.SPAN:
            return prepare_contexts(built, examples)
        case Kind.CHOOSE:
            return prepare_choices(built, task, examples)
        case _:
            return prepare_texts(built, task, examples, scaler)
