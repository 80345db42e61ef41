"""The classical baseline: TF-IDF features and a linear model, trained on the train split where there is one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from copy import copy

from benchwright.environment import versions
from benchwright.errors import DataMissing
from benchwright.types import (
    ChoiceTask,
    ClassificationTask,
    Context,
    Dataset,
    Example,
    Facts,
    Kind,
    ModelRef,
    RegressionTask,
    Session,
    SpanTask,
    TaggingTask,
    Task,
)

from ._tfidf import choices, spans, tags, texts
from ._tfidf.settings import OPTIONS, read_settings, sample

_TRAINED = (ClassificationTask, RegressionTask, TaggingTask)
"""Kinds that cannot be answered without a train split."""


class Tfidf:
    """Word n-grams.

    Classify and regress: logistic or ridge regression over TF-IDF vectors of one or two texts. Tag: a linear classifier per
    word over the word and its neighbours. Choose: the option most like the context. Span: the sentence most like the
    question. Each rule stands in full at the top of its module in ``_tfidf``.
    """

    name = "tfidf"
    version = 1
    baseline = True
    gradients = False
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE)
    options: Mapping[str, str] = OPTIONS

    def __init__(self) -> None:
        self.kept: tuple[Hashable, Session] | None = None
        """The last session that was fitted for views of a task, and for which."""

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts; raises DataMissing where there must be a train split, ModelError for an option out of range."""
        settings = read_settings(model)
        train = _train(task, context)
        packages = versions("scikit-learn", "scipy", "numpy")
        digest = train.digest if train else None
        recipe = [self.version, vars(settings), digest, list(task.inputs), list(task.label_names)]
        if not isinstance(task, ClassificationTask | RegressionTask):
            recipe.append([task.kind, task.by_text, task.placeholder, task.unanswerable])
        return Facts(
            digest=hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest(),
            kinds=self.kinds,
            scores="probabilities" if isinstance(task, ClassificationTask) else None,
            versions=packages,
            notes=_notes(task, train),
            lacks=_never_seen(task, train),
        )

    def open(self, model: ModelRef, task: Task, context: Context) -> Session:
        """A session fitted on the train split; the views of one task (``Context.viewed``) are answered by one fit."""
        if context.viewed is None:
            return self._fit(model, task, context)
        place = (self.inspect(model, task, context).digest, context.seed, task.view_of)
        if self.kept is None or self.kept[0] != place:
            self.kept = None  # before another is fitted: never two at once
            self.kept = place, self._fit(model, task, context)
        return copy(self.kept[1])  # closing a session forgets what is in it

    def _fit(self, model: ModelRef, task: Task, context: Context) -> Session:
        settings = read_settings(model)
        train = _train(task, context)
        rows: Sequence[Example] = train.examples if train else ()
        if isinstance(task, SpanTask):
            return spans.fit(task, sample(rows, settings.train_limit or spans.MOST_ROWS, context.seed))
        examples = sample(rows, settings.train_limit, context.seed)
        if isinstance(task, TaggingTask):
            return tags.fit(task, examples, settings, context.seed)
        if isinstance(task, ChoiceTask):
            return choices.fit(task, examples, settings)
        return texts.fit(task, examples, settings)


def _train(task: Task, context: Context) -> Dataset | None:
    """The train split; None where the kind can do without one, or has nothing to learn."""
    if isinstance(task, SpanTask) and not task.unanswerable:
        return None
    try:
        return context.train(task)
    except DataMissing:
        if isinstance(task, _TRAINED):
            raise
        return None


def _never_seen(task: Task, train: Dataset | None) -> tuple[str, ...]:
    """Labels of the task that no training example has."""
    if train is None or not task.single_label:
        return ()
    seen = {example.target for example in train.examples}
    return tuple(name for name in task.label_names if name not in seen)


def _notes(task: Task, train: Dataset | None) -> tuple[str, ...]:
    if train is None and isinstance(task, ChoiceTask):
        return ("no train split here: all words weigh the same",)
    if train is None and isinstance(task, SpanTask) and task.unanswerable:
        return ('no train split here: never answers ""',)
    return ()


adapter = Tfidf()
