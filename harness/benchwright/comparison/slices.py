"""Slices of items and of labels as paired records; Benjamini-Hochberg over their differences, shrinkage estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from benchwright import registry
from benchwright.answers import some_of
from benchwright.comparison.difference import Difference
from benchwright.comparison.pairing import PairedRecords
from benchwright.errors import NotComparable
from benchwright.metrics.by_label import by_label
from benchwright.metrics.metric import Metric
from benchwright.quantities import members_of
from benchwright.slicing import is_about, rows_by_slice
from benchwright.stats.intervals import z_quantile
from benchwright.stats.multiplicity import benjamini_hochberg, shrink

FDR = 0.1
FLOOR = 0.01
MINIMUM = 30


def slices_of(pairing: PairedRecords, *, minimum: int = 1) -> dict[str, PairedRecords]:
    """``name=value`` -> the pairing of that slice's items, for slices of at least ``minimum`` items, sorted."""
    members = {
        slice: rows for slice, rows in rows_by_slice(pairing.records[0], pairing.task).items() if len(rows) >= minimum
    }
    return {slice: rows_of(pairing, rows) for slice, rows in members.items()}


def rows_of(pairing: PairedRecords, rows: Sequence[int]) -> PairedRecords:
    """The pairing of some of its items, by position; whole cases, of a behavioural task."""
    return PairedRecords(
        path=pairing.path,
        task=pairing.task,
        names=pairing.names,
        cells=pairing.cells,
        records=tuple(some_of(records, rows) for records in pairing.records),
        columns=tuple(columns.select(rows) for columns in pairing.columns),
        seed=pairing.seed,
        resamples=pairing.resamples,
    )


def label_slices(pairing: PairedRecords) -> dict[str, PairedRecords]:
    """``label=NAME`` (tags: ``type=NAME``) -> paired records over all items, one label against the rest, with metrics of one label.

    The same slices as `score_labels`; none if the card asks for none.
    """
    task = pairing.task
    if not task.by_label or not pairing.n or pairing.own:
        return {}
    metrics = [registry.get("metrics", name) for name in task.by_label]
    found: dict[str, tuple[Metric, ...]] = {}
    for columns in pairing.columns:  # types that only one model has stand behind those of the card
        found = {**found, **{name: own for name, own in by_label(columns, metrics).items() if name not in found}}
    card = msgspec.structs.replace(task, metrics=task.by_label, score=task.score_metrics)
    return {
        slice: replace(
            pairing,
            task=card,
            own=own,
            about=sum(is_about(target, task, slice.partition("=")[2]) for target in pairing.columns[0].targets),
        )
        for slice, own in found.items()
    }


def slice_of(pairing: PairedRecords, slice: str) -> PairedRecords:
    """The paired records of a slice ``name=value``, of items or of a label. Raises NotComparable with the existing slices."""
    items = slices_of(pairing)
    if slice in items:
        return items[slice]
    labels = label_slices(pairing)
    if slice in labels:
        return labels[slice]
    known = [*items, *labels]
    raise NotComparable(
        f"no item of {pairing.path} is in the slice {slice}",
        expected=f"one of: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
        if known
        else "a task with slices",
        hint=registry.suggest(slice, known) or "use one of these",
    )


def large_slices(pairing: PairedRecords, minimum: int, metric: str) -> tuple[dict[str, PairedRecords], dict[str, int]]:
    """Slices of at least ``minimum`` items (cases), and the number of items of all others; with label slices if the metric is one of a single label."""
    wanted = set(members_of(metric, pairing.task))
    labels = {slice: part for slice, part in label_slices(pairing).items() if wanted <= set(part.task.metrics)}
    found = {**slices_of(pairing), **labels}
    sizes = {slice: part.size if part.about is None else part.about for slice, part in found.items()}
    small = {slice: size for slice, size in sizes.items() if size < minimum}
    return {slice: part for slice, part in found.items() if slice not in small}, small


def judge_slices(found: Sequence[Difference], *, fdr: float, floor: float) -> tuple[Difference, ...]:
    """Differences of slices with adjusted p (None without p), minimum effect and shrunken delta.

    All are one family for Benjamini-Hochberg. They are shrunken towards the mean of the slices of one
    task, metric and pair of systems.
    """
    tested = [at for at, one in enumerate(found) if one.p is not None]
    adjusted = dict(zip(tested, benjamini_hochberg([found[at].p or 0.0 for at in tested]).tolist(), strict=True))
    shrunken = _shrunken(found)
    return tuple(
        msgspec.structs.replace(one, p_adjusted=adjusted.get(at), level=fdr, floor=floor, shrunken=shrunken.get(at))
        for at, one in enumerate(found)
    )


def _shrunken(found: Sequence[Difference]) -> dict[int, float]:
    families: dict[tuple[str, ...], list[int]] = {}
    for at, one in enumerate(found):
        if one.delta is not None and _error(one):
            families.setdefault((one.path, one.metric, one.first, one.second), []).append(at)
    drawn: dict[int, float] = {}
    for members in families.values():
        deltas = [found[at].delta or 0.0 for at in members]
        errors = [_error(found[at]) or 0.0 for at in members]
        drawn.update(zip(members, shrink(deltas, errors).values.tolist(), strict=True))
    return drawn


def _error(one: Difference) -> float | None:
    """Standard error from the width of the interval, so that slices without a differing answer have one too."""
    if one.low is None or one.high is None:
        return None
    return (one.high - one.low) / (2 * z_quantile(one.confidence))
