"""What is kept of the mean over tasks between one ranking and the next: between which levels the p of every pair lies."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from benchwright_leaderboards.ranks.kept import has_shapes, known_pairs, read_kept, write_kept
from benchwright_leaderboards.ranks.mean import MeanOfTasks
from benchwright_leaderboards.ranks.task_tests import TaskEntrants


def recall_mean(folder: Path, mean: MeanOfTasks, tasks: Mapping[str, TaskEntrants]) -> MeanOfTasks:
    """The mean with what is kept of its pairs."""
    kept = read_kept(_file(folder))
    if kept is None:
        return mean
    pairs = len(kept.places) * (len(kept.places) - 1) // 2
    if not has_shapes(kept, above=(pairs,), most=(pairs,)):
        return mean
    there, numbers = known_pairs(kept, _digests(mean, tasks))
    above, most = np.zeros(mean.deltas.size), np.ones(mean.deltas.size)
    above[there], most[there] = kept.arrays["above"][numbers], kept.arrays["most"][numbers]
    return MeanOfTasks(ids=mean.ids, weights=mean.weights, tasks=mean.tasks, known=(above, most))


def keep_mean(folder: Path, mean: MeanOfTasks, tasks: Mapping[str, TaskEntrants]) -> None:
    """Keep what is known of the pairs of a mean."""
    above, most = mean.brackets
    write_kept(_file(folder), _digests(mean, tasks), {"above": above, "most": most})


def _file(folder: Path) -> Path:
    return folder / "mean.npz"


def _digests(mean: MeanOfTasks, tasks: Mapping[str, TaskEntrants]) -> list[str]:
    """Of each entry: its parts of all tasks, and the weights."""
    return [
        hashlib.sha256(
            msgspec.json.encode([(path, weight, tasks[path].digests[id_]) for path, weight in mean.weights.items()])
        ).hexdigest()
        for id_ in mean.ids
    ]
