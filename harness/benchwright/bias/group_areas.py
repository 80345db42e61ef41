"""Areas under ROC curves in the groups of a slice: values, and bounds of their differences."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from benchwright.alarm import note
from benchwright.bias.areas import EQUALITY_GAPS, Area, area_of
from benchwright.bias.compared import Compared, rounded
from benchwright.bias.groups import Groups
from benchwright.bias.rates import RATES, is_gold, scores_of_label
from benchwright.errors import BenchwrightError
from benchwright.metrics.columns import Columns
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.group_bounds import InfluencedGroups
from benchwright.stats.intervals import t_quantile, wilson
from benchwright.types import GroupValue, Score


def compare_areas(columns: Columns, groups: Groups, metric: str, label: str) -> Compared:
    """One of `AREAS` in every group. Raises BenchwrightError where the model gives no score for the label."""
    scores = scores_of_label(columns, label)
    if scores is None:
        raise BenchwrightError(
            f"{metric} needs a score for each label, and the model gives none",
            expected="a model that gives probabilities",
            hint=f"metric={RATES[0]} needs answers alone",
        )
    gold = is_gold(columns, label)
    found = {name: area_of(metric, scores, gold, inside) for name, inside in groups.members.items()}
    values = [
        GroupValue(
            group=name,
            n=int(groups.members[name].sum()),
            used=one.above + one.below,
            score=_area_score(columns, one, metric, f"{groups.slice}={name}"),
        )
        for name, one in found.items()
    ]
    told = [
        note("group", f"{name} has no value of {metric}: no {one.lacking}")
        for name, one in found.items()
        if one.lacking
    ]
    known = {name: one for name, one in found.items() if one.value is not None}
    every = np.array([one.influence for one in known.values()]).reshape(len(known), columns.n)
    estimates = InfluencedGroups(
        known={name: one.value for name, one in known.items() if one.value is not None},
        influence=sum_by_cluster(every.T, columns.cluster_codes).T,
        sizes=np.array([float(_rarer(columns, one)) for one in known.values()]),
        total=float(np.any(list(groups.members.values()), axis=0).sum()),
    )
    return Compared(values=tuple(values), estimates=estimates, notes=tuple(told))


def _rarer(columns: Columns, one: Area) -> int:
    """What an area rests on: the items of its rarer sort, at most the independent units."""
    return min(one.above, one.below, columns.n_clusters)


def _area_score(columns: Columns, one: Area, metric: str, slice: str) -> Score:
    """Student's t around the logit of the value, as for `roc_auc`; at 0 and 1 Wilson's bound of unseen pairs."""
    blank = Score(metric=metric, value=one.value, n=one.above + one.below, slice=slice, method="none")
    if one.value is None:
        return blank
    shift = 0.5 if metric in EQUALITY_GAPS else 0.0
    at, rarer = one.value + shift, _rarer(columns, one)
    by_unit = sum_by_cluster(one.influence[:, None], columns.cluster_codes)[:, 0]
    units = int((by_unit != 0).sum())
    se = math.sqrt(float(by_unit @ by_unit) * units / (units - 1)) if units > 1 else 0.0
    if se <= 1e-12 or not 0 < at < 1:
        unseen = wilson(0, rarer)[1]
        low, high, method = max(at - unseen, 0.0), min(at + unseen, 1.0), "wilson-mixed"
    else:
        far = t_quantile(0.95, max(rarer - 1, 1)) * se / (at * (1 - at))
        middle = math.log(at / (1 - at))
        low, high = (1 / (1 + math.exp(-(middle + end))) for end in (-far, far))
        method = "infinitesimal-jackknife"
    return msgspec.structs.replace(
        blank, low=rounded(low - shift), high=rounded(high - shift), se=se, method=method, clusters=columns.n_clusters
    )
