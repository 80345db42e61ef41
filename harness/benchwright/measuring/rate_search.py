"""The highest rate of a server that holds the bound: bracketed, then halved, every trial kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchwright.measuring.clock import Clock
from benchwright.measuring.presets import Limits
from benchwright.measuring.server import SHARE, highest_rate, serve, verdict
from benchwright.measuring.single_stream import Measured
from benchwright.measuring.steady import Ask
from benchwright.stats.early_stopping import least_queries
from benchwright.types.hardware import Samples

CLOSE = 1.05
"""Failed over held rate from which on the search has found what it looks for."""

_START = 0.5
"""Share of the capacity, one over the service time, with which the search begins."""
_BEYOND = 1.2
_FEWEST = 0.02
"""Share of the capacity below which no rate is tried: queries hardly ever meet there, the bound is then shorter than the service itself."""


@dataclass
class _Bracket:
    held: float | None = None
    failed: float | None = None


def search(
    ask: Ask,
    clock: Clock,
    limits: Limits,
    *,
    bound: float,
    service: float,
    seed: int = 0,
    steady: bool = True,
) -> Measured:
    """Trials of `benchwright.measuring.server.serve` until the highest rate that holds is known within 5 %, each with its own seed.

    Begins with half of ``1 / service`` (mean seconds of a query as the warm-up showed); half of that until one rate holds; then the
    geometric middle between what held and what failed. A fifth above one over the service time is taken for failed: at that rate a
    queue grows without end. Ends after ``search_seconds`` with what is known. The rate found is `benchwright.measuring.server.highest_rate` of the samples.

    A trial that is undecided counts as one that did not hold, an invalid one ends the search: the machine is too busy for it.
    """
    if service > bound:
        alone = f"no rate holds {bound * 1e3:.4g} ms: a query alone takes {service * 1e3:.4g} ms"
        return Measured(samples=(), notes=(alone,), steady=steady)
    capacity, begun = 1 / service, clock.now()
    bracket, kept, notes = _Bracket(failed=capacity * _BEYOND), list[Samples](), list[str]()
    rate: float | None = capacity * _START
    number, held = 0, steady
    while rate is not None:
        left = limits.search_seconds - (clock.now() - begun)
        needed = least_queries(0, SHARE) / rate
        if needed > left:
            notes.append(_out_of_time(rate, needed, limits, bracket))
            break
        most = min(max(limits.most_seconds, 1.5 * needed), left)
        within = replace(limits, most_seconds=most)
        found = serve(ask, clock, within, rate=rate, bound=bound, seed=seed + number, steady=steady, trial=True)
        number += 1
        kept.extend(found.samples)
        notes.extend(found.notes)
        held = held and found.steady
        said = verdict(found.samples[0].values, found.samples[2].values, bound)
        if said.says == "invalid":
            notes.append(f"{rate:.4g} /s: {said.reason}")
            break
        if said.says == "holds":
            bracket.held = rate
        else:
            bracket.failed = rate
        rate = _next(bracket, capacity)
    best = highest_rate(kept, bound)
    if best is None and rate is None:
        notes.append(
            f"no rate holds p99 within {bound * 1e3:.4g} ms: down to {_FEWEST:.0%} of one over the service time it fails"
        )
    return Measured(samples=tuple(kept), notes=tuple(notes), steady=held)


def _next(bracket: _Bracket, capacity: float) -> float | None:
    """Which rate is tried next; None when the search is over."""
    assert bracket.failed is not None
    if bracket.held is None:
        lower = bracket.failed / 2
        return lower if lower >= capacity * _FEWEST else None
    if bracket.failed / bracket.held <= CLOSE:
        return None
    middle: float = (bracket.held * bracket.failed) ** 0.5
    return middle


def _out_of_time(rate: float, needed: float, limits: Limits, bracket: _Bracket) -> str:
    known = (
        "no rate was tried to the end"
        if bracket.held is None
        else f"{bracket.held:.4g} /s is the highest that held so far"
    )
    return (
        f"the search ended: {rate:.4g} /s would take {needed:.3g} s for the {least_queries(0, SHARE)} queries of the p99 test, more than is "
        f"left of {limits.search_seconds:g} s; {known}"
    )
