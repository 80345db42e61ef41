"""The cards of classification, and what is read from the real files and from the layouts people have."""

from collections import Counter

import pytest

from benchwright.data.load import available, load
from benchwright.errors import DataError, DataMissing
from benchwright.testing import check_suite
from benchwright_suites.classification import suite

LABELS = {
    "imdb": ["negative", "positive"],
    "agnews": ["World", "Sports", "Business", "Sci/Tech"],
    "mr": ["negative", "positive"],
    "trec": ["DESC", "ENTY", "ABBR", "HUM", "LOC", "NUM"],
}

# task, split: rows, label counts, start of the first text
PUBLISHED = [
    ("agnews", "test", 7600, dict.fromkeys(LABELS["agnews"], 1900), "Fears for T N pension after talks Unions repres"),
    ("mr", "train", 8530, {"positive": 4265, "negative": 4265}, "the rock is destined to be the 21st century's"),
    ("mr", "validation", 1066, {"positive": 533, "negative": 533}, "compassionately explores the seemingly"),
    ("mr", "test", 1066, {"positive": 533, "negative": 533}, "lovingly photographed in the manner of a golden"),
    ("trec", "train", 5452, {"DESC": 1162, "ABBR": 86}, "How did serfdom develop in and then leave Russia ?"),
    ("trec", "test", 500, {"NUM": 113, "ABBR": 9}, "How far is it from Denver to Aspen ?"),
]


def read(folder, name, split, **more):
    return load(suite.task(name), split, suite=suite, folder=folder, offline=True, **more)


def write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding, newline="")


def test_labels_and_metrics():
    """Labels stand in id order; two-label tasks say which is positive, the others give each label its scores."""
    assert {task.name: list(task.label_names) for task in suite.tasks} == LABELS
    for task in suite.tasks:
        assert [label.id for label in task.labels] == list(range(len(task.labels)))
        assert task.score_metrics == ("accuracy",)
        assert {"macro_f1", "balanced_accuracy", "mcc"} <= set(task.metrics)
        is_binary = len(task.labels) == 2
        assert is_binary == (task.positive == "positive") == ("roc_auc" in task.metrics)
        assert task.by_label == (() if is_binary else ("precision", "recall", "f1"))


def test_contract():
    """The suite keeps the contract of suites; its own-data task stands beside the tasks, not among them."""
    assert "survives JSON" in check_suite(suite)
    assert suite.task("custom") is None
    assert list(suite.custom) == ["custom"]


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "split", "rows", "counts", "start"), PUBLISHED)
def test_published_files(shared_data, name, split, rows, counts, start):
    """Rows, label counts and the first text of a real file are those published."""
    data = read(shared_data, name, split)
    found = Counter(example.target for example in data.examples)

    assert len(data.examples) == rows == suite.task(name).sizes[split]
    assert {label: found[label] for label in counts} == counts
    assert data.examples[0].inputs["text"].startswith(start)
    assert data.notes == ()


@pytest.mark.realdata
def test_splits_of_mr(shared_data):
    """The three splits are all 10,662 sentences, each once; none keeps the blank at its line's end."""
    parts = {split: read(shared_data, "mr", split).examples for split in ("train", "validation", "test")}
    everything = [example.inputs["text"] for part in parts.values() for example in part]
    lines = [
        line.strip()
        for name in ("pos", "neg")
        for line in (shared_data / f"classification/MR/rt-polarity.{name}").read_text("latin-1").split("\n")
        if line
    ]

    assert Counter(everything) == Counter(lines)
    assert len(everything) == 10662


@pytest.mark.realdata
def test_both_files_of_trec(shared_data, tmp_path):
    """Numbered and named labels of the same questions are the same data; the named ones carry fine classes as slices."""
    (tmp_path / "TREC").mkdir()
    numbered = (shared_data / "classification/TREC/TREC.test.all").read_bytes()
    (tmp_path / "TREC/TREC.test.all").write_bytes(numbered)

    by_id, by_name = read(tmp_path, "trec", "test"), read(shared_data, "trec", "test")

    assert by_id.digest == by_name.digest
    assert (by_id.examples[0].slices, by_name.examples[0].slices) == ({}, {"fine": "NUM:dist"})
    assert by_name.origin == "files:TREC/TREC.test.raw"


@pytest.mark.realdata
def test_what_is_not_here(shared_data):
    """Splits without a file are missing, not failed, and the message names the files."""
    assert available(suite.task("imdb"), "test", suite=suite, folder=shared_data) is None
    with pytest.raises(DataMissing) as caught:
        read(shared_data, "agnews", "train")
    assert "AGNews/train.csv" in caught.value.expected
    with pytest.raises(DataMissing, match="it is not on the hub"):
        read(None, "trec", "test")


def test_classes_of_ag_news_are_numbered_from_one(tmp_path):
    """Class 1 of the CSV is World, whose id is 0; a class 0 is an error, not World."""
    write(tmp_path, "ag_news_csv/test.csv", '"1","A, b","c\\d"\n"4","E ""f""","g"\n')

    data = read(tmp_path, "agnews", "test")

    assert [(e.inputs["text"], e.target) for e in data.examples] == [("A, b c\\d", "World"), ('E "f" g', "Sci/Tech")]
    write(tmp_path, "ag_news_csv/test.csv", '"0","a","b"\n')
    with pytest.raises(DataError, match="line 1: 'label' holds '0'"):
        read(tmp_path, "agnews", "test")


def test_copies_of_the_hub(tmp_path):
    """A clone of the hub's copy is read by its class names."""
    import json

    import pyarrow as pa
    import pyarrow.parquet as pq

    names = {"names": ["World", "Sports", "Business", "Sci/Tech"], "_type": "ClassLabel"}
    table = pa.table({"text": ["a", "b"], "label": [3, 0]})
    metadata = {"huggingface": json.dumps({"info": {"features": {"label": names}}})}
    (tmp_path / "ag_news").mkdir()
    pq.write_table(table.replace_schema_metadata(metadata), tmp_path / "ag_news" / "test-00000-of-00001.parquet")

    assert [example.target for example in read(tmp_path, "agnews", "test").examples] == ["Sci/Tech", "World"]


def test_official_names_of_trec(tmp_path):
    """The official download is read: fine labels, latin-1, the first word the label."""
    write(tmp_path, "TREC_10.label", "NUM:dist How far is it ?\nHUM:ind Who was André ?\n", encoding="latin-1")

    data = read(tmp_path, "trec", "test")

    assert [(e.inputs["text"], e.target) for e in data.examples] == [
        ("How far is it ?", "NUM"),
        ("Who was André ?", "HUM"),
    ]
    write(tmp_path, "TREC_10.label", "NUM:dist How far ?\nODD:x What ?\n")
    with pytest.raises(DataError, match=r"TREC_10\.label, line 2: the label 'ODD:x'"):
        read(tmp_path, "trec", "test")


def test_hub_revisions_are_those_published():
    """Each hub copy is pinned to a commit that exists; TREC, a script there, is not taken from the hub."""
    revisions = {
        task.name: {source.hub and source.hub.revision for source in task.splits.values()} for task in suite.tasks
    }

    assert revisions == {
        "imdb": {"e6281661ce1c48d982bc483cf8a173c1bbeb5d31"},
        "agnews": {"eb185aade064a813bc0b7f42de02595523103ca4"},
        "mr": {"aa13bc287fa6fcab6daf52f0dfb9994269ffea28"},
        "trec": {None},
    }
