"""What is to be added is what it says: digests and counts of its files, told scores, names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.inert import inert
from benchwright.score_cache import recheck
from benchwright.store import Store, integrity
from benchwright.types import Run
from benchwright_leaderboards.incoming import Incoming
from benchwright_leaderboards.names import name_problem

_MODELS = 500
"""Models of a submission: a few lines of a run may name any number that share one cell, each of which costs seconds."""
_TOLD = 5
"""Reasons that a refusal names."""


def refusal(problems: Sequence[str], *, expected: str, hint: str) -> BenchwrightError:
    """The error of what is not added, with its reasons."""
    more = (f"and {len(problems) - _TOLD} more",) if len(problems) > _TOLD else ()
    return BenchwrightError(
        f"not added: {problems[0]}", shown=(*problems[1:_TOLD], *more), expected=expected, hint=hint
    )


@contextmanager
def refusing() -> Iterator[None]:
    """Turn whatever content that nobody made here leads to into a refusal: such files are valid, and mean nothing.

    Raises:
        BenchwrightError: Anything went wrong in the block.
    """
    try:
        yield
    except BenchwrightError:
        raise
    except Exception as error:
        raise refusal(
            [f"it cannot be understood ({type(error).__name__}: {inert(error)[:200]})"],
            expected="a run that benchwright made",
            hint="export the run again: benchwright store export RUN -o BUNDLE.zip",
        ) from error


def verify(incoming: Incoming) -> None:
    """Raise BenchwrightError where files of what is to be added do not belong together, or tell other scores than their records."""
    models = sum(len(run.spec.models) for run in incoming.runs)
    if models > _MODELS:
        raise refusal(
            [f"it has {models:,} models"],
            expected=f"at most {_MODELS} models in one submission",
            hint="add them in parts: benchwright board add RUN:MODEL RUN:MODEL...",
        )
    problems = [f"{one.what} {one.where}: {one.problem}" for one in integrity.check(incoming.store) if one.damaged]
    problems = problems or [line for run in incoming.runs for line in _told_otherwise(incoming.store, run)]
    problems += [text for run in incoming.runs for ref in run.spec.models if (text := name_problem(ref.name))]
    problems += [text for run in incoming.runs for text in _doubled(run)]
    if problems:
        raise refusal(
            problems,
            expected="predictions, texts and scores that belong together",
            hint="export the run again: benchwright store export RUN -o BUNDLE.zip",
        )


def _told_otherwise(store: Store, run: Run) -> list[str]:
    """Scores that the run tells and its records do not; hardware profiles are computed anew, whatever it tells of them."""
    scored = tuple(cell for cell in run.cells if cell.status not in ("measured", "explained"))
    try:
        return recheck(store, msgspec.structs.replace(run, profiles=(), cells=scored))
    except BenchwrightError as error:
        return [f"{run.name}: {error.problem}"]
    except Exception as error:  # records that nobody made here may break a metric in any way
        return [f"{run.name} cannot be scored: {type(error).__name__}: {error}"]


def _doubled(run: Run) -> Iterator[str]:
    names = [ref.name for ref in run.spec.models]
    yield from (f"{run.name} has two models {name}" for name in dict.fromkeys(names) if names.count(name) > 1)
    places = [(cell.model, cell.task_path) for cell in run.cells if cell.status == "scored"]
    yield from (
        f"{run.name} has two results of {model} on {path}"
        for model, path in dict.fromkeys(places)
        if places.count((model, path)) > 1
    )
