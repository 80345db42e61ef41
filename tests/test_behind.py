"""What is done behind is done in order, whole, and its errors are told to whoever waits."""

import threading

import pytest

from benchwright.behind import Behind


def test_one_thing_after_the_other_in_another_thread():
    """The next one begins when the one before it is done."""
    done, behind = [], Behind()
    for number in range(5):
        behind.do(lambda number=number: done.append((number, threading.current_thread())))
    behind.close()

    assert [number for number, _ in done] == [0, 1, 2, 3, 4]
    assert threading.main_thread() not in [thread for _, thread in done]


def test_an_error_is_raised_once_by_whoever_waits_and_nothing_is_begun_after_it():
    """A full disk ends a run, though the next shard is computed by then."""
    done, behind = [], Behind()

    def fails():
        raise OSError("no space left")

    behind.do(fails)
    with pytest.raises(OSError, match="no space left"):
        behind.do(lambda: done.append(1))
    behind.close()
    assert done == []


def test_closing_waits_for_what_is_at_work():
    """A shard that is computed is written, whatever broke off the next one."""
    may_end, done, behind = threading.Event(), [], Behind()
    behind.do(lambda: done.append(may_end.wait(10)))
    threading.Timer(0.05, may_end.set).start()
    behind.close()

    assert done == [True]
