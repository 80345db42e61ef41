"""Bad input is one message with a next step, an exit code of 2 or 3, and nothing half-written."""

import errno
import json
import os

import pytest

from benchwright.store import atomic

GOLD = [("good film", 1), ("bad film", 0), ("fine", 1), ("awful", 0)]


@pytest.fixture
def data(write):
    """A tiny SST-2 in the official layout, with a train split."""
    rows = "".join(f"{text}\t{label}\n" for text, label in GOLD)
    write("data/SST-2/train.tsv", "sentence\tlabel\n" + rows)
    return write("data/SST-2/dev.tsv", "sentence\tlabel\n" + rows).parents[1]


def check_refused(done, *words, code=2):
    """One error message that says all the words; no traceback; nothing written."""
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error:") == 1
    for word in words:
        assert word in done.stderr, f"{word!r} is not in:\n{done.stderr}"


def check_nothing_written(tmp_path):
    """No cell, no run, no leftover."""
    assert not list((tmp_path / "store").rglob("*"))


def test_unknown_adapter_is_suggested(program, tmp_path):
    """A misspelt adapter is named with what was meant."""
    check_refused(program("run", "tfdif", "--suite", "starter"), "tfdif", "tfidf", "next:")
    check_nothing_written(tmp_path)


def test_unknown_task_and_suite_are_told_together(program, tmp_path):
    """Two wrong selectors give one message with both."""
    check_refused(program("run", "majority", "--suite", "glue/sst3,gleu"), "sst3", "glue/sst2", "gleu", "2 problems")
    check_nothing_written(tmp_path)


def test_unknown_option_is_suggested(program, tmp_path):
    """An option the adapter does not have is refused with those it has."""
    check_refused(program("run", "tfidf?ngram=2", "--suite", "starter"), "ngram", "ngrams")
    check_nothing_written(tmp_path)


def test_data_folder_without_the_file(program, tmp_path, data):
    """A named task without its file lists the accepted names."""
    check_refused(program("run", "majority", "--suite", "glue/cola", "--data", data), "cola", "CoLA/dev.tsv", "next:")
    check_nothing_written(tmp_path)


def test_no_such_data_folder(program, tmp_path):
    """A data folder that is not there is an error, not an empty run."""
    check_refused(program("run", "majority", "--suite", "glue", "--data", tmp_path / "nope"), "nope", "--data")
    check_nothing_written(tmp_path)


def test_nothing_to_measure_is_code_3(program, tmp_path):
    """A whole suite without any file measures nothing and says so with code 3."""
    (tmp_path / "empty").mkdir()
    check_refused(
        program("run", "majority", "--suite", "glue", "--data", tmp_path / "empty"), "nothing", "sst2", code=3
    )
    check_nothing_written(tmp_path)


def test_a_row_with_a_missing_column_names_file_and_line(program, tmp_path, data):
    """A ragged TSV row is told with file and line."""
    path = data / "SST-2" / "dev.tsv"
    path.write_text("sentence\tlabel\ngood film\t1\nno label here\nfine\t1\n")
    check_refused(program("run", "majority", "--suite", "glue/sst2", "--data", data), "dev.tsv", "3")
    check_nothing_written(tmp_path)


def test_a_missing_column_names_the_columns_there_are(program, tmp_path, data):
    """A file without the label column says which columns it has."""
    (data / "SST-2" / "dev.tsv").write_text("sentence\tstars\ngood film\t1\n")
    check_refused(program("run", "majority", "--suite", "glue/sst2", "--data", data), "label", "stars")
    check_nothing_written(tmp_path)


def test_an_unknown_label_in_the_data_names_its_row(program, tmp_path, data):
    """A gold label the task does not know is told with file, line and the known labels."""
    (data / "SST-2" / "dev.tsv").write_text("sentence\tlabel\ngood film\t1\nodd film\t7\n")
    check_refused(program("run", "majority", "--suite", "glue/sst2", "--data", data), "dev.tsv", "3", "7", "positive")
    check_nothing_written(tmp_path)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"index": i, "label": "positive"} for i in (0, 1, 2)], ["missing", "3"]),
        ([{"index": i, "label": "positive"} for i in (0, 1, 2, 3, 3)], ["duplicated", "sst2/3"]),
        ([{"index": i, "label": "positive"} for i in (0, 1, 2, 3, 4)], ["foreign", "4"]),
        ([{"index": i, "label": "positive"} for i in (0, 0, 9)], ["missing", "duplicated", "foreign"]),
        ([{"index": i, "label": "good"} for i in range(4)], ["good", "positive", "line 1"]),
        ([{"label": "positive"}], ["index", "line 1"]),
        ([{"index": i, "scores": {"negative": 1.0}} for i in range(4)], ["scores", "line 1"]),
    ],
)
def test_predictions_that_do_not_fit_are_refused(program, tmp_path, data, write, rows, words):
    """Missing, duplicated and foreign ids, unknown labels and partial scores are refused before anything runs."""
    path = write("mine.jsonl", rows)
    check_refused(program("run", f"predictions:{path}", "--suite", "glue/sst2", "--data", data), *words)
    check_nothing_written(tmp_path)


def test_nan_scores_are_refused(program, tmp_path, data, write):
    """A score that is not a number is refused with its line."""
    rows = "".join(f'{{"index": {i}, "scores": {{"negative": NaN, "positive": 0.5}}}}\n' for i in range(4))
    path = write("mine.jsonl", rows)
    check_refused(program("run", f"predictions:{path}", "--suite", "glue/sst2", "--data", data), "line 1", "finite")
    check_nothing_written(tmp_path)


