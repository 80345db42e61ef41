"""What is read ahead is what would be read when it is asked for, and is read once."""

import threading

import numpy as np
import pytest

from benchwright.encoders import InputRows, join_rows
from benchwright.encoders.read_ahead import ReadAhead


class Codec:
    """Rows of numbers; says in which threads it was used, and fails on None."""

    def __init__(self):
        self.threads = []

    def encode(self, examples):
        self.threads.append(threading.current_thread())
        rows = [[int(one)] for one in examples] or [[]]
        return InputRows(encoded=join_rows({"input_ids": rows}), owner=np.arange(len(rows)))


def ids(rows):
    return rows.encoded.columns["input_ids"].tolist()


def test_the_next_rows_are_made_in_another_thread_and_once():
    """Not before `begin`: what is asked now comes first. What comes after that is wanted before it is asked for."""
    codec, parts = Codec(), [[1, 2], [3, 4], [5]]
    ahead = ReadAhead(codec)
    for at, part in enumerate(parts):
        ahead.want([*parts, []][at + 1])
        assert ids(ahead.rows(part)) == part
        ahead.begin()
    ahead.stop()

    first, *others = codec.threads
    assert first is threading.main_thread()
    assert len(others) == 3
    assert threading.main_thread() not in others


def test_other_examples_than_were_expected_get_their_own_rows():
    """Equal ones are not the same ones; what was made for others is dropped."""
    ahead = ReadAhead(Codec())
    ahead.want([3, 4])
    ahead.begin()

    assert ids(ahead.rows([5])) == [5]
    assert ids(ahead.rows([3, 4])) == [3, 4]


def test_what_fails_ahead_fails_when_it_is_asked_for():
    """With its own exception, in the thread that asked."""
    ahead, wrong = ReadAhead(Codec()), ["x"]
    ahead.want(wrong)
    ahead.begin()

    with pytest.raises(ValueError, match="invalid literal"):
        ahead.rows(wrong)
    assert ids(ahead.rows([1])) == [1]
