"""Alarms and notes about numbers: made, ordered, marked, grouped by cause. All outputs use this module.

An *alarm* says that the number may not be what it seems; a *note* says what it rests on. Alarms come first and are marked
``!``; notes follow, marked ``*`` as a footnote is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import msgspec

from benchwright.types import Alarm, CaveatKind, CellResult, PlacedAlarm, Run, Score

CHECKS = 4
"""Version of what `metrics.alarms` looks for: raised with every change, so that stored alarms are made anew."""

CAVEATS = frozenset[str](get_args(CaveatKind))
"""Codes of what the card of a task says about all of its numbers (`benchwright.caveats`)."""

ALARM, NOTE = "!", "*"
"""Marks beside a number and before a sentence."""


def alarm(code: str, sentence: str) -> Alarm:
    """An alarm: the number may not be what it seems."""
    return Alarm(code=code, severity="alarm", sentence=sentence)


def note(code: str, sentence: str) -> Alarm:
    """A note that a reader of the number should know."""
    return Alarm(code=code, severity="note", sentence=sentence)


def notes(code: str, sentences: Iterable[str]) -> tuple[Alarm, ...]:
    """A note for each sentence."""
    return tuple(note(code, sentence) for sentence in sentences)


def in_order(found: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Without repeats, alarms first; otherwise in the given order."""
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.severity == "note"))


def cell_alarms(cell: CellResult) -> tuple[Alarm, ...]:
    """Alarms and notes about the number of a cell: those of the cell, then of its task score."""
    return in_order((*cell.alarms, *(cell.score.alarms if cell.score is not None else ())))


def score_alarms(cell: CellResult, score: Score) -> tuple[Alarm, ...]:
    """Alarms and notes about one score of a cell."""
    return in_order((*cell.alarms, *score.alarms))


def with_cell_alarms(scores: Iterable[Score], found: Iterable[Alarm]) -> tuple[Score, ...]:
    """Scores of a cell with the alarms of the cell added to each; notes, and what is said of the whole task, stay with the cell."""
    loud = tuple(one for one in found if one.severity == "alarm" and one.code not in CAVEATS)
    return tuple(
        msgspec.structs.replace(score, alarms=in_order((*loud, *score.alarms))) if loud else score for score in scores
    )


def goes_along(one: Alarm | PlacedAlarm) -> bool:
    """Whether it goes with numbers that are made of a cell's records elsewhere (of views, of gates): an alarm or a caveat."""
    return one.severity == "alarm" or one.code in CAVEATS


def has_alarm(found: Iterable[Alarm]) -> bool:
    """Whether one of them is an alarm, not a note."""
    return any(one.severity == "alarm" for one in found)


def alarm_mark(found: Iterable[Alarm]) -> str:
    """The mark beside a number: ``!``, ``*``, or nothing."""
    told = tuple(found)
    return ALARM if has_alarm(told) else NOTE if told else ""


def mark(one: Alarm) -> str:
    """The mark before a sentence."""
    return ALARM if one.severity == "alarm" else NOTE


def sentences(found: Iterable[Alarm]) -> list[str]:
    """The sentences alone."""
    return [one.sentence for one in found]


# --- away from the cell ---------------------------------------------------------------------------------------------

CONSTANT = "constant-baseline"
TAKEN = "positive"
"""Which label f1, precision and recall are about, where nobody named it: told where one of them is."""
_NAMED = 3
"""So many systems or tasks of a note are named; more are counted. Alarms name all."""


def is_constant(found: Iterable[Alarm]) -> bool:
    """Whether alarms or notes say that the model gives one answer to everything."""
    return any(one.code in ("constant", CONSTANT) for one in found)


