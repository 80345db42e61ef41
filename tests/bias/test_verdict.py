"""Verdicts by interval, and how many items would tell."""

import numpy as np
import pytest

from benchwright.bias import items_that_tell, join_swaps, judge_again, measure_swaps, verdict_on
from benchwright.render.identity import reasons_of
from benchwright.stats.mean_shares import mean_share

TOLD = {"model": "m", "base": "toys/toy", "split": "validation"}


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.0, 0.05, "within"),
        (0.01, 0.0501, "cannot tell"),
        (0.05, 0.2, "cannot tell"),
        (0.0501, 0.2, "exceeds"),
        (None, None, "cannot tell"),
    ],
)
def test_the_whole_interval_decides(low, high, verdict):
    """The upper end may be the limit, the lower end may not."""
    assert verdict_on(low, high, 0.05) == verdict


def test_below_fifty_items_nothing_is_told():
    """Whatever the interval."""
    assert verdict_on(0.5, 0.9, 0.05, items=49) == "cannot tell"
    assert verdict_on(0.5, 0.9, 0.05, items=50) == "exceeds"


def test_the_items_that_tell_are_the_fewest_that_do():
    """Of no flip at all z^2 / (n + z^2) is at most 5 % from 76 items on, with Student's t."""
    none = mean_share(np.zeros(60))
    enough = items_that_tell(none, 0.05)

    assert enough == 76
    assert none.with_items(76).interval().high <= 0.05 < none.with_items(75).interval().high
    assert items_that_tell(mean_share(np.array([1.0] + [0.0] * 19)), 0.05) is None


@pytest.fixture
def swaps(two_labels, item, variant):
    """Items with a variant of each of some groups, of which a number flips by group."""

    def make(number, flips, *, in_all=None):
        clean = [item(n, 0.9) for n in range(number)]
        view = [
            variant(n, draw, f"own>{group}", 0.1 if n < flipped else 0.9)
            for n in range(number)
            for draw, (group, flipped) in enumerate(flips.items())
        ]
        counts = {"items": in_all or number, "holding": number}
        return measure_swaps(join_swaps(two_labels, clean, view, "religion"), counts=counts, **TOLD)

    return make


def test_needed_items_are_counted_in_the_whole_task_at_the_share_that_holds_a_term(swaps):
    """60 of 600 hold a term: 76 of these are 760 of all."""
    found = swaps(60, {"b": 0}, in_all=600)

    assert (found.verdict, found.needed) == ("cannot tell", 760)
    assert swaps(80, {"b": 0}, in_all=800).needed is None


def test_one_group_above_the_limit_is_not_hidden_by_many_that_are_not(swaps):
    """20 of 100 items flip with b put in, none with the others: the mean over ten groups is 2 %, and the dimension exceeds 5 %."""
    others = {f"c{n}": 0 for n in range(9)}
    found = swaps(100, {"b": 20} | others)

    assert found.flip_rate.value == pytest.approx(0.02)
    assert found.flip_rate.high < 0.05
    assert (found.verdict, found.exceeding) == ("exceeds", ("b",))


def test_another_limit_gives_another_verdict_on_the_same_numbers(swaps):
    """As a gate asks for."""
    found = swaps(200, {"b": 12})
    assert found.verdict == "cannot tell"

    assert judge_again(found, 0.2).verdict == "within"
    assert judge_again(found, 0.01).verdict == "exceeds"
    assert judge_again(found, 0.2).flip_rate == found.flip_rate
    assert judge_again(judge_again(found, 0.2), found.limit) == found


def test_of_one_cluster_no_number_of_items_is_told(two_labels, item, variant):
    """How much clusters differ is not seen: what more of them would tell is anybody's guess."""
    clean = [item(n, 0.9, cluster="one") for n in range(60)]
    view = [variant(n, 0, "a>b", 0.1 if n < 2 else 0.9) for n in range(60)]
    found = measure_swaps(join_swaps(two_labels, clean, view, "religion"), **TOLD)

    assert (found.units, found.verdict, found.needed) == (1, "cannot tell", None)
    assert reasons_of(found) == ("all of them are one cluster",)
