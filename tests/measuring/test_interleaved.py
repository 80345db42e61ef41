"""Blocks in turn: their order, how long they are, and what is kept of each, with a clock that is moved by hand."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.measuring.clock import SimulatedClock
from benchwright.measuring.interleaved import (
    FEWEST_QUERIES,
    BlockTimes,
    Design,
    calibrate,
    design_of,
    interleave,
    order_of_rounds,
    timed,
)
from benchwright.types.hardware import ProfileSpec

DESIGN = Design(rounds=6, block=0.1, budget=100.0)


class Simulated:
    """A model on a simulated clock: seconds of query i, and which queries it was asked."""

    def __init__(self, clock, seconds):
        self.clock, self.seconds, self.asked = clock, seconds, []

    def __call__(self, number):
        self.asked.append(number)
        self.clock.sleep(self.seconds(number) if callable(self.seconds) else self.seconds)


def models(*seconds):
    clock = SimulatedClock()
    made = [Simulated(clock, one) for one in seconds]
    return made, [timed(one, clock) for one in made]


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 6), st.integers(1, 20), st.integers(0, 5))
def test_either_of_two_models_comes_first_in_half_of_the_rounds(count, pairs, seed):
    rounds = order_of_rounds(count, 2 * pairs, seed)

    assert all(sorted(one) == list(range(count)) for one in rounds)
    for a, b in combinations(range(count), 2):
        assert sum(one.index(a) < one.index(b) for one in rounds) == pairs
    for model in range(count):  # no model has the better places either
        assert sum(one.index(model) for one in rounds) == pairs * (count - 1)


def test_the_order_is_random_and_the_same_for_one_seed():
    assert order_of_rounds(4, 30, 1) == order_of_rounds(4, 30, 1)
    assert order_of_rounds(4, 30, 1) != order_of_rounds(4, 30, 2)
    assert len({one[0] for one in order_of_rounds(4, 30, 1)}) == 4
    assert 5 <= Counter(order_of_rounds(2, 60, 0)[::2])[(0, 1)] <= 25


def test_every_model_of_a_round_answers_the_same_queries_and_the_next_round_others():
    made, asks = models(0.01, 0.01, 0.02)
    found = interleave(asks, DESIGN, queries=4)

    assert made[0].asked == made[1].asked == made[2].asked == list(range(6 * 5))
    assert [one.block for one in found[0]] == list(range(6))
    assert {(one.phase, one.quantity, len(one.values), one.inputs) for one in found[0]} == {
        ("measured", "latency", 4, 4)
    }
    assert {one.phase for one in found[1]} == {"aa"}
    assert {one.phase for one in found[2]} == {"measured"}
    assert all(sorted(one[at].order for one in found) == [0, 1, 2] for at in range(6))
    assert found[2][0].values == pytest.approx([0.02] * 4)
    assert found[2][0].wall == pytest.approx(0.08)


def test_the_first_query_of_a_block_is_asked_and_not_counted():
    """It finds caches full of another process's data."""
    _, asks = models(lambda number: 1.0 if number % 5 == 0 else 0.01)
    found = interleave([*asks, *asks, *asks], DESIGN, queries=4)

    assert max(value for one in found[0] for value in one.values) == pytest.approx(0.01)


def test_inputs_and_tokens_of_a_block_are_kept():
    def ask(first, queries):
        return BlockTimes(seconds=(0.5,) * queries, wall=0.5 * queries, inputs=8 * queries, tokens=99)

    found = interleave([ask, ask], DESIGN, queries=2, batch=8)
    assert {(one.batch, one.inputs, one.tokens, one.wall) for one in found[0]} == {(8, 16, 99, 1.0)}


def test_progress_is_told_by_rounds():
    told = []
    _, asks = models(0.01, 0.01)
    interleave(asks, DESIGN, queries=1, on_round=lambda *at: told.append(at))

    assert told == [(at, 6) for at in range(1, 7)]


