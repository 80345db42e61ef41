"""Rows of what is asked next, made in a thread while the device computes what is asked now: `tokenizers` lets go of the interpreter."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread

from benchwright.encoders.codec import Codec
from benchwright.encoders.encoded import InputRows
from benchwright.encoders.failures import is_failure
from benchwright.types import Example


class ReadAhead:
    """Makes rows of examples, some of them before they are asked for; a tokenizer is never used by two threads at once.

    Args:
        codec: Makes the rows.
    """

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._wanted: Sequence[Example] | None = None
        self._reading: _Reading | None = None

    def want(self, examples: Sequence[Example]) -> None:
        """Make the rows of these when `begin` says so, instead of others that were wanted."""
        self._wanted = examples

    def begin(self) -> None:
        """Make in a thread what is wanted, if anything is and none is at work."""
        if self._wanted is not None and self._reading is None:
            self._reading, self._wanted = _Reading(self._codec, self._wanted), None
            self._reading.start()

    def rows(self, examples: Sequence[Example]) -> InputRows:
        """The rows of examples: those that were made ahead where these are the very ones, else made now."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.join()
            if reading.rows is not None and reading.examples is examples:
                return reading.rows
        return self._codec.encode(examples)

    def stop(self) -> None:
        """Forget what is wanted, and wait until nobody works on it."""
        reading, self._reading, self._wanted = self._reading, None, None
        if reading is not None:
            reading.join()


class _Reading(Thread):
    """Rows that are being made; None where that failed: they are made again when they are asked for, and it is told then."""

    def __init__(self, codec: Codec, examples: Sequence[Example]) -> None:
        super().__init__(daemon=True)
        self.examples, self._codec = examples, codec
        self.rows: InputRows | None = None

    def run(self) -> None:
        """Make them."""
        try:
            self.rows = self._codec.encode(self.examples)
        except BaseException as error:
            if not is_failure(error) and not isinstance(error, MemoryError):
                raise
