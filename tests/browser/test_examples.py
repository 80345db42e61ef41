"""The example browser in a real browser: filters, flips, search, keys, links to items, hostile fragments.

Two models on 45 items by hand: `old` is wrong on items 0 to 9, `new` on 5 to 14, so that from old to new 5 are fixed and 5 broken.
"""

import re

import pytest
from tests.browser.conftest import until

from benchwright import registry
from benchwright.testing.fixtures import build_task
from benchwright.types import CellResult, ModelRef, Record, ReportOptions, Run, RunSpec, Score

PHONE = {"width": 390, "height": 844}
EVIL = "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"> \u05d0\u202e"
ITEMS = 45
LABELS = ("bad", "good")


WORDS = {7: "Splendid", 9: "a cafe\u0301"}
"""Words of items that a search is for; the second is composed of a letter and its accent."""


def polarity(model):
    """Records of a model on 45 short texts, the third of them hostile."""
    wrong = range(10) if model == "old" else range(5, 15)
    found = []
    for at in range(ITEMS):
        gold = LABELS[at % 2]
        sure = 0.5 + at / 100
        answer = LABELS[1 - at % 2] if at in wrong else gold
        scores = (sure, 1 - sure) if answer == "bad" else (1 - sure, sure)
        text = EVIL if at == 2 else f"Item number {at} is {WORDS.get(at, 'plain')}."
        found.append(
            Record(
                id=f"polarity/{at}",
                target=gold,
                output=answer,
                scores=scores,
                slices={"length": "long" if at % 3 == 0 else "short"},
                extra={"inputs": {"text": text}},
            )
        )
    return found


def names(model):
    """Records of a model on one sentence of tags: old finds the first word of the entity only."""
    words = ["Ada", "met", "Grace", "Hopper", "here"]
    gold = ("B-PER", "O", "B-PER", "I-PER", "O")
    output = ("O", "O", "B-PER", "O", "O") if model == "old" else gold
    return [Record(id="names/0", target=gold, output=output, extra={"inputs": {"words": words}})]


@pytest.fixture(scope="module")
def browser_page(tmp_path_factory):
    """The page of both models on both tasks."""
    cards = {
        "own/polarity": build_task("polarity", labels=LABELS),
        "own/names": build_task("names", kind="tag", labels=("O", "B-PER", "I-PER"), inputs={"words": ("words",)}),
    }
    records = {f"{model}-{task}": made(model) for model in ("old", "new") for task, made in MADE.items()}
    cells = tuple(
        CellResult(
            model=model,
            suite="own",
            task=task,
            split="validation",
            status="scored",
            key=f"{model}-{task}",
            score=Score(metric="score", value=0.5, n=len(records[f"{model}-{task}"])),
        )
        for model in ("old", "new")
        for task in MADE
    )
    run = Run(
        schema=1,
        name="try",
        spec=RunSpec(models=tuple(ModelRef(name=name, adapter="x") for name in ("old", "new")), suites=("own",)),
        cells=cells,
        aggregates=(),
        environment={},
        created="",
        complete=True,
        tasks=cards,
    )
    page = tmp_path_factory.mktemp("examples") / "page.html"
    text = registry.get("reports", "html").render([run], records.__getitem__, ReportOptions(max_examples=100))
    page.write_text(text, encoding="utf-8")
    return page


MADE = {"polarity": polarity, "names": names}


def count(page):
    """How many items are said to be shown, of how many."""
    return tuple(map(int, re.findall(r"\d+", page.locator("#ex-count").inner_text())))


def ids(page):
    """Ids on the page of the list, in its order."""
    return page.locator("#ex-list article a.mono").all_inner_texts()


def fragment(page):
    """The fragment of the address."""
    return page.evaluate("location.hash")


def test_all_items_are_there_and_a_page_holds_twenty(browser_page, open_page):
    page = open_page(browser_page)
    assert count(page) == (46, 46)
    assert len(ids(page)) == 20
    assert not page.locator("#ex-static").is_visible()


