"""A run from specification to stored results, through Python."""

import json

import pytest

import benchwright
from benchwright.errors import BenchwrightError, ConfigError, NotComparable
from benchwright.store import Store


def evaluate(tmp_path, models="majority", suite="starter/topic", **more):
    return benchwright.evaluate(models, suite, store=tmp_path / "store", offline=True, **more)


def test_a_run_is_stored_and_loaded(tmp_path):
    """What evaluate returns is what load_run reads."""
    run = evaluate(tmp_path, name="mine")

    assert benchwright.load_run("mine", tmp_path / "store") == run
    assert run.complete


def test_the_same_run_again_opens_no_model(tmp_path, monkeypatch):
    """A repeated run reuses every cell, whatever its name, and reads the scores it kept."""
    first = evaluate(tmp_path)
    from benchwright_adapters.majority import Majority

    monkeypatch.setattr(Majority, "open", lambda *_: pytest.fail("a model was opened"))
    again = evaluate(tmp_path)
    named = evaluate(tmp_path, name="other")

    assert again.name == first.name
    assert [cell.reused for cell in (*again.cells, *named.cells)] == [True, True]
    assert again.cells[0].scores == first.cells[0].scores


def test_rerun_always_computes_anew_and_never_refuses(tmp_path):
    """`always` does not reuse, `never` does not compute."""
    with pytest.raises(NotComparable):
        evaluate(tmp_path, rerun="never")
    first = evaluate(tmp_path)

    assert [cell.reused for cell in evaluate(tmp_path, rerun="always").cells] == [False]
    assert evaluate(tmp_path, rerun="never").cells[0].score == first.cells[0].score


def test_a_whole_suite_has_its_average_and_a_part_has_none(tmp_path):
    """The aggregate belongs to the whole suite; a single task asks for none, a limit withholds it."""
    whole = evaluate(tmp_path, suite="starter")
    part = evaluate(tmp_path, suite="starter/topic")
    limited = evaluate(tmp_path, suite="starter", limit=50)

    (score,) = whole.aggregates
    values = [cell.score.value for cell in whole.cells]
    assert score.value == pytest.approx(sum(values) / 2)
    assert score.low < score.value < score.high
    assert part.aggregates == ()
    assert [(a.value, "limit" in a.reason) for a in limited.aggregates] == [(None, True)]


def test_models_that_differ_only_in_weights_share_nothing(tmp_path):
    """Two prediction files with other answers have other cells, even under one name."""
    keys = []
    for label in ("sport", "health"):
        path = tmp_path / label / "topic.jsonl"
        path.parent.mkdir()
        path.write_text("".join(json.dumps({"index": i, "label": label}) + "\n" for i in range(284)))
        keys.append(evaluate(tmp_path, f"m=predictions:{path}").cells[0].key)

    assert keys[0] != keys[1]


def test_a_limit_has_its_own_cell_unless_it_cuts_nothing(tmp_path):
    """A limit at or above the size of the split is no limit."""
    full = evaluate(tmp_path)

    assert evaluate(tmp_path, limit=10).cells[0].key != full.cells[0].key
    assert evaluate(tmp_path, limit=10_000).cells[0].key == full.cells[0].key


def test_a_corrected_metric_scores_history_without_a_model(tmp_path, monkeypatch):
    """Scores are kept by metric version: with the files gone they come back from the records alone."""
    first = evaluate(tmp_path)
    store = Store(tmp_path / "store")
    from benchwright_adapters.majority import Majority

    monkeypatch.setattr(Majority, "open", lambda *_: pytest.fail("a model was opened"))
    for path in (store.root / "scores").rglob("*.json"):
        path.unlink()

    assert evaluate(tmp_path).cells[0].scores == first.cells[0].scores


def test_all_mistakes_are_told_at_once(tmp_path):
    """Unknown options and tasks of one run are one error."""
    with pytest.raises(ConfigError) as told:
        evaluate(tmp_path, "tfidf?ngram=2", "starter/topics")

    assert len(told.value.problems) == 2


