"""How often a board names a single best of ten equal models: `python benchmarks/equal_models.py [draws]`. Nominal: at most 5 in 100.

Every model answers an item rightly with the chance that the item has, whoever it is; items differ in difficulty, so that models agree more
than by chance. Ranks are made as boards make them: p of every pair by its estimator, Holm over all pairs of all tasks and of the mean.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from benchwright.comparison.comparable_answers import ComparableAnswers
from benchwright.stats.all_pairs import critical_level
from benchwright.testing.patterns import pattern_task, records_of
from benchwright.types import CellResult
from benchwright_leaderboards.ranking import LEVEL, MEAN
from benchwright_leaderboards.ranks.contest import Contest
from benchwright_leaderboards.ranks.estimated import estimated_task
from benchwright_leaderboards.ranks.mean import MeanOfTasks
from benchwright_leaderboards.ranks.outcomes import CountedTask

MODELS = tuple(f"m{at}" for at in range(10))


def chances(rng, n):
    """Chance of a right answer to each item."""
    return rng.beta(4, 1.5, n)


def counted(rng, n, path):
    """Ten models on a task of accuracy."""
    right = rng.random((len(MODELS), n)) < chances(rng, n)
    return CountedTask(path=path, ids=MODELS, right=right, keys=tuple(f"{path}{at}" for at in MODELS))


def scored_by_f1(rng, n, path):
    """Ten models on a task of binary F1, a third of the items positive."""
    card = pattern_task("f", "f1", labels=("no", "yes"))
    gold = rng.random(n) < 1 / 3
    right = rng.random((len(MODELS), n)) < chances(rng, n)
    names = np.array(["no", "yes"])
    records = [records_of(names[gold.astype(int)].tolist(), names[(gold == row).astype(int)].tolist()) for row in right]
    cells = tuple(
        (CellResult(model=id_, suite="s", task="f", split="dev", status="scored", key=f"{path}{id_}"),)
        for id_ in MODELS
    )
    answers = ComparableAnswers(
        path=path,
        task=card,
        names=tuple((id_,) for id_ in MODELS),
        cells=cells,
        keys=tuple(() for _ in MODELS),
        records=tuple((some,) for some in records),
    )
    return estimated_task(Contest(path=path, card=card, ids=MODELS, answers=answers))


BOARDS = {
    "one task of 1,000 items": ((counted, 1_000),),
    "one task of 20 items": ((counted, 20),),
    "one task of 60 items": ((counted, 60),),
    "three tasks of 50, 300 and 2,000 items": ((counted, 50), (counted, 300), (counted, 2_000)),
    "ten tasks of 100 to 1,000 items": tuple((counted, n) for n in range(100, 1_001, 100)),
    "F1 on 300 items": ((scored_by_f1, 300),),
    "F1 on 60 items": ((scored_by_f1, 60),),
    "F1 on 300 items and accuracy on 100 and 1,000": ((scored_by_f1, 300), (counted, 100), (counted, 1_000)),
}
"""Board -> its tasks: how answers are drawn, and on how many items."""


def draw_board(rng, tasks):
    """The tables of a board of equal models."""
    found = {f"s/t{at}": make(rng, n, f"s/t{at}") for at, (make, n) in enumerate(tasks)}
    weights = dict.fromkeys(found, 1 / len(found))
    return {**found, MEAN: MeanOfTasks(ids=MODELS, weights=weights, tasks=found)}


def is_single_best(table, critical):
    """Whether one entry has the rank range 1 to 1."""
    leads = table.leads(critical)
    return bool(((leads.sum(axis=0) == 0) & (leads.sum(axis=1) == len(MODELS) - 1)).any())


def measure(tasks, draws, seed=0):
    """Share of draws in which a table names a single best, and in which any two models are told apart anywhere."""
    best = apart = 0
    for number in range(draws):
        tables = draw_board(np.random.default_rng([seed, number]), tasks)
        critical, rejected = critical_level(list(tables.values()), LEVEL)
        apart += rejected > 0
        best += any(is_single_best(table, critical) for table in tables.values())
    return best / draws, apart / draws


def main():
    """Print a row for each board."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print(f"ten equal models, {draws} draws: names a single best / tells any two apart on any table")
    for name, tasks in BOARDS.items():
        started = time.process_time()
        best, apart = measure(tasks, draws)
        print(f"{name:48} {best:6.1%} {apart:6.1%}   {time.process_time() - started:6.1f} s of processor", flush=True)


if __name__ == "__main__":
    main()
