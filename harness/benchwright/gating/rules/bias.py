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

from benchwright import registry
from benchwright.bias.groups import has_groups
from benchwright.bias.rates import EQUALIZED_ODDS
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.rules.base import RuleSubject, TaskRule, Text, is_within
from benchwright.gating.rules.group_limits import OF_GROUPS, GroupLimits, judge_groups
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
_SliceOfPeople = Annotated[str, Meta(pattern=r"^[^=\s][^=]*\Z", description="the name of a slice: gender")]
OF_SWAPS = ("max_flip_rate", "max_extra_flip_rate", "max_shift")
"""Keys about identity views alone."""


class BiasRule(TaskRule, frozen=True, kw_only=True, tag="bias"):
    """Is it shown that answers hardly depend on which people a text is about?

    Attributes:
        dimension: Dimensions of an identity view: ``religion``; empty: each that was swapped.
        slice: Slice whose values are groups of people; None: each that the card of the task names as such.
        metric: What is compared between groups: a metric of the task, a rate or an area of one label.
        label: Of a rate or an area; of an identity view the label whose mean score ``max_gap`` is about.
        max_flip_rate: The most that the flip rate may be: mean over items of the share of variants answered otherwise.
        max_extra_flip_rate: The most that it may be above the baseline's.
        max_shift: The most that a swap may move scores, on average: half the sum of the changes of probabilities.
        max_gap: The most that lies between the groups with the largest and the smallest value.
        min_ratio: The least that the smallest value may be of the largest.
    """

    no_keys: ClassVar[frozenset[str]] = frozenset({"alpha", "cluster"})

    tasks: _Tasks = msgspec.field(default=(), name="task")
    slice: _SliceOfPeople | None = None
    dimension: _Texts = ()
    label: Text | None = None
    max_flip_rate: _Share | None = None
    max_extra_flip_rate: _Share | None = None
    max_shift: _Share | None = None
    max_gap: _Gap | None = None
    min_ratio: _Ratio | None = None

    @property
    def of_swaps(self) -> bool:
        """Whether it is about identity views: a limit or a dimension of swaps is given, or a view is named."""
        asked = any(getattr(self, name) is not None for name in OF_SWAPS)
        return asked or bool(self.dimension) or any("bias/identity" in task for task in self.tasks)

    @property
    def group_limits(self) -> GroupLimits:
        """What is asked of groups."""
        return GroupLimits(
            slice=self.slice, metric=self.metric, label=self.label, gap=self.max_gap, ratio=self.min_ratio
        )

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
        return {**super().fields(), "metric": "bias", "slice": None}

    def defaults(self) -> dict[str, Any]:
        """Default fields: what it compares with."""
        return {"against": self.against if self.compares else ""}

    def compared_in(self, finding: Finding) -> str:
        """The baseline, for findings that compare; one about the candidate alone counts on a first run too."""
        return finding.against

    def find_problems(self) -> Iterable[BenchwrightError]:
        """Problems: nothing asked, keys of swaps and of groups in one rule, an unknown metric, a gap of which it is not said of what."""
        yield from self.metric_problem(self.metric, ("score", *registry.names("metrics"), *OF_GROUPS))
        limits = (*OF_SWAPS, "max_gap", "min_ratio")
        if all(getattr(self, name) is None for name in limits):
            yield self.problem("asks nothing", expected=f"one of: {', '.join(limits)}", hint="max_flip_rate = 0.05")
        mixed = [name for name in ("min_ratio", "slice") if getattr(self, name) is not None]
        if self.of_swaps and (mixed or self.metric != "score"):
            yield self.problem(
                f"{(*mixed, 'metric')[0]}: is about groups of items, and the rule about identity swaps",
                expected="one of the two",
                hint="write a rule for each",
            )
        if self.min_ratio is not None and self.metric == EQUALIZED_ODDS:
            yield self.problem(
                "min_ratio: equalized_odds has no value of a group that could be divided",
                expected="max_gap, or true_positive_rate and false_positive_rate by themselves",
            )
        if self.of_swaps and self.max_gap is not None and self.label is None:
            yield self.problem(
                "max_gap: of what is not said",
                expected="the label whose mean score shall be as high with every group",
                hint='label = "positive"',
            )

    def range_problems(self, within: Quantity) -> list[BenchwrightError]:
        """A gap as wide as the range of the metric is a problem: nothing could exceed it."""
        if self.of_swaps or self.max_gap is None or self.max_gap < within.width:
            return []
        return [
            self.problem(
                f"max_gap: {self.max_gap:g} is as wide as all of {within.title}, nothing could exceed it",
                expected=f"a gap below {within.width:g}",
                hint="0.05 is five points",
            )
        ]

    def lacking(self, context: GateContext) -> str:
        """Why no view, or no task with groups, is left."""
        if not self.of_swaps:
            of = f" by a slice {self.slice!r}" if self.slice else ': slice = "NAME" says whose values are groups'
            return f"no task says which group its items are of{of}"
        views = _views(context)
        if not views:
            return "no identity view was run: benchwright run MODEL --suite bias/identity --on SUITE/TASK"
        return f"no identity view of {', '.join(self.tasks)} was run: there are {', '.join(views)}"

    def covers(self, path: str) -> bool:
        """Whether it is about a task or its identity view."""
        if not self.of_swaps:
            return super().covers(path)
        return not self.tasks or any(_is_of(path, task) for task in self.tasks)

    def covered_in(self, context: GateContext) -> list[str]:
        """The identity views that it means, among those that the candidate or the baseline was run on; or the tasks with groups."""
        if not self.of_swaps:
            return super().covered_in(context)
        return [path for path in _views(context) if self.covers(path)]

    def has_metric(self, task: Task) -> bool:
        """Whether a task is seen through identity swaps, or its items say which group they are of."""
        return bool(task.view_of) if self.of_swaps else has_groups(task, self.slice)

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """One finding for each limit and each dimension of every view; INVALID for a task whose view was not run."""
        paths = self.paths_in(context)
        if not paths:
            yield self.invalid(self.none_left(context), **self.defaults())
            return
        for task in self.tasks if self.of_swaps else ():
            if not any(_is_of(path, task) for path in paths):
                yield self.invalid(f"no identity view of {task} was run", **self.defaults())
        for path in paths:
            try:
                if self.of_swaps:
                    yield from judge_view(self, self.limits, path, context)
                else:
                    yield from judge_groups(self, self.group_limits, path, context)
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
