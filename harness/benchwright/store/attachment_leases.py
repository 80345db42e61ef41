"""Items of an attachment that one process explains and no other: a lock for each, which the kernel releases when the process dies."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterable, Iterator

from benchwright.store import attachments
from benchwright.store.folder import Store
from benchwright.store.lease import lease

_LEASES = "leases"


@contextlib.contextmanager
def lease_items(store: Store, key: str, name: str, ids: Iterable[str], *, most: int) -> Iterator[list[str]]:
    """The right to explain some items of an attachment, as long as the block runs.

    Args:
        store: Holds it.
        key: Of the cell.
        name: Of the attachment.
        ids: Items that are wanted; those that another process has are left out.
        most: So many at most.

    Yields:
        Ids, in the order given; what another process finished just before is among them: look again what is there.
    """
    folder = attachments.folder(store, key, name) / _LEASES
    with contextlib.ExitStack() as stack:
        mine: list[str] = []
        for one in ids:
            if len(mine) == most:
                break
            path = folder / f"{hashlib.sha256(one.encode()).hexdigest()[:32]}.lock"
            if stack.enter_context(lease(path)):
                mine.append(one)
        yield mine


def remove_leases(store: Store, key: str, name: str) -> None:
    """Take away the lock files, when all is explained: one that another process holds is no more than a hint to save work."""
    shutil.rmtree(attachments.folder(store, key, name) / _LEASES, ignore_errors=True)
