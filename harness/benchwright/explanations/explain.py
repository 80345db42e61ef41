"""The one door: explains items of a task through an open session, in the order given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec
import numpy as np

from benchwright.errors import BenchwrightError
from benchwright.explanations.ask import ItemAsker
from benchwright.explanations.faithfulness import judge
from benchwright.explanations.methods import method_named
from benchwright.explanations.methods.base import Item
from benchwright.explanations.numbers import Numbers, Question, numbers_of
from benchwright.explanations.reading import Given, Reading, read_session
from benchwright.explanations.targets import targets_of
from benchwright.explanations.words import words_of
from benchwright.types import Attribution, Example, ExplainSpec, Explanation, Prediction, Session, Task


def explain_items(
    session: Session,
    task: Task,
    items: Sequence[tuple[Example, Prediction]],
    spec: ExplainSpec,
    *,
    seed: int,
    scores: Given | None = None,
) -> Iterator[Explanation]:
    """Explanations of items with their predictions, one by one as they are finished, in the order given.

    ``scores`` is what those of the model's predictions are (`Facts.scores`). Whatever goes wrong with an item is told in its
    explanation.
    """
    reading = read_session(session, task, spec, scores=scores)
    for example, prediction in items:
        try:
            yield _explain(partial(numbers_of, session, task, reading), task, example, prediction, spec, reading, seed)
        except BenchwrightError as error:
            yield Explanation(id=example.id, error=error.line)


def _explain(  # noqa: PLR0917 - on its way to rounds of many items
    numbers: Callable[[Sequence[Question]], Sequence[Numbers]],
    task: Task,
    example: Example,
    prediction: Prediction,
    spec: ExplainSpec,
    reading: Reading,
    seed: int,
) -> Explanation:
    words, asked = words_of(task, example), targets_of(task, example, prediction, reading)
    targets = asked.targets
    if not words or not targets:
        return Explanation(id=example.id, words=words)
    ask = ItemAsker(numbers, task, example, words, asked, mask=reading.mask)
    item = Item(task=task, example=example, words=words, targets=targets)
    values = method_named(spec.method).attribute(item, ask, spec, rng_of(example.id, seed))
    ends = ask(np.array([[True] * len(words), [False] * len(words)]))
    before = ask.count.computed
    # A stream of its own: by the one that a method draws from, random attributions would be held against themselves.
    judging = rng_of(f"faithfulness:{example.id}", seed)
    judged = judge(ask, values, rng=judging) if spec.faithfulness else (None,) * len(targets)
    return Explanation(
        id=example.id,
        words=words,
        scale=asked.scale,
        attributions=tuple(
            Attribution(target=target, values=tuple(row), full=full, base=base, faithfulness=found)
            for target, row, full, base, found in zip(
                targets, values.tolist(), ends[0].tolist(), ends[1].tolist(), judged, strict=True
            )
        ),
        queries=msgspec.structs.replace(ask.count, judging=ask.count.computed - before),
    )


def rng_of(example: str, seed: int) -> np.random.Generator:
    """The generator of an item: it depends on its id and the seed, and on nothing else that is explained."""
    word = int.from_bytes(hashlib.sha256(example.encode()).digest()[:8], "big")
    return np.random.default_rng([seed, word])
