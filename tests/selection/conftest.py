"""Small stored runs of several models whose counts are known."""

import pytest

from benchwright.selection.select import select
from benchwright.store import Store
from benchwright.testing.patterns import LABELS, pattern_records, pattern_task
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, Kind


def card(name="t", *metrics, kind=Kind.CLASSIFY, **more):
    """A task with two labels; its score is its leading metric."""
    return pattern_task(name, *metrics, kind=kind, labels=LABELS[:2] if kind is Kind.CLASSIFY else None, **more)


class Bench:
    """A store and runs in it."""

    def __init__(self, root):
        self.root = root
        self.store = Store(root / "store")

    def write(self, name="run", *, task=None, sizes=None, how=None, **patterns):
        """A run with the one task ``s/t``: model -> pattern, or path -> pattern for several tasks."""
        by_model = {m: p if isinstance(p, dict) else {"s/t": p} for m, p in patterns.items()}
        paths = dict.fromkeys(path for found in by_model.values() for path in found)
        tasks = {path: task or card(path.partition("/")[2]) for path in paths}
        made = {
            m: {
                path: pattern_records(p, **(how or {})) if isinstance(p, str) and set(p) <= set("+-!") else p
                for path, p in found.items()
            }
            for m, found in by_model.items()
        }
        facts = {m: Facts(digest=m, kinds=(), size_bytes=(sizes or {}).get(m)) for m in by_model}
        return write_run(self.store, name, made, tasks, facts=facts)

    def select(self, runs="run", **options):
        """A selection from this store."""
        options.setdefault("resamples", 2000)
        return select(runs, store=self.store, **options)


@pytest.fixture
def bench(tmp_path):
    """A throw-away store."""
    return Bench(tmp_path)
