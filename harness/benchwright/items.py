"""Names and counts of items in outputs: ids, nouns (question, sentence), numbers."""

from __future__ import annotations

from typing import Literal

from benchwright import kinds
from benchwright.types import Example, Record, Score, Task

Changes = Literal["answers", "clusters", "wrong"]
"""What is counted of answers that differ: the answers, the clusters they are in, or those of one model that are wrong."""

_ORDER = ("gold", "found", "correct")


def call(item: Example | Record) -> str:
    """The id of an item in outputs: its official id in the data, or else its position, ``custom/37``."""
    return item.official_id if item.official_id is not None else item.id


def variant_id(item: str, draw: int) -> str:
    """The id of a variant of an item in a view of its task: ``sst2/17#0``."""
    return f"{item}#{draw}"


def base_id(variant: str) -> str:
    """The id of the item that a variant is of."""
    return variant.rpartition("#")[0]


def noun(task: Task) -> str:
    """The noun for one item of a task: ``question``, ``sentence``, ``example``."""
    return kinds.of(task).noun


def count(number: int, what: str) -> str:
    """``1 question``, ``1,234 entities``."""
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {what}" if number == 1 else f"{number:,} {plural}"


def counted(score: Score) -> str:
    """The sample size of a score in words: ``120 questions``; of entities ``702 gold, 690 found, 640 correct``."""
    if score.counts:
        order = sorted(score.counts, key=lambda what: (_ORDER.index(what) if what in _ORDER else len(_ORDER), what))
        return ", ".join(f"{score.counts[what]:,} {what}" for what in order)
    return count(score.n, score.unit or "example")


def differing(number: int, what: Changes = "answers") -> str:
    """``only 3 answers differ``; counted by cluster, ``answers differ in only 3 clusters``; of one model, ``only 3 answers are
    wrong``.
    """
    if what == "wrong":
        return (
            f"only {count(number, 'answer')} {'is' if number == 1 else 'are'} wrong" if number else "no answer is wrong"
        )
    if not number:
        return "no answer differs"
    if what == "clusters":
        return f"answers differ in only {count(number, 'cluster')}"
    return f"only {count(number, 'answer')} differ{'s' if number == 1 else ''}"
