"""Robustness: what a model loses when the inputs of a task are perturbed, from the records of two cells.

The records of a task and those of a view of it (`benchwright.data.views`) are joined by the id of the item. For item i with variants
V_i, gold answer y and answers f:

==================  ==============================================================================================
clean               the task's score on the items as they are, each as often as it has variants
perturbed           the task's score on the variants, against the gold answer carried along
difference          perturbed - clean, paired: an item with its variants, and whatever shares its cluster, is one unit
self-consistency    mean over i of the share of v in V_i with f(v) = f(original); no gold answer is asked for
worst case          mean over i of 1[f(original) = y and f(v) = y for all v in V_i]; it falls as V_i grows
==================  ==============================================================================================

Unchanged variants are no variants: they were never made. Nothing here needs a model or reads a benchmark file.
"""

from __future__ import annotations

from benchwright.robustness.consistency import SAME_NUMBER, same_answer
from benchwright.robustness.join import ViewedItems, join
from benchwright.robustness.measure import estimate_loss, measure
from benchwright.robustness.of_run import score_views

__all__ = ["SAME_NUMBER", "ViewedItems", "estimate_loss", "join", "measure", "same_answer", "score_views"]
