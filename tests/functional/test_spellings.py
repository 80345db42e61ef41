"""One spelling, one label, in gold, train, predictions and heads: either scored as if one spelling stood everywhere, or refused."""

import csv
import itertools
import json
import unicodedata

import pytest

import benchwright
from benchwright.errors import BenchwrightError, ConfigError, LabelError
from benchwright.labels import align
from benchwright.spelling import spelling
from benchwright.testing.fixtures import build_task
from benchwright.types import Label

POLITICS = "Pol\u00edtica 1"
VARIANTS = {
    POLITICS: [
        unicodedata.normalize("NFD", POLITICS),
        f"\u00a0{POLITICS} \t",
        POLITICS.lower(),
        POLITICS.replace(" ", "_"),
        POLITICS.replace(" ", "-"),
        POLITICS.replace(" ", ""),
        POLITICS.replace(" ", "\u00a0"),
        POLITICS.replace("t", "\u200bt"),
        POLITICS.replace("P", "\uff30"),
        POLITICS.replace("P", "\u0420"),
        [POLITICS],
        0,
        "1",
    ],
    1: [1.0, "1", "1.0", " 1", "01", "+1", "\uff11", "\u00b9", True, "true", [1], "LABEL_1"],
    "true": [True, "True", "TRUE", "tru\u00ade", 1, "1"],
}
OTHER = {POLITICS: "Ocio", 1: 0, "true": "false"}
GOLD = [0, 1, 1, 0, 1, 0, 1, 1]
SAID = [0, 1, 0, 0, 1, 1, 1, 1]
CASES = [(base, variant) for base, variants in VARIANTS.items() for variant in variants]


def put(path, labels, name="label"):
    path.write_text("".join(json.dumps({"index": at, "text": f"text {labels[at]!r:.3} {at % 3}", name: label}) + "\n" for at, label in enumerate(labels)))  # fmt: skip
    return path


def put_table(path, labels, name="label"):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("index", "text", name), *((at, f"text {at % 3}", label) for at, label in enumerate(labels))]
        )
    return path


def accuracy(folder, models, options=""):
    selector = f"classification/custom?path={folder}/gold.jsonl{options}"
    cell = benchwright.evaluate(models, selector, store=folder / "store", rerun="always").cells[0]
    return {score.metric: score.value for score in cell.scores if score.slice is None}


def mixed(rows, base, variant, which):
    """The column with the base spelling of class 1, or the variant in every occurrence or in all but the first."""
    seen = itertools.count()
    return [OTHER[base] if not row else (variant if which == "all" or next(seen) else base) for row in rows]


@pytest.mark.parametrize("which", ["mixed", pytest.param("all", marks=pytest.mark.soak)])
@pytest.mark.parametrize(("base", "variant"), CASES, ids=ascii)
def test_another_spelling_gives_the_same_scores_or_an_error(tmp_path, base, variant, which):
    """In gold and in predictions, in every row of the class and in all but one; numbers are never another number."""
    plain, other = mixed(GOLD, base, base, "all"), mixed(GOLD, base, variant, which)
    said, said_otherwise = mixed(SAID, base, base, "all"), mixed(SAID, base, variant, which)
    answered = 0
    for gold, given in ((plain, said), (other, said), (plain, said_otherwise), (other, said_otherwise)):
        folder = tmp_path / str(answered)
        folder.mkdir(exist_ok=True)
        put(folder / "gold.jsonl", gold)
        put(folder / "said.jsonl", given)
        try:
            found = accuracy(folder, f"predictions:{folder}/said.jsonl")
        except BenchwrightError:
            assert gold is not plain or given is not said
            continue
        answered += 1
        assert found["accuracy@1"] == 0.75
        assert found["macro_f1@1"] == pytest.approx(0.7333333)
    assert answered


