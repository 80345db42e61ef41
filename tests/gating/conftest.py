"""Small stored runs whose counts are known, and a gate over them."""

from types import SimpleNamespace

import pytest

from benchwright.gating.gate import gate
from benchwright.store import Store
from benchwright.testing.fixtures import build_task
from benchwright.testing.write_run import write_run
from benchwright.types import Cluster, Facts, Kind, Record

LABELS = ("no", "yes", "maybe")


def card(name="t", *metrics, kind=Kind.CLASSIFY, cluster=None, **more):
    """A task with three labels; its score is its leading metric."""
    return build_task(
        name=name,
        kind=kind,
        labels=LABELS if kind is Kind.CLASSIFY else (),
        positive="yes" if kind is Kind.CLASSIFY else None,
        metrics=metrics or ("accuracy",),
        cluster=Cluster(by="column", columns=(cluster,)) if cluster else None,
        **more,
    )


def answers(pattern, *, cluster=None, slices=None, task="t"):
    """Records from ``+`` (right), ``-`` (wrong), ``~`` (wrong in another way), ``!`` (no answer); gold alternates."""
    found = []
    for at, sign in enumerate(pattern):
        gold = LABELS[at % 2]
        output = {"+": gold, "-": LABELS[1 - at % 2], "~": "maybe", "!": None}[sign]
        found.append(
            Record(
                id=f"{task}/{at}",
                target=gold,
                output=output,
                error="broken" if sign == "!" else None,
                cluster=cluster(at) if cluster else None,
                slices=slices(at) if slices else {},
            )
        )
    return found


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
        tasks = tasks or {path: card(path.partition("/")[2]) for path in by_path}
        facts = more.pop("facts", None) or {"m": Facts(digest=more.pop("digest", name), kinds=(), size_bytes=1000)}
        return write_run(self.store, name, {"m": by_path}, tasks, facts=facts, **more)

    def pair(self, base, candidate, task=None, **kwargs):
        """Baseline ``base`` and candidate ``new`` of one task ``s/t`` from two patterns."""
        task = task or card()
        self.write("base", {"s/t": answers(base, **kwargs)}, {"s/t": task})
        self.write("new", {"s/t": answers(candidate, **kwargs)}, {"s/t": task})

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

    return SimpleNamespace(card=card, answers=answers, paired=paired)