@pytest.mark.parametrize("more", [{"split": "nope"}, {"on": ("glue/sst2",)}, {"data": "/nowhere"}])
def test_settings_without_meaning_are_refused(tmp_path, more):
    """A split, a view or a data folder that does not exist is an error before anything runs."""
    with pytest.raises(BenchwrightError):
        evaluate(tmp_path, **more)

    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    "more", [{"errors": "record"}, {"errors": True}, {"limit": "5"}, {"seed": 1.5}, {"split": 5}, {"unlabelled": "yes"}]
)
def test_settings_of_another_type_are_refused_before_anything_is_written(tmp_path, more):
    """Else the run's file could not be read again, and its name would be lost."""
    name = next(iter(more))
    with pytest.raises(ConfigError, match=f"{name} {next(iter(more.values()))!r}"):
        evaluate(tmp_path, name="mine", **more)
    assert evaluate(tmp_path, name="mine").complete


def test_the_train_split_can_be_evaluated_when_asked_for(tmp_path):
    """Another split is another cell and is named in the result."""
    run = evaluate(tmp_path, split="train")

    assert (run.cells[0].split, run.cells[0].ledger.total) == ("train", 381)


def test_two_runs_in_one_process_equal_two_processes(tmp_path, program):
    """Nothing leaks from one run into the next."""
    models = ["majority", "tfidf"]
    together = evaluate(tmp_path, models, "starter")
    apart = {}
    for model in models:
        done = program("run", model, "--suite", "starter", "--format", "json", "--quiet", check=0)
        apart |= {
            (row["model"], row["task"]): row["metrics"]["accuracy"]["value"]
            for row in json.loads(done.stdout)["results"]
        }

    assert {(c.model, c.task): c.scores[0].value for c in together.cells} == apart


def test_options_may_be_given_per_task(tmp_path):
    """A run file may give one task another recipe; a misspelt option there is refused like any other."""
    from benchwright.types import ModelRef

    def model(text):
        return ModelRef(name="m", adapter="tfidf", options={"c": "2"}, tasks={"starter/topic": text})

    run = evaluate(tmp_path, model("?c=8&ngrams=1"), "starter")
    keys = {cell.task: Store(tmp_path / "store").read_cell(cell.key).key.options for cell in run.cells}
    assert keys == {"sentiment": {"c": "2"}, "topic": {"c": "8", "ngrams": "1"}}

    with pytest.raises(ConfigError, match="ngram"):
        evaluate(tmp_path, model("?ngram=1"), "starter")


@pytest.mark.parametrize(
    ("model", "suite", "more"),
    [
        ("tfidf:\ud800", "starter/topic", {}),
        ("predictions:\udcff", "starter/topic", {}),
        ("majority", "classification/custom?path=\udcff", {}),
        ("majority", "starter/topic", {"data": "\udcff"}),
    ],
)
def test_names_that_are_not_utf8_are_refused(tmp_path, model, suite, more):
    """What no run file could hold is refused with a message before anything is written."""
    with pytest.raises(ConfigError, match="not UTF-8"):
        benchwright.evaluate(model, suite, store=tmp_path / "store", offline=True, **more)
    assert not (tmp_path / "store").exists()


def test_the_error_budget_holds_for_stored_results_too(tmp_path):
    """What a run allowed, a later run with a smaller budget is not given as a result; its own budget decides, in any order."""
    (tmp_path / "d.csv").write_text("text,label\n" + "".join(f"word {at},{'ab'[at % 2]}\n" for at in range(24)))
    answers = [{"index": at, "label": "a"} if at else {"index": 0, "error": "timeout"} for at in range(24)]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in answers))
    own, model = f"classification/custom?path={tmp_path}/d.csv", f"m=predictions:{tmp_path}/p.jsonl"

    def evaluate(name, errors):
        made = benchwright.evaluate(model, own, store=tmp_path / "s", name=name, errors=errors, offline=True)
        return made.cells[0]

    assert [evaluate(f"r{at}", errors).status for at, errors in enumerate((0, 1, 0, 2))] == [
        "failed",
        "scored",
        "failed",
        "scored",
    ]
    assert "1 example without an answer in the store (error budget 0" in evaluate("again", 0).reason


@pytest.mark.parametrize("given", [{"suite": 3}, {"suite": "robustness", "on": 3}, {"suite": None}])
def test_tasks_that_are_neither_a_text_nor_a_list_are_refused(tmp_path, given):
    """Not by a TypeError of Python's."""
    with pytest.raises(ConfigError, match="or a list of them"):
        benchwright.evaluate("majority", **given, store=tmp_path)


def test_no_tasks_to_view_may_be_said_by_none(tmp_path):
    """As for every other setting."""
    run = benchwright.evaluate("majority", "starter/topic", on=None, limit=5, store=tmp_path)

    assert [cell.task for cell in run.cells] == ["topic"]
