"""What takes time is made in threads: so many at once, so many waiting, no more of them for one client than its share, and the same thing once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchwright_leaderboards.server.problems import RequestProblem
from benchwright_leaderboards.server.responses import Body


class BoundedThreads:
    """Threads for one kind of thing; another kind has its own, so that slow ones never stand before quick ones.

    A thread cannot be stopped: what a client no longer waits for is made to its end, is cached by whoever made it, and counts until then.
    All methods are called in the event loop.

    Args:
        name: Of the kind.
        threads: Made at once.
        waiting: Most that wait; more are refused.
        each: Most of them, made or waiting, that one client has asked for.
    """

    def __init__(self, name: str, *, threads: int, waiting: int, each: int) -> None:
        self._name, self._threads, self._most, self._each = name, threads, threads + waiting, each
        self._pool: ThreadPoolExecutor | None = None
        self._making: dict[tuple[str, str], asyncio.Future[Body]] = {}
        self._of_client: Counter[str] = Counter()

    def __len__(self) -> int:
        """How many are being made or wait."""
        return len(self._making)

    def close(self) -> None:
        """Drop those that wait; what a thread is at, it ends by itself."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    async def make(self, key: tuple[str, str], build: Callable[[], Body], *, client: str) -> Body:
        """What ``build`` gives; whoever asks for a key that is being made waits for that. Raises RequestProblem (503)."""
        making = self._making.get(key) or self._begin(key, build, client)
        return await asyncio.shield(making)

    def _begin(self, key: tuple[str, str], build: Callable[[], Body], client: str) -> asyncio.Future[Body]:
        if len(self._making) >= self._most or self._of_client[client] >= self._each:
            raise RequestProblem(
                503, f"too many {self._name} are being made", hint="ask again later", headers={"retry-after": "5"}
            )
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix=self._name)
        made = asyncio.get_running_loop().run_in_executor(self._pool, build)
        self._making[key] = made
        self._of_client[client] += 1
        made.add_done_callback(lambda _: self._end(key, client))
        return made

    def _end(self, key: tuple[str, str], client: str) -> None:
        del self._making[key]
        self._of_client[client] -= 1
        if not self._of_client[client]:
            del self._of_client[client]
