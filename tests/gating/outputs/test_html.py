"""The page: self-contained, escaped, small, and complete without a script."""

import re
import shutil
import subprocess

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lxml import html

from benchwright.gating.outputs.html import write_html


def text_of(page):
    """Words of a page, as read."""
    return " ".join(html.fromstring(page).text_content().split())


def test_it_holds_what_the_gate_found(made):
    """Verdict, reason, every check with its numbers, waiver and flags."""
    page = write_html(made.every_verdict())
    text = text_of(page)
    for part in (
        "FAIL",
        "nightly:minilm-int8",
        "release:minilm",
        "86.25 → 71.47",
        "-14.78",
        "[−16.80, −12.82]",
        "waived by nlp-platform until 2026-12-01 (NLP-812): new locale",
        "would be FAIL",
        "warning only",
        "3 models here, these included, answered the same tasks",
        "91 MB → 30 MB",
    ):
        assert part in text
    assert len(page) < 60_000


def test_it_loads_nothing_and_runs_one_script(made):
    """No address, and a content security policy with one digest."""
    page = write_html(made.every_verdict())
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert page.count("<script") == 1
    assert "default-src 'none'" in page


def test_same_result_same_bytes(made):
    """A page does not depend on when it was made."""
    assert write_html(made.every_verdict()) == write_html(made.every_verdict())


def test_ids_are_unique(made):
    """Figures share no id with one another or with the page."""
    ids = html.fromstring(write_html(made.every_verdict())).xpath("//@id")
    assert len(ids) == len(set(ids))


def test_text_of_others_stays_text(made):
    """No element, attribute or control character comes from data."""
    page = write_html(made.hostile())
    root = html.fromstring(page)
    assert page.count("<script") == 1
    assert not root.xpath("//img")
    assert not root.xpath("//@onerror")
    assert "\x00" not in page
    assert "49" not in root.xpath("string(//h1)")


def test_a_large_gate_stays_small_and_counts_what_it_leaves_out(made):
    """Forty rules over twenty tasks: below 300 kB, failures first, the rest counted."""
    found = [
        made.finding("FAIL" if at == 799 else "PASS", rule=f"rule-{at // 20}", path=f"suite/task-{at % 20}")
        for at in range(800)
    ]
    page = write_html(made.result(found))
    text = text_of(page)
    assert len(page.encode()) < 300_000
    assert "199 of 799 are shown" in text
    assert text.index("rule-39") < text.index("rule-0 ")
    assert "30 more rules are not drawn" in text


@pytest.mark.parametrize("direction", ["higher", "lower"])
def test_gains_are_turned_so_that_more_is_better(made, direction):
    """A loss of a metric whose lower values are better is shown as a loss."""
    sign = 1 if direction == "higher" else -1
    ends = sorted((sign * -0.03, sign * -0.01))
    one = made.finding("FAIL", delta=sign * -0.02, low=ends[0], high=ends[1], direction=direction)
    text = text_of(write_html(made.result([one])))
    assert "−2.00[−3.00, −1.00]" in text.replace(" [", "[")


@settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate])
@given(data=st.data())
def test_anything_can_be_shown(made, data):
    """Whatever the text and the numbers, a page comes out that can be encoded."""
    page = write_html(data.draw(made.results))
    assert page.encode().decode() == page


@pytest.mark.browser
@pytest.mark.slow
def test_a_browser_draws_it(made, tmp_path):
    """Chromium renders the page with its figure and reports no blocked content."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed")
    page = tmp_path / "gate.html"
    page.write_text(write_html(made.every_verdict()), encoding="utf-8")
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--enable-logging=stderr", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "<svg" in done.stdout
    assert "Content Security Policy" not in done.stderr
