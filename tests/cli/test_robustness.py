"""Views of a task, run: planned, computed once, resumed, limited, shown, listed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import benchwright
from benchwright.cli.list import command as list_command
from benchwright.errors import ConfigError, NotComparable

TOPIC = ("keyboard_typo", "case", "punctuation", "contractions", "number_and_name", "irrelevant_sentence")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One store for runs that share cells."""
    return tmp_path_factory.mktemp("views")


def evaluate(store, models="majority", suite="robustness", on=("starter/topic",), **more):
    return benchwright.evaluate(models, suite, on=on, store=store, offline=True, **more)


def result(done):
    return json.loads(done.stdout)


def test_one_command_measures_the_default_views_beside_the_task(program):
    """Every view stands in the table and in the JSON; the same command again computes nothing; what changes nothing is told."""
    asked = ("run", "majority", "--suite", "robustness", "--on", "starter/sentiment", "--offline", "--name", "r")
    shown = program(*asked, check=0)
    found = result(program(*asked, "--format", "json", check=0))

    assert "robustness of starter/sentiment: accuracy, higher is better" in shown.stdout
    assert "number_and_name changes none of 357 examples (majority)" in shown.stdout
    assert [row["perturbation"] for row in found["robustness"]] == [name for name in TOPIC if name != "number_and_name"]
    assert all(cell["reused"] for cell in found["results"] if cell["status"] == "scored")
    assert result(program("show", "r", "--format", "json", check=0))["robustness"] == found["robustness"]


def test_items_are_kept_or_counted(store):
    """Unchanged, unprojectable and kept items are all the items; the difference is that of the two columns beside it."""
    run = evaluate(store, ["majority", "tfidf"])

    assert [row.perturbation for row in run.robustness] == [
        name for model in ("majority", "tfidf") for name in TOPIC if (model, name) in _scored(run)
    ]
    for row in run.robustness:
        assert row.unchanged + row.unprojectable + row.n == row.items == 284
        assert row.difference.value == pytest.approx(row.perturbed.value - row.clean.value)
        assert row.difference.low <= row.difference.value <= row.difference.high


def _scored(run):
    return {
        (cell.model, cell.task.partition("@")[0])
        for cell in run.cells
        if cell.suite == "robustness" and cell.status == "scored"
    }


def test_a_constant_model_loses_nothing_and_its_consistency_is_marked(store):
    """100 beside an accuracy of chance: the row says that it is constant."""
    (row,) = evaluate(store, "constant:sport", "robustness/ocr").robustness

    assert row.consistency.value == 1
    assert row.perturbed.value < 0.5
    assert any(one.code.startswith("constant") for one in row.alarms)


def test_severities_and_draws_make_a_curve_and_a_worst_case(store):
    """Three severities of one perturbation on the same items; a worst case over three variants is no better than over one."""
    one = evaluate(store, "tfidf", "robustness?perturbations=ocr&severity=1,2,3").robustness
    three = evaluate(store, "tfidf", "robustness?perturbations=ocr&severity=1,2,3&draws=3").robustness

    assert [row.severity for row in one] == [row.severity for row in three] == [1, 2, 3]
    for first, several in zip(one, three, strict=True):
        assert (first.most, several.most) == (1, 3)
        assert several.worst.value <= first.worst.value <= first.clean.value


def test_the_plan_names_what_is_left_out_and_why(store):
    """A perturbation that needs a declaration is not run, with that reason."""
    run = evaluate(store, suite="robustness?perturbations=all", limit=5)
    (cell,) = [cell for cell in run.cells if "swap_adjacent_words" in cell.task]

    assert cell.status == "refused"
    assert "declaration" in cell.reason


def test_limits_cut_the_items_before_they_are_changed(store):
    """The first rows of the task and their variants, of one task or of all; notes say so."""
    own = evaluate(store, suite="robustness/ocr", on=["starter/topic?limit=20", "starter/sentiment"])
    both = evaluate(store, suite="robustness/ocr", on=["starter/topic", "starter/sentiment"], limit=10)

    assert [row.items for row in own.robustness] == [20, 357]
    assert [row.items for row in both.robustness] == [10, 10]
    limited = [any(one.code == "limited" for one in cell.alarms) for cell in own.cells]
    assert limited == [True, True, False, False]


def test_a_run_file_names_tasks_with_options(program, write):
    """`on` is a list, and a limit belongs to its task."""
    path = write(
        "run.toml",
        """
        suite = "robustness/case"
        on = ["starter/sentiment", "starter/topic?limit=30"]
        offline = true
        [[model]]
        ref = "majority"
        """,
    )
    plan = result(program("run", path, "--dry-run", "--format", "json", check=0))["plan"]

    assert [(row["task"], row["n"]) for row in plan] == [
        ("starter/sentiment", 357),
        ("robustness/case@starter/sentiment", 357),
        ("starter/topic", 30),
        ("robustness/case@starter/topic", 30),
    ]


