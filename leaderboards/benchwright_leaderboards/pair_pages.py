"""Pages of two entries: ``compare/<id>--<id>.html``; on a site those of each entry with its baseline and neighbours, on a server any."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from benchwright.report_content.example_island import island
from benchwright_leaderboards.assets import asset_path
from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.counterparts import paired_on_site
from benchwright_leaderboards.frame import Frame, frame_of, render_framed
from benchwright_leaderboards.pages import Page, digest_of_inputs
from benchwright_leaderboards.pair_content import PairContent, PairRoom, pair_content, pair_examples, pair_room


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
    frame = frame_of(room.content, pair_path(first, second))
    page = pair_content(room, first, second)
    return Page(
        path=frame.path,
        digest=_digest(frame, page, inputs=inputs, turned=turned),
        render=partial(render_pair, frame, page, room.paths, inputs=inputs, turned=turned),
    )


def render_pair(frame: Frame, page: PairContent, paths: list[str], *, inputs: bool, turned: bool) -> str:
    """The page of a pair as HTML."""
    examples = pair_examples(page, paths, inputs=inputs)
    return render_framed(
        "pair.html.j2",
        frame,
        page=page,
        turned=turned,
        examples=examples.section,
        flips=examples.flips,
        examples_data=island(examples.section) if examples.section is not None else "",
        examples_style=frame.root + asset_path("examples.css"),
        examples_script=frame.root + asset_path("examples.js"),
    )


def _digest(frame: Frame, page: PairContent, *, inputs: bool, turned: bool) -> str:
    rows = [
        (row.status, row.rank, row.is_baseline, msgspec.to_builtins(row.entry.entry), row.entry.submission.digest)
        for row in (page.first, page.second)
    ]
    return digest_of_inputs("pair", frame, rows, [page.mean, *page.tasks], page.family, inputs, turned)
