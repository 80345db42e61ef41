"""What plugins may use to read files: rows and their places, delimited and JSON text, columns of tags, Parquet, paths that a user typed.

Suites read a user's own data with it, adapters files of predictions. Other modules of `benchwright.data` may move.

A name is imported when it is first used, so that a card of a suite costs no more than it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchwright.csv_text import OTHERS as OTHERS
    from benchwright.csv_text import NotDelimitedError as NotDelimitedError
    from benchwright.csv_text import delimiter_of as delimiter_of
    from benchwright.csv_text import named as named
    from benchwright.csv_text import other_delimiter as other_delimiter
    from benchwright.csv_text import records as records
    from benchwright.data.examples import column as column
    from benchwright.data.files import find as find
    from benchwright.data.files import read_found as read_found
    from benchwright.data.formats.conll import DOCSTART as DOCSTART
    from benchwright.data.formats.conll import cells_of as cells_of
    from benchwright.data.formats.conll import first_row as first_row
    from benchwright.data.formats.conll import is_comment as is_comment
    from benchwright.data.formats.delimited_columns import delimited_header as delimited_header
    from benchwright.data.formats.delimited_columns import is_regular_delimited as is_regular_delimited
    from benchwright.data.formats.parquet import class_names_of as class_names_of
    from benchwright.data.formats.parquet import read_table as read_table
    from benchwright.data.formats.parquet import values_of as values_of
    from benchwright.data.missing import missing_file as missing_file
    from benchwright.data.prepare import LEFT_OUT as LEFT_OUT
    from benchwright.data.prepare import NOTE as NOTE
    from benchwright.data.prepare import PLACE as PLACE
    from benchwright.data.prepare import prepared as prepared
    from benchwright.data.rows import Rows as Rows
    from benchwright.data.rows import decoded as decoded
    from benchwright.data.rows import is_text_encoding as is_text_encoding
    from benchwright.data.rows import not_an_encoding as not_an_encoding
    from benchwright.data.rows import physical_lines as physical_lines
    from benchwright.documents import Unreadable as Unreadable
    from benchwright.documents import check_json as check_json
    from benchwright.documents import read_json_as as read_json_as
    from benchwright.documents import read_own_json as read_own_json
    from benchwright.paths import exists as exists
    from benchwright.paths import expanded as expanded
    from benchwright.paths import is_file as is_file
    from benchwright.paths import is_folder as is_folder
    from benchwright.paths import is_same_file as is_same_file
    from benchwright.paths import listing as listing
    from benchwright.text_columns import Texts as Texts

_HOMES = {
    "benchwright.data.examples": ("column",),
    "benchwright.data.files": ("find", "read_found"),
    "benchwright.data.formats.conll": ("DOCSTART", "cells_of", "first_row", "is_comment"),
    "benchwright.data.formats.delimited_columns": ("delimited_header", "is_regular_delimited"),
    "benchwright.data.formats.parquet": ("class_names_of", "read_table", "values_of"),
    "benchwright.data.missing": ("missing_file",),
    "benchwright.data.prepare": ("LEFT_OUT", "NOTE", "PLACE", "prepared"),
    "benchwright.data.rows": ("Rows", "decoded", "is_text_encoding", "not_an_encoding", "physical_lines"),
    "benchwright.csv_text": ("OTHERS", "NotDelimitedError", "delimiter_of", "named", "other_delimiter", "records"),
    "benchwright.documents": ("Unreadable", "check_json", "read_json_as", "read_own_json"),
    "benchwright.text_columns": ("Texts",),
    "benchwright.paths": ("exists", "expanded", "is_file", "is_folder", "is_same_file", "listing"),
}
"""Module -> the names that are taken from it."""

_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """The object of that name, imported now."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOME_OF)
