"""The noun `Alarm` in use: made, put in order, marked. Every text that goes with a number passes here.

An *alarm* says that the number may not be what it seems; a *note* says what it rests on. Alarms come first and are marked
``!``; notes follow, marked ``*`` as a footnote is.
"""

from __future__ import annotations

from collections.abc import Iterable

from benchwright.types import Alarm, CellResult, Score

CHECKS = 1
"""Version of what `metrics.alarms` looks for: raised with every change, so that stored alarms are made anew."""

ALARM, NOTE = "!", "*"
"""Marks beside a number and before a sentence."""


def alarm(code: str, sentence: str) -> Alarm:
    """Something that makes the number suspect."""
    return Alarm(code=code, severity="alarm", sentence=sentence)


def note(code: str, sentence: str) -> Alarm:
    """Something that a reader of the number should know."""
    return Alarm(code=code, severity="note", sentence=sentence)


def notes(code: str, sentences: Iterable[str]) -> tuple[Alarm, ...]:
    """A note for each sentence."""
    return tuple(note(code, sentence) for sentence in sentences)


def in_order(found: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Each once, alarms first; otherwise as they came."""
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.severity == "note"))


def of_cell(cell: CellResult) -> tuple[Alarm, ...]:
    """What goes with the number of a cell: what is known of the cell, then of its task score."""
    return in_order((*cell.alarms, *(cell.score.alarms if cell.score is not None else ())))


def of_score(cell: CellResult, score: Score) -> tuple[Alarm, ...]:
    """What goes with one number of a cell."""
    return in_order((*cell.alarms, *score.alarms))


def is_loud(found: Iterable[Alarm]) -> bool:
    """Whether one of them is an alarm."""
    return any(one.severity == "alarm" for one in found)


def mark_of(found: Iterable[Alarm]) -> str:
    """The mark beside a number: ``!``, ``*``, or nothing."""
    told = tuple(found)
    return ALARM if is_loud(told) else NOTE if told else ""


def mark(one: Alarm) -> str:
    """The mark before a sentence."""
    return ALARM if one.severity == "alarm" else NOTE


def sentences(found: Iterable[Alarm]) -> list[str]:
    """The sentences alone."""
    return [one.sentence for one in found]
