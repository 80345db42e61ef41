"""Areas under ROC curves between items of a group and others (Borkan et al. 2019, arXiv 1903.04561): values and what each item adds.

Each is the chance that the score of an item of the first sort lies above that of one of the second, ties half:

=============  ===========================  ===========================  ========================================================
metric         first sort                   second sort                  reads
=============  ===========================  ===========================  ========================================================
subgroup_auc   positives in the group       negatives in the group       are the two told apart inside of the group?
bpsn_auc       positives outside of it      negatives in it              low: the group is flagged too often
bnsp_auc       positives in it              negatives outside of it      low: the group is flagged too seldom
positive_aeg   positives in it              positives outside of it      less 0.5: above 0, scores of the group's positives are higher
negative_aeg   negatives in it              negatives outside of it      less 0.5: above 0, scores of the group's negatives are higher
=============  ===========================  ===========================  ========================================================

"Outside" are all items that are not in the group. The pinned AUC of an earlier paper is not offered: its authors withdrew it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import Floats

AREAS = ("subgroup_auc", "bpsn_auc", "bnsp_auc", "positive_aeg", "negative_aeg")
EQUALITY_GAPS = ("positive_aeg", "negative_aeg")
"""Average equality gaps: 0 is best, from -0.5 to 0.5."""

SORTS = {
    "subgroup_auc": ("positives in the group", "negatives in the group"),
    "bpsn_auc": ("positives outside of the group", "negatives in the group"),
    "bnsp_auc": ("positives in the group", "negatives outside of the group"),
    "positive_aeg": ("positives in the group", "positives outside of the group"),
    "negative_aeg": ("negatives in the group", "negatives outside of the group"),
}
"""The two sorts of items that are compared, in words."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Area:
    """An area.

    Attributes:
        value: In [0, 1], of equality gaps in [-0.5, 0.5]; None where one of the sorts has no item.
        influence: What each item adds to the value, first order, summing to 0 (n): DeLong's (1988) components.
        above: Items of the first sort.
        below: Items of the second sort.
        lacking: The sort without an item, in words; empty where there is none.
    """

    value: float | None
    influence: Floats
    above: int
    below: int
    lacking: str = ""


def area_of(metric: str, scores: Floats, gold: NDArray[np.bool_], inside: NDArray[np.bool_]) -> Area:
    """One of `AREAS` for a group.

    Args:
        metric: Which.
        scores: Score of the label (n).
        gold: Whether the label is the gold answer (n).
        inside: Whether the item is in the group (n).
    """
    first, second = {
        "subgroup_auc": (inside & gold, inside & ~gold),
        "bpsn_auc": (~inside & gold, inside & ~gold),
        "bnsp_auc": (inside & gold, ~inside & ~gold),
        "positive_aeg": (inside & gold, ~inside & gold),
        "negative_aeg": (inside & ~gold, ~inside & ~gold),
    }[metric]
    above, below = int(first.sum()), int(second.sum())
    if not above or not below:
        lacking = SORTS[metric][0 if not above else 1]
        return Area(value=None, influence=np.zeros(scores.size), above=above, below=below, lacking=lacking)
    value, influence = area(scores, first, second)
    return Area(value=value - 0.5 if metric in EQUALITY_GAPS else value, influence=influence, above=above, below=below)


def area(scores: Floats, first: NDArray[np.bool_], second: NDArray[np.bool_]) -> tuple[float, Floats]:
    """The chance that an item of the first sort scores above one of the second, ties half, and each item's influence (n)."""
    influence = np.zeros(scores.size)
    value = 0.0
    for sort, other, sign in ((first, second, 1.0), (second, first, -1.0)):
        others = np.sort(sign * scores[other])
        own = sign * scores[sort]
        wins = (np.searchsorted(others, own, side="left") + np.searchsorted(others, own, side="right")) / 2
        share = wins / others.size
        value = float(share.mean())
        influence[sort] = (share - share.mean()) / own.size
    return value, influence
