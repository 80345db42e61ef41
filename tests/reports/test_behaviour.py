"""Behavioural tests in every report: the same numbers, the constant model's failures, texts only where they may be shown."""

from __future__ import annotations

import csv
import html
import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from benchwright import registry
from benchwright.behaviour_report.section import MOST_CASES, MOST_TELLING, MOST_TESTS, OF_CONSTANT, behaviour_sections
from benchwright.render.grid import build_grid
from benchwright.types import Record, ReportOptions


@pytest.fixture(scope="module")
def by_hand():
    """The module ``by_hand`` of the tests of `benchwright.behaviour_report`."""
    name = "behaviour_report_by_hand"
    if name not in sys.modules:
        path = Path(__file__).parents[1] / "behaviour_report" / "by_hand.py"
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="module")
def two(by_hand):
    """A model that reads single words and a constant one: the run and its records."""
    return by_hand.run({"words": by_hand.records(), "constant": by_hand.records(by_hand.constant)})


def render(name, run, records, **options):
    """A report over one run."""
    return registry.get("reports", name).render([run], records, ReportOptions(**options))


def section_of(page):
    """The section about behavioural tests."""
    return next(one for one in page.all("section") if one.attributes.get("aria-labelledby") == "behaviour")


def test_the_page_has_one_matrix_of_all_models_and_the_tests_that_fail_most(two, read):
    """Rates with their counts, the highest of a row marked; the constant model fails its negations beside an INV without any failure."""
    section = section_of(read(render("html", *two)))
    (matrix,) = section.all("table", class_="places")
    rows = {row.all("th")[0].text: [cell.text for cell in row.all("td")] for row in matrix.all("tr")[1:]}

    assert [head.text for head in matrix.all("tr")[0].all("th")] == ["Capability, type", "words", "constant"]
    assert rows["Negation MFT"][1] == "100.006/6"  # as the other model: none is the highest
    assert rows["NER INV"][0].startswith("▲highest: ")
    assert rows["NER INV"][1].startswith("0.000/")
    assert "every prediction is" in section.text
    first = section.all("table", class_="tests")[0].all("tr")[1]
    assert first.all("th")[0].text.startswith("negated")


def test_the_shade_of_a_place_is_never_alone(two, read):
    """The number stands in it, and a bar of the rate in steps of 5 %; nothing of data is a style."""
    section = section_of(read(render("html", *two)))
    shaded = [cell for cell in section.all("td") if re.search(r" s\d+$", cell.attributes.get("class", ""))]

    assert shaded
    for cell in shaded:
        told = float(re.search(r"\d+\.\d+", cell.text).group())
        step = int(cell.attributes["class"].rpartition(" s")[2])
        assert abs(told - 5 * step) <= 2.51 or (step == 1 and told < 2.5)
        assert "style" not in cell.attributes


def test_failing_cases_are_pairs_with_the_change_marked(two, read):
    """In elements that say what was removed and inserted, with the answer of each model."""
    section = section_of(read(render("html", *two)))
    pair = next(case for case in section.all("div", class_="case") if case.all("b")[0].text == "names/1")

    assert [one.text for one in pair.all("del")] == ["Tom", "long", "."]
    assert [one.text for one in pair.all("ins")] == ["Zoë", "bad", "!"]
    assert "Expected: the same answer as to the original" in pair.text
    assert "negative 0.90, positive 0.10" in pair.text


def test_what_is_not_shown_is_counted(two, read):
    """A cap nobody is told of would read as everything; of a constant model few cases say it all."""
    (summary,) = [one for one in section_of(read(render("html", *two))).all("summary") if "Failing" in one.text]

    assert summary.text == f"Failing cases {min(7, MOST_CASES)} of 7 of words; {OF_CONSTANT} of 6 of constant"


def test_without_inputs_no_text_is_shown(two):
    """Answers and rates are."""
    text = render("html", *two, inputs=False)

    assert "liked the" not in text
    assert "names/1" in text


def test_the_change_of_a_substitution_is_a_text_too(two):
    """Words that stand for one another are pieces of texts."""
    run, records = two
    rows = [
        msgspec.structs.replace(row, target={**row.target, "substitute": ["Secret", "Hidden"]})
        for row in records("key-words-sentiment")
    ]

    assert "Secret" in render("html", run, lambda key: rows)
    assert "Secret" not in render("html", run, lambda key: rows, inputs=False)


def test_hostile_texts_stay_texts(by_hand, read):
    """HTML, escapes and marks of direction in a case, in its test's name and in a capability."""
    evil = by_hand.EVIL
    rows = [
        msgspec.structs.replace(row, slices={**row.slices, "test": row.slices["test"] + evil, "capability": evil})
        for row in by_hand.records(lambda text: 0.2 if "<" in text else 0.9)
    ]
    run, _ = by_hand.run({"words": rows})
    for name in ("html", "markdown"):
        text = render(name, run, lambda key: rows)
        assert "<script>alert" not in text
        assert "\x1b" not in text
    assert len(read(render("html", run, lambda key: rows)).all("script")) == 3  # two of ours, and data


