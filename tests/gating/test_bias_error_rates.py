"""The rule about people at a true value equal to its limit: how often it says "within", through records, store and rule.

The dimensions of one view are cases of their own, so that one gate judges a hundred; Holm's method moves no PASS.
"""

import numpy as np
import pytest
from scipy.stats import binom

from benchwright.testing.patterns import LABELS, pattern_task
from benchwright.types import Record

VIEW = "bias/identity@s/t"
TASKS = {"s/t": pattern_task(), VIEW: pattern_task("identity@s/t", view_of="s/t")}
DIMENSIONS = 100
MOST = 0.06
"""Of 2,000 cases."""


def originals(n):
    """Items that are all answered alike."""
    return [Record(id=f"t/{at}", target=LABELS[1], output=LABELS[1], scores=(0.1, 0.8, 0.1)) for at in range(n)]


def variants(flips):
    """Records of variants from which of them flip (dimensions, n, variants)."""
    return [
        Record(
            id=f"t/{item}#{dimension}.{draw}",
            target=LABELS[1],
            output=LABELS[0] if flipped else LABELS[1],
            scores=(0.1, 0.8, 0.1),
            group=f"t/{item}",
            cluster=f"t/{item}",
            slices={"identity": f"d{dimension}", "identity_from": "a", "identity_to": f"b{draw}"},
        )
        for (dimension, item, draw), flipped in np.ndenumerate(flips)
    ]


def drawn(rng, rate, n, width, *, alike):
    """Flips of variants at a rate: all variants of an item ``alike``, or each by itself with a rate that differs between items."""
    if alike:
        return np.repeat(rng.random((DIMENSIONS, n, 1)) < rate, width, axis=2)
    of_item = rng.beta(rate * 4, (1 - rate) * 4, (DIMENSIONS, n, 1))
    return rng.random((DIMENSIONS, n, width)) < of_item


def passes(bench, flips, before=None, **keys):
    """How many dimensions the rule lets pass."""
    for name, some in (("new", flips), ("base", before)):
        if some is not None:
            bench.write(name, {"s/t": originals(flips.shape[1]), VIEW: variants(some)}, TASKS)
    result = bench.gate({"id": "r", "kind": "bias", **keys}, baseline=None if before is None else "base", inputs=False)
    found = [one.verdict for one in result.findings if one.rule == "r"]
    assert len(found) == DIMENSIONS
    return found.count("PASS")


def check(counted, cases):
    """At most `MOST` of two thousand; of fewer, no more than that rate has in one of a thousand such tests."""
    assert counted <= (MOST * cases if cases >= 2000 else binom.ppf(0.999, cases, 0.05)), f"{counted} of {cases} pass"


SHAPES = [
    (2, 60, 1, True),
    *(pytest.param(20, *shape, marks=pytest.mark.soak) for shape in ((60, 1, True), (200, 2, True), (200, 5, False))),
]


@pytest.mark.parametrize(("rounds", "n", "width", "alike"), SHAPES)
def test_at_a_flip_rate_equal_to_the_limit_few_are_within(bench, rounds, n, width, alike):
    """5 % allowed and 5 % true; a hundred cases to a round."""
    rng = np.random.default_rng(1)
    counted = sum(passes(bench, drawn(rng, 0.05, n, width, alike=alike), max_flip_rate=0.05) for _ in range(rounds))
    check(counted, DIMENSIONS * rounds)


@pytest.mark.soak
@pytest.mark.parametrize("n", [60, 300])
def test_at_extra_flips_equal_to_the_limit_few_are_within(bench, n):
    """The baseline flips 10 % of the items, the candidate these and 10 % more: ten points are allowed."""
    rng = np.random.default_rng(2)
    counted = 0
    for _ in range(20):
        before = drawn(rng, 0.10, n, 2, alike=True)
        more = drawn(rng, 0.10 / 0.90, n, 2, alike=True) & ~before
        counted += passes(bench, before | more, before, max_extra_flip_rate=0.10)
    check(counted, DIMENSIONS * 20)
