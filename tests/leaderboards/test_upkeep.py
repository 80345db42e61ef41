"""Entries are taken back and stay listed; scores are computed anew and what stood before is kept; damage is found."""

import json
import shutil
from dataclasses import replace

import msgspec
import pytest

from benchwright import registry
from benchwright.errors import BenchwrightError
from benchwright.store import atomic
from benchwright.store.folder import to_json
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.check import check, prune
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.listing import warnings_of
from benchwright_leaderboards.ranking import is_whole
from benchwright_leaderboards.release import release_board
from benchwright_leaderboards.rescore import rescore
from benchwright_leaderboards.table_view import view_table
from benchwright_leaderboards.withdraw import withdraw

TOPIC, NER = "classification/custom", "ner/custom"


def entry(root, name):
    return next(one for one in open_board(root).entries if one.entry.id == name)


def problems(root):
    return [(one.where, one.problem, one.damaged) for one in check(root)]


def test_a_withdrawn_entry_stays_listed_and_unranked(board_copy):
    """With its reason; nobody else gets its id, and a baseline cannot go while board.toml names it."""
    withdraw(board_copy, "second", reason="trained on the test split")
    found = entry(board_copy, "second")
    assert found.withdrawn.reason == "trained on the test split"
    assert not is_whole(open_board(board_copy), found)
    content = assemble_board(open_board(board_copy))
    row = next(row for row in content.overview.rows if row.entry.entry.id == "second")
    assert (row.status, row.place) == ("withdrawn", None)
    with pytest.raises(BenchwrightError, match="was withdrawn on"):
        withdraw(board_copy, "second", reason="again")
    with pytest.raises(BenchwrightError, match=r"board.toml names baseline as a baseline"):
        withdraw(board_copy, "baseline", reason="too weak")
    with pytest.raises(BenchwrightError, match="no entry 'third'"):
        withdraw(board_copy, "third", reason="x")
    with pytest.raises(BenchwrightError, match="a reason of 1 characters"):
        withdraw(board_copy, "best", reason=" ")
    assert check(board_copy) == ()


def test_a_new_version_of_a_metric_rescored(board_copy, monkeypatch):
    """A board says that metrics are older; scores are computed anew from the answers, and what stood before is kept with its version."""
    metric = registry.get("metrics", "accuracy")
    before = entry(board_copy, "silent").entry.result(TOPIC)
    newer = replace(metric, version=metric.version + 1)
    real = registry.get
    monkeypatch.setattr(registry, "get", lambda group, name: newer if name == "accuracy" else real(group, name))
    told = [problem for _, problem, damaged in problems(board_copy) if not damaged]
    assert len(told) == 5
    assert all("accuracy@1" in text and "accuracy@2" in text and "board rescore" in text for text in told)
    dry = rescore(board_copy, dry_run=True)
    assert entry(board_copy, "silent").entry.result(TOPIC) == before
    made = rescore(board_copy)
    assert [(one.entry, one.path) for one in made.changed] == [(one.entry, one.path) for one in dry.changed]
    assert [one.entry for one in made.changed] == ["best", "second", "silent", "baseline", "part"]
    after = entry(board_copy, "silent")
    assert after.entry.result(TOPIC).scores[0].metric == "accuracy@2"
    (line,) = [one for one in after.submission.history if one.entry == "silent"]
    assert line.before == before
    assert rescore(board_copy).changed == ()
    assert check(board_copy) == ()


def test_rows_on_other_data_are_stale_and_say_so(board_copy):
    """A board.toml with the digest of other data: entries of that task are unranked until they answer it."""
    digest = open_board(board_copy).spec.digest(NER)
    path = board_copy / "board.toml"
    path.write_text(path.read_text().replace(digest, "0" * 64))
    made = rescore(board_copy)
    assert made.stale == dict.fromkeys(("best", "second", "silent", "baseline"), (NER,))
    content = assemble_board(open_board(board_copy))
    assert {row.entry.entry.id: row.status for row in content.overview.rows} == {
        "best": "stale",
        "second": "stale",
        "silent": "stale",
        "baseline": "stale",
        "part": "partial",
    }
    assert any("stale, and unranked: best, second, silent, baseline" in text for _, text, _ in problems(board_copy))


def test_a_sound_board(small_board):
    """Nothing is said of a board as it was made."""
    assert check(small_board) == ()


def records_of(root, name):
    found = entry(root, name)
    return found.root / "store" / "cells" / found.entry.result(TOPIC).key / "records.parquet"


@pytest.mark.parametrize("what", ["changed", "gone", "more"])
def test_damaged_files_are_found(board_copy, what):
    """A file that was changed, is gone, or was put there."""
    path = records_of(board_copy, "best")
    if what == "changed":
        path.write_bytes(path.read_bytes() + b" ")
    elif what == "gone":
        path.unlink()
    else:
        (path.parent / "more.txt").write_text("x")
    told = {"changed": "was changed", "gone": "is gone", "more": "is none of its files"}[what]
    assert any(told in text and damaged for _, text, damaged in problems(board_copy))


