"""Classify exceptions of libraries (bad input or out of memory), format them for messages, and tell them as errors of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchwright.errors import BenchwrightError


def is_failure(error: BaseException) -> bool:
    """Whether a library failed at what it was given: any Exception but an exhausted memory, and a panic of one written in Rust.

    Such a panic (a regular expression that gives up on a long text) is no Exception to Python and would end the process.
    """
    if isinstance(error, MemoryError):
        return False
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


_TEXTS = (
    "not enough memory",
    "out of memory",
    "can't allocate memory",
    "cannot allocate memory",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device or the host had no memory left: MemoryError, torch's own error, or a RuntimeError that says so."""
    if isinstance(error, MemoryError):
        return True
    if any(kind.__name__ == "OutOfMemoryError" for kind in type(error).__mro__):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error).lower() for text in _TEXTS)


_MOST = 300


def complaint(error: BaseException) -> str:
    """The kind of an error and its first line, cut where it repeats at length what it was given."""
    first = str(error).strip().split("\n", 1)[0]
    kind = type(error).__name__
    if not first:
        return kind
    return f"{kind}: {first}" if len(first) <= _MOST else f"{kind}: {first[:_MOST]}..."


@contextmanager
def explained(explain: Callable[[BaseException], BenchwrightError]) -> Iterator[None]:
    """Turn what a library raises meanwhile into an error of ours; those that are ours already, and interruptions, pass.

    Args:
        explain: The error for whatever was raised: any Exception, an exhausted memory, and a panic of a library written in Rust.
    """
    try:
        yield
    except BenchwrightError:
        raise
    except BaseException as error:
        if not (isinstance(error, Exception) or is_failure(error)):
            raise
        raise explain(error) from error
