"""The cards of inference, and what is read from the real files and from the official layouts."""

import json
from collections import Counter

import pytest

import benchwright
from benchwright import registry
from benchwright.data.load import load
from benchwright.errors import ConfigError, DataMissing
from benchwright.labels import align
from benchwright.testing import check_suite
from benchwright_suites.nli import suite

THREE = ["entailment", "neutral", "contradiction"]

# task, split: rows, label counts, independent units
PUBLISHED = [
    ("snli", "validation", 9842, dict(zip(THREE, (3329, 3235, 3278), strict=True)), 3319),
    ("anli_r1", "test", 1000, dict(zip(THREE, (334, 333, 333), strict=True)), 846),
    ("anli_r2", "test", 1000, dict(zip(THREE, (334, 333, 333), strict=True)), 881),
    ("anli_r3", "test", 1200, dict(zip(THREE, (402, 402, 396), strict=True)), 1128),
    ("overlap_heuristics", "validation", 15000, {"entailment": 7500, "non-entailment": 7500}, 60),
    ("advglue_sst2", "validation", 148, {"negative": 72, "positive": 76}, 148),
    ("advglue_qqp", "validation", 78, {"not_duplicate": 46, "duplicate": 32}, 54),
    ("advglue_mnli", "validation", 121, dict(zip(THREE, (32, 39, 50), strict=True)), 84),
    ("advglue_mnli_mm", "validation", 162, dict(zip(THREE, (60, 45, 57), strict=True)), 124),
    ("advglue_qnli", "validation", 148, {"entailment": 74, "not_entailment": 74}, 112),
    ("advglue_rte", "validation", 81, {"entailment": 35, "not_entailment": 46}, 51),
]


def read(folder, name, split):
    return load(suite.task(name), split, suite=suite, folder=folder, offline=True)


def write_rows(folder, name, rows):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_contract():
    """The suite keeps the contract of suites."""
    assert "survives JSON" in check_suite(suite)


def test_answering_models():
    """Adversarial tasks are answered by the GLUE model: same inputs by name, same labels in the same order."""
    homes = {task.name: task.trained_on for task in suite.tasks if task.trained_on}

    assert homes == {
        "hans": "glue/mnli",
        "overlap_heuristics": "glue/mnli",
        "advglue_sst2": "glue/sst2",
        "advglue_qqp": "glue/qqp",
        "advglue_mnli": "glue/mnli",
        "advglue_mnli_mm": "glue/mnli",
        "advglue_qnli": "glue/qnli",
        "advglue_rte": "glue/rte",
    }
    for name, home in homes.items():
        task, trained = suite.task(name), registry.get("suites", "glue").task(home.partition("/")[2])
        assert list(task.inputs) == list(trained.inputs)
        assert name in ("hans", "overlap_heuristics") or task.label_names == trained.label_names


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "split", "rows", "counts", "units"), PUBLISHED)
def test_published_files(shared_data, name, split, rows, counts, units):
    """Rows, label counts and independent units of a real file are those published."""
    data = read(shared_data, name, split)

    assert len(data.examples) == rows
    assert Counter(example.target for example in data.examples) == counts
    assert len({example.cluster or example.id for example in data.examples}) == units
    assert len(data.notes) == (1 if name == "overlap_heuristics" else 0)


@pytest.mark.realdata
def test_the_regenerated_hans_says_what_it_is(shared_data):
    """Rows made anew from the templates are never taken for HANS: the data say so, and every result will."""
    data = read(shared_data, "overlap_heuristics", "validation")

    assert "not the official" in data.notes[0]
    with pytest.raises(DataMissing, match="no file of it"):
        read(shared_data, "hans", "validation")
    assert {tuple(example.slices) for example in data.examples} == {("heuristic", "subcase", "perturbed")}
    assert len({example.slices["subcase"] for example in data.examples}) == 30


def test_official_files_of_hans(tmp_path):
    """The official file is read, and carries no such note."""
    header = "gold_label\tsentence1\tsentence2\tpairID\theuristic\tsubcase\ttemplate"
    row = "non-entailment\tThe doctor saw the actor .\tThe actor saw the doctor .\tex0\tlexical_overlap\tln\ttemp1"
    (tmp_path / "heuristics_evaluation_set.txt").write_text(f"{header}\n{row}\n{row}\n")

    data = read(tmp_path, "hans", "validation")

    assert data.examples[0].target == "non-entailment"
    assert data.examples[1].cluster == "hans/0"
    assert data.notes == ("2 rows here, 30000 in the published split",)


