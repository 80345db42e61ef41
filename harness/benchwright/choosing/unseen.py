"""What resamples do not show of the difference between two sides: task by task, by the weights of the mean."""

from __future__ import annotations

from benchwright.choosing.drawing import LEAST
from benchwright.choosing.field import Field
from benchwright.choosing.measured import Measured, Part
from benchwright.comparison.estimate import changes_of, count_changed, value_bounds
from benchwright.items import Changes
from benchwright.stats.difference import add_in_squares
from benchwright.stats.retention import RetentionData


def shared_of(arena: Field, found: Measured, first: int, second: int) -> RetentionData:
    """A quantity of two sides; a mean over several tasks holds each of them."""
    parts = tuple((part.weight, _of_task(arena, part, first, second)) for part in found.parts)
    if len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]
    units = min(arena.pairing(path).n_clusters for path in found.paths)
    return RetentionData(
        parent=float(found.values[first]),
        candidate=float(found.values[second]),
        parent_draws=found.draws[first],
        candidate_draws=found.draws[second],
        units=units if parts else min(units, LEAST),  # the worst slice: no fewer items than that
        width=found.high - found.low,
        changed=changed_between(arena, found.paths, first, second),
        counted=_counted(arena, found.paths, first, second),
        parts=parts,
    )


def beyond(arena: Field, found: Measured, first: int, second: int, alpha: float) -> float | None:
    """How far the difference may be beyond what draws show, to be added in squares; None where nothing tells."""
    if found.is_certain:
        return 0.0
    shared = shared_of(arena, found, first, second)
    pieces = shared.parts or ((1.0, shared),)
    return add_in_squares((weight, _difference(one, alpha)) for weight, one in pieces)


def changed_between(arena: Field, paths: tuple[str, ...], first: int, second: int) -> int:
    """Units, over all tasks, that two sides answer differently; of recipes the first seed's."""
    one, other = (arena.systems(side).start for side in (first, second))
    return sum(count_changed(arena.pairing(path), one, other) for path in paths)


def _counted(arena: Field, paths: tuple[str, ...], first: int, second: int) -> Changes:
    one, other = (arena.systems(side).start for side in (first, second))
    return "clusters" if any(changes_of(arena.pairing(path), one, other) == "clusters" for path in paths) else "answers"


def _difference(one: RetentionData, alpha: float) -> float | None:
    """The larger of both sides' reach of second - first; the draws of a side that does vary tell what they can."""
    reaches = [one.beyond(1.0, alpha, side) for side in ("lower", "upper")]
    return None if None in reaches else max(reach for reach in reaches if reach is not None)


def _of_task(arena: Field, part: Part, first: int, second: int) -> RetentionData:
    pairing = arena.pairing(part.path)
    return RetentionData(
        parent=float(part.values[first]),
        candidate=float(part.values[second]),
        parent_draws=part.draws[first],
        candidate_draws=part.draws[second],
        units=pairing.n_clusters,
        width=part.width,
        changed=changed_between(arena, (part.path,), first, second),
        counted=_counted(arena, (part.path,), first, second),
        parent_ends=value_bounds(pairing, arena.systems(first), part.metric),
        candidate_ends=value_bounds(pairing, arena.systems(second), part.metric),
        name=part.path,
    )
