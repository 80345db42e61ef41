"""The numbers of one model on one view: clean, perturbed, their paired difference, self-consistency, worst case."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from benchwright import kinds, registry
from benchwright.alarm import alarm, in_order, note, notes
from benchwright.formatting import clip
from benchwright.items import count, noun
from benchwright.metrics.columns import Floats
from benchwright.metrics.metric import Metric
from benchwright.metrics.resample_units import leave_each_unit_out, resample_units
from benchwright.quantities import Quantity, quantity_of
from benchwright.robustness.consistency import SAME_NUMBER, are_right_throughout, same_answer, shares_of_consistent
from benchwright.robustness.join import ViewedItems
from benchwright.score import score_columns
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.bootstrap_difference import MANY_UNITS, BootstrapDifference
from benchwright.stats.difference import DifferenceEstimate, two_sided
from benchwright.stats.intervals import share_interval, share_of
from benchwright.stats.paired import DiscordantCounts
from benchwright.types import Alarm, Kind, PairedDifference, RobustnessScore, Score, Task, View

RESAMPLES, CONFIDENCE = 10_000, 0.95
_DIGITS = 12
"""Decimals kept of interval ends: what is beyond them depends on the machine's order of summation."""
_FEW = 30
_LONGEST_ANSWER = 60


def measure(
    items: ViewedItems,
    view: View,
    *,
    model: str,
    base: str,
    split: str,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> RobustnessScore:
    """All numbers of a model on a view of a task, over the items that were joined. Undefined values are None, and notes say why.

    Args:
        items: The joined records of the model.
        view: The view.
        model: What the model is called.
        base: ``suite/task`` that is seen.
        split: Of that task.
        resamples: Bootstrap resamples.
        seed: Of the resamples.
    """
    task = items.task
    quantity = quantity_of("score", task)
    metrics: list[Metric] = [registry.get("metrics", name) for name in quantity.members]
    clean, perturbed = (
        score_columns(columns, metrics, resamples=resamples, seed=seed)[-1]
        for columns in (items.matched, items.perturbed)
    )
    shares = shares_of_consistent(items, same_answer(task))
    found = estimate_loss(items, metrics, quantity, moved=shares < 1, resamples=resamples, seed=seed)
    difference = _difference(found, clean, perturbed)
    right = are_right_throughout(items)
    sizes = items.sizes
    return RobustnessScore(
        model=model,
        suite=view.suite,
        perturbation=view.perturbation,
        severity=view.severity,
        draws=view.draws,
        base=base,
        split=split,
        metric=metrics[0].id if len(metrics) == 1 else "score",
        direction=quantity.direction,
        n=items.n,
        variants=len(items.variants),
        most=int(sizes.max(initial=0)),
        unanswered=items.unanswered,
        clean=clean,
        perturbed=perturbed,
        difference=difference,
        consistency=_mean(shares, items, "consistency"),
        worst=None if right is None else _mean(right, items, "worst_case"),
        alarms=in_order(
            (*_alarms(items, task), *(() if difference.value is None else notes("difference", found.flags)))
        ),
    )


def estimate_loss(
    items: ViewedItems,
    metrics: Sequence[Metric],
    quantity: Quantity,
    *,
    moved: np.ndarray | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> DifferenceEstimate:
    """The estimate of perturbed minus clean, of the mean of some metrics.

    A share of independent items, each with one variant, which is all that was tried: Tango's score method. Everything else:
    bootstrap draws over units, an item with its variants in one.

    Args:
        items: The joined records of the model.
        metrics: The metrics whose mean is the score.
        quantity: What that mean is.
        moved: Whether an answer of an item changed (n), for the bounds where few did.
        resamples: Bootstrap resamples.
        seed: Of the resamples.
    """
    if len(metrics) == 1 and metrics[0].proportion and items.n:
        counts = _discordant(items, metrics[0])
        if counts is not None:
            return counts
    return _drawn(items, metrics, quantity, moved=moved, resamples=resamples, seed=seed)


def _discordant(items: ViewedItems, metric: Metric) -> DiscordantCounts | None:
    """Discordant counts of a share of independent items, each with one variant; None for anything else."""
    assert metric.share is not None
    assert metric.basis is not None
    if len(items.variants) != items.n or (items.sizes != 1).any():
        return None
    shares = []
    for columns in (items.clean, items.perturbed):
        rows = columns.rows(metric.basis)
        hits, trials = metric.share(rows.values, items.task)
        shares.append((np.asarray(hits)[rows.codes], np.asarray(trials)[rows.codes]))
    (one, tried), (other, tried_too) = shares
    if not np.array_equal(tried, tried_too) or not np.isin(tried, (0.0, 1.0)).all() or not tried.any():
        return None
    codes = items.clean.cluster_codes
    if codes is not None and np.bincount(codes, weights=tried).max() > 1:
        return None
    up, down = np.maximum(other - one, 0.0), np.maximum(one - other, 0.0)
    return DiscordantCounts(b=float(up.sum()), c=float(down.sum()), n=float(tried.sum()))


def _drawn(
    items: ViewedItems,
    metrics: Sequence[Metric],
    quantity: Quantity,
    *,
    moved: np.ndarray | None,
    resamples: int,
    seed: int,
) -> BootstrapDifference:
    sides = (items.matched, items.perturbed)
    units = items.n_units if items.n else 0
    few = (f"only {count(units, 'independent unit')}",) if units < _FEW else ()
    if not items.n:
        return BootstrapDifference(
            value=math.nan, draws=np.empty(0), units=0, width=quantity.width, resamples=resamples
        )
    values = [np.mean([metric.value(side) for metric in metrics]) for side in sides]
    start = (seed, zlib.crc32(items.task.name.encode()))
    draws = resample_units(sides, metrics, resamples=resamples, seed=start).mean(axis=1)
    apart: Floats = draws[1] - draws[0]
    left: Floats | None = None
    if 2 <= units < MANY_UNITS:
        without = leave_each_unit_out(sides, metrics).mean(axis=1)
        left = without[1] - without[0] if np.isfinite(without).all() else None
    codes = items.clean.cluster_codes
    return BootstrapDifference(
        value=float(values[1] - values[0]),
        draws=apart[np.isfinite(apart)],
        units=units,
        width=quantity.width,
        resamples=resamples,
        changed=None if moved is None else int(moved.sum()),
        without_one=left,
        sizes=None if codes is None or units >= MANY_UNITS else np.bincount(codes).astype(np.float64),
        extra=few,
    )


def _difference(found: DifferenceEstimate, clean: Score, perturbed: Score) -> PairedDifference:
    """The estimate as it is stored; no value where one of the two scores has none."""
    if clean.value is None or perturbed.value is None:
        return PairedDifference(value=None, method="none")
    tail = (1 - CONFIDENCE) / 2
    low, high = found.bound(tail, "lower"), found.bound(tail, "upper")
    return PairedDifference(
        value=perturbed.value - clean.value,
        low=None if low is None else round(low, _DIGITS),
        high=None if high is None else round(high, _DIGITS),
        p=two_sided(found),
        method=found.method if low is not None else "none",
    )


def _mean(values: Floats, items: ViewedItems, name: str) -> Score:
    """The mean over items of numbers in [0, 1], with Wilson's interval, clustered where items share a unit.

    Shares of several variants vary less than the 0 or 1 that the interval assumes: it is then somewhat too wide.
    """
    blank = Score(metric=name, value=None, n=items.n, unit=noun(items.task))
    if not items.n:
        return msgspec.structs.replace(blank, alarms=(note("undefined", "no scored examples"),))
    by_unit = sum_by_cluster(np.stack([values, np.ones(items.n)], axis=1), items.clean.cluster_codes)
    interval = share_interval(share_of(by_unit[:, 0], by_unit[:, 1]), CONFIDENCE)
    low, high, se = (None if end is None else round(end, _DIGITS) for end in (interval.low, interval.high, interval.se))
    return msgspec.structs.replace(
        blank,
        value=float(values.mean()),
        low=low,
        high=high,
        se=se,
        clusters=items.n_units,
        method=interval.method,
        alarms=notes("interval", interval.flags),
    )


def _alarms(items: ViewedItems, task: Task) -> list[Alarm]:
    """What makes the numbers suspect, and what they rest on."""
    told: list[Alarm] = []
    if items.unanswered:
        told.append(
            note("errored", f"{count(items.unanswered, noun(task))} left out: not answered as it is, or in a variant")
        )
    every = [record.output for record in (*items.originals, *items.variants)]
    if items.n > 1 and (same := one_answer(every, task)):
        told.append(
            alarm(
                "constant",
                f"{same} is the answer to every item and variant: self-consistency says nothing of robustness",
            )
        )
    if task.kind is Kind.REGRESS:
        low, high = task.value_range or (0.0, 0.0)
        told.append(note("consistency", f"answers within {SAME_NUMBER * (high - low):g} count as the same"))
    return told


def one_answer(outputs: Sequence[Any], task: Task) -> str:
    """What the answer always is, in words; empty where answers differ. Of tags only that no entity is found."""
    if task.kind is Kind.TAG:
        return "" if any(tag != "O" for tags in outputs for tag in tags) else "no entity"
    given = {frozenset(one) if task.multilabel else tuple(one) if isinstance(one, list) else one for one in outputs}
    if len(given) != 1:
        return ""
    (answer,) = given
    if task.multilabel:
        return ", ".join(sorted(answer)) or "no label"
    if kinds.of(task).scored == "options" and isinstance(answer, int):
        return f"option {answer + 1}"
    return clip(str(answer), _LONGEST_ANSWER).strip() or "an empty text"