@pytest.mark.parametrize(("base", "variant"), CASES, ids=ascii)
def test_another_spelling_in_the_train_file_trains_the_same_or_is_refused(tmp_path, base, variant):
    """A train file in another spelling makes no label of its own."""
    put(tmp_path / "gold.jsonl", mixed(GOLD, base, base, "all"))
    found = []
    for spelled in (base, variant):
        put(tmp_path / "train.jsonl", mixed(GOLD, base, spelled, "mixed"))
        try:
            found.append(accuracy(tmp_path, "majority", f"&train={tmp_path}/train.jsonl"))
        except ConfigError:
            assert spelled is not base
    assert found[0]["accuracy@1"] == 0.625
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize(("base", "variant"), CASES, ids=ascii)
def test_a_head_that_spells_otherwise_is_the_same_or_refused(base, variant):
    """Label names of a model's head go by the same rule; the message gives the map to type, in output order."""
    task = build_task(
        name="own",
        labels=tuple(Label(name=str(name), id=at, found=True) for at, name in enumerate((OTHER[base], base))),
    )
    head = [str(variant), str(OTHER[base])]
    if spelling(head[0]) == spelling(base):
        assert align(task, head).to_task == (1, 0)
    else:
        with pytest.raises(LabelError, match=rf"\?labels={base},{OTHER[base]}`"):
            align(task, head)


def test_a_fraction_is_a_score(tmp_path):
    """Scores are no classes, in a table and in JSON; named, they are. Whole numbers are labels whatever they were stored as."""
    for name, put_file in (("a.csv", put_table), ("a.jsonl", put)):
        path = put_file(tmp_path / name, [0.5, 1.0, 4.5, 0.5])
        with pytest.raises(ConfigError, match="numbers that are not whole") as refused:
            benchwright.evaluate("majority", f"classification/custom?path={path}", store=tmp_path / "store")
        assert "regress" in str(refused.value)
    put(tmp_path / "gold.jsonl", [0.5, 1.0, 4.5, 0.5])
    put(tmp_path / "said.jsonl", ["0.5", "1", "4.5", "4.5"])
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl", "&labels=0.5,1,4.5")["accuracy@1"] == 0.75


def test_numbers_stored_as_floats(tmp_path):
    """Gold 1.0, 2.0, 3.0 (a column that once had a gap) and predictions 1, 2, 3 are the same labels, in a table too."""
    gold, said = [1.0, 1.0, 2.0, 3.0, 3.0], [1, 1, 2, 3, 2]
    put(tmp_path / "gold.jsonl", gold)
    put_table(tmp_path / "said.csv", said)
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.csv")["accuracy@1"] == 0.8
    put(tmp_path / "gold.jsonl", said)
    put_table(tmp_path / "said.csv", gold)
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.csv")["accuracy@1"] == 0.8


def test_bare_numbers_of_names_that_nobody_numbered(tmp_path):
    """The alphabet is no order: refused with what to type, scored where the user gives the order at the model or the task."""
    put(tmp_path / "gold.jsonl", ["real", "fake", "real", "fake"])
    put_table(tmp_path / "said.csv", [0, 1, 1, 1])
    with pytest.raises(ConfigError, match=r"unknown label '0'") as refused:
        accuracy(tmp_path, f"predictions:{tmp_path}/said.csv")
    assert "?labels=fake,real" in str(refused.value)
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.csv?labels=real,fake")["accuracy@1"] == 0.75
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.csv", "&labels=real,fake")["accuracy@1"] == 0.75


def test_files_without_a_common_label(tmp_path):
    """Test rows and train rows that share no label are two ways of writing them, or two tasks."""
    put(tmp_path / "gold.jsonl", ["real", "fake"])
    put(tmp_path / "train.jsonl", ["wahr", "falsch"])
    with pytest.raises(ConfigError, match="no label in common"):
        accuracy(tmp_path, "majority", f"&train={tmp_path}/train.jsonl")


