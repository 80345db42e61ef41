"""`benchwright submit` as a person types it."""

import io
import json
import zipfile

import pytest


def bundle(**files):
    """A zip with a few files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def test_a_bad_zip_is_refused_with_every_reason(program, write):
    """--check exits 1 and lists all that is wrong, on one line each."""
    path = write("mine.zip", bundle(WNLI__tsv="index\tprediction\r\n0\t7\r\n"))

    done = program("submit", "--check", path, "--suite", "glue", check=1)

    lines = done.stdout.splitlines()
    assert "- AX.tsv: is missing from the zip" in lines
    assert "- WNLI.tsv: has CRLF (or CR) line ends; lines end with LF alone (line 1)" in lines
    assert "- WNLI.tsv: has a prediction that is not one of 0, 1 (line 2: '7')" in lines
    assert "- WNLI.tsv: has 1 rows, the test split has 146" in lines
    assert lines[-1] == f"mine.zip: {len(lines) - 1} reasons to reject it"


def test_json(program, write):
    """For programs the reasons are a list."""
    path = write("mine.zip", bundle())

    told = json.loads(program("submit", "--check", path, "--suite", "superglue", "--format", "json", check=1).stdout)

    assert len(told["problems"]) == 10
    assert len(told["unchecked"]) == 2


@pytest.mark.parametrize(
    ("unchecked", "last"),
    [
        (("ReCoRD.jsonl: whether each label",), "no fault found; not checked: ReCoRD.jsonl against the test data"),
        ((), "a good superglue submission"),
    ],
)
def test_what_was_not_checked_is_not_called_good(capsys, monkeypatch, write, tmp_path, unchecked, last):
    """The verdict names the files that no test data were there for; with --data, that they are not in that folder."""
    from benchwright.cli.main import call
    from benchwright.submit import official_zip as judged

    path = write("mine.zip", bundle())
    monkeypatch.setattr(judged, "check_zip", lambda *_, **__: ((), unchecked))

    assert call(["submit", "--check", str(path), "--suite", "superglue", "--data", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:-1] == [f"not checked, its test file is not in {tmp_path}: {what}" for what in unchecked]
    assert lines[-1] == f"mine.zip: {last}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--suite", "glue"], "say RUN and -o FILE.zip, or --check FILE.zip"),
        (["x", "--suite", "glue"], "say RUN and -o FILE.zip"),
        (["x", "--suite", "squad", "-o", "x.zip"], "'squad' is not one of"),
        (["x", "--suite", "glue", "-o", "x.zip", "--data", "."], "--data belongs to --check"),
        (["none", "--suite", "glue", "-o", "x.zip"], "no run 'none'"),
    ],
)
def test_usage(program, words, said):
    """What cannot be meant is told, exit code 2."""
    assert said in program("submit", *words, check=2).stderr


def test_a_run_without_test_predictions(program, tmp_path):
    """A run on validation data is refused with every missing task and what to run; nothing is written."""
    program("run", "majority", "--suite", "starter", "--name", "mine", check=0)

    done = program("submit", "mine", "--suite", "glue", "-o", "out.zip", check=2)

    assert done.stderr.count("no predictions of the test split (it was not run)") == 11
    assert "--split test --unlabelled" in done.stderr
    assert not (tmp_path / "out.zip").exists()
