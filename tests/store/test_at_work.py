"""A process says that it is at work on a run, and no longer says so once it is dead."""

import subprocess
import sys

from benchwright.store import Store

HOLD = """
import sys
from benchwright.store import Store
with Store(sys.argv[1]).at_work("r"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_run_is_at_work_as_long_as_one_of_its_processes_lives(tmp_path):
    store = Store(tmp_path)
    assert store.is_at_work("r") is False
    holders = [
        subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for holder in holders:
        assert holder.stdout.readline() == "held\n"
    assert store.is_at_work("r") is True

    holders[0].communicate("")  # ends in good order
    assert store.is_at_work("r") is True
    holders[1].kill()
    holders[1].communicate()

    assert store.is_at_work("r") is False
    assert store.run_names() == []


def test_nothing_is_left_behind(tmp_path):
    store = Store(tmp_path)
    with store.at_work("r"), store.at_work("r"):
        assert store.is_at_work("r") is True

    assert list((tmp_path / "runs").iterdir()) == []
