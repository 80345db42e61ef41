"""Saturation of throughput: by hand, and under noise of an injected clock with a known truth."""

import numpy as np
import pytest

from benchwright.measuring.saturation import Load, growth, saturation

BATCHES = (1, 2, 4, 8, 16)


def line(seconds_of, noise=0.0, queries=64, seed=0):
    """A line of loads; a query of a batch takes ``seconds_of(batch)``, times noise with mean 1."""
    draw = np.random.default_rng(seed)
    spread = lambda: np.exp(noise * draw.standard_normal(queries) - noise**2 / 2)  # noqa: E731 - beside its use
    return [Load(inputs=batch, seconds=seconds_of(batch) * spread()) for batch in BATCHES]


def overhead(batch):
    """8 ms that every query costs, and 2 ms an input beyond what these hold: throughput is flat from batch 4 on."""
    return max(0.008, 0.002 * batch)


def test_without_noise_the_first_flat_point_is_named():
    """500 inputs a second at 4, 8 and 16; 125 and 250 before."""
    found = saturation(line(overhead))

    assert (found.inputs, found.reason) == (4, "")
    assert growth(*line(overhead)[1:3]).value == pytest.approx(2.0)
    assert growth(*line(overhead)[2:4]).value == pytest.approx(1.0)


def test_throughput_that_grows_to_the_end_is_not_saturated():
    found = saturation(line(lambda _: 0.01))

    assert found.inputs is None
    assert found.reason == "throughput still grows at batch 16, the largest that was measured"


def test_a_dip_is_no_saturation():
    """Throughput 100, 200, 190, 400, 800: the third is less than the second, and the fourth far more."""
    rates = dict(zip(BATCHES, (100, 200, 190, 400, 800), strict=True))

    assert saturation(line(lambda batch: batch / rates[batch])).inputs is None


def test_few_queries_decide_nothing():
    found = saturation(line(overhead, queries=3))

    assert found.inputs is None
    assert found.reason == "from batch 1 to 2 throughput changes by +100 %, of too few queries to tell"


def test_noise_is_said_to_hide_the_point():
    """Throughput grows by 5 % with each batch, and twelve queries differ by 30 %: that it is hidden is said in 45 of 50 sweeps."""
    grows = {batch: batch / 1.05**at for at, batch in enumerate(BATCHES)}
    found = [saturation(line(lambda b: grows[b], 0.3, queries=12, seed=seed)) for seed in range(50)]

    assert sum("noise hides whether it is 5 %" in one.reason and one.inputs is None for one in found) >= 45


def test_noise_seldom_makes_a_growing_line_saturated():
    """Throughput grows by 10 % with each batch, times of queries differ by 10 %: at most 5 % of 200 sweeps name any point."""
    grows = {batch: batch / 1.1**at for at, batch in enumerate(BATCHES)}
    named = sum(saturation(line(lambda b: grows[b] / 100, 0.1, seed=seed)).inputs is not None for seed in range(200))

    assert named <= 10


def test_a_flat_line_is_found_under_noise():
    """Times of queries differ by 5 %: in 95 % of 200 sweeps the point is 4, and never is it an earlier one."""
    found = [saturation(line(overhead, 0.05, seed=seed)).inputs for seed in range(200)]

    assert found.count(4) >= 190
    assert not {1, 2} & set(found)
