"""Badges: a small SVG with the rank range of an entry, and one of the board."""

from __future__ import annotations

from benchwright.alarm import ALARM
from benchwright.items import count
from benchwright.render.badge import draw_badge
from benchwright_leaderboards.alarm_marks import results_on, short_marks
from benchwright_leaderboards.content import BoardContent, BoardRow

_RANKED = "#14599d"
_UNRANKED = "#5b5f66"


def entry_badge(content: BoardContent, row: BoardRow) -> str:
    """``rank 1–3 of 12`` beside the title of the board; of an entry that is not ranked, why; with the first alarm in a few words."""
    marks = short_marks(results_on(row.entry.entry, content.board.spec.weights))
    said = f"rank {row.rank} of {content.overview.ranked}" if row.place is not None else f"{row.status}, not ranked"
    name = row.entry.entry.id
    if marks and marks[0].sign == ALARM:
        said = f"{said} · {marks[0].line.partition(' on ')[0]}"
    return draw_badge(
        content.board.spec.title, said, _RANKED if row.place is not None else _UNRANKED, more=f"entry {name}"
    )


def board_badge(content: BoardContent) -> str:
    """``12 entries, 8 tasks`` beside the title of the board."""
    said = f"{count(len(content.overview.rows), 'entry')}, {count(len(content.tasks), 'task')}"
    return draw_badge(content.board.spec.title, said, _RANKED)