def test_a_three_way_model_needs_the_users_map_on_hans():
    """Three outputs on two labels are refused with the option to type; the map merges two of them."""
    hans = suite.task("hans")

    with pytest.raises(benchwright.errors.LabelError) as caught:
        align(hans, THREE, model="m")
    assert "labels=entailment,non-entailment,non-entailment" in caught.value.hint
    mapping = ["entailment", "non-entailment", "non-entailment"]
    assert align(hans, THREE, mapping=mapping).to_task == (0, 1, 1)
    assert align(hans, ["not_entailment", "entailment"]).to_task == (1, 0)


def test_official_files_of_snli(tmp_path):
    """Gold labels, not the annotators', are read; rows without a majority are left out and counted."""
    rows = [
        {"gold_label": label, "annotator_labels": ["neutral"], "sentence1": "a", "sentence2": f"b{at}"}
        for at, label in enumerate(["neutral", "-", "contradiction"])
    ]
    write_rows(tmp_path, "snli_1.0/snli_1.0_dev.jsonl", rows)

    data = read(tmp_path, "snli", "validation")

    assert [example.target for example in data.examples] == ["neutral", "contradiction"]
    assert [example.inputs["hypothesis"] for example in data.examples] == ["b0", "b2"]
    assert data.notes[0].startswith("1 of 3 rows have no gold label")


def test_official_files_of_anli(tmp_path):
    """Each round has its folder; labels are one letter, the premise is called context."""
    row = {"uid": "u", "context": "a", "hypothesis": "b", "label": "c", "model_label": "e", "reason": "why"}
    write_rows(tmp_path, "anli_v1.0/R2/test.jsonl", [row])

    (example,) = read(tmp_path, "anli_r2", "test").examples

    assert (example.inputs, example.target) == ({"premise": "a", "hypothesis": "b"}, "contradiction")


@pytest.fixture
def mnli_and_hans(tmp_path):
    """An MNLI train file in which overlap means entailment, and four HANS rows."""
    rows = []
    for at in range(30):
        rows.append({"premise": f"w{at} x", "hypothesis": f"w{at} x", "label": "entailment"})
        other = ("neutral", "contradiction")[at % 2]
        rows.append({"premise": f"w{at} x", "hypothesis": f"z{at} q", "label": other})
    write_rows(tmp_path, "MNLI/train.jsonl", rows)
    (tmp_path / "heuristics_evaluation_set.txt").write_text(
        "gold_label\tsentence1\tsentence2\tsubcase\ttemplate\theuristic\n"
        + "".join(f"entailment\tw{at} x\tw{at} x\ts\tt{at}\th\n" for at in range(2))
        + "".join(f"non-entailment\tw{at} x\tz{at} q\ts\tu{at}\th\n" for at in range(2))
    )
    return tmp_path


def test_hans_is_learnt_from_mnli(mnli_and_hans, tmp_path):
    """A baseline trained on MNLI answers HANS: neutral and contradiction are learnt as non-entailment."""
    run = benchwright.evaluate(
        ["tfidf", "majority"], "nli/hans", data=mnli_and_hans, store=tmp_path / "store", offline=True
    )
    tfidf, majority = run.cells

    assert tfidf.score.value == 1.0
    assert majority.score.value == 0.5
    by_label = {score.slice: score.value for score in tfidf.scores if score.metric == "f1@1"}
    assert by_label == {"label=entailment": 1.0, "label=non-entailment": 1.0}


def test_no_train_split_says_so(tmp_path):
    """A baseline without anything to learn from is told which split is not there."""
    rows = [{"premise": "a", "hypothesis": "b", "label": "c"}] * 2
    write_rows(tmp_path, "R1/test.jsonl", rows)

    with pytest.raises(ConfigError, match="nli/anli_r1, train split"):
        benchwright.evaluate("tfidf", "nli/anli_r1", data=tmp_path, store=tmp_path / "store", offline=True)
