"""Questions with options, as a head that scores options learns from them: one right option against wrong ones."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchwright import encoders
from benchwright.checkpoints.model import stand_in
from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders.choices import ChoiceRows, encode_choices
from benchwright.encoders.encoded import Ints
from benchwright.types import Example, Task

from .build import Built
from .material import Material, column_names, keep_readable, on_device, padding_values
from .recipe import Recipe
from .rows import right_options

_DRAW = 4
"""Stream of the seed."""

_PART = 4096
"""Questions that are tokenised together."""


def prepare_choices(built: Built, task: Task, examples: Sequence[Example]) -> Material:
    """A row for each question with all its options; questions without a right option among them are left out."""
    usable = [example for example in examples if any(right_options(task, example))]
    inputs = _encode(built, task, usable)
    broken = {*inputs.errors, *inputs.owner[sorted(inputs.encoded.errors)].tolist()}
    readable = keep_readable(usable, broken)
    if broken:
        inputs = _encode(built, task, readable)
    options = _square(inputs.owner, len(readable))
    right = np.zeros(options.shape, dtype=bool)
    right[options >= 0] = [flag for example in readable for flag in right_options(task, example)]
    return Material(
        examples=readable,
        encoded=inputs.encoded,
        fill=padding_values(built),
        targets=on_device(built, right),
        owner=np.arange(len(readable)),
        weights=np.ones(len(readable), dtype=np.int64),
        unreadable=len(examples) - len(readable),
        options=options,
    )


def draw_options(task: Task, examples: Sequence[Example], recipe: Recipe) -> list[Example]:
    """What is learned from: of each question one right option and wrong ones, up to the most that the recipe allows.

    Drawn with the recipe's seed, once for all epochs; what is left stays in its order. Questions without a right option
    stay as they are.
    """
    assert recipe.most_options is not None
    return [_draw(task, example, recipe.most_options, [recipe.seed, _DRAW, at]) for at, example in enumerate(examples)]


def _draw(task: Task, example: Example, most: int, seed: list[int]) -> Example:
    flags = np.array(right_options(task, example), dtype=bool)
    right, wrong = np.flatnonzero(flags), np.flatnonzero(~flags)
    if not len(right) or (len(right) == 1 and len(flags) <= most):
        return example
    chance = np.random.default_rng(seed)
    chosen = int(chance.choice(right))
    kept = sorted([chosen, *chance.choice(wrong, size=min(len(wrong), most - 1), replace=False).tolist()])
    name = list(task.inputs)[-1]
    options = [example.inputs[name][number] for number in kept]
    target = (example.inputs[name][chosen],) if task.by_text else kept.index(chosen)
    return msgspec.structs.replace(example, inputs={**example.inputs, name: options}, target=target)


def read_choices(
    task: Task, material: Material, outputs: Sequence[NDArray[np.float32]]
) -> list[tuple[int | str, tuple[float, ...]]]:
    """The best option of each question, the first of equals, and the probability of each."""
    assert material.options is not None
    found: list[tuple[int | str, tuple[float, ...]]] = []
    for example, members, row in zip(material.examples, material.options, outputs, strict=True):
        scores = row[: int((members >= 0).sum())].astype(np.float64)
        powers = np.exp(scores - scores.max())
        best = int(scores.argmax())
        answer = example.inputs[list(task.inputs)[-1]][best] if task.by_text else best
        found.append((answer, tuple((powers / powers.sum()).tolist())))
    return found


def _square(owner: Ints, rows: int) -> Ints:
    """Lines of each row as a rectangle, -1 after the last."""
    counts = np.bincount(owner, minlength=rows)
    found = np.full((rows, int(counts.max(initial=0))), -1, dtype=np.int64)
    found[np.arange(found.shape[1]) < counts[:, None]] = np.arange(len(owner))
    return found


def _encode(built: Built, task: Task, examples: Sequence[Example]) -> ChoiceRows:
    """Part by part, because a tokenizer's own lists take ten times the room of what is kept."""
    parts = [_encode_part(built, task, examples[at : at + _PART]) for at in range(0, max(1, len(examples)), _PART)]
    if len(parts) == 1:
        return parts[0]
    encoded = [part.encoded for part in parts]
    before = np.cumsum([0, *(len(one) for one in encoded)]).tolist()
    return ChoiceRows(
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


def _encode_part(built: Built, task: Task, examples: Sequence[Example]) -> ChoiceRows:
    with quiet():
        return encode_choices(
            built.tokenizer,
            task,
            examples,
            max_length=built.max_length,
            names=column_names(built),
            stand_in=stand_in(built.model, built.tokenizer),
        )
