"""What a model costs beside another, in words: latencies of one machine only, with the interval of a session that both took turns in."""

from __future__ import annotations

from dataclasses import dataclass

from benchwright.formatting import finite, fixed, value
from benchwright.profile_choice import choose_profile
from benchwright.render.grid import Grid
from benchwright.render.hardware import HardwareRow, HardwareTable, tables_of
from benchwright.render.hardware_words import figure_of, is_known
from benchwright.types import LatencyRatio

_LATENCY = "latency_p50"
"""What is told of latencies in a sentence; tables show p90 too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Latency:
    """The median latency of one query.

    Attributes:
        text: ``19.3 ms [18.9, 19.8]``.
        seconds: The value.
        ends: Of its interval; None without one.
        steady: Whether nothing says that the model was not steady when it was measured.
    """

    text: str
    seconds: float
    ends: tuple[float, float] | None
    steady: bool

    def overlaps(self, other: Latency) -> bool:
        """Whether the two intervals have a value in common, or one of the two has none."""
        if self.ends is None or other.ends is None:
            return True
        return self.ends[0] <= other.ends[1] and other.ends[0] <= self.ends[1]


def main_table(grid: Grid) -> HardwareTable | None:
    """The table of the task and machine with most models, the first of several; None where nothing was measured."""
    return max(tables_of(grid), key=lambda table: len(table.rows), default=None)


def latencies_of(grid: Grid, table: HardwareTable) -> dict[int, Latency]:
    """Latencies of a table by positions in ``grid.systems``; models without one are left out."""
    rows = {row.system: row for row in table.rows}
    found = ((at, _latency(rows.get(system.label))) for at, system in enumerate(grid.systems))
    return {at: one for at, one in found if one is not None}


def latency_beside(grid: Grid, one: int, other: int) -> str:
    """``5.8 times the median latency [5.2, 6.4]`` of ``one`` as a multiple of ``other``'s; why there is none, in the same place of a sentence.

    The interval is that of an interleaved session; of times that were taken one model after the other there is none, and both stand there.
    """
    ratio = _session_ratio(grid, one, other)
    if ratio is not None and finite(ratio.value) is not None:
        if ratio.noisy:
            return (
                f"a latency that the session does not compare ({ratio.reason or 'the machine was too noisy to tell'})"
            )
        ends = finite(ratio.low), finite(ratio.high)
        between = "" if None in ends else f"[{_digits(ends[0] or 0.0)}, {_digits(ends[1] or 0.0)}]"
        return f"{_digits(ratio.value or 0.0)} times the median latency {between}".rstrip()
    for table in tables_of(grid):
        measured = latencies_of(grid, table)
        if one in measured and other in measured and measured[other].seconds > 0:
            mine, theirs = measured[one], measured[other]
            steady = "" if mine.steady and theirs.steady else "; not shown to be steady"
            values = f"({value(mine.seconds, 'seconds')} against {value(theirs.seconds, 'seconds')}{steady})"
            return f"{_digits(mine.seconds / theirs.seconds)} times the median latency {values}"
    return ""


def was_measured(grid: Grid, at: int) -> bool:
    """Whether any latency of a model is known."""
    return any(at in latencies_of(grid, table) for table in tables_of(grid))


def _latency(row: HardwareRow | None) -> Latency | None:
    found = row.measured(_LATENCY) if row is not None else None
    if row is None or found is None or not is_known(found):
        return None
    figure = figure_of(found, _LATENCY)
    profile = choose_profile(row.profiles, _LATENCY)
    steady = profile is None or not any(one.code == "not-steady" for one in profile.alarms)
    low, high = finite(found.low), finite(found.high)
    ends = None if low is None or high is None else (low, high)
    return Latency(text=figure.line, seconds=float(found.value or 0.0), ends=ends, steady=steady)


def _session_ratio(grid: Grid, one: int, other: int) -> LatencyRatio | None:
    """The ratio of two models that took turns in one session, ``one`` above the line."""
    for at, profile in grid.profiles:
        for ratio in profile.ratios:
            if at == one and ratio.against in _names(grid, other):
                return ratio
            if at == other and ratio.against in _names(grid, one) and finite(ratio.value):
                return _turned(ratio)
    return None


def _names(grid: Grid, at: int) -> set[str]:
    row = grid.systems[at]
    return {row.model, *(name.partition(":")[2] for name in row.also)}


def _turned(ratio: LatencyRatio) -> LatencyRatio:
    low, high = finite(ratio.low), finite(ratio.high)
    return LatencyRatio(
        model=ratio.against,
        against=ratio.model,
        value=1 / (ratio.value or 1.0),
        low=1 / high if high else None,
        high=1 / low if low else None,
        blocks=ratio.blocks,
        noise=ratio.noise,
        noisy=ratio.noisy,
        noise_limit=ratio.noise_limit,
        reason=ratio.reason,
    )


def _digits(ratio: float) -> str:
    """A ratio with three digits, at most three of them behind the point: ``120``, ``36.5``, ``5.8``, ``0.344``."""
    text = fixed(ratio, 0 if ratio >= 99.5 else 1 if ratio >= 9.95 else 2 if ratio >= 0.995 else 3)
    return text.rstrip("0").rstrip(".") if "." in text else text
