"""What quality is drawn against: costs that models have in one scenario, and what each model has of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchwright.formatting import finite
from benchwright.profile_choice import scenarios_for
from benchwright.quantities import Unit
from benchwright.render.hardware import HardwareTable, memory_shown
from benchwright.render.hardware_words import is_known, title_of, unit_of
from benchwright.report_content.pareto import Spread, spread_of
from benchwright.types import MeasuredQuantity, Profile

_SHORT = {
    "host_memory_peak": "memory",
    "gpu_memory_peak": "GPU memory",
    "size_bytes": "size",
    "parameters": "parameters",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CostAxis:
    """A cost that quality is drawn against.

    Attributes:
        quantity: By name: ``latency_p90``.
        title: In words.
        short: In few: ``latency``.
        scenario: How queries arrived when it was measured; empty where it is the model's own.
        unit: Of its values.
    """

    quantity: str
    title: str
    short: str
    scenario: str
    unit: Unit


def find_axes(table: HardwareTable, measured: Mapping[int, Sequence[Profile]]) -> Iterable[CostAxis]:
    """Latency, memory and size, each by the first of its quantities that two models or more have."""
    for names in (("latency_p90", "latency_p50"), (memory_shown(table),), ("size_bytes", "parameters")):
        for name in names:
            scenario = _scenario(name, measured.values())
            known = [one for mine in measured.values() if is_known(one := quantity_on(name, scenario, mine))]
            asked = [one for mine in measured.values() if (one := quantity_on(name, scenario, mine)) is not None]
            if len(known) < 2 or (name == "latency_p90" and len(known) < len(asked)):
                continue  # of a percentile that some models lack samples for, the median stands for all
            yield CostAxis(
                quantity=name,
                title=title_of(name),
                short=_SHORT.get(name, f"latency ({name.removeprefix('latency_')})"),
                scenario="" if name in ("size_bytes", "parameters") else scenario,
                unit=unit_of(name),
            )
            break


def _scenario(name: str, measured: Iterable[Sequence[Profile]]) -> str:
    """The scenario that most models have a value of the quantity in; of several the first choice."""
    known = Counter(
        one.scenario
        for mine in measured
        for one in mine
        if one.scenario in scenarios_for(name) and is_known(one.quantity(name))
    )
    order = scenarios_for(name)
    return max(order, key=lambda one: (known[one], -order.index(one)))


def quantity_on(name: str, scenario: str, profiles: Sequence[Profile]) -> MeasuredQuantity | None:
    """The quantity of a model in a scenario; a size in any, as it is the same in each."""
    own = name in ("size_bytes", "parameters")
    for profile in profiles:
        if own or (profile.scenario == scenario and (profile.spec.batch in (None, 1)) and not profile.spec.lengths):
            found = profile.quantity(name)
            if found is not None and (is_known(found) or not own):
                return found
    return None


def read_costs(axis: CostAxis, measured: Mapping[int, Sequence[Profile]]) -> dict[int, tuple[Spread, MeasuredQuantity]]:
    """The cost of each model that has it, with its interval, in the unit of the axis."""
    found = {}
    for at, profiles in measured.items():
        one = quantity_on(axis.quantity, axis.scenario, profiles)
        known = None if one is None else finite(one.value)
        if one is not None and known is not None:
            spread = spread_of(known, finite(one.low), finite(one.high), is_exact=axis.unit != "seconds")
            found[at] = (spread, one)
    return found
