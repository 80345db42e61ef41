"""The HTML page: self-contained, well formed, and true to the scores."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess

import msgspec
import pytest
from scipy.stats import binomtest

from benchwright.items import counted
from benchwright.types import CellResult, Kind, Score
from benchwright_reports.html import HtmlReport

report = HtmlReport()


@pytest.fixture(scope="module")
def text(typical):
    run, records = typical
    return report.render([run], records)


@pytest.fixture(scope="module")
def page(text, read):
    return read(text)


def cell_of(page, line, model):
    """The cell of a model on a line of the first table, whichever of the two are its rows."""
    table = page.all("table", id="candidates")[0]
    for row in table.all("tr"):
        if not row.all("th", scope="row"):
            continue
        name = row.all("th")[0].children[0]
        name = name if isinstance(name, str) else name.text
        for cell in row.all("td"):
            label = cell.attributes["data-m"].removesuffix(" (reference)").removesuffix(" (baseline)")
            if {name, label} == {line, model}:
                return cell
    raise AssertionError(f"no cell of {model} on {line}")


def test_budget(text):
    """Four models on nine tasks, with examples, stay below 300 kB."""
    assert len(text.encode()) < 300_000


def test_loads_nothing(page, text):
    """Nothing is fetched: addresses stand in plain anchors only, and the style sheet names none."""
    for tag, _, address in page.links:
        assert address.startswith("#") or tag == "a"
    assert "@import" not in text
    assert "url(" not in page.all("style")[0].text


def test_only_our_script_runs(page):
    """The content security policy names the digests of the scripts on the page; data among them are no script."""
    ours = [script.text for script in page.all("script") if script.attributes.get("type") != "application/json"]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in ours]
    policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0].attributes["content"]

    named = " ".join(f"'sha256-{digest}'" for digest in digests)
    assert f"script-src {named};" in policy
    assert len(page.all("script")) == len(ours) + 1
    assert "default-src 'none'" in policy


def test_tables_are_accessible(page):
    """Every table has a caption and scoped heads, and nothing is announced as sorted before it was."""
    for table in page.all("table"):
        assert table.all("caption")
        assert all(head.attributes.get("scope") in {"col", "row", "colgroup", "rowgroup"} for head in table.all("th"))
        assert not any("aria-sort" in head.attributes for head in table.all("th"))
    words = {word.attributes["popovertarget"] for word in page.all("button") if "popovertarget" in word.attributes}
    assert words <= {entry.attributes["id"] for entry in page.all("div") if "popover" in entry.attributes}


def test_figures_are_described(page):
    """Every figure has a title and a description that its element points to."""
    drawings = page.all("svg")

    assert 1 <= len(page.all("figure")) <= 8
    for drawing in drawings:
        named = drawing.attributes["aria-labelledby"].split()
        assert [child.attributes["id"] for child in (*drawing.all("title"), *drawing.all("desc"))] == named


def test_numbers_equal_the_scores(page, typical):
    """Value and interval of every cell of the first table are those of the score."""
    run, _ = typical
    for cell in run.cells:
        if cell.status == "scored":
            shown = cell_of(page, cell.task, cell.model)
            assert f"{cell.score.value * 100:.2f}" in shown.text.split("[")[0].split()
            assert shown.all("small")[0].text == f"[{cell.score.low * 100:.2f}, {cell.score.high * 100:.2f}]"


def test_metrics_tables_hold_every_score(page, typical):
    """Each score over the whole split has a line with its value, interval and counts."""
    run, _ = typical
    for cell in run.cells:
        whole = [score for score in cell.scores if score.slice is None]
        for score in whole:
            part = next(one for one in page.all("details", class_="task") if one.all("h3")[0].text == cell.task_path)
            table = part.all("table", class_="metrics")[0]
            heads = [head.children[0].text for head in table.all("thead")[0].all("th")[1:]]
            line = next(row for row in table.all("tbody")[0].all("tr") if row.all("th")[0].text == cell.model)
            shown = line.all("td")[heads.index(score.metric.split("@")[0])].text
            value, between = f"{score.value * 100:.2f}", f"[{score.low * 100:.2f}, {score.high * 100:.2f}]"
            assert f"{value}{between}" in shown
            assert counted(score) in shown or counted(score) in table.all("thead")[0].text


def test_problems_say_why(page, typical):
    """A result that is not there says its status where the number would be, and points at the line that says why."""
    run, _ = typical
    for cell in run.cells:
        if cell.status != "scored":
            shown = cell_of(page, cell.task, cell.model)
            (sign,) = shown.all("a", class_="sign")
            assert shown.text.startswith(cell.status)
            assert cell.reason in page.all("li", id=sign.attributes["href"].removeprefix("#"))[0].text


def test_a_number_points_at_its_alarm(page):
    """A permutation alarm is one short sign beside its number, and one line among the alarms, in full."""
    alarm = "identity scores 69.7 %, the permutation 1-0 scores 84.1 %: labels may be swapped"
    (line,) = [one for one in page.all("div", id="alarms")[0].all("li") if alarm in one.text]
    table = page.all("table", id="candidates")[0]
    cells = [
        one for one in table.all("td") if f"#{line.attributes['id']}" in [a.attributes["href"] for a in one.all("a")]
    ]

    assert line.text.startswith("!")
    assert len(cells) == 1
    assert alarm not in table.text


def test_errored_examples_are_loud(page):
    """Errored examples are counted beside the score they are missing from."""
    assert "3 errored" in cell_of(page, "mrpc", "roberta-base").text


def test_no_average_with_a_missing_task(page):
    """A missing task gives no number, and its name."""
    table = page.all("table", id="candidates")[0]
    absent = [one.text for one in table.all("td") if one.attributes["data-m"].startswith("roberta-base-int8")]
    assert "no averagemissing: stsb" in absent


def test_ties_are_not_winners(page, typical):
    """A model is called best only where a sign test of its own against each other model leaves no doubt either."""
    run, records = typical
    for task in dict.fromkeys(cell.task for cell in run.cells if cell.task != "stsb"):
        scored = [cell for cell in run.cells if cell.task == task and cell.score and cell.status == "scored"]
        best = [cell for cell in scored if "● best" in cell_of(page, task, cell.model).text]
        assert len(best) <= 1
        for first, other in ((first, other) for first in best for other in scored if other is not first):
            both = zip(records(first.key), records(other.key), strict=True)
            signs = [(mine.output == mine.target) - (its.output == its.target) for mine, its in both]
            assert binomtest(signs.count(1), signs.count(1) + signs.count(-1)).pvalue < 0.05


def of_tasks(run, *tasks):
    """The run with the results of these tasks alone: a page of up to 24 results has confusion matrices."""
    return msgspec.structs.replace(run, cells=tuple(cell for cell in run.cells if cell.task in tasks))


def test_confusion_counts_equal_the_records(typical, read):
    """The matrix of a model adds up to its records; a page of 36 results has none."""
    whole, records = typical
    run = of_tasks(whole, "sst2", "stsb")
    page = read(report.render([run], records))
    assert not read(report.render([whole], records)).all("table", class_="matrix")
    key = next(cell.key for cell in run.cells if cell.task == "sst2")
    section = next(item for item in page.all("details", class_="task") if item.all("h3")[0].text == "glue/sst2")
    cells = section.all("table", class_="matrix")[0].all("td")
    counts = [int(cell.children[0].replace(",", "")) for cell in cells]

    expected = [
        sum(row.target == gold and row.output == answer for row in records(key))
        for gold in ("negative", "positive")
        for answer in ("negative", "positive")
    ]
    assert counts == expected


def test_without_its_script_the_page_lists_the_items_that_most_models_get_wrong(page):
    """Five items of each task at most, every model beside them, those first that fewest models get right."""
    lists = page.all("div", id="ex-static")[0].all("details")
    mrpc = next(one for one in lists if one.all("summary")[0].text.startswith("glue/mrpc"))
    answers = [[answer.attributes["class"] for answer in item.all("li")] for item in mrpc.all("article", class_="ex")]
    bad = [sum(verdict in {"wrong", "errored"} for verdict in each) for each in answers]

    assert len(lists) == 9
    assert len(answers) == 5
    assert all(len(each) == 4 for each in answers)
    assert bad == sorted(bad, reverse=True)
    assert bad[0] > 0


def test_home_folders_are_not_published(text):
    """Absolute paths of models are cut, so that no user name leaves the machine."""
    assert "/home/" not in text
    assert "…/deberta-v3-base/best" in text


def test_unreadable_records_leave_the_scores(typical, read, sample):
    """When records are gone, the page says so and keeps every number."""
    run = of_tasks(typical[0], "sst2")
    page = read(report.render([run], sample.records_of({})))

    assert "Its records cannot be read" in page.text
    assert cell_of(page, "sst2", "roberta-base").all("small")[0].text.startswith("[")


def test_matrix_that_disagrees_with_the_score_says_so(typical, sample):
    """Records that do not add up to the score's n are pointed out."""
    run, records = of_tasks(typical[0], "sst2"), typical[1]
    text = report.render([run], lambda key: records(key)[:-7])

    assert "The matrix counts" in text


