"""Robustness in every output: the numbers of the run, side by side, whatever they are called and whatever they hold."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import sys
from pathlib import Path

import msgspec
import pytest

from benchwright import console, registry
from benchwright.alarm import alarm, note
from benchwright.redaction import without_texts
from benchwright.render.grid import build_grid
from benchwright.render.robustness import robustness_tables
from benchwright.render.severity import MOST_LINES, MOST_PANELS, severity_chart, severity_panels
from benchwright.reporting import choose
from benchwright.types import PairedDifference, Score, SpanTask


@pytest.fixture(scope="module")
def robust():
    """The module ``robust``: runs of views by hand."""
    spec = importlib.util.spec_from_file_location("reports_robust", Path(__file__).with_name("robust.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def render(name, *runs):
    """A report over runs without records."""
    return registry.get("reports", name).render(list(runs), lambda key: ())


def changed(run, **fields):
    """The run with fields of its first robustness score changed."""
    first, *rest = run.robustness
    return msgspec.structs.replace(run, robustness=(msgspec.structs.replace(first, **fields), *rest))


def test_a_row_holds_every_number_of_a_view(robust, sample):
    """Clean, perturbed, difference, consistency, worst case with the number of variants, and what was left out."""
    (table,) = robustness_tables(build_grid([robust.build(sample)]))
    row = table.rows[0]

    assert (table.base, table.metric, table.direction) == ("glue/sst2", "accuracy", "higher")
    assert (row.perturbation, row.severity, row.system) == ("typo", 1, "minilm")
    assert (row.clean.text, row.perturbed.text) == ("91.00", "85.54")
    assert row.difference.line == "−5.46 [−7.46, −3.46]"
    assert row.consistency.text == "91.81"
    assert (row.worst.text, row.variants, row.most) == ("83.36", "2.1", "at most 3")
    assert (row.changed, row.left_out) == ("780 of 872", ("72 unchanged", "3 unprojectable"))


def test_rows_go_by_perturbation_and_severity_with_models_together(robust, sample):
    """Whoever asks what typos cost reads neighbouring lines."""
    (table,) = robustness_tables(build_grid([robust.build(sample)]))

    assert [(row.perturbation, row.severity, row.system) for row in table.rows[:4]] == [
        ("typo", 1, "minilm"),
        ("typo", 1, "tfidf"),
        ("typo", 2, "minilm"),
        ("typo", 2, "tfidf"),
    ]


def test_models_of_two_runs_carry_the_names_of_the_report(robust, sample):
    """A model of each run with one name are told apart as everywhere on the page."""
    one = robust.build(sample, {"minilm": 0.9})
    other = msgspec.structs.replace(robust.build(sample, {"minilm": 0.7}), name="later")
    (table,) = robustness_tables(build_grid([one, other]))

    assert {row.system for row in table.rows} == {"robust:minilm", "later:minilm"}


def test_the_page_shows_table_and_curves(robust, sample, read):
    """One table of a task, one figure of each perturbation, all with their numbers as text for those who hear the page."""
    page = read(render("html", robust.build(sample)))
    section = next(one for one in page.all("section") if one.attributes.get("aria-labelledby") == "robustness")

    assert len(section.all("table")) == 1
    assert len(section.all("svg")) == 3
    assert "85.54 at severity 1 (clean 91.00)" in section.all("desc")[0].text
    assert "72 unchanged" in section.text
    assert section.all("tr")[1].all("td")[2].attributes["data-sort"].startswith("0.91")


def test_figures_of_a_task_have_one_scale(robust, sample):
    """Losses of two perturbations are compared by eye."""
    (table,) = robustness_tables(build_grid([robust.build(sample)]))
    drawing = severity_chart([table], name="s").sketch.draw()
    ticks = [re.findall(r"<text[^>]*>(\d\d)</text>", panel) for panel in drawing.split("<svg")[1:]]

    assert ticks[0]
    assert ticks[0] == ticks[1] == ticks[2]


def test_many_perturbations_share_one_figure_of_those_that_cost_most(robust, sample):
    """The panels are capped by the size of the fall, in the order of the table, and the caption counts the others."""
    (table,) = robustness_tables(build_grid([robust.build(sample)]))
    chart = severity_chart([table] * 4, name="s")
    drawing = chart.sketch.draw()

    assert drawing.count("<svg") == MOST_PANELS
    assert drawing.count("irrelevant_sentence") < drawing.count("typo")
    assert f"{12 - MOST_PANELS} perturbations that cost less in the tables" in chart.about
    ids = re.findall(r'\bid="([^"]*)"', drawing)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', drawing)) <= set(ids)


def test_one_severity_has_no_curve(robust, sample, read):
    """A point is no curve; the table alone tells."""
    page = read(render("html", robust.build(sample, severities=(2,))))
    section = next(one for one in page.all("section") if one.attributes.get("aria-labelledby") == "robustness")

    assert not section.all("svg")


def test_many_models_are_drawn_in_part_and_said_so(robust, sample):
    """More lines than signs would be a tangle; the table holds all."""
    run = robust.build(sample, {f"m{at}": 0.9 - at / 50 for at in range(7)})
    (table,) = robustness_tables(build_grid([run]))
    panel = severity_panels(table)[0]

    assert len(panel.systems) == MOST_LINES
    assert "the first 4 models; the tables hold all" in " ".join(render("html", run).split())
    assert len({row.system for row in table.rows}) == 7


def test_markdown_and_terminal_hold_the_same_numbers(robust, sample, capsys):
    """A comment on a pull request and a terminal say what the page says."""
    run = robust.build(sample)
    console.show_run(run)
    printed = capsys.readouterr().out
    text = render("markdown", run)

    assert "### Robustness on glue/sst2, validation split: accuracy, higher is better" in text
    for number in ("85.54", "91.81", "83.36", "780 of 872", "72 unchanged"):
        assert number in printed
        assert number in text
    assert "[−7.46, −3.46]" in printed
    assert "−7.46, −3.46" in text


def test_csv_has_a_line_for_each_number(robust, sample):
    """Unrounded, with what was left out."""
    lines = list(csv.DictReader(io.StringIO(render("csv", robust.build(sample)))))
    mine = [line for line in lines if line["model"] == "minilm" and line["task"] == "typo-1@glue/sst2"]
    found = {line["metric"]: line for line in mine}

    assert {
        "accuracy@1 (clean)",
        "accuracy@1 (perturbed)",
        "accuracy@1 (difference)",
        "consistency",
        "worst_case",
    } <= set(found)
    assert float(found["accuracy@1 (difference)"]["value"]) == pytest.approx(-0.0546)
    assert found["worst_case"]["counts"].startswith(
        "872 items, 1600 variants, 3 most variants of an item, 72 unchanged"
    )


@pytest.mark.parametrize("name", ["html", "markdown", "csv"])
def test_what_is_undefined_is_a_dash(robust, sample, name):
    """No worst case, no difference, no item: nothing of it reaches a reader as a number."""
    empty = Score(metric="accuracy@1", value=None)
    run = changed(
        robust.build(sample),
        worst=None,
        clean=empty,
        perturbed=empty,
        consistency=Score(metric="consistency", value=float("nan")),
        difference=PairedDifference(value=None),
        n=0,
        variants=0,
        most=0,
    )
    text = render(name, run)

    assert "None" not in text
    assert not re.search(r"(?<![\w-])nan(?![\w-])", text, re.IGNORECASE)


@pytest.mark.parametrize("name", ["html", "markdown", "csv"])
def test_alarms_of_a_row_are_said(robust, sample, name):
    """A constant model is consistent, and its row says why."""
    run = changed(
        robust.build(sample), alarms=(alarm("constant", "every answer is positive"), note("few-units", "few items"))
    )

    assert "every answer is positive" in render(name, run)


def test_the_terminal_says_alarms_of_a_row(robust, sample, capsys):
    """Marked at the model, told below."""
    console.show_run(changed(robust.build(sample), alarms=(alarm("constant", "every answer is positive"),)))
    printed = capsys.readouterr().out

    assert "minilm!" in printed
    assert "! minilm on robustness/typo-1@glue/sst2: every answer is positive" in printed


@pytest.mark.parametrize("name", ["html", "markdown"])
def test_hostile_names_stay_text(robust, sample, name):
    """Whoever writes a perturbation or a model name writes no page."""
    evil = "<script>alert(1)</script>"
    run = changed(robust.build(sample), perturbation=evil, metric=f"{evil}@1", alarms=(alarm("x", evil),))

    assert "<script>alert" not in render(name, run)


def test_a_chosen_model_keeps_only_its_rows(robust, sample):
    """RUN:MODEL and --task narrow the table as they narrow the cells."""
    run = robust.build(sample)
    (by_model,) = choose([run], models=["tfidf"])
    (by_task,) = choose([run], tasks=["robustness/typo@glue/sst2"])

    assert {score.model for score in by_model.robustness} == {"tfidf"}
    assert {score.task_path for score in by_task.robustness} == {"robustness/typo@glue/sst2"}


def test_a_report_without_inputs_quotes_no_answer(robust, sample):
    """Answers to questions are pieces of texts, and an alarm may quote one."""
    said = alarm("constant", "every answer is 'Anna lives here'")
    run = changed(robust.build(sample), alarms=(said,), clean=Score(metric="f1@1", value=0.5, n=3, alarms=(said,)))
    card = msgspec.convert({**msgspec.structs.asdict(sample.card("sst2")), "labels": (), "positive": None}, dict)
    span = SpanTask(**{name: value for name, value in card.items() if name in SpanTask.__struct_fields__})
    quiet = without_texts(msgspec.structs.replace(run, tasks={**run.tasks, "glue/sst2": span}))

    assert "Anna" not in str(quiet.robustness)
