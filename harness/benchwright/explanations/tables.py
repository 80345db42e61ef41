"""Explained items as JSON and as rows of a table: one row for each word and target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from benchwright.errors import StoreError
from benchwright.explanations.shown import refuse_misplaced
from benchwright.explanations.stored import ExplainedItem
from benchwright.explanations.words import text_of
from benchwright.render import examples
from benchwright.types import Example, Explanation


def item_json(item: ExplainedItem) -> dict[str, Any]:
    """An explained item with the text of each word beside its place; ``text`` is None where the texts were not kept."""
    explanation, summary = item.explanation, item.summary
    return {
        "model": summary.model,
        "task": summary.base,
        "split": summary.split,
        "method": summary.method,
        "id": item.record.id,
        "official_id": item.record.official_id,
        "answer": msgspec.to_builtins(item.record.output),
        "gold": msgspec.to_builtins(item.record.target),
        "scale": getattr(explanation, "scale", None) or summary.scale,
        "words": [
            {**msgspec.to_builtins(word), "text": text}
            for word, text in zip(explanation.words, word_texts(item), strict=True)
        ],
        "targets": [msgspec.to_builtins(attribution) for attribution in explanation.attributions],
        "queries": msgspec.to_builtins(explanation.queries),
        "error": explanation.error,
    }


def attribution_rows(items: Iterable[ExplainedItem]) -> Iterator[dict[str, Any]]:
    """A row for each word and target; an item without any (an error, nothing to explain) has none."""
    for item in items:
        texts = word_texts(item)
        for attribution in item.explanation.attributions:
            for at, (word, text) in enumerate(zip(item.explanation.words, texts, strict=True)):
                yield {
                    "model": item.summary.model,
                    "task": item.summary.base,
                    "method": item.summary.method,
                    "id": item.record.id,
                    "target": attribution.target.name,
                    "input": word.input,
                    "word": text,
                    "start": word.start,
                    "end": word.end,
                    "value": attribution.values[at],
                    "full": attribution.full,
                    "base": attribution.base,
                }


COLUMNS = ("model", "task", "method", "id", "target", "input", "word", "start", "end", "value", "full", "base")
"""Columns of `attribution_rows`."""


def word_texts(item: ExplainedItem) -> list[str | None]:
    """Each word as it stands in its text; None where the texts are not there, or are not those that were explained."""
    return texts_of_words(item.explanation, dict(examples.texts_of(item.record)))


def texts_of_words(explanation: Explanation, inputs: dict[str, Any]) -> list[str | None]:
    """The same of inputs."""
    try:
        refuse_misplaced(inputs, explanation)
    except StoreError:
        return [None] * len(explanation.words)
    example = Example(id=explanation.id, index=0, inputs=inputs)
    return [text_of(example, word) for word in explanation.words]
