"""Rows of a predictions file: their fields, lines and values, and the example of the split that each is about, one to one."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from benchwright.errors import PredictionsError
from benchwright.items import call
from benchwright.spelling import spelling
from benchwright.types import Example, Task


class PredictionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row.

    Attributes:
        fields: Its fields.
        line: Its line (Parquet: 1-based row), for messages.
        keyed: Whether its id is a key of one object that holds all answers.
        lines: Line of each word, of a sentence in columns.
        place: The 0-based row of the split that it answers, where rows are counted and not named.
    """

    fields: dict[str, Any]
    line: int
    keyed: bool = False
    lines: tuple[int, ...] = ()
    place: int | None = None

    def line_of(self, word: int) -> int:
        """The line of a word; that of the row where all words share one."""
        return self.lines[word] if 0 <= word < len(self.lines) else self.line


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Number (from 1) and content of each line; a CR before the line end is no content. Without any LF, CR ends a line."""
    mark, start, number = "\n" if "\n" in text else "\r", 0, 1
    while (end := text.find(mark, start)) >= 0:  # all lines at once would take many times the room of the text
        yield number, text[start:end].removesuffix("\r")
        start, number = end + 1, number + 1
    yield number, text[start:].removesuffix("\r")


def decode(content: bytes, name: str) -> str:
    """The text of a file, without a byte-order mark.

    Raises:
        PredictionsError: It is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PredictionsError(f"{name} is not UTF-8 (byte {error.start})", hint="save it as UTF-8") from error


LEADING = b"\xef\xbb\xbf \t\r\n"
"""Bytes that say nothing about the form of a file that opens with them."""
_MOST_DIGITS = 18
_LISTED = 8

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 60


