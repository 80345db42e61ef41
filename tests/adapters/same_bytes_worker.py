"""A worker at a store: ``python same_bytes_worker.py STORE FILE ME OTHERS MODEL...`` computes models on a CSV of texts.

Each cell is begun together with ``OTHERS`` (names of workers, with commas; may be empty), so that its shards are shared; how many rows of
each model this one computed is printed as JSON.
"""

import json
import sys
import time
from pathlib import Path

from benchwright import registry
from benchwright.config import parse_models
from benchwright.execution.outcome import NoProgress
from benchwright.jobs import execute
from benchwright.plan import make_plan
from benchwright.store import Store
from benchwright.types import RunSpec

PATIENCE = 120.0


class Together(NoProgress):
    """Begins no cell before the others are at it too."""

    def __init__(self, folder, me, others):
        self.folder, self.me, self.others = folder, me, others

    def start(self, cell, total, done):
        del total, done
        model, ends = cell.place[0], time.monotonic() + PATIENCE
        (self.folder / f"{model}.{self.me}").touch()
        while not all((self.folder / f"{model}.{name}").exists() for name in self.others):
            assert time.monotonic() < ends, f"{self.others} did not come to {model}"
            time.sleep(0.002)


def work(folder, file, models, *, shard, me="alone", others=()):
    """Rows of each model that were computed here; ``folder`` holds the store."""
    spec = RunSpec(
        models=tuple(parse_models(models, registry.names("adapters"))),
        suites=(f"classification/custom?path={file}&labels=bad,good",),
        offline=True,
    )
    store = Store(Path(folder) / "store")
    outcomes = list(execute(make_plan(spec, store), store, shard=shard, progress=Together(Path(folder), me, others)))
    assert not [outcome.reason for outcome in outcomes if outcome.reason]
    return {outcome.place[0]: outcome.fresh for outcome in outcomes}


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    place, rows, name, rest, *references = sys.argv[1:]
    others = [one for one in rest.split(",") if one]
    print(json.dumps(work(place, rows, references, shard=9, me=name, others=others)))
