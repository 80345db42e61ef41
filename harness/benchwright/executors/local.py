"""Cells one after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def run(jobs: Iterable[Callable[[], T]]) -> Iterator[T]:
    """The result of each job, in order, as soon as it is there."""
    for job in jobs:
        yield job()
