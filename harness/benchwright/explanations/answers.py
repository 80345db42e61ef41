"""Numbers of variants of many items: one call of the session for a round, in which equal variants are asked about once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchwright.errors import BenchwrightError
from benchwright.explanations.ask import Variants
from benchwright.explanations.numbers import Numbers, Question, numbers_of
from benchwright.explanations.reading import SessionReading
from benchwright.types import Session, Task

CALL = 4096
"""Most variants to a call of the session, unless one item alone asks about more: batches are full, and memory is bounded."""


class Answers:
    """Answers what items ask about in a round.

    Args:
        session: Is asked, in the thread that calls this.
        task: What it answers.
        reading: How its numbers are read.
    """

    def __init__(self, session: Session, task: Task, reading: SessionReading) -> None:
        self._session, self._task, self._reading = session, task, reading

    def __call__(self, waiting: Sequence[Variants]) -> list[list[Numbers]]:
        """For each item the numbers of its variants, or why there are none: whatever the model throws is told of the variant.

        Raises:
            BenchwrightError: The session cannot answer at all.
        """
        return [numbers for part in _parts(waiting) for numbers in self._part(part)]

    def _part(self, waiting: Sequence[Variants]) -> list[list[Numbers]]:
        places: dict[Any, int] = {}
        distinct: list[Question] = []
        wanted: list[list[int]] = []
        for variants in waiting:
            mine = []
            for kept in variants.kept:
                question = variants.subject.question(kept)
                place = places.setdefault(_content(question), len(distinct))
                if place == len(distinct):
                    distinct.append(question)
                mine.append(place)
            wanted.append(mine)
        numbers = self._numbers(distinct)
        return [[numbers[place] for place in mine] for mine in wanted]

    def _numbers(self, questions: Sequence[Question]) -> list[Numbers]:
        """Numbers of questions; one that makes the model fail is found by bisection."""
        try:
            return numbers_of(self._session, self._task, self._reading, questions)
        except BenchwrightError:
            raise
        except Exception as error:  # whatever a model throws is told in the explanation of the item
            if len(questions) == 1:
                return [f"{type(error).__name__}: {error}"]
            half = len(questions) // 2
            return self._numbers(questions[:half]) + self._numbers(questions[half:])


def _content(question: Question) -> tuple[str, object, str]:
    """What decides the numbers of a question; by `repr`, since a text may hold what no file can (a lone surrogate)."""
    return repr(question.example.inputs), question.targets, question.scale


def _parts(waiting: Sequence[Variants]) -> Iterator[list[Variants]]:
    """Items of a call each; one is never divided, so that in how many calls it is does not depend on others."""
    part: list[Variants] = []
    for variants in waiting:
        if part and sum(map(len, part)) + len(variants) > CALL:
            yield part
            part = []
        part.append(variants)
    if part:
        yield part
