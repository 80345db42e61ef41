"""The share that is kept of a parent's quality."""

import numpy as np
import pytest

from benchwright.comparison.pairing import pair
from benchwright.comparison.ratio import Shared, ratio, ratio_of
from benchwright.comparison.sides import read_sides


def pairing(bench, before, now, **more):
    """Parent (system 0) and child (system 1)."""
    bench.write(p=before, q=now, **more)
    return pair(read_sides(bench.store, ["run"]), "s/t", resamples=4000)


def signs(n, wrong, start=0):
    """A pattern with ``wrong`` mistakes in a row from ``start``."""
    return "".join("-" if start <= at < start + wrong else "+" for at in range(n))


def test_is_the_quantile_of_ratios(bench):
    """With many items that differ the ends are quantiles of the ratio of shared draws."""
    found = pairing(bench, signs(500, 50), signs(500, 60, 100))
    first, second = found.draws("accuracy")

    kept = ratio(found, "accuracy")

    assert kept.value == pytest.approx(440 / 450)
    low, high = np.quantile(second / first, (0.025, 0.975))
    assert kept.low == pytest.approx(low, abs=0.002)
    assert kept.high == pytest.approx(high, abs=0.002)


def test_p_meets_the_ends(bench):
    """The one-sided p at the lower end is half of alpha; far below it nothing is left."""
    kept = ratio(pairing(bench, signs(500, 50), signs(500, 60, 100)), "accuracy")

    assert kept.p(kept.low) == pytest.approx(0.025, abs=0.006)
    assert kept.p(0.5) < 0.001
    assert kept.p(1.1) > 0.99


def test_covers(bench):
    """Of samples from a known ratio about 95 % of the intervals hold it."""
    rng = np.random.default_rng(1)
    hits, tries, n = 0, 120, 300
    for _ in range(tries):
        both = rng.random(n)
        one, other = (both < 0.9).astype(float), ((both < 0.82) | (both > 0.97)).astype(float)
        weights = rng.multinomial(n, np.full(n, 1 / n), size=600)
        shared = Shared(
            before=one.mean(), now=other.mean(), first=weights @ one / n, second=weights @ other / n, units=n, width=1.0
        )
        kept = ratio_of(shared)
        hits += kept.low <= 0.85 / 0.9 <= kept.high

    assert hits / tries == pytest.approx(0.95, abs=0.055)


def test_identical_answers_leave_room(bench):
    """Equal answers keep all, with what the items not seen may hide."""
    kept = ratio(pairing(bench, signs(200, 20), signs(200, 20)), "accuracy")

    assert kept.value == 1
    assert 0.95 < kept.low < 1 < kept.high < 1.05
    assert "identical answers" in kept.flags


def test_nothing_to_keep(bench):
    """A parent that is not clearly above 0 has no share."""
    kept = ratio(pairing(bench, signs(40, 39), signs(40, 20)), "accuracy")

    assert (kept.value, kept.low, kept.p(0.5)) == (None, None, None)
    assert "not clearly above 0" in kept.flags[0]


def test_one_item_has_no_interval(bench):
    """One unit gives a share without ends."""
    kept = ratio(pairing(bench, "+", "+"), "accuracy")

    assert (kept.value, kept.low, kept.high) == (1, None, None)
