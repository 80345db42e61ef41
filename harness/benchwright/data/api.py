"""What plugins may use to read files: rows and their places, delimited and JSON text, columns of tags, Parquet, paths that a user typed.

Suites read a user's own data with it, adapters files of predictions. Other modules of `benchwright.data` may move.
"""

from benchwright.data.examples import column
from benchwright.data.files import find, read_found
from benchwright.data.formats.columns import DOCSTART, cells_of, first_row, is_comment
from benchwright.data.formats.parquet import class_names_of, read_table, values_of
from benchwright.data.prepare import LEFT_OUT, NOTE, PLACE, prepared
from benchwright.data.rows import Rows, decoded, is_text_encoding, not_an_encoding, physical_lines
from benchwright.delimited import OTHERS, NotDelimitedError, delimiter_of, named, other_delimiter, records
from benchwright.documents import Unreadable, check_json
from benchwright.paths import exists, expanded, is_file, is_folder, is_same_file, listing

__all__ = [
    "DOCSTART",
    "LEFT_OUT",
    "NOTE",
    "OTHERS",
    "PLACE",
    "NotDelimitedError",
    "Rows",
    "Unreadable",
    "cells_of",
    "check_json",
    "class_names_of",
    "column",
    "decoded",
    "delimiter_of",
    "exists",
    "expanded",
    "find",
    "first_row",
    "is_comment",
    "is_file",
    "is_folder",
    "is_same_file",
    "is_text_encoding",
    "listing",
    "named",
    "not_an_encoding",
    "other_delimiter",
    "physical_lines",
    "prepared",
    "read_found",
    "read_table",
    "records",
    "values_of",
]
