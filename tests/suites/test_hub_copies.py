"""Copies of the new kinds in the hub's layout come through `datasets` as the same examples as the official files."""

import json
import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PROGRAM = """
import json, sys, msgspec
from pathlib import Path
from benchwright import registry
from benchwright.data.load import load
from benchwright.types import Hub, Source
found = {}
for path, repo in json.loads(sys.argv[1]).items():
    suite, name = path.split("/")
    suite = registry.get("suites", suite)
    task = suite.task(name)
    split = task.default_split
    hub = Hub(repo=repo, config=None, split=split, revision="a" * 40)
    task = msgspec.structs.replace(task, splits={split: Source(hub=hub)})
    data = load(task, split, suite=suite, folder=None, offline=True)
    found[path] = [[e.inputs, e.target, e.official_id, e.group, e.slices, e.cluster] for e in data.examples]
print(json.dumps(found))
"""
TEXT, IDS = {"dtype": "string", "_type": "Value"}, {"dtype": "int32", "_type": "Value"}


def classes(*names):
    return {"names": list(names), "_type": "ClassLabel"}


COPIES = {
    "squad/v2": (
        "validation",
        [
            {"id": "q1", "context": "The sky is blue.", "question": "colour?", "answers": {"text": ["blue"], "answer_start": [11]}},
            {"id": "q2", "context": "The sky is blue.", "question": "who?", "answers": {"text": [], "answer_start": []}},
        ],
        {},
    ),
    "superglue/multirc": (
        "validation",
        [
            {"paragraph": "One.", "question": "q?", "answer": "a", "idx": {"paragraph": 0, "question": 0, "answer": 0}, "label": 1},
            {"paragraph": "Two.", "question": "q?", "answer": "b", "idx": {"paragraph": 1, "question": 0, "answer": 0}, "label": 0},
        ],
        {"label": classes("False", "True")},
    ),
    "superglue/copa": (
        "validation",
        [{"premise": "It rained.", "choice1": "wet", "choice2": "dry", "question": "effect", "idx": 0, "label": 0}],
        {"label": classes("choice1", "choice2")},
    ),
    "superglue/wsc": (
        "validation",
        [{"text": "Ann saw him.", "span1_index": 0, "span2_index": 2, "span1_text": "Ann", "span2_text": "him", "idx": 0, "label": 1}],
        {"label": classes("False", "True")},
    ),
    "choice/arc_easy": (
        "test",
        [{"id": "x", "question": "Who flies?", "choices": {"text": ["fish", "birds", "apes"], "label": ["1", "2", "3"]}, "answerKey": "2"}],
        {},
    ),
    "ner/conllpp": (
        "test",
        [
            {"tokens": ["Ann", "ran"], "ner_tags": [1, 0], "document_id": 4},
            {"tokens": ["Rome"], "ner_tags": [2], "document_id": 4},
        ],
        {"ner_tags": {"feature": classes("O", "B-PER", "B-LOC"), "_type": "Sequence"}},
    ),
}  # fmt: skip


def feature(value):
    """The `datasets` feature of a value."""
    if isinstance(value, dict):
        return {key: feature(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return {"feature": TEXT if value and isinstance(value[0], str) else IDS, "_type": "Sequence"}
    return TEXT if isinstance(value, str) else {"dtype": "int64", "_type": "Value"}


def arrow(value):
    """The Arrow type of a feature's value."""
    if isinstance(value, dict):
        return pa.struct([(key, arrow(inner)) for key, inner in value.items()])
    if isinstance(value, list):
        return pa.list_(pa.string() if value and isinstance(value[0], str) else pa.int32())
    return pa.string() if isinstance(value, str) else pa.int64()


def class_ids(declared):
    inner = declared.get("feature", declared)
    return pa.list_(pa.int64()) if inner is not declared else pa.int64()


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Examples of every copy, as a fresh interpreter reads them."""
    root = tmp_path_factory.mktemp("hub")
    repos = {}
    for path, (split, rows, declared) in COPIES.items():
        folder = root / path.replace("/", "-")
        (folder / "data").mkdir(parents=True)
        first = rows[0]
        schema = pa.schema([(key, class_ids(declared[key]) if key in declared else arrow(first[key])) for key in first])
        features = {key: declared.get(key) or feature(first[key]) for key in first}
        metadata = {"huggingface": json.dumps({"info": {"features": features}})}
        table = pa.Table.from_pylist(rows, schema=schema).replace_schema_metadata(metadata)
        pq.write_table(table, folder / "data" / f"{split}-00000-of-00001.parquet")
        repos[path] = str(folder)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(repos)],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "HF_HOME": str(root / "home")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_answers(read):
    """Spans come with their positions, and no answer stays none."""
    assert [row[1] for row in read["squad/v2"]] == [
        {"text": ["blue"], "answer_start": [11]},
        {"text": [], "answer_start": []},
    ]
    assert [row[4] for row in read["squad/v2"]] == [{"answerable": "yes"}, {"answerable": "no"}]
    assert [row[2] for row in read["squad/v2"]] == ["q1", "q2"]


def test_names(read):
    """Booleans are told by their class names, and ids of three parts become one."""
    assert [row[1:4] for row in read["superglue/multirc"]] == [["true", "0/0/0", "0/0"], ["false", "1/0/0", "1/0"]]
    assert [row[1] for row in read["superglue/wsc"]] == ["true"]
    assert read["superglue/wsc"][0][0] == {"text": "* Ann * saw # him #."}


def test_options(read):
    """Options are lists, and the right one is its number."""
    assert read["superglue/copa"][0][:2] == [
        {"premise": "It rained.", "question": "What happened as a result?", "options": ["wet", "dry"]},
        0,
    ]
    assert read["choice/arc_easy"][0][:2] == [{"question": "Who flies?", "options": ["fish", "birds", "apes"]}, 1]


def test_tags(read):
    """Tags are told by their class names, and documents are clusters."""
    assert [row[1] for row in read["ner/conllpp"]] == [["B-PER", "O"], ["B-LOC"]]
    assert {row[5] for row in read["ner/conllpp"]} == {"conllpp/0"}
