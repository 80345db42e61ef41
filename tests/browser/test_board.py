"""Pages of a board in a browser: from the file system and over HTTP, with and without a script, on a desk and on a phone."""

import functools
import http.server
import importlib.util
import sys
import threading
from pathlib import Path

import pytest
from tests.browser.conftest import until

BOARDS = Path(__file__).parents[1] / "leaderboards" / "conftest.py"
PHONE = {"width": 390, "height": 844}
KINDS = (
    "index.html",
    "suites/classification.html",
    "tasks/classification--custom.html",
    "method.html",
    "models/silent.html",
    "compare/second--best.html",
    "history.html",
    "releases.html",
)
"""A page of each kind."""
ORDER = ["best", "second", "silent", "baseline", "part"]
"""Entries of the overview: a tie of rank 1-3, then the baseline, then a partial row."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site of the small board of the tests of boards."""
    from benchwright_leaderboards.add import add
    from benchwright_leaderboards.new import new_board
    from benchwright_leaderboards.site import build

    spec = importlib.util.spec_from_file_location("board_fixtures", BOARDS)
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    root = tmp_path_factory.mktemp("site")
    store = made.make_store(root)
    new_board(root / "board", store.read_run("first"), store, title="Small", baselines=["baseline"])
    add(root / "board", ["first"], store=store, team="us")
    add(root / "board", ["part"], store=store, team="them")
    build(root / "board", root / "site")
    return root / "site"


@pytest.fixture
def open_board_page(open_page, site):
    """Open a page of the site; its style and its script are all that it may ask for."""
    assets = {path.as_uri() for path in (site / "assets").iterdir()}

    def start(path, **options):
        return open_page(site / path, beside=assets, **options)

    return start


def ids(page, table="#ranking"):
    return page.eval_on_selector_all(
        f"{table} tbody tr:not(.group)",
        "rows => rows.filter(row => row.offsetParent).map(row => row.querySelector('th a').textContent)",
    )


@pytest.mark.parametrize("path", KINDS)
def test_every_kind_of_page_is_accessible_light_and_dark(open_board_page, violations, violations_in_the_dark, path):
    page = open_board_page(path)
    assert violations(page) == []
    assert violations_in_the_dark(page) == []


@pytest.mark.parametrize("path", KINDS)
def test_no_page_scrolls_sideways_on_a_phone(open_board_page, path):
    page = open_board_page(path, size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_tie_is_a_band_with_a_name_and_stays_marked_when_sorted(open_board_page):
    page = open_board_page("index.html")
    assert ids(page) == ORDER
    assert page.locator("tr.group.tie").inner_text().startswith("Tie for rank 1: 3 entries")
    assert page.locator("#ranking tr.tie:not(.group) td:first-child").all_inner_texts() == ["1–3"] * 3
    page.get_by_role("button", name="score").first.click()
    page.get_by_role("button", name="score").first.click()
    assert ids(page) == ["baseline", "silent", "second", "best", "part"]
    assert page.locator("#ranking tr.tie:not(.group)").count() == 3


def test_a_column_is_sorted_by_keyboard_and_the_address_brings_it_back(open_board_page):
    page = open_board_page("index.html")
    button = page.locator('#ranking th[data-c="model"] button')
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator('#ranking th[data-c="model"]').get_attribute("aria-sort") == "ascending"
    assert ids(page) == ["baseline", "best", "second", "silent", "part"]
    assert "Sorted by model, ascending" in page.locator("#live").inner_text()
    assert page.evaluate("location.hash") == "#sort=ranking:model:asc"
    page.reload()
    assert ids(page) == ["baseline", "best", "second", "silent", "part"]
    page.locator('#ranking th[data-c="rank"] button').click()
    assert ids(page) == ORDER
    assert page.evaluate("location.hash") == ""


def test_rows_are_filtered_and_the_address_says_how(open_board_page):
    page = open_board_page("index.html", fragment="#q=BE&in=model")
    assert page.get_by_role("searchbox").input_value() == "BE"
    assert ids(page) == ["best"]
    page.get_by_role("searchbox").fill("them")
    page.locator(".filter select").select_option("")
    assert ids(page) == ["part"]
    assert page.evaluate("location.hash") == "#q=them"
    page.get_by_role("searchbox").fill("")
    assert ids(page) == ORDER


def test_an_address_that_was_made_up_changes_nothing(open_board_page):
    for fragment in ("#sort=x:y:z&in=%3Cb%3E&q=", "#%E0%A4%A", "#sort=ranking:constructor:asc", "#=&&="):
        assert ids(open_board_page("index.html", fragment=fragment)) == ORDER


def test_counts_of_a_pair_lead_to_items_that_one_of_them_has_right(open_board_page):
    page = open_board_page("compare/silent--baseline.html")
    link = page.locator("#differences ~ .scroll a[data-examples]").first
    whole = page.locator("#ex-list article").count()
    link.click()
    until(page, lambda: page.locator("#ex-list article").count() < whole)
    assert page.locator("#ex-count").inner_text().split()[0] == str(page.locator("#ex-list article").count())
    for item in page.locator("#ex-list article").all():
        said = [item.locator(f"li.{verdict}").count() for verdict in ("right", "wrong", "errored")]
        assert said[0] == 1
        assert sum(said[1:]) == 1


def test_a_page_is_whole_without_a_script(open_board_page):
    page = open_board_page("index.html", script=False)
    assert ids(page) == ORDER
    assert page.get_by_role("searchbox").count() == 0
    assert page.locator("svg.bar").count() == 4


def test_pages_work_over_http_under_the_same_policy(chromium, site):
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = chromium.new_context()
        page, said = context.new_page(), []
        page.on("console", lambda one: said.append(one.text))
        page.goto(f"http://127.0.0.1:{server.server_port}/tasks/ner--custom.html")
        page.get_by_role("button", name="model").click()
        assert ids(page) == ["baseline", "best", "second", "silent"]
        page.get_by_role("link", name="Small").click()
        page.wait_for_url("**/index.html")
        assert ids(page) == ORDER
        assert (
            page.evaluate("getComputedStyle(document.querySelector('tr.tie td')).backgroundColor") != "rgba(0, 0, 0, 0)"
        )
        context.close()
        server.shutdown()
    assert said == []


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        """Say nothing."""