def whole(value: object) -> int | None:
    """The whole number of 0 or more that a value is or spells in ASCII digits (`3`, `3.0`, `"03"`); else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    digits = spelling(value) or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


def shown(value: object) -> str:
    """A value as a message shows it: quoted, printable and short, however long or deep it is."""
    try:
        return _repr.repr(value)
    except ValueError:  # Python spells no integer of more than 4300 digits
        return f"a {type(value).__name__}"


def listed(names: Iterable[object]) -> str:
    """Names with commas, the first few of many."""
    every = [str(name) for name in names]
    texts = [name if name.isprintable() and len(name) <= _repr.maxstring else shown(name) for name in every[:_LISTED]]
    return ", ".join(texts) + (", ..." if len(every) > _LISTED else "")


_FEW = 3
_INDICES = ("index", "idx")


def match(
    rows: Sequence[PredictionRow], items: Sequence[Example], *, name: str, task: Task
) -> list[tuple[PredictionRow, Example]]:
    """Each row with its example, in the order of the rows.

    Raises:
        PredictionsError: An index or id is absent, malformed or at odds with another field (line named), or
            duplicated, missing or foreign (all kinds in one message).
    """
    split = _split(rows, items, has_ids=bool(task.official_id))
    pairs: list[tuple[PredictionRow, Example]] = []
    foreign: list[str] = []
    for row in rows:
        found = _find(row, split, f"{name}, line {row.line}")
        if found is None:
            foreign.append(f"{_given(row)} (line {row.line})")
        else:
            pairs.append((row, found))
    seen = _lines_by_id(pairs)
    twice = [(example, seen[example.id]) for example in items if len(seen.get(example.id, ())) > 1]
    duplicated = [f"{call(example)} ({_times(lines)})" for example, lines in twice]
    by_id = (split.by_key and not split.own) or bool(task.view_of)
    missing = [
        example.official_id or (example.id if task.view_of else f"{example.index}")
        for example in items
        if example.id not in seen
    ]
    lacking = "missing (by id)" if by_id else "missing (by index)"
    problems = [
        f"{len(found)} {kind}: {', '.join(found[:_FEW])}{', ...' if len(found) > _FEW else ''}"
        for kind, found in ((lacking, missing), ("duplicated", duplicated), ("foreign", foreign))
        if found
    ]
    if problems:
        raise PredictionsError(
            f"{name} does not fit {task.name}: {'; '.join(problems)}",
            expected=f"each of the {len(items)} "
            + (
                f"variants exactly once, by id, such as {items[0].id}"
                if task.view_of
                else f"rows exactly once, as {_called(split, items)}"
            ),
            hint="`Run.records` of the view has the ids"
            if task.view_of
            else _next_step(rows, foreign, len(items), own=split.own),
        )
    return pairs


def _called(split: _SplitIndex, items: Sequence[Example]) -> str:
    """How the rows of the split may be called."""
    if not split.own:
        return f"`index` 0 to {len(items) - 1} or `id`"
    return f"`index`, their own number in the data ({listed(split.by_key)}), or `id`"


def _next_step(rows: Sequence[PredictionRow], foreign: Sequence[str], total: int, *, own: bool) -> str:
    if own:
        return "predict the whole split, in any order; indices are the numbers that the rows carry"
    numbers = [whole(row.fields.get("id")) for row in rows]
    if foreign and len(foreign) == len(rows) and all(number is not None and 0 <= number <= total for number in numbers):
        return "the ids are row numbers: call that column `index` (0-based rows of the split in file order)"
    return "predict the whole split, in any order; indices are 0-based rows in file order"


def _lines_by_id(pairs: Sequence[tuple[PredictionRow, Example]]) -> dict[str, list[int]]:
    """Example id -> the lines of its rows."""
    found: dict[str, list[int]] = {}
    for row, example in pairs:
        found.setdefault(example.id, []).append(row.line)
    return found


def _times(lines: Sequence[int]) -> str:
    different = [str(line) for line in dict.fromkeys(lines)]
    shown_lines = ", ".join(different[:_FEW]) + (", ..." if len(different) > _FEW else "")
    return f"{len(lines)} times: line{'s' if len(different) > 1 else ''} {shown_lines}"


class _SplitIndex(NamedTuple):
    """The examples by index, by id, and by the data's own ids.

    Attributes:
        numbered: Whether the data's own ids are numbers; ``idx`` then means one of them (ReCoRD's query).
        own: Whether ``index`` and ``idx`` mean the numbers that the rows carry themselves, and not their places.
        counted: Whether the keys of a JSON object are indices, as none is an id.
    """

    by_index: dict[int, Example]
    by_id: dict[str, Example]
    by_key: dict[str, Example]
    numbered: bool
    own: bool
    counted: bool


def _split(rows: Sequence[PredictionRow], items: Sequence[Example], *, has_ids: bool) -> _SplitIndex:
    by_id = {example.id: example for example in items}
    by_key = {example.official_id: example for example in items if example.official_id is not None}
    numbered = bool(by_key) and all(whole(key) is not None for key in by_key)
    own = numbered and not has_ids and _are_own(rows, by_key, len(items))
    return _SplitIndex(
        by_index={example.index: example for example in items},
        by_id=by_id,
        by_key=by_key,
        numbered=has_ids and numbered,
        own=own,
        counted=not own
        and all(row.keyed and row.fields["id"] not in by_id and row.fields["id"] not in by_key for row in rows),
    )


def _are_own(rows: Sequence[PredictionRow], by_key: Mapping[str, Example], size: int) -> bool:
    """Whether the numbers of a file are those that the rows of the split carry, not their places.

    They are when they fit at least as well. Where the numbers that the rows carry are the places in another order, they always
    are; else no file fits both.
    """
    given = [number for row in rows for key in ("id", *_INDICES) if (number := whole(row.fields.get(key))) is not None]
    return sum(str(number) in by_key for number in given) >= sum(number < size for number in given)


def _find(row: PredictionRow, split: _SplitIndex, where: str) -> Example | None:
    """The example that all of id, index and idx name; None when there is none."""
    if row.place is not None:
        return split.by_index.get(row.place)
    claims = {key: row.fields[key] for key in ("id", *_INDICES) if row.fields.get(key) is not None}
    if not claims:
        raise PredictionsError(
            f"{where}: neither `index` nor `id`",
            expected="`index`, the 0-based row of the split, or `id`, an example id or the data's own",
            hint=f"add one of them to every row; this one has: {listed(row.fields)}",
        )
    found = {key: _claimed(key, value, split, where) for key, value in claims.items()}
    examples = {None if example is None else example.id for example in found.values()}
    if len(examples) > 1:
        said = " and ".join(f"`{key}` {shown(value)}" for key, value in claims.items())
        raise PredictionsError(
            f"{where}: {said} disagree",
            expected="one row of the split; one of them is enough",
            hint="remove `id` or `index` from the rows, whichever is wrong",
        )
    return next(iter(found.values()))


def _claimed(key: str, value: object, split: _SplitIndex, where: str) -> Example | None:
    if key == "id":
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # a table that lacks an id somewhere holds the others as floats
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise PredictionsError(
                f"{where}: the id {shown(value)} is not text",
                expected="an example id",
                hint="write the id in double quotes, or give `index`, the row of the split from 0",
            )
        index = whole(value) if split.counted else None
        if index is not None:
            return split.by_index.get(index)
        found = split.by_id.get(str(value)) or split.by_key.get(str(value))
        found = found or split.by_key.get(spelling(value) or "")  # 1000.0 of a table is the id 1000
        return found or (split.by_key.get(str(whole(value))) if split.own else None)  # 007 is the number 7
    index = whole(value)
    if index is None and (isinstance(value, bool) or not isinstance(value, int)):
        raise PredictionsError(
            f"{where}: the index {shown(value)} is not a whole number",
            hint="`index` is the row of the split from 0, in the order of the file; leave it out to match by `id`",
        )
    if split.own or (key == "idx" and split.numbered):
        return split.by_key.get(str(index))
    return None if index is None else split.by_index.get(index)


def _given(row: PredictionRow) -> str:
    if row.place is not None:
        return f"the {row.place + 1}th row"
    return listed([next(row.fields[key] for key in ("id", *_INDICES) if row.fields.get(key) is not None)])
