"""Which items are explained, in which words; what cannot be chosen is said before anything runs."""

import pytest

import benchwright
from benchwright import registry
from benchwright.behaviour_report.judged import judge_cell
from benchwright.errors import ConfigError
from benchwright.explain_choice import choice_of, find_named, why_not_chosen
from benchwright.run import prepare
from benchwright.store import Store, attachments
from benchwright.types import Example, ExplainSpec, ModelRef, RunSpec

BASE = "starter/sentiment"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A store in which two models have answered 60 items."""
    folder = tmp_path_factory.mktemp("choice") / "store"
    benchwright.evaluate(["tfidf", "majority"], BASE, store=folder, name="answers", offline=True, limit=60)
    return folder


def planned(root, options, models=("tfidf", "majority"), base=BASE, **more):
    """The plan of explanations with such options."""
    references = tuple(ModelRef(name=one, adapter=one.partition(":")[0], path="") for one in models)
    suites = (f"explain/random?{options}".rstrip("?"),)
    spec = RunSpec(models=references, suites=suites, on=(base,), offline=True, limit=more.pop("limit", 60))
    return prepare(spec, Store(root), **more).plan


def chosen(root, options, model="tfidf", **more):
    """The choice of items of a model's explanation."""
    plan = planned(root, options, **more)
    cell = next(one for one in plan.cells if one.is_explanation and one.model.name == model)
    return choice_of(cell, plan.runnable, Store(root), seed=plan.spec.seed)


def wrong_ids(root, model):
    """By the gold answers, looked at one by one."""
    run = benchwright.load_run("answers", root)
    key = next(cell.key for cell in run.cells if cell.model == model)
    return [record.id for record in Store(root).read_records(key) if record.target != record.output]


def test_so_many_items_are_drawn_by_their_ids_and_more_of_them_hold_the_fewer(root):
    """The draw depends on the seed and the id: another number of items changes none of them."""
    ten, twenty = chosen(root, "examples=10"), chosen(root, "examples=20")

    assert ten.text == "10 of 60 items, drawn by seed 0"
    assert len(ten.ids) == 10
    assert set(ten.ids) < set(twenty.ids)
    assert list(ten.ids) == sorted(ten.ids, key=lambda one: int(one.rpartition("/")[2]))
    assert chosen(root, "examples=500").text == "all 60 items"


def test_wrong_items_are_those_whose_answer_is_not_the_gold_one(root):
    """Alone, and with a number."""
    wrong = wrong_ids(root, "tfidf")
    assert list(chosen(root, "wrong=yes").ids) == wrong
    assert chosen(root, "wrong=yes").text == f"the {len(wrong)} items that are answered wrongly"
    some = chosen(root, "wrong=yes&examples=3")
    assert set(some.ids) < set(wrong)
    assert some.text == f"3 of the {len(wrong)} items that are answered wrongly, drawn by seed 0"


def test_flips_are_the_items_that_exactly_one_of_two_models_answers_rightly(root):
    """The same for both models."""
    flips = set(wrong_ids(root, "tfidf")) ^ set(wrong_ids(root, "majority"))
    for model in ("tfidf", "majority"):
        found = chosen(root, "flips=tfidf,majority", model=model)
        assert set(found.ids) == flips
        assert found.text == f"the {len(flips)} items that exactly one of tfidf and majority answers rightly"


def test_items_are_named_by_id_or_row_and_the_choices_are_taken_together(root):
    """Named ones of which one is answered wrongly; none is no mistake, and is told."""
    wrong = wrong_ids(root, "tfidf")
    right = next(f"sentiment/{row}" for row in range(60) if f"sentiment/{row}" not in wrong)
    row = wrong[0].rpartition("/")[2]

    assert chosen(root, f"ids={row},{right}").ids == tuple(sorted((wrong[0], right), key=lambda i: int(i[10:])))
    assert chosen(root, f"ids={row},{right}").text == "the 2 items that were named"
    assert chosen(root, f"ids={row},{right}&wrong=yes").text == "the one item that was named and is answered wrongly"
    assert chosen(root, f"ids={right}&wrong=yes").text == "no item that was named and is answered wrongly"