def test_markdown_has_models_by_capability_and_type_and_every_test(two):
    """The same numbers in a comment; no failing case."""
    text = render("markdown", *two)

    assert "### Behavioural tests of behaviour/sentiment: failure rates, lower is better" in text
    assert "| Negation | MFT | 100.00<br>" in text
    assert "all tests</summary>" in text
    assert "benchwright show RUN --task behaviour/sentiment --worst N" in text
    assert "Tom liked" not in text


def test_csv_has_a_line_for_each_place_of_the_matrix(two):
    """With the counts that the rate is made of."""
    lines = list(csv.DictReader(io.StringIO(render("csv", *two))))
    found = {(line["model"], line["slice"]): line for line in lines if "capability=" in line["slice"]}
    line = found["constant", "capability=Negation & type=MFT"]

    assert (line["metric"], line["value"], line["n"]) == ("failure_rate", "1.0", "6")
    assert line["counts"] == "6 cases, 6 failing, 0 not applicable, 0 errored, 0 flips"
    assert found["words", "capability=NER & type=INV"]["counts"].endswith("1 flips")


@pytest.mark.parametrize("name", ["html", "markdown", "csv"])
def test_records_that_cannot_be_read_are_said(two, sample, name):
    """One model's records are damaged: the others are shown, and no report breaks."""
    run, records = two
    reader = sample.records_of({"key-words-sentiment": records("key-words-sentiment")})
    text = render(name, run, reader)

    assert "words" in text
    if name == "html":
        assert "its records cannot be read" in text


def test_a_report_without_behavioural_tests_has_no_section(typical):
    """Nor a link to one."""
    assert 'id="behaviour"' not in registry.get("reports", "html").render([typical[0]], typical[1])


def test_a_large_suite_stays_small_on_the_page(by_hand, read):
    """Of 300 tests and 12,000 failing cases, 30 rows and ten cases are shown, and both numbers said."""
    rows = [
        Record(
            id=f"t/{test}/{at}",
            target={"expect": by_hand.EQUALS, "gold": "negative"},
            output="positive",
            scores=(0.2, 0.8),
            slices={"test": f"test {test}", "capability": f"capability {test % 20}", "type": "MFT"},
            group=f"test {test}/{at}",
            extra={"inputs": {"text": f"Text {test} {at}"}},
        )
        for test in range(300)
        for at in range(40)
    ]
    run, _ = by_hand.run({"m": rows})
    text = render("html", run, lambda key: rows)
    (section,) = behaviour_sections(build_grid([run]), lambda key: rows)

    assert len(text.encode()) < 400_000
    assert (len(section.tests), section.hidden_tests) == (MOST_TESTS, 100)
    assert len(section_of(read(text)).all("table", class_="tests")[0].all("tr")) == 1 + MOST_TELLING
    assert f"{MOST_TELLING} of 300 with the highest rates" in section_of(read(text)).text
    assert f"{MOST_CASES} of 12,000 of m" in section_of(read(text)).text


@pytest.mark.browser
def test_a_browser_shows_changes_by_line_and_shade_and_scrolls_nowhere(two, tmp_path):
    """Removed words are struck out, inserted ones underlined; a rate is a bar too; no page is wider than its window."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium on this machine")
    probe = """<script>
    document.querySelectorAll("details").forEach((each) => { each.open = true; });
    const style = (name) => getComputedStyle(document.querySelector(name));
    document.title = JSON.stringify({
      removed: style(".case del").textDecorationLine, inserted: style(".case ins").textDecorationLine,
      bar: style(".heat td[class*=' s']").backgroundImage, size: style(".heat td[class*=' s']").backgroundSize,
      plain: style(".heat td:not([class*=' s'])").backgroundImage,
      wide: document.documentElement.scrollWidth - innerWidth });
    </script></body>"""
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", render("html", *two))
    file = tmp_path / "page.html"
    file.write_text(text.replace("</body>", probe), encoding="utf-8")
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    ]
    command += ["--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path}/profile"]
    command += ["--window-size=700,900", "--dump-dom", file.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = json.loads(html.unescape(re.search(r"<title>(.*?)</title>", shown, re.DOTALL)[1]))

    assert (found["removed"], found["inserted"]) == ("line-through", "underline")
    assert found["bar"].startswith("linear-gradient")
    assert found["size"].endswith("4px") or "4px" in found["size"]
    assert found["plain"] == "none"
    assert found["wide"] <= 0
