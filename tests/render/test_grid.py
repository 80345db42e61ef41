"""Several runs as one grid, and what is said about them."""

from __future__ import annotations

from msgspec import structs

from benchwright.render.details import link
from benchwright.render.grid import build_grid
from benchwright.render.provenance import short_path
from benchwright.render.remarks import list_alarms, list_findings, list_warnings
from benchwright.render.summary import REPEATED, summarise
from benchwright.types import (
    AggregateScore,
    CellResult,
    ModelRef,
    PairedDifference,
    RobustnessScore,
    Run,
    RunSpec,
    Score,
)


def cell(model, task="t", value=0.5, n=10, **more):
    score = Score(metric="score", value=value, low=value - 0.1, high=value + 0.1, n=n)
    return CellResult(
        **({"model": model, "suite": "s", "task": task, "split": "test", "status": "scored", "score": score} | more)
    )


def run(name, *cells, models=(), aggregates=(), **spec):
    refs = tuple(ModelRef(name=model, adapter="a") for model in models)
    return Run(
        schema=1,
        name=name,
        spec=RunSpec(models=refs, suites=("s",), **spec),
        cells=cells,
        aggregates=aggregates,
        environment={},
        created="",
        complete=True,
    )


def test_labels_name_the_run_only_where_needed():
    """A model in one run keeps its name; in several it is named RUN:MODEL, and never twice the same."""
    grid = build_grid([run("one", cell("a"), cell("b")), run("two", cell("b")), run("two", cell("b"))])

    assert [system.label for system in grid.systems] == ["a", "one:b", "two:b", "two:b (2)"]


def test_models_without_any_result_are_rows():
    """A model that was asked for and has no result is still a system."""
    assert [system.label for system in build_grid([run("r", cell("b"), models=("a", "b"))]).systems] == ["a", "b"]


def test_splits_are_not_mixed():
    """The same task on two splits is two columns."""
    grid = build_grid([run("r", cell("a"), cell("a", split="validation"))])

    assert [column.split for column in grid.columns] == ["test", "validation"]


def test_a_result_twice_is_said():
    """A second result of one model on one task is neither lost in silence nor mixed in."""
    grid = build_grid([run("r", cell("a", value=0.5), cell("a", value=0.9))])
    table = summarise(grid)[0]

    assert table.rows[0].cells[0].value == "0.5"
    assert table.rows[0].cells[0].alarms == (REPEATED,)
    assert any(alarm.text == REPEATED.sentence for alarm in list_alarms(grid))


def test_rows_follow_the_average():
    """Rows come by the suite's average, models without one last; without averages as they were asked for."""
    averages = [
        AggregateScore(model=m, suite="s", name="r", value=v, missing=() if v else ("t",))
        for m, v in (("a", 0.1), ("b", None), ("c", 0.9))
    ]
    cells = [cell("a"), cell("b"), cell("c"), cell("a", "u"), cell("b", "u"), cell("c", "u")]
    with_average = summarise(build_grid([run("r", *cells, aggregates=tuple(averages))]))[0]
    without = summarise(build_grid([run("r", *cells)]))[0]

    assert [row.label for row in with_average.rows] == ["c", "a", "b"]
    assert with_average.partial == "no r average for 1 of 3 models"
    assert [row.label for row in without.rows] == ["a", "b", "c"]


def test_a_value_with_missing_tasks_is_no_average():
    """An average that names missing tasks is not printed, even if it carries a number."""
    score = AggregateScore(model="a", suite="s", name="r", value=0.9, missing=("t",))
    view = summarise(build_grid([run("r", cell("a"), aggregates=(score,))]))[0].rows[0].cells[0]

    assert (view.state, view.value) == ("problem", "")


def test_findings_count_what_is_not_there():
    """Coverage names failed, missing and refused results, and pairs that were never run."""
    lost = [cell("a", task, status=status, score=None) for task, status in (("u", "failed"), ("v", "missing"))]
    grid = build_grid([run("r", cell("a"), *lost, models=("a", "b"))])
    first = list_findings(grid, summarise(grid))[0]

    assert first == "2 models on 3 tasks: 1 of 6 results scored; 1 failed, 1 missing, 3 not run."


