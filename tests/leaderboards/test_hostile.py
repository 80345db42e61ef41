"""Whatever texts of others stand on a board, every page, file and line that it makes shows them as text: no element, no attribute, no formula,
nothing unseen; and it makes the same bytes in every process.

Walks over `site.pages_of`: a new room is held to this as soon as its pages are there.
"""

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from lxml import etree
from lxml import html as parser

from benchwright.cli.main import call
from benchwright.testing.shown import elements, problems
from benchwright_leaderboards.cli import command
from benchwright_leaderboards.exports.formats import FORMATS, export_board

ALERT = "<script>alert(1)</script>"
STATIC = (".css", ".js")
"""Files of ours, in which no text of others stands."""
DIGESTS = """
import hashlib, sys
from pathlib import Path
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.site import pages_of
for page in pages_of(assemble_board(open_board(Path(sys.argv[1])))):
    text = page.render()
    print(page.path, page.digest, hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest())
"""


def _shown(sites, *suffixes):
    return [
        (path, text, sites["harmless"][path][1])
        for path, (_, text) in sites["hostile"].items()
        if Path(path).suffix in suffixes
    ]


def test_hostile_texts_make_no_page_of_their_own_and_no_address(sites):
    assert list(sites["hostile"]) == list(sites["harmless"])
    assert all(re.fullmatch(r"[\w./-]+", path, re.ASCII) and ".." not in path for path in sites["hostile"])


def test_hostile_texts_make_no_element_and_no_attribute(sites):
    for path, dangerous, calm in _shown(sites, ".html"):
        assert elements(dangerous, ".html") == elements(calm, ".html"), path
        assert _seen(dangerous) == _seen(calm), path


def _seen(text):
    """Elements and attributes as a lenient parser sees them."""
    found = set()
    for one in parser.fromstring(text.encode(), parser=parser.HTMLParser(encoding="utf-8")).iter():
        if isinstance(one.tag, str):
            found |= {(one.tag, name) for name in (*one.attrib, "")}
    return found


def test_nothing_unseen_no_command_and_no_formula_stands_in_any_file(sites):
    for path, (_, text) in sites["hostile"].items():
        if Path(path).suffix not in STATIC:
            assert problems(text, Path(path).suffix) == [], path


def test_every_page_has_a_policy_and_no_script_style_or_handler_within(sites):
    for path, text, _ in _shown(sites, ".html"):
        page = parser.fromstring(text.encode(), parser=parser.HTMLParser(encoding="utf-8"))
        (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert "default-src 'none'" in policy, path
        assert "unsafe-inline" not in policy, path
        assert page.xpath("//style | //@style | //script[not(@src) and not(@type='application/json')]") == [], path
        assert page.xpath("//@*[starts-with(name(), 'on')]") == [], path
        away = "//*[starts-with(@href, 'http') or starts-with(@src, 'http')]"
        assert page.xpath(f"{away}[not(ancestor::*[contains(@class, 'words')])]") == [], path
        assert all("noreferrer" in link.get("rel", "") for link in page.xpath(away)), path


def test_every_file_is_what_its_name_says(sites):
    for path, text, calm in _shown(sites, ".json", ".csv", ".xml", ".svg", ".yaml"):
        kind = Path(path).suffix
        if kind == ".json":
            assert _keys(json.loads(text)) == _keys(json.loads(calm)), path
            assert "<" not in text
        elif kind == ".csv":
            rows = [list(csv.reader(io.StringIO(one))) for one in (text, calm)]
            assert [len(row) for row in rows[0]] == [len(row) for row in rows[1]], path
        elif kind == ".yaml":
            assert _keys(yaml.safe_load(text)) == _keys(yaml.safe_load(calm)), path
        else:
            assert _tree(text) == _tree(calm), path


def _keys(value):
    if isinstance(value, dict):
        return {re.sub(r"^[0-9a-f]{16}$", "submission", name): _keys(one) for name, one in value.items()}
    return [_keys(one) for one in value] if isinstance(value, list) else None


def _tree(text):
    return [(one.tag, sorted(one.attrib)) for one in etree.fromstring(text.encode()).iter()]


def test_hostile_texts_are_there_to_be_read(sites):
    """Nothing passes by leaving everything out."""
    text = {path: text for path, (_, text) in sites["hostile"].items()}

    assert ALERT in json.loads(text["board.json"])["title"]
    for path in ("index.html", "models/first.model.html", "embed.html"):
        assert ALERT in parser.fromstring(text[path]).text_content(), path
    assert ALERT in etree.fromstring(text["feed.xml"].encode()).findtext("{*}title")
    assert ALERT in etree.fromstring(text["badge.svg"].encode()).findtext("{*}title")
    assert "'=SUM(A1)" in text["board.csv"]


def test_another_process_with_other_hashes_makes_the_same_bytes(sites, boards):
    told = subprocess.run(
        [sys.executable, "-c", DIGESTS, str(boards["hostile"])],
        env={**os.environ, "PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")[:-1]

    here = [
        f"{path} {page.digest} {hashlib.sha256(text.encode()).hexdigest()}"
        for path, (page, text) in sites["hostile"].items()
    ]
    assert told == here


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"eval-results"}))
def test_every_export_is_as_harmless_as_the_pages(twin_contents, form):
    dangerous, calm = (export_board(twin_contents[kind], form) for kind in ("hostile", "harmless"))

    assert len(dangerous) == len(calm)
    for path, text in dangerous.items():
        assert re.fullmatch(r"[\w./-]+", path, re.ASCII)
        assert ".." not in path
        assert problems(text, Path(path).suffix) == []


VERBS = {
    "new": lambda board, out: ["new", out, "--from", "whole", "--title", ALERT],
    "add": lambda board, out: ["add", "part", "--board", board, "--team", "<i>x</i>"],
    "build": lambda board, out: ["build", "--board", board, "-o", out],
    "export": lambda board, out: ["export", "--board", board, "--as", "csv", "-o", out],
}
"""Verb -> what is typed after `benchwright board`; of others the verb and the board."""
SERVER = {"serve"}
SLOW = {"build", "rebuild"}
"""Verbs that are tried once."""


@pytest.mark.parametrize("verb", sorted(set(command.commands) - SERVER))
def test_a_terminal_shows_hostile_texts_as_text(boards, twin_boards, tmp_path, capsys, verb):
    board = twin_boards.copy(boards["hostile"], tmp_path / "board")
    store = boards["hostile"].parent / "store"
    for form in ("text",) if verb in SLOW else ("text", "json"):
        plain = [verb, "--board", str(board)]
        typed = VERBS[verb](str(board), str(tmp_path / form)) if verb in VERBS else plain
        call(["board", *typed, "--store", str(store), "--format", form])
        shown = capsys.readouterr()
        for text in (shown.out, shown.err):
            assert problems(text, ".txt") == []
            assert "\x1b" not in text
