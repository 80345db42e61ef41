"""A user's large file: the same numbers as of a small one, read and hashed once for all models, and known again from the store."""

import benchwright
from benchwright.data import content, load
from benchwright.data.formats import delimited_columns
from benchwright.run import prepare, references
from benchwright.store import Store
from benchwright.types import RunSpec

ROWS = [("fine film", "good"), ("so so", "bad"), ('"a, b"', "good"), ("so  so", "bad"), ("awful", "bad")] * 4
MODELS = ["constant:good", "constant:bad", "lower=constant:good"]


def write(folder):
    """The file, in which rows repeat."""
    path = folder / "own.csv"
    path.write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in ROWS), encoding="utf-8")
    return f"classification/custom?path={path}"


def test_columns_give_the_same_run(tmp_path, monkeypatch):
    """Keys of cells, scores with their intervals, alarms and kept texts do not depend on how the file was read."""
    suite, found = write(tmp_path), []
    for least in (10**9, 0):
        monkeypatch.setattr(delimited_columns, "_LEAST", least)
        store = Store(tmp_path / str(least))
        run = benchwright.evaluate(MODELS, suite, store=store.root)
        texts = [store.read_inputs(path.stem) for path in sorted((store.root / "inputs").iterdir())]
        found.append(([(one.key, one.score, one.scores, one.alarms) for one in run.cells], texts))

    assert found[0] == found[1]
    assert found[0][1][0]["custom/2"] == {"text": "a, b"}


def test_a_file_is_hashed_once_for_all_models_and_known_again(tmp_path, monkeypatch):
    """Three models on one file hash it once; the same again finds every cell in the store."""
    monkeypatch.setattr(delimited_columns, "_LEAST", 0)
    suite, calls = write(tmp_path), []
    monkeypatch.setattr(load, "content_digest", lambda *given: calls.append(1) or content.content_digest(*given))
    store = Store(tmp_path / "store")
    benchwright.evaluate(MODELS, suite, store=store.root)
    calls.clear()

    again = prepare(RunSpec(models=references(MODELS), suites=(suite,)), store)

    assert len(calls) == 1
    assert [cell.status for cell in again.plan.cells] == ["stored"] * 3