def test_two_runs_with_the_same_model(sample, read):
    """A model of several runs is named by run, and differences of the runs are told."""
    run, records = sample.build()
    cells = tuple(msgspec.structs.replace(one, key=one.key and f"other-{one.key}") for one in run.cells)
    spec = msgspec.structs.replace(run.spec, limit=100)
    other = msgspec.structs.replace(run, name="again", spec=spec, suites={"glue": 2}, complete=False, cells=cells)
    page = read(report.render([run, other], records))
    warnings = page.all("div", id="alarms")[0].text

    assert cell_of(page, "sst2", "again:roberta-base")
    assert "versions 1, 2 of glue" in warnings
    assert "again was limited to 100 examples" in warnings
    assert "again is unfinished" not in warnings
    assert page.all("div", id="progress")[0].text.count("again: ") == 1


def test_metrics_with_a_unit_are_not_percentages(sample, read):
    """An error of 0.32 on a 0 to 5 scale is printed 0.32, and lower is better."""
    cells = tuple(
        CellResult(
            model=model,
            suite="glue",
            task="stsb",
            split="validation",
            status="scored",
            score=Score(metric="score", value=value, low=value - 0.01, high=value + 0.01, n=9),
        )
        for model, value in (("a", 0.32), ("b", 0.5))
    )
    run, _ = sample.build()
    card = sample.card("stsb", kind=Kind.REGRESS, labels=(), metrics=("mae",))
    run = msgspec.structs.replace(run, cells=cells, aggregates=(), tasks={"glue/stsb": card})
    page = read(HtmlReport().render([run], lambda key: ()))

    assert cell_of(page, "stsb", "a").text == "◇ top 0.32[0.31, 0.33]"
    assert "lower is better" in page.all("table", id="candidates")[0].text


