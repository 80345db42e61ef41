"""Probabilities against a slow loop over resamples; weights against a fine grid."""

import numpy as np
import pytest

from benchwright.selection.uncertainty import exact_ties, ties
from benchwright.stats.paired import DiscordantCounts
from benchwright.stats.selection import knee, scaled_objectives, selection_probabilities, sensitivity


def slow(feasible, goal, objectives):
    """The same, model by model and resample by resample."""
    models, count = goal.shape
    totals = np.zeros((3, models))
    for r in range(count):
        allowed = [
            j
            for j in range(models)
            if feasible[j, r] and np.isfinite(goal[j, r]) and all(np.isfinite(o[j, r]) for o in objectives)
        ]
        for j in allowed:
            totals[0, j] += 1
            beaten = False
            for k in allowed:
                pairs = [(o[k, r], o[j, r]) for o in objectives]
                beaten |= all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)
            totals[1, j] += not beaten
        if allowed:
            top = max(goal[j, r] for j in allowed)
            winners = [j for j in allowed if goal[j, r] == top]
            for j in winners:
                totals[2, j] += 1 / len(winners)
    return totals / count


@pytest.mark.parametrize("seed", range(5))
def test_equals_a_slow_loop(seed):
    """Feasible, front and best are what a plain loop counts, ties, undefined values and empty resamples included."""
    rng = np.random.default_rng(seed)
    goal = rng.integers(0, 5, (6, 200)) / 4
    goal[rng.random(goal.shape) < 0.05] = np.nan
    objectives = np.stack([goal, rng.integers(0, 3, (6, 200)).astype(float)])
    feasible = rng.random((6, 200)) < 0.4
    expected = slow(feasible, goal, objectives)

    found = selection_probabilities(feasible, goal, objectives)

    assert np.allclose([found.feasible, found.front, found.best], expected)
    assert np.allclose(found.best_if_feasible, expected[2] / expected[0])
    assert found.best.sum() == pytest.approx((feasible & np.isfinite(goal)).any(axis=0).mean())


def test_certain_objectives_need_one_column():
    """What resampling does not change may be given once."""
    feasible = np.ones((2, 1), dtype=bool)
    goal = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])

    found = selection_probabilities(feasible, goal, np.stack([goal, np.repeat([[0.0], [1.0]], 3, axis=1)]))

    assert found.feasible.tolist() == [1, 1]
    assert found.best.tolist() == pytest.approx([2 / 3, 1 / 3])
    assert found.front.tolist() == pytest.approx([2 / 3, 1])


def test_never_feasible_has_no_conditional_chance():
    """What is never feasible has no chance among resamples in which it is."""
    found = selection_probabilities(np.array([[True], [False]]), np.zeros((2, 4)), np.zeros((1, 2, 4)))

    assert found.best.tolist() == [1, 0]
    assert np.isnan(found.best_if_feasible[1])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("goals", [2, 3])
def test_weight_ranges_equal_a_grid(seed, goals):
    """The range of a weight in which the winner stays is what trying a fine grid finds."""
    rng = np.random.default_rng(seed)
    values = rng.random((goals, 6))
    weights = rng.dirichlet(np.ones(goals))
    table, _ = scaled_objectives(values, list(values[:, :, None]))
    winner = int((weights @ table).argmax())

    found = sensitivity(table, weights, winner)

    for number in range(goals):
        grid = np.linspace(0, 1, 2001)
        others = np.delete(weights, number) / np.delete(weights, number).sum()
        stays = []
        for t in grid:
            mixed = np.insert((1 - t) * others, number, t)
            totals = mixed @ table
            stays.append(totals[winner] >= totals.max() - 1e-12)
        low, high = grid[stays][[0, -1]]
        assert found.ranges[number] == pytest.approx((low, high), abs=1e-3)
    even = rng.dirichlet(np.ones(goals), 20_000) @ table
    assert found.share == pytest.approx((even[:, winner] == even.max(axis=1)).mean(), abs=0.02)


def test_equal_objectives_weigh_nothing():
    """An objective in which all are equal counts 0 and does not divide by 0."""
    table, draws = scaled_objectives(np.array([[1.0, 1.0], [0.0, 2.0]]), [np.ones((2, 3)), np.ones((2, 3))])

    assert table.tolist() == [[0, 0], [0, 1]]
    assert draws[0].tolist() == [[0, 0, 0], [0, 0, 0]]


def test_knee_is_the_bend():
    """The knee lies farthest above the chord; a straight or short front has none."""
    assert knee(np.array([[0, 0.9, 1.0], [1.0, 0.8, 0]])) == 1
    assert knee(np.array([[0, 0.5, 1.0], [1.0, 0.5, 0]])) is None
    assert knee(np.array([[0, 1.0], [1.0, 0]])) is None
    assert knee(np.zeros((3, 4))) is None


def test_ties_are_what_the_adjusted_p_of_pairs_says():
    """Five answers won of 400 are told apart among two models, and no longer among five."""

    def tied(models):
        wins = [30 - 5 * at for at in range(models)]

        def estimate(first, second):
            apart = wins[second] - wins[first]
            return DiscordantCounts(b=max(apart, 0), c=max(-apart, 0), n=400)

        return ties([f"m{at}" for at in range(models)], 0, estimate)

    two, five = tied(2), tied(5)
    assert two.tied.tolist() == [True, False]
    assert five.tied.tolist() == [True, True, False, False, False]
    assert (five.behind[:2], five.low[1], five.high[1]) == (pytest.approx([0, 5 / 400]), two.low[1], two.high[1])
    assert two.p[1] == pytest.approx(0.0253, abs=1e-4)
    assert (two.pairs, five.pairs) == (1, 10)


def test_an_exact_objective_separates():
    """Sizes have no resamples: other sizes are other sizes."""
    values = np.array([-1.0, -1.0, -2.0])

    assert exact_ties(values, 0).tied.tolist() == [True, True, False]
