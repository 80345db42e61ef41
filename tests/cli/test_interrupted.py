"""What is said where Ctrl-C ends a verb."""

import pytest

from benchwright import reporting
from benchwright.cli import main, run
from benchwright.store import Store


def interrupt(*_args, **_options):
    raise KeyboardInterrupt


def test_an_interrupted_report_says_that_nothing_was_written(tmp_path, monkeypatch, capsys):
    """A report keeps no shard and no step of a training: there is nothing to continue."""
    monkeypatch.setattr(reporting, "compose", interrupt)
    assert main.call(["report", "r", "--store", str(tmp_path), "-o", str(tmp_path / "r.html")]) == main.EXIT_INTERRUPTED
    said = capsys.readouterr().err
    assert "interrupted: nothing was written" in said
    assert "shard" not in said


def test_an_interrupted_run_says_what_is_kept(monkeypatch, capsys):
    """What is finished of a run stays in the store."""
    monkeypatch.setattr(run, "run_spec", interrupt)
    assert main.call(["run", "majority", "--suite", "glue"]) == main.EXIT_INTERRUPTED
    assert "interrupted: every finished profile, shard, explanation and step" in capsys.readouterr().err


@pytest.mark.parametrize("name", [""])
def test_a_report_without_a_file_name_is_refused_before_it_is_made(tmp_path, monkeypatch, capsys, name):
    """`-o ""`, as of a shell variable that is not set: nothing is computed first."""
    monkeypatch.setattr(reporting, "compose", interrupt)
    assert main.call(["report", "r", "--store", str(Store(tmp_path).root), "-o", name]) == main.EXIT_USAGE
    assert "as in -o report.html" in capsys.readouterr().err
