"""The candidates of a selection on the tasks it needs: which are complete, and their paired records task by task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from benchwright.comparison.comparable_answers import ComparableAnswers, check_versions, read_answers
from benchwright.comparison.pairing import PairedRecords, Replicates
from benchwright.comparison.systems import System, is_same_model
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.metrics.columns import Floats
from benchwright.registry import suggest
from benchwright.selection.resamples import TaskResamples, resample_task
from benchwright.selection.scope import pooled_paths
from benchwright.task_path import suite_of
from benchwright.types import Task
from benchwright.unanswered import has_wrong_answer


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidates:
    """The complete candidates; a parent that is not a candidate comes last.

    Attributes:
        systems: Complete candidates, then the parent if it is not a candidate.
        n_candidates: Number of candidates among ``systems``.
        parent: Position of the parent in ``systems``.
        incomplete: Candidate -> why it is not ranked.
        tasks: ``suite/task`` -> card of every requested task.
        seed: Of every bootstrap.
        resamples: Of every bootstrap.
    """

    systems: tuple[System, ...]
    n_candidates: int
    parent: int | None
    incomplete: dict[str, str]
    tasks: dict[str, Task]
    seed: int
    resamples: int
    _memory: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Name of each system."""
        return tuple(system.label for system in self.systems)

    @property
    def pooled(self) -> tuple[str, ...]:
        """Tasks of a mean over tasks, as `pooled_paths` says."""
        return tuple(pooled_paths(self.tasks))

    @property
    def measured(self) -> tuple[str, ...]:
        """Tasks that were resampled."""
        return tuple(path for path in self.tasks if ("task", path) in self._memory)

    def rows_of(self, number: int) -> range:
        """Positions of a candidate's models in the paired records: one, or one per seed."""
        start = sum(len(one.models) for one in self.systems[:number])
        return range(start, start + len(self.systems[number].models))

    def index(self, name: str) -> int:
        """Position of a candidate by name; ``parent`` is a name too. Raises BenchwrightError that lists the names."""
        if name == "parent" and self.parent is not None:
            return self.parent
        if name in self.names:
            return self.names.index(name)
        if name in self.incomplete:
            raise NotComparable(
                f"{name} is not complete: {self.incomplete[name]}",
                expected="a model with all tasks",
                hint="run the missing tasks, or name those that count with --task",
            )
        known = (*self.names, *(("parent",) if self.parent is not None else ()))
        raise BenchwrightError(
            f"no model {name!r}",
            expected=f"one of: {', '.join(known)}",
            hint=suggest(name, known) or "use one of these",
        )

    def pairing(self, path: str) -> PairedRecords:
        """Paired records of all systems on a task; unanswered items count as wrong, so that no system changes the value of another.

        Raises:
            NotComparable: They do not answer the same items.
        """
        found: PairedRecords = self._known(
            ("pair", path), lambda: self._answers(path).pairing(seed=self.seed, resamples=self.resamples)
        )
        return found

    def pair(self, path: str, first: int, second: int) -> tuple[PairedRecords, Replicates, Replicates]:
        """Paired records of two systems on a task, as `compare` pairs them: other systems do not change their resamples."""
        found: PairedRecords = self._known(
            ("two", path, first, second),
            lambda: self._answers(path).pairing((first, second), seed=self.seed, resamples=self.resamples),
        )
        size = len(self.systems[first].models)
        more = len(self.systems[second].models)
        return (
            found,
            Replicates(label=self.names[first], models=tuple(range(size))),
            Replicates(label=self.names[second], models=tuple(range(size, size + more))),
        )

    def count_unanswered(self, path: str) -> dict[str, int]:
        """Candidate -> number of items of a task that it, or one of its seeds, left unanswered; only candidates with some."""
        answers: ComparableAnswers = self._known(("read", path), lambda: read_answers(self.systems, path))
        counts = {name: answers.count_unanswered(at) for at, name in enumerate(self.names)}
        return {name: count for name, count in counts.items() if count}

    def _answers(self, path: str) -> ComparableAnswers:
        answers: ComparableAnswers = self._known(("read", path), lambda: read_answers(self.systems, path))
        counted: ComparableAnswers = self._known(
            ("answers", path), lambda: answers.counted_wrong() if self.count_unanswered(path) else answers
        )
        return counted

    def prepare(self, path: str, names: Sequence[str], *, slices: bool) -> None:
        """Resample all needed metrics of a task at once, so that they share resamples."""
        pairing = self.pairing(path)
        if not pairing.n:
            raise NotComparable(
                f"{path} has no item that every model answered",
                expected="common items",
                hint="run the models on the same rows",
            )
        drawn = resample_task(pairing, names, slices=slices, seed=self.seed, resamples=self.resamples)
        self._memory["task", path] = drawn

    def drawn(self, path: str) -> TaskResamples:
        """The resamples of a task from `prepare`, by system."""
        found: TaskResamples = self._memory["task", path]
        return found

    def by_candidate(self, systems: Floats) -> Floats:
        """Rows per candidate from rows per model: averages over seeds."""
        starts = np.cumsum([0, *(len(system.models) for system in self.systems)])
        rows = [systems[a:b].mean(axis=0) for a, b in pairwise(starts.tolist())]
        return np.stack(rows)

    def draws_by_candidate(self, systems: Floats) -> Floats:
        """Draws per candidate from draws (s, R) per model: seeds are sampled with replacement, equally in every task, and averaged.

        The spread of S seeds is widened by sqrt(S / (S - 1)), since deviations are from their own mean.
        """
        starts = np.cumsum([0, *(len(system.models) for system in self.systems)])
        return np.stack([self._over_seeds(n, systems[starts[n] : starts[n + 1]]) for n in range(len(self.systems))])

    def _over_seeds(self, number: int, draws: Floats) -> Floats:
        seeds, resamples = draws.shape
        if seeds == 1:
            only: Floats = draws[0]
            return only
        chosen = self._known(
            ("seeds", number),
            lambda: np.random.default_rng((self.seed, number)).integers(0, seeds, (seeds, resamples)),
        )
        mean = draws.mean(axis=0)
        found: Floats = mean + (seeds / (seeds - 1)) ** 0.5 * (
            np.take_along_axis(draws, chosen, axis=0).mean(axis=0) - mean
        )
        return found

    def _known(self, key: Any, build: Any) -> Any:
        if key not in self._memory:
            self._memory[key] = build()
        return self._memory[key]


