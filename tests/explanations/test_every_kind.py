"""Answers of every kind of task are explained from end to end, through the store, by every model that answers here."""

import pytest

from benchwright.run import perform, prepare
from benchwright.store import Store, attachments
from benchwright.testing.adapter_checks import installed
from benchwright.testing.fixtures import SUITE, make_suite, write_files
from benchwright.types import ModelRef, RunSpec

MODELS = {"tfidf": "tfidf", "majority": "majority"}
EXPLAINED = {
    "polarity": "probability",
    "entailment": "probability",
    "overlap": "value",
    "names": "agreement",
    "answers": "agreement",
    "gaps": "agreement",
    "continuation": "agreement",
    "entity": "agreement",
    "habits": "probability",
}
"""Task -> what is explained of tfidf, which gives no scores for tags, answers and options."""


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    """A run that explains four items of each task, and its store."""
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "data").mkdir()
    write_files(folder / "data")
    models = tuple(ModelRef(name=name, adapter=adapter, path="") for name, adapter in MODELS.items())
    with installed(make_suite()):
        spec = RunSpec(
            models=models,
            suites=("explain/leave_one_out?examples=4&faithfulness=no",),
            on=tuple(f"{SUITE}/{task}" for task in EXPLAINED),
            data=str(folder / "data"),
            offline=True,
        )
        store = Store(folder / "store")
        yield perform(prepare(spec, store)), store


def test_no_item_of_any_kind_fails(explained):
    run, store = explained
    told = {(one.model, one.base.partition("/")[2]): one for one in run.explanations}
    assert {task for _, task in told} == {*EXPLAINED}
    for (model, task), one in told.items():
        found = attachments.read(store, one.key, one.attachment)
        assert not [item.error for item in found.values() if item.error], (model, task)
        assert one.items + one.empty == len(found)
        assert task != "names" or "answered with an entity" in one.chosen
        scales = {item.scale for item in found.values() if item.attributions}
        assert scales <= {EXPLAINED[task]} or model == "majority"
        assert one.items or (model, task) == ("majority", "names"), (model, task)
        for item in found.values():
            assert all(len(each.values) == len(item.words) for each in item.attributions)


def test_a_constant_answer_rests_on_no_word(explained):
    run, store = explained
    for one in run.explanations:
        if one.model != "majority" or one.base.endswith(("answers", "gaps")):
            continue  # the first sentence of a context ends somewhere else without its stop
        for item in attachments.read(store, one.key, one.attachment).values():
            assert not [value for each in item.attributions for value in each.values if value], one.base
