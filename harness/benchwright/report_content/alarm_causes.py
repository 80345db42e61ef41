"""Alarms of a report by cause: one line for all models and tasks of a cause, numbered, so that a cell can point at its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchwright.alarm import CAVEATS, causes
from benchwright.formatting import count
from benchwright.render import remarks
from benchwright.render.grid import Grid
from benchwright.render.hardware_columns import ANCHOR
from benchwright.render.summary import anchor
from benchwright.task_path import is_hardware_view

_NAMED = 4
_TITLES: Mapping[str, str] = {
    "permuted": "answers fit gold better under other names",
    "shifted": "answers fit the gold of another row",
    "gold": "answers equal gold to the letter",
    "below-chance": "worse than guessing",
    "below-no-information": "worse than always answering the commonest label",
    "repeats": "rows of the data repeat one another",
    "nowhere": "answers that stand nowhere in their context",
    "errored": "items without an answer",
    "unknown-tokens": "many words that the vocabulary does not know",
    "constant": "every answer is the same",
    "contested": "the literature disputes what is measured",
    "not-steady": "not shown to be steady while it was measured",
    "busy": "other processes were busy while it was measured",
    "throttled": "the machine was held back while it was measured",
    "shared-gpu": "others used the GPU while it was measured",
    "noisy": "the machine was too noisy to compare latencies",
}
"""What several sentences of one code have in common; a code without one is told by its first sentence."""
OF_TIMES = frozenset({"not-steady", "busy", "throttled", "governor"})
"""Codes that say nothing of a peak of memory."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmCause:
    """One line of the list of alarms.

    Attributes:
        number: From 1 on, in the order of the list; cells point at it.
        code: Of the alarms; ``failed``, ``missing``, ... where a result is not there.
        text: What it is.
        models: Models that it is about, named or counted.
        tasks: Tasks that it is about, named or counted.
        anchor: Id of the section that tells more; empty where it is about several.
        details: Each sentence with its model and task, where the line is about several that differ.
    """

    number: int
    code: str
    text: str
    models: str
    tasks: str
    anchor: str
    details: tuple[str, ...]

    @property
    def short(self) -> str:
        """What it is in a few words, where there are such for its code."""
        return _TITLES.get(self.code, self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmList:
    """The alarms of a report.

    Attributes:
        causes: Results that are not there first, then alarms.
        at: Model's label and task path -> codes and numbers of the causes that are about the two.
    """

    causes: tuple[AlarmCause, ...]
    at: Mapping[tuple[str, str], tuple[tuple[str, int], ...]]

    def numbers(self, system: str, paths: Iterable[str], *, without: frozenset[str] = frozenset()) -> tuple[int, ...]:
        """Numbers of the causes that are about a model on any of these tasks, ascending; codes ``without`` left out."""
        found = {number for path in paths for code, number in self.at.get((system, path), ()) if code not in without}
        return tuple(sorted(found))


def find_alarms(grid: Grid) -> AlarmList:
    """All alarms of a grid by cause; notes and caveats are no alarms, and `remarks.list_alarms` tells them."""
    anchors = {column.name: anchor(grid, column) for column in grid.columns}
    groups: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for column, at, text in remarks.problems(grid):
        code = column.cells[at].status
        groups.setdefault((code, text), []).append((grid.systems[at].label, column.name, text))
    for cause in causes(remarks.placed_alarms(grid)):
        if cause.severity != "alarm":
            continue
        key = (cause.code, cause.sentence if cause.code in CAVEATS or cause.code not in _TITLES else "")
        groups.setdefault(key, []).extend(
            (system, path, cause.sentence) for system in cause.systems for path in cause.paths
        )
    found = [_cause(at, code, told, anchors) for at, ((code, _), told) in enumerate(groups.items(), start=1)]
    places: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for one, told in zip(found, groups.values(), strict=True):
        for system, path in dict.fromkeys((system, path) for system, path, _ in told):
            places.setdefault((system, path), []).append((one.code, one.number))
    return AlarmList(causes=tuple(found), at={place: tuple(known) for place, known in places.items()})


def _cause(number: int, code: str, told: Sequence[tuple[str, str, str]], anchors: Mapping[str, str]) -> AlarmCause:
    sentences = list(dict.fromkeys(sentence for _, _, sentence in told))
    systems = list(dict.fromkeys(system for system, _, _ in told))
    paths = list(dict.fromkeys(path for _, path, _ in told))
    is_hardware = all(map(is_hardware_view, paths))
    details = tuple(f"{system} on {path}: {sentence}" for system, path, sentence in told) if len(sentences) > 1 else ()
    return AlarmCause(
        number=number,
        code=code,
        text=sentences[0] if len(sentences) == 1 else _TITLES[code],
        models=_several(systems, "models"),
        tasks=_several(paths, "tasks"),
        anchor=ANCHOR if is_hardware else anchors.get(paths[0], "") if len(paths) == 1 else "",
        details=details,
    )


def _several(names: Sequence[str], what: str) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{count(len(names))} {what}"
