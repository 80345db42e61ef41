"""The section `History` and the box of an unfinished run, in a browser."""

import importlib.util
from pathlib import Path

import msgspec
import pytest

from benchwright import reporting
from benchwright.report_request import ReportRequest

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page(tmp_path):
    """A report over an unfinished run with a line that is broken once."""
    path = Path(__file__).parents[1] / "score_history" / "conftest.py"
    spec = importlib.util.spec_from_file_location("nights_in_browser", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    nights = made.Nights(tmp_path / "store")
    nights.add(150, data="one", others=("base",))
    nights.add(170, data="one", others=("base",))
    nights.add(140, data="two", others=("base",))
    run = nights.add(120, data="two", others=("base",))
    first, second = run.cells
    waits = msgspec.structs.replace(second, status="unfinished", score=None, scores=(), reason="still to come")
    nights.store.write_run(msgspec.structs.replace(run, cells=(first, waits), complete=False))
    request = ReportRequest(history=True, meanwhile=("Being computed: base on mine/mood.",), reload=3600)
    written, _ = reporting.compose(nights.store, ["night-4"], request)
    (tmp_path / "page.html").write_text(written.text)
    return tmp_path / "page.html"


def test_everybody_can_read_them(page, open_page, violations, violations_in_the_dark):
    opened = open_page(page)

    assert opened.locator("#progress").is_visible()
    assert opened.locator("svg.trend").count() == 2
    assert opened.get_by_text("worse", exact=True).count() >= 1
    assert violations(opened) == []
    assert violations_in_the_dark(opened) == []


def test_on_a_phone_nothing_is_wider_than_the_page(page, open_page):
    opened = open_page(page, size=PHONE)

    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