def make_candidates(
    systems: Sequence[System], parent: System | None, paths: Sequence[str], *, seed: int, resamples: int
) -> Candidates:
    """The candidates on the needed tasks, and the parent.

    Raises:
        NotComparable: No candidate is complete, the parent is not, or suites have different versions.
    """
    incomplete = {system.label: why for system in systems if (why := _lacking(system, paths))}
    complete = [system for system in systems if system.label not in incomplete]
    if not complete:
        listing = "; ".join(f"{name}: {why}" for name, why in incomplete.items())
        raise NotComparable(
            f"no model has every task: {listing}",
            expected="a model with all of the tasks",
            hint="run the missing tasks, or name those that count with --task",
        )
    place = None
    n_candidates = len(complete)
    if parent is not None:
        if why := _lacking(parent, paths):
            raise NotComparable(
                f"the parent {parent.label} has not every task: {why}",
                expected="all of the tasks",
                hint="run the missing tasks, or name those that count with --task",
            )
        same = [n for n, system in enumerate(complete) if is_same_model(system, parent)]
        place = same[0] if same else len(complete)
        if not same:
            complete.append(parent)
    for suite in dict.fromkeys(suite_of(path) for path in paths):
        check_versions(suite, {system.label: system.run for system in complete})
    return Candidates(
        systems=tuple(complete),
        n_candidates=n_candidates,
        parent=place,
        incomplete=incomplete,
        tasks={path: complete[0].run.tasks[path] for path in paths},
        seed=seed,
        resamples=resamples,
    )


def asked_paths(systems: Sequence[System]) -> tuple[str, ...]:
    """Tasks, ``suite/task``, that some system was asked for and could run, in order."""
    return tuple(
        dict.fromkeys(
            cell.task_path
            for system in systems
            for cell in system.run.cells
            if cell.model in system.models and cell.status not in ("missing", "refused")
        )
    )


def absent_paths(systems: Sequence[System]) -> tuple[str, ...]:
    """Tasks that some system was asked for and none could run: no data, or refused by every model."""
    cells = [(cell.task_path, cell) for system in systems for cell in system.run.cells if cell.model in system.models]
    tried = {path for path, cell in cells if cell.status not in ("missing", "refused")}
    return tuple(dict.fromkeys(path for path, _ in cells if path not in tried))


def _lacking(system: System, paths: Sequence[str]) -> str:
    """Why a system is incomplete: tasks without a scored cell of each model; empty if complete."""
    found = []
    for path in paths:
        cells = system.cells(path)
        bad = [cell for cell in cells if cell.status != "scored"]
        if bad or len(cells) < len(system.models):
            found.append(f"{path} {(bad[0].reason or bad[0].status) if bad else 'not in its run'}")
            continue
        silent = sum(cell.ledger.errored for cell in cells if cell.ledger is not None)
        if silent and not has_wrong_answer(system.run.tasks[path]):
            found.append(f"{path} {silent:,} items without an answer, and no number can be called wrong")
    return "; ".join(found)
