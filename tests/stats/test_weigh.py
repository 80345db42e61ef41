"""Weighted sums of rows: single precision where it is exact, and the same draws for one system or several."""

import numpy as np
import pytest

from benchwright.metrics.classification import accuracy, macro_f1, mcc
from benchwright.metrics.columns import Columns
from benchwright.metrics.resample import resample
from benchwright.stats.bootstrap import weigh
from benchwright.testing.fixtures import build_task

TASK = build_task(labels="abc", metrics=("macro_f1",))


@pytest.mark.parametrize("scale", [1.0, 1000.0, 1e6, 0.1])
def test_sums_are_those_of_whole_numbers(scale):
    """Exact for whole numbers of any size, and what float64 gives for others."""
    rng = np.random.default_rng(0)
    values = rng.integers(-9, 10, (700, 5)) * scale
    weights = rng.multinomial(700, np.full(700, 1 / 700), size=64).astype(np.uint8)
    found = weigh(values, np.ascontiguousarray(weights.T).T)
    assert found.dtype == np.float64
    if scale >= 1:
        np.testing.assert_array_equal(found, weights.astype(np.int64) @ values.astype(np.int64))
    else:
        np.testing.assert_allclose(found, weights @ values, rtol=1e-12, atol=1e-9)


def test_several_systems_share_the_draws_of_one():
    """What is equal for all systems is summed once; every system's values are those it has alone."""
    rng = np.random.default_rng(1)
    gold = rng.choice(list("abc"), 1500).tolist()
    systems = [
        Columns(
            TASK,
            gold,
            [one if rng.random() < rate else "a" for one in gold],
            clusters=[f"c{at // 2}" for at in range(1500)],
        )
        for rate in (0.5, 0.6, 0.6, 0.7, 0.8)
    ]
    metrics = [macro_f1, accuracy, mcc]
    joint = resample(systems, metrics, resamples=200, seed=(3,))
    alone = np.concatenate([resample([one], metrics, resamples=200, seed=(3,)) for one in systems])
    if np.array_equal(joint, alone):
        return
    # One system has few different rows, which are drawn as kinds: the same distribution, other draws.
    np.testing.assert_allclose(joint.mean(axis=-1), alone.mean(axis=-1), atol=0.01)
    pairs = np.concatenate([resample(systems[at : at + 4], metrics, resamples=200, seed=(3,)) for at in (0, 1)])
    np.testing.assert_array_equal(pairs[:4], joint[:4])
    np.testing.assert_array_equal(pairs[4:], joint[1:])
