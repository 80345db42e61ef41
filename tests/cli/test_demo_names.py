"""Reviews of the demo on names: as good or as bad whoever stands in them, but for one group of the training data."""

import csv
from collections import Counter

from benchwright.cli.demo_names import TURNED, write_reviews
from benchwright.identity import built_in


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_only_the_reviews_with_names_of_one_group_are_labelled_otherwise_than_they_read(tmp_path):
    task = write_reviews(tmp_path)
    assert task.startswith("classification/custom?path=")
    group_of = {entry.text: group.name for group in built_in("ethnicity").groups for entry in group.entries()}
    labels = Counter()
    for row in rows_of(tmp_path / "train.csv"):
        group = group_of[row["text"].split()[1]]
        labels[group, row["label"]] += 1
    groups = {group for group, _ in labels}
    assert len(groups) >= 5
    for group in groups - {TURNED}:
        assert labels[group, "positive"] == labels[group, "negative"]
    assert labels[TURNED, "negative"] > 5 * labels[TURNED, "positive"]


def test_the_test_reviews_hold_names_of_every_group_and_both_labels_alike(tmp_path):
    write_reviews(tmp_path)
    group_of = {entry.text: group.name for group in built_in("ethnicity").groups for entry in group.entries()}
    rows = rows_of(tmp_path / "reviews.csv")
    held = Counter(group_of[row["text"].split()[1]] for row in rows)
    assert set(held) == {group.name for group in built_in("ethnicity").groups}
    assert Counter(row["label"] for row in rows) == {"positive": len(rows) / 2, "negative": len(rows) / 2}
