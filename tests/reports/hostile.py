"""Hostile and harmless twins of the runs by hand, for every format."""

from __future__ import annotations

from functools import partial

import msgspec

from benchwright.testing.hostile import HARMLESS, HOSTILE, mangled
from benchwright.testing.report import narrowed
from benchwright.types import ReportOptions

NOTE = "# a\n\n*b* **c** `d` [e](https://example.org) ![f](g) ~~h~~\n\n> i\n\n- j\n\n1. k\n\n3) l\n\n| m |\n|--:|\n| n |\n\n```\no\n```\n\n***\n\np\\\nq "


def twins(runs, records, report):
    """What a report makes of the runs with hostile texts, and of the same with harmless ones."""
    if getattr(report, "one_model", False):
        runs = narrowed(runs)
    some = partial(_first, records)
    return tuple(_shown(report, *mangled(runs, some, pieces), pieces) for pieces in (HOSTILE, HARMLESS))


def _first(records, key):
    """The first records of a cell: enough of each kind, and a hundred kilobytes among them."""
    return records(key)[:40]


def _shown(report, runs, records, pieces):
    said = " ".join(pieces)
    tasks = {path: msgspec.structs.replace(card, description=said) for path, card in runs[0].tasks.items()}
    runs = (msgspec.structs.replace(runs[0], tasks=tasks), *runs[1:])
    return report.render(runs, records, ReportOptions(title=said, author=said, notes=(NOTE + said.replace("\n", " "),)))
