"""Options of the baseline, and the training rows they leave."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchwright.errors import ModelError
from benchwright.types import Example, ModelRef

OPTIONS: Mapping[str, str] = {
    "c": "inverse strength of the L2 penalty, > 0 (default 4)",
    "ngrams": "longest word n-gram, 1 to 5 (default 2)",
    "max_features": "most frequent n-grams kept (default 200000)",
    "train_limit": "train on a sample of N rows, drawn with the run's seed",
}


@dataclass(frozen=True, kw_only=True)
class TfidfSettings:
    """How the features are made and how strongly the weights are held back."""

    c: float = 4.0
    ngrams: int = 2
    max_features: int = 200_000
    train_limit: int | None = None


def read_settings(model: ModelRef) -> TfidfSettings:
    """The settings that a model's options say.

    Raises:
        ModelError: One is no number, or out of range.
    """
    raw = {key: value for key, value in model.options.items() if key in OPTIONS}
    try:
        settings = TfidfSettings(
            c=float(raw.get("c", 4.0)),
            ngrams=int(raw.get("ngrams", 2)),
            max_features=int(raw.get("max_features", 200_000)),
            train_limit=int(raw["train_limit"]) if "train_limit" in raw else None,
        )
    except ValueError as error:
        raise ModelError(
            f"an option of tfidf is not a number: {error}", expected=_ranges(), hint="tfidf?c=1"
        ) from error
    limit = settings.train_limit
    if not (
        settings.c > 0 and 1 <= settings.ngrams <= 5 and settings.max_features > 0 and (limit is None or limit > 0)
    ):
        raise ModelError(f"an option of tfidf is out of range: {raw}", expected=_ranges(), hint="tfidf?c=1")
    return settings


def _ranges() -> str:
    return "; ".join(f"{name}: {text}" for name, text in OPTIONS.items())


def sample(examples: Sequence[Example], limit: int | None, seed: int) -> Sequence[Example]:
    """At most ``limit`` examples, in file order: a sample, because files are often sorted by label."""
    if limit is None or limit >= len(examples):
        return examples
    chosen = random.Random(seed).sample(range(len(examples)), limit)  # noqa: S311 - no secret is drawn
    return [examples[i] for i in sorted(chosen)]
