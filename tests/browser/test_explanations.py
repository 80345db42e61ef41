"""Explanations on a page in a real browser: read without a script, with a keyboard, on a phone, in the dark, printed; hostile words."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from tests.browser.conftest import until

from benchwright import registry
from benchwright.testing.hostile import HOSTILE

PHONE = {"width": 390, "height": 844}
SECTION = "section[aria-labelledby=explanations]"


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """A page about labels, entities and answers with ordinary and hostile words, explained by two methods for two models."""
    path = Path(__file__).parents[1] / "reports" / "explained.py"
    spec = importlib.util.spec_from_file_location("browser_explained", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)

    def word(dice):
        if dice.random() < 0.05:
            return dice.choice(HOSTILE)[:60].replace(" ", "_")
        return dice.choice(module.WORDS)

    run, read = module.build(items=(4, 1, 2), lengths=(12, 8, 90), word=word)
    file = tmp_path_factory.mktemp("explained") / "page.html"
    file.write_text(registry.get("reports", "html").render([run], read), encoding="utf-8")
    return file


def unfold(page):
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def test_axe_finds_nothing_wrong_with_heat_maps_light_and_dark(
    page_file, open_page, violations, violations_in_the_dark
):
    page = open_page(page_file)
    assert violations(page) == []
    assert violations_in_the_dark(page) == []


def test_a_phone_needs_no_sideways_scrolling_and_axe_finds_nothing_there(page_file, open_page, violations):
    page = open_page(page_file, size=PHONE)
    unfold(page)
    page.check("#x-values")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert violations(page) == []


def test_without_a_script_words_have_signs_and_their_values_are_shown_on_demand(page_file, open_page):
    page = open_page(page_file, script=False)
    word = page.locator(f"{SECTION} article .heat .r5").first
    assert word.get_attribute("title").startswith("+")
    page.locator(f"{SECTION} #x-values").focus()
    page.keyboard.press("Space")
    assert page.locator("#x-values").is_checked()


def test_signs_and_values_are_drawn_beside_words(page_file, open_page):
    page = open_page(page_file)
    content = (
        f"(name) => getComputedStyle(document.querySelector('{SECTION} article .heat ' + name), '::after').content"
    )
    style = f"(name) => getComputedStyle(document.querySelector('{SECTION} article .heat ' + name)).borderBottomStyle"
    assert page.evaluate(content, ".r5").startswith('"+"')
    assert page.evaluate(content, ".l5").startswith('"\u2212"')
    assert (page.evaluate(style, ".r5"), page.evaluate(style, ".l5")) == ("solid", "dashed")
    page.check("#x-values")
    assert page.evaluate(content, ".l5").startswith('"\u2212')
    assert len(page.evaluate(content, ".l5")) > 4


def test_what_is_left_out_of_a_long_text_opens_by_keyboard_within_the_line(page_file, open_page):
    page = open_page(page_file)
    cut = page.locator(f"{SECTION} article details.cut:visible").first
    hidden = cut.locator("i").first
    assert not hidden.is_visible()
    cut.locator("summary").focus()
    page.keyboard.press("Enter")
    assert hidden.is_visible()


def test_both_models_stand_beside_one_another_on_a_desk_and_below_on_a_phone(page_file, open_page):
    def tops(page):
        return page.evaluate(f"[...document.querySelector('{SECTION} .xms').children].map((one) => one.offsetTop)")

    first, second = tops(open_page(page_file))
    assert first == second
    first, second = tops(open_page(page_file, size=PHONE))
    assert first < second


def test_what_is_folded_is_printed(page_file, open_page):
    page = open_page(page_file)
    page.emulate_media(media="print")
    assert page.locator(f"{SECTION} article").last.is_visible()


def test_an_explained_item_of_the_example_browser_leads_to_its_heat_maps_even_if_they_are_folded(page_file, open_page):
    page = open_page(page_file)
    item = page.locator("#ex-list article", has=page.locator("code, a bdi", has_text="sentiment/3")).first
    item.locator("a.explained").click()
    shown = page.locator(f"{SECTION} article:target")
    until(page, shown.is_visible)
    assert shown.locator("code").inner_text() == "sentiment/3"


def test_nothing_hostile_ran(page_file, open_page):
    page = open_page(page_file)
    unfold(page)
    assert page.title() == "explained · benchwright report"
    assert page.locator(f"{SECTION} script, {SECTION} img, {SECTION} [onclick], {SECTION} [style]").count() == 0
