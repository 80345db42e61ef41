"""What is loudly wrong with a set of answers: permuted labels, worse than chance, always the same answer."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from benchwright.alarm import alarm
from benchwright.metrics.classification import hits
from benchwright.metrics.columns import Codes, Columns, Floats
from benchwright.metrics.entity_counts import GOLD, SAID, compared, entities
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.intervals import share_interval, share_of
from benchwright.tags import types_of
from benchwright.types import Alarm, Kind, Task

_MOST_LABELS = 6
_CLEARLY = 0.10
_SIGMAS = 3.0
_SHOWN = 5


def alarms(columns: Columns, task: Task) -> tuple[Alarm, ...]:
    """Alarms for the result and the report; none of them stops a run or changes a number."""
    found: list[tuple[str, str]] = []
    if task.kind is Kind.CLASSIFY and not task.multilabel and columns.n:
        found = [
            ("permuted", _permuted(columns, task)),
            ("below-chance", _below_chance(columns, len(task.labels))),
            ("constant", _constant(columns)),
        ]
    elif task.kind is Kind.TAG and columns.n:
        found = [
            ("unknown-types", _unknown_types(columns)),
            ("constant", _no_entity(columns)),
            ("permuted", _types_permuted(columns)),
        ]
    elif task.kind is Kind.SPAN and columns.n:
        found = [("constant", _constant(columns))]
    elif task.kind is Kind.CHOOSE and columns.n:
        options = 0 if columns.scores is None or task.by_text else columns.scores.shape[1]
        found = [("below-chance", _below_chance(columns, options)), ("constant", _constant(columns))]
    elif task.kind is Kind.REGRESS and columns.n:
        found = [("constant", _constant(columns))]
    return tuple(alarm(code, text) for code, text in found if text)


def _permuted(columns: Columns, task: Task) -> str:
    """Whether renaming the answers one to one gives a clearly better accuracy (10 points and 3 standard errors).

    Constant answers never count: renaming them says nothing about how labels are ordered.
    """
    size = len(task.labels)
    if not 2 <= size <= _MOST_LABELS or _is_constant(columns.outputs):
        return ""
    gold, predicted = columns.gold, columns.predicted
    table = np.bincount(predicted * size + gold, minlength=size * size).reshape(size, size)
    best = max(permutations(range(size)), key=lambda names: table[range(size), names].sum())
    renamed = np.asarray(best, dtype=np.intp)[predicted] == gold
    given = predicted == gold
    gain = renamed.astype(np.float64) - given
    if gain.mean() <= _CLEARLY or _paired_z(gain, columns.cluster_codes) <= _SIGMAS:
        return ""
    return (
        f"labels look permuted: as given accuracy {given.mean() * 100:.1f} %, "
        f"with {_renaming(best, task)} {renamed.mean() * 100:.1f} %"
    )


def _paired_z(gain: Floats, clusters: Codes | None) -> float:
    """Sum of differences over its standard error if there were no difference (McNemar's, by cluster)."""
    by_unit = sum_by_cluster(gain[:, None], clusters)
    spread = float(np.sqrt((by_unit**2).sum()))
    return float(by_unit.sum()) / spread if spread else 0.0


def _renaming(names: tuple[int, ...], task: Task) -> str:
    return _renamed({task.label_names[label]: task.label_names[other] for label, other in enumerate(names)})


def _renamed(names: dict[str, str]) -> str:
    """What is called otherwise: swaps as ``a<->b``, once, the rest as ``a->b``."""
    parts = []
    for name, other in names.items():
        if names.get(other) != name:
            parts.append(f"{name}->{other}")
        elif name != other and f"{other}<->{name}" not in parts:
            parts.append(f"{name}<->{other}")
    return ", ".join(parts)


def _below_chance(columns: Columns, options: int) -> str:
    """Whether the whole interval of accuracy lies below one in ``options``."""
    if options < 2:
        return ""
    rows = columns.unit_rows(hits)
    share = share_of(rows.values[:, 0], rows.values[:, 1], rows.counts)
    high = share_interval(share).high
    if high is None or high >= 1 / options:
        return ""
    return f"below chance: accuracy {share.hits / share.trials * 100:.1f} %, guessing gives {100 / options:.1f} %"


def _no_entity(columns: Columns) -> str:
    sums = columns.sums(entities)
    return "" if sums[SAID] or not sums[GOLD] else "no entity is predicted: every word is O"


def _unknown_types(columns: Columns) -> str:
    """Which types are predicted that the task does not have, and how many entities of them."""
    found = compared(columns)
    known = set(types_of(columns.task.label_names))
    counts = np.bincount(found.said.kind, minlength=len(found.kinds))
    strange = {kind: int(counts[at]) for kind, at in found.kinds.items() if kind not in known and counts[at]}
    if not strange or not known:
        return ""
    shown = ", ".join(f"{kind} ({count:,})" for kind, count in list(strange.items())[:_SHOWN])
    more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
    all_ = "all" if counts.sum() == sum(strange.values()) else f"{sum(strange.values()):,} of {counts.sum():,}"
    return f"types that the task does not have: {shown}{more}; {all_} predicted entities are of them and count as wrong"


def _types_permuted(columns: Columns) -> str:
    """Whether entities are found where they are but with each other's types (10 points and 3 standard errors)."""
    found = compared(columns)
    size, matched = len(found.kinds), found.bounds >= 0
    gold, said = found.bounds[matched], found.said.kind[matched]
    names = _paired_off(np.bincount(said * size + gold, minlength=size * size).reshape(size, size))
    given, renamed = said == gold, names[said] == gold
    gain = renamed.astype(np.float64) - given
    sentence = found.sentence[found.said.start[matched]]
    units = sentence if columns.cluster_codes is None else columns.cluster_codes[sentence]
    if not gain.size or gain.mean() <= _CLEARLY or _paired_z(gain, units) <= _SIGMAS:
        return ""
    kinds = list(found.kinds)
    return (
        f"labels look permuted: of {gain.size} entities with the right boundaries {given.mean() * 100:.1f} % have the "
        f"right type, with {_renamed({kinds[kind]: kinds[names[kind]] for kind in np.unique(said)})} "
        f"{renamed.mean() * 100:.1f} %"
    )


def _paired_off(table: NDArray[np.intp]) -> Codes:
    """A gold number for each predicted number of a table (predicted, gold), one to one, the largest count first."""
    left, names = table.copy(), np.arange(len(table))
    for _ in names:
        said, gold = np.unravel_index(int(left.argmax()), left.shape)
        names[said] = gold
        left[said, :], left[:, gold] = -1, -1
    return names


def _constant(columns: Columns) -> str:
    if not _is_constant(columns.outputs) or _is_constant(columns.targets):
        return ""
    if columns.task.kind is Kind.SPAN and columns.outputs[0] == "":
        return "every answer is empty"
    return f"every prediction is {columns.outputs[0]!r}"


def _is_constant(values: list[object]) -> bool:
    return all(value == values[0] for value in values)
