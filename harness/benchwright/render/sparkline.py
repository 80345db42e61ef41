"""The loss of a training as a curve small enough for a cell of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.formatting import finite, fixed
from benchwright.types import Training

WIDTH, HEIGHT = 120, 32
MOST_POINTS = 40
"""Points of a curve: each stands for the mean of as many steps as it takes."""
_EDGE = 3.5

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sparkline:
    """Paths of SVG within ``width`` by ``height``.

    Attributes:
        training: Loss on training rows by step; empty without one.
        held: Loss on held-back rows after each epoch; empty with fewer than two.
        kept: The epoch whose weights were kept; None where no epoch was chosen.
        told: First and last losses, in words.
    """

    training: str
    held: str
    kept: Point | None
    told: str
    width: int = WIDTH
    height: int = HEIGHT


def trace_losses(training: Training) -> Sparkline | None:
    """The curves of a training on one scale from 0; None where no finite loss was kept."""
    known = [(step, loss) for step, loss in training.losses if finite(loss) is not None]
    losses = _thin(known)
    held = [(float(one.step), one.loss) for one in training.held if finite(one.loss) is not None]
    points = [*losses, *held]
    if not points:
        return None
    last = max(step for step, _ in points) or 1.0
    top = max(loss for _, loss in points) or 1.0

    def place(point: Point) -> Point:
        step, loss = point
        across = _EDGE + step / last * (WIDTH - 2 * _EDGE)
        return round(across, 1), round(HEIGHT - _EDGE - loss / top * (HEIGHT - 2 * _EDGE), 1)

    kept = next((one for one in training.held if one.epoch == training.chosen_epoch), None)
    return Sparkline(
        training=_path([place(point) for point in losses]),
        held=_path([place(point) for point in held]),
        kept=place((float(kept.step), kept.loss)) if kept is not None and finite(kept.loss) is not None else None,
        told="; ".join(
            filter(
                None, (_told("training", [loss for _, loss in known]), _told("held back", [loss for _, loss in held]))
            )
        ),
    )


def _thin(losses: Sequence[tuple[int, float]]) -> list[Point]:
    """At most ``MOST_POINTS`` points, each the mean of equally many neighbours."""
    size = -(-len(losses) // MOST_POINTS) or 1
    groups = [losses[start : start + size] for start in range(0, len(losses), size)]
    return [(sum(step for step, _ in one) / len(one), sum(loss for _, loss in one) / len(one)) for one in groups]


def _path(points: Sequence[Point]) -> str:
    return "" if len(points) < 2 else "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _told(name: str, losses: Sequence[float]) -> str:
    if not losses:
        return ""
    first, last = fixed(losses[0], 3), fixed(losses[-1], 3)
    return f"{name} {first}" if len(losses) == 1 else f"{name} {first} to {last}"
