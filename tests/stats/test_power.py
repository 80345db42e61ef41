"""Power, margins and needed items: published table, exact enumeration, simulation, clusters, edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError
from benchwright.stats.paired import tango_bound
from benchwright.stats.power import (
    design_effect,
    inflation,
    items_needed,
    least_margin,
    power_noninferiority,
    smallest_margin,
)

DEV_SETS = {
    277: (1.49, 2.11, 3.34, 4.72),
    408: (1.23, 1.74, 2.75, 3.89),
    872: (0.84, 1.19, 1.88, 2.66),
    1043: (0.77, 1.09, 1.72, 2.43),
    3250: (0.44, 0.62, 0.98, 1.38),
    5463: (0.34, 0.48, 0.75, 1.06),
    9815: (0.25, 0.35, 0.56, 0.79),
    40430: (0.12, 0.17, 0.28, 0.39),
}


def trinomial(n, discordance, delta):
    """Chances (n+1, n+1) of every (b, c)."""
    from scipy.stats import multinomial

    b, c = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    counts = np.stack([b, c, n - b - c], axis=-1)
    inside = counts[..., 2] >= 0
    shares = [(discordance + delta) / 2, (discordance - delta) / 2, 1 - discordance]
    chances = np.zeros(b.shape)
    chances[inside] = multinomial.pmf(counts[inside], n, shares)
    return chances


@pytest.mark.parametrize("n", sorted(DEV_SETS))
def test_margins_of_known_dev_sets(n):
    """Smallest margins with 80 % power when 1, 2, 5 and 10 % of the items are disagreed on, in points."""
    found = [100 * smallest_margin(n, share) for share in (0.01, 0.02, 0.05, 0.10)]

    assert found == pytest.approx(DEV_SETS[n], abs=0.0051)


@pytest.mark.parametrize(
    ("n", "discordance", "margin", "delta", "alpha"),
    [(40, 0.2, 0.1, 0.0, 0.05), (40, 0.2, 0.1, -0.1, 0.05), (25, 0.5, 0.2, 0.3, 0.1), (30, 0.0, 0.1, 0.0, 0.05)],
)
def test_power_is_the_sum_over_all_outcomes(n, discordance, margin, delta, alpha):
    """Power equals the chance of every (b, c) whose public bound decides: nothing is approximated."""
    chances = trinomial(n, discordance, delta)
    pairs = [(b, c) for b in range(n + 1) for c in range(n + 1 - b)]
    passed = sum(chances[b, c] for b, c in pairs if tango_bound(b, c, n, alpha, "lower") > -margin)

    assert power_noninferiority(n, discordance, margin, delta, alpha) == pytest.approx(passed, abs=1e-9)


@pytest.mark.parametrize(("n", "discordance"), [(872, 0.08), (3250, 0.02), (277, 0.1)])
def test_power_matches_simulation(n, discordance):
    """Drawn samples pass as often as the exact power says, at the margin, when equal, and when better."""
    rng = np.random.default_rng(n)
    margin = smallest_margin(n, discordance)
    for delta in (-margin, 0.0, discordance / 10):
        shares = [(discordance + delta) / 2, (discordance - delta) / 2, 1 - discordance]
        samples = rng.multinomial(n, shares, 1500)
        rate = np.mean([tango_bound(int(b), int(c), n, 0.05, "lower") > -margin for b, c, _ in samples])
        expected = power_noninferiority(n, discordance, margin, delta)
        assert rate == pytest.approx(expected, abs=4 * (expected * (1 - expected) / 1500) ** 0.5 + 1e-9)


@settings(max_examples=100, deadline=None)
@given(st.floats(0.01, 0.3), st.floats(0.005, 0.1), st.floats(-0.3, 0.5))
def test_items_needed_reach_the_power(discordance, margin, tilt):
    """The planned number of items has the planned power, exactly computed, and not much more; the margin fits back."""
    delta = margin * tilt
    if abs(delta) > discordance / 2:
        delta = 0.0
    n = items_needed(discordance, margin, delta)

    assert power_noninferiority(n, discordance, margin, delta) >= 0.8
    assert n >= 7 * (discordance - delta**2) / (margin + delta) ** 2 * 0.88
    if n * discordance > 50:
        assert power_noninferiority(n, discordance, margin, delta) < 0.86
    if delta == 0:
        assert smallest_margin(n, discordance) <= margin + 1e-9


def test_agreement_everywhere_needs_items_too():
    """Models without a single disagreement pass a margin of one point from 268 items on, never on 267."""
    assert items_needed(0.0, 0.01) == 268
    assert power_noninferiority(268, 0.0, 0.01) == 1.0
    assert power_noninferiority(267, 0.0, 0.01) == 0.0
    assert least_margin(267) > 0.01 > least_margin(268)
    assert smallest_margin(50, 0.0) == least_margin(50)


def test_what_no_number_of_items_can_do():
    """A truth at or beyond the margin has no sample size, and one item no power."""
    assert items_needed(0.1, 0.01, -0.01) is None
    assert items_needed(0.1, 0.0) is None
    assert power_noninferiority(1, 0.5, 0.01) == 0.0


def test_clusters_need_more_items():
    """The design effect multiplies needed items and divides effective ones."""
    assert inflation(0.04, 15) == pytest.approx(1.56)
    assert inflation(-0.1, 15) == 1.0
    assert items_needed(0.08, 0.01, icc=0.04, cluster_size=15) == pytest.approx(1.56 * items_needed(0.08, 0.01), abs=2)
    assert smallest_margin(1560, 0.08, icc=0.04, cluster_size=15) == pytest.approx(smallest_margin(1000, 0.08))
    assert power_noninferiority(1560, 0.08, 0.02, icc=0.04, cluster_size=15) == power_noninferiority(1000, 0.08, 0.02)


def test_the_design_effect_is_found():
    """Analysis of variance finds the correlation items were drawn with, also with clusters of unequal size."""
    rng = np.random.default_rng(0)
    sizes = rng.integers(2, 30, 900)
    clusters = np.repeat(np.arange(900), sizes)
    values = rng.normal(size=900)[clusters] * 0.04**0.5 + rng.normal(size=len(clusters)) * 0.96**0.5
    found = design_effect(values, clusters)
    seen = (sizes**2).sum() / sizes.sum()

    assert found.icc == pytest.approx(0.04, abs=0.012)
    assert found.cluster_size == pytest.approx(seen)
    assert found.effect == pytest.approx(1 + (seen - 1) * found.icc)


def test_the_correlation_equals_anova():
    """For equal clusters it is (MSB - MSW) / (MSB + (m - 1) MSW), with scipy's F = MSB / MSW."""
    from scipy.stats import f_oneway

    groups = np.random.default_rng(3).normal(size=(8, 5)) + np.arange(8)[:, None] / 4
    F = f_oneway(*groups).statistic

    assert design_effect(groups.ravel(), np.repeat(np.arange(8), 5)).icc == pytest.approx((F - 1) / (F + 4))


