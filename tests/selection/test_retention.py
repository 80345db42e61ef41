"""The share that is kept of a parent's quality."""

import numpy as np
import pytest

from benchwright.comparison.comparable_answers import pair
from benchwright.comparison.estimate import estimate_retained_fraction, value_bounds
from benchwright.comparison.systems import read_systems
from benchwright.stats.intervals import wilson
from benchwright.stats.retention import RetentionData, retained_fraction

from .conftest import card


def pairing(bench, before, now, **more):
    """Parent (system 0) and child (system 1)."""
    bench.write(p=before, q=now, **more)
    return pair(read_systems(bench.store, ["run"]), "s/t", resamples=4000)


def signs(n, wrong, start=0):
    """A pattern with ``wrong`` mistakes in a row from ``start``."""
    return "".join("-" if start <= at < start + wrong else "+" for at in range(n))


def test_is_the_quantile_of_ratios(bench):
    """With many items that differ the ends are quantiles of the ratio of shared draws."""
    found = pairing(bench, signs(500, 50), signs(500, 60, 100))
    first, second = found.draws("accuracy")

    kept = estimate_retained_fraction(found, "accuracy")

    assert kept.value == pytest.approx(440 / 450)
    low, high = np.quantile(second / first, (0.025, 0.975))
    assert kept.low == pytest.approx(low, abs=0.002)
    assert kept.high == pytest.approx(high, abs=0.002)


def test_p_meets_the_ends(bench):
    """The one-sided p at the lower end is half of alpha; far below it nothing is left."""
    kept = estimate_retained_fraction(pairing(bench, signs(500, 50), signs(500, 60, 100)), "accuracy")

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
        shared = RetentionData(
            parent=one.mean(),
            candidate=other.mean(),
            parent_draws=weights @ one / n,
            candidate_draws=weights @ other / n,
            units=n,
            width=1.0,
        )
        kept = retained_fraction(shared)
        hits += kept.low <= 0.85 / 0.9 <= kept.high

    assert hits / tries == pytest.approx(0.95, abs=0.055)


def test_identical_answers_leave_room(bench):
    """Equal answers keep all, with what the items not seen may hide."""
    kept = estimate_retained_fraction(pairing(bench, signs(200, 20), signs(200, 20)), "accuracy")

    assert kept.value == 1
    assert 0.95 < kept.low < 1 < kept.high < 1.05
    assert "identical answers" in kept.flags


def test_nothing_to_keep(bench):
    """A parent that is not clearly above 0 has no share."""
    kept = estimate_retained_fraction(pairing(bench, signs(40, 39), signs(40, 20)), "accuracy")

    assert (kept.value, kept.low, kept.p(0.5)) == (None, None, None)
    assert "not clearly above 0" in kept.flags[0]


def test_one_item_has_no_interval(bench):
    """One unit gives a share without ends."""
    kept = estimate_retained_fraction(pairing(bench, "+", "+"), "accuracy")

    assert (kept.value, kept.low, kept.high) == (1, None, None)


def test_a_value_that_never_varies_keeps_its_own_interval(bench):
    """A candidate without one right answer keeps 0 %, with the interval its score has over the parent's value."""
    kept = estimate_retained_fraction(pairing(bench, signs(300, 60), signs(300, 300)), "accuracy")

    high = wilson(0, 300)[1]
    assert (kept.value, kept.low) == (0, 0)
    assert kept.high == pytest.approx(high / 0.8, rel=0.05)
    assert any("its own value never varies" in flag for flag in kept.flags)
    assert kept.p(high / 0.8, "less") == pytest.approx(0.025, abs=0.006)


def test_a_candidate_that_answers_one_label_keeps_none_exactly(bench):
    """An MCC of 0 that no resample changes is not known to be 0: its interval is the score's."""
    task = card("t", "mcc")
    bench.write(task=task, p=signs(200, 30), q="-+" * 100)
    found = pair(read_systems(bench.store, ["run"]), "s/t", resamples=4000)
    low, high = value_bounds(found, range(1, 2), "mcc")(0.025)

    kept = estimate_retained_fraction(found, "mcc")

    assert low < 0 < high
    assert kept.value == 0
    assert kept.low == pytest.approx(low / kept.data.parent, rel=0.1)
    assert kept.high == pytest.approx(high / kept.data.parent, rel=0.1)


def test_a_perfect_parent_is_not_known_to_be_perfect(bench):
    """A parent without a error_at counts with the mistakes that could not be seen."""
    kept = estimate_retained_fraction(pairing(bench, signs(100, 0), signs(100, 50)), "accuracy")

    below, above = np.quantile(kept.data.candidate_draws, (0.025, 0.975))
    assert kept.low <= below + 0.01
    assert kept.high > above + 0.001


def test_other_mistakes_on_the_same_items_are_no_proof(bench):
    """Many answers that differ without ever changing the metric leave an interval with a width."""
    rng = np.random.default_rng(3)
    right = rng.random((500, 300)).round() @ np.ones(300) / 300
    shared = RetentionData(
        parent=0.5, candidate=0.5, parent_draws=right, candidate_draws=right, units=300, width=1.0, changed=40
    )

    kept = retained_fraction(shared)

    assert kept.low < 0.99 < 1.01 < kept.high


def test_tasks_of_a_mean_count_by_their_weight():
    """Four tasks of which one answer differs: bounds of the mean combine those of the tasks in squares."""
    rng = np.random.default_rng(5)
    draws = 0.8 + rng.normal(0, 0.02, (4, 4000))
    parts = tuple(
        RetentionData(
            parent=0.8,
            candidate=0.8,
            parent_draws=one,
            candidate_draws=one,
            units=400,
            width=1.0,
            changed=0,
            name=str(at),
        )
        for at, one in enumerate(draws)
    )
    mean = draws.mean(axis=0)
    one = retained_fraction(parts[0])
    whole = RetentionData(
        parent=0.8,
        candidate=0.8,
        parent_draws=mean,
        candidate_draws=mean,
        units=400,
        width=1.0,
        parts=tuple((0.25, p) for p in parts),
    )

    kept = retained_fraction(whole)

    assert kept.value - kept.low == pytest.approx((one.value - one.low) / 2, rel=0.05)
    assert kept.high - kept.value == pytest.approx((one.high - one.value) / 2, rel=0.05)
    assert kept.flags[0].startswith("0, 1, 2, 3: ")


def test_a_mean_covers_what_rare_differences_hide():
    """Of samples of three tasks where one item in 300 is lost, at least 95 % of the intervals hold the truth."""
    rng = np.random.default_rng(7)
    hits, tries, n, lost = 0, 60, 200, 1 / 300
    for _ in range(tries):
        parts = []
        for _ in range(3):
            one = (rng.random(n) < 0.8).astype(float)
            other = one * (rng.random(n) >= lost)
            weights = rng.multinomial(n, np.full(n, 1 / n), size=400) / n
            parts.append(
                RetentionData(
                    parent=one.mean(),
                    candidate=other.mean(),
                    parent_draws=weights @ one,
                    candidate_draws=weights @ other,
                    units=n,
                    width=1.0,
                    changed=int((one != other).sum()),
                )
            )
        values = {
            name: np.mean([getattr(p, name) for p in parts], axis=0)
            for name in ("parent", "candidate", "parent_draws", "candidate_draws")
        }
        kept = retained_fraction(RetentionData(**values, units=n, width=1.0, parts=tuple((1 / 3, p) for p in parts)))
        hits += kept.low <= 1 - lost <= kept.high

    assert hits / tries >= 0.93
