"""Bias on a user's own task: what a model does when the words for one group of people stand instead of those for another.

The records of a task and those of its identity view (`benchwright.identity`) are joined by the id of the item. For item i with the
variants V_i of one dimension, answers f and scores p:

==============  ==================================================================================================
flip rate       mean over i of the share of v in V_i with f(v) != f(original); no gold answer is asked for
shift           mean over i of p(v) - p(original), for each label and group; its size by `IdentityScore.shift`
gap             largest minus smallest mean of p over groups, each item in every group (as it is in its own)
spread          mean over i of the range of p over the terms at the same places: those of V_i and the original's
==============  ==================================================================================================

An item with its variants, and whatever shares its cluster, is one unit. A model that says the same to everything never flips; an alarm
says so. A swap may change what the right answer is (a text about a church is no longer about one): a flip is a reason to look.

Beside the swaps stand gaps between groups of people that are columns of the data: `gaps` (any metric), `rates` (demographic parity,
equal opportunity, equalised odds), `areas` (Subgroup, BPSN and BNSP AUC).
"""

from __future__ import annotations

from benchwright.bias.flips import FlippedItem, flipped_items
from benchwright.bias.gaps import measure_gap, measure_ratio
from benchwright.bias.gaps_of_run import gaps_of_cell, score_gaps
from benchwright.bias.identity import measure_swaps
from benchwright.bias.join import SwappedItems, dimensions_of, join_swaps
from benchwright.bias.of_run import score_identity
from benchwright.bias.verdict import items_that_tell, judge_again, verdict_on

__all__ = [
    "FlippedItem",
    "SwappedItems",
    "dimensions_of",
    "flipped_items",
    "gaps_of_cell",
    "items_that_tell",
    "join_swaps",
    "judge_again",
    "measure_gap",
    "measure_ratio",
    "measure_swaps",
    "score_gaps",
    "score_identity",
    "verdict_on",
]