def test_unknown_metrics_have_no_winner(typical, read):
    """Where nobody knows which end is better, no one is marked."""
    run, records = typical
    cards = {path: msgspec.structs.replace(card, metrics=("nobody",), score=()) for path, card in run.tasks.items()}
    page = read(HtmlReport().render([msgspec.structs.replace(run, tasks=cards, aggregates=())], records))

    assert page.all("table", id="candidates")[0].all("td")
    assert not page.all("table", id="candidates")[0].all("i", class_="mark")


@pytest.mark.browser
def test_sorting_in_a_browser(typical, tmp_path):
    """A click on a head sorts the table, says so to a screen reader, and keeps absent numbers last."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium on this machine")
    run, records = typical
    few = [cell for cell in run.cells if cell.task in ("cola", "sst2", "mrpc", "qqp")]
    text = report.render([msgspec.structs.replace(run, cells=tuple(few), aggregates=())], records)
    probe = """<script>
    const table = document.getElementById("candidates"), heads = table.tHead.rows[1].cells;
    const names = () => [...table.tBodies[0].rows].map((row) => row.cells[0].firstChild.textContent).join(",");
    heads[4].querySelector("button").click(); const down = names();
    heads[4].querySelector("button").click(); const up = names();
    document.title = [down, up, heads[4].getAttribute("aria-sort"), document.getElementById("live").textContent].join("|");
    </script></body>"""
    free = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text).replace("</body>", probe)
    file = tmp_path / "page.html"
    file.write_text(free, encoding="utf-8")
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    ]
    command += [
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path}/profile",
        "--dump-dom",
        file.as_uri(),
    ]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    title = re.search(r"<title>(.*?)</title>", shown, re.DOTALL)[1]

    down, up, way, said = title.split("|")
    assert down == "deberta-v3-base,roberta-base-int8,roberta-base,distilbert-base-uncased"
    assert up == "roberta-base,roberta-base-int8,deberta-v3-base,distilbert-base-uncased"
    assert way == "ascending"
    assert said == "Sorted by qqp, ascending"