def test_labels_that_only_one_side_has(tmp_path):
    """A label without a training row is told; one that only the train file has counts in means over labels, with a word."""
    put(tmp_path / "gold.jsonl", ["a", "b", "new"])
    put(tmp_path / "train.jsonl", ["a", "a", "b", "old"])
    path = f"classification/custom?path={tmp_path}/gold.jsonl&train={tmp_path}/train.jsonl"
    run = benchwright.evaluate("majority", path, store=tmp_path / "store")
    assert run.tasks["classification/custom"].label_names == ("a", "b", "new", "old")
    assert "no training row of: new" in " ".join(one.sentence for one in run.cells[0].alarms)
    macro = next(score for score in run.cells[0].scores if score.metric == "macro_f1@1")
    assert "in neither gold nor predictions, counted as 0: old" in " ".join(one.sentence for one in macro.alarms)
    put(tmp_path / "said.jsonl", ["a", "b", "foreign"])
    with pytest.raises(ConfigError, match="unknown label 'foreign'") as refused:
        accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl")
    assert "`&labels=a,b,new,foreign`" in str(refused.value)
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl", "&labels=a,b,new,foreign")["accuracy@1"] == 2 / 3


def test_a_train_file_of_numbers_beside_a_test_file_of_names(tmp_path):
    """Files without a label in common are refused; named in order, they are one."""
    put(tmp_path / "gold.jsonl", ["real", "fake", "real", "real"])
    put(tmp_path / "train.jsonl", [0, 1, 0, 0])
    options = f"&train={tmp_path}/train.jsonl"
    with pytest.raises(ConfigError, match="names in others"):
        accuracy(tmp_path, "majority", options)
    assert accuracy(tmp_path, "majority", f"{options}&labels=real,fake")["accuracy@1"] == 0.75


SETS = [["a"], ["b", "c"], [], ["a", "c"]]
VECTORS = [[1, 0, 0], [0, 1, 1], [0, 0, 0], [1, 0, 1]]
SAID_SETS = [["a"], ["b"], ["b"], ["a", "c"]]
SAID_VECTORS = [[1, 0, 0], [0, 1, 0], [0, 1, 0], [1, 0, 1]]


@pytest.mark.parametrize(
    "write",
    [
        lambda one: one,
        lambda one: [float(bit) for bit in one],
        lambda one: [bool(bit) for bit in one],
        str,
        lambda one: "".join(map(str, one)),
        lambda one: "|".join(map(str, one)),
        lambda one: " ".join(map(str, one)),
    ],
)
def test_zeros_and_ones_are_read_where_the_labels_are_named_and_refused_elsewhere(tmp_path, write):
    """The scores are those of the same sets written with names, in gold and in predictions."""
    sets = "&multilabel=true"
    put(tmp_path / "gold.jsonl", SETS)
    put(tmp_path / "said.jsonl", SAID_SETS)
    expected = accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl", sets)
    assert expected["accuracy@1"] == 0.5
    put(tmp_path / "said.jsonl", [write(one) for one in SAID_VECTORS])
    with pytest.raises(ConfigError, match="by position") as refused:
        accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl", sets)
    assert "?labels=a,b,c" in str(refused.value)
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl?labels=a,b,c", sets) == expected
    put(tmp_path / "gold.jsonl", [write(one) for one in VECTORS])
    with pytest.raises(ConfigError, match="by position") as refused:
        accuracy(tmp_path, "majority", sets)
    assert "labels=name1,name2,name3" in str(refused.value)
    with pytest.raises(ConfigError, match="labels= names 2"):
        accuracy(tmp_path, "majority", f"{sets}&labels=a,b")
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl", f"{sets}&labels=a,b,c") == expected
    put(tmp_path / "said.jsonl", SAID_SETS)
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl", f"{sets}&labels=a,b,c") == expected


