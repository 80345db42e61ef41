"""Methods whose package is not there: said before anything runs, with what to type, also where the others of a run go on."""

from benchwright import explained_cells
from benchwright.cli.main import call

TASK = ("--limit", "5", "--offline", "--quiet")


def test_a_run_says_what_to_install_for_a_method_that_it_leaves_out(tmp_path, capsys, monkeypatch):
    """Asked for by name the method is refused; as one of the suite it is left out."""
    monkeypatch.setattr(explained_cells, "_is_installed", lambda package: package != "shap")
    store = ("--store", str(tmp_path / "store"))
    assert call(["run", "majority", "--suite", "explain", "--on", "starter/sentiment", *TASK, *store]) == 0
    (line,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("not run  explain/shap")]
    assert 'pip install "benchwright[explain]"' in line

    assert call(["explain", "majority", "--suite", "starter/sentiment", *TASK, *store]) == 2
    assert 'pip install "benchwright[explain]"' in capsys.readouterr().err
