"""A user's lexicon of hurtful words: HurtLex's table, or a list of words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchwright.data.api import decoded, physical_lines
from benchwright.errors import DataError
from benchwright.types import Lexicon

_LEMMA, _CATEGORY, _LEVEL = "lemma", "category", "level"
_NO_WORD = frozenset(',;|"<>{}[]')
"""Characters that no word of a list holds, and that tables with commas, JSON and pages do."""
CONSERVATIVE = "conservative"
"""The level of HurtLex that HONEST counts: translations of offensive senses alone."""


def read_hurtful_words(path: Path, *, every_level: bool = False) -> Lexicon:
    """The words of a file by category, each under the first that it has there.

    Args:
        path: A table whose first line names the columns ``lemma`` and, where there are, ``category`` and ``level``, separated by TAB; or a
            word a line.
        every_level: Whether words of other levels than `CONSERVATIVE` count too.

    Raises:
        DataError: It is empty, is no text, is a table without a column ``lemma``, or is neither a table nor a list of words.
    """
    lines = physical_lines(decoded(path, "utf-8", shown=path.name))
    pairs = list(_pairs(lines, path.name, every_level=every_level))
    if not pairs:
        raise DataError(
            f"{path.name} lists no {'word' if every_level else f'word of the level {CONSERVATIVE!r}'}",
            expected="HurtLex's TSV (columns lemma, category, level), or a list of words, one a line",
            hint="level=all counts words of every level" if not every_level else "check the file",
        )
    first: dict[str, str] = {}
    for category, word in pairs:
        first.setdefault(word, category)
    words: dict[str, list[str]] = {}
    for word, category in first.items():
        words.setdefault(category, []).append(word)
    return Lexicon(
        name="".join(letter if letter.isprintable() else "?" for letter in path.name),
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        words={category: tuple(of_it) for category, of_it in words.items()},
    )


def _pairs(lines: Sequence[str], name: str, *, every_level: bool) -> Iterator[tuple[str, str]]:
    """Category and word, in file order."""
    header = [cell.strip().casefold() for cell in lines[0].split("\t")] if lines else []
    if _LEMMA in header and len(header) > 1:
        yield from _of_table(lines[1:], header, name, every_level=every_level)
        return
    if any("\t" in line for line in lines):
        raise DataError(
            f"{name} is a table whose first line names no column {_LEMMA!r}: {', '.join(map(repr, header))}",
            expected="HurtLex's TSV, whose columns are id, pos, category, stereotype, lemma, level, or a word a line",
            hint="write that line, or leave the words alone in the file",
        )
    yield from _of_list(lines, name)


def _of_list(lines: Sequence[str], name: str) -> Iterator[tuple[str, str]]:
    """A word a line, under no category. A table of another form read so would list no word of a text, and every score would be 0."""
    for number, line in enumerate(lines, 1):
        word = line.strip()
        if _NO_WORD.intersection(word):
            raise DataError(
                f"{name}, line {number}: {word[:60]!r} is no word",
                expected=(
                    f"HurtLex's TSV, cells separated by TAB, with a column {_LEMMA!r}; or a word a line, without commas, quotes and brackets"
                ),
                hint="save the table with TAB between its cells, or write one word on each line",
            )
        if word:
            yield "", word


def _of_table(
    lines: Sequence[str], header: Sequence[str], name: str, *, every_level: bool
) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != len(header):
            raise DataError(
                f"{name}, line {number} has {len(cells)} cells",
                expected=f"{len(header)}: {', '.join(header)}",
                hint="mend or remove that line",
            )
        row = dict(zip(header, cells, strict=True))
        if row[_LEMMA] and (every_level or row.get(_LEVEL, CONSERVATIVE) == CONSERVATIVE):
            yield row.get(_CATEGORY, ""), row[_LEMMA]
