"""Labels that are made of other labels: several of one row, read as one more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from benchwright.errors import DataError
from benchwright.spelling import spelling
from benchwright_suites._classification.custom.options import Options

_BETWEEN = (";", "\t", "\n")
"""Marks that stand between labels and hardly ever within one; `|` and commas part a cell of several labels anyway."""
_WITHIN = ("|", ",", "/", " ")
"""Marks that stand within labels too: they part one only where all its parts are labels of other rows."""


def check_parted(names: Sequence[str], first: Mapping[str, str], options: Options) -> None:
    """Raise DataError where a label that was found is several of the others, as `a;b` beside `a` and `b`.

    Args:
        names: The labels found.
        first: Label -> where it stands first.
        options: What the user said; a separator that was named is what parts labels, and nothing else does.
    """
    if options.separator:
        return
    for mark in (*_BETWEEN, *_WITHIN) if options.multilabel else (*_BETWEEN, "|"):
        pieces = {name: [spelling(part) or "" for part in name.split(mark)] for name in names if mark in name}
        uses = Counter(part for name in names for part in {*pieces.get(name, [name])})
        for name, parts in pieces.items():
            is_shared = options.multilabel and mark in _BETWEEN and any(part and uses[part] > 1 for part in parts)
            if is_shared or all(part in first for part in parts):
                raise _made_of_others(name, next(part for part in parts if uses[part] > 1), mark, first, options)


def _made_of_others(name: str, part: str, mark: str, first: Mapping[str, str], options: Options) -> DataError:
    given = f"{first[name]}: {options.label!r} holds {name!r}, and {part!r} stands in other rows too"
    whole = f"; if {name!r} is one label, name them all: labels=a,b,c"
    separator = f"`separator={mark}`" if mark in ";/" else ""
    if options.multilabel:
        return DataError(
            given,
            expected="a list of labels, or labels with | or a comma between them",
            hint=(f"add {separator}" if separator else 'write lists in JSON lines (["a", "b"]), or a|b') + whole,
        )
    return DataError(
        given,
        expected="one label in every row",
        hint=f"add `multilabel=true` {separator and f'and {separator} '}if a row may have several labels{whole}",
    )
