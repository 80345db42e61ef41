"""Ratios of two models' times from the stored blocks of one interleaved session, and how far the machine alone tells two copies apart.

A block's time is the *median* of its queries for ``latency_p50``, and all of it, inputs / wall, for ``throughput``. A machine that
others use stops a process now and then for longer than a block takes; one such stall is most of a block's mean and nothing of its
median, so the median is what a gate should ask for, while a throughput must count what was lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchwright.errors import BenchwrightError, NotComparable
from benchwright.hardware.machines import apart
from benchwright.stats.block_ratio import FEWEST_BLOCKS, BlockRatio, block_ratio
from benchwright.types.hardware import LatencyRatio, Measurements, Samples

QUANTITIES = ("latency_p50", "throughput")
"""What a ratio may be of."""

NOISE_LIMIT = 0.1
"""How far two copies of one model may be told apart before a session says nothing, where nobody asks for more or less."""

AGAIN = "benchwright profile BASELINE CANDIDATE --suite SUITE/TASK --interleave"
"""What measures a session."""

_LEAST_NOISE, _MOST_NOISE = 0.02, 0.25
"""Noise that every machine has, and noise that no limit makes tolerable."""


def ratio_of(above: Measurements, below: Measurements, quantity: str = "latency_p50") -> BlockRatio:
    """A quantity of one model divided by that of another, round by round; bounds are those of these processes until `noise_of` stands beside.

    Raises:
        NotComparable: Another session or machine, no blocks, blocks of other inputs, or a block that took no time.
    """
    _check(above, below)
    return _ratio(_blocks(above, "measured"), _blocks(below, "measured"), quantity)


def noise_of(first: Measurements, quantity: str = "latency_p50") -> BlockRatio:
    """The second copy of a session's first model divided by that model itself, round by round.

    Raises NotComparable where no second copy was measured.
    """
    copy = _blocks(first, "aa")
    if not copy:
        raise NotComparable(
            "no second copy of the first model was measured, so nobody knows the noise of the machine", hint=AGAIN
        )
    return _ratio(copy, _blocks(first, "measured"), quantity)


def has_copy(measurements: Measurements) -> bool:
    """Whether these are of the first model of an interleaved session, which a second copy of it was measured beside."""
    return any(one.phase == "aa" for one in measurements.samples)


@dataclass(frozen=True, kw_only=True)
class NoisyLimit:
    """A limit of a ratio on a machine with some noise.

    Attributes:
        limit: What is asked for.
        noise: How far a model beside itself was told apart (`noise_of`, its ``reach``).
    """

    limit: float
    noise: float

    @property
    def tolerated(self) -> float:
        """As far as the limit is from 1: where the model itself could not be shown to keep the limit, nothing small is learnt of another."""
        off = max(self.limit, 1 / self.limit) - 1
        return min(max(off, _LEAST_NOISE), _MOST_NOISE)

    @property
    def is_noisy(self) -> bool:
        """Whether the noise is more than is tolerated: then only that is told which all of the noise could not have made."""
        return self.noise > self.tolerated

    def below(self) -> float:
        """What an upper bound must not exceed so that the ratio is shown to be below the limit."""
        return self.limit / (1 + self.noise) if self.is_noisy else self.limit

    def above(self) -> float:
        """What a lower bound must exceed so that the ratio is shown to be above the limit."""
        return self.limit * (1 + self.noise) if self.is_noisy else self.limit


def block_values(measurements: Measurements, quantity: str = "latency_p50") -> list[float]:
    """Seconds, or inputs a second, of each block of a model, in the order of the rounds; 0 where a block took no time."""
    blocks = _blocks(measurements, "measured")
    return _values(blocks, sorted(blocks), quantity)


def latency_ratio(
    model: str,
    above: Measurements,
    against: str,
    below: Measurements,
    *,
    first: Measurements,
    limit: float = NOISE_LIMIT,
) -> LatencyRatio:
    """The latency of a model over that of another, with what the machine adds.

    Args:
        model: Name of the one above the line.
        above: Its measurements.
        against: Name of the one below.
        below: Its measurements.
        first: Those of the session's first model, which hold the second copy.
        limit: How far the copies may be told apart.

    Raises:
        NotComparable: As `ratio_of` and `noise_of`.
    """
    _check(first, above)
    beside_itself = noise_of(first)
    found, noise = ratio_of(above, below).beside(beside_itself), beside_itself.reach
    low, high = found.interval() or (None, None)
    return LatencyRatio(
        model=model,
        against=against,
        value=found.value,
        low=low,
        high=high,
        blocks=found.blocks,
        noise=noise,
        noisy=noise is None or noise > limit,
        noise_limit=limit,
        reason=_why_nothing_is_told(min(found.blocks, beside_itself.blocks), noise, limit),
    )


def _why_nothing_is_told(rounds: int, noise: float | None, limit: float) -> str:
    if rounds < FEWEST_BLOCKS:
        return f"{rounds} round{'s' if rounds > 1 else ''} were measured, and a 95 % interval takes {FEWEST_BLOCKS} or more"
    return "the machine was too noisy to tell" if noise is None or noise > limit else ""


def ratios_of_session(measured: Mapping[str, Measurements]) -> dict[str, LatencyRatio]:
    """Name of a model -> its latency over that of the session's first model; without the first, and without models of other sessions.

    Empty where no model has a second copy: none was first.
    """
    first = next((name for name, one in measured.items() if has_copy(one)), None)
    if first is None:
        return {}
    found = {}
    for name, one in measured.items():
        if name == first or one.session != measured[first].session:
            continue
        found[name] = latency_ratio(name, one, first, measured[first], first=measured[first])
    return found


def _check(one: Measurements, other: Measurements) -> None:
    """Raises NotComparable unless two models were measured in turn, on one machine."""
    facts = apart(one.machine, other.machine)
    if facts:
        raise NotComparable(f"measured on two machines ({facts})", hint=AGAIN)
    if not one.session or one.session != other.session:
        raise NotComparable(
            "measured in two sessions: a machine is not the same a minute later", expected="one session", hint=AGAIN
        )


def _blocks(measurements: Measurements, phase: str) -> dict[int, Samples]:
    """Round -> the block that was measured in it."""
    return {
        one.block: one
        for one in measurements.samples
        if one.quantity == "latency" and one.phase == phase and one.block >= 0
    }


def _ratio(above: Mapping[int, Samples], below: Mapping[int, Samples], quantity: str) -> BlockRatio:
    rounds = sorted(above.keys() & below.keys())
    if not rounds:
        raise NotComparable("no round holds a block of both", expected="blocks that were measured in turn", hint=AGAIN)
    for at in rounds:
        if (above[at].batch, len(above[at].values)) != (below[at].batch, len(below[at].values)):
            raise NotComparable(
                f"round {at} asked {_asked(above[at])} of one model and {_asked(below[at])} of the other"
            )
    try:
        sets = [above[at].process for at in rounds]
        return block_ratio(_values(above, rounds, quantity), _values(below, rounds, quantity), sets)
    except BenchwrightError as error:
        raise NotComparable(error.problem, expected=error.expected, hint=error.hint) from error


def _values(blocks: Mapping[int, Samples], rounds: Sequence[int], quantity: str) -> list[float]:
    if quantity == "latency_p50":
        return [median(blocks[at].values) if blocks[at].values else 0.0 for at in rounds]
    if quantity == "throughput":
        return [blocks[at].inputs / blocks[at].wall if blocks[at].wall > 0 else 0.0 for at in rounds]
    raise BenchwrightError(f"no ratio of {quantity!r}", expected=f"one of: {', '.join(QUANTITIES)}")


def _asked(block: Samples) -> str:
    return f"{len(block.values)} queries of {block.batch}"
