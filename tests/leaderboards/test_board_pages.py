"""Pages of a board as files: their links lead somewhere, nothing in them runs, same board same bytes, and they stay small."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import cycle
from pathlib import PurePosixPath

import msgspec
import pytest

from benchwright.testing.hostile import HARMLESS, HOSTILE
from benchwright.testing.shown import elements, problems
from benchwright_leaderboards import site
from benchwright_leaderboards.method_page import method_pages
from benchwright_leaderboards.overview_page import overview_pages
from benchwright_leaderboards.suite_pages import suite_pages
from benchwright_leaderboards.task_pages import task_pages

ROOMS = (overview_pages, suite_pages, task_pages, method_pages)


def pages_of(content):
    return {page.path: page for room in ROOMS for page in room(content)}


@pytest.fixture(scope="module")
def shown(small_content):
    """Path -> text of the pages of these rooms."""
    return {path: page.render() for path, page in pages_of(small_content).items()}


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.ids = [], set()

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src")]
        self.ids.update(value for name, value in attrs if name == "id")


def read_links(text):
    reader = Links()
    reader.feed(text)
    return reader


def resolve(page, href):
    parts = []
    for part in (PurePosixPath(page).parent / href).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def test_every_link_leads_to_a_file_of_the_site_or_a_place_of_the_page(small_content, shown):
    files = {page.path for page in site.pages_of(small_content)}
    for path, text in shown.items():
        links = read_links(text)
        for href in links.found:
            place, _, fragment = href.partition("#")
            assert not place or place == "data:," or resolve(path, place) in files, f"{path} links to {href}"
            assert place or fragment in links.ids, f"{path} links to {href}"


def test_there_is_a_page_for_each_suite_and_task(shown):
    assert set(shown) == {
        "index.html",
        "method.html",
        "suites/classification.html",
        "suites/ner.html",
        "tasks/classification--custom.html",
        "tasks/ner--custom.html",
    }


def test_pages_load_two_files_of_the_board_and_hold_neither_style_nor_script(shown):
    for path, text in shown.items():
        assert "style=" not in text, path
        assert "<style" not in text, path
        assert len(re.findall("<script", text)) == 1, path
        assert re.search(r'<script src="(?:\.\./)*assets/board-[0-9a-f]{12}\.js"></script>', text), path
        assert "default-src 'none'" in text, path


def test_the_same_board_gives_the_same_bytes_and_digests(small_content, shown):
    again = pages_of(replace(small_content))
    assert {path: page.render() for path, page in again.items()} == shown
    assert {path: page.digest for path, page in again.items()} == {
        path: page.digest for path, page in pages_of(small_content).items()
    }


def said_by(content, texts):
    """The content with texts of others as title, text, team, note, reasons and names."""
    text = cycle(texts)
    board = content.board
    spec = msgspec.structs.replace(board.spec, title=" ".join(texts), text="\n\n".join(texts))

    def row(one):
        submission = msgspec.structs.replace(one.entry.submission, team=next(text), note=next(text))
        return msgspec.structs.replace(one, entry=replace(one.entry, submission=submission), reasons=(next(text),))

    tables = [
        replace(table, rows=tuple(row(one) for one in table.rows)) for table in (content.overview, *content.tasks)
    ]
    return replace(content, board=replace(board, spec=spec), overview=tables[0], tasks=tuple(tables[1:]))


def test_texts_of_others_are_shown_and_do_nothing(small_content):
    readable = [at for at, text in enumerate(HOSTILE) if "\ud800" not in text]  # which no file of a board can hold
    mine, calm = (pages_of(said_by(small_content, [texts[at] for at in readable])) for texts in (HOSTILE, HARMLESS))
    for path, page in mine.items():
        text = page.render()
        assert not problems(text, ".html"), path
        if path != "index.html":  # where Markdown of the board's own text makes lists and headings
            assert elements(text, ".html") <= elements(calm[path].render(), ".html"), path
        assert "<img" not in text
        assert "javascript:" not in "".join(read_links(text).found)


def test_a_row_of_a_task_page_takes_less_than_600_bytes(small_content):
    table = small_content.tasks[0]

    def copy(row, at):
        entry = msgspec.structs.replace(row.entry.entry, id=f"{row.entry.entry.id}-a-rather-long-name-{at}")
        return msgspec.structs.replace(row, entry=replace(row.entry, entry=entry))

    def size(times):
        rows = tuple(copy(row, at) for at in range(times) for row in table.rows)
        found = replace(small_content, tasks=(replace(table, rows=rows), *small_content.tasks[1:]))
        return len(next(iter(task_pages(found))).render().encode()), len(rows)

    (small, few), (large, many) = size(1), size(20)
    assert (large - small) / (many - few) < 600