def test_flips_between_two_models_are_counted_by_way(browser_page, open_page):
    page = open_page(browser_page, fragment="#examples&task=own/polarity&flips=old,new")
    assert count(page) == (10, 45)
    page.locator("#ex-way").select_option("fixed")
    assert sorted(ids(page)) == [f"polarity/{at}" for at in range(5)]
    page.locator("#ex-way").select_option("broken")
    assert sorted(ids(page)) == sorted(f"polarity/{at}" for at in range(10, 15))
    assert fragment(page) == "#examples&task=own/polarity&flips=old,new&way=broken"


def test_the_mistakes_of_a_model_come_most_confident_first(browser_page, open_page):
    page = open_page(browser_page)
    page.locator("#ex-task").select_option("own/polarity")
    page.locator("#ex-model").select_option("new")
    page.locator("#ex-verdict").select_option("wrong")
    # Its confidence in item n is 0.5 + n / 100.
    assert ids(page) == [f"polarity/{at}" for at in range(14, 4, -1)]
    assert "0.640" in page.locator("#ex-list article").first.inner_text()


def test_labels_and_slices_narrow_the_list(browser_page, open_page):
    page = open_page(browser_page, fragment="#examples&task=own/polarity")
    page.locator("#ex-label").select_option("good")
    assert count(page) == (22, 45)
    page.locator("#ex-slice").select_option("length=long")
    # Odd multiples of three below 45: 3, 9, 15, 21, 27, 33, 39.
    assert count(page) == (7, 45)


def test_a_search_finds_texts_whatever_their_case_and_answers_and_ids(browser_page, open_page):
    page = open_page(browser_page)
    page.locator("#ex-q").fill("sPLENdid")
    until(page, lambda: ids(page) == ["polarity/7"])
    page.locator("#ex-q").fill("names/0")
    until(page, lambda: ids(page) == ["names/0"])
    assert count(page) == (1, 46)


def test_a_link_leads_to_its_item_and_marks_it(browser_page, open_page):
    page = open_page(browser_page, fragment="#examples&task=own/polarity&order=data&item=polarity/41")
    marked = page.locator("#ex-list article[aria-current]")
    assert marked.count() == 1
    assert marked.locator("a.mono").inner_text() == "polarity/41"
    assert marked.evaluate(
        "each => { const box = each.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"
    )
    assert page.locator("#ex-page").inner_text() == "Page 3 of 3"


def test_back_returns_to_the_filter_before(browser_page, open_page):
    page = open_page(browser_page)
    page.locator("#ex-task").select_option("own/polarity")
    page.locator("#ex-verdict").select_option("wrong")
    assert count(page) == (15, 45)
    page.go_back()
    until(page, lambda: count(page) == (45, 45))
    assert page.locator("#ex-verdict").input_value() == ""
    page.go_forward()
    until(page, lambda: count(page) == (15, 45))


def test_back_to_the_address_of_the_whole_page_shows_all_again(browser_page, open_page):
    page = open_page(browser_page)
    everything = count(page)
    page.locator("#ex-verdict").select_option("wrong")
    assert count(page) != everything
    page.go_back()
    until(page, lambda: count(page) == everything)
    assert page.locator("#ex-verdict").input_value() == ""


def test_a_search_finds_one_letter_however_it_is_composed(browser_page, open_page):
    page = open_page(browser_page)
    page.locator("#ex-q").fill("CAF\u00c9")
    until(page, lambda: ids(page) == ["polarity/9"])
    page.locator("#ex-q").fill("")
    until(page, lambda: count(page) == (46, 46))
    page.locator("#ex-q").fill("cafe\u0301")
    until(page, lambda: count(page)[0] == 1)
    assert ids(page) == ["polarity/9"]


def test_keys_step_through_items_and_do_not_reach_into_typing(browser_page, open_page):
    page = open_page(browser_page, fragment="#examples&task=own/polarity&order=data")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.locator("article[aria-current] a.mono").inner_text() == "polarity/1"
    assert fragment(page) == "#examples&task=own/polarity&order=data&item=polarity/1"
    page.keyboard.press("ArrowDown")
    assert page.locator("article[aria-current] a.mono").inner_text() == "polarity/2"
    page.keyboard.press("/")
    page.keyboard.type("jk?")
    assert page.locator("#ex-q").input_value() == "jk?"
    until(page, lambda: count(page) == (0, 45))
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") != "ex-q"


