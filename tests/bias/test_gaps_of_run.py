"""From a file with columns of groups to the gaps of a run."""

import json

import numpy as np
import pytest

from benchwright import evaluate, group_gaps, load_run
from benchwright.cli.main import call
from benchwright.console import show_run
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.score_cache import recheck
from benchwright.store import Store

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def model(texts):
    """Says ``bad`` of whatever names a woman."""
    return [{"bad": 0.9, "good": 0.1} if "she" in text else {"bad": 0.2, "good": 0.8} for text in texts]


def write(path, rows, header="text,label,gender,male,female"):
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path):
    """120 rows: 60 of women, of which 30 are good; 60 of men, of which 30 are good; three of them about both."""
    rows = []
    for at in range(120):
        woman = at % 2 == 0
        label = "good" if (at // 2) % 2 == 0 else "bad"
        share = (0.1, 0.9) if woman else (0.8, 0.6 if at < 6 else 0.0)
        rows.append((f"{'she' if woman else 'he'} says {at}", label, "female" if woman else "male", *share))
    return write(tmp_path / "own.csv", rows)


def run_on(file, tmp_path, options, **more):
    selector = f"classification/custom?path={file}&text=text&label=label&labels=bad,good{options}"
    return evaluate(model, selector, store=tmp_path / "store", **more)


def test_columns_that_are_named_as_identities_have_gaps_with_verdicts(file, tmp_path):
    run = run_on(file, tmp_path, "&identities=gender")
    found = {row.metric: row for row in run.gaps}
    assert set(found) == {
        "accuracy",
        "selection_rate",
        "true_positive_rate",
        "false_positive_rate",
        "equalized_odds",
        "subgroup_auc",
        "bpsn_auc",
        "bnsp_auc",
        "positive_aeg",
        "negative_aeg",
    }
    # good is never said of women (0 of 60) and always of men (60 of 60)
    assert found["selection_rate"].gap.value == 1
    assert found["selection_rate"].gap.verdict == "exceeds"
    assert (found["selection_rate"].gap.highest, found["selection_rate"].label) == ("male", "good")
    # right in half of either
    assert found["accuracy"].gap.value == 0
    assert found["accuracy"].gap.verdict == "cannot tell"
    assert found["accuracy"].gap.needed > 120
    assert found["positive_aeg"].gap.verdict is None
    assert load_run(run.name, store=tmp_path / "store").gaps == run.gaps
    assert recheck(Store(tmp_path / "store"), run) == []


def test_a_gap_that_was_changed_in_a_stored_run_is_found(file, tmp_path):
    import msgspec

    run = run_on(file, tmp_path, "&identities=gender")
    first = msgspec.structs.replace(run.gaps[0], gap=msgspec.structs.replace(run.gaps[0].gap, high=0.01))
    changed = msgspec.structs.replace(run, gaps=(first, *run.gaps[1:]))
    assert "the gap of accuracy between groups of gender" in recheck(Store(tmp_path / "store"), changed)[0]


def test_columns_that_are_groups_of_their_own_have_members_from_a_number_on(file, tmp_path):
    run = run_on(file, tmp_path, "&identities=male,female&membership=0.5")
    row = next(row for row in run.gaps if row.metric == "accuracy")
    assert row.slice == "identities"
    # 60 men, 60 women and the three rows about both
    assert {value.group: value.n for value in row.groups} == {"female": 63, "male": 60}
    (records,) = [run.records()]
    assert set(records["slice.male"]) == {"yes", "no"}


def test_another_number_makes_other_members_of_the_same_answers(file, tmp_path):
    run = run_on(file, tmp_path, "&identities=male,female&membership=0.7")
    assert {value.group: value.n for value in run.gaps[0].groups} == {"female": 60, "male": 60}
    other = run_on(file, tmp_path, "&identities=male,female&membership=0.5")
    assert {value.group: value.n for value in other.gaps[0].groups} == {"female": 63, "male": 60}


def test_a_cell_of_several_values_puts_its_row_into_several_groups(tmp_path):
    rows = [(f"he {at}", "good", ("muslim;male", "jewish")[at % 2]) for at in range(40)]
    file = write(tmp_path / "own.csv", [*rows, ("she", "bad", "muslim")], "text,label,group")
    run = run_on(file, tmp_path, "&identities=group&slice_separator=;")
    assert {value.group: value.n for value in run.gaps[0].groups} == {"jewish": 20, "male": 20, "muslim": 21}


def test_tasks_without_identities_have_no_gaps(file, tmp_path):
    assert run_on(file, tmp_path, "&slice=gender").gaps == ()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("&membership=0.5", "without columns that it is about"),
        ("&identities=male&membership=half", "membership=half"),
        ("&identities=male&membership=-1", "membership=-1"),
        ("&identities=identities&membership=1", "cannot be called 'identities'"),
        ("&identities=sex", "has no column 'sex'"),
        ("&identities=label", "'label'"),
    ],
)
def test_options_that_mean_nothing_are_refused(file, tmp_path, options, told):
    with pytest.raises((ConfigError, BenchwrightError), match=told):
        run_on(file, tmp_path, options)


