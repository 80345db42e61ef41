"""Style and script of a board's pages as files of their own, named by their content, so that a browser keeps them and pages are small."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache

from benchwright.render.page import asset_text
from benchwright_leaderboards.pages import Page

PACKAGES = ("benchwright_leaderboards", "benchwright.render")
BUNDLES = {
    "board.css": ("page.css", "first.css", "note.css", "board.css", "model.css"),
    "board.js": ("board.js",),
    "examples.css": ("examples.css",),
    "examples.js": ("examples.js",),
}
"""File -> the templates that it is made of, in this order: those of reports first, then what boards change of them."""


@cache
def bundle_text(name: str) -> str:
    """The content of an asset. Raises KeyError for one that is not in `BUNDLES`."""
    return "\n".join(asset_text(part, PACKAGES) for part in BUNDLES[name]) + "\n"


@cache
def asset_path(name: str) -> str:
    """``assets/board-<first 12 hex digits of its SHA-256>.css``, below the folder of the site. Raises KeyError."""
    stem, _, kind = name.rpartition(".")
    return f"assets/{stem}-{_digest(name)[:12]}.{kind}"


def asset_pages() -> Iterator[Page]:
    """The assets as files of a site."""
    for name in BUNDLES:
        yield Page(path=asset_path(name), digest=_digest(name), render=lambda name=name: bundle_text(name))  # type: ignore[misc]


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(bundle_text(name).encode()).hexdigest()
