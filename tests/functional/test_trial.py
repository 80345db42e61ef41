"""What a stranger's trial found: each was wrong or silent once."""

import json
import zipfile
from pathlib import Path

import pytest

import benchwright
from benchwright.alarm import sentences
from benchwright.errors import ConfigError


def edit_run(store, value):
    """Change the accuracy that a stored run tells."""
    (path,) = store.glob("runs/*.json")
    run = json.loads(path.read_text())
    run["cells"][0]["scores"][0]["value"] = value
    path.write_text(json.dumps(run))
    return path


def test_scoring_on_the_training_rows_is_told(tmp_path):
    """A model scored on the rows it was trained on has a flag that says so."""
    run = benchwright.evaluate("tfidf", "starter/sentiment", split="train", store=tmp_path / "s")

    assert any("very rows it was trained on" in flag for flag in sentences(run.cells[0].alarms))


def test_a_shortened_train_split_is_told(write, tmp_path):
    """What is known about the training rows stands beside the score."""
    rows = "".join(f"{text}\t{label}\n" for text, label in [("good", 1), ("bad", 0)] * 4)
    write("d/SST-2/train.tsv", "sentence\tlabel\n" + rows)
    folder = write("d/SST-2/dev.tsv", "sentence\tlabel\n" + rows[:-7]).parents[1]
    run = benchwright.evaluate("tfidf", "glue/sst2", data=folder, store=tmp_path / "s")

    assert any("trained on glue/sst2: 8 rows here, 67349" in flag for flag in sentences(run.cells[0].alarms))


def test_settings_are_checked_wherever_they_come_from(write, program, tmp_path):
    """A run file, flags and Python meet the same checks, all at once."""
    text = 'suite = "starter"\nlimit = -3\nerrors = -2\ndevice = "tpu"\n[[model]]\nref = "majority"\n'
    done = program("run", write("r.toml", text))
    assert done.returncode == 2
    assert all(word in done.stderr for word in ("limit -3", "errors -2", "tpu", "3 problems"))

    with pytest.raises(ConfigError, match="limit 0"):
        benchwright.evaluate("majority", "starter", limit=0, store=tmp_path / "s")


def test_a_device_that_is_not_here_is_refused(program, monkeypatch):
    """`--device cuda` without a CUDA device measures nothing."""
    from benchwright import environment

    if not environment.cuda_problem():
        pytest.skip("a CUDA device is here")
    done = program("run", "majority", "--suite", "starter", "--device", "cuda")

    assert done.returncode == 2
    assert "no CUDA device" in done.stderr


def test_an_edited_score_is_found(program, tmp_path):
    """A number that does not follow from its records is found by the check and refused by an import."""
    program("run", "majority", "--suite", "starter/topic", "--name", "r", check=0)
    edit_run(tmp_path / "store", 0.95)
    found = program("store", "check")
    assert found.returncode == 1
    assert "0.95" in found.stdout

    program("store", "export", "r", "-o", tmp_path / "b.zip", check=0)
    refused = program("store", "import", tmp_path / "b.zip", "--store", tmp_path / "other")
    assert refused.returncode == 2
    assert "records" in refused.stderr
    assert not (tmp_path / "other").exists()


def test_edited_records_are_found(program, tmp_path):
    """Records that are not what was written are damage, and the next run makes them anew."""
    import pyarrow.parquet as pq

    program("run", "majority", "--suite", "starter/topic", "--name", "r", check=0)
    (path,) = (tmp_path / "store").glob("cells/*/records.parquet")
    table = pq.ParquetFile(path).read(use_threads=False)
    at = table.schema.get_field_index("output")
    pq.write_table(table.set_column(at, "output", table.column("target")), path)

    assert "not what was written" in program("store", "check").stdout
    again = program("run", "majority", "--suite", "starter/topic", "--name", "r", check=0)
    assert "damaged" in again.stdout
    program("store", "check", check=0)


@pytest.mark.parametrize("file", ["cells/*/records.parquet", "cells/*/ledger.json", "scores/*/alarms.json", "inputs/*"])
def test_a_damaged_store_is_told_and_mended(program, tmp_path, file):
    """Whatever is damaged: no traceback, the check names it, and nothing is shown as if it were whole."""
    program("run", "majority", "--suite", "starter/topic", "--name", "r", check=0)
    (path,) = (tmp_path / "store").glob(file)
    path.write_bytes(b"garbage")

    assert program("store", "check").returncode == 1
    for command in (("show", "r", "--worst", "2"), ("report", "r"), ("run", "majority", "--suite", "starter/topic")):
        done = program(*command)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode in (0, 2)


def test_an_empty_bundle_and_an_absent_store_are_told(program, tmp_path):
    """A typo in the name of a store does not pass CI; a bundle without runs is none."""
    assert program("store", "check", "--store", tmp_path / "nosuch").returncode == 3
    zipfile.ZipFile(tmp_path / "e.zip", "w").close()
    done = program("store", "import", tmp_path / "e.zip")

    assert done.returncode == 2
    assert "bundle.json is missing" in done.stderr


def test_output_that_cannot_be_written_is_told(program, tmp_path):
    """A full device for standard output is a sentence and code 2; an ASCII terminal gets replacements."""
    import subprocess
    import sys

    program("run", "majority", "--suite", "starter/topic", "--name", "r", check=0)
    store = ["--store", str(tmp_path / "store")]
    command = [sys.executable, "-m", "benchwright", "show", "r", *store]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)

    program("show", "r", "--task", "topic", env={"PYTHONIOENCODING": "ascii"}, check=0)


def test_absurd_numbers_do_not_warn(write, program, tmp_path):
    """Answers of 1e300 are scored or undefined, without a warning of the arithmetic."""
    header = "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n"
    rows = "".join(f"{i}\tg\tf\ty\to\ts\ts\ta {i}\tb {i}\t{i % 5}.0\n" for i in range(30))
    folder = write("d/STS-B/dev.tsv", header + rows).parents[1]
    path = write("p.jsonl", [{"index": i, "value": 1e300 * (i % 7)} for i in range(30)])
    done = program("run", f"predictions:{path}", "--suite", "glue/stsb", "--data", folder, check=0)

    assert "Warning" not in done.stderr


@pytest.mark.realdata
def test_several_values_of_a_group_are_slices_each(shared_data, tmp_path):
    """AX joins phenomena with semicolons; a slice holds every row that has it."""
    run = benchwright.evaluate("constant:neutral", "glue/ax", data=shared_data, store=tmp_path / "s")
    sizes = {score.slice: score.n for score in run.cells[0].scores if score.slice}

    assert sizes["logic=Negation"] == 82
    assert sizes["logic=Conjunction"] == 40
    assert not any(";" in slice for slice in sizes)


def test_only_a_format_that_is_meant_is_written(program, tmp_path):
    """An unknown suffix is asked about, never filled with another format."""
    program("run", "majority", "--suite", "starter/topic", "--name", "r", check=0)
    done = program("report", "r", "-o", tmp_path / "x.xyz")

    assert done.returncode == 2
    assert not (tmp_path / "x.xyz").exists()
