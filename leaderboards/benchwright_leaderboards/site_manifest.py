"""What a folder of a site holds that `board build` wrote: so that a build writes what has changed and removes what is gone, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

import msgspec

from benchwright import __version__
from benchwright.errors import BenchwrightError
from benchwright.store import atomic
from benchwright.types import Frozen
from benchwright_leaderboards.board import SUBMISSIONS
from benchwright_leaderboards.derived import FOLDER as DERIVED
from benchwright_leaderboards.pages import Page, digest_of_inputs
from benchwright_leaderboards.releases import FOLDER as RELEASES

FILE = ".board-site.json"
"""Name of the manifest, in the folder of the site."""
SCHEMA = 1
_PROGRAM = ("benchwright_leaderboards", "benchwright")
"""Packages whose sources and templates decide bytes of pages."""
_OF_BOARDS = (SUBMISSIONS, DERIVED, RELEASES, "inputs")


class SiteFile(Frozen, frozen=True, kw_only=True, array_like=True):
    """A file that a build wrote.

    Attributes:
        page: What decided its bytes: digest of the page and of the program.
        content: SHA-256 of its bytes; empty: it was about to be written.
    """

    page: str
    content: str


class Manifest(Frozen, frozen=True, kw_only=True):
    """The content of `FILE`: path below the folder of the site -> file. What it does not name is not ours, and is never touched."""

    schema: int = SCHEMA
    files: dict[str, SiteFile] = msgspec.field(default_factory=dict)


def read_manifest(site: Path) -> Manifest:
    """What builds wrote to a folder; nothing where the file is missing or cannot be read as one of ours."""
    try:
        found = msgspec.json.decode((site / FILE).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Manifest()
    if found.schema != SCHEMA or not all(_is_inside(path) for path in found.files):
        return Manifest()
    return found


def write_manifest(site: Path, known: dict[str, SiteFile]) -> None:
    """Put the manifest in its place. Raises BenchwrightError where it cannot be written."""
    content = msgspec.json.format(msgspec.json.encode(Manifest(files=known), order="sorted"), indent=0)
    atomic.write_output(site / FILE, content + b"\n", what="-o")


def check_output(root: Path, site: Path) -> None:
    """Raise BenchwrightError where a site would stand among the files of the board in ``root``, or the board among those of the site."""
    board, output = root.resolve(), site.resolve()
    inside = output.relative_to(board).parts if output.is_relative_to(board) else None
    if inside == () or (inside and inside[0] in _OF_BOARDS):
        raise _unfit(f"-o {site} is where the board keeps its own files")
    if inside is None and board.is_relative_to(output):
        raise _unfit(f"-o {site} holds the board itself")


def check_own(site: Path, known: Iterable[str], pages: Iterable[Page]) -> None:
    """Raise BenchwrightError where a page would take the place of a file that no build wrote."""
    mine = frozenset(known)
    foreign = [page.path for page in pages if page.path not in mine and _is_there(site / page.path)]
    if foreign:
        more = f" and {len(foreign) - 1:,} more" if len(foreign) > 1 else ""
        raise BenchwrightError(
            f"{site / foreign[0]} is there and `board build` did not write it{more}",
            expected=f"a new folder, or one that `board build` wrote, with its {FILE}",
            hint="choose another folder with -o, or delete these files",
        )


def digest_of(page: Page) -> str:
    """What decides the bytes of a page: its own digest, and the program that makes it."""
    return hashlib.sha256(f"{program_digest()}:{page.digest}".encode()).hexdigest()


@cache
def program_digest() -> str:
    """SHA-256 over version, sources and templates of the program: another program may make other pages of the same board."""
    sources = [
        (path, hashlib.sha256(content).hexdigest())
        for package in _PROGRAM
        for path, content in sorted(_sources(files(package), package))
    ]
    return digest_of_inputs(__version__, sources)


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for one in folder.iterdir():
        if one.is_dir():
            if one.name != "__pycache__":
                yield from _sources(one, f"{name}/{one.name}")
        elif one.name.endswith((".py", ".j2", ".css", ".js")):
            yield f"{name}/{one.name}", one.read_bytes()


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and ".." not in parts and not path.startswith("/") and "\\" not in path and ":" not in path


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _unfit(problem: str) -> BenchwrightError:
    return BenchwrightError(
        problem,
        expected="a folder of the site's own, which can be removed at any time",
        hint="for example: benchwright board build -o site",
    )
