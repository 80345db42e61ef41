"""Coroutines of tests, apart from a browser's."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def to_the_end():
    """Runs a coroutine to its end in a thread of its own: in this one a browser of another test may have a loop running."""

    def run(coroutine):
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, coroutine).result()

    return run
