"""A metric: a function from columns to a number, with what it is called, what it needs and how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import Basis, Columns, Floats
from benchwright.quantities import Quantity
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.types import Kind, Task


@dataclass(frozen=True, kw_only=True, eq=False)
class Metric:
    """A function from columns to a number, in one of two forms.

    *Sums form* (``basis`` and ``compute``): the columns count only through sums of rows. *Weighted form*
    (``compute_weighted``): everything else, such as rank statistics; an item with weight 2 counts as if it were there
    twice.

    Attributes:
        name: Its name; also the name of the module-level variable that holds it.
        version: Raised whenever a value can change.
        title: Common name.
        kinds: Kinds of task it is for.
        direction: Whether ``higher`` or ``lower`` is better.
        low: Lowest possible value.
        high: Highest possible value; infinity when there is none.
        reference: Paper or official script that defines it.
        basis: Terms that each item adds to the sums.
        compute: (sums (..., w), task) -> values (...); NaN where undefined.
        compute_weighted: (columns, weights (b, n)) -> values (b); NaN where undefined.
        share: (sums (..., w), task) -> hits and trials (...): the value is a share, or ``link`` of it.
        link: Increasing function from that share to the value; None: the share itself.
        neutral: Value of a model without any preference, where neither end is good (0 of a bias score); ``direction`` then says
            which way the preference that is looked for lies, and no value is the best.
        needs: What it reads of a task: names of metadata or slices, ``lexicon``.
        beside: Metric without which its value says nothing; wherever the one goes, a note tells the other.
        by_group: Whether it scores groups (a question with all its options) and ignores examples without one.
        of_cases: Whether it judges the cases of behavioural tests, and nothing else.
        unit: What it counts, if not the examples of the task: ``question``, ``entity``, ``word``.
        counts: Counts by name on these columns; the first is the sample size.
        influence: Influence function: first-order contribution of each item to the value (n); the standard error of its
            sums over units is that of the value. None: the bootstrap is used.
        interval: The bootstrap interval with the best measured coverage: see `docs/design/intervals.md`. ``none``: it has none,
            because its items are no sample.
        with_whole: (columns of all items, columns of a slice): called before a slice is scored, so that it can be told what was
            found over all (Holm's correction over tests).
        flags: Notes about the value on these columns.
    """

    name: str
    title: str
    kinds: tuple[Kind, ...]
    reference: str
    version: int = 1
    direction: Literal["higher", "lower"] = "higher"
    low: float = 0.0
    high: float = 1.0
    basis: Basis | None = None
    compute: Callable[[Floats, Task], Floats] | None = None
    compute_weighted: Callable[[Columns, NDArray[Any]], Floats] | None = None
    share: Callable[[Floats, Task], tuple[Floats, Floats]] | None = None
    link: Callable[[float], float] | None = None
    neutral: float | None = None
    needs: tuple[str, ...] = ()
    beside: str = ""
    by_group: bool = False
    of_cases: bool = False
    unit: str = ""
    counts: Callable[[Columns], dict[str, int]] | None = None
    influence: Callable[[Columns], Floats] | None = None
    interval: Literal["bca", "expanded", "none"] = "bca"
    with_whole: Callable[[Columns, Columns], None] | None = None
    flags: Callable[[Columns], tuple[str, ...]] = lambda _columns: ()

    def __post_init__(self) -> None:
        sums_form = self.basis is not None and self.compute is not None
        if sums_form == (self.compute_weighted is not None):
            raise TypeError(f"metric {self.name!r} needs basis and compute, or compute_weighted")

    @property
    def id(self) -> str:
        """``name@version``."""
        return f"{self.name}@{self.version}"

    @cached_property
    def quantity(self) -> Quantity:
        """The quantity of its values: within -1 to 1 a fraction, correlation or MCC; otherwise with a unit of its own."""
        return Quantity(
            name=self.name,
            title=self.title,
            unit="fraction" if self.low >= -1 and self.high <= 1 else "number",
            direction=self.direction,
            low=float(self.low),
            high=float(self.high),
            members=(self.name,),
            neutral=self.neutral,
        )

    def is_for(self, task: Task) -> bool:
        """Whether it can be asked of a task: of its kind, in groups where it scores groups, of behavioural tests or of none."""
        there = {*task.metadata, *task.slices, *(("lexicon",) if task.lexicon else ())}
        fits = task.kind in self.kinds and task.behaviour == self.of_cases and there.issuperset(self.needs)
        return fits and (not self.by_group or bool(task.group))

    @property
    def proportion(self) -> bool:
        """Whether the value is hits / trials."""
        return self.share is not None and self.link is None

    def value(self, columns: Columns) -> float:
        """The value over all items; NaN where undefined."""
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.basis is not None and self.compute is not None:
                return float(self.compute(columns.sums(self.basis), columns.task))
            assert self.compute_weighted is not None
            return float(self.compute_weighted(columns, np.ones((1, columns.n), dtype=np.uint8))[0])


def unit_influence(metric: Metric, columns: Columns) -> Floats:
    """Influence of each independent unit on a metric's value: the sum over its items."""
    assert metric.influence is not None
    return sum_by_cluster(metric.influence(columns)[:, None], columns.cluster_codes)[:, 0]
