import pytest

from benchwright.measuring.clock import SimulatedClock
from benchwright.measuring.presets import PRESETS
from benchwright.measuring.simulated import SimulatedModel, bimodal, constant, noisy
from benchwright.measuring.steady import rule_of, warm_up
from benchwright.stats.steadiness import moved, processes_differ, windows_differ


def warmed(draw, preset="standard", cycle=32, **model):
    clock = SimulatedClock(100.0)
    return warm_up(SimulatedModel(clock, draw, **model), clock, PRESETS[preset], cycle=cycle)


def test_a_constant_model_is_steady_after_warm_up_and_three_windows():
    done = warmed(constant(0.01))
    assert (done.steady, done.reason) == (True, "")
    assert 6.0 <= done.seconds <= 7.1  # 3 s, then three windows of 1 s, in whole cycles of 32 queries
    assert done.calls == len(done.samples.values) == done.samples.inputs
    assert done.samples.phase == "warm_up"


def test_a_slow_first_call_is_left_behind():
    done = warmed(constant(0.01), first=4.0)
    assert done.steady
    assert done.samples.values[0] == pytest.approx(4.01)


def test_a_fall_that_ends_is_waited_for():
    done = warmed(constant(0.02), preset="quick", drift=-0.08, settles=4.0)
    assert done.steady
    assert done.seconds > 6.5


def test_a_steady_drift_ends_at_the_cap_with_the_flag_and_the_reason():
    done = warmed(constant(0.01), drift=0.01)
    assert not done.steady
    assert 60 <= done.seconds < 60.1
    assert "still rising" in done.reason
    assert not done.samples.steady


@pytest.mark.parametrize(("preset", "calls"), [("standard", 6), ("quick", 1)])
def test_a_model_whose_calls_take_ten_seconds_ends_at_the_first_call_past_the_cap(preset, calls):
    done = warmed(constant(10.0), preset=preset)
    assert (done.calls, done.steady) == (calls, False)
    assert f"only {calls} call{'s' if calls > 1 else ''} of 10.0 s within" in done.reason
    assert "calls and 3 s are the warm-up alone" in done.reason


def test_calls_too_few_for_three_windows_say_so():
    done = warmed(constant(0.4), preset="quick")
    assert not done.steady
    assert "too few for three windows" in done.reason


def test_texts_of_different_length_are_no_unsteadiness_since_windows_hold_whole_cycles():
    class Texts:
        """Thirty-two texts, each with its own time: as wide as real ones, and not noisy at all."""

        def __init__(self, clock):
            self.clock = clock

        def __call__(self, number):
            self.clock.sleep(0.005 * 1.08 ** (number * 13 % 32))

    clock = SimulatedClock()
    done = warm_up(Texts(clock), clock, PRESETS["quick"], cycle=32)
    assert done.steady
    assert done.seconds < 8


def test_a_bimodal_model_is_steady_in_the_long_form():
    assert warmed(bimodal(0.005, 0.02, 0.3), seed=4).steady


def test_windows_are_steady_only_when_medians_throughput_and_slope_are():
    flat = [0.01] * 20
    assert windows_differ([flat, flat, flat]) == ""
    assert "medians" in windows_differ([flat, [0.0106] * 20, flat])
    assert "throughput" in windows_differ([flat, [0.01] * 15 + [0.02] * 5, flat])
    assert "falling" in windows_differ([[0.0102] * 20, [0.0101] * 20, flat])  # 2.97 % over three windows
    assert windows_differ([[0.0101] * 20, flat, flat]) == ""  # 1.5 %


def test_drift_and_steps_are_told_and_noise_alone_is_not():
    rise = [0.01 * (1 + 0.1 * k / 1000) for k in range(1000)]
    assert moved(rise) == "the median rose by 9.5% while it was measured"
    step = [0.01] * 400 + [0.012] * 300 + [0.01] * 300
    assert "thirds" in moved(step)
    assert moved([0.01] * 1000) == ""
    assert moved(rise[:10]) == ""


@pytest.mark.parametrize("spread", [0.02, 0.3])
def test_a_stationary_noisy_series_is_rarely_said_to_have_moved(spread):
    import numpy as np

    said = [bool(moved(np.random.default_rng(seed).lognormal(0, spread, 600))) for seed in range(300)]
    assert np.mean(said) <= 0.03


def test_the_rule_is_told_with_its_numbers():
    assert "10 calls and 3 s" in rule_of(PRESETS["quick"])
    assert "within 8 s" in rule_of(PRESETS["quick"])


def test_a_very_fast_model_keeps_no_more_than_its_first_hundred_thousand_warm_up_times():
    done = warmed(noisy(20e-6, 0.05))
    assert done.steady
    assert done.calls > len(done.samples.values) == 100_000


def test_processes_that_differ_by_more_than_chance_are_told_and_others_are_not():
    import numpy as np

    rng = np.random.default_rng(1)
    alike = [rng.lognormal(-5, 0.1, 300) for _ in range(3)]
    assert processes_differ(alike) is None
    assert processes_differ([*alike[:2], alike[2] * 1.1]) == pytest.approx(1.1, abs=0.02)
    assert processes_differ([alike[0], alike[1][:4] * 9]) is None
    assert processes_differ([alike[0]]) is None
    noise = [rng.lognormal(-5, 1.0, 20) for _ in range(3)]
    assert processes_differ(noise) is None
