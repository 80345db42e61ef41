"""Effect size and p of a test of association equal plain loops over the published formulas."""

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.spatial.distance import cosine

from benchwright.metrics.columns import Columns
from benchwright.metrics.seat import SETS, compared_by_partitions, seat_effect_size
from benchwright.types import EmbeddingTask

TASK = EmbeddingTask(name="t", splits={}, default_split="v", inputs={"text": ("text",)}, target=("set",), metrics=())


def columns_of(sets):
    """Columns of four lists of vectors, the sets mixed."""
    rows = [(name, tuple(vector)) for name, vectors in zip(SETS, sets, strict=True) for vector in vectors]
    order = np.random.default_rng(0).permutation(len(rows))
    return Columns(TASK, [rows[at][0] for at in order], [rows[at][1] for at in order])


def association(word, ones, others):
    """s(w, A, B): one cosine after the other, by scipy."""
    near = [1 - cosine(word, attribute) for attribute in ones]
    far = [1 - cosine(word, attribute) for attribute in others]
    return sum(near) / len(near) - sum(far) / len(far)


def effect(x, y, a, b):
    """d as WEAT's paper and SEAT's script have it: sample standard deviation over both sets of targets."""
    first, second = [association(word, a, b) for word in x], [association(word, a, b) for word in y]
    both = first + second
    mean = sum(both) / len(both)
    spread = math.sqrt(sum((value - mean) ** 2 for value in both) / (len(both) - 1))
    return (sum(first) / len(first) - sum(second) / len(second)) / spread


def p_value(x, y, a, b):
    """The share of equal partitions whose s(X_i) is at least s(X), as SEAT's script counts them."""
    both = [association(word, a, b) for word in [*x, *y]]
    seen = sum(both[: len(x)])
    sums = [sum(both[at] for at in chosen) for chosen in combinations(range(len(both)), len(x))]
    return sum(one >= seen - 1e-12 for one in sums) / len(sums)


def drawn(seed, sizes, dimensions=5):
    dice = np.random.default_rng(seed)
    shift = ([0.4], [-0.1], [0.8], [-0.8])
    return [
        dice.normal(0, 1, (size, dimensions)) + np.array([*far, *[0.0] * (dimensions - 1)])
        for size, far in zip(sizes, shift, strict=True)
    ]


@pytest.mark.parametrize(
    ("seed", "sizes"), [(1, (4, 4, 3, 5)), (2, (6, 6, 8, 8)), (3, (2, 2, 2, 2)), (4, (7, 7, 1, 4))]
)
def test_effect_size_and_p_equal_plain_loops(seed, sizes):
    """On vectors that were drawn."""
    sets = drawn(seed, sizes)
    columns = columns_of(sets)
    assert seat_effect_size.value(columns) == pytest.approx(effect(*sets), abs=1e-9)
    assert compared_by_partitions(columns).p == pytest.approx(p_value(*sets), abs=1e-12)


def test_a_text_that_stands_twice_counts_twice():
    """In targets and attributes: a script that keys vectors by their texts would count it once."""
    x, y, a, b = drawn(5, (4, 4, 3, 3))
    twice = [np.concatenate([x, x[:1]]), np.concatenate([y, y[1:2]]), np.concatenate([a, a[:2]]), b]
    found = seat_effect_size.value(columns_of(twice))
    assert found == pytest.approx(effect(*twice), abs=1e-9)
    assert found != pytest.approx(effect(x, y, a, b), abs=1e-3)


def test_by_hand_on_two_dimensions():
    """Targets on the axes of the attributes: s is 1, 1, -1, -1, so d is 2 / sqrt(4 / 3) and one partition of six is as far."""
    sets = ([(1, 0), (2, 0)], [(0, 1), (0, 3)], [(1, 0), (5, 0)], [(0, 2), (0, 1)])
    columns = columns_of(sets)
    assert seat_effect_size.value(columns) == pytest.approx(2 / math.sqrt(4 / 3))
    assert compared_by_partitions(columns).p == pytest.approx(1 / 6)


def test_weights_stand_for_repetition():
    """A text of weight 2 counts as one that is there twice, one of weight 0 as absent."""
    columns = columns_of(drawn(6, (5, 5, 4, 4)))
    weights = np.random.default_rng(1).integers(0, 3, (20, columns.n))
    found = seat_effect_size.compute_weighted(columns, weights)
    for row, value in zip(weights, found, strict=True):
        repeated = columns.select(np.repeat(np.arange(columns.n), row).tolist())
        assert value == pytest.approx(seat_effect_size.value(repeated), nan_ok=True)
