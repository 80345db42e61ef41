"""Every link of a site leads to a file that is there, and to a place that is on it."""

from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree
from lxml import html as parser

DATA = {"board.json", "board.csv", "feed.xml", "badge.svg", "embed.html"}
FOR_OTHERS = ("releases/latest/index.html",)
"""How addresses end that other places link to."""


@pytest.fixture(scope="module")
def site(sites):
    """Path -> text of every file of a site."""
    return {path: text for path, (_, text) in sites["hostile"].items()}


def _page(text):
    return parser.fromstring(text.encode(), parser=parser.HTMLParser(encoding="utf-8"))


def _links(path, text):
    if path.endswith(".html"):
        page = _page(text)
        return [str(one) for one in page.xpath("//@href | //@src | //@action")]
    return [str(one) for one in etree.fromstring(text.encode()).xpath("//@href")] if path.endswith(".xml") else []


def _target(path, link):
    """Path below the site and fragment; None where the link leaves the site."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    folder = str(PurePosixPath(path).parent)
    return normpath(f"{folder}/{unquote(parts.path)}") if parts.path else path, unquote(parts.fragment)


def test_every_relative_link_and_its_fragment_lead_somewhere(site):
    ids = {path: set(_page(text).xpath("//@id")) for path, text in site.items() if path.endswith(".html")}
    found = [
        (path, *target)
        for path, text in site.items()
        for link in _links(path, text)
        if (target := _target(path, link)) is not None
    ]

    assert len(found) > 100
    assert sorted({(path, target) for path, target, _ in found if target not in site}) == []
    lost = {(path, target, name) for path, target, name in found if name and name not in ids.get(target, ())}
    assert sorted(lost) == []


def test_ids_are_unique_on_a_page(site):
    for path, text in site.items():
        if path.endswith(".html"):
            ids = _page(text).xpath("//@id")
            assert len(ids) == len(set(ids)), path


def test_every_page_can_be_reached_from_the_first_by_links_alone(site):
    seen, left = set(), ["index.html"]
    while left:
        path = left.pop()
        if path not in seen:
            seen.add(path)
            targets = (_target(path, link) for link in _links(path, site[path]))
            left += [one[0] for one in targets if one is not None and one[0] in site]

    alone = {path for path in site if path.endswith(".html")} - seen
    assert [path for path in sorted(alone) if not path.endswith(FOR_OTHERS)] == []


def test_the_first_page_names_the_data_of_the_board(site):
    targets = [_target("index.html", link) for link in _links("index.html", site["index.html"])]

    assert {one[0] for one in targets if one is not None} >= DATA