def test_design_effects_that_cannot_be_seen():
    """One cluster or constant values: the largest effect, flagged; single items: none."""
    assert design_effect([1.0, 2.0], ["a", "b"]).effect == 1.0
    for found in (design_effect([1.0, 2.0, 3.0], ["a"] * 3), design_effect(np.zeros(6), [0, 0, 0, 1, 1, 1])):
        assert (found.effect, found.icc) == (3.0, None)
        assert "cannot be seen" in found.flags[0]


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: smallest_margin(0, 0.1), "n"),
        (lambda: smallest_margin(10, float("nan")), "discordance"),
        (lambda: smallest_margin(10, 0.1, power=1.0), "power"),
        (lambda: smallest_margin(10, 0.1, alpha=0.5), "alpha"),
        (lambda: items_needed(0.1, 0.01, 0.2), "delta"),
        (lambda: power_noninferiority(10, 0.1, -0.1), "margin"),
        (lambda: inflation(0.1, 0.5), "cluster_size"),
        (lambda: inflation(1.1, 5), "icc"),
        (lambda: design_effect([], []), "values"),
        (lambda: design_effect([float("nan")], ["a"]), "values"),
    ],
)
def test_refusals_name_the_argument(call, name):
    """Arguments out of range are refused by name."""
    with pytest.raises(BenchwrightError, match=rf"\b{name}\b"):
        call()
