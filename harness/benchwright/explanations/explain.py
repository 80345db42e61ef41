"""The one door: explains items of a task through an open session, in the order given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec
import numpy as np

from benchwright.errors import BenchwrightError
from benchwright.explanations.answers import Answers
from benchwright.explanations.ask import Ask, ExplainSubject, Floats, ItemAsker, Wait
from benchwright.explanations.faithfulness import judge
from benchwright.explanations.libraries import refuse_missing
from benchwright.explanations.methods import method_named
from benchwright.explanations.methods.base import GradientMethod, Item, Method
from benchwright.explanations.numbers import Question, stored_numbers
from benchwright.explanations.reading import Given, SessionReading, read_session
from benchwright.explanations.rounds import in_rounds
from benchwright.explanations.targets import targets_of
from benchwright.explanations.words import words_of
from benchwright.types import Attribution, Completeness, Example, ExplainSpec, Explanation, Prediction, Session, Task

WINDOW = 32
"""Items explained at once: what they ask about shares batches."""

FOLLOWED = 8
"""Items whose gradients are computed before the first of them is finished: so often progress is told."""

Job = Callable[[Wait], Explanation]


def explain_items(
    session: Session,
    task: Task,
    items: Sequence[tuple[Example, Prediction]],
    spec: ExplainSpec,
    *,
    seed: int,
    scores: Given | None = None,
    window: int = WINDOW,
) -> Iterator[Explanation]:
    """Explanations of items with their predictions, one by one as they are finished, in the order given.

    Whatever goes wrong with an item is told in its explanation. Values depend on the item, the spec and the seed alone; where a
    model's numbers depend in their last bits on what shares a batch (single precision), so do they.

    Args:
        session: Is asked, in the thread of the caller.
        task: What it answers.
        items: With their predictions.
        spec: How.
        seed: Of the run.
        scores: What those of the model's predictions are (`Facts.scores`).
        window: Most items at once.

    Raises:
        BenchwrightError: The session cannot answer at all, or has not what the method needs, or a library is missing.
    """
    method = method_named(spec.method)
    refuse_missing(method.packages)
    spec = msgspec.structs.replace(spec, evaluations=spec.evaluations or method.evaluations)
    reading = read_session(session, task, spec, scores=scores)
    how = _How(task=task, method=method, spec=spec, reading=reading, seed=seed)
    if isinstance(method, GradientMethod):
        window = min(window, FOLLOWED)
    found = in_rounds(_jobs(session, how, items, window), Answers(session, task, reading), window=window)
    for (_, prediction), one in zip(items, found, strict=True):
        yield msgspec.structs.replace(one, truncated=True) if prediction.truncated else one


@dataclass(frozen=True, kw_only=True)
class _How:
    """What is the same for all items."""

    task: Task
    method: Method | GradientMethod
    spec: ExplainSpec
    reading: SessionReading
    seed: int


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What a method found of an item: values of each run, targets x words, and of gradients what they add up to, by target."""

    runs: Sequence[Floats]
    completeness: Sequence[Completeness | None]
    passes: int = 0


def _jobs(session: Session, how: _How, items: Sequence[tuple[Example, Prediction]], window: int) -> Iterator[Job]:
    """The job of each item. Gradients need no variants: they are computed for a window of items, before those are judged."""
    for begin in range(0, len(items), window):
        begun = [_begin(how, example, prediction) for example, prediction in items[begin : begin + window]]
        subjects = [one for one in begun if isinstance(one, ExplainSubject)]
        given = iter(_gradients(session, how, subjects))
        for one in begun:
            yield partial(_explain, how, one, next(given)) if isinstance(one, ExplainSubject) else partial(_keep, one)


def _begin(how: _How, example: Example, prediction: Prediction) -> ExplainSubject | Explanation:
    """What is explained of an item; else the explanation that there is nothing, or why there is none."""
    try:
        words, asked = words_of(how.task, example), targets_of(how.task, example, prediction, how.reading)
        whole = Question(example=example, targets=asked.targets, scale=asked.scale)
        stored = stored_numbers(how.task, how.reading, whole, prediction)
    except BenchwrightError as error:
        return Explanation(id=example.id, error=error.line)
    except Exception as error:  # an item that cannot be read loses no other
        return _broken(example, error)
    if not words or not asked.targets:
        return Explanation(id=example.id, words=words)
    return ExplainSubject(
        task=how.task, example=example, words=words, asked=asked, mask=how.reading.mask, stored=stored
    )