@pytest.mark.parametrize(
    ("seconds", "queries"),
    [
        ((0.01, 0.01, 0.01), 10),  # 0.1 s of the fastest
        ((0.04, 0.01, 0.02), 10),
        ((0.001, 0.001), 100),
        ((0.3, 0.3), FEWEST_QUERIES),  # never a block of one
    ],
)
def test_a_block_is_as_long_as_the_fastest_model_needs(seconds, queries):
    _, asks = models(*seconds)
    assert calibrate(asks, DESIGN) == (queries, ())


def test_blocks_are_shorter_where_the_slowest_model_would_take_all_the_time():
    """6 rounds of n (0.01 + 0.01 + 1) s within 24.5 s: 4 queries, and it says so."""
    _, asks = models(0.01, 0.01, 1.0)
    queries, notes = calibrate(asks, Design(rounds=6, block=0.1, budget=24.5))

    assert queries == 4
    assert "blocks of 4 queries take 0.04 s, not 0.1 s" in notes[0]


def test_what_was_asked_for_goes_before_the_budget():
    _, asks = models(0.01, 0.01)

    assert calibrate(asks, Design(rounds=6, block=0.1, budget=1.0, least=300))[0] == 50
    assert calibrate(asks, Design(rounds=6, block=0.1, budget=12.0, duration=12.0))[0] == 100  # 6 x 100 x 0.02 s


def test_queries_that_are_shorter_than_a_look_at_the_clock_matters_are_told():
    _, asks = models(20e-6, 20e-6)
    queries, notes = calibrate(asks, DESIGN)

    assert queries == 5000
    assert "a query takes 20 us" in notes[0]


def test_a_model_that_takes_no_time_at_all_ends_calibration():
    """On a clock that stands still; the ratio then refuses it."""
    _, asks = models(0.0, 0.0)
    assert calibrate(asks, DESIGN)[0] == 10_000


def test_presets_and_what_overrides_them():
    assert design_of(ProfileSpec(scenario="interleaved")).rounds == 30
    assert design_of(ProfileSpec(scenario="interleaved", preset="quick")).rounds == 16
    asked = design_of(ProfileSpec(scenario="interleaved", blocks=50, queries=500, duration=300.0))
    assert (asked.rounds, asked.least, asked.duration, asked.budget) == (50, 500, 300.0, 300.0)


@pytest.mark.parametrize(
    ("rounds", "sets", "sizes"),
    [
        (30, 3, [10, 10, 10]),
        (16, 2, [8, 8]),
        (60, 5, [12] * 5),
        (10, 3, [2, 4, 4]),
        (7, 2, [4, 3]),
        (6, 9, [2, 2, 2]),
        (30, 1, [30]),
    ],
)
def test_rounds_are_shared_by_sets_in_pairs_of_both_orders(rounds, sets, sizes):
    found = Design(rounds=rounds, block=0.1, budget=1.0, sets=sets).rounds_of_sets

    assert [len(one) for one in found] == sizes
    assert [at for one in found for at in one] == list(range(rounds))


def test_a_set_of_processes_has_its_own_rounds_with_the_inputs_and_the_order_of_these():
    _, asks = models(0.01, 0.01, 0.02)
    whole = interleave(asks, DESIGN, queries=2, seed=4)
    parts = [interleave(asks, DESIGN, queries=2, seed=4, rounds=one) for one in (range(2), range(2, 6))]

    for model in range(3):
        told = [(one.block, one.order) for part in parts for one in part[model]]
        assert told == [(one.block, one.order) for one in whole[model]]


def test_presets_open_processes_several_times():
    assert [
        design_of(ProfileSpec(scenario="interleaved", preset=one)).sets for one in ("quick", "standard", "official")
    ] == [2, 3, 5]
    assert design_of(ProfileSpec(scenario="interleaved", processes=1)).sets == 1
