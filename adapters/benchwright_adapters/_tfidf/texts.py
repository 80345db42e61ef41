"""One or two texts: TF-IDF vectors, logistic or ridge regression.

One text: its vector. Two texts: |a - b|, a * b (element-wise) and the cosine, so that the order of the two texts does not
matter to overlap, plus the second text's own vector (what a hypothesis alone gives away).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.errors import ModelError
from benchwright.types import Example, Prediction, RegressionTask, Task

from .settings import TfidfSettings


@dataclass(kw_only=True)
class TextSession:
    """A fitted vectoriser and estimator."""

    task: Task
    vectorizer: Any
    estimator: Any

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """Labels with probabilities in the task's label order, or numbers clipped to the task's range."""
        if not examples:
            return []
        features = _features(self.vectorizer, self.task, examples)
        if isinstance(self.task, RegressionTask):
            low, high = self.task.value_range or (float("-inf"), float("inf"))
            return [Prediction(output=float(min(max(v, low), high))) for v in self.estimator.predict(features)]
        scores = _in_label_order(self.task, self.estimator, features)
        return [_decide(self.task, row) for row in scores]

    def close(self) -> None:
        """Forget the model."""
        self.vectorizer = self.estimator = None


def fit(task: Task, examples: Sequence[Example], settings: TfidfSettings) -> TextSession:
    """A session fitted on training examples.

    Raises:
        ModelError: Every one of them has the same label.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        ngram_range=(1, settings.ngrams),
        sublinear_tf=True,
        max_features=settings.max_features,
        token_pattern=r"(?u)\b\w+\b|[^\w\s]",  # noqa: S106 - a pattern for words, no password
        strip_accents="unicode",
    )
    texts = [text for column in task.inputs for text in (str(example.inputs[column]) for example in examples)]
    vectorizer.fit(texts)
    features = _features(vectorizer, task, examples)
    estimator = _estimator(task, settings)
    targets = _targets(task, examples)
    if task.single_label and len(set(targets)) < 2:
        only = task.label_names[targets[0]]
        raise ModelError(
            f"every training example of {task.name} is {only!r}",
            expected="at least two labels to tell apart",
            hint="give more training rows, or use majority",
        )
    estimator.fit(features, targets)
    return TextSession(task=task, vectorizer=vectorizer, estimator=estimator)


def _estimator(task: Task, settings: TfidfSettings) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.multiclass import OneVsRestClassifier

    if isinstance(task, RegressionTask):
        return Ridge(alpha=1 / settings.c, solver="sparse_cg", tol=1e-6)
    logistic = LogisticRegression(C=settings.c, max_iter=1000)
    return OneVsRestClassifier(logistic) if task.multilabel else logistic


def _targets(task: Task, examples: Sequence[Example]) -> Any:
    import numpy as np

    if isinstance(task, RegressionTask):
        return np.array([example.target for example in examples], dtype=float)
    if task.multilabel:
        return np.array([[name in example.target for name in task.label_names] for example in examples], dtype=int)
    return np.array([task.label_names.index(example.target) for example in examples])


def _features(vectorizer: Any, task: Task, examples: Sequence[Example]) -> Any:
    from scipy import sparse

    columns = list(task.inputs)
    first = vectorizer.transform([str(example.inputs[columns[0]]) for example in examples])
    if len(columns) == 1:
        return first
    second = vectorizer.transform([str(example.inputs[columns[1]]) for example in examples])
    cosine = sparse.csr_matrix(first.multiply(second).sum(axis=1))
    return sparse.hstack([abs(first - second), first.multiply(second), cosine * 4.0, second * 0.5]).tocsr()


def _in_label_order(task: Task, estimator: Any, features: Any) -> Any:
    """Probabilities with a column per task label; a label that never occurs in training gets 0."""
    import numpy as np

    found = estimator.predict_proba(features)
    if task.multilabel:
        return found
    scores = np.zeros((found.shape[0], len(task.label_names)))
    scores[:, estimator.classes_] = found
    return scores


def _decide(task: Task, row: Any) -> Prediction:
    scores = tuple(float(value) for value in row)
    if task.multilabel:
        chosen = tuple(name for name, score in zip(task.label_names, scores, strict=True) if score >= 0.5)
        return Prediction(output=chosen, scores=scores)
    return Prediction(output=task.label_names[int(row.argmax())], scores=scores)