def test_a_score_that_was_written_by_hand_is_found(board_copy):
    """In submission.json, whose scores are those of the board: the answers say otherwise, and rescore puts them right."""
    path = entry(board_copy, "part").root / "submission.json"
    told = json.loads(path.read_text())
    told["entries"][0]["results"][0]["score"]["value"] = 0.99
    path.write_text(json.dumps(told))
    ((where, problem, damaged),) = problems(board_copy)
    assert (where, damaged) == ("part", True)
    assert "score was 0.99, the answers say 0.866" in problem
    assert [one.why for one in rescore(board_copy).changed] == [problem.removeprefix(f"{TOPIC}: ")]
    assert check(board_copy) == ()


def rewrite(root, name, **fields):
    """Write fields of every result of an entry by hand."""
    path = entry(root, name).root / "submission.json"
    told = json.loads(path.read_text())
    for one in told["entries"]:
        for result in one["results"] if one["id"] == name else ():
            result.update(fields)
    path.write_text(json.dumps(told))


def test_an_alarm_that_was_taken_out_by_hand_is_found(board_copy):
    """As a score that was written by hand is: the answers say otherwise, and rescore puts the alarm back."""
    (before,) = entry(board_copy, "silent").entry.result(TOPIC).alarms
    rewrite(board_copy, "silent", alarms=[])
    (where, problem, damaged), *_ = problems(board_copy)
    assert (where, damaged) == ("silent", True)
    assert f"alarms were none, the answers say {before.sentence}" in problem
    rescore(board_copy)
    assert entry(board_copy, "silent").entry.result(TOPIC).alarms == (before,)
    assert check(board_copy) == ()


def test_entries_of_an_earlier_version_are_looked_at_by_rescore(board_copy):
    """Nobody looked for alarms about them: tables and lists say so, and no score or history changes when it is made up for."""
    rewrite(board_copy, "silent", alarms=None, checks=0)
    board = open_board(board_copy)
    content = assemble_board(board)
    for table in (content.overview, *content.tasks):
        view = view_table(content, table, name="t", caption="c")
        assert "? alarms not looked for" in "".join(view.rows_html(group, "") for group in view.groups)
        assert "?: 1 entry scored before this board looked for alarms: type benchwright board rescore." in view.notes
    assert "alarms not looked for in results of silent" in "\n".join(warnings_of(board))
    assert not any(damaged for _, _, damaged in problems(board_copy))
    made = rescore(board_copy)
    assert (made.changed, made.looked) == ((), 2)
    after = entry(board_copy, "silent")
    assert (after.entry.result(TOPIC).alarms[0].code, after.submission.history) == ("errored", ())
    assert rescore(board_copy).looked == 0


def test_changed_texts_and_broken_json_are_found(board_copy):
    """Texts that are gone or those of others, a submission.json that is cut."""
    (path,) = (board_copy / "inputs").glob("classification-*.parquet")
    content = path.read_bytes()
    path.unlink()
    assert any("is gone" in text for _, text, _ in problems(board_copy))
    shutil.copy(next((board_copy / "inputs").glob("ner-*.parquet")), path)
    assert any("texts are those of other examples" in text for _, text, _ in problems(board_copy))
    path.write_bytes(content)
    broken = entry(board_copy, "part").root / "submission.json"
    broken.write_text(broken.read_text()[:-20])
    assert any("cannot be read" in text for _, text, _ in problems(board_copy))


def test_what_was_left_behind_is_pruned(board_copy):
    """Drafts of processes that are gone and texts that no submission uses; those of living processes stay."""
    draft = board_copy / "submissions" / ".0123.1-00000000.tmp"
    (draft / "store").mkdir(parents=True)
    (board_copy / "inputs" / "unused.parquet").write_bytes(b"x")
    assert [where for where, _, _ in problems(board_copy)] == [
        "submissions/.0123.1-00000000.tmp",
        "inputs/unused.parquet",
    ]
    with atomic.beside(board_copy / "inputs" / "y.parquet") as living:
        assert {path.name for path in prune(board_copy)} == {draft.name, "unused.parquet"}
        assert living.exists()
    (board_copy / "inputs" / "y.parquet").unlink()
    assert check(board_copy) == ()


def test_two_entries_of_one_id_are_found(board_copy):
    """As after two people added to copies of a board and put both folders together."""
    path = entry(board_copy, "part").root / "submission.json"
    made = entry(board_copy, "part").submission
    renamed = msgspec.structs.replace(made.entries[0], id="Best")
    path.write_bytes(to_json(msgspec.structs.replace(made, entries=(renamed,))))
    assert ("best", "2 entries have this id", True) in problems(board_copy)


def test_a_board_that_cannot_be_written_is_told_as_a_board(board_copy):
    """Each verb that would change it says so, and names no store."""
    (board_copy / ".lock").unlink(missing_ok=True)
    (board_copy / ".lock").mkdir()
    for change in (
        lambda: withdraw(board_copy, "best", reason="r"),
        lambda: rescore(board_copy),
        lambda: release_board(board_copy, "1"),
        lambda: prune(board_copy),
    ):
        with pytest.raises(BenchwrightError) as error:
            change()
        assert f"the board in {board_copy} cannot be changed" in str(error.value)
        assert "--store" not in str(error.value)
