"""Killed and crowded explanations lose nothing: items are leased, parts are whole, and what is done is not done again."""

import multiprocessing
import os
import random
import shutil
import signal
import time
from collections import Counter

import pytest

import benchwright
from benchwright import explain_cells
from benchwright.store import Store, attachments

ITEMS = 48
VIEW = f"explain/leave_one_out?examples={ITEMS}&faithfulness=no"
_fork = multiprocessing.get_context("fork")  # a fresh interpreter would take a second for each kill


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A store with the answers alone, and what an undisturbed process makes of them: the values of each item."""
    root = tmp_path_factory.mktemp("killed")
    benchwright.evaluate("tfidf", "starter/sentiment", store=root / "answers", name="answers", offline=True, limit=60)
    shutil.copytree(root / "answers", root / "whole")
    return root / "answers", values(explain(root / "whole"), root / "whole")


def explain(root):
    """The run, as any process performs it."""
    return benchwright.evaluate(
        "tfidf", VIEW, on="starter/sentiment", store=root, name="explained", offline=True, limit=60
    )


def values(run, root):
    """The explanations that a run tells of."""
    (told,) = run.explanations
    found = attachments.read(Store(root), told.key, told.attachment)
    assert list(found) != []
    assert set(found) == set(told.ids)
    return found


def _explain_slowly(root, log, seconds):
    """In a process of its own: each item takes some time and is logged when it is finished."""
    found = explain_cells.explain_items

    def slow(*given, **more):
        for one in found(*given, **more):
            time.sleep(seconds)
            with log.open("a") as file:
                file.write(f"{one.id}\n")
            yield one

    explain_cells.explain_items = slow
    explain(root)
    os._exit(0)


def started(root, log, seconds=0.003):
    """A process at work, which has explained an item."""
    before = len(logged(log))
    process = _fork.Process(target=_explain_slowly, args=(root, log, seconds))
    process.start()
    while process.is_alive() and len(logged(log)) == before:
        time.sleep(0.001)
    return process


def logged(log):
    """Ids of items that were finished, in whatever process."""
    return log.read_text().split() if log.exists() else []


@pytest.mark.parametrize("kills", [5, pytest.param(30, marks=pytest.mark.soak)])
def test_explaining_goes_on_after_kills_and_ends_in_the_values_of_an_undisturbed_run(whole, tmp_path, kills):
    """Killed at random moments; each kill costs a part of items at most."""
    chance, done, root, log = random.Random(20261127), 0, tmp_path / "store", tmp_path / "log"
    while done < kills:
        shutil.rmtree(root, ignore_errors=True)
        log.unlink(missing_ok=True)
        shutil.copytree(whole[0], root)
        here = 0
        while done < kills and here < 3:
            process = started(root, log)
            time.sleep(chance.uniform(0, 0.06))
            if process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
                here, done = here + 1, done + 1
            process.join()
            if process.exitcode == 0:
                break
        kept = _kept(root)
        assert values(explain(root), root) == whole[1]
        again = sum(count - 1 for count in Counter(logged(log)).values())
        lost = set(logged(log)) - kept
        assert again + len(lost) <= here * explain_cells.PART, f"{again} twice, {len(lost)} lost by {here} kills"
        assert not list(root.rglob("leases"))


def _kept(root):
    """Ids of the items in the parts that are there."""
    store = Store(root)
    (key,) = store.cell_keys()
    return {one for name in attachments.names(store, key) for one in attachments.read_ids(store, key, name)}


def test_two_processes_at_one_explanation_share_its_items(whole, tmp_path):
    """No item is explained twice, none is lost, and both end."""
    root, log = tmp_path / "store", tmp_path / "log"
    shutil.copytree(whole[0], root)
    first = started(root, log, 0.01)
    second = _fork.Process(target=_explain_slowly, args=(root, log, 0.01))
    second.start()
    for process in (first, second):
        process.join()
        assert process.exitcode == 0
    assert values(explain(root), root) == whole[1]
    assert sorted(logged(log)) == sorted(whole[1])


def test_an_interrupt_keeps_every_item_that_was_finished(whole, tmp_path, monkeypatch):
    """Ctrl-C in the middle of a part: its items are written, and the same command goes on behind them."""
    root, found = tmp_path / "store", explain_cells.explain_items
    shutil.copytree(whole[0], root)

    def interrupted(*given, **more):
        for number, one in enumerate(found(*given, **more)):
            if number == 5:
                raise KeyboardInterrupt
            yield one

    monkeypatch.setattr(explain_cells, "explain_items", interrupted)
    with pytest.raises(KeyboardInterrupt):
        explain(root)
    assert len(_kept(root)) == 5
    monkeypatch.setattr(explain_cells, "explain_items", found)
    run = explain(root)
    assert values(run, root) == whole[1]
    assert [cell.status for cell in run.cells] == ["scored", "explained"]
