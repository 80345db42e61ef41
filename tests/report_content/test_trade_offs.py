"""Quality against cost: what stands in one picture, by which score, who is on the front, and what a budget allows."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import msgspec
import pytest

from benchwright.render.grid import build_grid
from benchwright.report_content.figures import trade_off_chart
from benchwright.report_content.roles import find_roles
from benchwright.report_content.trade_offs import find_trade_offs
from benchwright.testing.fixtures import build_task
from benchwright.types import AggregateScore, CellResult, Ledger, ModelRef, ReportOptions, Run, RunSpec, Score


@pytest.fixture
def build():
    """A run of models scored on ``glue/sst2``: model -> accuracy (or None), with profiles."""

    def run(scores, profiles, *, half=0.01, n=None, aggregates=()):
        card = build_task(
            "sst2", labels=("negative", "positive"), licence="unspecified", citation="none", description="Made."
        )
        cells = tuple(
            CellResult(
                suite="glue",
                task="sst2",
                split="validation",
                model=model,
                status="scored",
                key=None,
                score=Score(
                    metric="score", value=value, low=value - half, high=value + half, n=(n or {}).get(model, 872)
                ),
                ledger=Ledger(total=872, scored=872, errored=0, skipped=0),
            )
            for model, value in scores.items()
            if value is not None
        )
        return Run(
            schema=1,
            name="speed",
            spec=RunSpec(
                models=tuple(
                    ModelRef(name=model, adapter="constant" if model == "majority" else "predictions")
                    for model in scores
                ),
                suites=("glue",),
            ),
            tasks={"glue/sst2": card},
            cells=cells,
            aggregates=aggregates,
            profiles=tuple(profiles),
            environment={},
            created="",
            complete=True,
            suites={"glue": 1},
        )

    return run


def found(run, **options):
    grid = build_grid([run])
    return find_trade_offs(grid, find_roles(grid, ReportOptions(**options)), None)


def rows(section):
    (item,) = section.items
    return {row.label: row for row in item.rows}


def test_without_profiles_there_is_no_section(build):
    """Nothing is invented for what was not measured."""
    assert found(build({"a": 0.9, "b": 0.8}, [])) is None


def test_each_model_stands_where_its_numbers_put_it(build, by_hand):
    """tfidf: 0.21 ms, minilm: 5.1 ms, bert-base: 43 ms, which scores like minilm and takes eight times as long."""
    models = ("minilm", "bert-base", "tfidf")
    run = build({"minilm": 0.92, "bert-base": 0.915, "tfidf": 0.8}, [by_hand.single_stream(model) for model in models])
    section = found(run)
    (item,) = section.items
    latency = {label: row.costs[0] for label, row in rows(section).items()}

    assert item.axes[0].quantity == "latency_p90"
    assert item.axes[0].scenario == "single_stream"
    assert latency["minilm"].told == "on the front"
    assert latency["bert-base"].told == "may be dominated by minilm"
    assert latency["tfidf"].told == "on the front"
    assert item.quality.startswith("glue/sst2: ")


def test_a_score_that_is_worse_for_certain_is_dominated(build, by_hand):
    run = build({"minilm": 0.92, "bert-base": 0.85}, [by_hand.single_stream(one) for one in ("minilm", "bert-base")])

    assert rows(found(run))["bert-base"].costs[0].told == "dominated by minilm"


def test_budgets_name_the_best_candidate_that_fits(build, by_hand):
    """bert-base has its 90th percentile at 51.7 ms [49.6, 56.5]: under 50 ms it may fit, under 100 ms it does."""
    models = ("minilm", "bert-base", "majority")
    profiles = [by_hand.single_stream(model) for model in ("minilm", "bert-base")]
    profiles.append(msgspec.structs.replace(by_hand.single_stream("tfidf"), model="majority"))
    section = found(build(dict(zip(models, (0.85, 0.92, 0.5), strict=True)), profiles), baselines=("majority",))
    steps = {step.budget: step for step in section.items[0].steps}

    assert steps["5 ms"].best == ""
    assert steps["5 ms"].instead.startswith("majority 50.00")
    assert (steps["10 ms"].best, steps["10 ms"].perhaps) == ("minilm", ())
    assert (steps["50 ms"].best, steps["50 ms"].perhaps) == ("minilm", ("bert-base",))
    assert (steps["100 ms"].best, steps["100 ms"].until) == ("bert-base", "and more")


def test_a_line_of_budgets_speaks_of_no_budget_at_which_something_else_holds(build, by_hand):
    """minilm fits at 5.9 ms for certain: a line that says "none" may not reach from 5 ms to 10; equal ones in a row are one."""
    profiles = [by_hand.single_stream(model) for model in ("minilm", "bert-base")]
    (item,) = found(build({"minilm": 0.85, "bert-base": 0.92}, profiles)).items

    assert [(step.budget, step.until, step.best) for step in item.steps] == [
        ("5 ms", "", ""),
        ("10 ms", "to 20 ms", "minilm"),
        ("50 ms", "", "minilm"),
        ("100 ms", "and more", "bert-base"),
    ]


def test_two_machines_are_two_pictures(build, by_hand):
    """Times of two machines are never compared."""
    profiles = [by_hand.single_stream("minilm"), by_hand.single_stream("bert-base", machine=by_hand.THERE)]

    assert found(build({"minilm": 0.9, "bert-base": 0.9}, profiles)) is None


def test_a_model_measured_in_another_scenario_has_no_latency_in_the_picture(build, by_hand):
    """A latency of a server holds waiting, and stands in no picture beside one without."""
    profiles = [by_hand.single_stream("minilm"), by_hand.single_stream("bert-base"), by_hand.server("tfidf")]
    cells = rows(found(build({"minilm": 0.9, "bert-base": 0.92, "tfidf": 0.8}, profiles)))

    assert cells["tfidf"].costs[0].spread is None
    assert cells["tfidf"].costs[0].told == "not measured as single stream"


def test_models_that_are_not_in_the_picture_are_named_with_the_reason(build, by_hand):
    scores = {"minilm": 0.9, "bert-base": 0.92, "tfidf": None, "other": 0.95, "small": 0.9}
    profiles = [by_hand.single_stream(model) for model in ("minilm", "bert-base", "tfidf", "small")]
    (item,) = found(build(scores, profiles, n={"small": 100})).items

    assert dict(item.left_out) == {
        "measured, but without a score here": ("tfidf",),
        "not measured on glue/sst2 on this machine": ("other",),
        "scored on fewer items than the others": ("small",),
    }


def test_an_official_average_is_the_quality_where_every_model_has_it(build, by_hand):
    """The rule is told; where one model lacks it the task stands in its place."""
    models = ("minilm", "bert-base")
    profiles = [by_hand.single_stream(model) for model in models]
    averages = tuple(
        AggregateScore(model=model, suite="glue", name="glue", title="GLUE average", value=value)
        for model, value in zip(models, (0.7, 0.8), strict=True)
    )
    scores = {"minilm": 0.9, "bert-base": 0.8}
    (whole,) = found(build(scores, profiles, aggregates=averages)).items
    (part,) = found(build(scores, profiles, aggregates=averages[:1])).items

    assert (whole.quality, whole.rows[0].label) == ("GLUE average", "bert-base")
    assert "official average" in whole.rule
    assert part.quality.startswith("glue/sst2")


def test_the_figure_has_a_panel_for_each_cost_and_hostile_names_are_text(build, by_hand):
    """Titles, descriptions and labels hold whatever a model is called, and no mathematics is made of it."""
    names = ("<b>$x$</b>", "</svg><script>alert(1)</script>")
    profiles = [
        msgspec.structs.replace(by_hand.single_stream(model), model=name)
        for model, name in zip(("minilm", "bert-base"), names, strict=True)
    ]
    (item,) = found(build(dict(zip(names, (0.9, 0.92), strict=True)), profiles)).items
    drawing = trade_off_chart(item, name="cost-1").sketch.draw()
    root = ET.fromstring(drawing)
    panels = root.findall("svg")

    assert len(panels) == len(item.axes)
    assert "<script>" not in drawing
    assert drawing == trade_off_chart(item, name="cost-1").sketch.draw()
    for panel, axis in zip(panels, item.axes, strict=True):
        assert panel.find("title").text.endswith(f"against {axis.title}")
        assert "<b>$x$</b>: 90.00 at " in panel.find("desc").text
        assert "<b>$x$</b>" in [text.text for text in panel.iter("text")]
