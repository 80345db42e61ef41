"""Alarms of entries as marks beside their numbers: a sign with a few words, where there is no room for the sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from benchwright.alarm import ALARM, NOTE, mark
from benchwright.types import Alarm, PlacedAlarm
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.entries import Entry, TaskResult

WORDS = {
    "permuted": "labels look permuted",
    "shifted": "rows look shifted",
    "below-chance": "below chance",
    "below-no-information": "below the no-information rate",
    "constant": "every answer is the same",
    "constant-baseline": "constant baseline",
    "gold": "answers equal the gold answers",
    "unknown-types": "entity types that the data lack",
    "errored": "unanswered items",
    "truncated": "inputs were truncated",
    "precision": "not computed exactly",
}
"""Code of an alarm or note -> a few words. Notes of other codes are on pages of models alone: rows are partial that have a limit."""
NOT_LOOKED_FOR = "alarms not looked for"
"""Of results that were scored before the board looked for them."""
RESCORE = "type benchwright board rescore"


class Mark(NamedTuple):
    """A mark: ``!`` of an alarm, ``*`` of a note, ``?`` where nobody looked; and its words."""

    sign: str
    text: str

    @property
    def line(self) -> str:
        """Both."""
        return f"{self.sign} {self.text}"


UNKNOWN = Mark("?", NOT_LOOKED_FOR)


def results_on(entry: Entry, paths: Iterable[str]) -> list[TaskResult]:
    """The results of an entry on some tasks, in its order."""
    wanted = frozenset(paths)
    return [result for result in entry.results if result.path in wanted]


def short_marks(results: Sequence[TaskResult]) -> tuple[Mark, ...]:
    """Marks beside one number that is made of results: the first alarm with how many more there are, the first note likewise."""
    if all(result.alarms == () for result in results):
        return ()  # most have none
    found = [(result.path, one) for result in results for one in result.alarms or ()]
    marks = [
        _first([(path, one) for path, one in found if one.severity == severity and _is_told(one)], sign)
        for severity, sign in (("alarm", ALARM), ("note", NOTE))
    ]
    unknown = UNKNOWN if any(result.alarms is None for result in results) else None
    return tuple(one for one in (*marks, unknown) if one is not None)


def whole_marks(result: TaskResult) -> tuple[Mark, ...]:
    """Marks with whole sentences."""
    if result.alarms is None:
        return (UNKNOWN,)
    return tuple(Mark(mark(one), one.sentence) for one in result.alarms if _is_told(one))


def loud_word(result: TaskResult | None) -> str:
    """The first alarm about a result in a few words, with its sign; a question mark where nobody looked; empty without any."""
    marks = () if result is None or result.alarms == () else short_marks([result])
    return next((f"{one.sign} {one.text.partition(' on ')[0]}" for one in marks if one.sign != NOTE), "")


def has_alarm(results: Iterable[TaskResult]) -> bool:
    """Whether there is an alarm about one of them."""
    return any(one.severity == "alarm" for result in results for one in result.alarms or ())


def placed(one: PlacedEntry, paths: Iterable[str]) -> Iterator[PlacedAlarm]:
    """Alarms and notes of an entry on some tasks, for documents and lists."""
    for result in results_on(one.entry, paths):
        for told in result.alarms or ():
            yield PlacedAlarm(
                system=one.entry.id, path=result.path, code=told.code, severity=told.severity, sentence=told.sentence
            )


def placed_line(one: PlacedAlarm) -> str:
    """``! glue/sst2: labels look permuted: ...``: an alarm of an entry that is named already."""
    return f"{ALARM if one.severity == 'alarm' else NOTE} {one.path}: {one.sentence}"


def _is_told(one: Alarm) -> bool:
    return one.severity == "alarm" or one.code in WORDS


def _first(found: Sequence[tuple[str, Alarm]], sign: str) -> Mark | None:
    if not found:
        return None
    path, first = found[0]
    alike = {path for path, one in found if one.code == first.code}
    others = sum(one.code != first.code for _, one in found)
    where = path if len(alike) == 1 else f"{len(alike)} tasks"
    more = f", and {others} more" if others else ""
    return Mark(sign, f"{WORDS.get(first.code, first.code)} on {where}{more}")
