"""Small stored runs whose counts are known, and a gate over them."""

from types import SimpleNamespace

import pytest

from benchwright.gate_run import gate
from benchwright.store import Store
from benchwright.testing.patterns import pattern_records, pattern_task
from benchwright.testing.write_run import write_run
from benchwright.types import Facts


def paired(n, fixed, broken, wrong=0):
    """Patterns of baseline and candidate: ``fixed`` right only in the candidate, ``broken`` only in the baseline."""
    rest = n - fixed - broken - wrong
    return "-" * fixed + "+" * broken + "-" * wrong + "+" * rest, "+" * fixed + "-" * broken + "-" * wrong + "+" * rest


class Bench:
    """A store, a baseline and a candidate on it."""

    def __init__(self, root):
        self.root = root
        self.store = Store(root / "store")

    def write(self, name, by_path, tasks=None, **more):
        """A run of one model ``m`` with the digest of its name."""
        tasks = tasks or {path: pattern_task(path.partition("/")[2]) for path in by_path}
        facts = more.pop("facts", None) or {"m": Facts(digest=more.pop("digest", name), kinds=(), size_bytes=1000)}
        return write_run(self.store, name, {"m": by_path}, tasks, facts=facts, **more)

    def pair(self, base, candidate, task=None, **kwargs):
        """Baseline ``base`` and candidate ``new`` of one task ``s/t`` from two patterns."""
        task = task or pattern_task()
        self.write("base", {"s/t": pattern_records(base, **kwargs)}, {"s/t": task})
        self.write("new", {"s/t": pattern_records(candidate, **kwargs)}, {"s/t": task})

    def gate(self, *rules, run="new", baseline="base", waivers=(), top=None, **options):
        """The result of a gate with these rules."""
        document = {"rule": list(rules), "waiver": list(waivers), **(top or {})}
        options.setdefault("resamples", 2000)
        return gate(document, run, baseline=baseline, store=self.store, lock=self.root / "baselines.lock", **options)

    def judge(self, kind, **keys):
        """The finding of one rule on ``s/t`` and the whole result; the coverage rule aside."""
        strict = keys.pop("strict", False)
        result = self.gate({"id": "r", "kind": kind, **keys}, strict=strict)
        return next(finding for finding in result.findings if finding.rule == "r"), result


@pytest.fixture
def bench(tmp_path):
    """A throw-away store."""
    return Bench(tmp_path)


@pytest.fixture
def make():
    """The functions above, for tests: card, answers, paired."""

    return SimpleNamespace(card=pattern_task, answers=pattern_records, paired=paired)
