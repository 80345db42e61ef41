"""Metrics over entities of tagged words: precision, recall and F1 as conlleval and strictly by scheme, boundaries, types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchwright.metrics.classification import f1_of_share, label_ratio
from benchwright.metrics.columns import Basis, Columns, Floats
from benchwright.metrics.entity_counts import (
    BOUNDS,
    GOLD,
    HITS,
    PREDICTED,
    RIGHT,
    STRICT_GOLD,
    STRICT_PREDICTED,
    STRICT_RIGHT,
    WORDS,
    entities,
    entity_matches,
)
from benchwright.metrics.metric import Metric
from benchwright.types import Kind, Task

_LENIENT = "conlleval (CoNLL-2000 to 2003 shared tasks) and seqeval's default mode"

# --- values from sums -------------------------------------------------------------------------------------------------

_Shared = Callable[[Floats, Task], tuple[Floats, Floats]]
Flags = Callable[[Columns], tuple[str, ...]]


def _share(top: int, *bottom: int, less: int | None = None) -> _Shared:
    """Hits and trials: one column out of the sum of others, less one."""

    def of_sums(sums: Floats, _task: Task) -> tuple[Floats, Floats]:
        trials: Floats = sums[..., list(bottom)].sum(axis=-1)
        return sums[..., top], trials if less is None else trials - sums[..., less]

    return of_sums


def _zero(share: _Shared) -> Callable[[Floats, Task], Floats]:
    """The share, 0 for 0 of 0."""
    return lambda sums, task: label_ratio(*share(sums, task))


def _undefined(share: _Shared) -> Callable[[Floats, Task], Floats]:
    """The share, undefined for 0 of 0."""

    def of_sums(sums: Floats, task: Task) -> Floats:
        hits, trials = share(sums, task)
        return np.where(trials > 0, label_ratio(hits, trials), np.nan)

    return of_sums


def _f1(share: _Shared) -> Callable[[Floats, Task], Floats]:
    """2 hits / (predicted + gold), where trials are predicted + gold - hits; 0 where there are none."""

    def of_sums(sums: Floats, task: Task) -> Floats:
        hits, trials = share(sums, task)
        return label_ratio(2 * hits, trials + hits)

    return of_sums


_of_f1 = _share(RIGHT, PREDICTED, GOLD, less=RIGHT)
_of_strict_f1 = _share(STRICT_RIGHT, STRICT_PREDICTED, STRICT_GOLD, less=STRICT_RIGHT)
_of_boundary_f1 = _share(BOUNDS, PREDICTED, GOLD, less=BOUNDS)
_of_precision, _of_recall = _share(RIGHT, PREDICTED), _share(RIGHT, GOLD)
_of_types, _of_words = _share(RIGHT, BOUNDS), _share(HITS, WORDS)


# --- what is counted ---------------------------------------------------------------------------------------------------

Counts = Callable[[Columns], dict[str, int]]


def counts_of(metric: Metric, basis: Basis) -> Counts:
    """Gold, found and correct entities of a metric of this module over that basis."""
    gold, said, right = _COUNTED.get(metric.name, (GOLD, PREDICTED, RIGHT))
    names = (
        ("gold", "right boundaries", "right type") if metric.name == "type_accuracy" else ("gold", "found", "correct")
    )
    places = (gold, said, right)

    def of_columns(columns: Columns) -> dict[str, int]:
        sums = columns.sums(basis)
        return {name: int(sums[place]) for name, place in zip(names, places, strict=True)}

    return of_columns


_COUNTED = {
    "strict_entity_f1": (STRICT_GOLD, STRICT_PREDICTED, STRICT_RIGHT),
    "boundary_f1": (GOLD, PREDICTED, BOUNDS),
    "type_accuracy": (GOLD, BOUNDS, RIGHT),
}


def _entity(metric: Metric) -> Metric:
    """The metric, which counts entities."""
    return replace(metric, unit="entity", counts=counts_of(metric, entities))


def _words(columns: Columns) -> dict[str, int]:
    return {"words": int(columns.sums(entities)[WORDS])}


# --- what a reader must know ------------------------------------------------------------------------------------------


def flags_of(metric: Metric, basis: Basis) -> Flags:
    """Flags of a metric of this module over that basis."""
    return _FLAGS.get(metric.name, _flags)(basis)


def _flags(basis: Basis) -> Flags:
    return lambda columns: (*_absent(columns.sums(basis), PREDICTED, GOLD), *_uneven(columns))


def _strict_flags(basis: Basis) -> Flags:
    def flags(columns: Columns) -> tuple[str, ...]:
        sums = columns.sums(basis)
        if sums[STRICT_GOLD] and sums[PREDICTED] and not sums[STRICT_PREDICTED]:
            none = f"none of {int(sums[PREDICTED]):,} predicted entities is legal in its scheme (tags I- alone? ?scheme=IOB1)"
            return (none, *_uneven(columns))
        return (*_absent(sums, STRICT_PREDICTED, STRICT_GOLD), *_uneven(columns))

    return flags


def _type_flags(basis: Basis) -> Flags:
    def flags(columns: Columns) -> tuple[str, ...]:
        none = not columns.sums(basis)[BOUNDS]
        return (*(("undefined: no gold entity has its boundaries found",) if none else ()), *_uneven(columns))

    return flags


_FLAGS = {"strict_entity_f1": _strict_flags, "type_accuracy": _type_flags}


def _absent(sums: Floats, said: int, gold: int) -> tuple[str, ...]:
    if not sums[gold] and not sums[said]:
        return ("no entity in gold nor predictions: 0 by definition",)
    if not sums[gold]:
        return ("no entity in gold",)
    return () if sums[said] else ("no entity is predicted",)


def _uneven(columns: Columns) -> tuple[str, ...]:
    found = entity_matches(columns).uneven
    return (f"{found} sentences have too few or too many tags: filled up with O, or cut",) if found else ()


# --- the metrics ------------------------------------------------------------------------------------------------------

entity_f1 = _entity(
    Metric(
        name="entity_f1",
        title="Entity F1 (conlleval mode)",
        kinds=(Kind.TAG,),
        reference=f"{_LENIENT}: micro-F1 over typed spans; an I-X after O or another type opens one",
        basis=entities,
        compute=_f1(_of_f1),
        share=_of_f1,
        link=f1_of_share,
        flags=_flags(entities),
    )
)
entity_precision = _entity(
    Metric(
        name="entity_precision",
        title="Entity precision (conlleval mode)",
        kinds=(Kind.TAG,),
        reference=f"{_LENIENT}: share of predicted typed spans that are gold, 0 without predictions",
        basis=entities,
        compute=_zero(_of_precision),
        share=_of_precision,
        flags=_flags(entities),
    )
)
entity_recall = _entity(
    Metric(
        name="entity_recall",
        title="Entity recall (conlleval mode)",
        kinds=(Kind.TAG,),
        reference=f"{_LENIENT}: share of gold typed spans that are predicted, 0 without gold",
        basis=entities,
        compute=_zero(_of_recall),
        share=_of_recall,
        flags=_flags(entities),
    )
)
strict_entity_f1 = _entity(
    Metric(
        name="strict_entity_f1",
        version=2,
        title="Entity F1 (strict, by scheme)",
        kinds=(Kind.TAG,),
        reference="seqeval classification_report(mode='strict', scheme=...): spans that are illegal in the scheme their file is "
        "written in (IOB2, IOB1 or BIOES; IOB2 where nothing is said) do not count",
        basis=entities,
        compute=_f1(_of_strict_f1),
        share=_of_strict_f1,
        link=f1_of_share,
        flags=_strict_flags(entities),
    )
)
boundary_f1 = _entity(
    Metric(
        name="boundary_f1",
        title="Entity boundary F1 (types ignored)",
        kinds=(Kind.TAG,),
        reference=f"spans as {_LENIENT} find them, compared without their types",
        basis=entities,
        compute=_f1(_of_boundary_f1),
        share=_of_boundary_f1,
        link=f1_of_share,
        flags=_flags(entities),
    )
)
type_accuracy = _entity(
    Metric(
        name="type_accuracy",
        title="Type accuracy of entities found",
        kinds=(Kind.TAG,),
        reference="share of gold entities with the right type among those whose boundaries are predicted exactly",
        basis=entities,
        compute=_undefined(_of_types),
        share=_of_types,
        flags=_type_flags(entities),
    )
)
token_accuracy = Metric(
    name="token_accuracy",
    title="Token accuracy",
    kinds=(Kind.TAG,),
    reference="conlleval's accuracy: share of words with the gold tag, O included; not an entity score",
    basis=entities,
    compute=_undefined(_of_words),
    share=_of_words,
    unit="word",
    counts=_words,
    flags=_uneven,
)
