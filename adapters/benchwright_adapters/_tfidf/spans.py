"""Questions about a context: the sentence of the context that is most like the question.

Likeness is the cosine of word vectors; a word weighs by how few sentences of this context hold it. Of equals, the first
sentence wins. Where questions may be unanswerable, the answer is "" under a likeness that is learned on the train split: the
one that maximises the mean of word overlap (answerable questions) and of answers left out (others) over its rows. Without a train
split it always answers.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from benchwright.types import Example, Prediction, Task

MOST_ROWS = 5_000
"""Training rows from which the likeness is learned, drawn with the run's seed."""

_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")
_WORD = re.compile(r"\w+")
_ARTICLES = frozenset({"a", "an", "the"})


class _Sentence(NamedTuple):
    start: int
    text: str
    vector: dict[str, float]


class _Passage(NamedTuple):
    sentences: list[_Sentence]
    weights: dict[str, float]
    unseen: float


class _Match(NamedTuple):
    sentence: _Sentence
    likeness: float


@dataclass(kw_only=True)
class SpanSession:
    """The least likeness that is an answer, and contexts that were read."""

    task: Task
    least: float = 0.0
    contexts: dict[str, _Passage] = field(default_factory=dict)

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """A sentence with its start and likeness, or ""; the null score is 1 less the likeness."""
        return [self._answer(_best(example, self.contexts)) for example in examples]

    def _answer(self, found: _Match) -> Prediction:
        sentence, likeness = found
        extra: dict[str, float] = {"score": likeness}
        if self.task.unanswerable:
            extra["null_score"] = 1.0 - likeness
            if likeness < self.least:
                return Prediction(output="", extra=extra)
        return Prediction(output=sentence.text, extra={"start": sentence.start, **extra})

    def close(self) -> None:
        """Forget the contexts."""
        self.contexts = {}


def fit(task: Task, examples: Sequence[Example]) -> SpanSession:
    """A session with the likeness learned on training examples; none: every question is answered."""
    if not (task.unanswerable and examples):
        return SpanSession(task=task)
    contexts: dict[str, _Passage] = {}
    seen = []
    for example in examples:
        found = _best(example, contexts)
        golds = example.target["text"]
        seen.append(
            (found.likeness, max((_overlap(found.sentence.text, gold) for gold in golds), default=0.0), not golds)
        )
    return SpanSession(task=task, least=_least(seen))


def _least(seen: Sequence[tuple[float, float, bool]]) -> float:
    """The likeness from which on answering is worth more than "", over (likeness, overlap, unanswerable)."""
    gain = best = 0.0
    least = math.inf
    rows = sorted(seen, reverse=True)
    for at, (likeness, overlap, silent) in enumerate(rows):
        gain += overlap - silent
        is_last = at + 1 == len(rows) or rows[at + 1][0] < likeness
        if is_last and gain > best:
            best, least = gain, likeness
    return least


def _overlap(one: str, other: str) -> float:
    """F1 of the words that two texts share, case and articles aside."""
    first, second = (Counter(word for word in _words(text) if word not in _ARTICLES) for text in (one, other))
    shared = sum((first & second).values())
    return 2 * shared / (sum(first.values()) + sum(second.values())) if shared else 0.0


def _best(example: Example, contexts: dict[str, _Passage]) -> _Match:
    question, text = (str(value) for value in example.inputs.values())
    context = contexts.get(text)
    if context is None:
        context = contexts[text] = _read(text)
    asked = _unit({word: context.weights.get(word, context.unseen) for word in _words(question)})
    found = [
        _Match(sentence, math.fsum(weight * sentence.vector.get(word, 0.0) for word, weight in asked.items()))
        for sentence in context.sentences
    ]
    return max(found, key=lambda candidate: candidate.likeness)


def _read(text: str) -> _Passage:
    """The sentences of a context, each with its unit vector."""
    places = [0, *(found.end() for found in _END.finditer(text)), len(text)]
    cuts = [(low, text[low:high]) for low, high in pairwise(places)]
    stripped = [(low + len(cut) - len(cut.lstrip()), cut.strip()) for low, cut in cuts if cut.strip()] or [(0, text)]
    held = Counter(word for _, cut in stripped for word in set(_words(cut)))
    size = 1 + len(stripped)
    weights = {word: math.log(size / (1 + count)) + 1 for word, count in held.items()}
    sentences = [_Sentence(low, cut, _unit({w: weights[w] for w in _words(cut)})) for low, cut in stripped]
    return _Passage(sentences, weights, math.log(size) + 1)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _unit(weights: dict[str, float]) -> dict[str, float]:
    norm = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    return {word: weight / norm for word, weight in weights.items()}
