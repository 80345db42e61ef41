"""Two models or more measured in turn: the order of their blocks, how long a block is, and the raw times of each.

Runs made at different times cannot be compared: on a machine that others use too, the same model is twice as slow a minute later.
So all models are held open at once, each in a process of its own, and take turns; a *round* holds one block of every model, on the same
inputs. A second copy of the first model takes part as if it were another: how far the two are told apart is what the machine
adds (A/A). It runs in the same rounds, since the noise of another time says nothing about these.

Nothing here knows processes: an `AskBlock` is anything that answers queries and says how long each took. The parent of the processes
hands one in for each model, a test one of a simulated model.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Protocol

from benchwright.measuring.clock import Clock
from benchwright.types.hardware import Preset, ProfileSpec, Samples

FEWEST_QUERIES = 3
"""Queries of a block: the median of fewer is the mercy of one of them."""

MOST_QUERIES = 10_000
"""Of a block; models so fast are told apart long before."""

_PROBE = 0.02
"""Seconds that calibration asks until a query's time counts as known."""

_SHORT = 100e-6
"""Seconds of a query below which reading the clock is a part of it that is worth telling."""


@dataclass(frozen=True, kw_only=True)
class BlockTimes:
    """What a model took for one block.

    Attributes:
        seconds: Of each query that is counted, in order.
        wall: From the start of the first of these to the end of the last.
        inputs: Answered in these; 0: one to a query.
        tokens: Read in these; 0: the model does not say.
    """

    seconds: tuple[float, ...]
    wall: float
    inputs: int = 0
    tokens: int = 0


