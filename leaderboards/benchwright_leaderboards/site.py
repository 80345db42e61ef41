"""`board build`: the static site of a board."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchwright.store import atomic
from benchwright_leaderboards.assets import asset_pages
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.collection import without_collection
from benchwright_leaderboards.content import BoardContent, assemble_board
from benchwright_leaderboards.counterparts import paired_on_site
from benchwright_leaderboards.exports.pages import export_pages
from benchwright_leaderboards.forked import processes_for, spread
from benchwright_leaderboards.history_page import history_pages
from benchwright_leaderboards.method_page import method_pages
from benchwright_leaderboards.model_pages import model_pages
from benchwright_leaderboards.overview_page import overview_pages
from benchwright_leaderboards.pages import Page
from benchwright_leaderboards.release_pages import release_pages
from benchwright_leaderboards.site_manifest import (
    SiteFile,
    check_output,
    check_own,
    digest_of,
    read_manifest,
    write_manifest,
)
from benchwright_leaderboards.suite_pages import suite_pages
from benchwright_leaderboards.task_pages import task_pages

_KEEPING_SECONDS = 5.0
"""So often a build says in the manifest what it has done, for the next one to go on from there if it is killed."""

_MANY = 200
"""So many pages that have changed are made by several processes."""


class Built(NamedTuple):
    """What a build did: paths below the folder of the site."""

    written: tuple[str, ...]
    unchanged: int
    removed: tuple[str, ...]


def build(root: Path, output: Path, *, inputs: bool = True, tell: Callable[[int, int], None] | None = None) -> Built:
    """Bring the site of the board in ``root`` up to date in a folder: changed pages are written, those that are gone removed, nothing else touched.

    Same board, same bytes, whatever was there before. A build that was stopped is continued by the next one; a page that was changed by hand is
    written again.

    Args:
        root: Folder of the board.
        output: Folder to write to.
        inputs: Whether texts of items are shown.
        tell: Is called with how many pages are done, of how many.

    Raises:
        BenchwrightError: There is no board, the folder cannot be written, or it holds files that no build wrote where pages go.
    """
    check_output(root, output)
    with without_collection():
        return _build(root, output, inputs=inputs, tell=tell)


def _build(root: Path, output: Path, *, inputs: bool, tell: Callable[[int, int], None] | None) -> Built:
    content = assemble_board(open_board(root))
    pages = list(pages_of(content, inputs=inputs))
    before = read_manifest(output).files
    check_own(output, before, pages)
    new = {page.path: SiteFile(page="", content="") for page in pages if page.path not in before}
    known = before | new
    if new:
        write_manifest(output, known)  # first, so that a build that is killed leaves no file that is not known
    written, kept = set[int](), time.monotonic()
    changed = sum(known[page.path].page != digest_of(page) for page in pages)
    try:
        with atomic.quick_writer(output, what="-o") as put:

            def bring_up(number: int) -> tuple[SiteFile, bool]:
                return _brought_up(output, pages[number], known[pages[number].path], put)

            processes = processes_for(changed, least=_MANY)
            with contextlib.closing(spread(len(pages), bring_up, processes=processes)) as results:
                for done, (number, (found, is_new)) in enumerate(results, 1):
                    known[pages[number].path] = found
                    if is_new:
                        written.add(number)
                    if tell is not None:
                        tell(done, len(pages))
                    if time.monotonic() - kept > _KEEPING_SECONDS:
                        write_manifest(output, known)
                        kept = time.monotonic()
        removed = _remove(output, before.keys() - {page.path for page in pages})
        known = {page.path: known[page.path] for page in pages}
    finally:
        if known != before:
            write_manifest(output, known)
    new_ones = tuple(pages[number].path for number in sorted(written))
    return Built(written=new_ones, unchanged=len(pages) - len(written), removed=removed)


def _brought_up(site: Path, page: Page, known: SiteFile, put: Callable[[str, bytes], None]) -> tuple[SiteFile, bool]:
    """What the manifest says of a page that is as it should be, and whether it had to be written for that."""
    digest, path = digest_of(page), site / page.path
    if known.page == digest and _is_whole(path, known):
        return known, False
    made = page.render()
    content = made.encode("utf-8", "backslashreplace") if isinstance(made, str) else made
    found = SiteFile(page=digest, content=hashlib.sha256(content).hexdigest())
    if found.content == known.content and _is_whole(path, known):
        return found, False
    put(page.path, content)
    return found, True


def _is_whole(path: Path, known: SiteFile) -> bool:
    """Whether a file is as it was written: it is read for that, so only where it would stay."""
    return known.content != "" and _digest(path) == known.content


def _digest(path: Path) -> str:
    """SHA-256 of a file; empty where there is none: a power failure may have left it empty, and anybody may have changed it."""
    try:
        return "" if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _remove(site: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Remove files that builds wrote, and folders that are empty then."""
    removed = list[str]()
    for path in sorted(paths):
        place = site / path
        with contextlib.suppress(FileNotFoundError):
            place.unlink()
            removed.append(path)
        with contextlib.suppress(OSError):
            for folder in list(place.parents)[: path.count("/")]:
                folder.rmdir()
    return tuple(removed)


def pages_of(content: BoardContent, *, inputs: bool = True) -> Iterator[Page]:
    """Every file of the site, each from the room that knows it; ``inputs``: whether texts of items are shown."""
    yield from asset_pages()
    yield from overview_pages(content)
    yield from export_pages(content)
    yield from model_pages(content)
    yield from suite_pages(content)
    yield from task_pages(content)
    yield from method_pages(content)
    if paired_on_site(content):
        from benchwright_leaderboards.pair_pages import pair_pages  # they need what compares answers

        yield from pair_pages(content, inputs=inputs)
    yield from history_pages(content)
    if not content.release:
        yield from release_pages(content)
