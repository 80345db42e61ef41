import pytest

from benchwright.measuring.presets import PRESETS, filled, limits_of
from benchwright.types.hardware import ProfileSpec


def test_presets_ask_for_what_the_method_says():
    asked = {name: (one.least_seconds, one.least_queries, one.cap) for name, one in PRESETS.items()}
    assert asked == {"quick": (3, 64, 8), "standard": (10, 1000, 60), "official": (600, 64, 60)}
    goals = {name: (one.median_goal, one.p99_goal) for name, one in PRESETS.items()}
    assert goals == {"quick": (0.05, None), "standard": (0.02, 0.10), "official": (None, None)}


def test_a_specification_is_filled_by_its_preset_and_keeps_what_was_asked_for():
    spec = filled(ProfileSpec(scenario="single_stream", preset="standard", queries=500))
    assert (spec.duration, spec.queries, spec.processes, spec.blocks, spec.bound) == (10, 500, 3, None, None)
    assert filled(spec) == spec
    assert filled(ProfileSpec(scenario="server", preset="quick")).bound == 0.13
    assert filled(ProfileSpec(scenario="server", bound=0.05)).bound == 0.05
    assert filled(ProfileSpec(scenario="sweep", preset="quick")).batches == (1, 8, 32)
    assert filled(ProfileSpec(scenario="concurrency", concurrency=(3,))).concurrency == (3,)
    assert filled(ProfileSpec(scenario="offline")).batch is None


def test_an_interleaved_session_is_filled_by_its_own_design():
    spec = filled(ProfileSpec(scenario="interleaved", preset="quick"))
    assert (spec.batch, spec.duration, spec.queries, spec.processes) == (1, None, None, None)
    assert spec.blocks >= 6


def test_the_longest_time_grows_with_what_was_asked_for():
    assert limits_of(ProfileSpec(scenario="offline", preset="quick")) == PRESETS["quick"]
    longer = limits_of(ProfileSpec(scenario="offline", preset="quick", queries=640))
    assert (longer.least_queries, longer.most_seconds) == (640, 200)
    shorter = limits_of(ProfileSpec(scenario="offline", preset="standard", duration=1.0))
    assert (shorter.least_seconds, shorter.most_seconds, shorter.goal_seconds) == (1, 300, 3)


def test_less_than_a_second_ends_the_warm_up_early_too():
    assert limits_of(ProfileSpec(scenario="offline", preset="quick", duration=0.3)).cap == pytest.approx(0.9)
    assert limits_of(ProfileSpec(scenario="offline", preset="quick", duration=0.01)).cap == 0.5
    assert limits_of(ProfileSpec(scenario="offline", duration=1.0)).cap == 60
