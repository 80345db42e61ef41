"""Tell what is wrong with an input from what must stop the program."""

from __future__ import annotations


def is_failure(error: BaseException) -> bool:
    """Whether a library failed at what it was given: any Exception but an exhausted memory, and a panic of one written in Rust.

    Such a panic (a regular expression that gives up on a long text) is no Exception to Python and would end the process.
    """
    if isinstance(error, MemoryError):
        return False
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"
