"""`board build`: the static site of a board."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchwright.store import atomic
from benchwright_leaderboards.assets import asset_pages
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import BoardContent, assemble_board
from benchwright_leaderboards.exports.pages import export_pages
from benchwright_leaderboards.history_page import history_pages
from benchwright_leaderboards.method_page import method_pages
from benchwright_leaderboards.model_pages import model_pages
from benchwright_leaderboards.overview_page import overview_pages
from benchwright_leaderboards.pages import Page
from benchwright_leaderboards.pair_pages import pair_pages
from benchwright_leaderboards.release_pages import release_pages
from benchwright_leaderboards.suite_pages import suite_pages
from benchwright_leaderboards.task_pages import task_pages


def build(root: Path, output: Path, *, inputs: bool = True) -> list[Path]:
    """Write the site of the board in ``root`` into a folder; returns the files that were written.

    Args:
        root: Folder of the board.
        output: Folder to write to.
        inputs: Whether texts of items are shown.

    Raises:
        BenchwrightError: There is no board, or the folder cannot be written.
    """
    content = assemble_board(open_board(root))
    written = []
    for page in pages_of(content, inputs=inputs):
        path = output / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_output(path, page.render(), what="-o")
        written.append(path)
    return written


def pages_of(content: BoardContent, *, inputs: bool = True) -> Iterator[Page]:
    """Every file of the site, each from the room that knows it; ``inputs``: whether texts of items are shown."""
    yield from asset_pages()
    yield from overview_pages(content)
    yield from export_pages(content)
    yield from model_pages(content)
    yield from suite_pages(content)
    yield from task_pages(content)
    yield from method_pages(content)
    yield from pair_pages(content, inputs=inputs)
    yield from history_pages(content)
    if not content.release:
        yield from release_pages(content)