def test_the_last_item_of_a_page_leads_to_the_next_page(browser_page, open_page):
    page = open_page(browser_page, fragment="#examples&task=own/polarity&order=data&item=polarity/19")
    page.keyboard.press("j")
    assert page.locator("article[aria-current] a.mono").inner_text() == "polarity/20"
    assert page.locator("#ex-page").inner_text() == "Page 2 of 3"


def test_help_opens_with_a_key_and_closes_with_another(browser_page, open_page):
    page = open_page(browser_page, fragment="#examples")
    page.locator("#ex-q").focus()
    page.keyboard.press("Escape")
    page.locator("#ex-help").focus()
    page.keyboard.press("?")
    assert page.locator("#ex-keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#ex-keys").is_visible()
    page.locator("#ex-help").click()
    page.locator("#ex-keyed").uncheck()
    page.locator("#ex-keys button").click()
    page.keyboard.press("?")
    assert not page.locator("#ex-keys").is_visible()


HOSTILE = {
    "#examples&task=no/such": "There is no task “no/such”",
    "#examples&model=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E": "<img src=x onerror=alert(1)>",
    "#examples&flips=old,%E0%A4%A": "is no text",
    "#examples&__proto__=1&constructor=2": "does not know",
    "#examples&task=own/polarity&item=polarity/900": "which holds 45 of the 45 items of own/polarity",
    "#examples&item=" + "x" * 9000: "is not on this page",
    "#examples&verdict=constructor": "There is no kind of answer “constructor”",
}


def test_what_an_address_asks_for_and_is_not_there_is_told_and_harmless(browser_page, open_page):
    page = open_page(browser_page)
    for hostile, told in HOSTILE.items():
        page.evaluate("hash => { location.hash = hash; }", hostile)
        until(page, lambda told=told: told in page.locator("#ex-told").text_content())
        assert page.title() != "taken"
        assert count(page)[0] in {45, 46}


def test_hostile_texts_stay_texts(browser_page, open_page):
    page = open_page(browser_page, fragment="#examples&item=polarity/2")
    shown = page.locator("article[aria-current]")
    assert "<img src=x onerror" in shown.inner_text()
    assert "\\u202e" in shown.inner_text()
    assert page.locator("#ex-browser img").count() == 0
    assert page.title() != "taken"


def test_gold_and_predicted_spans_are_drawn_and_a_chosen_model_alone(browser_page, open_page):
    page = open_page(browser_page, fragment="#examples&task=own/names")
    text = page.locator("#ex-list .extext")
    assert text.locator("span.gold").all_inner_texts() == ["Ada", "Grace", " Hopper"]
    assert text.locator("span.said").all_inner_texts() == ["Ada", "Grace", " Hopper"]
    assert text.locator("sup").all_inner_texts() == ["PER 2", "PER 1", "PER 2"]
    page.locator("#ex-model").select_option("old")
    assert text.locator("span.said").all_inner_texts() == ["Grace"]


def test_the_address_of_an_item_can_be_copied(browser_page, open_page):
    allowed = ("clipboard-read", "clipboard-write")
    page = open_page(browser_page, fragment="#examples&task=own/names", clock=True, permissions=allowed)
    page.locator("#ex-list button").click()
    until(page, lambda: page.locator("#ex-list button").inner_text() == "Copied")
    assert page.evaluate("navigator.clipboard.readText()").endswith("page.html#examples&task=own/names&item=names/0")
    page.clock.run_for(1500)  # it says so for a second and a half of the page's time
    assert page.locator("#ex-list button").inner_text() == "Copy link"


def test_the_browser_fits_a_phone(browser_page, open_page):
    page = open_page(browser_page, fragment="#examples&task=own/names&item=names/0", size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_axe_finds_no_serious_violation_in_the_browser_with_an_item_marked(
    browser_page, open_page, violations, violations_in_the_dark
):
    page = open_page(browser_page, fragment="#examples&item=polarity/2")
    assert violations(page) == []
    assert violations_in_the_dark(page) == []


def test_without_scripts_lists_stand_in_place_of_the_browser(browser_page, open_page):
    page = open_page(browser_page, script=False)
    assert not page.locator("#ex-browser").is_visible()
    page.locator("#ex-static summary").first.click()
    assert page.locator("#ex-static article").first.is_visible()
