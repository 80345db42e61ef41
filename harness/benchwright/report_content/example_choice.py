"""Which items of a task stand on a page: where models disagree, confident mistakes, errored ones, then a spread of right ones.

Chosen on arrays, the same for the same answers; never at random, and never to be read as a sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

import numpy as np
import numpy.typing as npt

from benchwright.items import count

Verdicts = npt.NDArray[np.int8]
"""Models by items: `RIGHT`, `NOT_RIGHT`, `ERRORED`, `UNJUDGED`, `NOT_ASKED`."""
Numbers = npt.NDArray[np.float64]

RIGHT, NOT_RIGHT, ERRORED, UNJUDGED, NOT_ASKED = 1, 0, 2, 3, 4

Reason = Literal["errored", "differ", "mistaken", "right", "apart", "rest"]
_SHARES: dict[Reason, float] = {"errored": 0.1, "differ": 0.45, "mistaken": 0.25, "right": 0.2}
"""Shares of the room that each reason has first; what one does not need, the others get in the order of `_FILLING`."""
_FILLING: tuple[Reason, ...] = ("differ", "mistaken", "errored", "apart", "right", "rest")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonGroup:
    """Items with one reason to be looked at: how many are shown, and of how many."""

    reason: Reason
    taken: int
    known: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleChoice:
    """The chosen items.

    Attributes:
        places: In the order of the data, each once.
        total: Items of the task.
        groups: Every item of the task is in one of them.
    """

    places: tuple[int, ...]
    total: int
    groups: tuple[ReasonGroup, ...]


def choose_items(verdicts: Verdicts, confidence: Numbers, size: Numbers, *, limit: int) -> ExampleChoice:
    """At most ``limit`` items.

    Args:
        verdicts: Models by items (m, n).
        confidence: Probability of the model's own answer (m, n); NaN where none is known.
        size: How far an answer is from the target (m, n); NaN where that is undefined.
        limit: At least 0.
    """
    total = verdicts.shape[1]
    ordered = _by_reason(verdicts, confidence, size)
    room = max(0, min(limit, total))
    taken: dict[Reason, int] = {
        reason: min(len(places), int(_SHARES.get(reason, 0.0) * room)) for reason, places in ordered.items()
    }
    left = room - sum(taken.values())
    for reason in _FILLING:
        more = min(left, len(ordered[reason]) - taken[reason])
        taken[reason] += more
        left -= more
    spread = ("right", "rest")  # of these not the first ones, but some of every part
    chosen = [
        place
        for reason, places in ordered.items()
        for place in (_spread(places, taken[reason]) if reason in spread else places[: taken[reason]])
    ]
    groups = (ReasonGroup(reason=reason, taken=taken[reason], known=len(places)) for reason, places in ordered.items())
    return ExampleChoice(places=tuple(sorted(chosen)), total=total, groups=tuple(one for one in groups if one.known))


def _by_reason(verdicts: Verdicts, confidence: Numbers, size: Numbers) -> dict[Reason, list[int]]:
    """Reason -> its items, those first that shall be seen first; an item has the first reason that applies."""
    right, bad, errored = verdicts == RIGHT, verdicts == NOT_RIGHT, verdicts == ERRORED
    left = np.ones(verdicts.shape[1], dtype=bool)
    found: dict[Reason, list[int]] = {}

    def take(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        nonlocal left
        mine = left & mask
        left = left & ~mine
        return mine

    found["errored"] = np.flatnonzero(take(errored.any(axis=0))).tolist()
    found["differ"] = _in_turn(bad & take(right.any(axis=0) & bad.any(axis=0)), confidence, size)
    found["mistaken"] = _in_turn(bad & take(bad.any(axis=0)), confidence, size)
    found["right"] = _ascending(take(right.any(axis=0)), _lowest(confidence))
    apart = _range(size)
    found["apart"] = _ascending(take(np.isfinite(apart) & (apart > 0)), -apart)
    found["rest"] = _ascending(take(left), _lowest(size))
    return found


def _in_turn(mask: npt.NDArray[np.bool_], confidence: Numbers, size: Numbers) -> list[int]:
    """Items of each model in turn, its most confident mistakes first, then its largest; each item once."""
    queues = [
        _sorted(np.flatnonzero(mine), -np.nan_to_num(size[at]), -np.nan_to_num(confidence[at]))
        for at, mine in enumerate(mask)
    ]
    turns = (place for turn in zip_longest(*queues) for place in turn if place is not None)
    return list(dict.fromkeys(turns))


def _sorted(places: npt.NDArray[np.intp], *keys: Numbers) -> list[int]:
    """Places by the last key, ties by the one before, then in the order of the data."""
    found: list[int] = places[np.lexsort([places, *(key[places] for key in keys)])].tolist()
    return found


def _ascending(mask: npt.NDArray[np.bool_], key: Numbers) -> list[int]:
    return _sorted(np.flatnonzero(mask), np.where(np.isfinite(key), key, np.inf))


def _lowest(values: Numbers) -> Numbers:
    """The lowest known value of each item; infinite where none is."""
    found: Numbers = np.where(np.isfinite(values), values, np.inf).min(axis=0, initial=np.inf)
    return found


def _range(values: Numbers) -> Numbers:
    """Largest minus smallest known value of each item, of one model the value; -inf where none is."""
    known = np.isfinite(values)
    highest = np.where(known, values, -np.inf).max(axis=0, initial=-np.inf)
    lowest = np.where(known, values, np.inf).min(axis=0, initial=np.inf) if values.shape[0] > 1 else 0.0
    found: Numbers = np.where(np.isfinite(highest), highest - lowest, -np.inf)
    return found


def _spread(places: Sequence[int], number: int) -> list[int]:
    """As many places, at equal distances, the first among them."""
    return [places[at * len(places) // number] for at in range(number)]


def in_words(choice: ExampleChoice, noun: str, *, models: int, confident: bool, aside: Sequence[str] = ()) -> str:
    """Why these: ``200 of 872 examples: all 41 that some models get right and others do not, ...``.

    Args:
        choice: What was chosen.
        noun: Of one item.
        models: How many models answered.
        confident: Whether confidence of answers is known; else their distance from the target orders them.
        aside: Models by whose answers nothing was chosen, since they always say the same.
    """
    shown = len(choice.places)
    if shown == choice.total:
        return f"All {count(shown, noun)}." if shown > 1 else f"The only {noun}."
    parts = ", ".join(_part(group, several=models > 1) for group in choice.groups if group.taken)
    cut = any(group.taken < group.known for group in choice.groups if group.reason in ("differ", "mistaken"))
    first = ""
    if cut:
        mistakes = "most confident mistakes" if confident else "largest mistakes"
        first = f"; the {mistakes}{' of each model' if models > 1 else ''} first"
    left = (
        f" {_listed(aside)} always {'says' if len(aside) == 1 else 'say'} the same and {'is' if len(aside) == 1 else 'are'} left aside here."
        if aside
        else ""
    )
    return f"{shown:,} of {count(choice.total, noun)}: {parts}{first}. Looked for, not a random sample.{left}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _part(group: ReasonGroup, *, several: bool) -> str:
    some = f"all {group.known:,}" if group.taken == group.known else f"{group.taken:,} of {group.known:,}"
    one, many = _WORDS[group.reason]
    return f"{'the one' if group.known == 1 else some} {many if several else one}"


_WORDS: dict[Reason, tuple[str, str]] = {
    "errored": ("without an answer", "that a model did not answer"),
    "differ": ("", "that some models get right and others do not"),
    "mistaken": ("not right", "that no model gets right"),
    "right": ("right", "that all get right"),
    "apart": ("with the largest errors", "on which the errors of models are furthest apart"),
    "rest": ("others", "others"),
}
"""Of one model, of several."""
