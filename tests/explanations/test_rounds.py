"""Jobs in rounds: order, what a round holds, and that no thread is left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from benchwright.explanations.rounds import in_rounds


def job(ask: Callable[[int], int], *, number: int, questions: int) -> tuple[int, int]:
    return number, sum(ask(number * 100 + at) for at in range(questions))


def double(questions: Sequence[int]) -> list[int]:
    return [2 * one for one in questions]


def threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "explanation"]


def test_results_come_in_order_whatever_a_job_asks() -> None:
    jobs = [partial(job, number=at, questions=(at * 7) % 5) for at in range(40)]
    expected = [(at, sum(2 * (at * 100 + one) for one in range((at * 7) % 5))) for at in range(40)]
    for window in (1, 3, 64):
        assert list(in_rounds(jobs, double, window=window)) == expected
    assert threads() == []


def test_a_round_holds_the_questions_of_all_in_flight() -> None:
    rounds: list[int] = []

    def answer(questions: Sequence[int]) -> list[int]:
        rounds.append(len(questions))
        return double(questions)

    list(in_rounds([partial(job, number=at, questions=3) for at in range(8)], answer, window=4))
    assert rounds == [4, 4, 4, 4, 4, 4]


def test_no_more_jobs_than_the_window_are_in_flight_or_wait_to_be_taken() -> None:
    begun: list[int] = []

    def one(ask: Callable[[int], int], number: int) -> int:
        begun.append(number)
        return ask(number) if number == 0 else number

    found = in_rounds([partial(one, number=at) for at in range(50)], double, window=5)
    assert next(found) == 0
    assert len(begun) <= 6


def test_two_jobs_never_run_at_once() -> None:
    inside = []

    def one(ask: Callable[[int], int]) -> int:
        for at in range(20):
            inside.append(threading.get_ident())
            assert len(inside) == 1
            inside.pop()
            ask(at)
        return 0

    assert list(in_rounds([one] * 10, double, window=10)) == [0] * 10


@pytest.mark.parametrize("problem", [ValueError("no"), KeyboardInterrupt()])
def test_what_the_answers_raise_reaches_the_caller_and_ends_all_threads(problem: BaseException) -> None:
    def answer(questions: Sequence[int]) -> list[int]:
        if max(questions) % 100 == 2:
            raise problem
        return double(questions)

    with pytest.raises(type(problem)):
        list(in_rounds([partial(job, number=at, questions=5) for at in range(9)], answer, window=4))
    assert threads() == []


def test_what_a_job_raises_reaches_the_caller_and_ends_all_threads() -> None:
    def broken(ask: Callable[[int], int]) -> tuple[int, int]:
        ask(1)
        raise SystemExit(3)

    jobs = [partial(job, number=0, questions=9), broken, partial(job, number=2, questions=9)]
    with pytest.raises(SystemExit):
        list(in_rounds(jobs, double, window=3))
    assert threads() == []


def test_a_caller_that_leaves_ends_all_threads_even_of_jobs_that_catch_everything() -> None:
    def stubborn(ask: Callable[[int], int]) -> tuple[int, int]:
        for at in range(100):
            try:
                ask(at)
            except Exception:
                continue
        return 0, 0

    found = in_rounds([partial(job, number=0, questions=1), stubborn, stubborn], double, window=3)
    next(found)
    found.close()
    assert threads() == []
