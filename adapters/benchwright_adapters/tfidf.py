"""The classical baseline: TF-IDF over one or two texts, logistic or ridge regression, trained on the train split."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.environment import versions
from benchwright.errors import ModelError
from benchwright.types import Context, Example, Facts, Kind, ModelRef, Prediction, Task


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the features are made and how strongly the weights are held back."""

    c: float = 4.0
    ngrams: int = 2
    max_features: int = 200_000
    train_limit: int | None = None


class Tfidf:
    """Word n-gram TF-IDF features.

    One text: its vector. Two texts: |a - b|, a * b (element-wise) and the cosine, so that the order of the two texts
    does not matter to overlap, plus the second text's own vector (what a hypothesis alone gives away).
    """

    name = "tfidf"
    version = 1
    kinds = (Kind.CLASSIFY, Kind.REGRESS)
    options: Mapping[str, str] = {
        "c": "inverse strength of the L2 penalty, > 0 (default 4)",
        "ngrams": "longest word n-gram, 1 to 5 (default 2)",
        "max_features": "most frequent n-grams kept (default 200000)",
        "train_limit": "train on a sample of N rows, drawn with the run's seed",
    }

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts; raises DataMissing without a train split, ModelError for an option out of range."""
        settings = _settings(model)
        train = context.train(task)
        packages = versions("scikit-learn", "scipy", "numpy")
        recipe = [self.version, vars(settings), train.digest, list(task.inputs), list(task.label_names)]
        return Facts(
            digest=hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest(),
            kinds=self.kinds,
            scores="probabilities" if task.kind is Kind.CLASSIFY else None,
            versions=packages,
        )

    def open(self, model: ModelRef, task: Task, context: Context) -> TfidfSession:
        """A session fitted on the train split."""
        settings = _settings(model)
        examples = _sample(context.train(task).examples, settings.train_limit, context.seed)
        return _fit(task, examples, settings)


@dataclass(kw_only=True)
class TfidfSession:
    """A fitted vectoriser and estimator."""

    task: Task
    vectorizer: Any
    estimator: Any

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """Labels with probabilities in the task's label order, or numbers clipped to the task's range."""
        if not examples:
            return []
        features = _features(self.vectorizer, self.task, examples)
        if self.task.kind is Kind.REGRESS:
            low, high = self.task.value_range or (float("-inf"), float("inf"))
            return [Prediction(output=float(min(max(v, low), high))) for v in self.estimator.predict(features)]
        scores = _in_label_order(self.task, self.estimator, features)
        return [_decide(self.task, row) for row in scores]

    def close(self) -> None:
        """Forget the model."""
        self.vectorizer = self.estimator = None


def _sample(examples: Sequence[Example], limit: int | None, seed: int) -> Sequence[Example]:
    """At most ``limit`` examples, in file order: a sample, because files are often sorted by label."""
    if limit is None or limit >= len(examples):
        return examples
    chosen = random.Random(seed).sample(range(len(examples)), limit)  # noqa: S311 - no secret is drawn
    return [examples[i] for i in sorted(chosen)]


def _settings(model: ModelRef) -> Settings:
    raw = {key: value for key, value in model.options.items() if key in Tfidf.options}
    try:
        settings = Settings(
            c=float(raw.get("c", 4.0)),
            ngrams=int(raw.get("ngrams", 2)),
            max_features=int(raw.get("max_features", 200_000)),
            train_limit=int(raw["train_limit"]) if "train_limit" in raw else None,
        )
    except ValueError as error:
        raise ModelError(f"an option of tfidf is not a number: {error}", expected=_ranges()) from error
    limit = settings.train_limit
    if not (
        settings.c > 0 and 1 <= settings.ngrams <= 5 and settings.max_features > 0 and (limit is None or limit > 0)
    ):
        raise ModelError(f"an option of tfidf is out of range: {raw}", expected=_ranges())
    return settings


def _ranges() -> str:
    return "; ".join(f"{name}: {text}" for name, text in Tfidf.options.items())


def _fit(task: Task, examples: Sequence[Example], settings: Settings) -> TfidfSession:
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
    if task.kind is Kind.CLASSIFY and not task.multilabel and len(set(targets)) < 2:
        only = task.label_names[targets[0]]
        raise ModelError(
            f"every training example of {task.name} is {only!r}", expected="at least two labels to tell apart"
        )
    estimator.fit(features, targets)
    return TfidfSession(task=task, vectorizer=vectorizer, estimator=estimator)


def _estimator(task: Task, settings: Settings) -> Any:
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.multiclass import OneVsRestClassifier

    if task.kind is Kind.REGRESS:
        return Ridge(alpha=1 / settings.c, solver="sparse_cg", tol=1e-6)
    logistic = LogisticRegression(C=settings.c, max_iter=1000)
    return OneVsRestClassifier(logistic) if task.multilabel else logistic


def _targets(task: Task, examples: Sequence[Example]) -> Any:
    import numpy as np

    if task.kind is Kind.REGRESS:
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


adapter = Tfidf()
