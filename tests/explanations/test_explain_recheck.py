"""What a run tells of explanations is held against their attachments, and what these say against texts and answers."""

import shutil

import msgspec
import pytest

import benchwright
from benchwright.cli.main import call
from benchwright.explain_recheck import recheck_explanations
from benchwright.store import Store, attachments, bundle

replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with a run that explains twelve items by two methods, of whose agreement it tells."""
    root = tmp_path_factory.mktemp("made") / "store"
    ways = ["explain/leave_one_out?examples=12", "explain/shap?examples=12&evaluations=30&faithfulness=no"]
    run = benchwright.evaluate("tfidf", ways, on="starter/sentiment", store=root, name="r", offline=True, limit=40)
    return root, run


@pytest.fixture
def store(made, tmp_path):
    """A copy of it."""
    return Store(shutil.copytree(made[0], tmp_path / "store"))


def lie(run, **changes):
    """The run with another first summary."""
    first, *others = run.explanations
    return replace(run, explanations=(replace(first, **changes), *others))


def test_what_an_honest_run_tells_is_what_its_attachments_say(store):
    """Nothing is found, and agreement was among it."""
    run = store.read_run("r")
    assert len(run.explanations) == 2
    assert len(run.explanation_agreement) == 1
    assert recheck_explanations(store, run) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"is_distinguishable": None}, "is distinguishable is None, its attachment says True"),
        ({"items": 13}, "items is 13, its attachment says 12"),
        ({"alarms": ()}, "its alarms lack by-construction, few-units and have nothing more"),
        ({"scale": "value"}, "scale is 'value', its attachment says 'probability'"),
        ({"method": "nosuch"}, "its attachment is by leave_one_out"),
        ({"model": "stranger"}, "the run has no such cell"),
        ({"base": "glue/sst2"}, "the run has no such cell"),
        ({"attachment": "shap-0123456789abcdef"}, "cannot be used"),
        ({"attachment": "../../../runs"}, "no name of an attachment"),
    ],
)
def test_a_summary_that_says_otherwise_than_its_attachment_is_told(store, changes, found):
    """A verdict, a count, alarms that are not said; another method, model or task; an attachment that is not there."""
    assert found in "\n".join(recheck_explanations(store, lie(store.read_run("r"), **changes)))


def test_numbers_of_faithfulness_queries_and_agreement_are_computed_anew(store):
    """Each lie is a line that says both numbers; so is one summary told twice, and an item."""
    run = store.read_run("r")
    told = run.explanations[0]
    better = tuple(replace(one, gap=0.9, low=0.8, high=0.95) for one in told.faithfulness)
    apart = replace(run.explanation_agreement[0], tau=-1.0)

    found = "\n".join(recheck_explanations(store, lie(run, faithfulness=better)))
    assert "faithfulness 1.gap is 0.9, its attachment says 0." in found
    (line,) = recheck_explanations(store, lie(run, queries=replace(told.queries, computed=1)))
    assert "queries.computed is 1, its attachment says" in line
    (line,) = recheck_explanations(store, replace(run, explanation_agreement=(apart,)))
    assert "tau is -1.0, their attachments say" in line
    (line,) = recheck_explanations(store, lie(run, ids=(*told.ids, told.ids[0])))
    assert "an item is told twice" in line
    twice = recheck_explanations(store, replace(run, explanations=(told, *run.explanations)))
    assert f"the explanation {told.attachment} of tfidf is told 2 times" in twice


def rewrite(store, told, change):
    """Put changed explanations in place of an attachment's."""
    there = attachments.read(store, told.key, told.attachment)
    for path in attachments.parts(store, told.key, told.attachment):
        path.unlink()
    attachments.add(store, told.key, told.attachment, [change(there[one]) for one in told.ids], seconds=1.0)


def longer(one):
    """With a last word that ends behind the text."""
    return replace(one, words=(*one.words[:-1], replace(one.words[-1], end=10**6)))


def of_another(one):
    """Of the label that the model does not answer."""
    other = {"positive": "negative", "negative": "positive"}
    return replace(
        one,
        attributions=tuple(
            replace(each, target=replace(each.target, name=other[each.target.name], label=other[each.target.label]))
            for each in one.attributions
        ),
    )


@pytest.mark.parametrize(
    ("change", "found"), [(longer, "to 1000000 of 'text'"), (of_another, "and the answer is"), (None, "differently")]
)
def test_attachments_whose_words_or_targets_are_not_those_of_the_items_are_told(store, capfd, change, found):
    """Whole and with the right digests: `store check` finds it all the same; so too where two parts say different things."""
    told = store.read_run("r").explanations[0]
    if change is None:
        one = attachments.read(store, told.key, told.attachment)[told.ids[0]]
        (each,) = one.attributions
        other = replace(one, attributions=(replace(each, values=tuple(-value for value in each.values)),))
        attachments.add(store, told.key, told.attachment, [other], seconds=1.0)
    else:
        rewrite(store, told, change)

    assert call(["store", "check", "--store", str(store.root)]) == 1
    assert found in capfd.readouterr().out


def test_a_bundle_whose_run_lies_about_explanations_is_refused_and_nothing_is_imported(store, tmp_path, capfd):
    """Its digests are right, since the store that it is from holds the lie."""
    store.write_run(lie(store.read_run("r"), is_distinguishable=None))
    bundle.export(store, ["r"], tmp_path / "b.zip")

    assert call(["store", "import", str(tmp_path / "b.zip"), "--store", str(tmp_path / "other")]) != 0
    assert "nothing was imported" in capfd.readouterr().err
    assert not (tmp_path / "other" / "runs").exists()
