"""Every file that is written, of the store and of `-o`: written beside its place, then renamed into it.

A killed process leaves the old file or the new one; a full disk leaves the old one or none. What a killed process wrote beside
is removed by the next writer in that folder: its owner held a lock on it, and the kernel drops locks of the dead.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchwright.errors import BenchwrightError, StoreError

_DRAFT = re.compile(r"\..*\.\d+-[0-9a-f]{8}\.tmp", re.DOTALL)
_NAME_KEPT = 40
"""Characters of a file's name in that of its draft: a name may be as long as the file system takes."""
_ROOM = 2**20
_FORGOTTEN = 3600.0
"""Seconds after which a draft is given up where the file system has no locks."""


def write(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``, whole or not at all.

    Raises:
        StoreError: The disk is full, the folder cannot be written, or the path is no folder.
    """
    with store_errors(path):
        _put(path, content)


def write_unsettled(path: Path, content: bytes) -> None:
    """The same, at a tenth of the time, for what can be made again and tells by itself whether it is whole: it is not brought to the disk, so where the
    power fails the file may be empty or cut afterwards.

    Raises:
        StoreError: As `write` does.
    """
    with store_errors(path), _claimed(path, lambda draft: draft.touch(exist_ok=False)) as draft:
        draft.write_bytes(content)
        draft.replace(path)


def write_output(path: str | Path, content: str | bytes, *, what: str, new: bool = False) -> None:
    """Put a file that a user asked for at ``path``, whole or not at all; devices and pipes are written to.

    Args:
        path: Its place; folders are made, a link is followed, the mode of a file that was there is kept.
        content: Text is written as UTF-8.
        what: The option or the file in words, as a message names it: ``--markdown``.
        new: Refuse to replace anything.

    Raises:
        BenchwrightError: It cannot be written; what was there before is as it was.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        _put(Path(path), data, new=new)
    except (OSError, ValueError) as error:
        raise _unwritten(what, path, error) from error


def write_outputs(contents: Mapping[Path, str], *, what: str) -> None:
    """Put several files that a user asked for at their places, all of them whole or none: none appears before every one is written.

    Args:
        contents: Path -> text, which is written as UTF-8; folders are made.
        what: The option or the files in words, as a message names them.

    Raises:
        BenchwrightError: One cannot be written; what was there before is as it was, unless a disk fails while files are renamed.
    """
    place = next(iter(contents), Path())
    try:
        with contextlib.ExitStack() as drafts:
            for path, text in contents.items():
                place = path
                draft = drafts.enter_context(beside(Path(os.path.realpath(path))))
                draft.write_bytes(text.encode("utf-8", "backslashreplace"))
    except (OSError, ValueError) as error:
        raise _unwritten(what, place, error) from error


@contextlib.contextmanager
def new_folder(folder: Path, *, what: str) -> Iterator[Path]:
    """An empty draft folder to fill, which becomes ``folder`` when the block ends well and is gone when it does not.

    Raises:
        BenchwrightError: It cannot be written, or something stands there.
    """
    try:
        with _claimed(folder, Path.mkdir) as draft:
            yield draft
            draft.rename(folder)
    except (OSError, ValueError) as error:
        raise _unwritten(what, folder, error) from error


@contextlib.contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """An empty draft folder to fill, which takes the place of ``folder`` when the block ends well and is gone when it does not.

    Raises:
        OSError: It cannot be written.
    """
    with _claimed(folder, Path.mkdir) as draft:
        yield draft
        for path in draft.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
        if folder.is_symlink() or folder.is_file():
            folder.unlink()
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)


def try_room(folder: Path, size: int = 0) -> None:
    """Raise OSError where there is no room for ``size`` bytes, or another megabyte: few libraries say so when they could not write."""
    if shutil.disk_usage(folder).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with _claimed(folder / "room", lambda draft: draft.touch(exist_ok=False)) as draft:
        draft.write_bytes(bytes(_ROOM))
        draft.unlink()


def write_folder(folder: Path, contents: Mapping[str, str], *, what: str) -> None:
    """Make a new folder with these texts by relative path, whole or not at all.

    Raises:
        BenchwrightError: It cannot be written, or something stands there.
    """
    with new_folder(folder, what=what) as draft:
        for name, text in contents.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_text(text, encoding="utf-8")


@contextlib.contextmanager
def quick_writer(folder: Path, *, what: str) -> Iterator[Callable[[str, bytes], None]]:
    """A function that puts a file at a path below ``folder``, whole or not at all, as often as it is called while the block runs.

    For thousands of files that can be made again: none is brought to the disk by itself, so where the power fails one may be empty or old
    afterwards, and whoever writes them again must look at what is there. All of them are drafts in one folder beside them, under one lock.
    A link that stands at a path is replaced, not followed.

    Args:
        folder: Where they go; made where it is missing.
        what: The option or the folder in words, as a message names it.

    Raises:
        BenchwrightError: One cannot be written.
    """
    place, made = folder, set[str]()
    try:
        with _claimed(folder / "files", Path.mkdir) as drafts_:

            def put(name: str, content: bytes) -> None:
                nonlocal place
                parent, _, _ = name.rpartition("/")
                if parent not in made:
                    place = folder / parent
                    place.mkdir(parents=True, exist_ok=True)
                    made.add(parent)
                draft = f"{drafts_}/{os.getpid()}"
                try:
                    with open(draft, "wb", buffering=0) as file:  # noqa: PTH123 - thousands, for each of which a Path takes as long as the file
                        written = file.write(content)
                    if written != len(content):
                        Path(draft).write_bytes(content)  # says why: the disk is full
                    os.replace(draft, f"{folder}/{name}")  # noqa: PTH105
                except BaseException:
                    place = folder / name
                    raise

            yield put
            shutil.rmtree(drafts_)
    except (OSError, ValueError) as error:
        raise _unwritten(what, place, error) from error


