"""``behaviour/sentiment``: short reviews of food, films, places, things and services."""

from __future__ import annotations

from behaviour_texts.sentiment import (
    entities,
    negation,
    robustness,
    roles,
    structure,
    vocabulary,
)

HEAD = {
    "schema": 1,
    "name": "sentiment",
    "version": 1,
    "kind": "classify",
    "labels": ["negative", "neutral", "positive"],
    "language": "en",
    "licence": "Apache-2.0",
    "citation": "The benchwright authors, docs/design/behaviour-suites.md",
    "description": "Short reviews of food, films, places, things and services: what is understood of them, test by test.",
    "trained_on": "starter/sentiment",
}
"""First line of the file, without its counts."""

TESTS = (
    *vocabulary.TESTS,
    *negation.TESTS,
    *structure.TESTS,
    *roles.TESTS,
    *entities.TESTS,
    *robustness.TESTS,
)
