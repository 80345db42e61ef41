"""Pages of two entries: ``compare/<id>--<id>.html``; on a site those of each entry with its baseline and neighbours, on a server any."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec
from markupsafe import Markup

from benchwright.render.api import render_page
from benchwright.report_content.example_island import island
from benchwright.types import Frozen
from benchwright_leaderboards.assets import asset_path
from benchwright_leaderboards.content import BoardContent, BoardRow
from benchwright_leaderboards.counterparts import paired_on_site
from benchwright_leaderboards.derived import remember
from benchwright_leaderboards.frame import PACKAGE, Frame, framed_page, render_framed
from benchwright_leaderboards.pages import Page, digest_of_inputs
from benchwright_leaderboards.pair_content import PairRoom, pair_content, pair_examples, pair_room
from benchwright_leaderboards.site_manifest import program_digest


def pair_path(first: str, second: str) -> str:
    """Address of the page of two entries below the site."""
    return f"compare/{first}--{second}.html"


def pair_pages(content: BoardContent, *, inputs: bool = True) -> Iterator[Page]:
    """The pages of pairs of a site; ``inputs``: whether texts of items are shown."""
    room = pair_room(content)
    known = frozenset(paired_on_site(content))
    for first, second in paired_on_site(content):
        yield pair_page(room, first, second, inputs=inputs, turned=(second, first) in known)


def pair_page(room: PairRoom, first: str, second: str, *, inputs: bool = True, turned: bool = True) -> Page:
    """The page of any two entries; ``turned``: whether there is one of the two in the other order.

    Raises:
        KeyError: There is no such entry.
    """
    rows = room.rows[first], room.rows[second]
    render = partial(render_pair, room, rows, inputs=inputs, turned=turned)
    return framed_page(room.content, pair_path(first, second), render, inputs, turned)


def render_pair(
    room: PairRoom, rows: tuple[BoardRow, BoardRow], frame: Frame, *, inputs: bool = True, turned: bool = True
) -> str:
    """The page of a pair as HTML."""
    first, second = (row.entry.entry.id for row in rows)
    part = pair_part(rows, room.paths, inputs=inputs)
    return render_framed(
        "pair.html.j2",
        frame,
        page=pair_content(room, first, second),
        turned=turned,
        linked=part.linked,
        has_examples=part.has_examples,
        part=Markup(part.html),  # noqa: S704 - rendered by our own template, which escapes
        examples_style=frame.root + asset_path("examples.css"),
        examples_script=frame.root + asset_path("examples.js"),
    )


class PairPart(Frozen, frozen=True, kw_only=True):
    """What the records of two entries decide alone, kept by digest: it costs many times what the rest of the page does.

    Attributes:
        linked: Tasks with examples.
        has_examples: Whether there is a browser of examples.
        html: Items that one of them has right, and the browser.
    """

    linked: tuple[str, ...]
    has_examples: bool
    html: str


def pair_part(rows: tuple[BoardRow, BoardRow], paths: list[str], *, inputs: bool) -> PairPart:
    """The part of two entries, from what was kept of them or from their records."""
    said = [(row.entry.submission.digest, row.entry.entry) for row in rows]
    digest = digest_of_inputs("pair part", program_digest(), said, paths, inputs)
    root = rows[0].entry.root.parent.parent
    kept = remember(root, "pairs", digest, lambda: msgspec.json.encode(_part(rows, paths, inputs=inputs)))
    return msgspec.json.decode(kept, type=PairPart)


def _part(rows: tuple[BoardRow, BoardRow], paths: list[str], *, inputs: bool) -> PairPart:
    found = pair_examples(rows, paths, inputs=inputs)
    section = found.section
    html = render_page(
        "pair_part.html.j2",
        package=PACKAGE,
        ids=[row.entry.entry.id for row in rows],
        examples=section,
        flips=found.flips,
        examples_data="" if section is None else island(section),
    )
    linked = () if section is None else tuple(task.name for task in section.tasks)
    return PairPart(linked=linked, has_examples=section is not None, html=html)
