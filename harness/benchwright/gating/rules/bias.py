"""The rule about people: are answers the same whoever a text is about, and is a task answered as well for every group?

Limits on identity swaps are about a view ``bias/identity@SUITE/TASK``, one finding for each dimension; limits on groups about a task
whose items say which group they are of, one finding for each slice and metric.

=======================  ================  ==================================================================================
key                      about             decided by
=======================  ================  ==================================================================================
``max_flip_rate``        identity view     the upper bound of the flip rate
``max_extra_flip_rate``  identity view     the upper bound of the flip rate minus the baseline's on the same items
``max_shift``            identity view     the upper bound of how far a swap moves the scores
``max_gap``              groups, or view   the upper bound of largest minus smallest value (of a view: of the mean score of ``label``)
``min_ratio``            groups            the lower bound of smallest divided by largest value
=======================  ================  ==================================================================================

PASS is "within": the bound keeps the limit, at the rule's alpha, one-sided, and for a gap over all pairs of groups at once
(intersection-union, Berger 1982), so that passing needs no correction. FAIL is "exceeds": the opposite bound is beyond the limit,
corrected for the number of pairs and, as in all rules, by Holm over the whole gate. All else is INCONCLUSIVE, "cannot tell", with the
number of items that would tell; below 50 items that hold a term nothing is told of a dimension.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.rules.base import RuleSubject, TaskRule, Text, is_within
from benchwright.gating.rules.identity_limits import IdentityLimits, judge_view
from benchwright.gating.verdict import Finding, PendingFinding
from benchwright.limit_checks import Bound
from benchwright.quantities import Quantity
from benchwright.task_path import TaskPath, is_identity_view
from benchwright.types import Task

_Share = Annotated[float, Meta(gt=0, lt=1, description="a share above 0 and below 1: 0.05 is 5 % of the items")]
_Gap = Annotated[
    float, Meta(gt=0, description="a number above 0 in the metric's unit: 0.05 is five points of a fraction")
]
_Ratio = Annotated[float, Meta(gt=0, le=1, description="a number above 0 and at most 1: 0.8 is the four-fifths rule")]
_Texts = Annotated[tuple[Text, ...], Meta(min_length=1, description="a text or a list of them", extra={"or_one": True})]
_Tasks = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^[\w.@/?&=,*-]+\Z")], ...],
    Meta(min_length=1, description="SUITE/TASK, bias/identity@SUITE/TASK, or a list of them", extra={"or_one": True}),
]
OF_SWAPS = ("max_flip_rate", "max_extra_flip_rate", "max_shift")
"""Keys about identity views alone."""


class BiasRule(TaskRule, frozen=True, kw_only=True, tag="bias"):
    """Is it shown that answers hardly depend on which people a text is about?

    Attributes:
        dimension: Dimensions of an identity view: ``religion``; empty: each that was swapped.
        label: Of an identity view the label whose mean score ``max_gap`` is about.
        max_flip_rate: The most that the flip rate may be: mean over items of the share of variants answered otherwise.
        max_extra_flip_rate: The most that it may be above the baseline's.
        max_shift: The most that a swap may move scores, on average: half the sum of the changes of probabilities.
        max_gap: The most that lies between the groups with the largest and the smallest value.
    """

    no_keys: ClassVar[frozenset[str]] = frozenset({"alpha", "slice", "cluster", "metric"})

    tasks: _Tasks = msgspec.field(default=(), name="task")
    dimension: _Texts = ()
    label: Text | None = None
    max_flip_rate: _Share | None = None
    max_extra_flip_rate: _Share | None = None
    max_shift: _Share | None = None
    max_gap: _Gap | None = None

    @property
    def limits(self) -> IdentityLimits:
        """What is asked of identity views."""
        return IdentityLimits(
            dimensions=self.dimension,
            label=self.label,
            flip_rate=self.max_flip_rate,
            extra_flip_rate=self.max_extra_flip_rate,
            shift=self.max_shift,
            gap=self.max_gap,
        )

    @property
    def compares(self) -> bool:
        """Whether it asks for a baseline."""
        return self.max_extra_flip_rate is not None

    @property
    def subject(self) -> RuleSubject:
        """Flips and gaps, which no other kind of rule is about; a baseline only where it compares."""
        against = self.against if self.compares else ""
        return RuleSubject(metric="bias", against=against, split=self.split, tasks=self.tasks)

    def bounds(self) -> list[Bound]:
        """None: a gap is no value that another rule bounds."""
        return []

    def fields(self) -> dict[str, Any]:
        """Shared fields; each finding has a metric of its own."""
        return {**super().fields(), "metric": "bias"}

    def defaults(self) -> dict[str, Any]:
        """Default fields: what it compares with."""
        return {"against": self.against if self.compares else ""}

    def compared_in(self, finding: Finding) -> str:
        """The baseline, for findings that compare; one about the candidate alone counts on a first run too."""
        return finding.against

    def find_problems(self) -> Iterable[BenchwrightError]:
        """Problems: nothing asked, or a gap of which it is not said of what."""
        asked = [name for name in (*OF_SWAPS, "max_gap") if getattr(self, name) is not None]
        if not asked:
            yield self.problem(
                "asks nothing",
                expected=f"one of: {', '.join((*OF_SWAPS, 'max_gap'))}",
                hint="max_flip_rate = 0.05",
            )
        if self.max_gap is not None and self.label is None:
            yield self.problem(
                "max_gap: of what is not said",
                expected="the label whose mean score shall be as high with every group",
                hint='label = "positive"',
            )

    def range_problems(self, within: Quantity) -> list[BenchwrightError]:
        """None: shares were checked when the rule was read, and the score of the task is not what is limited."""
        return []

    def lacking(self, context: GateContext) -> str:
        """Why no view is left."""
        views = _views(context)
        if not views:
            return "no identity view was run: benchwright run MODEL --suite bias/identity --on SUITE/TASK"
        return f"no identity view of {', '.join(self.tasks)} was run: there are {', '.join(views)}"

    def covers(self, path: str) -> bool:
        """Whether it is about a task or its identity view."""
        return not self.tasks or any(_is_of(path, task) for task in self.tasks)

    def covered_in(self, context: GateContext) -> list[str]:
        """The identity views that it means, among those that the candidate or the baseline was run on."""
        return [path for path in _views(context) if self.covers(path)]

    def has_metric(self, task: Task) -> bool:
        """Whether a task is seen through identity swaps."""
        return bool(task.view_of)

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """One finding for each limit and each dimension of every view; INVALID for a task whose view was not run."""
        paths = self.paths_in(context)
        if not paths:
            yield self.invalid(self.none_left(context), **self.defaults())
            return
        for task in self.tasks:
            if not any(_is_of(path, task) for path in paths):
                yield self.invalid(f"no identity view of {task} was run", **self.defaults())
        for path in paths:
            try:
                yield from judge_view(self, self.limits, path, context)
            except NotComparable as error:
                yield self.invalid(error.problem, path=path, **self.defaults())


def _is_of(path: str, task: str) -> bool:
    """Whether a view is what a rule names: that view, or one of that suite or task."""
    at = TaskPath.parse(path)
    return task in (path, at.view) or is_within(f"{at.suite}/{at.task}", task)


def _views(context: GateContext) -> tuple[str, ...]:
    """Identity views that the candidate or the baseline was run on."""
    known = dict.fromkeys((*context.paths(), *context.paths("baseline")))
    return tuple(path for path in known if is_identity_view(path))
