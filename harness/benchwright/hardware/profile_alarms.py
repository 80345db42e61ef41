"""What a reader of a profile must know: it was never steady, it is short, the machine was busy, the ratios tell nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchwright.alarm import alarm, note, notes
from benchwright.formatting import seconds
from benchwright.hardware.grid import saturation_notes
from benchwright.hardware.server_rates import server_alarms
from benchwright.measuring.machine_alarms import machine_alarms
from benchwright.measuring.steady import UNSTEADY
from benchwright.stats.early_stopping import estimate
from benchwright.stats.order_statistics import named
from benchwright.stats.steadiness import processes_differ
from benchwright.types import Alarm, LatencyRatio, Measurements, Samples


def profile_alarms(found: Measurements, ratios: Sequence[LatencyRatio] = ()) -> Iterator[Alarm]:
    """Alarms and notes about one profile, from what was measured alone."""
    reasons = [one for one in found.notes if UNSTEADY in one]
    yield from _unsteady(found.samples, [one.replace(UNSTEADY, "") for one in reasons])
    yield from machine_alarms(found.machine)
    yield from (alarm("noisy", _noisy(one)) for one in ratios if one.noisy)
    if found.spec.scenario == "single_stream" and found.spec.preset == "official":
        yield from _as_mlperf_tells(found.samples)
    if found.spec.scenario == "server":
        yield from server_alarms(found)
    if found.spec.scenario == "sweep":
        yield from (note("saturation", said) for said in saturation_notes(found))
    yield from _apart(found.samples)
    if found.spec.preset == "quick":
        yield note("short", "short form (quick): long enough to look, too short to publish")
    yield from notes("profile", [one for one in found.notes if one not in reasons])


def _unsteady(samples: Sequence[Samples], reasons: Sequence[str]) -> Iterator[Alarm]:
    """One alarm for all shapes that were measured without having been steady, with the reasons where the warm-up told them."""
    shapes: dict[str, None] = {}
    timed = [one for one in samples if one.phase == "measured" and one.quantity in ("latency", "pass")]
    for one in sorted(timed, key=lambda one: (one.length, one.batch, one.concurrency, one.rate)):
        if not one.steady:
            shapes[_shape(one)] = None
    if not shapes:
        return
    named = [shape for shape in shapes if shape]
    of = f" ({', '.join(named)})" if named else ""
    why = "; ".join(reasons) or "times moved or varied too much before or while it was measured"
    yield alarm("not-steady", f"not shown to be steady{of}: {why}")


def _as_mlperf_tells(samples: Sequence[Samples]) -> Iterator[Alarm]:
    """MLPerf's own figure for single stream, which is an upper bound: it drops the slowest that its early-stopping test allows, less one."""
    series = [one.values for one in samples if one.phase == "measured" and one.quantity == "latency"]
    told = {share: estimate(series, share) for share in (0.9, 0.99)}
    parts = [f"{named(share)} {seconds(value)}" for share, value in told.items() if value is not None]
    if parts:
        yield note(
            "profile",
            f"by MLPerf's early-stopping rule: {', '.join(parts)} (upper bounds with 99 % confidence where queries are independent)",
        )


def _apart(samples: Sequence[Samples]) -> Iterator[Alarm]:
    """A note where fresh processes differ by more than chance: the interval of what they measured together does not hold another one."""
    conditions: dict[tuple[object, ...], dict[int, list[float]]] = {}
    for one in samples:
        if one.phase == "measured" and one.quantity in ("latency", "pass") and one.block < 0 and not one.rate:
            condition = (one.quantity, one.batch, one.length, one.concurrency)
            conditions.setdefault(condition, {}).setdefault(one.process, []).extend(one.values)
    found = [apart for series in conditions.values() if (apart := processes_differ(list(series.values()))) is not None]
    if found:
        yield note(
            "profile",
            f"medians of the fresh processes differ by up to {max(found) - 1:.1%}: intervals speak of these processes, another may lie outside",
        )


def _shape(one: Samples) -> str:
    parts = [
        f"batch {one.batch}" if one.batch > 1 else "",
        f"{one.length} tokens" if one.length else "",
        f"{one.concurrency} processes" if one.concurrency > 1 else "",
        f"{one.rate:.4g} /s" if one.rate else "",
    ]
    return " of ".join(part for part in parts if part)


def _noisy(ratio: LatencyRatio) -> str:
    if ratio.noise is None:
        return f"{ratio.reason}: the ratio to {ratio.against} tells nothing"
    return (
        f"two copies of {ratio.against} differ by up to {ratio.noise * 100:.3g} % on this machine"
        f" (limit {ratio.noise_limit * 100:.3g} %): the ratio to it tells nothing"
    )
