"""Releases: immutable snapshots with a digest over the whole."""

import hashlib
import json
import re
import shutil

import pytest

from benchwright.cli.main import call
from benchwright.errors import BenchwrightError, StoreError
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.check import check
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.release import release_board
from benchwright_leaderboards.release_pages import release_pages
from benchwright_leaderboards.releases import find_damage, read_releases


@pytest.fixture(scope="module")
def released(small_board, tmp_path_factory):
    """A board with two releases; tests only read it."""
    root = tmp_path_factory.mktemp("released") / "board"
    shutil.copytree(small_board, root)
    release_board(root, "2026.10")
    release_board(root, "2026.11")
    return root


@pytest.fixture
def copied(released, tmp_path):
    return shutil.copytree(released, tmp_path / "board")


def test_a_release_holds_what_stood_and_the_digest_of_every_file(released):
    first, second = read_releases(released)
    assert [one.id for one in first.entries][-1] == "part"
    best = next(one for one in first.entries if one.id == "best")
    assert best.scores["classification/custom"] == pytest.approx(57 / 60)
    assert best.ranks[""][0] == 1
    assert best.metrics["classification/custom"][0] == "accuracy@1"
    assert second.earlier == {"2026.10": first.digest}
    for path, digest in first.files.items():
        assert hashlib.sha256((released / "releases" / "2026.10" / path).read_bytes()).hexdigest() == digest
    assert {"board.toml", "site/index.html", "site/models/best.html", "site/board.json"} <= set(first.files)
    assert list(find_damage(released)) == []


def test_its_digest_is_that_of_its_content_by_another_way(released):
    value = json.loads((released / "releases" / "2026.10" / "release.json").read_bytes())
    told, value["digest"] = value["digest"], ""
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(written.encode()).hexdigest() == told


def test_a_release_has_no_text_of_an_item_and_no_page_of_a_pair(released):
    pages = {path: path.read_text() for path in (released / "releases" / "2026.10" / "site").rglob("*.html")}
    assert not any("text 0" in html or "Rome" in html or "timed out" in html for html in pages.values())
    assert not any("compare/" in html for html in pages.values())
    for path, html in pages.items():
        for href in re.findall(r'href="([^"#?]+)', html):
            if ":" not in href and not href.startswith("../../../index") and "releases.html" not in href:
                target = (path.parent / href).resolve()
                assert target.exists() or target == (released / "releases" / "index.html").resolve(), (path, href)


def test_a_name_is_never_used_twice(copied):
    before = {path: path.read_bytes() for path in (copied / "releases").rglob("*") if path.is_file()}
    for name in ("2026.10", "2026.11"):
        with pytest.raises(BenchwrightError, match="already"):
            release_board(copied, name)
    assert {path: path.read_bytes() for path in (copied / "releases").rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../x",
        "a/b",
        ".hidden",
        "latest",
        "Latest",
        "a b",
        "x" * 65,
        "-x",
        "a\n",
        "a\x00",
        "con",
        "a.",
        "index.html",
    ],
)
def test_a_name_that_is_no_plain_name_is_refused(copied, name):
    with pytest.raises(BenchwrightError, match="cannot be the name"):
        release_board(copied, name)


def test_what_release_says_to_a_program_is_one_document(small_board, tmp_path, capsys):
    root = shutil.copytree(small_board, tmp_path / "board")
    assert call(["board", "release", "1", "--board", str(root), "--format", "json"]) == 0
    (made,) = read_releases(root)
    assert json.loads(capsys.readouterr().out) == {"release": "1", "digest": made.digest, "made": made.made}


@pytest.mark.parametrize("path", ["site/index.html", "board.toml", "site/models/best.html", "site/board.json"])
def test_a_changed_file_is_told_and_never_published(copied, path):
    place = copied / "releases" / "2026.10" / path
    place.write_bytes(place.read_bytes().replace(b"b", b"B", 1))
    assert list(find_damage(copied)) == [f"release 2026.10: {path} was changed"]
    pages = {page.path: page for page in release_pages(assemble_board(open_board(copied)))}
    if path.startswith("site/"):
        with pytest.raises(StoreError, match="was changed"):
            pages[f"releases/2026.10/{path.removeprefix('site/')}"].render()


