"""Small stored runs whose counts are known."""

from types import SimpleNamespace

import numpy as np
import pytest

from benchwright.comparison.comparable_answers import pair
from benchwright.comparison.systems import read_systems
from benchwright.store import Store
from benchwright.testing.patterns import LABELS, pattern_records, pattern_task, records_of
from benchwright.testing.write_run import write_run


def drawn(n, rates, seed=0, **columns):
    """Records of several systems by name, right at the given rates, wrong answers at random."""
    rng = np.random.default_rng(seed)
    golds = [LABELS[code] for code in rng.integers(0, 3, n)]
    return {
        name: records_of(
            golds, [gold if rng.random() < rate else LABELS[rng.integers(0, 3)] for gold in golds], **columns
        )
        for name, rate in rates.items()
    }


class Bench:
    """A store with one run ``r`` of several models on one or several tasks."""

    def __init__(self, root):
        self.store = Store(root / "store")

    def write(self, by_model, task=None, run="r", **more):
        """A run from records by model, on one task ``s/t``."""
        return write_run(
            self.store,
            run,
            {m: {"s/t": found} for m, found in by_model.items()},
            {"s/t": task or pattern_task()},
            **more,
        )

    def many(self, by_model, tasks, run="r", **more):
        """A run from records by model and path."""
        return write_run(self.store, run, by_model, tasks, **more)

    def pair(self, by_model, task=None, **more):
        """The pairing of a run's models on its one task."""
        self.write(by_model, task)
        return pair(read_systems(self.store, ["r"]), "s/t", **more)


@pytest.fixture
def bench(tmp_path):
    """A throw-away store."""
    return Bench(tmp_path)


@pytest.fixture
def make():
    """The functions above."""
    return SimpleNamespace(card=pattern_task, records=records_of, answers=pattern_records, drawn=drawn, labels=LABELS)
