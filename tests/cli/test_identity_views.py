"""Identity swaps of a task, run: planned, computed once, with a lexicon of one's own, listed, from Python and from a file."""

import json

import pytest

import benchwright
from benchwright.errors import ConfigError

LEXICON = """
[mood.glad]
adjective = ["good", "great"]
[mood.sad]
adjective = ["bad", "poor"]
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One store for runs that share cells."""
    return tmp_path_factory.mktemp("swaps")


def evaluate(store, suite="bias/identity", on=("starter/sentiment",), **more):
    return benchwright.evaluate("majority", suite, on=on, store=store, offline=True, **more)


def view_of(run):
    (cell,) = [cell for cell in run.cells if "@" in cell.task]
    return cell


def test_the_view_stands_beside_its_task_and_is_computed_once(store):
    """And is no perturbation: nothing is said of robustness."""
    first, again = evaluate(store), evaluate(store)

    assert [f"{cell.suite}/{cell.task}" for cell in first.cells] == [
        "starter/sentiment",
        "bias/identity@starter/sentiment",
    ]
    assert first.robustness == ()
    assert view_of(again).reused
    assert view_of(first).key == view_of(again).key


def test_dimensions_and_names_are_in_the_key_by_what_they_give(store):
    """Fewer dimensions, fewer variants: another cell. More names where no name stands: the same."""
    every, some = evaluate(store), evaluate(store, "bias/identity?dimensions=gender")
    more = evaluate(store, "bias/identity?dimensions=gender&names=5")

    assert view_of(some).key != view_of(every).key
    assert view_of(some).key == view_of(more).key


def test_a_lexicon_of_ones_own_is_in_the_key_by_its_terms(store, tmp_path):
    """Not by the place of its file."""
    keys = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        path = tmp_path / folder / "mood.toml"
        path.write_text(LEXICON, encoding="utf-8")
        keys.append(view_of(evaluate(store, f"bias/identity?lexicon={path}")).key)
    path.write_text(LEXICON.replace("poor", "awful"), encoding="utf-8")

    assert keys[0] == keys[1] != view_of(evaluate(store, f"bias/identity?lexicon={path}")).key


def test_a_few_variants_answered_alike_make_no_constant_model(store, tmp_path):
    """The cell of the view alone may hold one answer: what flips is not said to be always the same."""
    path = tmp_path / "mood.toml"
    path.write_text("[mood.glad]\nadjective = ['good']\n[mood.sad]\nadjective = ['awful']\n", encoding="utf-8")
    rows = tmp_path / "rows.csv"
    texts = [f"{what} film {at},{gold}" for what in ("a good", "an odd") for at in range(4) for gold in ("yes", "no")]
    rows.write_text("\n".join(["text,label", *texts]), encoding="utf-8")
    (tmp_path / "model.py").write_text(
        "def answer(batch):\n    return ['yes' if 'good' in str(one) else 'no' for one in batch]\n", encoding="utf-8"
    )
    run = benchwright.evaluate(
        f"python:{tmp_path / 'model.py'}:answer",
        f"bias/identity?lexicon={path}",
        on=[f"classification/custom?path={rows}"],
        store=store,
        offline=True,
    )

    assert [one.code for one in view_of(run).alarms if one.code == "constant"] == ["constant"]
    (found,) = run.bias
    assert found.flip_rate.value == 1
    assert "constant" not in [one.code for one in found.alarms]


def test_a_wrong_lexicon_is_refused_before_anything_runs(store, tmp_path):
    """With every mistake in it, beside those of other options."""
    path = tmp_path / "mood.toml"
    path.write_text("[mood.glad]\nadjective = ['good']\n[mood.sad]\nadjective = ['good', ' ']\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        evaluate(store, f"bias/identity?lexicon={path}&names=99")

    said = str(raised.value)
    assert all(part in said for part in ("stands in the groups glad and sad", "it holds ' '", "names=99"))


def test_two_views_with_other_options_do_not_go_together(store):
    """They would have one name."""
    with pytest.raises(ConfigError, match="with different dimensions"):
        evaluate(store, ["bias/identity?dimensions=gender", "bias/identity?dimensions=religion"])


def test_the_run_file_names_a_view_and_its_options(program, tmp_path):
    """As the command line does."""
    (tmp_path / "mood.toml").write_text(LEXICON, encoding="utf-8")
    (tmp_path / "run.toml").write_text(
        'suite = ["bias/identity?lexicon=mood.toml"]\non = ["starter/sentiment"]\n[[model]]\nref = "majority"\n',
        encoding="utf-8",
    )
    done = program("run", "run.toml", "--dry-run", "--offline", "--format", "json")

    assert done.returncode == 0, done.stderr
    assert "bias/identity@starter/sentiment" in done.stdout


def test_dimensions_and_groups_are_listed(program):
    """The suite in one table, the view on a page of its own."""
    listed = program("list", "tasks", "bias", check=0).stdout
    page = program("list", "tasks", "bias/identity", check=0).stdout
    card = json.loads(program("list", "tasks", "bias/identity", "--format", "json", check=0).stdout)

    assert "any task: gender, religion, ethnicity, age, disability, nationality" in listed
    assert "superglue/axg" in listed
    assert "muslim (" in page
    assert set(card["dimensions"]["age"]["groups"]) == {"young", "old"}
