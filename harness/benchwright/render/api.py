"""What reports may use: a run as tables and remarks, its tasks in detail, figures as SVG, the page, and text that is safe to print.

Other modules of `benchwright.render` may move.

A name is imported when it is first used, so that a report costs no more than it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchwright.alarm import sentences as sentences
    from benchwright.formatting import clip as clip
    from benchwright.formatting import finite as finite
    from benchwright.inert import inert as inert
    from benchwright.inert import inert_json as inert_json
    from benchwright.inert import markdown_html_text as markdown_html_text
    from benchwright.inert import markdown_text as markdown_text
    from benchwright.redaction import answers_are_texts as answers_are_texts
    from benchwright.render import provenance as provenance
    from benchwright.render import remarks as remarks
    from benchwright.render.details import MOST_LOOKED_AT as MOST_LOOKED_AT
    from benchwright.render.details import Records as Records
    from benchwright.render.details import TaskDetail as TaskDetail
    from benchwright.render.details import detail as detail
    from benchwright.render.forest import ForestRow as ForestRow
    from benchwright.render.forest import draw_forest as draw_forest
    from benchwright.render.gaps import GapTable as GapTable
    from benchwright.render.gaps import gap_sections as gap_sections
    from benchwright.render.gaps import gap_tables as gap_tables
    from benchwright.render.grid import Column as Column
    from benchwright.render.grid import Grid as Grid
    from benchwright.render.grid import RankTier as RankTier
    from benchwright.render.grid import build_grid as build_grid
    from benchwright.render.hardware_words import machine_line as machine_line
    from benchwright.render.hardware_words import ratio_text as ratio_text
    from benchwright.render.identity import SwapTable as SwapTable
    from benchwright.render.note_html import note_html as note_html
    from benchwright.render.note_markdown import note_markdown as note_markdown
    from benchwright.render.page import render_page as render_page
    from benchwright.render.remarks import Remark as Remark
    from benchwright.render.robustness import Figure as Figure
    from benchwright.render.robustness import RobustnessRow as RobustnessRow
    from benchwright.render.robustness import RobustnessTable as RobustnessTable
    from benchwright.render.robustness import robustness_tables as robustness_tables
    from benchwright.render.summary import SuiteTable as SuiteTable
    from benchwright.render.summary import anchor as anchor
    from benchwright.render.summary import place as place
    from benchwright.render.summary import summarise as summarise
    from benchwright.render.summary_cells import CellView as CellView
    from benchwright.render.text_change import with_marks as with_marks
    from benchwright.tables import markdown_table as markdown_table

_HOMES = {
    "benchwright.alarm": ("sentences",),
    "benchwright.formatting": ("clip", "finite"),
    "benchwright.inert": ("inert", "inert_json", "markdown_html_text", "markdown_text"),
    "benchwright.render": ("provenance", "remarks"),
    "benchwright.render.details": ("MOST_LOOKED_AT", "Records", "TaskDetail", "detail"),
    "benchwright.render.remarks": ("Remark",),
    "benchwright.render.forest": ("ForestRow", "draw_forest"),
    "benchwright.render.gaps": ("GapTable", "gap_sections", "gap_tables"),
    "benchwright.render.grid": ("Column", "Grid", "RankTier", "build_grid"),
    "benchwright.render.hardware_words": ("machine_line", "ratio_text"),
    "benchwright.render.identity": ("SwapTable",),
    "benchwright.render.note_html": ("note_html",),
    "benchwright.render.note_markdown": ("note_markdown",),
    "benchwright.render.page": ("render_page",),
    "benchwright.render.robustness": ("Figure", "RobustnessRow", "RobustnessTable", "robustness_tables"),
    "benchwright.render.summary_cells": ("CellView",),
    "benchwright.render.summary": ("SuiteTable", "anchor", "place", "summarise"),
    "benchwright.render.text_change": ("with_marks",),
    "benchwright.tables": ("markdown_table",),
    "benchwright.redaction": ("answers_are_texts",),
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
