"""The pairs of a task, from what is kept of it and the answers of those entries that are new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.comparison.estimate import ItemOutcomes
from benchwright.stats.all_pairs import pair_positions
from benchwright.types import Task
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.ranks.contest import Contest, read_contest
from benchwright_leaderboards.ranks.estimated import WIDTH, EstimatedTask, estimated_rows
from benchwright_leaderboards.ranks.kept import (
    KeptTask,
    digest_of_part,
    file_of,
    has_shapes,
    known_pairs,
    read_kept,
    write_kept,
)
from benchwright_leaderboards.ranks.outcomes import CountedTask, Floats, outcomes_of
from benchwright_leaderboards.ranks.standing import draw_scores

TaskTests = CountedTask | EstimatedTask

_BLOCK = 64
"""Entries whose answers are in memory at once, where each is looked at alone."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TaskEntrants:
    """The entries on a task, whose answers are read when they are asked for.

    Attributes:
        path: ``suite/task``.
        card: The task.
        entries: The entries, in the order of the board.
        folder: Where parts are kept; None: nothing is.
    """

    path: str
    card: Task
    entries: tuple[PlacedEntry, ...]
    folder: Path | None = None

    @cached_property
    def contest(self) -> Contest:
        """The answers of all."""
        return read_contest(self.path, self.card, self.entries)

    @cached_property
    def digests(self) -> dict[str, str]:
        """Entry -> digest of what decides its part."""
        return {one.entry.id: digest_of_part(one, self.path, self.card) for one in self.entries}

    @cached_property
    def kept(self) -> KeptTask | None:
        """What is kept of some of the entries, in the form in which this program keeps it."""
        found = None if self.folder is None else read_kept(file_of(self.folder, self.path))
        if found is None or not _is_ours(found) or found.places.keys().isdisjoint(self.digests.values()):
            return None
        return found

    def tests(self) -> TaskTests:
        """All pairs: by counts where the score is a share of independent items, else one by one."""
        return self._counted() or self._estimated()

    def _keep(self, ids: Sequence[str], **arrays: NDArray[Any]) -> None:
        if self.folder is not None:
            digests = [self.digests[id_] for id_ in ids]
            write_kept(file_of(self.folder, self.path), digests, arrays)

    def _counted(self) -> CountedTask | None:
        kept = self.kept
        if kept is not None and "right" not in kept.arrays:
            return None
        places = {} if kept is None else kept.places
        missing = [one for one in self.entries if self.digests[one.entry.id] not in places]
        fresh = self._outcomes(missing)
        if fresh is None:
            return None
        tried = kept.arrays["tried"] if kept is not None else next(iter(fresh.values())).tried
        metric = str(kept.arrays["metric"]) if kept is not None else next(iter(fresh.values())).metric
        if not all(one.metric == metric and np.array_equal(one.tried, tried) for one in fresh.values()):
            return None
        rows = np.empty((len(self.entries), int(tried.sum())), dtype=np.bool_)
        old = (
            None if kept is None else np.unpackbits(kept.arrays["right"], axis=1, count=rows.shape[1]).astype(np.bool_)
        )
        for at, one in enumerate(self.entries):
            new = fresh.get(one.entry.id)
            rows[at] = new.right[tried] if new is not None else old[places[self.digests[one.entry.id]]]  # type: ignore[index]
        ids = tuple(one.entry.id for one in self.entries)
        if fresh or len(places) > len(ids):
            self._keep(ids, right=np.packbits(rows, axis=1), tried=tried, metric=np.array(metric))
        keys = tuple(result.key for one in self.entries if (result := one.entry.result(self.path)) is not None)
        return CountedTask(path=self.path, ids=ids, right=rows, keys=keys)

    def _outcomes(self, entries: Sequence[PlacedEntry]) -> dict[str, ItemOutcomes] | None:
        """Outcomes of some entries, a block of them at a time; None where one of them has none."""
        found = dict[str, ItemOutcomes]()
        for start in range(0, len(entries), _BLOCK):
            contest = read_contest(self.path, self.card, entries[start : start + _BLOCK])
            if contest.quantity.sign < 0 or len(contest.ids) < len(entries[start : start + _BLOCK]):
                return None
            for at, id_ in enumerate(contest.ids):
                one = outcomes_of(contest, at)
                if one is None:
                    return None
                found[id_] = one
        return found

    def _estimated(self) -> EstimatedTask:
        kept = self.kept if self.kept is not None and "rows" in self.kept.arrays else None
        ids = tuple(one.entry.id for one in self.entries)
        places = {} if kept is None else kept.places
        if kept is not None and all(self.digests[id_] in places for id_ in ids):
            at = np.array([places[self.digests[id_]] for id_ in ids], dtype=np.intp)
            rows, scores, draws = self._known_rows(kept, ids), kept.arrays["scores"][at], kept.arrays["draws"][at]
        else:
            ids = self.contest.ids
            rows = estimated_rows(ids, self.contest, None if kept is None else self._known_rows(kept, ids))
            scores = np.array([self.contest.values.get(id_, np.nan) for id_ in ids])
            draws = draw_scores(self.contest)
            self._keep(ids, rows=rows, scores=scores, draws=draws)
        return EstimatedTask(
            path=self.path,
            ids=ids,
            scores=scores,
            sign=_sign(self.card),
            rows=rows,
            draws=draws,
            contest=lambda: self.contest,
        )

    def _known_rows(self, kept: KeptTask, ids: Sequence[str]) -> Floats:
        """Rows of the pairs of some entries, of which NaN is not known."""
        rows = np.full((len(pair_positions(len(ids))[0]), WIDTH), np.nan)
        there, numbers = known_pairs(kept, [self.digests[id_] for id_ in ids])
        rows[there] = kept.arrays["rows"][numbers]
        return rows


def _is_ours(kept: KeptTask) -> bool:
    entries = len(kept.places)
    if "right" in kept.arrays:
        tried = kept.arrays.get("tried")
        bits = 0 if tried is None else (int(tried.sum()) + 7) // 8
        return has_shapes(kept, right=(entries, bits), tried=(None,), metric=())
    pairs = entries * (entries - 1) // 2
    return has_shapes(kept, rows=(pairs, WIDTH), scores=(entries,), draws=(entries, None))


def _sign(card: Task) -> int:
    from benchwright.quantities import quantity_of

    return quantity_of("score", card).sign
