"""A long table for spreadsheets and scripts: one line per number, as the page has it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from benchwright.render.api import csv_cell
from benchwright.report_content.content import assemble
from benchwright.report_content.number_rows import COLUMNS, number_rows, sentence_rows
from benchwright.types import Record, ReportOptions, Run


class CsvReport:
    """The table. Values are unrounded fractions, correlations in [-1, 1]; what is not there is an empty field."""

    name = "csv"
    suffix = ".csv"

    def render(
        self,
        runs: Sequence[Run],
        records: Callable[[str], Sequence[Record]],
        options: ReportOptions = ReportOptions(),  # noqa: B008 - a frozen value
    ) -> str:
        """CSV text with a header line and LF line ends; `number_rows` and `sentence_rows` say what the lines are.

        Texts are one line each, with marks for breaks and for what cannot be seen; one that a spreadsheet would run as a
        formula starts with an apostrophe, and numbers stay numbers.
        """
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(COLUMNS)
        content = assemble(runs, records, options, with_examples=False)
        for row in (*number_rows(content), *sentence_rows(content)):
            writer.writerow([csv_cell(row.get(name)) for name in COLUMNS])
        return buffer.getvalue()


report = CsvReport()
