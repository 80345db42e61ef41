"""Options of a choice: the one whose words are most like those of the context.

Without a placeholder the context (all inputs before the options) is compared with each option; with one, all inputs before
the query are compared with the query in which the option takes the placeholder's place. Likeness is the cosine of word
n-gram vectors, each n-gram once per text. N-grams weigh by how rare they are in the train split; without one, all weigh the
same. Nothing is learned from right answers. Of equals, the first option wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.types import Example, Prediction, Task

from .settings import TfidfSettings

_SIZE = 2**20


@dataclass(kw_only=True)
class ChoiceSession:
    """How the texts of a choice become vectors."""

    task: Task
    ngrams: int
    weights: Any = None

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """The number, or the text, of an option for each example; cosines are no probabilities, so there are no scores."""
        if not examples:
            return []
        import numpy as np

        pairs = [_pair(example, self.task) for example in examples]
        contexts = self._vectors([context for context, _ in pairs])
        options = self._vectors([option for _, options in pairs for option in options])
        owner = np.repeat(np.arange(len(pairs)), [len(options) for _, options in pairs])
        likeness = np.asarray(contexts[owner].multiply(options).sum(axis=1)).ravel()
        return [self._answer(example, int(likeness[owner == row].argmax())) for row, example in enumerate(examples)]

    def _answer(self, example: Example, best: int) -> Prediction:
        return Prediction(output=list(example.inputs.values())[-1][best] if self.task.by_text else best)

    def _vectors(self, texts: Sequence[str]) -> Any:
        from sklearn.preprocessing import normalize

        counts = _counted(texts, self.ngrams)
        return normalize(counts if self.weights is None else counts @ self.weights)

    def close(self) -> None:
        """Forget the weights."""
        self.weights = None


def fit(task: Task, examples: Sequence[Example], settings: TfidfSettings) -> ChoiceSession:
    """A session whose n-grams weigh by their rarity among texts of training examples; none: all weigh the same."""
    if not examples:
        return ChoiceSession(task=task, ngrams=settings.ngrams)
    import numpy as np
    from scipy import sparse

    texts = [
        text for context, options in (_pair(example, task) for example in examples) for text in (context, *options)
    ]
    counts = _counted(texts, settings.ngrams)
    found = np.bincount(counts.indices, minlength=_SIZE)
    rarity = np.log((1 + len(texts)) / (1 + found)) + 1
    return ChoiceSession(task=task, ngrams=settings.ngrams, weights=sparse.diags(rarity, format="csr"))


def _counted(texts: Sequence[str], ngrams: int) -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(
        n_features=_SIZE,
        ngram_range=(1, ngrams),
        token_pattern=r"(?u)\b\w+\b",  # noqa: S106 - a pattern for words, no password
        strip_accents="unicode",
        binary=True,
        norm=None,
        alternate_sign=False,
    )
    return vectorizer.transform(texts)


def _pair(example: Example, task: Task) -> tuple[str, list[str]]:
    """The text that options are held against, and the text of each option."""
    *texts, options = example.inputs.values()
    if task.placeholder:
        *texts, query = texts
        return " ".join(map(str, texts)), [str(query).replace(task.placeholder, str(option)) for option in options]
    return " ".join(map(str, texts)), [str(option) for option in options]
