"""What a board takes: whole splits of its tasks, by its rules, with scores that are compare's, names that are safe and costs of one machine."""

import hashlib
import json
import random

import msgspec
import pytest

import benchwright
from benchwright.comparison.systems import read_systems
from benchwright.comparison.task import ComparisonOptions, compare_task
from benchwright.errors import BenchwrightError
from benchwright.store import Store, bundle
from benchwright.testing.hardware_fixtures import MACHINE, hardware_card, hardware_path, make_measurements
from benchwright.testing.patterns import pattern_task, records_of
from benchwright.testing.write_run import write_run
from benchwright.types import Facts
from benchwright_leaderboards.add import add
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.check import check
from benchwright_leaderboards.new import new_board, weights_of
from benchwright_leaderboards.spec import read_spec

TOPIC, NER = "classification/custom", "ner/custom"
MODELS = ("best", "second", "silent", "baseline")


def bytes_of(root):
    """Every file of a board by its SHA-256."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def empty(small_store, tmp_path):
    """A board without entries."""
    new_board(tmp_path / "board", small_store.read_run("first"), small_store, title="Empty")
    return tmp_path / "board"


def refusal(root, *sources, **options):
    """What is said of a submission that is refused; every byte of the board is as it was."""
    before = bytes_of(root)
    with pytest.raises(BenchwrightError) as error:
        add(root, sources, **{"team": "us", **options})
    assert bytes_of(root) == before
    return str(error.value)


def edit(root, old, new):
    path = root / "board.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_scores_are_those_of_compare_with_silence_counted_as_wrong(opened, small_store):
    """Item by item the estimates of `compare --missing wrong` over the run, for models with and without unanswered items."""
    systems = read_systems(small_store, ["first"])
    for path in (TOPIC, NER):
        found = compare_task(systems, path, ComparisonOptions(metrics=("score",), missing="wrong"))
        told = {label: difference.b for label, difference in found.scores.items()}
        told |= {difference.first: difference.a for difference in found.scores.values()}
        mine = {one.entry.id: one.entry.result(path).score.value for one in opened.entries if one.entry.id in MODELS}
        assert mine == pytest.approx(told, abs=1e-12)
    assert mine.keys() == set(MODELS)


def test_one_model_of_a_run_or_of_a_bundle(empty, small_store, tmp_path):
    """RUN:MODEL and BUNDLE:MODEL add one model; two models of one run named apart are one submission of two entries."""
    assert [one.id for one in add(empty, ["first:second"], store=small_store, team="us").entries] == ["second"]
    none = Store(tmp_path / "none")
    bundle.export(small_store, ["first"], tmp_path / "c.zip")
    both = [f"{tmp_path}/c.zip:best", f"{tmp_path}/c.zip:silent"]
    assert [one.id for one in add(empty, both, store=none, team="us").entries] == ["best", "silent"]
    names = {path.name for path in (open_board(empty).entries[-1].root / "store" / "cells").iterdir()}
    assert len(names) == 4
    assert "no model 'third' in first" in refusal(empty, "first:third", store=small_store)


def test_a_team_is_needed_and_counted(empty, small_store):
    """Attempts are counted by team, whatever the case and the signs of its name; withdrawn entries count too."""
    edit(empty, "# attempts = 20", "attempts = 2")
    assert "say who: --team NAME" in refusal(empty, "first:best", store=small_store, team=" ")
    assert "cannot be seen" in refusal(empty, "first:best", store=small_store, team="us\u202e")
    assert "mixes Cyrillic and Latin" in refusal(empty, "first:best", store=small_store, team="t\u0435am")
    told = refusal(empty, "first", store=small_store, team="us")
    assert "us has 0 of 2 attempts on this board, and this would be 4 more" in told
    add(empty, ["first:best"], store=small_store, team=" Us  Two ")
    made = add(empty, ["first:second"], store=small_store, team="us-two")
    assert made.entries[0].attempt == 2
    assert "US TWO has 2 of 2 attempts" in refusal(empty, "first:silent", store=small_store, team="US TWO")
    assert add(empty, ["first:silent"], store=small_store, team="them").entries[0].attempt == 1


def test_the_rules_of_a_board(empty, small_store, make, tmp_path):
    """Adapters that are not taken, parts of splits; a run that a board of other rules takes."""
    edit(empty, "adapters = []", 'adapters = ["transformers"]')
    assert "opened by predictions; the board takes models of: transformers" in refusal(
        empty, "first:best", store=small_store
    )
    edit(empty, 'adapters = ["transformers"]', "adapters = []")
    selectors = make.data(tmp_path / "data")
    place = make.predictions(tmp_path / "predictions", "best")
    store = Store(tmp_path / "store")
    benchwright.evaluate(f"few=predictions:{place}", selectors[0], store=store.root, name="few", limit=50)
    assert "50 items were answered (--limit)" in refusal(empty, "few", store=store)
    edit(empty, "whole_splits = true", "whole_splits = false")
    made = add(empty, ["few"], store=store, team="us")
    assert made.entries[0].results[0].limit == 50


def test_what_is_on_the_board_already(board_copy, small_store, make, tmp_path):
    """The same submission, and the same answers under another name, unless it is said that the models differ."""
    assert "it is on the board already as part, added by them" in refusal(board_copy, "part", store=small_store)
    selectors = make.data(tmp_path / "data")
    place = make.predictions(tmp_path / "predictions", "best")
    store = Store(tmp_path / "store")
    benchwright.evaluate(f"mine=predictions:{place}", list(selectors), store=store.root, name="copy")
    told = refusal(board_copy, "copy", store=store)
    assert "mine gives the answers of best to every item of every task that both have" in told
    assert "--same-as best" in told
    assert "no such entry" in refusal(board_copy, "copy", store=store, same_as="nobody")
    assert "gives the answers of best" in refusal(board_copy, "copy", store=store, same_as="second")
    assert add(board_copy, ["copy"], store=store, team="them", same_as="best").entries[0].same_as == "best"


def test_ids_are_safe_and_never_given_twice(board_copy, make, tmp_path):
    """A model that is called as another but for case, and one whose name is no file name everywhere."""
    selectors = make.data(tmp_path / "data")
    place = make.predictions(tmp_path / "predictions", "second")
    path = place / "classification" / "custom.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    store = Store(tmp_path / "store")
    found = []
    for at, name in enumerate(["BEST", "con", "\u0444\u0430\u0439\u043b", "a--b_", "x" * 100]):
        rows[at]["label"] = "arts" if rows[at]["label"] != "arts" else "news"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        benchwright.evaluate(f"{name}=predictions:{place}", selectors[0], store=store.root, name=f"r{at}")
        made = add(board_copy, [f"r{at}"], store=store, team="them")
        found += [(entry.id, entry.name) for entry in made.entries]
    assert [name for name, _ in found] == ["BEST-2", "entry-con", "entry", "a-b", "x" * 60]
    assert found[2][1] == "\u0444\u0430\u0439\u043b"


def test_a_baseline_that_is_absent_is_said(empty, small_store):
    """A board that names one which nobody added says so; one that stands is marked."""
    edit(empty, "baselines = []", 'baselines = ["baseline", "chance"]')
    add(empty, ["first"], store=small_store, team="us")
    board = open_board(empty)
    assert board.missing_baselines == ("chance",)


def test_unanswered_items_that_cannot_be_wrong_are_refused(tmp_path):
    """Numbers have no wrong answer: a regression with silence is no result."""
    store, card = Store(tmp_path / "store"), pattern_task("t", "pearson", kind="regress")
    golds = [float(at % 5) for at in range(20)]
    for name, silent in (("whole", 0), ("gap", 1)):
        answers = [None] * silent + [gold + 0.5 * (at % 3) for at, gold in enumerate(golds[silent:])]
        write_run(store, name, {name: {"s/t": records_of(golds, answers)}}, {"s/t": card}, scored=True)
    new_board(tmp_path / "board", store.read_run("whole"), store, title="Numbers")
    told = refusal(tmp_path / "board", "gap", store=store)
    assert "gap on s/t cannot be scored" in told
    assert "no answer of a task of kind regress can be called wrong" in told


@pytest.fixture
def timed(tmp_path):
    """A store with the runs `scored` (models a and b), and of model a alone `timed`, `elsewhere` and `other` (the same files, another name)."""
    store, card = Store(tmp_path / "store"), pattern_task()
    facts = {name: Facts(digest=f"digest of {name}", kinds=(), size_bytes=1000, parameters=10) for name in "ab"}
    answers = {"a": ["yes"] * 9 + ["no"], "b": ["yes"] * 8 + ["no"] * 2}
    write_run(
        store,
        "scored",
        {name: {"s/t": records_of(["yes"] * 10, found)} for name, found in answers.items()},
        {"s/t": card},
        facts=facts,
        scored=True,
    )
    path = hardware_path("single_stream", "s/t")
    cards = {"s/t": card, path: hardware_card("single_stream", "s/t", card)}
    shuffled = random.Random(3).sample([0.010 + at / 1e5 for at in range(501)], 501)
    there = msgspec.structs.replace(MACHINE, fingerprint="f" * 16)
    for run, model, machine in (("timed", "a", MACHINE), ("elsewhere", "a", there), ("other", "a", MACHINE)):
        digest = "another" if run == "other" else "digest of a"
        found = make_measurements(latencies=shuffled, machine=machine, session=run)
        write_run(store, run, {model: {path: found}}, cards, facts={model: Facts(digest=digest, kinds=())})
    new_board(tmp_path / "board", store.read_run("scored"), store, title="Timed", machine="written-machine")
    return tmp_path / "board", store


def costs(root):
    return {one.entry.id: one.entry.cost for one in open_board(root).entries}


def test_times_measured_in_the_same_submission_or_later(timed):
    """Profiles of the very same model, by its digest and options, on the machine of the board."""
    root, store = timed
    add(root, ["scored:a", "timed"], store=store, team="us")
    add(root, ["scored:b"], store=store, team="us")
    found = costs(root)
    assert found["a"].latency == pytest.approx(0.0125)
    assert (found["a"].base, found["a"].size, found["a"].parameters) == ("s/t", 1000, 10)
    assert found["a"].machine == "the machine written-"
    (p50,) = [one for one in found["a"].quantities if one.quantity == "latency_p50"]
    assert p50.low < p50.value < p50.high
    assert (found["b"].latency, found["b"].why, found["b"].size) == (None, "", 1000)


def test_times_measured_later(timed):
    """A submission without entries; those of another team's models, of other models and of another machine are refused."""
    root, store = timed
    assert "its hardware profiles are of no model that us has" in refusal(root, "timed", store=store)
    add(root, ["scored"], store=store, team="us")
    assert costs(root)["a"].latency is None
    assert "are of no model that them has" in refusal(root, "timed", store=store, team="them")
    assert "are of no model that us has" in refusal(root, "other", store=store)
    assert "measured on another machine than the board's" in refusal(root, "elsewhere", store=store)
    made = add(root, ["timed"], store=store, team="us")
    assert (made.entries, list(made.measured)) == ((), ["a"])
    assert costs(root)["a"].latency == pytest.approx(0.0125)
    assert check(root) == ()