def test_a_result_whose_every_example_errored_is_not_counted_as_scored():
    """It has answers to count and no score: undefined is no number, and no result that was scored."""
    undefined = cell("a", "u", score=Score(metric="score", value=float("nan"), n=0))
    grid = build_grid([run("r", cell("a"), undefined, cell("a", "v", score=None))])
    first = list_findings(grid, summarise(grid))[0]

    assert first == "1 model on 3 tasks: 1 of 3 results scored; 2 without a score."


def test_runs_that_differ_are_warned_about():
    """Different seeds, limits and numbers of examples are told before anyone compares."""
    runs = [run("one", cell("a", n=10), seed=1), run("two", cell("a", n=9), seed=2, limit=9)]
    said = " ".join(list_warnings(runs, build_grid(runs)))

    assert "differ in seed: 1, 2" in said
    assert "two was limited to 9 examples" in said
    assert "scored on different numbers of examples (9, 10)" in said


def test_links_of_citations():
    """Addresses become links without the dot behind them; other schemes stay text."""
    assert link("Wang 2019, https://arxiv.org/abs/1804.07461.") == (
        ("Wang 2019, ", ""),
        ("https://arxiv.org/abs/1804.07461", "https://arxiv.org/abs/1804.07461"),
        (".", ""),
    )
    assert link("javascript:alert(1)") == (("javascript:alert(1)", ""),)


def test_short_paths():
    """Absolute paths lose what names a user or machine; hub ids and relative paths stay."""
    assert short_path("/home/ann/runs/sst2/best") == "…/sst2/best"
    assert short_path("C:\\Users\\ann\\model") == "…/model"
    assert short_path("/home/ann") == "…/"
    assert short_path("~/m") == "…/m"
    assert short_path("FacebookAI/roberta-base") == "FacebookAI/roberta-base"
    assert short_path("./runs/best") == "./runs/best"


def test_one_cell_in_two_runs_is_one_row():
    """The same stored answers under two names are one model; its other results fill the row up."""
    first = run("one", cell("a", key="x"), cell("b", key="y"))
    second = run("two", cell("a", key="x"), cell("a", "u", key="z"), cell("c", key="y"), cell("d", key="w"))
    grid = build_grid([first, second])

    assert [system.label for system in grid.systems] == ["a", "b", "d"]
    assert [system.also for system in grid.systems] == [("two:a",), ("two:c",), ()]
    assert {column.task: sorted(column.cells) for column in grid.columns} == {"t": [0, 1, 2], "u": [0]}
    assert not any(column.repeated for column in grid.columns)


def robustness(model, view):
    score = Score(metric="accuracy@1", value=0.5, n=10)
    return RobustnessScore(
        model=model,
        suite="robustness",
        perturbation=view,
        severity=2,
        base="s/t",
        split="test",
        metric="accuracy@1",
        clean=score,
        perturbed=score,
        difference=PairedDifference(value=0.0),
        consistency=score,
    )


def test_what_only_a_later_run_of_a_model_says_is_there_and_what_both_say_is_there_once():
    """Views, gaps and averages of a model that two runs hold come from both."""
    one = run("one", cell("a", key="k"), aggregates=(AggregateScore(model="a", suite="s", name="mean", value=None),))
    two = run("two", cell("b", key="k"), aggregates=(AggregateScore(model="b", suite="s", name="mean", value=0.5),))
    one = structs.replace(one, robustness=(robustness("a", "typo"),))
    two = structs.replace(two, robustness=(robustness("b", "typo"), robustness("b", "case")))

    grid = build_grid([one, two])

    assert [system.label for system in grid.systems] == ["a"]
    assert [(at, score.model, score.perturbation) for at, score in grid.robustness] == [
        (0, "a", "typo"),
        (0, "b", "case"),
    ]
    assert [(at, score.value) for at, score in grid.aggregates] == [(0, 0.5)]