def test_a_row_of_zeros_and_ones_among_names_is_refused(tmp_path):
    """One row by position is a mistake of that row, in gold and in predictions."""
    put(tmp_path / "gold.jsonl", SETS)
    put(tmp_path / "said.jsonl", [*SAID_SETS[:3], [1, 0, 1]])
    with pytest.raises(ConfigError, match="line 4"):
        accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl", "&multilabel=true&labels=a,b,c")
    put(tmp_path / "gold.jsonl", [*SETS[:3], [1, 0, 1]])
    with pytest.raises(ConfigError, match="by position"):
        accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl", "&multilabel=true&labels=a,b,c")


def test_labels_called_0_and_1_may_be_a_set(tmp_path):
    """Where 0 and 1 are the names of labels, a list of them is a set."""
    put(tmp_path / "gold.jsonl", [[0], [1], [0, 1], []])
    put(tmp_path / "said.jsonl", [["0"], [1.0], ["1", "0"], [1]])
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl", "&multilabel=true")["accuracy@1"] == 0.75


@pytest.mark.parametrize("write", [str, json.dumps, lambda one: "|".join(one) or "[]"])
def test_lists_in_the_cells_of_a_table_are_lists(tmp_path, write):
    """A table written with lists in its cells gives the scores of the lists."""
    put(tmp_path / "gold.jsonl", SETS)
    put(tmp_path / "said.jsonl", SAID_SETS)
    expected = accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl", "&multilabel=true")
    put_table(tmp_path / "gold.csv", [write(one) for one in SETS])
    put_table(tmp_path / "said.csv", [write(one) for one in SAID_SETS], name="labels")
    selector = f"classification/custom?path={tmp_path}/gold.csv&multilabel=true"
    cell = benchwright.evaluate(f"predictions:{tmp_path}/said.csv", selector, store=tmp_path / "other").cells[0]
    assert {score.metric: score.value for score in cell.scores if score.slice is None} == expected


@pytest.mark.parametrize(("cell", "options"), [("['a', 'b']", ""), ('["a"]', ""), ("['a' 'b']", "&multilabel=true")])
def test_lists_that_nobody_announced_or_can_read_are_refused(tmp_path, cell, options):
    """A list in a task of one label, and what only looks like a list in a task of several."""
    put_table(tmp_path / "gold.csv", ["a", "b", cell, "b"])
    with pytest.raises(ConfigError, match="list"):
        benchwright.evaluate(
            "majority", f"classification/custom?path={tmp_path}/gold.csv{options}", store=tmp_path / "store"
        )


def test_look_alikes_are_named_with_their_places(tmp_path):
    """Both spellings, where each stands, how they differ, and what to type."""
    put(tmp_path / "gold.jsonl", ["good", "bad", "go\u200bod"])
    with pytest.raises(ConfigError) as refused:
        accuracy(tmp_path, "majority")
    text = str(refused.value)
    assert "gold.jsonl, line 1" in text
    assert "gold.jsonl, line 3" in text
    assert "U+200B" in text
    put(tmp_path / "gold.jsonl", ["good", "bad", "good"])
    put(tmp_path / "said.jsonl", ["good", "bad", "Good"])
    with pytest.raises(ConfigError) as refused:
        accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl")
    assert "said.jsonl, line 3" in str(refused.value)
    assert "letter case" in str(refused.value)
    assert "`&labels=bad,good`" in str(refused.value)
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.jsonl", "&labels=bad,good")["accuracy@1"] == 1.0


def test_other_spellings_of_named_labels_are_told(tmp_path):
    """What was read as a label that the user named stands in the run."""
    put(tmp_path / "gold.jsonl", ["good", "bad", "Good"])
    path = f"classification/custom?path={tmp_path}/gold.jsonl&labels=bad,good"
    cell = benchwright.evaluate("constant:good", path, store=tmp_path / "store").cells[0]
    assert cell.score.value == pytest.approx(2 / 3)
    assert "Other spellings are read as the labels that you named: 'Good' as 'good'." in [
        one.sentence for one in cell.alarms
    ]
