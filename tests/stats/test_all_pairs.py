"""All pairs at once: the numbers are those of one pair at a time."""

import numpy as np
import pytest

from benchwright.stats import all_pairs
from benchwright.stats.difference import two_sided
from benchwright.stats.multiplicity import holm
from benchwright.stats.paired import DiscordantCounts, tango_bound


@pytest.mark.parametrize(("models", "items"), [(2, 1), (3, 5), (9, 40), (12, 5000)])
def test_counts_p_and_bounds_of_all_pairs_are_those_of_each_pair(models, items):
    rng = np.random.default_rng(models)
    right = rng.random((models, items)) < rng.random((models, 1))
    right[-1] = right[0]
    b, c = all_pairs.discordant_counts(right)
    p = all_pairs.equality_p(b, c)
    for at, (one, other) in enumerate(zip(*all_pairs.pair_positions(models), strict=True)):
        assert (b[at], c[at]) == ((right[other] & ~right[one]).sum(), (right[one] & ~right[other]).sum())
        pair = DiscordantCounts(b=float(b[at]), c=float(c[at]), n=float(items))
        assert p[at] == pytest.approx(two_sided(pair), rel=1e-11, abs=0)  # in the far tail the last digits of z count
    for alpha in (0.025, 1e-4, 1e-9):
        reach = all_pairs.lower_reach(b, c, items, alpha)
        for at in range(0, len(b), 7):
            low = tango_bound(float(b[at]), float(c[at]), items, alpha, "lower")
            assert reach[at] == pytest.approx((b[at] - c[at]) / items - low, abs=1e-12)
        assert all_pairs.lower_reaches(b, c, items, np.full(len(b), alpha)) == pytest.approx(reach, abs=2e-9)


class Known:
    """A group whose every p is known."""

    def __init__(self, p):
        self.p, self.tests = p, len(p)

    def rejected(self, level):
        return int((self.p <= level).sum())


def test_holms_decisions_from_counts_are_those_from_adjusted_p():
    rng = np.random.default_rng(0)
    for repeat in range(300):
        sizes = rng.integers(0, 40, 3)
        groups = [rng.random(size) ** rng.integers(1, 30) for size in sizes]
        if repeat % 3 == 0:
            groups = [np.round(group, 3) for group in groups]
        every = np.concatenate(groups)
        critical, rejected = all_pairs.critical_level([Known(group) for group in groups], 0.05)
        wanted = holm(every) <= 0.05
        assert rejected == wanted.sum()
        assert ((every <= critical) == wanted).all()