def _gradients(session: Session, how: _How, subjects: Sequence[ExplainSubject]) -> Sequence[_Found | str | None]:
    """What a method of gradients found of each item, or why nothing; of other methods None."""
    if not isinstance(how.method, GradientMethod):
        return [None] * len(subjects)
    if not subjects:
        return []
    found = how.method.attribute_all(session, [_item(one) for one in subjects], how.spec, how.reading.removal)
    return [
        one
        if isinstance(one, str)
        else _Found(
            runs=[np.array([target.values for target in one])],
            completeness=[target.completeness for target in one],
            passes=sum(target.passes for target in one),
        )
        for one in found
    ]


def _keep(explanation: Explanation, wait: Wait) -> Explanation:
    """The job of an item that needs none."""
    del wait
    return explanation


def _explain(how: _How, subject: ExplainSubject, given: _Found | str | None, wait: Wait) -> Explanation:
    """The job of an item."""
    ask = ItemAsker(wait, subject)
    try:
        if isinstance(given, str):
            raise BenchwrightError(given)  # noqa: TRY301 - one place tells
        found = given or _attribute(how, subject, ask)
        return _explanation(how, subject, found, ask)
    except BenchwrightError as error:
        return Explanation(id=subject.example.id, words=subject.words, queries=ask.count, error=error.line)
    except Exception as error:  # whatever a library throws at an item loses no other
        return _broken(subject.example, error)


def _attribute(how: _How, subject: ExplainSubject, ask: ItemAsker) -> _Found:
    """Values of each seed; a method that draws nothing runs once."""
    method, spec, item = how.method, how.spec, _item(subject)
    assert not isinstance(method, GradientMethod)
    runs = [
        method.attribute(item, ask.at_most(spec.evaluations, spec.method), spec, rng_of(item.example.id, how.seed, run))
        for run in range(spec.seeds if method.draws else 1)
    ]
    return _Found(runs=runs, completeness=[None] * len(item.targets))


def _explanation(how: _How, subject: ExplainSubject, found: _Found, ask: ItemAsker) -> Explanation:
    """The values beside the numbers that they are about, judged."""
    targets, words = subject.asked.targets, len(subject.words)
    full = ask(np.ones((1, words), dtype=bool))[0].tolist()
    base = _base(ask, words)
    before = ask.count.computed
    # A stream of its own: by the one that a method draws from, random attributions would be held against themselves.
    judging = rng_of(f"faithfulness:{subject.example.id}", how.seed)
    judged = judge(ask, found.runs[0], rng=judging) if how.spec.faithfulness else (None,) * len(targets)
    count = ask.count
    return Explanation(
        id=subject.example.id,
        words=subject.words,
        scale=subject.asked.scale,
        attributions=tuple(
            Attribution(
                target=target,
                values=_values(found.runs[0], at),
                full=full[at],
                base=None if base is None else base[at],
                others=tuple(_values(run, at) for run in found.runs[1:]),
                completeness=found.completeness[at],
                faithfulness=judged[at],
                stored=subject.stored[at],
            )
            for at, target in enumerate(targets)
        ),
        queries=msgspec.structs.replace(count, passes=count.passes + found.passes, judging=count.computed - before),
    )


def _values(found: Floats, target: int) -> tuple[float, ...]:
    return tuple(found[target].tolist())


def _base(ask: Ask, words: int) -> list[float] | None:
    """The numbers with every word taken away; None where the model does not answer to that, which no method asked about then."""
    try:
        found: list[float] = ask(np.zeros((1, words), dtype=bool))[0].tolist()
    except BenchwrightError:
        return None
    return found


def _item(subject: ExplainSubject) -> Item:
    return Item(task=subject.task, example=subject.example, words=subject.words, targets=subject.asked.targets)


def _broken(example: Example, error: Exception) -> Explanation:
    return Explanation(id=example.id, error=f"{type(error).__name__}: {error}")


def rng_of(example: str, seed: int, run: int = 0) -> np.random.Generator:
    """The generator of an item: it depends on its id, the seed, and which of several runs it is, and on nothing else that is explained."""
    word = int.from_bytes(hashlib.sha256(example.encode()).digest()[:8], "big")
    told = [seed] if seed >= 0 else [-seed, 0, 0, 1]  # a generator takes no number below 0
    return np.random.default_rng([*told, word, run] if run else [*told, word])
