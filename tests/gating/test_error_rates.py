"""How often the whole gate is wrong: at the margin it passes, or fails, no more often than its level says.

Simulated on populations whose truth is known, clustered ones too; seeded, so that every run sees the same data.
"""

import numpy as np
import pytest

from benchwright.comparison.pairing import PairedRecords
from benchwright.gating.context import GateContext
from benchwright.gating.evaluate import evaluate
from benchwright.gating.improvement import Improvement
from benchwright.gating.power import plan
from benchwright.gating.rules import KINDS, Rules
from benchwright.gating.verdict import Verdict
from benchwright.metrics.columns import Columns
from benchwright.types import CellResult, ClassificationTask, Label, Record, Source

LABELS = ("no", "yes")


class Simulated(GateContext):
    """A context whose pairings are given."""

    def pairing(self, against, path):
        return self._memory[path]

    def card(self, path):
        return self._memory[path].task

    def paths(self, against=""):
        return tuple(self._memory)


def task(name, metric="accuracy"):
    return ClassificationTask(
        name=name,
        splits={"v": Source()},
        default_split="v",
        inputs={"text": ("text",)},
        target=("label",),
        labels=tuple(Label(name=label, id=at) for at, label in enumerate(LABELS)),
        positive="yes",
        metrics=(metric,),
    )


def paired(rng, n, delta, discordance, *, size=1, icc=0.0, metric="accuracy", name="t", resamples=1000, level=0.9):
    """A pairing whose true difference in accuracy is ``delta``; clusters of ``size`` items share their luck."""
    up = (discordance + delta) / 2
    luck = rng.random(n)
    if icc:
        shared = np.repeat(rng.random(n // size), size)
        follows = rng.random(n) < icc**0.5
        luck = np.where(follows, shared, luck)
    fixed, broken = luck < up, (luck >= up) & (luck < discordance)
    both = rng.random(n) < level
    first, second = (
        np.where(broken, True, np.where(fixed, False, both)),
        np.where(fixed, True, np.where(broken, False, both)),
    )
    gold = rng.integers(0, 2, n)
    clusters = [f"c{at // size}" for at in range(n)] if size > 1 else []
    card = task(name, metric)
    columns = tuple(
        Columns(
            card,
            [LABELS[g] for g in gold],
            [LABELS[g if right else 1 - g] for g, right in zip(gold, hits, strict=True)],
            None,
            clusters,
        )
        for hits in (first, second)
    )
    records = tuple(Record(id=str(at), target=None) for at in range(n))
    cell = CellResult(model="m", suite="s", task=name, split="v", status="scored", key="k")
    return PairedRecords(
        path=f"s/{name}",
        task=card,
        names=("a", "b"),
        cells=(cell, cell),
        records=(records, records),
        columns=columns,
        resamples=resamples,
    )


def judge(pairings, margin, kind="noninferiority"):
    """Verdicts of one rule for each pairing, Holm over all of them."""
    rules = Rules(
        source="", digest="", rules=tuple(KINDS[kind](id=p.path, tasks=(p.path,), margin=margin) for p in pairings)
    )
    context = Simulated(candidate=None, references={})
    context._memory.update({p.path: p for p in pairings})
    return [finding.verdict for finding in evaluate(rules, context)]


def at_most(rate, count, level=0.05, slack=3.0):
    """Whether a rate may come from a level, within Monte-Carlo error."""
    return rate <= level + slack * (level * (1 - level) / count) ** 0.5


def test_a_gate_of_many_rules_fails_falsely_no_more_than_its_level():
    """Eight independent tasks, each exactly at its margin: uncorrected 34 % of gates would fail."""
    rng, count, few = np.random.default_rng(1), 200, 80
    failed = raw = 0
    for number in range(count):
        pairings = [paired(rng, 400, -0.02, 0.08, name=f"t{at}") for at in range(8)]
        failed += Verdict.FAIL in judge(pairings, 0.02)
        raw += number < few and any(judge([one], 0.02) == [Verdict.FAIL] for one in pairings)
    assert at_most(failed / count, count), failed / count
    assert raw / few > 0.2, "without the correction"


def test_a_gate_passes_a_loss_at_the_margin_no_more_than_its_level():
    """One task at its margin, the others without any loss: the intersection of rules needs no correction."""
    rng, count = np.random.default_rng(2), 400
    passed = 0
    for _ in range(count):
        worst = paired(rng, 500, -0.02, 0.06, name="worst")
        better = paired(rng, 500, 0.06, 0.06, name="better")
        passed += set(judge([worst, better], 0.02)) == {Verdict.PASS}
    assert at_most(passed / count, count), passed / count
    assert passed / count > 0.02, "and it is no less sure than it says"


@pytest.mark.parametrize(("size", "icc"), [(5, 0.1), (15, 0.11)])
def test_clustered_items_keep_the_level(size, icc):
    """Items that share their luck within documents: passing and failing at the margin stay at the level."""
    rng, count, n = np.random.default_rng(size), 400, 900
    verdicts = [judge([paired(rng, n, -0.02, 0.1, size=size, icc=icc)], 0.02)[0] for _ in range(count)]
    assert at_most(verdicts.count(Verdict.PASS) / count, count)
    assert at_most(verdicts.count(Verdict.FAIL) / count, count)


def test_equivalence_at_its_margin_passes_no_more_than_its_level():
    """Two one-sided tests: size alpha, on either side."""
    rng, count = np.random.default_rng(4), 300
    for delta in (-0.03, 0.03):
        passed = sum(
            judge([paired(rng, 600, delta, 0.08)], 0.03, "equivalence") == [Verdict.PASS] for _ in range(count)
        )
        assert at_most(passed / count, count)


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 5])
def test_bootstrap_metrics_keep_the_level(size):
    """Macro-F1 at its margin (symmetric errors: its difference is that of accuracy)."""
    rng, count = np.random.default_rng(5), 300
    verdicts = [
        judge([paired(rng, 600, -0.03, 0.08, size=size, icc=0.1 if size > 1 else 0.0, metric="macro_f1")], 0.03)[0]
        for _ in range(count)
    ]
    assert at_most(verdicts.count(Verdict.PASS) / count, count, 0.06)
    assert at_most(verdicts.count(Verdict.FAIL) / count, count, 0.06)


