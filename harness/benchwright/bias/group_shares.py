"""Shares in the groups of a slice: values, and bounds of their differences."""

from __future__ import annotations

import numpy as np

from benchwright.alarm import note
from benchwright.bias.compared import Compared, rounded
from benchwright.bias.groups import Groups
from benchwright.bias.rates import Terms
from benchwright.metrics.columns import Columns, Floats
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.gaps import GroupEstimates
from benchwright.stats.group_bounds import InfluencedGroups
from benchwright.stats.intervals import share_interval, share_of
from benchwright.stats.shares_of_groups import SharesOfGroups, worth_of
from benchwright.types import GroupValue, Score

_RARE = 10
"""Units with a hit, or with a miss, below which what a few units add says too little."""


def compare_shares(columns: Columns, groups: Groups, metric: str, terms: Terms, unit: str) -> Compared:
    """A share in every group: hits out of trials, in ``unit``s; Wilson's interval of each, clustered as the items are."""
    units = {name: _of_units(terms, inside, columns) for name, inside in groups.members.items()}
    shares = {name: share_of(*rows) for name, rows in units.items()}
    values, told = [], []
    for name, share in shares.items():
        n = int(groups.members[name].sum())
        interval = share_interval(share)
        if not share.trials:
            told.append(note("group", f"{name} has no {unit}: no value of {metric}"))
        elif interval.low is None:
            told.append(note("group", f"{name} is one cluster: no interval of {metric}, and it is in no gap"))
        score = Score(
            metric=metric,
            value=share.hits / share.trials if share.trials else None,
            low=rounded(interval.low),
            high=rounded(interval.high),
            n=round(share.trials),
            unit=unit,
            slice=f"{groups.slice}={name}",
            clusters=share.units,
            method=interval.method,
            se=interval.se,
        )
        values.append(GroupValue(group=name, n=n, used=round(share.trials), score=score))
    together = {name: worth_of(*units[name]) for name, share in shares.items() if share.together}
    apart = SharesOfGroups(shares, together)
    estimates: GroupEstimates = apart if groups.are_apart else _shares_together(columns, groups, terms, apart)
    return Compared(values=tuple(values), estimates=estimates, notes=tuple(told))


def _of_units(terms: Terms, inside: np.ndarray, columns: Columns) -> tuple[Floats, Floats]:
    """Hits and trials of the independent units of a group (U)."""
    codes = columns.cluster_codes
    rows = np.stack([terms.hits[inside], terms.trials[inside]], axis=1)
    if codes is not None:
        rows = sum_by_cluster(rows, np.unique(codes[inside], return_inverse=True)[1].reshape(-1))
    return rows[:, 0], rows[:, 1]


def _shares_together(columns: Columns, groups: Groups, terms: Terms, apart: SharesOfGroups) -> InfluencedGroups:
    """Shares of groups that have items or clusters in common: what each unit adds, hits less the share of its trials."""
    rows, rare, sizes = [], set(), []
    for name, value in zip(apart.names, apart.values.tolist(), strict=True):
        inside = groups.members[name]
        rows.append((terms.hits - value * terms.trials) * inside / float(terms.trials[inside].sum()))
        by_unit = sum_by_cluster(
            np.stack([terms.hits * inside, (terms.trials - terms.hits) * inside], axis=1), columns.cluster_codes
        )
        if (by_unit > 0).sum(axis=0).min() < _RARE:
            rare.add(name)
        sizes.append(float(apart.shares[name].units))
    every = np.array(rows).reshape(len(rows), columns.n)
    return InfluencedGroups(
        known=dict(zip(apart.names, apart.values.tolist(), strict=True)),
        influence=sum_by_cluster(every.T, columns.cluster_codes).T,
        sizes=np.array(sizes),
        total=float(np.any(list(groups.members.values()), axis=0).sum()),
        shares=apart,
        rare=frozenset(rare),
    )