def test_an_id_is_taken_before_an_official_id_and_that_before_the_number_of_a_row():
    """A name means one thing."""
    examples = [
        Example(id="t/0", index=0, inputs={}, official_id="1"),
        Example(id="t/1", index=1, inputs={}, official_id="q"),
        Example(id="2", index=7, inputs={}),
        Example(id="t/3", index=2, inputs={}),
    ]
    assert find_named(["1"], examples) == (("t/0",), ())
    assert find_named(["2", "q"], examples) == (("t/1", "2"), ())
    assert find_named(["7", "9"], examples) == (("2",), ("9",))


def test_unknown_items_and_models_are_refused_before_anything_runs_with_near_matches(root):
    """All of them at once."""
    with pytest.raises(ConfigError) as error:
        planned(root, "ids=sentimen/4,3,999&flips=tfidf,majorit")
    told = str(error.value)
    assert "flips names 'majorit'" in told
    assert "did you mean majority?" in told
    assert "has no item 'sentimen/4'" in told
    assert "did you mean sentiment/4" in told
    assert "has no item '999'" in told


def test_numbers_are_neither_right_nor_wrong_and_choose_no_items():
    """Said at planning; a number of items, or their names, can be asked for."""
    task = registry.get("suites", "glue").task("stsb")

    assert "wrong chooses no items of stsb" in str(why_not_chosen(ExplainSpec(method="shap", wrong=True), task))
    assert "flips chooses no items" in str(why_not_chosen(ExplainSpec(method="shap", flips=("a", "b")), task))
    assert why_not_chosen(ExplainSpec(method="shap", examples=3), task) is None


def test_what_is_explained_already_is_stored_and_more_of_it_goes_on(root):
    """Other items of the same method and options, in the plan of other runs too."""
    folder = root.parent / "again"
    benchwright.evaluate("tfidf", "explain/random?examples=10", on=BASE, store=folder, offline=True, limit=60)

    def told(options, **more):
        cell = planned(folder, options, models=("tfidf",), **more).cells[-1]
        return cell.status, cell.reason

    assert told("examples=10") == ("stored", "explained earlier: 10 of 60 items, drawn by seed 0")
    assert told("examples=12") == ("resume", "12 of 60 items, drawn by seed 0: 10 explained earlier")
    assert told("examples=12", rerun="never")[0] == "missing"
    assert told("examples=10", rerun="never")[0] == "stored"
    assert told("examples=10&faithfulness=no") == ("run", "explains 10 of 60 items, drawn by seed 0")
    assert told("examples=10", rerun="always")[0] == "run"


def test_of_behavioural_tests_failing_cases_are_chosen_whole(tmp_path):
    """The original and what fails of it, so that both stand side by side; a number of them is of whole cases."""
    base = "behaviour/sentiment"
    run = benchwright.evaluate("majority", base, store=tmp_path, name="answers", offline=True, limit=400)
    cell, store = run.cells[0], Store(tmp_path)
    records = store.read_records(cell.key)
    judged = judge_cell("m", cell, run.tasks[base], records)
    cases = {record.id: record.group for record in records}
    found = chosen(tmp_path, "wrong=yes", model="majority", models=("majority",), base=base, limit=400)

    assert {cases[one] for one in found.ids} == set(judged.failing()) != set()
    assert {records[judged.cases[name][0][0]].id for name in judged.failing()} <= set(found.ids)
    assert f"the {len(judged.failing())} cases that fail" in found.text
    few = chosen(tmp_path, "wrong=yes&examples=7", model="majority", models=("majority",), base=base, limit=400)
    assert 0 < len(few.ids) <= 7
    for name in {cases[one] for one in few.ids}:
        assert {one for one in found.ids if cases[one] == name} <= set(few.ids)


def test_an_item_without_an_answer_says_so_and_is_not_answered_wrongly(tmp_path):
    """The others are explained."""

    def model(texts):
        if any("mechanic" in text for text in texts):
            raise ValueError("no mechanics")
        return ["positive"] * len(texts)

    run = benchwright.evaluate(
        *(model, ["explain/random?ids=1,2", "explain/leave_one_out?wrong=yes"]),
        on=BASE,
        store=tmp_path,
        offline=True,
        limit=6,
        errors=3,
    )
    named, wrong = run.explanations
    found = attachments.read(Store(tmp_path), named.key, named.attachment)
    assert {one.id: one.error for one in found.values() if one.error} == {
        "sentiment/2": "the model gave no answer to it: ValueError: no mechanics"
    }
    assert (named.items, named.failed) == (1, 1)
    assert "sentiment/2" not in wrong.ids
