"""Whoever changes a board holds it: one process at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchwright.errors import BenchwrightError, StoreError
from benchwright.store.lease import lease

LOCK = ".lock"
"""Held by whoever changes the board; a file in its folder."""


@contextmanager
def hold(root: Path) -> Iterator[None]:
    """Be the only one who changes the board in ``root``, after those who came before.

    Raises:
        BenchwrightError: Its folder cannot be written by this user; nothing is changed.
    """
    with ExitStack() as stack:
        try:
            held = stack.enter_context(lease(root / LOCK, wait=True))
        except StoreError as error:
            raise _unwritable(root) from error
        if not held:
            raise _unwritable(root)
        yield


def _unwritable(root: Path) -> BenchwrightError:
    return BenchwrightError(
        f"the board in {root} cannot be changed: its folder cannot be written by this user",
        expected="a folder of a board that this user may write",
        hint="ask whoever keeps the board, or copy its folder and type the command for the copy: --board COPY",
    )
