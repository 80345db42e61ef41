"""Stores of an earlier format: refused once, clearly, and made anew by the same command."""

import json

import pytest

import benchwright
from benchwright.errors import StoreError
from benchwright.store import Store


@pytest.fixture
def run(tmp_path):
    """A finished run of one cell."""
    rows = [{"text": f"text {at}", "label": "yes" if at % 3 else "no"} for at in range(30)]
    for name in ("test", "train"):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))

    def again():
        return benchwright.evaluate(
            "majority",
            f"classification/custom?path={tmp_path}/test.jsonl&train={tmp_path}/train.jsonl",
            store=tmp_path / "store",
            name="one",
        )

    return again


def as_before(path):
    """The file says that it was written in the format before this one."""
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"schema": told["schema"] - 1}))


def test_a_run_of_an_earlier_format_is_refused_with_what_to_type(run, tmp_path):
    """Whoever reads it, the message is the same one."""
    store = Store(tmp_path / "store")
    run()
    as_before(store.run_path("one"))
    with pytest.raises(StoreError, match="'one' was written in format") as caught:
        benchwright.load_run("one", store.root)
    assert "type the same `benchwright run` again" in caught.value.hint
    store.run_path("one").unlink()
    assert run().cells[0].reused


def test_a_cell_of_an_earlier_format_is_computed_anew(run, tmp_path):
    """Its records are read by nobody, and the same command makes them in this format."""
    store = Store(tmp_path / "store")
    before = run()
    key = before.cells[0].key
    as_before(store.cell_folder(key) / "cell.json")
    with pytest.raises(StoreError, match="was written in format"):
        store.read_cell(key)
    after = run()
    assert not after.cells[0].reused
    assert after.cells[0].score == before.cells[0].score
    assert store.read_cell(key).total == 30


def test_a_cell_that_was_begun_in_an_earlier_format_does_not_stand_in_the_way(run, tmp_path):
    """Nobody can go on with it, so it is begun anew instead of refusing for ever."""
    store = Store(tmp_path / "store")
    key = run().cells[0].key
    (store.cell_folder(key) / "records.parquet").unlink()
    as_before(store.cell_folder(key) / "cell.json")
    assert run().cells[0].score is not None
    assert store.is_complete(key)


def test_a_run_from_before_there_were_explanations_is_read_as_it_is(run, tmp_path):
    """The fields are new and have defaults, so the format of run files is the same one."""
    store = Store(tmp_path / "store")
    before = run()
    path = store.run_path("one")
    told = json.loads(path.read_text())
    path.write_text(json.dumps({name: told[name] for name in told if not name.startswith("explanation")}))
    assert benchwright.load_run("one", store.root) == before
