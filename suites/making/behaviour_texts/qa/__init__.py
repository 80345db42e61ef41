"""``behaviour/qa``: short contexts with a question whose answer stands in them."""

from __future__ import annotations

from behaviour_texts.qa import facts, people, robustness, time

HEAD = {
    "schema": 1,
    "name": "qa",
    "version": 1,
    "kind": "span",
    "language": "en",
    "licence": "Apache-2.0",
    "citation": "The benchwright authors, docs/design/behaviour-suites.md",
    "description": "Short contexts with a question: what of the language an answer depends on.",
    "trained_on": "squad/v1",
}
"""First line of the file, without its counts."""

TESTS = (*facts.TESTS, *people.TESTS, *time.TESTS, *robustness.TESTS)
