"""Marks of a table's rows, and what stands below the table about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchwright.alarm import ALARM, NOTE, mark
from benchwright.items import count
from benchwright_leaderboards.alarm_marks import RESCORE, UNKNOWN, Mark, results_on, short_marks, whole_marks
from benchwright_leaderboards.content import BoardContent, BoardRow, BoardTable
from benchwright_leaderboards.ranking import MEAN

Marks = tuple[Mark, ...]


def marks_of(content: BoardContent, table: BoardTable, row: BoardRow) -> Marks:
    """Marks beside the number of a row: on a task whole sentences, on the overview the first with how many more there are."""
    if table.name != MEAN:
        return () if row.result is None else whole_marks(row.result)
    return short_marks(results_on(row.entry.entry, content.board.spec.weights))


def told_of_alarms(content: BoardContent, table: BoardTable, marks: Sequence[Marks]) -> Iterator[str]:
    """What the marks of a table's rows mean, a line each; then what the cards of its tasks say of every number."""
    signs = [one.sign for row in marks for one in row]
    if ALARM in signs:
        rows = sum(any(one.sign == ALARM for one in row) for row in marks)
        yield (
            f"{ALARM}: an alarm, beside {count(rows, 'entry')} here: the number may not be what it seems. The board looks for alarms in the predictions; "
            "they change no score and no rank, and the page of the model tells all of them."
        )
    if NOTE in signs:
        yield f"{NOTE}: a note: what a number rests on."
    if UNKNOWN.sign in signs:
        rows = sum(UNKNOWN in row for row in marks)
        yield f"{UNKNOWN.sign}: {count(rows, 'entry')} scored before this board looked for alarms: {RESCORE}."
    words = content.words.values() if table.name == MEAN else (content.words[table.name],)
    for one in words:
        for caveat in one.caveats:
            if table.name != MEAN or caveat.severity == "alarm":
                yield f"{mark(caveat)} {one.path}: {caveat.sentence}"
