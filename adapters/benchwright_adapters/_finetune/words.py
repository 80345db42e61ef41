"""Words, as a head for tags learns from them: windows of sub-tokens, a target at the first one of each word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders.words import WordRows, encode_words
from benchwright.tags import OUTSIDE
from benchwright.types import Example, Task

from .build import Built
from .losses import NO_TARGET
from .material import Material, Words, column_names, keep_readable, on_device, padding_values


def prepare_words(built: Built, task: Task, examples: Sequence[Example]) -> Material:
    """Rows that hold every word that has a sub-token; long examples give several."""
    inputs = _encode(built, examples)
    readable = keep_readable(examples, set(inputs.errors))
    if inputs.errors:
        inputs = _encode(built, readable)
    numbers = {name: number for number, name in enumerate(task.label_names)}
    gold = np.array([numbers[tag] for example in readable for tag in example.target], dtype=np.int64)
    words = _place_words(inputs, readable)
    encoded = inputs.encoded
    targets = np.full(int(encoded.offsets[-1]), NO_TARGET, dtype=np.int64)
    targets[encoded.offsets[words.lines] + words.positions] = gold[words.words]
    return Material(
        examples=readable,
        encoded=encoded,
        fill=padding_values(built),
        targets=on_device(built, targets),
        owner=inputs.owner,
        weights=np.bincount(words.lines, minlength=len(encoded)),
        unreadable=len(examples) - len(readable),
        words=words,
    )


def read_tags(task: Task, material: Material, outputs: Sequence[np.ndarray]) -> list[tuple[str, ...]]:
    """Tags of each example from the tag number at each token of each row; a word without a sub-token is outside."""
    assert material.words is not None
    places, names = material.words, task.label_names
    sizes = [len(example.target) for example in material.examples]
    numbers = np.full(sum(sizes), names.index(OUTSIDE) if OUTSIDE in names else 0)
    found = (outputs[line][at] for line, at in zip(places.lines.tolist(), places.positions.tolist(), strict=True))
    numbers[places.words] = np.fromiter(found, dtype=np.int64, count=len(places.words))
    ends = np.cumsum(sizes).tolist()
    tags = [names[number] for number in numbers.tolist()]
    return [tuple(tags[end - size : end]) for end, size in zip(ends, sizes, strict=True)]


def _encode(built: Built, examples: Sequence[Example]) -> WordRows:
    sentences = [list(map(str, next(iter(example.inputs.values())))) for example in examples]
    with quiet():
        return encode_words(built.tokenizer, sentences, max_length=built.max_length, names=column_names(built))


def _place_words(inputs: WordRows, examples: Sequence[Example]) -> Words:
    sizes = np.array([len(example.target) for example in examples], dtype=np.int64)
    begins = np.cumsum(sizes) - sizes
    counts = [len(part) for part in inputs.firsts]
    lines = np.repeat(np.arange(len(counts)), counts)
    firsts = np.concatenate([np.zeros((0, 2), dtype=np.int64), *inputs.firsts])
    return Words(lines=lines, positions=firsts[:, 0], words=begins[inputs.owner[lines]] + firsts[:, 1])