class AskBlock(Protocol):
    """A model that answers a block of queries: ``first`` is asked and not counted, then ``queries`` more are timed one by one.

    The one that is not counted fetches back what other processes drove out of the caches meanwhile.
    """

    def __call__(self, first: int, queries: int) -> BlockTimes:
        """The times of queries first + 1 to first + queries."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """How models are measured in turn.

    Attributes:
        rounds: Blocks of each model.
        sets: How often all processes are opened anew: two processes of one model differ by more than their blocks show.
        block: Seconds that a block of the fastest model takes at least.
        budget: Seconds for all blocks together, over which blocks are made shorter, though not below ``least`` and ``duration``.
        least: Queries of each model over all rounds.
        duration: Seconds for all blocks together at least.
    """

    rounds: int
    block: float
    budget: float
    sets: int = 1
    least: int = 0
    duration: float = 0.0

    @property
    def rounds_of_sets(self) -> tuple[range, ...]:
        """Rounds of each set of processes, an even number in all but the last, so that either order is as frequent; as many as there are pairs at most."""
        pairs = (self.rounds + 1) // 2
        sets = max(min(self.sets, pairs), 1)
        ends = [2 * (pairs * (at + 1) // sets) for at in range(sets)]
        return tuple(range(start, min(end, self.rounds)) for start, end in zip([0, *ends[:-1]], ends, strict=True))


_PRESETS: dict[Preset, Design] = {
    "quick": Design(rounds=16, block=0.05, budget=20.0, sets=2),
    "standard": Design(rounds=30, block=0.1, budget=120.0, sets=3),
    "official": Design(rounds=60, block=0.25, budget=600.0, sets=5),
}
"""16 rounds are the fewest whose one-sided 95 % bound wastes little of its level; 30 tell a tenth more where rounds differ by a tenth."""


def design_of(spec: ProfileSpec) -> Design:
    """The design that a specification of an interleaved session asks for, filled in by its preset."""
    usual = _PRESETS[spec.preset]
    return Design(
        rounds=usual.rounds if spec.blocks is None else spec.blocks,
        block=usual.block,
        budget=max(usual.budget, spec.duration or 0.0),
        sets=usual.sets if spec.processes is None else spec.processes,
        least=spec.queries or 0,
        duration=spec.duration or 0.0,
    )


def order_of_rounds(models: int, rounds: int, seed: int = 0) -> tuple[tuple[int, ...], ...]:
    """In which order the models have their blocks, round by round: a random order, then the same one backwards, and so on.

    Of any two models either one comes first in half of the rounds, so that what follows from being first or last in a round cancels
    in the median over rounds.
    """
    rng = random.Random(seed)  # noqa: S311 - an order, no secret
    found: list[tuple[int, ...]] = []
    for at in range(rounds):
        found.append(tuple(rng.sample(range(models), models)) if at % 2 == 0 else found[-1][::-1])
    return tuple(found)


def timed(ask: Callable[[int], object], clock: Clock) -> AskBlock:
    """A block of a model in this process: one query that is not counted, then each of the others by the clock."""

    def block(first: int, queries: int) -> BlockTimes:
        ask(first)
        times, begun = [], clock.now()
        for number in range(first + 1, first + queries + 1):
            start = clock.now()
            ask(number)
            times.append(clock.now() - start)
        return BlockTimes(seconds=tuple(times), wall=clock.now() - begun)

    return block


def calibrate(asks: Sequence[AskBlock], design: Design) -> tuple[int, tuple[str, ...]]:
    """Queries of a block, the same for every model, and what a reader must know of it.

    As many as the fastest model answers in ``design.block`` seconds, within the budget, and never below `FEWEST_QUERIES`. The models
    must be warm: nothing is timed here that is kept.
    """
    took = [_seconds_of_a_query(ask) for ask in asks]
    each = max(design.rounds * sum(took), 1e-9)  # seconds that one query more costs over all
    asked = max(ceil(design.least / design.rounds), _per(design.duration, each), FEWEST_QUERIES)
    affordable = int(design.budget / each + 1e-9)
    queries = min(max(asked, min(_per(design.block, min(took)), affordable)), MOST_QUERIES)
    notes = []
    planned = queries * min(took)
    if planned < design.block / 2:
        notes.append(
            f"blocks of {queries} queries take {planned:.3g} s, not {design.block:g} s: the slowest model takes too long"
        )
    if min(took) < _SHORT:
        notes.append(
            f"a query takes {min(took) * 1e6:.0f} us: reading the clock is a part of that, and ratios lean towards 1"
        )
    return queries, tuple(notes)


def _per(seconds: float, one: float) -> int:
    return ceil(seconds / max(one, 1e-9) - 1e-9)


def _seconds_of_a_query(ask: AskBlock) -> float:
    """The median of as many queries as `_PROBE` seconds hold, one at least."""
    queries = 1
    while True:
        found = ask(0, queries)
        if sum(found.seconds) >= _PROBE or queries >= MOST_QUERIES:
            return median(found.seconds)
        queries = min(queries * 2, MOST_QUERIES)


def interleave(
    asks: Sequence[AskBlock],
    design: Design,
    *,
    queries: int,
    seed: int = 0,
    batch: int = 1,
    rounds: range | None = None,
    on_round: Callable[[int, int], None] | None = None,
) -> tuple[tuple[Samples, ...], ...]:
    """Raw times of every model, a `Samples` for each block, in the order of ``asks``.

    Args:
        asks: The first model, a second copy of it, then the others.
        design: How many rounds.
        queries: Of a block, as `calibrate` found.
        seed: Of the order within rounds.
        batch: Inputs to a query.
        rounds: Those of one set of processes (`Design.rounds_of_sets`); None: all.
        on_round: Told (rounds done, rounds in all).

    Returns:
        Samples of ``latency`` with block (round) and order (place in it); those of the second copy have the phase ``aa``.
    """
    found: list[list[Samples]] = [[] for _ in asks]
    orders = order_of_rounds(len(asks), design.rounds, seed)
    for number in rounds or range(design.rounds):
        order = orders[number]
        first = number * (queries + 1)  # other inputs in every round, the same for all models of one
        for place, model in enumerate(order):
            block = asks[model](first, queries)
            found[model].append(
                Samples(
                    quantity="latency",
                    values=block.seconds,
                    phase="aa" if model == 1 else "measured",
                    block=number,
                    order=place,
                    batch=batch,
                    inputs=block.inputs or batch * len(block.seconds),
                    tokens=block.tokens,
                    wall=block.wall,
                )
            )
        if on_round is not None:
            on_round(number + 1, design.rounds)
    return tuple(map(tuple, found))
