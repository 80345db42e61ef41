"""Pairs as they are told: difference, interval, p and adjusted p; all of a small board, of a big one those that pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np

from benchwright.comparison.difference import CONFIDENCE
from benchwright.comparison.pairwise import adjusted
from benchwright.comparison.result import Pair
from benchwright.stats.all_pairs import pair_number, pair_positions
from benchwright_leaderboards.ranks.estimated import TAIL, EstimatedTask
from benchwright_leaderboards.ranks.mean import MeanOfTasks
from benchwright_leaderboards.ranks.outcomes import CountedTask, Floats, Places

Table = CountedTask | EstimatedTask | MeanOfTasks

LEVEL = 1 - CONFIDENCE
FULL = 2_000
"""Boards of at most so many tests tell every pair."""
_INVERTED = 400
"""So many p of means with a bootstrapped part are computed exactly, at a tenth of a second each."""


def all_pairs_told(tables: Mapping[str, Table]) -> dict[str, tuple[Pair, ...]]:
    """Every pair by table, with p adjusted (Holm) over all of them."""
    groups = {name: _told(name, table, np.arange(table.deltas.size), exact=True) for name, table in tables.items()}
    return dict(zip(groups, adjusted(list(groups.values())), strict=True))


def some_pairs_told(
    tables: Mapping[str, Table],
    values: Mapping[str, Floats],
    baselines: Sequence[str],
    rows: Sequence[str] = (),
    *,
    critical: float,
    family: int,
) -> dict[str, tuple[Pair, ...]]:
    """By table, the pairs of each entry with the first baseline that stands there, with the next one by score there, and with the next of
    ``rows``: the overview's order, whose neighbours stand on the page of a model with all tasks.

    The p of a mean is known to about three digits; where a score of it is bootstrapped and more than `_INVERTED` pairs are shown, to a third or so.

    The adjusted p is Holm's or a little above where a pair is told apart (p times all tests, at most the level); where it is not, it is p
    times those that are not told apart, which is Holm's or a little below. Decisions are the same.
    """
    found = {}
    for name, table in tables.items():
        told = _told(name, table, _shown(table, values[name], baselines, rows), exact=False)
        found[name] = tuple(_with_adjusted(pair, critical=critical, family=family) for pair in told)
    return found


def _with_adjusted(pair: Pair, *, critical: float, family: int) -> Pair:
    if pair.p is None:
        return pair
    is_real = pair.p <= critical
    p = min(pair.p * family, LEVEL) if is_real else min(pair.p * LEVEL / critical, 1.0)
    return msgspec.structs.replace(pair, p_adjusted=p)


def _shown(table: Table, values: Floats, baselines: Sequence[str], rows: Sequence[str]) -> Places:
    """Numbers of the pairs that pages show."""
    known = np.flatnonzero(np.isfinite(values))
    by_score = known[np.argsort(-values[known], kind="stable")].tolist()
    places = {id_: at for at, id_ in enumerate(table.ids)}
    by_rows = [(places[id_], places[after]) for id_, after in pairwise(rows) if id_ in places and after in places]
    base = next((places[one] for one in baselines if one in places), None)
    with_base = [] if base is None else [(base, at) for at in range(len(table.ids))]
    pairs = (*pairwise(by_score), *by_rows, *with_base)
    wanted = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    if not wanted:
        return np.empty(0, dtype=np.intp)
    one, other = (np.array(side, dtype=np.intp) for side in zip(*sorted(wanted), strict=True))
    return pair_number(one, other, len(table.ids))


def _told(name: str, table: Table, pairs: Places, *, exact: bool) -> tuple[Pair, ...]:
    positions = pair_positions(len(table.ids))
    one, other = (side[pairs].tolist() for side in positions)
    p, low, high = _p(table, pairs, exact=exact), *_ends(table, pairs)
    return tuple(
        Pair(
            metric="score" if name else "mean",
            first=table.ids[one[at]],
            second=table.ids[other[at]],
            delta=_known(table.deltas[number]),
            p=_known(p[at]),
            low=_known(low[at]),
            high=_known(high[at]),
        )
        for at, number in enumerate(pairs.tolist())
    )


def _p(table: Table, pairs: Places, *, exact: bool) -> Floats:
    if isinstance(table, MeanOfTasks):
        if not exact and (table.is_counted or pairs.size > _INVERTED):
            return table.p_about(pairs)
        found = [table.p(number) for number in pairs.tolist()]
        return np.array([np.nan if one is None else one for one in found])
    return table.p[pairs]


def _ends(table: Table, pairs: Places) -> tuple[Floats, Floats]:
    """Ends of the intervals, which are not adjusted."""
    if isinstance(table, EstimatedTask):
        return table.ends(pairs)
    ways = np.ones(pairs.size, dtype=np.int64)
    delta = table.deltas[pairs]
    return delta - table.reaches(pairs, ways, TAIL)[1], delta + table.reaches(pairs, -ways, TAIL)[1]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
