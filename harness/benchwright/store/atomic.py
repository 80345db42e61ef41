"""Files that are whole or absent: written beside their place, then renamed into it."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from benchwright.errors import StoreError


def write(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``, whole or not at all.

    Raises:
        StoreError: The disk is full, the folder cannot be written, or the path is no folder.
    """
    if path.exists() and not path.is_file():
        with speaking(path):
            path.write_bytes(content)  # a device or a pipe is written to, never replaced
        return
    with speaking(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)  # noqa: PTH105 - the atomic call is meant
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def speaking(path: Path) -> Iterator[None]:
    """Turn an operating-system error around the store into a StoreError that says what to do."""
    try:
        yield
    except OSError as error:
        raise _explain(path, error) from error


def _explain(path: Path, error: OSError) -> StoreError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreError(
            f"no space left for {path}",
            expected="room for the records; everything finished so far is kept",
            hint="free some space (`benchwright store prune`) or choose another --store, then run the same command",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(
            f"the store cannot be written at {path}",
            expected="a folder this user may write",
            hint="choose another folder with --store DIR or BENCHWRIGHT_STORE",
        )
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return StoreError(
            f"{path.parent} is not a folder",
            expected="a store folder, or a path where one can be made",
            hint="choose another folder with --store DIR",
        )
    return StoreError(f"the store failed at {path}: {error.strerror or error}", hint="check the disk, then run again")
