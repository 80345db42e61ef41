"""The order of runs: what a report says does not depend on the order in which its runs were named, only the order of rows does.

Runs are put into one order before anything is built of them, so that labels, reference, title, columns, sentences, caps and families of
tests are the same however they were typed. `Grid.rows` has the order that was typed, for tables whose rows nothing sorts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchwright.types import Run


def put_in_order(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs, oldest first, then by name, then by models; the same whatever order they are given in."""
    often = Counter(map(_place, runs))
    return tuple(sorted(runs, key=lambda run: (_place(run), repr(run) if often[_place(run)] > 1 else "")))


def _place(run: Run) -> tuple[str, str, tuple[str, ...], str]:
    return run.created, run.name, _models(run), run.token


def named_order(runs: Sequence[Run]) -> tuple[tuple[str, str], ...]:
    """``(run, model)`` of each model, in the order in which runs are given and hold them."""
    return tuple(dict.fromkeys((run.name, model) for run in runs for model in _models(run)))


def _models(run: Run) -> tuple[str, ...]:
    return tuple(ref.name for ref in run.spec.models)
