"""The store keeps records, notices damage, and carries runs to other stores."""

import json
import zipfile
from pathlib import Path

import pytest

import benchwright
from benchwright.errors import ConfigError, StoreError
from benchwright.store import Store, atomic, bundle, integrity, record_table, removal
from benchwright.store.folder import key_id
from benchwright.types import Kind, Record


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with one run of one model on both starter tasks."""
    root = tmp_path_factory.mktemp("made") / "store"
    run = benchwright.evaluate("majority", "starter", store=root, name="first", offline=True)
    return Store(root), run


@pytest.fixture
def store(made, tmp_path):
    """A copy of that store which a test may damage."""
    import shutil

    shutil.copytree(made[0].root, tmp_path / "store")
    return Store(tmp_path / "store")


RECORDS = {
    Kind.CLASSIFY: [Record(id="a", target="x", output="y", scores=(0.2, 0.8), slices={"g": "1"}, cluster="c")],
    Kind.REGRESS: [Record(id="a", target=1.5, output=2.0), Record(id="b", target=None, error="broken")],
    Kind.CHOOSE: [Record(id="a", target=1, output=0)],
    Kind.TAG: [Record(id="a", target=("B-X", "O"), output=("O", "O"), truncated=True)],
    Kind.SPAN: [Record(id="a", target=["x", "y"], output="x", extra={"null_score": -1.5})],
}
FORMS = {
    Kind.CLASSIFY: "string",
    Kind.REGRESS: "number",
    Kind.CHOOSE: "integer",
    Kind.TAG: "strings",
    Kind.SPAN: "json",
}


@pytest.mark.parametrize("kind", RECORDS)
def test_records_survive_the_file(kind):
    """Whatever the kind, records come back equal, and equal records give equal bytes."""
    table = record_table.encode(RECORDS[kind], FORMS[kind])
    content = record_table.to_bytes(table)

    assert record_table.decode(record_table.from_bytes(content)) == RECORDS[kind]
    assert record_table.to_bytes(record_table.encode(RECORDS[kind], FORMS[kind])) == content


def test_multilabel_records_survive_the_file():
    """A set of labels comes back as a tuple."""
    records = [Record(id="a", target=("x", "y"), output=())]

    assert (
        record_table.decode(record_table.from_bytes(record_table.to_bytes(record_table.encode(records, "strings"))))
        == records
    )


def test_a_key_names_its_cell(made):
    """The folder of a cell is the hash of its key, and the key holds no machine path."""
    store, run = made
    for cell in run.cells:
        stored = store.read_cell(cell.key)
        assert key_id(stored.key) == cell.key
        assert str(store.root) not in (store.cell_folder(cell.key) / "cell.json").read_text()


def test_records_hold_no_clock(made, tmp_path):
    """The same run in another store gives the same bytes of records and scores."""
    store, run = made
    benchwright.evaluate("majority", "starter", store=tmp_path / "other", name="second", offline=True)
    for cell in run.cells:
        for place in (f"cells/{cell.key}/records.parquet", f"scores/{cell.key}/accuracy@1.json"):
            assert (tmp_path / "other" / place).read_bytes() == (store.root / place).read_bytes()


def test_a_sound_store_is_sound(store):
    """Nothing is found where nothing is wrong."""
    assert integrity.check(store) == []


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("records.parquet", b"PAR1 nonsense"),
        ("cell.json", b"{"),
        ("ledger.json", b'{"total": 1}'),
        ("cell.json", b"{}"),
    ],
)
def test_damage_is_found(store, file, content):
    """A damaged file of a cell is named, whatever it is."""
    key = store.cell_keys()[0]
    (store.cell_folder(key) / file).write_bytes(content)

    assert [finding.where for finding in integrity.check(store) if finding.damaged] == [key]


def test_a_lost_cell_is_found(store):
    """A run whose cell is gone is named."""
    key = store.cell_keys()[0]
    store.clear_cell(key)

    assert any(key in finding.problem and finding.what == "run" for finding in integrity.check(store))


def test_a_damaged_run_file_says_what_to_do(store):
    """A run file that is no JSON is an error with a next step, not a traceback."""
    store.run_path("first").write_text("{")
    with pytest.raises(StoreError) as told:
        store.read_run("first")

    assert "store check" in str(told.value)


def test_pruning_keeps_what_runs_need(store):
    """Cells of a removed run go, those of others stay; a dry run removes nothing."""
    benchwright.evaluate("majority", "starter/topic", store=store.root, name="kept", offline=True)
    store.run_path("first").unlink()
    before = set(store.cell_keys())
    gone = removal.prune(store, dry_run=True)
    assert set(store.cell_keys()) == before
    assert gone.bytes > 0

    removal.prune(store)
    assert len(store.cell_keys()) == 1
    assert len(list((store.root / "inputs").glob("*"))) == 1
    assert integrity.check(store) == []
    assert gone.paths


def test_removing_a_run_keeps_what_others_need(store):
    """What two runs share stays until the second goes; another run reads as before; what was unneeded before is not touched."""
    other = benchwright.evaluate("majority", "starter/topic", store=store.root, name="other", offline=True)
    (store.root / "cells" / "stray").mkdir()
    shared = next(cell.key for cell in other.cells)

    removal.remove_runs(store, ["first"])
    assert store.run_names() == ["other"]
    assert set(store.cell_keys()) == {shared, "stray"}
    assert len(store.read_records(shared)) == other.cells[0].score.n
    removal.remove_runs(store, ["other"])
    assert store.cell_keys() == ["stray"]
    assert not list((store.root / "inputs").glob("*.parquet"))


def test_a_damaged_run_can_be_removed(store):
    """A run file that cannot be read goes; its name is enough."""
    benchwright.evaluate("majority", "starter/topic", store=store.root, name="other", offline=True)
    store.run_path("other").write_text("{")

    removal.remove_runs(store, ["other"])
    assert store.run_names() == ["first"]


def test_a_wrong_name_removes_nothing(store):
    """One unknown name among several refuses them all, and says which runs there are."""
    with pytest.raises(ConfigError, match="one of: first"):
        removal.remove_runs(store, ["first", "frist"])

    assert store.run_names() == ["first"]


def test_a_checkpoint_is_removed_by_its_key(store):
    """The beginning of its key names a checkpoint made here; none and several are refused, and its predictions stay."""
    for key in ("abc1", "abd2"):
        folder = store.root / "models" / key
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"x" * 1000)
    cells = store.cell_keys()

    for wrong in ("ab", "zz", ""):
        with pytest.raises(ConfigError, match="abc1"):
            removal.remove_checkpoints(store, [wrong])
    assert removal.remove_checkpoints(store, ["abc"]).bytes == 1000
    assert [one.key for one in removal.checkpoints(store)] == ["abd2"]
    assert store.cell_keys() == cells


def test_a_bundle_carries_a_run(made, tmp_path):
    """Exported and imported, a run shows the same numbers, and its cells are reused without a model."""
    store, run = made
    bundle.export(store, ["first"], tmp_path / "b.zip")
    other = Store(tmp_path / "other")

    assert bundle.import_(other, tmp_path / "b.zip") == ["first"]
    assert other.read_run("first").cells == run.cells
    again = benchwright.evaluate("majority", "starter", store=other.root, name="again", offline=True)
    assert all(cell.reused for cell in again.cells)
    assert integrity.check(other) == []


def test_equal_runs_give_equal_bundles(made, tmp_path):
    """A bundle holds no date of its own."""
    store, _ = made
    bundle.export(store, ["first"], tmp_path / "1.zip")
    bundle.export(store, ["first"], tmp_path / "2.zip")

    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_a_bundle_holds_no_place(tmp_path):
    """Neither the data folder nor the path of a model travels with a bundle."""
    secret = tmp_path / "home" / "someone" / "out"
    path = secret / "starter" / "topic.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps({"index": i, "label": "sport"}) + "\n" for i in range(284)))
    store = Store(tmp_path / "store")
    benchwright.evaluate(f"predictions:{secret}", "starter/topic", store=store.root, name="r", offline=True)
    bundle.export(store, ["r"], tmp_path / "b.zip", inputs=False)

    with zipfile.ZipFile(tmp_path / "b.zip") as file:
        names, text = file.namelist(), b"".join(file.read(name) for name in file.namelist())
    assert b"someone" not in text
    assert not any(name.startswith("inputs/") for name in names)


def test_a_bundle_that_differs_is_refused_whole(made, tmp_path):
    """What the store has under the same name must be equal; otherwise nothing is imported."""
    store, _ = made
    bundle.export(store, ["first"], tmp_path / "b.zip")
    other = Store(tmp_path / "other")
    benchwright.evaluate("majority", "starter/topic", store=other.root, name="first", offline=True)
    before = sorted(path for path in other.root.rglob("*") if path.is_file())
    with pytest.raises(StoreError, match="another"):
        bundle.import_(other, tmp_path / "b.zip")

    assert sorted(path for path in other.root.rglob("*") if path.is_file()) == before


@pytest.mark.parametrize("name", ["../evil.json", "runs/../../evil.json", "cells/x/records.parquet", "runs/a.pkl"])
def test_a_bundle_with_anything_else_is_refused(tmp_path, name):
    """Only places that a bundle may hold are accepted, so no path escapes the store."""
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as file:
        file.writestr(name, "x")
    with pytest.raises(StoreError, match="no bundle holds"):
        bundle.import_(Store(tmp_path / "s"), tmp_path / "b.zip")

    assert not Path(tmp_path / "s").exists()


def test_a_file_that_is_no_bundle_is_refused(tmp_path):
    """Any other file is an error with what was expected."""
    (tmp_path / "b.zip").write_text("hello")
    with pytest.raises(StoreError, match="not a bundle"):
        bundle.import_(Store(tmp_path / "s"), tmp_path / "b.zip")


@pytest.mark.parametrize("name", ["", "a/b", "../x", ".hidden", "x" * 121, "a b"])
def test_a_run_name_must_be_a_file_name(made, name):
    """Names that would leave the folder or hide in it are refused."""
    with pytest.raises(StoreError):
        made[0].run_path(name)


def test_a_device_is_written_to_and_never_replaced(tmp_path):
    """A report written to a pipe or device leaves it what it is."""
    import os
    import threading

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    atomic.write(pipe, b"content")
    reader.join(timeout=120)

    assert read == [b"content"]
    assert pipe.is_fifo()


def test_keys_units_and_texts_of_options_survive_the_file() -> None:
    """A record keeps its own id, its unit and its right texts; records without them have no such columns."""
    record = Record(id="a", target=("x", "y"), output="x", scores=(0.5, 0.5), official_id="1/2/3", group="1/2")
    table = record_table.encode([record], "texts")
    assert record_table.decode(record_table.from_bytes(record_table.to_bytes(table))) == [record]
    bare = record_table.encode([Record(id="a", target=1, output=0)], "integer")
    assert not {"key", "unit"} & set(bare.column_names)


def test_texts_come_back_in_reading_order(tmp_path):
    """Files keep inputs by name; a record gets them in the order in which the model read them."""
    run = benchwright.evaluate("majority", "starter/sentiment", store=tmp_path, limit=3)
    store = Store(tmp_path)
    key = run.cells[0].key
    cell = store.read_cell(key)
    assert [list(r.extra["inputs"]) for r in store.read_records_with_inputs(key)] == [list(cell.key.inputs)] * 3
    records = tmp_path / "cells" / key / "records.parquet"
    records.write_bytes(record_table.to_bytes(record_table.encode(store.read_records(key)[::-1], "string")))
    with pytest.raises(StoreError, match="not those that were written"):
        store.read_records(key)


def test_the_report_of_a_training_that_chose_a_null_threshold(tmp_path):
    """Held-back points of questions with no answer hold a null threshold too, and the report is read all the same."""
    made = tmp_path / "models" / "abc"
    made.mkdir(parents=True)
    point = {"epoch": 1, "step": 3, "loss": 0.5, "metric": 0.7, "threshold": -1.5}
    told = {"task": "v2", "base": "tiny", "recipe": {}, "rows": {}, "parameters": {}, "metric": "answer_f1"}
    told |= {"losses": [], "held": [point], "chosen_epoch": 1, "stopped_early": False, "seconds": 1.0}
    (made / "training.json").write_text(json.dumps(told))

    (held,) = Store(tmp_path).read_training("abc").held

    assert (held.epoch, held.step, held.loss, held.metric) == (1, 3, 0.5, 0.7)
