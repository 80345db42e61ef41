"""Pages of models: ``models/<entry id>.html``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files

import msgspec
from markupsafe import Markup

from benchwright import __version__
from benchwright.render.api import render_page
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.content import BoardContent, BoardRow
from benchwright_leaderboards.counterparts import Counterpart
from benchwright_leaderboards.derived import remember
from benchwright_leaderboards.frame import PACKAGE, Frame, framed_page, render_framed
from benchwright_leaderboards.model_content import ModelContent, ModelRoom, model_content, model_room
from benchwright_leaderboards.model_rows import Counts, put_ranks, row_pieces
from benchwright_leaderboards.pages import Page, digest_of_inputs
from benchwright_leaderboards.right_items import RightItems, count_fixed, right_items
from benchwright_leaderboards.site_manifest import program_digest

Right = Mapping[str, RightItems]


def model_pages(content: BoardContent) -> Iterator[Page]:
    """The page of each entry."""
    room, known = model_room(content), dict[str, Right]()
    for row in content.overview.rows:
        yield framed_page(content, f"models/{row.entry.entry.id}.html", partial(_render, room, row, known))


def _render(room: ModelRoom, row: BoardRow, known: dict[str, Right], frame: Frame) -> str:
    return render_model(frame, model_content(room, row), known)


def render_model(frame: Frame, page: ModelContent, known: dict[str, Right] | None = None) -> str:
    """The page of a model as HTML; ``known``: which items entries answer correctly, by id, for pages that are made one after another."""
    return render_framed(
        "model.html.j2",
        frame,
        page=page,
        rows=put_ranks(_pieces(page, frame.root, {} if known is None else known), page.stands),
        part=Markup(own_part(page.one, page.paths).decode()),  # noqa: S704 - rendered by our own template, which escapes
    )


def _pieces(page: ModelContent, root: str, known: dict[str, Right]) -> list[str]:
    """The rows but for the ranks, kept by digest."""

    def make() -> bytes:
        counts = {other.entry.entry.id: _counts(page.one, other, page.paths, known) for other in page.counterparts}
        return msgspec.msgpack.encode(row_pieces((page.mean, *page.tasks), counts, root))

    digest = digest_of_inputs("rows", program_digest(), root, page.told)
    kept = remember(page.one.root.parent.parent, "rows", digest, make)
    return msgspec.msgpack.decode(kept, type=list[str])


def own_part(one: PlacedEntry, paths: Sequence[str]) -> bytes:
    """HTML of what no other entry decides, kept by digest."""
    digest = digest_of_inputs("part", __version__, _template_digest(), one.told, one.entry.id, one.entry.cost, paths)
    return remember(one.root.parent.parent, "parts", digest, lambda: _part(one, paths))


def _part(one: PlacedEntry, paths: Sequence[str]) -> bytes:
    from benchwright_leaderboards.entry_part import entry_part

    return render_page("model_part.html.j2", package=PACKAGE, part=entry_part(one, paths), one=one).encode()


def _counts(one: PlacedEntry, other: Counterpart, paths: Sequence[str], known: dict[str, Right]) -> Counts:
    mine, theirs = (_right(each, paths, known) for each in (one, other.entry))
    shared = {result.path for result in one.entry.results} & {result.path for result in other.entry.entry.results}
    return {path: count_fixed(one, other.entry, path, mine, theirs) for path in paths if path in shared}


def _right(one: PlacedEntry, paths: Sequence[str], known: dict[str, Right]) -> Right:
    if one.entry.id not in known:
        known[one.entry.id] = right_items(one, paths)
    return known[one.entry.id]


@cache
def _template_digest() -> str:
    return digest_of_inputs((files(PACKAGE) / "templates" / "model_part.html.j2").read_text(encoding="utf-8"))
