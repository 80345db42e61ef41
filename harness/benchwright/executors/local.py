"""Jobs one after the other, in this process.

An executor is a function of this form: it is given jobs as values, and the function that computes one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from benchwright.types import CellJob

Result = TypeVar("Result")


def run(jobs: Iterable[CellJob], compute: Callable[[CellJob], Result]) -> Iterator[Result]:
    """What ``compute`` says of each job, in order, as soon as it is there."""
    for job in jobs:
        yield compute(job)
