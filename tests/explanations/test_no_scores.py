"""Explanations score nothing: they are no task of a table, a history, a comparison, a baseline or a board; one that failed is told."""

import json

import pytest

import benchwright
from benchwright import console, registry
from benchwright.comparison.systems import System
from benchwright.errors import ConfigError
from benchwright.gating.context import tasks_of
from benchwright.score_history.lines import LineQuery, paths_with
from benchwright.score_history.stored import read_runs
from benchwright.store import Store
from benchwright.task_path import has_answers
from benchwright_leaderboards.add import add
from benchwright_leaderboards.new import new_board

BASE = "starter/sentiment"
VIEW = f"explain/random@{BASE}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with a run of two models whose answers are explained, one method of which no model can serve: as of an adapter that does
    not say beforehand that it has no gradients.
    """
    root = tmp_path_factory.mktemp("no-scores") / "store"
    suites = ["explain/random?examples=4", "explain/integrated_gradients?examples=4"]
    with pytest.MonkeyPatch.context() as patch:
        for name in ("tfidf", "majority"):
            patch.delattr(type(registry.get("adapters", name)), "gradients")
        run = benchwright.evaluate(["tfidf", "majority"], suites, on=BASE, store=root, name="first", offline=True)
    return root, run


def test_only_tasks_with_answers_stand_in_tables_histories_and_gates(made):
    """The table of a run, its lines over time, what rules are about."""
    root, run = made
    assert [has_answers(one) for one in (BASE, VIEW, f"hardware/offline@{BASE}", f"robustness/ocr@{BASE}")] == [
        *(True, False, False, True)
    ]
    assert "explain" not in str(run)
    assert "explain" not in run._repr_html_().partition("<ul")[0]
    stored, _ = read_runs(Store(root))
    assert list(paths_with(stored, LineQuery(metric="score"))) == [BASE]
    side = System(label="first:tfidf", run=run, models=("tfidf",), store=Store(root))
    assert tasks_of(side) == (BASE,)


def test_an_explanation_is_a_row_without_a_score_where_every_cell_has_one(made):
    """In data frames and CSV: with its status, and no metric that it has not."""
    frame = made[1].to_pandas()
    rows = frame[frame.suite == "explain"]
    assert sorted(zip(rows.task, rows.status, strict=True)) == [
        *[(f"integrated_gradients@{BASE}", "failed")] * 2,
        *[(f"random@{BASE}", "explained")] * 2,
    ]
    assert rows.metric.isna().all()
    assert rows.value.isna().all()
    assert made[1].records(task=VIEW).empty


def test_an_explanation_that_failed_is_told_where_failures_are(made, capsys):
    """With what to do next; the others stand."""
    console.show_run(made[1])
    told = capsys.readouterr().out
    assert f"FAILED   tfidf on explain/integrated_gradients@{BASE}: integrated gradients need" in told
    assert f"\n{VIEW}" not in told
    assert len(made[1].explanations) == 2


def test_runs_are_listed_with_scored_tasks_and_explanations_apart(made, program):
    """Two of two and two of four."""
    done = program("list", "runs", "--store", str(made[0]), check=0)
    heads, row = done.stdout.splitlines()
    assert heads.split()[:4] == ["run", "created", "scored", "explained"]
    assert row.split()[2:4] == ["2/2", "2/4"]


def test_a_board_takes_answers_and_leaves_explanations_out_in_one_line(made, tmp_path):
    """Neither their files nor what the run tells of them."""
    told = []
    board = tmp_path / "board"
    new_board(board, Store(made[0]).read_run("first"), Store(made[0]), title="B")
    add(board, ["first"], store=Store(made[0]), team="a", tell=told.append)
    assert told == ["2 explanations left out: a board holds answers and their scores"]
    assert not list(board.rglob("attachments"))
    (path,) = board.rglob("runs/*.json")
    assert json.loads(path.read_text())["explanations"] == []


def test_what_cannot_be_explained_is_refused_before_anything_runs(made, write):
    """A view as the task, answers from a file, a kind that has no words to take away."""
    root = made[0]
    for suites, on, why in (
        (f"explain/random@robustness/ocr@{BASE}", (), "robustness"),
        ("explain/random", (f"robustness/ocr@{BASE}",), "robustness"),
    ):
        with pytest.raises(ConfigError, match=why):
            benchwright.evaluate("tfidf", suites, on=on, store=root, offline=True)
    with pytest.raises(ConfigError, match="integrated_gradients needs gradients, and tfidf models have none"):
        benchwright.evaluate("tfidf", f"explain/integrated_gradients@{BASE}", store=root, offline=True)
    answers = write("answers.jsonl", [{"id": f"sentiment/{row}", "label": "positive"} for row in range(357)])
    with pytest.raises(ConfigError, match="it cannot be asked about an item without some of its words"):
        benchwright.evaluate(f"predictions:{answers}", VIEW, store=root, offline=True)
