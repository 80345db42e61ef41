"""The one door: explains items of a task through an open session, in the order given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from benchwright.errors import BenchwrightError
from benchwright.explanations.ask import ItemAsker
from benchwright.explanations.faithfulness import judge
from benchwright.explanations.methods import method_named
from benchwright.explanations.methods.base import Item
from benchwright.explanations.targets import targets_of
from benchwright.explanations.words import words_of
from benchwright.types import Attribution, Example, ExplainSpec, Explanation, Prediction, Session, Task


def explain_items(
    session: Session, task: Task, items: Sequence[tuple[Example, Prediction]], spec: ExplainSpec, *, seed: int
) -> Iterator[Explanation]:
    """Explanations of items with their predictions, one by one as they are finished, in the order given.

    Whatever goes wrong with an item is told in its explanation.
    """
    for example, prediction in items:
        try:
            yield _explain(session, task, example, prediction, spec, seed=seed)
        except BenchwrightError as error:
            yield Explanation(id=example.id, error=error.line)


def _explain(
    session: Session, task: Task, example: Example, prediction: Prediction, spec: ExplainSpec, *, seed: int
) -> Explanation:
    words, targets = words_of(task, example), targets_of(task, example, prediction)
    if not words or not targets:
        return Explanation(id=example.id, words=words)
    ask = ItemAsker(session, task, example, words, targets, mask=None)
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
