"""Words, commands and folded tasks in a real browser, with and without scripts."""

PHONE = {"width": 390, "height": 844}


def test_a_word_shows_its_definition_without_a_script_within_the_width_of_a_phone(open_page, whole):
    page = open_page(whole, script=False, size=PHONE)
    word = page.locator("#ledger ~ p button.t").first
    word.click()
    box = page.locator(":popover-open").bounding_box()

    assert page.locator(":popover-open").count() == 1
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    page.keyboard.press("Escape")
    assert page.locator(":popover-open").count() == 0


def test_a_word_opens_by_keyboard_and_every_word_has_its_entry(open_page, whole):
    page = open_page(whole)
    page.locator("button.t").first.focus()
    page.keyboard.press("Enter")

    assert page.locator(":popover-open").count() == 1
    targets = page.eval_on_selector_all("button.t", "all => all.map((each) => each.getAttribute('popovertarget'))")
    entries = page.eval_on_selector_all(".words > div", "all => all.map((each) => each.id)")
    assert set(targets) <= set(entries)
    assert len(entries) == len(set(entries))


def test_a_command_is_copied_as_it_stands(open_page, whole):
    page = open_page(whole, permissions=["clipboard-read", "clipboard-write"])
    block = page.locator("pre.command").last
    text = block.evaluate("block => block.firstChild.textContent")
    block.locator("button").click()

    page.locator("#live:not(:empty)").wait_for(state="attached")
    assert page.locator("#live").text_content() in ("Copied", "Selected: copy it with the keyboard")
    assert text.startswith("benchwright report ")


def test_without_a_script_commands_are_text_alone(open_page, whole):
    page = open_page(whole, script=False)
    assert page.locator("pre.command").count() > 1
    assert page.locator("pre.command button").count() == 0


def test_a_link_to_a_folded_task_opens_it(open_page, whole):
    page = open_page(whole, fragment="#task-1")
    assert page.locator("#task-1").is_visible()


def test_print_shows_what_is_folded(open_page, whole):
    page = open_page(whole)
    page.emulate_media(media="print")
    heights = page.eval_on_selector_all("details.task > div", "all => all.map((each) => each.offsetHeight)")
    assert heights
    assert all(height > 0 for height in heights)
