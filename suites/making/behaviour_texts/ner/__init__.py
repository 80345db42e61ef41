"""``behaviour/ner``: people, places and organisations in sentences like those of news."""

from __future__ import annotations

from behaviour_texts.ner import changes, forms, meaning

HEAD = {
    "schema": 1,
    "name": "ner",
    "version": 1,
    "kind": "tag",
    "labels": ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"],
    "language": "en",
    "licence": "Apache-2.0",
    "citation": "The benchwright authors, docs/design/behaviour-suites.md",
    "description": "People, places and organisations in sentences like those of news: what finding them depends on.",
    "trained_on": "ner/conll2003",
}
"""First line of the file, without its counts."""

TESTS = (*changes.TESTS, *meaning.TESTS, *forms.TESTS)
