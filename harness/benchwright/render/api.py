"""What reports may use beside `report_content`: the grid of models and tasks, provenance, the page, notes, and text that is safe to print.

Other modules of `benchwright.render` may move.

A name is imported when it is first used, so that a report costs no more than it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchwright.alarm import sentences as sentences
    from benchwright.csv_text import csv_cell as csv_cell
    from benchwright.formatting import clip as clip
    from benchwright.formatting import finite as finite
    from benchwright.inert import inert as inert
    from benchwright.inert import inert_json as inert_json
    from benchwright.inert import markdown_html_text as markdown_html_text
    from benchwright.inert import markdown_text as markdown_text
    from benchwright.render import provenance as provenance
    from benchwright.render.details import Records as Records
    from benchwright.render.grid import Column as Column
    from benchwright.render.grid import Grid as Grid
    from benchwright.render.grid import build_grid as build_grid
    from benchwright.render.note_html import note_html as note_html
    from benchwright.render.note_markdown import note_markdown as note_markdown
    from benchwright.render.page import render_page as render_page
    from benchwright.render.summary import anchor as anchor
    from benchwright.tables import markdown_table as markdown_table

_HOMES = {
    "benchwright.alarm": ("sentences",),
    "benchwright.csv_text": ("csv_cell",),
    "benchwright.formatting": ("clip", "finite"),
    "benchwright.inert": ("inert", "inert_json", "markdown_html_text", "markdown_text"),
    "benchwright.render": ("provenance",),
    "benchwright.render.details": ("Records",),
    "benchwright.render.grid": ("Column", "Grid", "build_grid"),
    "benchwright.render.note_html": ("note_html",),
    "benchwright.render.note_markdown": ("note_markdown",),
    "benchwright.render.page": ("render_page",),
    "benchwright.render.summary": ("anchor",),
    "benchwright.tables": ("markdown_table",),
}
"""Module -> the names that are taken from it."""

_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """The object of that name, imported now."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOME_OF[name]
    if home == "benchwright.render":
        return import_module(f"{home}.{name}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(_HOME_OF)