def test_a_cell_that_is_no_number_is_told_with_its_row(tmp_path):
    file = write(tmp_path / "own.csv", [("he", "good", "x", 1, 0), ("she", "bad", "y", "often", 1)])
    with pytest.raises(BenchwrightError, match="'male' is 'often'"):
        run_on(file, tmp_path, "&identities=male,female&membership=0.5")


def test_gaps_of_all_rows_are_one_number_whatever_the_order_of_rows(file, tmp_path):
    lines = file.read_text(encoding="utf-8").splitlines()
    order = np.random.default_rng(0).permutation(len(lines) - 1) + 1
    mixed = tmp_path / "mixed.csv"
    mixed.write_text("\n".join([lines[0], *(lines[at] for at in order)]) + "\n", encoding="utf-8")
    one, other = (run_on(path, tmp_path, "&identities=gender") for path in (file, mixed))
    assert [row.gap for row in one.gaps] == pytest.approx([row.gap for row in other.gaps])


def test_gaps_of_any_slice_are_asked_for_later(file, tmp_path, capsys):
    run = run_on(file, tmp_path, "&slice=gender", name="later")
    found = group_gaps(run, slice="gender", metric="selection_rate", limit=0.5)
    assert [(gap.metric, gap.gap.value, gap.gap.verdict) for gap in found] == [("selection_rate", 1.0, "exceeds")]
    assert len(found.to_pandas()) == 2
    with pytest.raises(ConfigError, match="no item has the slice 'sex'"):
        group_gaps(run, slice="sex")
    with pytest.raises(ConfigError, match="no task 'other' in later"):
        group_gaps(run, slice="gender", task="other")
    assert call(["show", "later", "--gaps", "gender", "--store", str(tmp_path / "store")]) == 0
    shown = capsys.readouterr().out
    assert "gaps between groups of gender in classification/custom; items: female 60, male 60" in shown
    assert "exceeds (limit 5 points (the default))" in shown
    assert call(["show", "later", "--gaps", "gender", "--store", str(tmp_path / "store"), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["gaps"][0]["slice"] == "gender"


def test_a_limit_that_is_named_holds_for_metrics_without_a_default_one(file, tmp_path):
    """Also where it is the number that is taken for others when nobody says any."""
    run = run_on(file, tmp_path, "&slice=gender", name="limits")
    metrics = ["selection_rate", "positive_aeg"]

    asked = [gap.gap.limit for gap in group_gaps(run, slice="gender", metric=metrics, label="good")]
    named = [gap.gap.limit for gap in group_gaps(run, slice="gender", metric=metrics, label="good", limit=0.05)]
    assert (asked, named) == ([0.05, None], [0.05, 0.05])


def test_show_prints_the_gaps_of_a_run(file, tmp_path, capsys):
    run_on(file, tmp_path, "&identities=gender", name="shown")
    assert call(["show", "shown", "--store", str(tmp_path / "store")]) == 0
    assert "gaps between groups of gender in classification/custom" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("&identities=male,female&membership=2", "their largest value is 0.9"),
        ("&identities=gender", "'gender' is empty in every row"),
    ],
)
def test_columns_that_put_no_row_into_a_group_are_refused(tmp_path, options, said):
    """Else the gaps that were asked for would be silently absent."""
    file = write(tmp_path / "own.csv", [("she says", "good", "", 0.1, 0.9), ("he says", "bad", "", 0.8, 0.1)])
    with pytest.raises(ConfigError, match=said):
        run_on(file, tmp_path, options)


def test_views_of_a_task_add_no_rows_to_its_groups(tmp_path):
    """Variants of an item are no further items: a view is asked for by name."""
    rows = [(f"he says {at}", ("good", "bad")[at % 2], ("a", "b")[at // 2 % 2]) for at in range(20)]
    file = write(tmp_path / "own.csv", rows, "text,label,team")
    selector = f"bias/identity@classification/custom?path={file}&text=text&label=label&slice=team"
    run = evaluate(model, selector, store=tmp_path / "store", offline=True)

    found = group_gaps(run, slice="team", metric="accuracy")
    assert [(gap.task_path, gap.n) for gap in found] == [("classification/custom", 20)]
    (named,) = group_gaps(run, slice="team", metric="accuracy", task="bias/identity@classification/custom")
    assert named.task_path == "bias/identity@classification/custom"
    with pytest.raises(ConfigError, match="no item has the slice 'identity_to'"):
        group_gaps(run, slice="identity_to")


def test_a_model_that_always_says_the_same_is_told_as_such_beside_its_gaps(file, tmp_path, capsys):
    """Its rates are equal in every group, and that says nothing of fairness."""
    run = evaluate(
        "constant:good",
        f"classification/custom?path={file}&text=text&label=label&labels=bad,good&identities=gender",
        store=tmp_path / "store",
    )

    show_run(run)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("selection rate")]
    assert lines
    assert all("it always says the same" in line for line in lines)
