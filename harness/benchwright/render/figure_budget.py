"""How many figures a page may have, and which parts of it get one: the others show their tables, and say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from markupsafe import Markup

MOST_FIGURES = 8
"""Figures on a page: each costs tens of milliseconds and thousands of characters, and nobody looks at the ninth."""

Subject = Literal[
    "trade-offs",
    "differences",
    "robustness",
    "calibration",
    "latency",
    "stages",
    "server",
    "ratios",
    "memory",
    "distribution",
    "swaps",
    "gaps",
]
"""What a figure is about, the one that decides most first."""

ORDER: tuple[Subject, ...] = get_args(Subject)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sketch:
    """A figure that is drawn if the page has room for it.

    Attributes:
        subject: What it is about, which decides when it is its turn.
        name: Unique on the page; ids within the figure begin with it.
        draw: Draws it; None where there turns out to be nothing to draw.
    """

    subject: Subject
    name: str
    draw: Callable[[], Markup | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A sketch with its caption: what the figure is about in few words, and the rest."""

    title: str
    about: str
    sketch: Sketch


def draw_within(sketches: Iterable[Sketch], *, most: int = MOST_FIGURES) -> Mapping[str, Markup]:
    """Name -> drawing of at most ``most`` figures: first the first of each subject in `ORDER`, then the second of each, and so on.

    Sketches of one subject stand in the order of the page, or with the most telling first.
    """
    turns: Counter[Subject] = Counter()
    queue: list[tuple[int, int, Sketch]] = []
    for sketch in sketches:
        queue.append((turns[sketch.subject], ORDER.index(sketch.subject), sketch))
        turns[sketch.subject] += 1
    queue.sort(key=lambda one: one[:2])
    drawn: dict[str, Markup] = {}
    for _, _, sketch in queue:
        if len(drawn) == most:
            break
        drawing = sketch.draw()
        if drawing is not None:
            drawn[sketch.name] = drawing
    return drawn
