"""Words of a sentence: a linear classifier per word over simple features, and the best legal sequence of tags.

Features of a word: itself, its shape (``Aa-0``), its first 2 to 4 and last 1 to 4 letters, two neighbours on each side, the
pairs with the nearest ones, and their shapes; all hashed. Weights are averaged over steps of stochastic gradient descent on
the logistic loss. Of all sequences in which ``I-X`` follows ``B-X`` or ``I-X`` alone, the most probable is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from benchwright.errors import ModelError
from benchwright.tags import parts
from benchwright.types import Example, Prediction, Task

from .settings import TfidfSettings

_SIZE = 2**18
"""Hashed features; 118,000 words of biomedical text fill a fifth of them."""

_EPOCHS = 15
_PENALTY = 8e-6
"""L2 penalty where ``c`` is 1."""

_LEAST = 1e-9
_NEVER = -1e9


@dataclass(kw_only=True)
class TagSession:
    """A fitted classifier of words, and which tag may follow which."""

    task: Task
    estimator: Any
    allowed: Any

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """A tag for each word, always legal in IOB2; scores are not given."""
        sentences = [_words(example) for example in examples]
        words = [features for sentence in sentences for features in _features(sentence)]
        scores = self._log_probabilities(words)
        ends = [0]
        for sentence in sentences:
            ends.append(ends[-1] + len(sentence))
        return [Prediction(output=self._decode(scores[low:high])) for low, high in pairwise(ends)]

    def _log_probabilities(self, words: Sequence[list[str]]) -> Any:
        """A row per word, a column per task tag; a tag that never occurs in training is out of the question."""
        import numpy as np

        scores = np.full((len(words), len(self.task.label_names)), _NEVER)
        if words:
            found = self.estimator.predict_proba(_hashed(words))
            scores[:, self.estimator.classes_] = np.log(np.maximum(found, _LEAST))
        return scores

    def _decode(self, scores: Any) -> tuple[str, ...]:
        names = self.task.label_names
        if not len(scores):
            return ()
        best = self.allowed[-1] + scores[0]
        back = []
        for row in scores[1:]:
            through = best[:, None] + self.allowed[:-1]
            back.append(through.argmax(axis=0))
            best = through.max(axis=0) + row
        path = [int(best.argmax())]
        for choices in reversed(back):
            path.append(int(choices[path[-1]]))
        return tuple(names[at] for at in reversed(path))

    def close(self) -> None:
        """Forget the model."""
        self.estimator = None


def fit(task: Task, examples: Sequence[Example], settings: TfidfSettings, seed: int) -> TagSession:
    """A session fitted on training sentences.

    Raises:
        ModelError: Every word of them has the same tag.
    """
    import numpy as np
    from sklearn.linear_model import SGDClassifier

    numbers = {name: at for at, name in enumerate(task.label_names)}
    targets = np.array([numbers[tag] for example in examples for tag in example.target], dtype=int)
    if len(set(targets.tolist())) < 2:
        only = task.label_names[targets[0]] if len(targets) else "none"
        raise ModelError(
            f"every training word of {task.name} is tagged {only!r}",
            expected="at least two tags",
            hint="give more training rows, or use majority",
        )
    estimator = SGDClassifier(
        loss="log_loss", alpha=_PENALTY / settings.c, max_iter=_EPOCHS, tol=None, average=True, random_state=seed
    )
    words = [features for example in examples for features in _features(_words(example))]
    estimator.fit(_hashed(words), targets)
    return TagSession(task=task, estimator=estimator, allowed=_allowed(task.label_names))


def _allowed(names: Sequence[str]) -> Any:
    """0 where a tag (column) may follow another (row; the last row: the start of a sentence), else next to nothing."""
    import numpy as np

    allowed = np.zeros((len(names) + 1, len(names)))
    for row, before in enumerate([*names, ""]):
        for column, name in enumerate(names):
            if name.startswith("I-") and not (before[:2] in ("B-", "I-") and parts(before)[1] == parts(name)[1]):
                allowed[row, column] = _NEVER
    return allowed


def _words(example: Example) -> list[str]:
    return [str(word) for word in next(iter(example.inputs.values()))]


def _hashed(words: Sequence[list[str]]) -> Any:
    from sklearn.feature_extraction import FeatureHasher

    return FeatureHasher(_SIZE, input_type="string", alternate_sign=False).transform(words)


def _features(words: Sequence[str]) -> Iterator[list[str]]:
    """Features of each word of a sentence."""
    low = ["<<", "<", *(word.lower() for word in words), ">", ">>"]
    shapes = ["<", *map(_shape, words), ">"]
    for at in range(len(words)):
        word, before, after = low[at + 2], low[at + 1], low[at + 3]
        yield [
            "bias",
            f"w={word}",
            f"-1={before}",
            f"+1={after}",
            f"-2={low[at]}",
            f"+2={low[at + 4]}",
            f"-1w={before} {word}",
            f"w+1={word} {after}",
            f"s={shapes[at + 1]}",
            f"s-1={shapes[at]}",
            f"s+1={shapes[at + 2]}",
            *(f"^{word[:size]}" for size in (2, 3, 4)),
            *(f"{word[-size:]}$" for size in (1, 2, 3, 4)),
        ]


@lru_cache(maxsize=65536)
def _shape(word: str) -> str:
    """``iPhone4-S`` -> ``aAa0-A``: kinds of characters, repeats left out."""
    kinds = "".join("0" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else "-" for c in word)
    return re.sub(r"(.)\1+", r"\1", kinds)
