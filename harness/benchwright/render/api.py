"""What reports may use: a run as tables and remarks, its tasks in detail, figures as SVG, the page, and text that is safe to print.

Other modules of `benchwright.render` may move.
"""

from benchwright.alarm import sentences
from benchwright.formatting import clip, finite
from benchwright.inert import inert, markdown_html_text, markdown_text
from benchwright.render import findings, provenance
from benchwright.render.details import MOST_LOOKED_AT, Records, TaskDetail, detail
from benchwright.render.distribution import draw_histogram
from benchwright.render.findings import Remark
from benchwright.render.forest import ForestRow, draw_forest
from benchwright.render.grid import Column, Grid, Standing, build_grid
from benchwright.render.page import render_page
from benchwright.render.summary import CellView, SuiteTable, anchor, place, summarise
from benchwright.render.training import draw_curves
from benchwright.tables import markdown_table
from benchwright.withheld import answers_are_texts

__all__ = [
    "MOST_LOOKED_AT",
    "CellView",
    "Column",
    "ForestRow",
    "Grid",
    "Records",
    "Remark",
    "Standing",
    "SuiteTable",
    "TaskDetail",
    "anchor",
    "answers_are_texts",
    "build_grid",
    "clip",
    "detail",
    "draw_curves",
    "draw_forest",
    "draw_histogram",
    "findings",
    "finite",
    "inert",
    "markdown_html_text",
    "markdown_table",
    "markdown_text",
    "place",
    "provenance",
    "render_page",
    "sentences",
    "summarise",
]
