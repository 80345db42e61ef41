"""A run writes down what is finished while it goes on."""

import pytest

import benchwright
from benchwright import run as running
from benchwright.execution.outcome import NoProgress
from benchwright.store import Store


class Looks(NoProgress):
    """Reads the run whenever a cell begins."""

    def __init__(self, store):
        self.store, self.seen = store, []

    def start(self, cell, total, done):
        found = self.store.read_run("r")
        self.seen.append((found.complete, sorted(cell.status for cell in found.cells), self.store.is_at_work("r")))


def test_results_are_there_as_soon_as_they_are_finished_and_means_when_all_are(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "_OFTEN", 0.0)
    monkeypatch.setattr(running, "_SHARE", 1e9)
    store = Store(tmp_path / "store")
    looks = Looks(store)

    run = benchwright.evaluate(["constant:positive", "majority"], "starter", store=store.root, name="r", progress=looks)

    assert [(complete, statuses.count("scored")) for complete, statuses, _ in looks.seen] == [
        (False, 0),
        (False, 1),
        (False, 2),
    ]
    assert all(at_work for *_, at_work in looks.seen)
    assert store.is_at_work("r") is False
    assert run.complete
    assert run.aggregates
    assert store.read_run("r") == run


def test_what_was_finished_stays_when_the_run_is_broken_off(tmp_path, monkeypatch):
    """The second cell is interrupted; the first is a result of the unfinished run, with the same numbers as later."""
    monkeypatch.setattr(running, "_OFTEN", 0.0)
    store = Store(tmp_path / "store")

    class Stops(NoProgress):
        cells = 0

        def start(self, cell, total, done):
            self.cells += 1
            if self.cells == 2:
                raise KeyboardInterrupt

    asked = (["majority", "tfidf"], "starter/sentiment")
    with pytest.raises(KeyboardInterrupt):
        benchwright.evaluate(*asked, store=store.root, name="r", progress=Stops())
    broken = store.read_run("r")
    assert not broken.complete
    assert [cell.status for cell in broken.cells].count("scored") == 1
    assert store.is_at_work("r") is False

    whole = benchwright.evaluate(*asked, store=store.root, name="r")
    early = next(cell for cell in broken.cells if cell.status == "scored")
    late = next(cell for cell in whole.cells if cell.model == early.model)
    assert (early.score, early.scores) == (late.score, late.scores)
