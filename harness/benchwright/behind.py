"""One thing at a time done in a thread, while the next one is computed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Behind:
    """Does in a thread what it is given, one after the other, never more than one waiting; errors are raised by whoever waits."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._last: Future[None] | None = None

    def do(self, work: Callable[[], None]) -> None:
        """Begin something, as soon as what was begun before is done.

        Raises:
            BaseException: What the one before raised; this one is not begun.
        """
        self.wait()
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1)
        self._last = self._thread.submit(work)

    def wait(self) -> None:
        """Wait until all is done.

        Raises:
            BaseException: What it raised, once.
        """
        last, self._last = self._last, None
        if last is not None:
            last.result()

    def close(self) -> None:
        """Wait, and give back the thread. Raises as `wait` does."""
        try:
            self.wait()
        finally:
            if self._thread is not None:
                self._thread.shutdown()
                self._thread = None
