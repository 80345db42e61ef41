"""`benchwright new behaviour`: the folder that it writes runs, passes its test and is clean, at once."""

import os
import subprocess
import sys

import pytest


def test_what_it_writes_passes_its_test_is_clean_and_makes_the_same_file_again(program, tmp_path):
    done = program("new", "behaviour", "our_reviews", "--directory", "deep", check=0)

    folder = tmp_path / "deep" / "our_reviews"
    written = (folder / "our_reviews.jsonl").read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == [
        "our_reviews.jsonl",
        "our_reviews.py",
        "test_our_reviews.py",
    ]
    assert all(path.name in done.stdout for path in folder.iterdir())

    (folder / "our_reviews.jsonl").unlink()
    python("our_reviews.py", cwd=folder)
    assert (folder / "our_reviews.jsonl").read_bytes() == written

    tested = python("-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", ".", cwd=folder)
    assert "2 passed" in tested.stdout
    python(
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--line-length=120",
        "--select=E,F,I,B,UP,SIM,ANN,D1",
        "our_reviews.py",
        cwd=folder,
    )
    python("-m", "ruff", "check", "--isolated", "--line-length=120", "--select=E,F,I", ".", cwd=folder)
    python("-m", "ruff", "format", "--isolated", "--line-length=120", "--check", ".", cwd=folder)


def python(*args, cwd):
    """Run Python; returns the finished process, which must have succeeded."""
    done = subprocess.run(
        [sys.executable, *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_the_command_that_it_proposes_runs_the_suite(program, tmp_path):
    said = program("new", "behaviour", "our_reviews", check=0).stdout
    selector = next(line.split("--suite ")[1].strip("'") for line in said.splitlines() if "--suite" in line)

    done = program("run", "constant:positive", "--suite", selector, check=0)

    assert "failure_rate" in done.stdout
    assert "300 cases" in done.stdout


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("Our-Reviews", "new behaviour our_reviews"),
        ("class", "new behaviour my_behaviour"),
        ("sentiment", "new behaviour my_sentiment"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(name, proposed, program, tmp_path):
    done = program("new", "behaviour", name, check=2)

    assert proposed in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(program, tmp_path):
    (tmp_path / "mine").mkdir()

    done = program("new", "behaviour", "mine", check=2)

    assert "nothing is overwritten" in done.stderr
    assert list((tmp_path / "mine").iterdir()) == []