def test_a_run_file_may_name_one_task_without_a_list(program, write):
    """As it may name one suite."""
    text = 'suite = "robustness/case"\non = "starter/topic"\noffline = true\n[[model]]\nref = "majority"\n'
    plan = result(program("run", write("run.toml", text), "--dry-run", "--format", "json", check=0))["plan"]

    assert [row["task"] for row in plan] == ["starter/topic", "robustness/case@starter/topic"]


def test_python_asks_for_views_as_the_command_line_does(store):
    """`on` may be one text; the run is read again as it was; records of a view are those of its variants."""
    run = evaluate(store, suite="robustness/case", on="starter/topic")

    assert [row.task_path for row in run.robustness] == ["robustness/case@starter/topic"]
    assert benchwright.load_run(run.name, store) == run
    records = run.records(task="robustness/case@starter/topic")
    assert records["id"][0] == "topic/0#0"
    assert len(records) == run.robustness[0].variants


def test_answers_of_a_file_are_to_the_task_alone_unless_they_name_variants(store, write, tmp_path):
    """A file for the task says nothing about its views; one in the view's place answers variants by id."""
    made = evaluate(store, suite="robustness/case")
    variants = list(made.records(task="robustness/case@starter/topic")["id"])
    clean = [{"index": at, "label": "sport"} for at in range(made.cells[0].score.n)]
    alone = write("topic.jsonl", clean)
    write("outputs/starter/topic.jsonl", clean)
    write(
        "outputs/robustness/case@starter/topic.jsonl",
        [{"id": name, "label": "sport" if at % 2 else "health"} for at, name in enumerate(variants)],
    )
    missing = evaluate(store, f"predictions:{alone}")
    found = evaluate(store, f"predictions:{tmp_path / 'outputs'}")
    with pytest.raises(ConfigError) as refused:
        evaluate(store, f"predictions:{alone}", "robustness/case")

    assert {cell.status for cell in missing.cells if cell.suite == "robustness"} == {"missing"}
    assert missing.robustness == ()
    (row,) = found.robustness
    assert (row.perturbation, row.n) == ("case", len(variants))
    assert row.consistency.value == pytest.approx((len(variants) // 2) / len(variants))
    assert "topic/0#0" in str(refused.value)


def test_a_file_of_other_variants_is_refused_with_what_the_run_makes(store, write):
    """Its place is said, since the task has a file of that name; an id beyond the limit is an id of a variant all the same."""
    write("few/starter/topic.jsonl", [{"index": at, "label": "sport"} for at in range(284)])
    rows = [{"id": f"topic/{at}#0", "label": "sport"} for at in range(20)]
    path = Path(write("few/robustness/case@starter/topic.jsonl", rows))
    with pytest.raises(ConfigError) as refused:
        evaluate(store, f"predictions:{path.parents[2]}", "robustness/case", limit=10)

    told = str(refused.value)
    assert "robustness/case@starter/topic.jsonl, line 11: this run makes no variant with the id 'topic/10#0'" in told
    assert "the 10 variants of the view, from topic/0#0 to topic/9#0" in told
    assert "--limit" in told


@pytest.mark.parametrize(("suite", "seed"), [("robustness/case", 1), ("robustness/case?draws=2", 0)])
def test_variants_of_another_seed_or_number_of_draws_are_not_compared(store, suite, seed):
    """Their ids are the same; the message says what makes them others."""
    one = evaluate(store, suite="robustness/case", name="seed0")
    other = evaluate(store, suite=suite, seed=seed, name=f"other{seed}")
    with pytest.raises(NotComparable) as refused:
        benchwright.compare(one, other, task="robustness/case@starter/topic", store=store)

    assert "other variants (content hash), as another --seed, draws= or other data of the task make them" in str(
        refused.value
    )


def test_one_fit_answers_all_views(tmp_path, monkeypatch):
    """A linear model is fitted for the task, and once for its views."""
    from benchwright_adapters._tfidf import texts
    from benchwright_adapters.tfidf import adapter

    monkeypatch.setattr(adapter, "kept", None)
    fits = []
    fit = texts.fit
    monkeypatch.setattr(texts, "fit", lambda *given: fits.append(1) or fit(*given))
    run = evaluate(tmp_path, "tfidf", "robustness?perturbations=ocr,case&severity=1,3")

    assert len(run.robustness) == 4
    assert len(fits) == 2


def test_a_trained_checkpoint_is_that_of_the_task(tmp_path):
    """What is trained for a view has the digest of what is trained for its task, own data included."""
    pytest.importorskip("torch")
    from benchwright.plan import make_plan
    from benchwright.store import Store
    from benchwright.types import ModelRef, RunSpec

    rows = "".join(f"{word} day {at},{label}\n" for at in range(40) for word, label in (("good", "yes"), ("bad", "no")))
    mine = tmp_path / "mine.csv"
    learnt = tmp_path / "learnt.csv"
    mine.write_text("text,label\n" + rows)
    learnt.write_text("text,label\n" + rows.replace("day", "night"))
    spec = RunSpec(
        models=(ModelRef(name="tiny", adapter="finetune", path="tiny"),),
        suites=("robustness/ocr",),
        on=("starter/topic", f"classification/custom?path={mine}&train={learnt}"),
        offline=True,
    )
    cells = make_plan(spec, Store(tmp_path / "store")).cells

    digests = [cell.facts.digest for cell in cells]
    assert digests[0] == digests[1]
    assert digests[2] == digests[3]
    assert len({cell.id for cell in cells}) == 4


def test_a_view_is_listed_with_its_promise(capsys):
    """The suite lists its perturbations, one of them all that is known of it; a wrong name gets a suggestion."""
    list_command.main(["tasks", "robustness"], standalone_mode=False)
    table = capsys.readouterr().out
    list_command.main(["tasks", "robustness/keyboard_typo"], standalone_mode=False)
    page = capsys.readouterr().out
    list_command.main(["tasks", "robustness", "--format", "json"], standalone_mode=False)
    cards = json.loads(capsys.readouterr().out)["tasks"]
    with pytest.raises(benchwright.errors.PluginError, match="keyboard_tipo") as unknown:
        list_command.main(["tasks", "robustness/keyboard_tipo"], standalone_mode=False)

    assert table.splitlines()[1].startswith("robustness/keyboard_typo")
    assert "robustness/keyboard_typo-1, robustness/keyboard_typo, robustness/keyboard_typo-3" in page
    assert {card["task"] for card in cards if card["default"]} == {f"robustness/{name}" for name in TOPIC}
    assert "did you mean keyboard_typo" in str(unknown.value)


def test_a_view_that_broke_off_goes_on_after_its_last_shard(program, sleepy):
    """Shards of a view that were finished are not asked again; the result is that of a run that never broke off."""
    env = {**sleepy, "PYTHONPATH": os.pathsep.join((sleepy["PYTHONPATH"], os.environ.get("PYTHONPATH", "")))}
    asked = (
        "run",
        "sleepy",
        "--suite",
        "robustness/ocr@starter/topic",
        "--offline",
        "--shard",
        "64",
        "--format",
        "json",
    )
    broken = result(program(*asked, "--name", "k", env={**env, "SLEEPY_MODE": "BREAK"}, check=1))
    log = Path(sleepy["SLEEPY_LOG"])
    log.unlink()
    whole = result(program(*asked, "--name", "k", env=env, check=0))

    assert broken["robustness"] == []
    assert all(cell["status"] == "scored" for cell in whole["results"])
    assert len(whole["robustness"]) == 1


def test_a_row_that_was_changed_by_hand_is_found(tmp_path):
    """`store check` computes the numbers of views from their records again."""
    import msgspec

    from benchwright.score_cache import recheck
    from benchwright.store import Store

    run = evaluate(tmp_path, "majority", "robustness/ocr", limit=40)
    (row,) = run.robustness
    better = msgspec.structs.replace(row.perturbed, value=0.99)
    forged = msgspec.structs.replace(run, robustness=(msgspec.structs.replace(row, perturbed=better),))

    assert recheck(Store(tmp_path), run) == []
    (problem,) = recheck(Store(tmp_path), forged)
    assert "robustness/ocr@starter/topic" in problem
    assert "0.99" in problem


def test_a_bundle_calls_own_data_by_name_alone_behind_on_too(tmp_path):
    """No path of a machine leaves it."""
    from benchwright.store.bundle import without_places

    mine = tmp_path / "mine.csv"
    mine.write_text("text,label\n" + "a good day,yes\na bad day,no\n" * 10)
    run = evaluate(tmp_path / "store", "constant:yes", "robustness/ocr", on=[f"classification/custom?path={mine}"])

    assert str(tmp_path) not in str(without_places(run).spec)
    assert len(run.robustness) == 1


WITHOUT_LIBRARY = """
import sys
sys.modules["confusable_homoglyphs"] = None
from benchwright.cli.main import call
sys.exit(call(["run", "majority", "--suite", sys.argv[1], "--on", "starter/topic", "--limit", "3", "--quiet", "--store", sys.argv[2]]))
"""


def test_a_perturbation_whose_library_is_absent_is_left_out_of_all_and_refused_by_name(tmp_path):
    done = [
        subprocess.run(
            [sys.executable, "-c", WITHOUT_LIBRARY, suite, tmp_path], capture_output=True, text=True, check=False
        )
        for suite in ("robustness?perturbations=all", "robustness/homoglyphs")
    ]
    assert [one.returncode for one in done] == [0, 2]
    assert (
        "not run  robustness/homoglyphs@starter/topic: homoglyphs needs the package confusable-homoglyphs"
        in done[0].stdout
    )
    assert "pip install 'benchwright[behaviour]'" in done[1].stderr
