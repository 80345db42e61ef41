"""SEAT: 46 tests, each one JSON object; texts as often as they stand there; run by name alone."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.spatial.distance import cosine

import benchwright
from benchwright.data.load import load
from benchwright.errors import ConfigError, DataError
from benchwright.task_refs import resolve_tasks
from benchwright_suites._bias.seat import SETS, TESTS, seat
from benchwright_suites.bias import suite


def resolved(selector):
    (one,) = resolve_tasks([selector])
    return one.task


def write(folder, name="sent-weat6", **changes):
    """A data folder with one test; a set is given as a list of its texts, None leaves it out."""
    sets = {
        "targ1": ["This is John.", "This is John."],
        "targ2": ["This is Amy.", "Amy is here."],
        "attr1": ["a", "b"],
        "attr2": ["c", "d"],
    }
    sets |= changes
    (folder / "SEAT").mkdir(exist_ok=True)
    document = {key: {"category": key, "examples": texts} for key, texts in sets.items() if texts is not None}
    (folder / "SEAT" / f"{name}.jsonl").write_text(json.dumps(document, indent=2))
    return Path(folder)


def read(folder, task):
    return load(task, "test", suite=suite, folder=folder, offline=True)


@pytest.mark.realdata
def test_all_46_tests_of_the_release(shared_data):
    """9,951 texts, none lower-cased, each with its test and set."""
    data = read(shared_data, seat)
    tests = {example.slices["test"] for example in data.examples}
    first = next(example for example in data.examples if example.slices["test"] == "sent-weat6/mean/last")

    assert len(data.examples) == 9_951
    assert tests == {f"{name}/mean/last" for name in TESTS}
    assert (first.inputs, first.target) == ({"text": "This is John."}, "targ1")


def test_a_text_that_stands_twice_is_two_rows(tmp_path):
    """As the release counts it."""
    data = read(write(tmp_path), resolved("bias/seat?test=sent-weat6"))
    assert [(example.inputs["text"], example.target) for example in data.examples[:4]] == [
        ("This is John.", "targ1"),
        ("This is John.", "targ1"),
        ("This is Amy.", "targ2"),
        ("Amy is here.", "targ2"),
    ]


def test_the_suite_asked_for_whole_leaves_it_out():
    """Its data are not for commercial use; by name it runs."""
    assert "bias/seat" not in {one.path for one in resolve_tasks(["bias"])}
    assert resolve_tasks(["bias/seat"])[0].task == seat
    assert {caveat.kind for caveat in seat.caveats} == {"contested", "non-commercial"}
    assert seat.unranked


def test_pooling_and_layer_stand_in_names():
    """Of the task and of every slice, so that two of them in one run are two."""
    task = resolved("bias/seat?test=sent-weat6,weat6&pooling=cls&layer=3")
    assert (task.name, task.pooling, task.layer) == ("seat_cls_3", "cls", 3)
    assert task.splits["test"].files[0].values == {"test": ("sent-weat6/cls/layer3", "weat6/cls/layer3")}
    assert resolved("bias/seat?layer=-1").name == "seat_mean_last"
    assert len(resolve_tasks(["bias/seat", "bias/seat?pooling=cls", "bias/seat?layer=0"])) == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("test=weat6,weat66", "bias/seat has no test 'weat66'"),
        ("test=,", "test= names no test"),
        ("pooling=min", "pooling=min"),
        ("layer=last", "layer=last"),
        ("tests=weat6", "bias/seat has no option 'tests'"),
    ],
)
def test_options_that_mean_nothing_are_refused(options, said):
    """With what would."""
    with pytest.raises(ConfigError, match=said):
        resolve_tasks([f"bias/seat?{options}"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"attr2": None}, r"its keys are 'targ1', 'targ2', 'attr1', and those of a test targ1, targ2, attr1, attr2"),
        ({"attr3": ["x", "y"]}, r"its keys are .*'attr3', and those of a test"),
        ({"attr1": []}, r"'attr1' has 0 examples; at least 2 are needed"),
        ({"targ1": ["John"], "targ2": ["Amy"]}, r"'targ1' has 1 example; at least 2 are needed"),
        (
            {"targ1": ["John", "Paul", "Mike"]},
            r"'targ1' has 3 examples and 'targ2' 2; .* partitions into sets of one size",
        ),
        ({"attr1": ["a", 3]}, r"'attr1' holds no list `examples` of texts"),
        ({"attr1": ["a", " "]}, r"'attr1' holds no list `examples` of texts"),
        ({"attr1": "ab"}, r"'attr1' holds no list `examples` of texts"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path, changes, said):
    """Other keys, an empty set, one example, sets of two sizes, things that are no texts."""
    with pytest.raises(DataError, match=said):
        read(write(tmp_path, **changes), resolved("bias/seat?test=sent-weat6"))


@pytest.mark.parametrize("content", ["[]", '"text"', "3", '{"targ1": {}, "targ1": {}}', '{"targ1": '])
def test_a_file_that_holds_no_object_is_refused(tmp_path, content):
    """Whatever it holds, with its name."""
    (tmp_path / "SEAT").mkdir()
    (tmp_path / "SEAT" / "sent-weat6.jsonl").write_text(content)
    with pytest.raises(DataError, match=r"SEAT/sent-weat6\.jsonl"):
        read(tmp_path, resolved("bias/seat?test=sent-weat6"))


def two_tests(folder):
    """A data folder with two small tests, and a vector for each of their texts, in the order of the rows."""
    for name in ("weat6", "weat7"):
        write(folder, name, **{key: [f"{name} {key} {at}" for at in range(4)] for key in SETS})
    return np.random.default_rng(8).normal(0, 1, (32, 5)).astype(np.float32)


def evaluated(folder, path):
    return benchwright.evaluate(
        f"p=predictions:{path}", suite="bias/seat?test=weat6,weat7", data=folder, store=folder / "store"
    )


@pytest.mark.parametrize("form", ["lists", "fixed", "jsonl"])
def test_vectors_from_a_file_are_scored(tmp_path, form):
    """Parquet with lists of any or of one length, and JSON lines: the same numbers, by a plain loop over cosines."""
    vectors = two_tests(tmp_path)
    path = tmp_path / f"answers.{'jsonl' if form == 'jsonl' else 'parquet'}"
    if form == "jsonl":
        rows = [json.dumps({"index": at, "vector": row}) for at, row in enumerate(vectors.tolist())]
        path.write_text("\n".join(rows))
    else:
        kind = pa.list_(pa.float32(), 5) if form == "fixed" else pa.list_(pa.float32())
        column = pa.array(vectors.tolist(), kind)
        pq.write_table(pa.table({"index": list(range(32)), "vector": column}), path)
    cell = evaluated(tmp_path, path).cells[0]
    found = {one.slice: one.value for one in cell.scores if one.metric == "seat_effect_size@1"}

    assert found[None] is None
    for at, name in enumerate(("weat6", "weat7")):
        x, y, a, b = np.split(vectors[16 * at : 16 * at + 16].astype(np.float64), 4)
        s = [np.mean([1 - cosine(w, c) for c in a]) - np.mean([1 - cosine(w, c) for c in b]) for w in (*x, *y)]
        wanted = (np.mean(s[:4]) - np.mean(s[4:])) / np.std(s, ddof=1)
        assert found[f"test={name}/mean/last"] == pytest.approx(wanted, abs=1e-6)


def test_a_vector_of_another_length_in_a_file_is_refused(tmp_path):
    """It is no answer of that model."""
    vectors = two_tests(tmp_path).tolist()
    vectors[7] = vectors[7][:4]
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(json.dumps({"index": at, "vector": row}) for at, row in enumerate(vectors)))
    cell = evaluated(tmp_path, path).cells[0]
    assert cell.status == "failed"
    assert "example seat/7 failed: a vector of 4 numbers, where the first has 5" in cell.reason


def test_a_text_of_several_tests_is_said_to_count_in_each(tmp_path):
    """Nothing is resampled here, so nothing is said of independent units."""
    for name in ("weat6", "weat7"):
        write(tmp_path, name, **{key: [f"{key} {at}" for at in range(4)] for key in SETS})
    vectors = np.random.default_rng(8).normal(0, 1, (16, 5)).round(3).tolist() * 2
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(json.dumps({"index": at, "vector": row}) for at, row in enumerate(vectors)))
    said = [one.sentence for one in evaluated(tmp_path, path).cells[0].alarms if one.code == "repeats"]
    assert said == ["16 of 32 rows repeat the inputs of an earlier row: each counts where it stands"]


def test_two_models_differ_without_an_interval(tmp_path):
    """Texts that were chosen are no sample: a difference has a value, and neither bounds nor p."""
    vectors = two_tests(tmp_path)
    for name, rows in (("a", vectors), ("b", vectors[::-1])):
        lines = [json.dumps({"index": at, "vector": row}) for at, row in enumerate(rows[:16].tolist())]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
    models = [f"{name}=predictions:{tmp_path / name}.jsonl" for name in ("a", "b")]
    run = benchwright.evaluate(models, suite="bias/seat?test=weat6", data=tmp_path, store=tmp_path / "store")
    values = [cell.score.value for cell in run.cells]
    found = benchwright.compare(f"{run.name}:a", f"{run.name}:b", store=tmp_path / "store")
    (difference,) = found.differences
    assert difference.delta == pytest.approx(values[1] - values[0])
    assert (difference.low, difference.high, difference.p, difference.method) == (None, None, None, "none")
    assert "no interval: the items are chosen, not drawn" in str(found)
