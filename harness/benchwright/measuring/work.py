"""Work of the inputs that were measured, and what follows from it: padding, and the share of the machine's rate that was achieved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchwright.measuring.matrix_rate import QUANTITY as MATRIX_RATE
from benchwright.types import CountsWork, Example, MeasuredQuantity, Reading, Work

PHASE = "work"
COUNTED = ("work_inputs", "tokens", "padded_tokens", "flops", "padded_flops")
"""Readings of the work: sums over the queries that were counted, of which `work_inputs` says how many inputs they had."""

_SAYS_NOTHING = "the adapter does not count tokens and operations"


def read_work(
    session: object, queries: Iterable[Sequence[Example]], *, batch: int = 1, length: int = 0
) -> tuple[Reading, ...]:
    """Sums over the queries of tokens and operations, with padding and without; what is not known is None with the reason.

    Args:
        session: Of any kind; one that counts its work (`CountsWork`) is asked, and computes nothing for it.
        queries: Inputs of each query.
        batch: As in `Reading`.
        length: As in `Reading`.
    """
    if not isinstance(session, CountsWork):
        return tuple(
            Reading(quantity=name, value=None, reason=_SAYS_NOTHING, phase=PHASE, batch=batch, length=length)
            for name in COUNTED
        )
    found = [session.count_work(list(query)) for query in queries]
    values: dict[str, float | None] = {
        "work_inputs": sum(one.inputs for one in found),
        "tokens": sum(one.tokens for one in found),
        "padded_tokens": sum(one.padded_tokens for one in found),
        "flops": _sum([one.flops for one in found]),
        "padded_flops": _sum([one.padded_flops for one in found]),
    }
    return tuple(
        Reading(
            quantity=name,
            value=None if value is None else float(value),
            reason=_reason(found) if value is None else "",
            source="counted from the batches and the configuration",
            phase=PHASE,
            batch=batch,
            length=length,
        )
        for name, value in values.items()
    )


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _reason(works: Sequence[Work]) -> str:
    return next((one.reason for one in works if one.reason), "nothing was counted")


def padding_efficiency(readings: Iterable[Reading]) -> MeasuredQuantity:
    """Operations for tokens divided by all that are computed, padding included; tokens by padded tokens where operations are not known."""
    name = "padding_efficiency"
    totals = _totals(readings)
    for above, below, method in (
        ("flops", "padded_flops", "operations of tokens / all operations computed"),
        ("tokens", "padded_tokens", "tokens / tokens with padding"),
    ):
        real, computed = totals.get(above), totals.get(below)
        if real is not None and computed:
            return MeasuredQuantity(quantity=name, value=real / computed, method=method)
    return MeasuredQuantity(quantity=name, value=None, reason=_why(readings, "padded_tokens"))


def flops_per_input(readings: Iterable[Reading]) -> MeasuredQuantity:
    """Operations for the tokens of an input, a mean over those that were counted."""
    totals = _totals(readings)
    flops, inputs = totals.get("flops"), totals.get("work_inputs")
    if flops is None or not inputs:
        return MeasuredQuantity(quantity="flops", value=None, reason=_why(readings, "flops"))
    return MeasuredQuantity(
        quantity="flops",
        value=flops / inputs,
        n=int(inputs),
        method="formula for dense encoders, real tokens, padding left out",
    )


def achieved_share(readings: Iterable[Reading], throughput: MeasuredQuantity | None) -> MeasuredQuantity:
    """Operations of real tokens a second, divided by those of the best matrix product measured on this machine.

    Args:
        readings: Of the work and of the matrix rate, from one process or several.
        throughput: Inputs a second, of inputs like those that were counted; its interval becomes that of the share.
    """
    name = "achieved_share"
    readings = tuple(readings)
    each = flops_per_input(readings)
    rates = [one.value for one in readings if one.quantity == MATRIX_RATE and one.value]
    if each.value is None:
        return MeasuredQuantity(quantity=name, value=None, reason=each.reason)
    if not rates:
        return MeasuredQuantity(quantity=name, value=None, reason=_why(readings, MATRIX_RATE))
    if throughput is None or throughput.value is None:
        return MeasuredQuantity(
            quantity=name, value=None, reason=throughput.reason if throughput else "no throughput was measured"
        )
    scale = each.value / max(rates)
    source = next(one.source for one in readings if one.quantity == MATRIX_RATE and one.value == max(rates))
    return MeasuredQuantity(
        quantity=name,
        value=throughput.value * scale,
        low=None if throughput.low is None else throughput.low * scale,
        high=None if throughput.high is None else throughput.high * scale,
        n=throughput.n,
        method=f"operations of real tokens a second / best matrix product measured here ({max(rates):.3g} FLOP/s: {source})",
    )


def _totals(readings: Iterable[Reading]) -> dict[str, float | None]:
    """Sums by name; None where one of them is not known."""
    found: dict[str, float | None] = {}
    for one in readings:
        if one.quantity in COUNTED and one.phase == PHASE:
            before = found.get(one.quantity, 0.0)
            found[one.quantity] = None if before is None or one.value is None else before + one.value
    return found


def _why(readings: Iterable[Reading], quantity: str) -> str:
    """Why a reading has no value."""
    given = [one.reason for one in readings if one.quantity == quantity and one.reason]
    return given[0] if given else f"{quantity} was not measured"
