"""Text classification: film reviews, news topics, question types, and a task of your own from your own files."""

from __future__ import annotations

from benchwright.types import Suite
from benchwright_suites._classification.published import published
from benchwright_suites._classification.reviews import imdb, mr
from benchwright_suites._classification.topics import agnews, trec

suite = Suite(
    name="classification",
    version=1,
    tasks=(imdb, agnews, mr, trec),
    folders=("classification",),
    description="One text, one label: film reviews, news, questions; and `custom`, your own CSV, TSV, JSON lines or Parquet.",
    custom={"custom": "benchwright_suites._classification.custom:build"},
    published=published,
)