@contextlib.contextmanager
def beside(path: Path, *, new: bool = False) -> Iterator[Path]:
    """An empty draft to write to, which becomes ``path`` when the block ends well and is gone when it does not.

    Raises:
        OSError: The folder cannot be written; with ``new``, FileExistsError where something stands at ``path``.
    """
    with _claimed(path, lambda draft: draft.touch(exist_ok=False)) as draft:
        yield draft
        _settle(draft, path)
        if new:
            os.link(draft, path)  # unlike a rename, refuses where something stands
            draft.unlink()
        else:
            draft.replace(path)


def sweep(folder: Path) -> list[Path]:
    """Remove abandoned temporary files in a folder, and return them."""
    return [draft for draft in drafts(folder) if _discard(draft)]


def drafts(folder: Path) -> list[Path]:
    """Files and folders that writers left, or are at work on, directly in a folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries if _DRAFT.fullmatch(entry.name))
    except OSError:
        return []


def is_abandoned(draft: Path) -> bool:
    """Whether the process that wrote a draft is gone."""
    try:
        with _found(draft) as mine:
            return mine
    except OSError:
        return False


def _discard(draft: Path) -> bool:
    """Remove a temporary file whose writer is gone, under its lock, so that no process takes it for a new one."""
    try:
        with _found(draft) as mine:
            if mine:
                shutil.rmtree(draft) if draft.is_dir() else draft.unlink()
            return mine
    except OSError:
        return False


def _put(path: Path, content: bytes, *, new: bool = False) -> None:
    place = Path(os.path.realpath(path))  # a link stays a link
    if _is_stream(path, place):
        with path.open("ab") as stream:
            stream.write(content)
        return
    with beside(place, new=new) as draft, draft.open("r+b") as file:
        file.write(content)


@contextlib.contextmanager
def _claimed(path: Path, make: Callable[[Path], None]) -> Iterator[Path]:
    """A draft of our own, locked as long as this process is at work on it; gone afterwards unless it was renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path.parent)
    draft, descriptor = _claim(path, make)
    try:
        yield draft
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True) if draft.is_dir() else draft.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _claim(path: Path, make: Callable[[Path], None]) -> tuple[Path, int]:
    """Make a draft and lock it; again where another process swept it between the two."""
    while True:
        draft = path.with_name(f".{path.name[:_NAME_KEPT]}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
        make(draft)
        try:
            descriptor = os.open(draft, os.O_RDONLY)
        except FileNotFoundError:
            continue
        _lock(descriptor, wait=True)
        if draft.exists():
            return draft, descriptor
        os.close(descriptor)


def _is_stream(path: Path, place: Path) -> bool:
    """Whether writing means handing on: a device, a pipe, or `/dev/stdout` wherever that leads."""
    if os.path.abspath(path).startswith(("/dev/", "/proc/")):  # noqa: PTH100 - resolving would follow the link
        return True
    return place.exists() and not place.is_file() and not place.is_dir()


def _settle(draft: Path, path: Path) -> None:
    """Bring a draft to the disk, with the mode of the file whose place it takes."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    with contextlib.suppress(OSError):
        draft.chmod(stat.S_IMODE(path.stat().st_mode))


@contextlib.contextmanager
def _found(draft: Path) -> Iterator[bool]:
    """Whether the writer of a draft is gone; if so nobody else finds that while the block runs.

    Raises:
        OSError: The draft cannot be opened.
    """
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        age = time.time() - os.fstat(descriptor).st_mtime
        mine = _lock(descriptor, wait=False)
        yield age > _FORGOTTEN if mine is None else mine
    finally:
        os.close(descriptor)


def _lock(descriptor: int, *, wait: bool) -> bool | None:
    """Lock an open file: whether we have it; None where the system or the disk knows no locks."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def _unwritten(what: str, path: object, error: OSError | ValueError) -> BenchwrightError:
    """The error of an output file that could not be written (not a file of the store)."""
    full = isinstance(error, OSError) and error.errno in FULL
    text = str(path)
    shown = f"{text[:_SHOWN]}..." if len(text) > _SHOWN else text or "''"
    expected, hint = "a path for a new file, in a folder this user may write", "choose another path"
    if full:
        expected, hint = "room for it on the disk", "free some space or choose another path"
    elif not text:
        expected, hint = "the name of a file", f"give it a name, as in {what} report.html"
    elif isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        expected, hint = "a name of at most 255 bytes", "choose a shorter name"
    reason = "it is empty" if not text else getattr(error, "strerror", None) or error
    return BenchwrightError(
        f"{what} {shown} cannot be written: {reason}", expected=expected, hint=f"{hint}, then type the same command"
    )


_SHOWN = 160
"""Characters of a path that a message shows."""


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of a disk, a quota or a limit that leave no room for a file."""


@contextlib.contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn an operating-system error around the store into a StoreError that says what to do."""
    try:
        yield
    except OSError as error:
        raise _explain(path, error) from error


def _explain(path: Path, error: OSError) -> StoreError:
    if error.errno in FULL:
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
