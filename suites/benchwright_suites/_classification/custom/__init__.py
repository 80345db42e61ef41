"""A task from a user's own files: `classification/custom?path=...&text=...&label=...`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.types import Custom
from benchwright_suites._classification.custom.card import make_card
from benchwright_suites._classification.custom.options import Options, read_options
from benchwright_suites._classification.custom.table import Table, read_table


def _same_file(options: Options) -> tuple[BenchwrightError, ...]:
    """What is wrong when a model would be tried on what it learnt."""
    path, train = (Path(name).expanduser() for name in (options.path, options.train or options.path))
    if not options.train or not path.exists() or not train.exists() or not path.samefile(train):
        return ()
    return (
        BenchwrightError(
            f"path and train are the same file: {options.path}",
            expected="rows to evaluate on that no model has learnt from",
            hint="split the file in two",
        ),
    )


def build(given: Mapping[str, str]) -> Custom:
    """The task that the options describe, and the folders of its files.

    Args:
        given: Options as typed; `options.OPTIONS` says what each means.

    Raises:
        ConfigError: With everything that is wrong with the options and the files: unknown options, absent files or
            columns, labels that are unknown, too few or not told apart (the row is named).
    """
    options = read_options(given)
    problems: list[BenchwrightError] = list(_same_file(options))
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
        task=make_card(options, tables),
        folders={split: table.folder for split, table in tables.items()},
    )
