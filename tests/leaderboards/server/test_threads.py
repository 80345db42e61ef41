"""Threads for what takes time."""

import asyncio
import threading

import pytest

from benchwright_leaderboards.server.problems import RequestProblem
from benchwright_leaderboards.server.responses import BodyCache, make_body
from benchwright_leaderboards.server.threads import BoundedThreads

BODY = make_body("made", "text/plain")


class Held:
    """Something that is made until it is let go."""

    def __init__(self):
        self.go, self.made = threading.Event(), 0

    def build(self):
        self.go.wait(10)
        self.made += 1
        return BODY


def test_the_same_thing_is_made_once_for_all_who_ask(to_the_end):
    """Ten clients that ask for a page at once get it from one making."""
    held, threads = Held(), BoundedThreads("pages", threads=2, waiting=2, each=4)

    async def ask():
        asked = [asyncio.ensure_future(threads.make(("a", ""), held.build, client=str(at))) for at in range(10)]
        await asyncio.sleep(0)
        held.go.set()
        return await asyncio.gather(*asked)

    assert to_the_end(ask()) == [BODY] * 10
    assert held.made == 1
    assert len(threads) == 0


def test_one_client_cannot_take_all_the_places(to_the_end):
    """Its share is used up; another client still has a place until all are taken, and gets one again when something is done."""
    held, threads = Held(), BoundedThreads("pairs", threads=1, waiting=2, each=2)

    async def ask():
        def begin(name, client):
            return asyncio.ensure_future(threads.make((name, ""), held.build, client=client))

        made = [begin("a", "me"), begin("b", "me")]
        await asyncio.sleep(0)
        with pytest.raises(RequestProblem, match="too many pairs"):
            await begin("c", "me")
        made.append(begin("d", "you"))
        await asyncio.sleep(0)
        with pytest.raises(RequestProblem):
            await begin("e", "they")
        held.go.set()
        await asyncio.gather(*made)
        return await begin("c", "me")

    assert to_the_end(ask()) is BODY


def test_what_nobody_waits_for_any_more_still_counts_until_it_is_made(to_the_end):
    """A client that gives up and asks again does not get a second thread: the first one cannot be stopped."""
    held, threads = Held(), BoundedThreads("pairs", threads=1, waiting=0, each=1)

    async def ask():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await threads.make(("a", ""), held.build, client="me")
        assert len(threads) == 1
        with pytest.raises(RequestProblem):
            await threads.make(("b", ""), held.build, client="me")
        again = asyncio.ensure_future(threads.make(("a", ""), held.build, client="me"))
        await asyncio.sleep(0)
        held.go.set()
        return await again

    assert to_the_end(ask()) is BODY
    assert held.made == 1


def test_a_failure_reaches_who_asked_and_leaves_no_place_taken(to_the_end):
    """The next one who asks has it tried again."""
    threads = BoundedThreads("pages", threads=1, waiting=0, each=1)

    def fail():
        raise OSError("gone")

    for _ in range(2):
        with pytest.raises(OSError, match="gone"):
            to_the_end(threads.make(("a", ""), fail, client="me"))
    assert len(threads) == 0


def test_many_small_bodies_are_bounded_by_what_they_take():
    """Keys count too: addresses may be longer than what is kept under them."""
    cache = BodyCache(largest=100_000)
    for number in range(500):
        cache.make((f"{number:01000}", ""), lambda: BODY)

    assert len(cache._held) <= 50
