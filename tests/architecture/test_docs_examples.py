"""Examples of the documentation do what the pages say that they do."""

import doctest
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(page.name for page in DOCS.glob("*.md") if ">>> " in page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_examples_print_what_the_page_shows(page):
    """Every example of a session on a page is run, and prints what stands below it."""
    found = doctest.testfile(str(DOCS / page), module_relative=False, encoding="utf-8")

    assert found.attempted > 0
    assert found.failed == 0


def test_there_are_pages_with_examples():
    """The test above sees the page that has most of them."""
    assert "behaviour-writing.md" in PAGES
