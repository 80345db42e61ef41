"""Roles in a report: which model is the reference, which are baselines, and what wrong names are told."""

import msgspec
import pytest

from benchwright.alarm import CONSTANT, note
from benchwright.errors import ConfigError
from benchwright.render.grid import build_grid
from benchwright.report_content.roles import find_roles, name_problems
from benchwright.testing.fixtures import build_task
from benchwright.types import Caveat, CellResult, Ledger, ModelRef, ReportOptions, Run, RunSpec, Score


def made(name, scores, adapters=None, caveats=()):
    """A run of models on tasks from ``{model: {task: value}}``; every task has a score in which more is better."""
    tasks = list(dict.fromkeys(task for values in scores.values() for task in values))
    cards = {
        f"own/{task}": build_task(
            task,
            labels=("no", "yes"),
            licence="unspecified",
            citation="none",
            description="Made.",
            caveats=caveats,
        )
        for task in tasks
    }
    cells = tuple(
        CellResult(
            suite="own",
            task=task,
            split="validation",
            model=model,
            status="scored",
            key=None,
            score=Score(metric="accuracy", value=value, low=value - 0.01, high=value + 0.01, n=100),
            ledger=Ledger(total=100, scored=100, errored=0, skipped=0),
        )
        for model, values in scores.items()
        for task, value in values.items()
    )
    refs = tuple(ModelRef(name=model, adapter=(adapters or {}).get(model, "predictions")) for model in scores)
    return Run(
        name=name,
        spec=RunSpec(models=refs, suites=("own",)),
        tasks=cards,
        cells=cells,
        schema=1,
        aggregates=(),
        environment={},
        created="",
        complete=True,
        suites={"own": 1},
    )


def roles(*runs, **options):
    grid = build_grid(runs)
    found = find_roles(grid, ReportOptions(**options))
    return grid.systems[found.reference].label, found.why, {grid.systems[at].label for at in found.baselines}


THREE = {"good": {"a": 0.9, "b": 0.8}, "better": {"a": 0.95, "b": 0.81}, "fair": {"a": 0.7, "b": 0.9}}


def test_without_a_baseline_the_best_model_is_the_reference():
    """It has the best score on most tasks; being the best on one of two each is decided by won comparisons."""
    assert roles(made("r", THREE)) == ("better", "the best score on most tasks", set())


def test_the_reference_does_not_depend_on_the_order_of_runs_or_models():
    """Two equal models: the first by name, whatever comes first."""
    one, other = made("r", {"x": {"a": 0.5}}), made("q", {"b": {"a": 0.5}})
    assert roles(one, other)[0] == roles(other, one)[0] == "b"
    turned = dict(reversed(THREE.items()))
    assert roles(made("r", turned))[0] == "better"


def test_adapters_say_that_their_models_are_baselines():
    """constant, majority and tfidf do; an adapter that is not installed here says nothing."""
    adapters = {"good": "tfidf", "better": "majority", "fair": "no_such_adapter"}
    assert roles(made("r", THREE, adapters)) == ("better", "the best of the baselines", {"good", "better"})
    assert roles(made("r", THREE, {"fair": "constant"})) == ("fair", "the baseline", {"fair"})


def test_where_all_models_would_be_baselines_only_constant_ones_are():
    """Three classical models and a constant one: the three are what is chosen from. A named one stays a baseline beside it."""
    adapters = {**dict.fromkeys(THREE, "tfidf"), "most": "majority"}
    run = made("r", {**THREE, "most": {"a": 0.5, "b": 0.5}}, adapters)
    noted = msgspec.structs.replace(
        run,
        cells=tuple(
            msgspec.structs.replace(cell, alarms=(note(CONSTANT, "constant baseline: yes"),))
            if cell.model == "most"
            else cell
            for cell in run.cells
        ),
    )

    assert roles(noted) == ("better", "the best score on most tasks", {"most"})
    assert roles(noted, baselines=("fair",)) == ("fair", "the baseline", {"most", "fair"})
    assert roles(made("r", THREE, dict.fromkeys(THREE, "tfidf"))) == ("better", "the best score on most tasks", set())
    assert roles(made("r", THREE), baselines=tuple(THREE))[2] == set(THREE)


def test_a_baseline_with_more_results_comes_before_a_better_one_with_fewer():
    scores = {"few": {"a": 0.99}, "all": {"a": 0.5, "b": 0.5}, "model": {"a": 0.6, "b": 0.6}}
    assert roles(made("r", scores), baselines=("few", "all"))[0] == "all"


def test_a_named_baseline_comes_before_those_that_adapters_declare():
    assert roles(made("r", THREE, {"fair": "majority"}), baselines=("good",)) == (
        "good",
        "the baseline",
        {"good", "fair"},
    )


def test_the_reader_chooses_the_reference():
    assert roles(made("r", THREE, {"fair": "majority"}), against="good") == ("good", "named by --against", {"fair"})
    assert roles(made("r", THREE), against="r:good")[0] == "good"


def test_unranked_tasks_choose_no_reference():
    """Scores of an unranked task do not say which model is best: the name decides."""
    assert (
        roles(made("r", {"z": {"a": 0.9}, "y": {"a": 0.1}}, caveats=(Caveat(kind="contested", reason="disputed"),)))[0]
        == "y"
    )


def test_unknown_names_are_all_told_with_the_known_ones():
    grid = build_grid([made("r", THREE)])
    with pytest.raises(ConfigError) as caught:
        find_roles(grid, ReportOptions(baselines=("goood", "x"), against="y"))
    told = str(caught.value)
    assert "--baseline 'goood': no such model" in told
    assert "did you mean good or r:good?" in told
    assert "--baseline 'x'" in told
    assert "--against 'y'" in told
    assert "one of: good, better, fair, r:good" in told


def test_a_reference_of_two_runs_is_asked_for_by_run():
    """A name that two different models have is no reference; as a baseline it is both."""
    runs = [made("r", {"m": {"a": 0.5}}), made("s", {"m": {"a": 0.6}})]
    (problem,) = name_problems(runs, ReportOptions(against="m"))
    assert problem.problem == "--against 'm' is the name of 2 models"
    assert problem.expected == "one of: r:m, s:m"
    assert roles(*runs, against="s:m") == ("s:m", "named by --against", set())
    assert roles(*runs, baselines=("m",))[2] == {"r:m", "s:m"}


def test_no_model_has_no_roles():
    assert find_roles(build_grid([]), ReportOptions()) is None
