"""What systems weigh beside what they score: seconds per item, bytes, weights. None of it is a timing measurement."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from benchwright.comparison.result import Cost
from benchwright.comparison.sides import Side
from benchwright.types import CellResult


def costs(sides: Sequence[Side], paths: Sequence[str]) -> list[Cost]:
    """The cost of each side over the tasks ``paths``, with ratios to the first side's."""
    found = [_cost(side, paths) for side in sides]
    first = found[0]
    return [
        Cost(
            seconds_per_item=cost.seconds_per_item,
            size_bytes=cost.size_bytes,
            parameters=cost.parameters,
            seconds_ratio=_ratio(cost.seconds_per_item, first.seconds_per_item),
            size_ratio=_ratio(cost.size_bytes, first.size_bytes),
            parameters_ratio=_ratio(cost.parameters, first.parameters),
        )
        for cost in found
    ]


def _cost(side: Side, paths: Sequence[str]) -> Cost:
    by_model: dict[str, list[CellResult]] = {}
    for path in paths:
        for cell in side.cells(path):
            if cell.status == "scored":
                by_model.setdefault(cell.model, []).append(cell)
    facts = [[side.store.read_facts(str(cell.key)) for cell in cells] for cells in by_model.values()]
    return Cost(
        seconds_per_item=_mean([_seconds(cells) for cells in by_model.values()]),
        size_bytes=_mean([_largest([fact.size_bytes for fact in some]) for some in facts]),
        parameters=_mean([_largest([fact.parameters for fact in some]) for some in facts]),
    )


def _seconds(cells: Sequence[CellResult]) -> float | None:
    """Seconds per item over all cells; None where one was not timed."""
    items = sum(cell.ledger.total for cell in cells if cell.ledger)
    spent = [cell.seconds for cell in cells]
    if not items or None in spent:
        return None
    total = sum(second or 0.0 for second in spent)
    return total / items if total > 0 else None


def _largest(values: Sequence[int | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(max(known)) if known and len(known) == len(values) else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known and len(known) == len(values) else None


def _ratio(value: float | None, first: float | None) -> float | None:
    return value / first if value is not None and first else None