def test_label_names_that_do_not_match_are_refused(program, tmp_path, data, write):
    """A predictions file in another vocabulary shows both lists."""
    path = write("mine.jsonl", [{"index": i, "label": "LABEL_1"} for i in range(4)])
    check_refused(program("run", f"predictions:{path}", "--suite", "glue/sst2", "--data", data), "LABEL_1", "negative")
    check_nothing_written(tmp_path)


def test_a_secret_in_an_option_is_refused_and_not_repeated(program, tmp_path):
    """A literal token never reaches a record, not even the error message."""
    done = program("run", "tfidf?token=hf_abcdefghijklmnop", "--suite", "starter")
    check_refused(done, "token", "env:")
    assert "abcdefghijklmnop" not in done.stderr
    check_nothing_written(tmp_path)


def test_an_address_with_a_password_is_refused(program, tmp_path):
    """User information in an address is refused and not repeated."""
    done = program("run", "predictions:https://me:pass@host/p.jsonl", "--suite", "starter/sentiment")
    check_refused(done, "user information")
    assert "pass@" not in done.stderr


def test_a_run_name_of_another_spec_is_refused(program, data):
    """A name is never silently reused for another specification."""
    program("run", "majority", "--suite", "glue/sst2", "--data", data, "--name", "mine", check=0)
    again = program("run", "majority", "--suite", "glue/sst2", "--data", data, "--name", "mine", check=0)
    assert "stored" in again.stdout

    check_refused(program("run", "tfidf", "--suite", "glue/sst2", "--data", data, "--name", "mine"), "mine", "--name")


def test_a_run_name_is_not_reused_for_other_data(program, data):
    """The same command on changed data under the same name is an error that says what changed."""
    program("run", "majority", "--suite", "glue/sst2", "--data", data, "--name", "mine", check=0)
    (data / "SST-2" / "dev.tsv").write_text("sentence\tlabel\nbad film\t0\ngood film\t1\n")

    check_refused(
        program("run", "majority", "--suite", "glue/sst2", "--data", data, "--name", "mine"), "data", "--name"
    )


def test_a_store_that_is_a_file_is_refused(program, tmp_path):
    """A store path that cannot be a folder is told, with another to choose."""
    (tmp_path / "file").write_text("")
    check_refused(program("run", "majority", "--suite", "starter", "--store", tmp_path / "file"), "--store")


def test_a_run_file_lists_all_its_problems(program, tmp_path, write):
    """Five mistakes in a run file are five lines of one message."""
    path = write(
        "run.toml",
        """
        sutie = ["starter"]
        seed = "zero"
        precision = "sloppy"
        [[model]]
        ref = "majorty"
        """,
    )
    check_refused(program("run", path), "5 problems", "sutie", "suite", "seed", "precision", "majorty")
    check_nothing_written(tmp_path)


@pytest.mark.parametrize("problem", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_full_or_read_only_disk_leaves_nothing_half_written(tmp_path, monkeypatch, problem):
    """A write that fails leaves the old file whole, no temporary file, and says what to do."""
    from benchwright.errors import StoreError

    path = tmp_path / "cells" / "records.parquet"
    atomic.write(path, b"old")

    def fail(*_):
        raise OSError(problem, os.strerror(problem))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreError) as told:
        atomic.write(path, b"new")

    assert path.read_bytes() == b"old"
    assert [file.name for file in path.parent.iterdir()] == ["records.parquet"]
    assert "--store" in str(told.value)


def test_a_disk_that_fills_during_a_run_keeps_the_finished_shards(program, tmp_path, sleepy):
    """With room for a few files only, a run ends with code 2 and goes on once there is room."""
    env = {**sleepy, "SLEEPY_SECONDS": "0"}
    site = tmp_path / "plugin" / "sitecustomize.py"
    site.write_text(
        "import os, errno\n"
        "real, count = os.fsync, [0]\n"
        "def fsync(fd):\n"
        "    count[0] += 1\n"
        "    if count[0] > 8 and os.environ.get('DISK') == 'full':\n"
        "        raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "    return real(fd)\n"
        "os.fsync = fsync\n"
    )
    command = ("run", "m=sleepy:", "--suite", "starter/sentiment", "--shard", "32")
    full = program(*command, env={**env, "DISK": "full"})

    check_refused(full, "no space left", "prune")
    assert 1 <= len(list((tmp_path / "store").glob("cells/*/shards/*.parquet"))) < 12
    assert not list((tmp_path / "store").rglob("*.tmp"))
    after = program(*command, env=env, check=0)
    assert "finished earlier" in after.stderr


def test_a_broken_example_fails_its_cell_within_the_budget(program, sleepy):
    """One example that breaks the model fails the cell with code 1; a budget of one records it as errored."""
    env = {**sleepy, "SLEEPY_MODE": "BREAK", "SLEEPY_SECONDS": "0"}
    command = ("run", "m=sleepy:", "majority", "--suite", "starter/sentiment", "--format", "json")
    failed = json.loads(program(*command, env=env, check=1).stdout)["results"]
    assert [row["status"] for row in failed] == ["failed", "scored"]
    assert "sentiment/7" in failed[0]["reason"]

    (kept, _) = json.loads(program(*command, "--errors", "1", env=env, check=0).stdout)["results"]
    assert kept["ledger"]["errored"] == 1
    assert kept["metrics"]["accuracy"]["errored"] == 1
    assert kept["metrics"]["accuracy"]["n"] == kept["ledger"]["total"] - 1


def test_nan_from_a_model_is_an_errored_example(program, sleepy):
    """Scores that are not finite never become an answer."""
    env = {**sleepy, "SLEEPY_MODE": "NAN", "SLEEPY_SECONDS": "0"}
    done = program("run", "m=sleepy:", "--suite", "starter/sentiment", "--format", "json", env=env, check=1)

    assert "not finite" in json.loads(done.stdout)["results"][0]["reason"]
