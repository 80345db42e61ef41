"""The pages that only a server has: entries by a filter, and the choice of two to compare."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from benchwright.items import count
from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.frame import frame_of, render_framed
from benchwright_leaderboards.index.queries import SORTS, STATUSES, EntriesFound
from benchwright_leaderboards.ranking import MEAN
from benchwright_leaderboards.server.filters import NAMES, Asked
from benchwright_leaderboards.server.state import Snapshot
from benchwright_leaderboards.table_view import view_table

SEARCH_NAMES = (*NAMES, "task")
"""Parameters of the page: those of lists, and the task."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of a form: a text, or with ``choices`` (value, title) one of these."""

    name: str
    title: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()


def render_search(snapshot: Snapshot, found: EntriesFound, asked: Asked) -> str:
    """The page of the entries that were found, with the form that asks for others."""
    content, query = snapshot.content, asked.query
    table = content.by_name[query.task or MEAN]
    rows = {row.entry.entry.id: row for row in table.rows}
    shown = tuple(rows[one.id] for one in found.entries if one.id in rows)
    view = view_table(
        content, replace(table, rows=shown), name="found", caption=_caption(found, asked, table.title), part_of=table
    )
    return render_framed(
        "search.html.j2",
        frame_of(content, "entries"),
        table=view if shown else None,
        fields=_fields(content, asked),
        told=_told(found, asked),
        turns=_turns(found, asked),
    )


def render_choice(snapshot: Snapshot, first: str, second: str) -> str:
    """The form by which two entries are chosen."""
    names = tuple(sorted(snapshot.entries, key=str.casefold))
    return render_framed(
        "choice.html.j2", frame_of(snapshot.content, "compare"), names=names, first=first, second=second
    )


def _caption(found: EntriesFound, asked: Asked, title: str) -> str:
    return f"{count(found.total, 'entry')} found, {'by ' + title if asked.query.task else 'by the mean of the board'}"


def _told(found: EntriesFound, asked: Asked) -> str:
    if not found.total:
        return "No entry is like that."
    first = (asked.page - 1) * asked.size + 1
    last = first + len(found.entries) - 1
    if last < first:
        return f"There is no page {asked.page:,}: {count(found.total, 'entry')} in all."
    return f"Entries {first:,} to {last:,} of {found.total:,}."


def _turns(found: EntriesFound, asked: Asked) -> tuple[tuple[str, str], ...]:
    """Addresses of the pages before and after this one."""
    turns = []
    if asked.page > 1:
        turns.append(("previous", _address(asked, asked.page - 1)))
    if asked.page * asked.size < found.total:
        turns.append(("next", _address(asked, asked.page + 1)))
    return tuple(turns)


def _address(asked: Asked, page: int) -> str:
    query = asked.query
    told = {
        "q": query.text,
        "team": query.team or "",
        "adapter": query.adapter or "",
        "status": query.status or "",
        "task": query.task,
        "sort": query.sort,
        "size": str(asked.size),
        "page": str(page),
    }
    return "entries?" + urlencode({name: value for name, value in told.items() if value})


def _fields(content: BoardContent, asked: Asked) -> tuple[Field, ...]:
    query = asked.query
    entries = [row.entry for row in content.overview.rows]
    teams = sorted({one.submission.team for one in entries}, key=str.casefold)
    adapters = sorted({one.entry.adapter for one in entries})
    sorts = tuple(
        (f"{sign}{name}", f"{name}, greatest first" if sign else name) for name in SORTS for sign in ("", "-")
    )
    return (
        Field(name="q", title="text", value=query.text),
        Field(
            name="task",
            title="task",
            value=query.task,
            choices=_any([task.path for task in content.board.spec.task], "mean"),
        ),
        Field(name="team", title="team", value=query.team or "", choices=_any(teams)),
        Field(name="adapter", title="adapter", value=query.adapter or "", choices=_any(adapters)),
        Field(name="status", title="status", value=query.status or "", choices=_any(list(STATUSES))),
        Field(name="sort", title="order", value=query.sort, choices=sorts),
    )


def _any(values: list[str], word: str = "any") -> tuple[tuple[str, str], ...]:
    return (("", word), *((value, value) for value in values))
