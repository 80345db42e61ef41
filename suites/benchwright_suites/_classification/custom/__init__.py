"""A task from a user's own files: `classification/custom?path=...&text=...&label=...`."""

from __future__ import annotations

from collections.abc import Mapping

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.types import Custom
from benchwright_suites._classification.custom.card import make_card
from benchwright_suites._classification.custom.options import read_options
from benchwright_suites._classification.custom.table import Table, read_table
from benchwright_suites._custom.files import same_file
from benchwright_suites._custom.options import with_metrics


def build(given: Mapping[str, str]) -> Custom:
    """The task that the options describe, and the folders of its files.

    Args:
        given: Options as typed; `options.OPTIONS` says what each means.

    Raises:
        ConfigError: With everything that is wrong with the options and the files: unknown options, absent files or
            columns, labels that are unknown, too few or not told apart (the row is named).
    """
    options = read_options(given)
    problems: list[BenchwrightError] = list(same_file(options.path, options.train))
    tables: dict[str, Table] = {}
    for split, path in options.files.items():
        try:
            tables[split] = read_table(options, split, path)
        except ConfigError as error:
            problems.extend(error.problems)
        except BenchwrightError as error:
            problems.append(error)
    if problems:
        raise ConfigError(problems, where="classification/custom")
    return Custom(
        task=with_metrics(make_card(options, tables), given),
        folders={split: table.folder for split, table in tables.items()},
    )
