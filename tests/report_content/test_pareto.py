"""Pareto fronts of values with intervals: certain, possible and impossible dominance, and what a budget allows."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.report_content.pareto import best_within_budget, budget_steps, front_places, spread_of, told_apart


def exact(value):
    return spread_of(value, None, None, is_exact=True)


def around(value, half):
    return spread_of(value, value - half, value + half)


def by_intervals(spreads):
    """What disjoint intervals of the quality say."""
    return lambda one, other: told_apart(spreads[one], spreads[other])


def stand(quality, costs):
    return front_places({at: one.value for at, one in quality.items()}, costs, by_intervals(quality))


def test_a_slower_and_worse_model_is_dominated():
    """Both intervals lie apart: nothing is left to chance."""
    found = stand({0: around(0.9, 0.01), 1: around(0.8, 0.01)}, {0: around(5, 1), 1: around(9, 1)})

    assert found[1].by == (0,)
    assert not found[1].on_front
    assert (found[0].on_front, found[0].by, found[0].maybe_by) == (True, (), ())


def test_a_faster_model_that_is_certainly_worse_is_on_the_front():
    found = stand({0: around(0.9, 0.01), 1: around(0.8, 0.01)}, {0: around(9, 1), 1: around(5, 1)})

    assert all(one.on_front and not one.by and not one.maybe_by for one in found.values())


def test_overlapping_scores_leave_the_slower_one_undecided():
    """The slower one may be better, and may be dominated: both are said, by the values it is no member of the front."""
    found = stand({0: around(0.90, 0.02), 1: around(0.89, 0.02)}, {0: around(5, 1), 1: around(9, 1)})

    assert found[1].maybe_by == (0,)
    assert not found[1].by
    assert not found[1].on_front


def test_a_member_of_the_front_by_its_value_may_still_be_dominated():
    """It is the better one by its value alone."""
    found = stand({0: around(0.90, 0.02), 1: around(0.91, 0.02)}, {0: around(5, 1), 1: around(9, 1)})

    assert found[1].on_front
    assert found[1].maybe_by == (0,)


def test_a_time_without_an_interval_decides_nothing():
    found = stand({0: around(0.9, 0.01), 1: around(0.8, 0.01)}, {0: spread_of(5, None, None), 1: around(9, 1)})

    assert found[1].maybe_by == (0,)
    assert not found[1].by


def test_equal_sizes_leave_it_to_the_score():
    """A size is read and not estimated: who is better at equal size dominates."""
    found = stand({0: around(0.9, 0.01), 1: around(0.8, 0.01)}, {0: exact(100), 1: exact(100)})

    assert found[1].by == (0,)
    assert not found[0].by
    assert not found[0].maybe_by


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(1, 6), st.integers(0, 3)), min_size=1, max_size=6
    )
)
def test_certain_means_whatever_the_true_values_are(models):
    """Against every corner of the intervals: dominated for certain is dominated in all, and undecided in some but not all."""
    quality = {at: around(one[0], one[1] / 2 + 0.1) for at, one in enumerate(models)}
    costs = {at: around(one[2], one[3] / 2 + 0.1) for at, one in enumerate(models)}
    found = stand(quality, costs)
    for at, mine in found.items():
        for other in set(found) - {at}:
            corners = [
                q_other >= q and c_other <= c
                for q_other in (quality[other].low, quality[other].high)
                for q in (quality[at].low, quality[at].high)
                for c_other in (costs[other].low, costs[other].high)
                for c in (costs[at].low, costs[at].high)
            ]
            assert (other in mine.by) <= all(corners)
            assert (other in mine.maybe_by) == (any(corners) and other not in mine.by)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6)), min_size=1, max_size=8))
def test_the_front_of_values_is_never_empty_and_nobody_on_it_is_dominated(models):
    found = stand(
        {at: exact(q) for at, (q, _) in enumerate(models)}, {at: exact(c) for at, (_, c) in enumerate(models)}
    )

    assert any(one.on_front for one in found.values())
    for at, one in found.items():
        dominated = any(q >= models[at][0] and c <= models[at][1] and (q, c) != models[at] for q, c in models)
        assert one.on_front == (not dominated) == (not one.by)
        assert not one.maybe_by


def test_budgets_go_from_none_that_fits_to_all_of_them():
    """1, 2, 5 and their tens; a model whose interval holds the budget may fit."""
    costs = {0: spread_of(0.018, 0.017, 0.021), 1: spread_of(0.08, 0.07, 0.09)}
    steps = budget_steps(costs)

    assert [(one.budget, one.fits, one.may_fit) for one in steps] == [
        (0.01, (), ()),
        (0.02, (), (0,)),
        (0.05, (0,), ()),
        (0.1, (0, 1), ()),
    ]


@settings(deadline=None)
@given(st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=5))
def test_the_last_budget_allows_every_exact_model_and_the_first_none_below_it(costs):
    steps = budget_steps({at: exact(one) for at, one in enumerate(costs)})

    assert set(steps[-1].fits) == set(range(len(costs)))
    assert all(costs[at] <= steps[0].budget for at in steps[0].fits)
    assert all(math.isfinite(one.budget) for one in steps)


def test_of_equal_scores_the_cheapest_is_named_first():
    costs = {0: exact(9.0), 1: exact(5.0), 2: exact(1.0)}
    quality = {0: around(0.9, 0.01), 1: around(0.9, 0.01), 2: around(0.5, 0.01)}
    values = {at: one.value for at, one in quality.items()}

    assert best_within_budget([0, 1, 2], values, costs, by_intervals(quality)) == (1, (0,))
    assert best_within_budget([], values, costs, by_intervals(quality)) == (None, ())
