"""Values with all that is needed to believe them, and what is wrong with them."""

from __future__ import annotations

from typing import Literal

from benchwright.types.base import Frozen


class Alarm(Frozen, frozen=True, kw_only=True):
    """An alarm or a note about a number.

    Attributes:
        code: What it is about, in one word that never changes: ``permuted``, ``below-chance``, ``few-units``.
        severity: ``alarm``: the number may not be what it seems; ``note``: what it rests on.
        sentence: What was seen, with its figures; no final stop.
    """

    code: str
    severity: Literal["alarm", "note"]
    sentence: str


class PlacedAlarm(Frozen, frozen=True, kw_only=True):
    """An alarm with the system and task that it is about, for comparisons, gates and selections.

    Attributes:
        system: What the model is called there.
        path: ``suite/task``.
        code: As in `Alarm`, like the next two.
    """

    system: str
    path: str
    code: str
    severity: Literal["alarm", "note"]
    sentence: str


class Score(Frozen, frozen=True, kw_only=True):
    """One number with what is needed to believe it.

    Attributes:
        metric: ``name@version``; ``score`` for the task score.
        value: Fraction in [0, 1], correlation or MCC in [-1, 1]; None when undefined, and ``alarms`` say why.
        low: Lower end of the interval; None when there is none.
        high: Upper end.
        n: How many of ``unit`` were scored.
        unit: What the metric counts: examples, questions, words, gold entities; empty: examples.
        counts: Of entities and labels: ``gold``, ``found``, ``correct``; else empty.
        errored: Examples without an answer.
        skipped: Examples left out on purpose (no gold label).
        slice: Slice ``name=value``; None: all.
        clusters: Independent units behind the interval.
        method: How the interval was made.
        se: Bootstrap standard deviation, for aggregates.
        alarms: Alarms of the cell it is of, then notes of its own: undefined, degenerate, few clusters.
    """

    metric: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    unit: str = ""
    counts: dict[str, int] = {}
    errored: int = 0
    skipped: int = 0
    slice: str | None = None
    clusters: int | None = None
    method: str = ""
    se: float | None = None
    alarms: tuple[Alarm, ...] = ()


class PairedDifference(Frozen, frozen=True, kw_only=True):
    """A difference of two values over the same items.

    Attributes:
        value: Second minus first, in the metric's own units; None where one of them is undefined.
        low: Lower end of the 95 % interval; None when there is none.
        high: Upper end.
        p: Two-sided p at no difference; None when there is none.
        method: How the interval was made.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    method: str = ""
