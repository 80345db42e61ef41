"""Pages in a real browser: they load nothing, say nothing on the console, sort, fit a phone, and axe-core finds nothing serious."""

import importlib.util
import sys
from pathlib import Path

import pytest

from benchwright import registry

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def pages(whole, tmp_path_factory):
    """Name -> page: every section; and four models on nine tasks with everything that can go wrong."""
    path = Path(__file__).parents[1] / "reports" / "sample.py"
    spec = importlib.util.spec_from_file_location("browser_sample", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    run, records = module.build()
    page = tmp_path_factory.mktemp("pages") / "typical.html"
    page.write_text(registry.get("reports", "html").render([run], records), encoding="utf-8")
    return {"whole": whole, "typical": page}


@pytest.mark.parametrize("name", ["whole", "typical"])
def test_axe_finds_no_serious_violation_light_and_dark(name, pages, open_page, violations, violations_in_the_dark):
    page = open_page(pages[name])
    assert violations(page) == []
    assert violations_in_the_dark(page) == []


@pytest.mark.parametrize("name", ["whole", "typical"])
def test_axe_finds_nothing_in_what_is_folded_on_a_phone(name, pages, open_page, violations):
    page = open_page(pages[name], size=PHONE)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert violations(page) == []


@pytest.mark.parametrize("name", ["whole", "typical"])
def test_a_page_needs_no_sideways_scrolling_on_a_phone(name, pages, open_page):
    page = open_page(pages[name], size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_sort_button_sorts_its_table_and_says_so(pages, open_page):
    page = open_page(pages["typical"])
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    table = page.locator("table.sortable").first
    head = table.locator("thead th:has(button)").nth(1)
    button = head.locator("button").last  # the first of two opens a definition
    button.click()
    first = head.get_attribute("aria-sort")
    assert first in ("ascending", "descending")
    button.click()
    assert head.get_attribute("aria-sort") == {"ascending": "descending", "descending": "ascending"}[first]
    assert "Sorted by" in page.locator("#live").inner_text()


def test_a_page_says_all_it_has_to_say_without_scripts(pages, open_page):
    page = open_page(pages["whole"], script=False)
    assert page.locator("h1").inner_text()
    assert page.locator("table").count() > 3


def test_links_within_a_page_lead_somewhere(pages, open_page):
    page = open_page(pages["whole"])
    broken = page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute("href"))
        .filter((href) => href.length > 1 && !href.includes("=") && !document.getElementById(decodeURIComponent(href.slice(1))))"""
    )
    assert broken == []