def test_times_of_another_machine_are_left_out_and_it_is_said(timed):
    """Beside a scored run they are no reason to refuse it."""
    root, store = timed
    add(root, ["scored:a", "elsewhere"], store=store, team="us")
    assert costs(root)["a"].latency is None
    assert costs(root)["a"].why == "measured on another machine than the board's: the machine ffffffff"


def test_a_new_board_is_a_file_to_be_read(empty, small_store, tmp_path):
    """Every key is there with what it means; the same command twice, a run with --limit, and an unknown weighting are refused."""
    text = (empty / "board.toml").read_text()
    for key in ("text", "baselines", "columns", "machine", "measured_on", "[rules]", "whole_splits", "adapters"):
        assert f"\n{key}" in text or f"\n# {key}" in text
    assert "# test split, 60 items; score: accuracy" in text
    assert (empty / ".gitignore").read_text().splitlines()[1:] == [".lock", ".*.tmp", "derived/", "index.sqlite*"]
    run = small_store.read_run("first")
    with pytest.raises(BenchwrightError, match="is there already"):
        new_board(empty, run, small_store, title="x")
    with pytest.raises(BenchwrightError, match="no weighting 'glue-official-9' for these tasks"):
        new_board(tmp_path / "b", run, small_store, title="x", weighting="glue-official-9")
    new_board(tmp_path / "c", run, small_store, title='q"\\\x7f\u2028', baselines=["a", "b"], machine="lab")
    spec = read_spec(tmp_path / "c")
    assert (spec.title, spec.baselines, spec.machine) == ('q"\\\x7f\u2028', ("a", "b"), "lab")


def test_the_official_weights_of_a_suite(tmp_path):
    """MNLI's two parts share one vote of nine; a run that lacks a task of the mean is told which."""
    tasks = [f"glue/{name}" for name in ("cola", "sst2", "mrpc", "stsb", "qqp", "mnli", "mnli_mm", "qnli", "rte")]
    with pytest.raises(BenchwrightError, match="lacks glue/wnli"):
        weights_of("glue-official-9", tasks)
    found = weights_of("glue-official-9", [*tasks, "glue/wnli"]).weights
    assert found["glue/mnli"] == found["glue/mnli_mm"] == pytest.approx(1 / 18)
    assert found["glue/rte"] == pytest.approx(1 / 9)
    with pytest.raises(BenchwrightError, match="glue/ax is none of its tasks"):
        weights_of("glue-official-9", [*tasks, "glue/wnli", "glue/ax"])


def test_a_run_may_be_called_as_a_folder_is(empty, small_store, tmp_path, monkeypatch):
    """As the folder of the board often is called."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "first").mkdir()
    assert len(add(empty, ["first"], store=small_store, team="us").entries) == len(MODELS)
    (tmp_path / "other").mkdir()
    assert "other is a folder" in refusal(empty, "other", store=small_store)
