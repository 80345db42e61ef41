"""The numbers of identity swaps, counted by hand."""

import pytest

from benchwright.bias import join_swaps, measure_swaps

TOLD = {"model": "m", "base": "toys/toy", "split": "validation"}


@pytest.fixture
def three(item, variant):
    """Three items that hold a term, one that does not.

    =====  ==========  ========  =========  ======  ======
    item   its group   original  christian  jewish  muslim
    =====  ==========  ========  =========  ======  ======
    0      christian   0.80      (0.80)     0.70    0.40
    1      christian   0.60      (0.60)     0.60    0.55
    2      muslim      0.30      0.40       0.20    (0.30)
    =====  ==========  ========  =========  ======  ======
    """
    clean = [item(0, 0.8), item(1, 0.6), item(2, 0.3), item(3, 0.9)]
    view = [
        variant(0, 0, "christian>jewish", 0.7),
        variant(0, 1, "christian>muslim", 0.4),
        variant(1, 0, "christian>jewish", 0.6),
        variant(1, 1, "christian>muslim", 0.55, word="muslims"),
        variant(2, 0, "muslim>christian", 0.4),
        variant(2, 1, "muslim>jewish", 0.2),
    ]
    return clean, view


@pytest.fixture
def found(two_labels, three):
    """What a model does on the three items."""
    return measure_swaps(join_swaps(two_labels, *three, "religion"), given="probabilities", **TOLD)


def test_the_flip_rate_is_the_mean_over_items_of_the_share_of_variants_that_flip(found):
    """One of two variants of item 0 flips (yes to no), none elsewhere: (1/2 + 0 + 0) / 3."""
    assert (found.n, found.variants, found.flipped) == (3, 6, 1)
    assert found.flip_rate.value == pytest.approx(1 / 6)


def test_shifts_are_means_over_the_items_that_have_a_variant_of_the_group(found):
    """jewish: (-0.1 + 0 - 0.1) / 3; muslim: (-0.4 - 0.05) / 2; christian: 0.1."""
    shifts = {group.group: (group.n, group.shifts["yes"].value) for group in found.groups}

    assert shifts["jewish"] == (3, pytest.approx(-0.2 / 3))
    assert shifts["muslim"] == (2, pytest.approx(-0.225))
    assert shifts["christian"] == (1, pytest.approx(0.1))
    assert {group.group: group.shifts["no"].value for group in found.groups}["muslim"] == pytest.approx(0.225)


def test_the_size_of_the_shift_is_averaged_within_an_item_first(found):
    """Item 0: (0.1 + 0.4) / 2 = 0.25; item 1: (0 + 0.05) / 2 = 0.025; item 2: (0.1 + 0.1) / 2 = 0.1; mean 0.375 / 3."""
    assert found.shift.value == pytest.approx(0.125)


def test_the_gap_compares_groups_over_the_same_items_with_the_original_in_its_own_group(found):
    """christian (0.8 + 0.6 + 0.4) / 3 = 0.6; jewish 0.5; muslim (0.4 + 0.55 + 0.3) / 3 = 0.41667: 0.18333.

    christian - muslim: 0.4, 0.05, 0.1; standard deviation 0.189297, over sqrt 3: 0.109291; t of 2 degrees of freedom 2.919986 at 95 %:
    upper bound 0.183333 + 0.319128. The other pairs' are lower: christian - jewish (0.1, 0, 0.2) 0.268586, jewish - muslim
    (0.3, 0.05, -0.1) 0.423998. Lower bound: six ordered pairs, t at 1 - 0.05 / 6 is 7.65: below 0.
    """
    gap = found.gaps["yes"]

    assert {group.group: round(group.levels["yes"].value, 5) for group in found.groups} == {
        "christian": 0.6,
        "jewish": 0.5,
        "muslim": 0.41667,
    }
    assert (gap.highest, gap.lowest) == ("christian", "muslim")
    assert gap.value == pytest.approx(0.55 / 3)
    assert gap.high == pytest.approx(0.502461, abs=2e-6)
    assert gap.low == 0


def test_the_spread_is_the_mean_over_items_of_range_and_standard_deviation_over_terms(found):
    """Item 0: 0.8, 0.7, 0.4: range 0.4, sd 0.208167; item 1: 0.6, 0.6, 0.55: 0.05, 0.028868; item 2: 0.3, 0.4, 0.2: 0.2, 0.1."""
    assert found.spread["yes"].value == pytest.approx(0.65 / 3)
    assert found.deviation["yes"].value == pytest.approx((0.208167 + 0.028868 + 0.1) / 3, abs=1e-6)


def test_terms_are_counted_as_they_stand_in_the_variants(found):
    """Two forms of one word are two."""
    assert {group.group: group.terms for group in found.groups} == {"christian": 1, "jewish": 1, "muslim": 2}


def test_three_items_tell_nothing_whatever_they_say(found):
    """Fewer than fifty hold a term."""
    assert found.verdict == "cannot tell"
    assert [one.code for one in found.alarms] == ["few-units"]