@pytest.mark.parametrize(
    ("metric", "kind"), [("accuracy", "noninferiority"), ("accuracy", "equivalence"), ("mcc", "noninferiority")]
)
@pytest.mark.parametrize("margin", [0.015, 0.025])
def test_power_is_what_the_plan_says(metric, kind, margin):
    """Equal models pass as often as `gate --plan` promises from their disagreement."""
    rng, count, n = np.random.default_rng(6), 200, 872
    margin *= 2 if metric == "mcc" else 1
    passed, promised = 0, []
    for _ in range(count):
        pairing = paired(rng, n, 0.0, 0.05, metric=metric)
        passed += judge([pairing], margin, kind) == [Verdict.PASS]
        rules = Rules(source="", digest="", rules=(KINDS[kind](id="r", margin=margin, metric=metric),))
        context = Simulated(candidate=None, references={})
        context._memory["s/t"] = pairing
        promised.append(plan(rules, context)[0].power)
    share = float(np.mean(promised))
    assert abs(passed / count - share) < 3 * (share * (1 - share) / count) ** 0.5 + 0.01


def test_undefined_resamples_count_as_losses():
    """A bound over defined resamples alone would be too high by the share of the others."""
    from benchwright.stats.bootstrap_difference import BootstrapDifference

    draws = np.linspace(-0.02, 0.08, 970)
    whole = Improvement(
        difference=BootstrapDifference(value=0.03, draws=draws, units=10_000, width=1.0, resamples=970),
        sign=1,
        n=10_000,
    )
    holed = Improvement(
        difference=BootstrapDifference(value=0.03, draws=draws, units=10_000, width=1.0, resamples=1000),
        sign=1,
        n=10_000,
    )
    assert holed.low(0.05) < whole.low(0.05)
    assert holed.low(0.03) is None
    assert holed.p_above(-0.015) > whole.p_above(-0.015) + 0.02
