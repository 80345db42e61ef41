"""Many jobs that each ask and wait, answered together in rounds.

A job is a plain function that asks as often as it likes and blocks until it is answered, so that a library's loop may call it. Each
runs in a thread of its own, but never two at once: a job runs until it asks or ends, then the next one does. When all of those in flight
have asked, all questions are answered by one call in the caller's thread. What a job sees therefore depends on the answers to its own
questions alone, and neither jobs nor what answers them need a lock.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Result = TypeVar("Result")


class Cancelled(BaseException):
    """The caller left: raised inside of a job where it asks, and not an `Exception`, so that none of its handlers holds it up."""


def in_rounds(
    jobs: Iterable[Callable[[Callable[[Question], Answer]], Result]],
    answer: Callable[[Sequence[Question]], Sequence[Answer]],
    *,
    window: int,
) -> Iterator[Result]:
    """Results of jobs, in their order.

    At most ``window`` jobs are in flight or finished and not yet taken. What a job, ``answer`` or the caller raises ends all threads.

    Args:
        jobs: Called with what they ask with.
        answer: The answers to the questions of a round, in their order; called in the thread of the caller.
        window: Most jobs at once, at least 1.
    """
    flight: deque[_Worker[Question, Answer, Result]] = deque()
    waiting = iter(jobs)
    try:
        while True:
            while len(flight) < window and (job := next(waiting, None)) is not None:
                flight.append(_Worker(job))
                flight[-1].begin()
            if not flight:
                return
            if flight[0].results:
                yield flight.popleft().results[0]
                continue
            asking = [worker for worker in flight if not worker.results]
            answers = answer([worker.questions.pop() for worker in asking])
            for worker, found in zip(asking, answers, strict=True):
                worker.go_on(found)
    finally:
        for worker in flight:
            worker.stop()


class _Worker(Generic[Question, Answer, Result]):
    """A job in its thread. Either that runs, or the caller does: ``_turn`` and ``_back`` hand the one permission to and fro."""

    def __init__(self, job: Callable[[Callable[[Question], Answer]], Result]) -> None:
        self.questions: list[Question] = []
        self.results: list[Result] = []
        self._job, self._answers, self._failure = job, list[Answer](), list[BaseException]()
        self._turn, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._is_cancelled = False
        self._thread = threading.Thread(target=self._run, name="explanation", daemon=True)

    def begin(self) -> None:
        """Run the job until it asks or ends."""
        self._thread.start()
        self._let_run()

    def go_on(self, answer: Answer) -> None:
        """Give the job its answer, and run it until it asks again or ends."""
        self._answers.append(answer)
        self._let_run()

    def stop(self) -> None:
        """End the thread: where the job asks next, it is told that nobody answers."""
        self._is_cancelled = True
        self._turn.release()
        if self._thread.ident is not None:
            self._thread.join()

    def _let_run(self) -> None:
        self._turn.release()
        self._back.acquire()
        if self._failure:
            raise self._failure[0]

    def _run(self) -> None:
        self._turn.acquire()
        try:
            if not self._is_cancelled:
                self.results.append(self._job(self._ask))
        except Cancelled:
            pass
        except BaseException as error:  # raised again in the thread of the caller
            self._failure.append(error)
        finally:
            self._back.release()

    def _ask(self, question: Question) -> Answer:
        self._refuse_cancelled()
        self.questions.append(question)
        self._back.release()
        self._turn.acquire()
        self._refuse_cancelled()
        return self._answers.pop()

    def _refuse_cancelled(self) -> None:
        if self._is_cancelled:
            raise Cancelled
