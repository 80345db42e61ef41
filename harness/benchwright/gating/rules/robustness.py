"""The rule about robustness: what a metric loses when the inputs are perturbed, by itself and beside the baseline's loss.

A view ``robustness/NAME@SUITE/TASK`` has the variants of a task's items. The loss is the metric on the items minus that on their
variants, so that more is worse whichever way the metric goes. ``max_loss`` bounds the candidate's; ``max_extra_loss`` bounds how
much larger it is than the baseline's on the same items, where each item is one unit with its variants and all four answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from benchwright import formatting, perturbations, registry
from benchwright.comparison.view_loss import JoinedView, estimate_change, estimate_extra_loss, join_view, loss_of
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.improvement import Improvement
from benchwright.gating.rules.base import RuleSubject, TaskRule, Text, is_within
from benchwright.gating.verdict import Finding, PendingFinding, Verdict
from benchwright.items import count, noun
from benchwright.limit_checks import Bound
from benchwright.quantities import Quantity, Unit
from benchwright.task_path import TaskPath, is_identity_view, is_view_named
from benchwright.types import Task, View

_Loss = Annotated[
    float, Meta(gt=0, description="a number above 0 in the metric's unit: 0.01 is one point of a fraction")
]
_Tasks = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^[\w.@/?&=*-]+\Z")], ...],
    Meta(min_length=1, description="SUITE/TASK, SUITE, VIEW@SUITE/TASK, or a list of them", extra={"or_one": True}),
]
_Names = Annotated[
    tuple[Text, ...],
    Meta(
        min_length=1,
        description="the name of a view such as keyboard_typo or keyboard_typo-3, in which * stands for any letters, or a list of them",
        extra={"or_one": True},
    ),
]


class RobustnessRule(TaskRule, frozen=True, kw_only=True, tag="robustness"):
    """Is it shown that a metric loses no more than that under a view, or no more than the baseline does and that?

    Attributes:
        perturbation: Names of views, in which ``*`` stands for any letters: ``keyboard_typo``, ``keyboard_typo-3``; empty: every
            view of the task.
        max_loss: The most that the metric may lose.
        max_extra_loss: The most that it may lose more than the baseline does.
    """

    no_keys: ClassVar[frozenset[str]] = frozenset({"alpha", "slice", "cluster"})

    tasks: _Tasks = msgspec.field(default=(), name="task")
    perturbation: _Names = ()
    max_loss: _Loss | None = None
    max_extra_loss: _Loss | None = None

    @property
    def subject(self) -> RuleSubject:
        """The loss of its metric; a baseline only where it compares."""
        against = self.against if self.max_extra_loss is not None else ""
        return RuleSubject(metric=self.metric, against=against, split=self.split, tasks=self.tasks)

    def bounds(self) -> list[Bound]:
        """None: a loss is no value that another rule bounds."""
        return []

    def find_problems(self) -> Iterable[BenchwrightError]:
        """Problems: an unknown metric, or nothing asked."""
        yield from super().find_problems()
        if self.max_loss is None and self.max_extra_loss is None:
            yield self.problem(
                "asks nothing", expected="max_loss, max_extra_loss or both", hint="max_extra_loss = 0.02"
            )

    def range_problems(self, within: Quantity) -> list[BenchwrightError]:
        """A limit as wide as the range of the metric is a problem: nothing could fail it."""
        given = {"max_loss": self.max_loss, "max_extra_loss": self.max_extra_loss}
        return [
            self.problem(
                f"{name}: {most:g} is as wide as all of {within.title}, nothing could fail it",
                expected=f"a loss below {within.width:g}",
                hint="0.01 is one point",
            )
            for name, most in given.items()
            if most is not None and most >= within.width
        ]

    def defaults(self) -> dict[str, Any]:
        """Default fields: what it compares with."""
        return {"against": self.against if self.max_extra_loss is not None else ""}

    def compared_in(self, finding: Finding) -> str:
        """The baseline, for findings that compare; one about the candidate alone counts on a first run too."""
        return finding.against

    def lacking(self, context: GateContext) -> str:
        """Why no view is left."""
        views = _views(context)
        if not views:
            return "no view of a task was run: benchwright run MODEL --suite robustness --on SUITE/TASK"
        names = list(dict.fromkeys(map(name_of, views)))
        for name in self.perturbation:
            if not any(is_view_named(one, name) for one in names):
                near = registry.suggest(name, names)
                return f"no view {name!r} was run: there are {', '.join(names)}" + (f"; {near}" if near else "")
        return f"no view is meant by task and perturbation together: there are {', '.join(views)}"

    def not_run(self, context: GateContext) -> Iterable[str]:
        """Why a part of the rule means no view, part by part: each perturbation that it names, on each task that it names, must have
        been seen, but for one that does not keep the gold answers of that task.
        """
        views = _views(context)
        bases = {context.card(path).view_of: context.card(path) for path in views}
        for task in self.tasks or ("",):
            of_task = [path for path in views if not task or _is_of(path, task)]
            there = f": there are {', '.join(of_task)}" if of_task else ""
            for name in self.perturbation or ("*",):
                if any(is_view_named(name_of(path), name) for path in of_task):
                    continue
                if task in bases and _loses_gold(name, bases[task]):
                    continue
                yield f"no view {name!r}{f' of {task}' if task else ''} was run{there}"

    def covers(self, path: str) -> bool:
        """Whether it is about a task or one of its views."""
        return not self.tasks or any(_is_of(path, task) for task in self.tasks)

    def covered_in(self, context: GateContext) -> list[str]:
        """The views that it means, among those that the candidate or the baseline was run on."""
        return [path for path in _views(context) if self.covers(path) and self._means(path)]

    def _means(self, path: str) -> bool:
        return not self.perturbation or any(is_view_named(name_of(path), one) for one in self.perturbation)

    def evaluate_on(self, path: str, context: GateContext) -> PendingFinding:  # pragma: no cover - see `evaluate`
        """Not asked: a view has up to two findings."""
        raise NotImplementedError

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """One finding for each limit and each view."""
        paths = self.paths_in(context)
        if not paths:
            yield self.invalid(self.none_left(context), **self.defaults())
            return
        for reason in self.not_run(context):
            yield self.invalid(reason, **self.defaults())
        for path in paths:
            for limit, against in ((self.max_loss, ""), (self.max_extra_loss, self.against)):
                if limit is None:
                    continue
                try:
                    yield self._judged(path, limit, against, context)
                except NotComparable as error:
                    yield self.invalid(error.problem, path=path, against=against)

    def _judged(self, path: str, limit: float, against: str, context: GateContext) -> PendingFinding:
        """PASS if the upper bound of the loss, or of its difference to the baseline's, is at most the limit."""
        joined = self.joined(path, against, context)
        quantity = joined.clean.quantity(self.metric)
        found = self.loss(joined, against)
        fields = self._fields(joined, path, limit, against, quantity)
        if not math.isfinite(found.value):
            return self.invalid(
                f"{self.metric} is undefined on these {count(joined.n, noun(joined.clean.task))}", **fields
            )
        if against and joined.clean.is_identical(0, 1) and joined.view.is_identical(0, 1):
            fields["flags"] = ("identical", *fields["flags"])
            if context.is_same_model(joined.clean, against):
                message = "identical: the same model and the same answers"
                return self.settled(Verdict.PASS, message, **fields, low=0.0, high=0.0, method="identical model")
        low, high, p = found.low(self.alpha), found.high(self.alpha), found.p_above(limit)
        won = Improvement(difference=found.difference, sign=-found.sign, n=found.n)
        equal = won.mde(self.alpha) if against else None
        fields |= {"low": low, "high": high, "alpha": self.alpha, "method": found.difference.method, "mde": equal}
        fields["flags"] = tuple(dict.fromkeys((*fields["flags"], *found.difference.flags)))
        return PendingFinding(
            finding=self.finding(Verdict.INCONCLUSIVE, "", **fields),
            alpha=self.alpha,
            passes=high is not None and high <= limit,
            violation_p=1.0 if p is None else p,
            describe=partial(self.describe, found=found, joined=joined, limit=limit, against=against, equal=equal),
            required_items=partial(won.required_items, -limit, self.alpha, equal=0.0 if against else None),
        )

    def loss(self, joined: JoinedView, against: str) -> Improvement:
        """The loss of the candidate as a run gives it, or how much larger it is than that of the model compared with; more is worse."""
        if against:
            return Improvement(difference=estimate_extra_loss(joined, self.metric), sign=1, n=joined.n)
        change = estimate_change(joined, self.metric, 0)
        return Improvement(difference=change, sign=-joined.clean.quantity(self.metric).sign, n=joined.n)

    def joined(self, path: str, against: str, context: GateContext) -> JoinedView:
        """The records of a view and of its task, of the candidate, and of the model compared with if one is named. Raises NotComparable."""
        card = context.card(path)
        base = card.view_of
        if base not in context.paths(against) and base not in context.paths():
            raise NotComparable(f"{path} has no clean side: {base} was not run")
        read = (lambda at: context.pairing(against, at)) if against else context.alone
        clean, view = read(base), read(path)
        self.quantity_on(view)
        grouped = [name for name in clean.quantity(self.metric).members if clean.metric(name).by_group]
        if grouped:
            raise NotComparable(f"{grouped[0]} scores groups of items, of which a view holds variants only")
        return join_view(clean, view)

    def _fields(self, joined: JoinedView, path: str, limit: float, against: str, quantity: Quantity) -> dict[str, Any]:
        clean = joined.clean
        losses = [loss_of(joined, self.metric, at) if joined.n else math.nan for at in range(len(clean.names))]
        known = [loss if math.isfinite(loss) else None for loss in losses]
        before = known[0] if against else None
        lost = f"{count(joined.left_out, noun(clean.task))} left out: not answered in full"
        return {
            "path": path,
            "metric": f"loss_of_{self.metric}" if not against else f"extra_loss_of_{self.metric}",
            "against": against,
            "baseline": before,
            "candidate": known[-1],
            "delta": None if before is None or known[-1] is None else known[-1] - before,
            "limit": limit,
            "direction": "lower",
            "value_unit": quantity.unit,
            "n": joined.n,
            "unit": noun(clean.task),
            "clusters": joined.n_units,
            "flags": (
                f"{count(joined.variants, 'variant')} of {count(joined.n, noun(clean.task))}",
                *((lost,) if joined.left_out else ()),
                *clean.flags,
                *joined.view.flags,
            ),
        }

    def describe(
        self,
        verdict: Verdict,
        p: float | None,
        *,
        found: Improvement,
        joined: JoinedView,
        limit: float,
        against: str,
        equal: float | None,
    ) -> str:
        """The sentence of a finding: clean and perturbed values, loss, bounds, limit; ``p``: after the Holm correction; ``equal``: the limit that equal models pass."""
        unit = joined.clean.quantity(self.metric).unit
        low, high = (formatting.change(end, unit) for end in (found.low(self.alpha), found.high(self.alpha)))
        ends = f"bounds {low} and {high} ({formatting.confidence(1 - self.alpha)} each)"
        now = self._sides(joined, len(joined.clean.names) - 1, unit)
        if against:
            before = self._sides(joined, 0, unit)
            how = "more" if found.value >= 0 else "less"
            lost = f"loses {formatting.points(abs(found.value), unit)} {how} than the {against}"
            said = f"{lost} ({now}; {against} {before}), {ends}"
            asked = f"{formatting.points(limit, unit)} more are allowed"
        else:
            verb = "loses" if found.value >= 0 else "wins"
            said = f"{verb} {formatting.points(abs(found.value), unit)} ({now}), {ends} of the loss"
            asked = f"a loss of {formatting.points(limit, unit)} is allowed"
        message = f"{said}; {asked}"
        if verdict is Verdict.FAIL:
            return f"{message}; p of harm {formatting.p_equals(p or 0.0)} after Holm"
        if verdict is Verdict.INCONCLUSIVE and equal is not None:
            return f"{message}; equal models pass from {formatting.points(equal, unit)} on"
        return message

    def _sides(self, joined: JoinedView, system: int, unit: Unit) -> str:
        """``93.10 to 88.40``: the metric on the items, and on their variants."""
        values = [side.value(system, self.metric) for side in (joined.matched, joined.view)]
        return " to ".join(formatting.value(value, unit) for value in values)


def name_of(path: str) -> str:
    """Name of a view, its severity with it: ``keyboard_typo-3`` of ``robustness/keyboard_typo-3@glue/sst2``."""
    return TaskPath.parse(path).view.rpartition("/")[2]


def _is_of(path: str, task: str) -> bool:
    """Whether a path is what a rule names: that view or task, or one of that suite or task."""
    at = TaskPath.parse(path)
    return task == path or is_within(f"{at.suite}/{at.task}", task)


def _loses_gold(view: str, task: Task) -> bool:
    """Whether a perturbation, by the name of its view, does not keep the gold answers of a task, so that the task is not seen so."""
    name = View.named("", view).perturbation
    return name in perturbations.INDEX and perturbations.named(name).label_in(task) == "no"


def _views(context: GateContext) -> tuple[str, ...]:
    """Views that the candidate or the baseline was run on, apart from identity swaps."""
    known = dict.fromkeys((*context.paths(), *context.paths("baseline")))
    return tuple(path for path in known if context.card(path).view_of and not is_identity_view(path))
