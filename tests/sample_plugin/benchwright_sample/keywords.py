"""A rule instead of a model: the label whose keywords occur most often in the text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchwright.errors import ModelError
from benchwright.types import Context, Example, Facts, Kind, ModelRef, Prediction, Task

Rules = dict[str, frozenset[str]]


class Keyword:
    """Counts words; a label's own name and aliases are its keywords, and an option adds more."""

    name = "keyword"
    version = 1
    kinds = (Kind.CLASSIFY,)
    options: Mapping[str, str] = {"words": "more keywords, as label:word+word,label:word"}

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts; raises ModelError for a task with label sets, and for keywords of an unknown label."""
        rules = _rules(model, task)
        text = json.dumps({label: sorted(words) for label, words in rules.items()})
        return Facts(
            digest=hashlib.sha256(text.encode()).hexdigest(),
            kinds=self.kinds,
            scores="probabilities",
            size_bytes=0,
            parameters=0,
        )

    def open(self, model: ModelRef, task: Task, context: Context) -> KeywordSession:
        """A session that applies the rules."""
        return KeywordSession(_rules(model, task))


@dataclass(frozen=True)
class KeywordSession:
    """The rules of a task: label -> keywords, in the task's label order."""

    rules: Rules

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """The label with the most keywords in the texts, the first one of equals; shares of the counts as scores."""
        return [self._answer(example) for example in examples]

    def close(self) -> None:
        """Nothing to release."""

    def _answer(self, example: Example) -> Prediction:
        words = [word for text in example.inputs.values() for word in re.findall(r"\w+", str(text).lower())]
        counts = [1 + sum(word in keywords for word in words) for keywords in self.rules.values()]
        scores = tuple(count / sum(counts) for count in counts)
        return Prediction(output=list(self.rules)[scores.index(max(scores))], scores=scores)


def _rules(model: ModelRef, task: Task) -> Rules:
    if task.multilabel:
        raise ModelError(f"keyword gives one label, and a target of {task.name} is a set of labels")
    rules = {label.name: frozenset(_words(label.name, *label.aliases)) for label in task.labels}
    for part in filter(None, model.options.get("words", "").split(",")):
        label, _, words = part.partition(":")
        if label not in rules or not words:
            raise ModelError(
                f"{part!r} gives no keywords to a label of {task.name}",
                expected=f"label:word+word with a label among {', '.join(rules)}",
                hint=f"keyword?words={next(iter(rules))}:word",
            )
        rules[label] |= set(_words(words))
    return rules


def _words(*texts: str) -> list[str]:
    return re.findall(r"[^\W_]+", " ".join(texts).lower())


adapter = Keyword()
