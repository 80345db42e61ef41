"""A page that is written anew: it loads its next form by itself, at the reader's place, and can be stopped.

Its clock is the test's, so that nothing is loaded before its time, however loaded the machine is; without scripts it is the browser's own.
"""

import re

import pytest

from benchwright.render.page import render_page
from benchwright.report_content.progress import ProgressSection

FILLER = "".join(
    f'<h2 id="part-{at}">Part {at}</h2><details><summary>more {at}</summary>text</details>' for at in range(60)
)


@pytest.fixture
def page_of(tmp_path):
    """Write a page that is loaded anew every second."""
    from dataclasses import dataclass

    @dataclass
    class Content:
        progress: object
        history: None = None

    def write(more="", *, seconds=1):
        progress = (
            ProgressSection(sentences=("r: 1 of 2 results.",), meanwhile=(), seconds=seconds) if seconds else None
        )
        text = render_page("page.html.j2", content=Content(progress))
        box = '<div class="box quiet" id="progress" data-seconds="1"><h3>Not finished</h3></div>' if seconds else ""
        text = re.sub(r'(<div class="sheet">)', lambda found: found[1] + box + more + FILLER, text, count=1)
        path = tmp_path / "page.html"
        (tmp_path / "draft.html").write_text(text)
        (tmp_path / "draft.html").replace(path)  # the browser may be reading it
        return path

    return write


def load_anew(page):
    """Let the second pass after which the page loads itself, and wait until it has."""
    with page.expect_navigation():
        page.clock.run_for(1000)


def test_a_watched_page_comes_back_to_the_place_that_was_read(page_of, open_page):
    page = open_page(page_of(), clock=True)
    page.evaluate("document.getElementById('part-30').scrollIntoView()")
    page.locator("#part-30 + details").evaluate("one => one.open = true")
    before = page.locator("#part-30").bounding_box()["y"]
    page_of("<p>FRESH</p>" * 40)

    load_anew(page)

    assert page.get_by_text("FRESH", exact=True).count() == 40
    assert abs(page.locator("#part-30").bounding_box()["y"] - before) < 3
    assert page.locator("#part-30 + details").evaluate("one => one.open")
    assert not page.locator("#part-3 + details").evaluate("one => one.open")


def test_it_can_be_stopped_and_the_last_page_does_not_load_again(page_of, open_page):
    page = open_page(page_of(), clock=True)
    page.get_by_role("button", name="Stop loading this page anew").click()
    page_of("<p>FRESH</p>")
    page.clock.run_for(10_000)
    assert "FRESH" not in page.locator("body").inner_text()
    page.get_by_role("button", name="Load this page anew by itself").click()
    load_anew(page)
    assert "FRESH" in page.locator("body").inner_text()

    page_of("<p>the end</p>", seconds=0)
    load_anew(page)
    assert "the end" in page.locator("body").inner_text()
    assert page.locator("#progress").count() == 0
    assert "location.reload" not in page.content()


def test_without_scripts_the_browser_loads_it_anew(page_of, open_page):
    page = open_page(page_of(), script=False)
    page_of("<p>FRESH</p>")
    page.get_by_text("FRESH", exact=True).first.wait_for(state="attached", timeout=60_000)

    assert "FRESH" in page.locator("body").inner_text()
