"""Raw samples behind a number: the same ones that it was made from, how far it varies, and how many more would tell."""

import numpy as np
import pytest
from scipy.stats import binom

from benchwright.hardware.find import find_values
from benchwright.hardware.needed import what_tells
from benchwright.hardware.raw_latencies import latencies_behind
from benchwright.hardware.resamples import draws_of, percentile_draws
from benchwright.hardware.same_model import StoredModel, identity_of, profiles_of_same_model
from benchwright.store import Store
from benchwright.testing.hardware_fixtures import hardware_card, hardware_path, make_measurements
from benchwright.testing.patterns import pattern_records, pattern_task
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, Samples

CARD = pattern_task()


def series(middle, n, seed):
    """Log-normal times without trend."""
    return tuple(float(one) for one in middle * np.exp(0.2 * np.random.default_rng(seed).normal(size=n)))


def timed(values, process=0, **more):
    """A group of latencies of one process."""
    return Samples(quantity="latency", values=values, process=process, inputs=len(values), wall=sum(values), **more)


def write(store, found, scenario="single_stream", name="r", digest="d"):
    """A run of one model that answered and was measured."""
    path = hardware_path(scenario, "s/t")
    cards = {"s/t": CARD, path: hardware_card(scenario, "s/t", CARD)}
    answers = {"m": {"s/t": pattern_records("+++-"), path: found}}
    return write_run(store, name, answers, cards, facts={"m": Facts(digest=digest, kinds=())})


@pytest.fixture
def store(tmp_path):
    """A throw-away store."""
    return Store(tmp_path / "store")


def test_the_samples_are_those_of_the_number(store):
    """A series for each process in its order; warm-up and other phases are none of them."""
    first, second = series(0.01, 200, 1), series(0.011, 300, 2)
    groups = [timed(first), timed(second, process=1), timed((9.0,) * 50, phase="warm_up")]
    run = write(store, make_measurements(samples=groups))
    (found,) = find_values(run, "m", "latency_p90")
    raw = latencies_behind(found, store)
    assert [one.tolist() for one in raw] == [list(first), list(second)]
    assert found.value == np.quantile(np.concatenate(raw), 0.9, method="inverted_cdf")


def test_values_without_raw_samples_do_not_vary(store):
    """Memory: every draw is the value; a missing one has none."""
    run = write(
        store,
        make_measurements(latencies=series(0.01, 100, 1), readings={"host_memory_peak": 5e8, "gpu_memory_peak": None}),
    )
    rng = np.random.default_rng(0)
    (memory,) = find_values(run, "m", "host_memory_peak")
    assert set(draws_of(memory, store, rng, 50).tolist()) == {5e8}
    (gpu,) = find_values(run, "m", "gpu_memory_peak")
    assert np.isnan(draws_of(gpu, store, rng, 50)).all()


def test_draws_of_a_latency_spread_as_its_interval(store):
    """About 95 % of them (ranks are whole numbers: rather more) lie between the ends that order statistics give."""
    run = write(store, make_measurements(latencies=series(0.01, 1000, 5)))
    for name in ("latency_p50", "latency_p90", "latency_p99"):
        (found,) = find_values(run, "m", name)
        drawn = draws_of(found, store, np.random.default_rng(1), 20_000)
        assert ((drawn >= found.low) & (drawn <= found.high)).mean() == pytest.approx(0.96, abs=0.03)


def test_neighbours_that_are_alike_spread_wider():
    """Blocks of ten equal samples are worth a tenth of their number."""
    loose = np.random.default_rng(2).normal(1.0, 0.1, 1000)
    clumped = np.repeat(np.random.default_rng(3).normal(1.0, 0.1, 100), 10)
    rng = np.random.default_rng(4)
    wide, narrow = (np.std(percentile_draws((one,), 0.5, rng, 5000)) for one in (clumped, loose))
    assert 2 < wide / narrow < 5


def test_as_many_samples_as_are_said_tell_in_half_of_the_cases(store):
    """By the binomial: of the number told, the interval leaves the limit out about as often as not."""
    values = tuple(float(one) for one in np.random.default_rng(6).permutation(np.linspace(0.009, 0.011, 400)))
    run = write(store, make_measurements(latencies=values))
    (found,) = find_values(run, "m", "latency_p90")
    limit = 0.01084
    told = what_tells(found, limit, store)
    share = float(np.mean(np.array(values) <= limit))
    low, high = binom.ppf([0.025, 0.975], told.samples, 0.9)
    seen = np.random.default_rng(7).binomial(told.samples, share, 4000)
    assert 0.35 < ((seen < low) | (seen > high)).mean() < 0.65
    assert "--queries N" in told.sentence
    assert what_tells(found, float("nan"), store) is None
    assert what_tells(found, found.value, store) is None or what_tells(found, found.value, store).samples > found.n


def test_the_same_model_is_known_by_its_digest(store):
    """Another digest, or none at all, is another model, whatever it is called."""
    quality = write(store, make_measurements(latencies=series(0.01, 50, 1)), name="quality")
    speed = write(store, make_measurements(latencies=series(0.02, 50, 1)), name="speed")
    other = write(store, make_measurements(latencies=series(0.02, 50, 1)), name="other", digest="e")
    free = write(store, make_measurements(latencies=series(0.02, 50, 1)), name="free", digest="run:token:m")
    mine = StoredModel(store, quality, "m")
    assert [one.key for one in profiles_of_same_model(mine, StoredModel(store, speed, "m"))] == [speed.profiles[0].key]
    assert profiles_of_same_model(mine, StoredModel(store, other, "m")) == ()
    assert profiles_of_same_model(StoredModel(store, free, "m"), StoredModel(store, free, "m")) == ()
    cell = next(one for one in free.cells if one.status == "scored")
    assert identity_of(store.read_cell(cell.key).key) is None


def test_an_interval_without_an_upper_end_is_no_certainty(store):
    """Six passes of which one took a hundred times as long: whether 64 inputs are done in 0.2 s is open, and draws say so."""
    values = (0.1, 0.1, 0.1, 0.1, 10.0, 0.1, 0.1)
    passes = Samples(quantity="pass", values=values, batch=64, inputs=448, wall=sum(values))
    run = write(store, make_measurements("offline", samples=[passes]), scenario="offline")
    (found,) = find_values(run, "m", "throughput")
    assert found.low is not None
    assert found.high is None

    drawn = draws_of(found, store, np.random.default_rng(0), 2000)
    assert 0.2 < np.mean(drawn > found.value) < 0.8
    assert drawn.std() > 0.1 * found.value
