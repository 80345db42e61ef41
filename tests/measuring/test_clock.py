import subprocess
import sys

from benchwright.measuring.clock import RealClock, SimulatedClock


def test_the_real_clock_never_runs_backwards_and_sleeps_no_shorter_than_asked():
    clock = RealClock()
    before = clock.now()
    clock.sleep(0.01)
    assert clock.now() - before >= 0.01
    clock.sleep(-1)


def test_readings_of_two_processes_stand_in_their_order():
    code = "from benchwright.measuring.clock import RealClock; print(repr(RealClock().now()))"
    before = RealClock().now()
    there = float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    if sys.platform == "linux":
        assert before < there < RealClock().now()


def test_the_simulated_clock_moves_only_when_it_is_told_to():
    clock = SimulatedClock(5.0)
    assert clock.now() == clock.now() == 5.0
    clock.sleep(2.5)
    clock.sleep(-1)
    assert clock.now() == 7.5
