import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
from dataclasses import replace

import pytest

from benchwright.errors import BenchwrightError
from benchwright_leaderboards import site
from benchwright_leaderboards.add import add
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.new import new_board
from benchwright_leaderboards.site import build
from benchwright_leaderboards.site_manifest import FILE


def contents(folder):
    """Path -> bytes of every file of a site, its manifest too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def entries_of(run, store, root, names, **more):
    for name in names:
        add(root, [f"{run}:{name}"], store=store, team=name, **more)


@pytest.fixture
def growing(small_store, tmp_path):
    """The folder of a board with two entries, to which more are added."""
    root = tmp_path / "growing"
    new_board(root, small_store.read_run("first"), small_store, title="Growing", baselines=["baseline"])
    entries_of("first", small_store, root, ["baseline", "second"])
    return root


def test_a_site_brought_up_to_date_is_that_which_is_built_anew_byte_for_byte(growing, small_store, tmp_path):
    first = build(growing, tmp_path / "site")
    assert first.unchanged == 0
    assert not first.removed
    entries_of("first", small_store, growing, ["best", "silent"])
    add(growing, ["part"], store=small_store, team="them")
    later = build(growing, tmp_path / "site")
    assert "models/best.html" in later.written
    assert later.unchanged > 0
    build(growing, tmp_path / "new")
    assert contents(tmp_path / "site") == contents(tmp_path / "new")


def test_a_build_of_the_same_board_writes_nothing_and_renders_nothing(small_board, tmp_path, monkeypatch):
    build(small_board, tmp_path / "site")
    before = contents(tmp_path / "site")

    def refuse():
        raise AssertionError("rendered")

    found = site.pages_of
    monkeypatch.setattr(
        site, "pages_of", lambda content, **more: [replace(page, render=refuse) for page in found(content, **more)]
    )
    again = build(small_board, tmp_path / "site")
    assert (again.written, again.removed) == ((), ())
    assert again.unchanged == len(before) - 1
    assert contents(tmp_path / "site") == before


def test_a_page_that_was_changed_emptied_or_deleted_is_written_again_and_other_files_stay(small_board, tmp_path):
    build(small_board, tmp_path / "site")
    before = contents(tmp_path / "site")
    (tmp_path / "site" / "index.html").write_text("mine now")
    (tmp_path / "site" / "board.csv").write_text("")
    (tmp_path / "site" / "models" / "best.html").unlink()
    (tmp_path / "site" / "CNAME").write_text("example.org")
    again = build(small_board, tmp_path / "site")
    assert sorted(again.written) == ["board.csv", "index.html", "models/best.html"]
    assert contents(tmp_path / "site") == before | {"CNAME": b"example.org"}


def test_files_of_pages_that_are_gone_are_removed_and_nothing_else(board_copy, tmp_path):
    build(board_copy, tmp_path / "site")
    (tmp_path / "site" / "models" / "mine.txt").write_text("kept")
    part = next(one for one in open_board(board_copy).submissions if one.team == "them")
    shutil.rmtree(board_copy / "submissions" / part.id)
    found = build(board_copy, tmp_path / "site")
    assert "models/part.html" in found.removed
    assert not (tmp_path / "site" / "models" / "part.html").exists()
    assert (tmp_path / "site" / "models" / "mine.txt").read_text() == "kept"
    build(board_copy, tmp_path / "new")
    assert contents(tmp_path / "site") == contents(tmp_path / "new") | {"models/mine.txt": b"kept"}


def test_a_build_that_was_stopped_is_continued_and_names_every_file_it_wrote(small_board, tmp_path, monkeypatch):
    found = site.pages_of

    def stop():
        raise KeyboardInterrupt

    def stopping(content, **more):
        pages = list(found(content, **more))
        return [*pages[:9], replace(pages[9], render=stop), *pages[10:]]

    with monkeypatch.context() as patch:
        patch.setattr(site, "pages_of", stopping)
        with pytest.raises(KeyboardInterrupt):
            build(small_board, tmp_path / "site")
    there = contents(tmp_path / "site")
    assert len(there) == 10
    assert json.loads(there[FILE])["files"].keys() >= there.keys() - {FILE}
    assert build(small_board, tmp_path / "site").unchanged == 9
    build(small_board, tmp_path / "new")
    assert contents(tmp_path / "site") == contents(tmp_path / "new")


@pytest.mark.skipif(sys.platform != "linux", reason="pages are made by forked processes on Linux alone")
def test_a_site_that_several_processes_made_is_that_of_one_also_where_some_of_them_die(
    small_board, tmp_path, monkeypatch
):
    build(small_board, tmp_path / "one")
    found, mine, makers = site.pages_of, os.getpid(), tmp_path / "makers"
    makers.mkdir()

    def watched(page):
        def render():
            (makers / str(os.getpid())).touch()
            if page.path == "index.html" and os.getpid() != mine:
                os.kill(os.getpid(), signal.SIGKILL)
            return page.render()

        return replace(page, render=render)

    monkeypatch.setattr(site, "pages_of", lambda content, **more: map(watched, found(content, **more)))
    monkeypatch.setattr(site, "processes_for", lambda count, least: 3)
    made = build(small_board, tmp_path / "several")
    assert len(list(makers.iterdir())) > 2
    assert contents(tmp_path / "several") == contents(tmp_path / "one")
    assert sorted(made.written) == sorted(contents(tmp_path / "one").keys() - {FILE})


@pytest.mark.skipif(sys.platform != "linux", reason="pages are made by forked processes on Linux alone")
def test_an_error_of_a_page_that_a_process_makes_is_raised_and_no_process_is_left(small_board, tmp_path, monkeypatch):
    found = site.pages_of

    def fail():
        raise BenchwrightError("no such answer")

    def failing(content, **more):
        pages = list(found(content, **more))
        return [*pages[:-1], replace(pages[-1], render=fail)]

    with monkeypatch.context() as patch:
        patch.setattr(site, "pages_of", failing)
        patch.setattr(site, "processes_for", lambda count, least: 2)
        with pytest.raises(BenchwrightError, match="no such answer"):
            build(small_board, tmp_path / "site")
    assert not multiprocessing.active_children()
    assert json.loads((tmp_path / "site" / FILE).read_text())["files"].keys() >= {"index.html"}
    assert build(small_board, tmp_path / "site").unchanged > 10


def test_a_file_that_no_build_wrote_is_never_replaced(small_board, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("mine")
    with pytest.raises(BenchwrightError, match=r"index\.html is there and `board build` did not write it"):
        build(small_board, tmp_path / "site")
    assert contents(tmp_path / "site") == {"index.html": b"mine"}


@pytest.mark.parametrize("path", ["../outside.txt", "/outside.txt", "models/../../outside.txt"])
def test_a_manifest_that_names_files_outside_of_the_site_removes_none(small_board, tmp_path, path):
    build(small_board, tmp_path / "site")
    (tmp_path / "outside.txt").write_text("kept")
    digest = hashlib.sha256(b"kept").hexdigest()
    manifest = json.loads((tmp_path / "site" / FILE).read_text())
    manifest["files"][path.replace("/outside", f"{tmp_path}/outside") if path[0] == "/" else path] = [digest, digest]
    (tmp_path / "site" / FILE).write_text(json.dumps(manifest))
    with pytest.raises(BenchwrightError, match="did not write it"):
        build(small_board, tmp_path / "site")
    assert (tmp_path / "outside.txt").read_text() == "kept"


@pytest.mark.parametrize("place", ["", "submissions/site", "releases", "derived/site", "inputs", ".."])
def test_a_site_is_not_written_among_the_files_of_its_board_nor_around_it(small_board, place):
    before = sorted(small_board.rglob("*"))
    with pytest.raises(BenchwrightError, match=r"keeps its own files|holds the board"):
        build(small_board, small_board / place)
    assert sorted(small_board.rglob("*")) == before


def test_a_site_may_be_a_folder_of_its_own_in_that_of_the_board(board_copy):
    build(board_copy, board_copy / "site")
    assert not build(board_copy, board_copy / "site").written


@pytest.mark.parametrize("names", [[], ["second"], ["baseline"], ["second", "best"], ["part"]])
def test_boards_of_none_one_and_two_entries_and_without_their_baseline_have_pages(small_store, tmp_path, names):
    root = tmp_path / "few"
    new_board(root, small_store.read_run("first"), small_store, title="Few", baselines=["baseline"])
    for name in names:
        add(root, [f"{'part' if name == 'part' else 'first'}:{name}"], store=small_store, team="us")
    content = assemble_board(open_board(root))
    ranks = [row.rank for row in content.overview.of("ranked")]
    assert ranks == {0: [], 1: ["1"] if names != ["part"] else [], 2: ["1–2", "1–2"]}[len(names)]
    build(root, tmp_path / "site")
    page = (tmp_path / "site" / "index.html").read_text()
    assert ("A baseline of this board is missing: baseline" in page) == ("baseline" not in names)
    assert "None" not in page
    assert "nan" not in page.lower().replace("nanosec", "")


def test_board_build_tells_what_it_did(small_board, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    from benchwright.cli.main import call

    assert call(["board", "build", "--board", str(small_board), "-o", "site"]) == 0
    pages = len(contents(tmp_path / "site")) - 1
    assert f"{pages} pages written, 0 unchanged, 0 removed: site/index.html" in capsys.readouterr().out
    assert call(["board", "build", "--board", str(small_board), "-o", "site", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "site": "site/index.html",
        "written": [],
        "unchanged": pages,
        "removed": [],
    }