def as_note(found: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """The alarm as a note, for a constant baseline, of which constant answers are expected."""
    return tuple(
        note(CONSTANT, f"constant baseline: {one.sentence}") if one.code == "constant" else one for one in found
    )


def system_alarms(system: str, cell: CellResult) -> tuple[PlacedAlarm, ...]:
    """Alarms and notes of a cell for a comparison, gate or selection, under the name of the system there.

    Notes about the interval of the score are left out, since those outputs compute intervals of their own.
    """
    loud = (one for one in cell_alarms(cell) if one.severity == "alarm")
    return place_alarms(system, cell.task_path, in_order((*loud, *cell.alarms)))


def place_alarms(system: str, path: str, found: Iterable[Alarm]) -> tuple[PlacedAlarm, ...]:
    """Alarms with the system and task that they are about."""
    return tuple(PlacedAlarm(system=system, path=path, **msgspec.structs.asdict(one)) for one in found)


def run_alarms(run: Run) -> tuple[PlacedAlarm, ...]:
    """All alarms and notes of a run; an unlabelled cell gets one note, not one per metric."""
    found: list[PlacedAlarm] = []
    for cell in run.cells:
        told = in_order(cell.alarms) if is_unlabelled(cell) else cell_alarms(cell)
        found += place_alarms(cell.model, cell.task_path, told)
    return tuple(found)


def is_unlabelled(cell: CellResult) -> bool:
    """Whether no example of the cell has a gold label; its notes say so."""
    return cell.ledger is not None and cell.ledger.total > 0 and cell.ledger.skipped == cell.ledger.total


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One sentence, and all systems and tasks that it is about."""

    severity: Literal["alarm", "note"]
    code: str
    sentence: str
    systems: tuple[str, ...]
    paths: tuple[str, ...]

    @property
    def is_caveat(self) -> bool:
        """Whether the card of a task says it of all of its numbers."""
        return self.code in CAVEATS

    @property
    def who(self) -> str:
        """The systems, named or counted."""
        return self._several(self.systems, "models")

    @property
    def where(self) -> str:
        """The tasks, named or counted."""
        return self._several(self.paths, "tasks")

    @property
    def line(self) -> str:
        """The whole as a line with its mark."""
        where = f"{self.who} on {self.where}" if self.where else self.who
        return f"{ALARM if self.severity == 'alarm' else NOTE} {where}: {self.sentence}"

    def _several(self, names: tuple[str, ...], what: str) -> str:
        if self.severity == "note" and len(names) > _NAMED:
            return f"{len(names)} {what}"
        return ", ".join(names)


def causes(told: Iterable[PlacedAlarm]) -> tuple[Cause, ...]:
    """Alarms and notes grouped by cause, alarms first: one line for several models or tasks.

    Constant answers are one cause, whatever the constant, and come after other alarms, since they are seldom a mistake.
    """
    every = list(told)
    constant = Counter(one.system for one in every if one.code == "constant")
    found: dict[tuple[bool, bool, str, str], dict[str, dict[str, None]]] = {}
    for one in every:
        sentence = "constant baseline" if one.code == CONSTANT else one.sentence
        if one.code == "constant" and constant[one.system] > 1:
            sentence = "every answer is the same"
        key = (one.severity == "note", one.code == "constant", one.code, sentence)
        found.setdefault(key, {}).setdefault(one.system, {})[one.path] = None
    gathered: list[tuple[tuple[bool, bool], Cause]] = []
    for (quiet, last, code, sentence), systems in found.items():
        by_paths: dict[tuple[str, ...], list[str]] = {}
        for system, paths in systems.items():
            by_paths.setdefault(tuple(paths), []).append(system)
        severity: Literal["alarm", "note"] = "note" if quiet else "alarm"
        gathered += [
            ((quiet, last), Cause(severity=severity, code=code, sentence=sentence, systems=tuple(names), paths=paths))
            for paths, names in by_paths.items()
        ]
    return tuple(cause for _, cause in sorted(gathered, key=lambda one: one[0]))


def lines(told: Iterable[PlacedAlarm]) -> list[str]:
    """`causes` as lines with their marks."""
    return [cause.line for cause in causes(told)]


def alarms_about(told: Iterable[PlacedAlarm], path: str, systems: Iterable[str] | None = None) -> str:
    """Alarms and notes about one task (and some systems, if given) as one text for a table cell."""
    names = None if systems is None else set(systems)
    here = [one for one in told if path in (one.path, "") and (names is None or one.system in names)]
    return "; ".join(f"{one.system}: {one.sentence}" for one in here)