def test_board_check_tells_of_a_changed_release(copied):
    assert check(copied) == ()
    place = copied / "releases" / "2026.10" / "site" / "index.html"
    place.write_text(place.read_text() + " ")
    assert [(one.what, one.problem) for one in check(copied)] == [
        ("release", "release 2026.10: site/index.html was changed")
    ]


def test_a_missing_file_one_more_and_a_missing_release_are_told(copied):
    (copied / "releases" / "2026.11" / "board.toml").unlink()
    (copied / "releases" / "2026.11" / "site" / "more.html").write_text("<p>more")
    assert list(find_damage(copied)) == [
        "release 2026.11: board.toml is missing",
        "release 2026.11: site/more.html is no file of it",
    ]
    shutil.rmtree(copied / "releases" / "2026.10")
    assert any("names an earlier release 2026.10, which is not there" in line for line in find_damage(copied))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda value: value["entries"][0]["scores"].update({"classification/custom": 1.0}), "its digest is another"),
        (lambda value: value.update(made="2020-01-01T00:00:00+00:00"), "its digest is another"),
        (lambda value: value.update(name="other"), "is of a release called other"),
        (lambda value: value["files"].update({"../../../x.html": "0" * 64}), "its digest is another"),
        (lambda value: value.update(schema="x"), "cannot be read"),
    ],
)
def test_a_changed_record_is_told_and_stops_the_site(copied, change, expected):
    path = copied / "releases" / "2026.10" / "release.json"
    value = json.loads(path.read_bytes())
    change(value)
    path.write_text(json.dumps(value))
    assert any(expected in line for line in find_damage(copied))
    with pytest.raises(StoreError, match=expected):
        list(release_pages(assemble_board(open_board(copied))))


def test_a_record_with_a_fitting_digest_cannot_name_files_outside_of_its_folder(copied):
    import msgspec

    from benchwright_leaderboards.releases import Release, digest_of

    path = copied / "releases" / "2026.11" / "release.json"
    found = msgspec.json.decode(path.read_bytes(), type=Release)
    for name in ("site/../../../../x.html", "/etc/passwd", "site\\..\\x", "site/.x", "C:/x", "site//x"):
        bad = msgspec.structs.replace(found, files=found.files | {name: "0" * 64})
        path.write_bytes(msgspec.json.encode(msgspec.structs.replace(bad, digest=digest_of(bad))))
        with pytest.raises(StoreError, match="outside of its folder"):
            read_releases(copied)


def test_the_site_lists_releases_and_has_their_pages_as_they_were(released):
    pages = {page.path: page for page in release_pages(assemble_board(open_board(released)))}
    html = pages["releases.html"].render()
    assert html.index("2026.11") < html.index("2026.10")
    assert 'href="releases/2026.10/index.html"' in html
    assert 'href="../2026.11/index.html"' in pages["releases/latest/index.html"].render()
    stored = (released / "releases" / "2026.10" / "site" / "index.html").read_bytes()
    assert pages["releases/2026.10/index.html"].render() == stored
    assert b"This is release" in stored


def test_a_release_stays_as_it_was_when_the_board_goes_on(copied):
    path = copied / "board.toml"
    before = {page.path: page.render() for page in release_pages(assemble_board(open_board(copied)))}
    path.write_text(path.read_text().replace('title = "Small"', 'title = "Larger"'))
    after = {page.path: page.render() for page in release_pages(assemble_board(open_board(copied)))}
    kept = [name for name in before if name.startswith("releases/2026")]
    assert kept
    assert all(before[name] == after[name] for name in kept)
    assert list(find_damage(copied)) == []
