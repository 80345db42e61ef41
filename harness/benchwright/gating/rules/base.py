"""What every rule has: fields with the text of what may stand in them, the tasks that it is about, findings in its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from benchwright import limit_checks, registry
from benchwright.comparison.pairing import PairedRecords
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.verdict import Finding, PendingFinding, Verdict
from benchwright.limit_checks import LOOSEST, TIGHTEST, Bound
from benchwright.quantities import SIZES, Quantity, is_planned
from benchwright.slicing import label_of
from benchwright.types import Frozen, Task

Severity = Literal["fail", "warn"]
Text = Annotated[str, Meta(pattern=r"\S", description="a text")]
Number = Annotated[float, Meta(description="a number")]
Margin = Annotated[
    float, Meta(ge=0, description="a number of at least 0 in the metric's unit: 0.01 is one point of a fraction")
]
PositiveMargin = Annotated[
    float, Meta(gt=0, description="a number above 0 in the metric's unit: 0.01 is one point of a fraction")
]
SliceName = Annotated[str, Meta(pattern=r"^[^=\s][^=]*=.+\Z", description="NAME=VALUE")]
TaskName = Annotated[str, Meta(pattern=r"^[\w.-]+(/[\w.-]+)?\Z")]
Confidence = Annotated[
    float,
    Meta(
        ge=1 - LOOSEST,
        le=1 - TIGHTEST,
        description=f"a number from {1 - LOOSEST:g}, below which chance alone would decide, to {1 - TIGHTEST:g}; 0.95 is usual",
    ),
]


@dataclass(frozen=True, kw_only=True)
class RuleSubject:
    """Which value, or which difference, a rule is about."""

    metric: str
    slice: str | None = None
    against: str = ""
    split: str | None = None
    tasks: tuple[str, ...] = ()

    def is_that_of(self, other: RuleSubject) -> bool:
        """Whether both are about the same value, or the same difference, of some task."""
        if (self.metric, self.slice, self.against) != (other.metric, other.slice, other.against):
            return False
        if None not in (self.split, other.split) and self.split != other.split:
            return False
        return (
            not self.tasks
            or not other.tasks
            or any(is_within(a, b) or is_within(b, a) for a in self.tasks for b in other.tasks)
        )


def is_within(path: str, task: str) -> bool:
    """Whether ``suite/task`` is a task, or one of a suite, that is named."""
    return path == task or path.startswith(f"{task}/")


class RuleBase(Frozen, frozen=True, kw_only=True, tag_field="kind"):
    """One ``[[rule]]``; the kinds are its subclasses, each with its fields, its check and its sentence.

    Attributes:
        id: Unique within the gate.
        severity: ``fail``: a failure fails the gate; ``warn``: it is a warning only.
        required: Whether the gate is invalid when this cannot be evaluated.
        alpha: Level of bounds and tests: the gate's, unless the rule has a confidence of its own.
    """

    no_keys: ClassVar[frozenset[str]] = frozenset({"alpha"})
    """Fields that no key of the file sets."""

    id: Annotated[
        str, Meta(pattern=r"^[\w.:-]{1,80}\Z", description="letters, digits, `.`, `:`, `_` or `-`, at most 80")
    ]
    severity: Severity = "fail"
    required: bool = True
    alpha: float = 0.05

    @property
    def kind(self) -> str:
        """What it asks, as the file says it."""
        return str(self.__struct_config__.tag)

    @property
    def counts(self) -> bool:
        """Whether the gate needs it evaluated."""
        return self.required and self.severity == "fail"

    @property
    def subject(self) -> RuleSubject | None:
        """What it is about; None where no other rule can be about the same."""
        return None

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """Findings, of which those about evidence wait for the correction for many rules. Raises NotComparable."""
        raise NotImplementedError

    def find_problems(self) -> Iterable[BenchwrightError]:
        """What is wrong with it whatever the tasks are."""
        return ()

    def bounds(self) -> list[Bound]:
        """What it asks of a value, or of an improvement, so that rules that contradict one another are found."""
        return []

    def fields(self) -> dict[str, Any]:
        """What every finding of it says."""
        return {"rule": self.id, "kind": self.kind, "severity": self.severity, "required": self.counts}

    def finding(self, verdict: Verdict, message: str, **fields: Any) -> Finding:
        """A finding of it."""
        return Finding(**{**self.fields(), "verdict": verdict, "message": message, **fields})

    def settled(self, verdict: Verdict, message: str, **fields: Any) -> PendingFinding:
        """A finding that nothing can change any more."""
        return PendingFinding(finding=self.finding(verdict, message, **fields))

    def invalid(self, reason: str, **fields: Any) -> PendingFinding:
        """What is not comparable or not measured."""
        return self.settled(Verdict.INVALID, reason, **fields)

    def problem(self, what: str, *, expected: str, hint: str = "") -> BenchwrightError:
        """A mistake in it, in its name."""
        return BenchwrightError(f"rule {self.id!r}: {what}", expected=expected, hint=hint)

    def metric_problem(self, metric: str, known: Iterable[str]) -> Iterable[BenchwrightError]:
        """A metric that is none of those known."""
        names = list(known)
        if metric in names:
            return
        if is_planned(metric):
            what, hint = f"metric {metric!r} is planned, nothing measures it yet", "leave this rule out"
        else:
            what, hint = f"unknown metric {metric!r}", registry.suggest(metric, names) or "use one of these"
        yield self.problem(f"metric: {what}", expected=f"one of: {', '.join(names)}", hint=hint)


class TaskRule(RuleBase, frozen=True, kw_only=True):
    """A rule about a metric on tasks.

    Attributes:
        tasks: ``suite/task`` or ``suite``; empty: every task that has the metric.
        split: Split that must have been measured; None: any.
        cluster: Column by which the card must cluster; None: as the card says.
        metric: Metric of the tasks' cards, ``score``, or what is known of the model itself.
        slice: Slice ``name=value`` that it is about; None: all items.
        against: ``baseline``, ``anchor``, another name of the lock, or ``RUN:MODEL``; empty: it compares with nobody.
        on_inconclusive: Whether an open question is a note or ends the gate with exit code 4.
        confidence: 1 - ``alpha``; None: the gate's.
    """

    takes_sizes: ClassVar[bool] = False
    """Whether the metric may be known of the model itself."""

    tasks: Annotated[
        tuple[TaskName, ...],
        Meta(min_length=1, description="SUITE/TASK, SUITE, or a list of them", extra={"or_one": True}),
    ] = msgspec.field(default=(), name="task")
    split: Text | None = None
    cluster: Text | None = None
    metric: Text = "score"
    slice: SliceName | None = None
    against: Text = "baseline"
    on_inconclusive: Severity = "warn"
    confidence: Confidence | None = None

    def __post_init__(self) -> None:
        if self.confidence is not None:
            msgspec.structs.force_setattr(self, "alpha", round(1 - self.confidence, 12))

    @property
    def subject(self) -> RuleSubject:
        """The value of its metric, or the difference of two."""
        return RuleSubject(
            metric=self.metric, slice=self.slice, against=self.against, split=self.split, tasks=self.tasks
        )

    def fields(self) -> dict[str, Any]:
        """With the metric and the slice."""
        return {**super().fields(), "metric": self.metric, "slice": self.slice}

    def defaults(self) -> dict[str, Any]:
        """What findings say of a task where nothing could be compared."""
        return {"against": self.against}

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """One finding for each task that it is about."""
        paths = self.paths_in(context)
        if not paths:
            yield self.invalid(self.lacking(context), **self.defaults())
        for path in paths:
            try:
                yield self.evaluate_on(path, context)
            except NotComparable as error:
                yield self.invalid(error.given, path=path, **self.defaults())

    def evaluate_on(self, path: str, context: GateContext) -> PendingFinding:
        """The finding on one task. Raises NotComparable."""
        raise NotImplementedError

    def find_problems(self) -> Iterable[BenchwrightError]:
        """A metric that nobody knows."""
        sizes = SIZES if self.takes_sizes else ()
        yield from self.metric_problem(self.metric, ("score", *registry.names("metrics"), *sizes))

    def range_problems(self, within: Quantity) -> list[BenchwrightError]:
        """A margin or a limit beyond what the metric can be."""
        return []

    def range_notes(self, within: Quantity, *, higher: bool | None = None) -> tuple[str, ...]:
        """What to say of a margin or a limit that hardly anything could fail; ``higher``: whether higher values are better."""
        return ()

    def fraction_notes(self) -> tuple[str, ...]:
        """The same where nobody knows yet what the score is."""
        return ()

    def level_notes(self) -> tuple[str, ...]:
        """What to say of a loose level."""
        return tuple(filter(None, [limit_checks.level_remark(self.alpha)]))

    def covers(self, path: str) -> bool:
        """Whether a task ``suite/task`` is meant."""
        return not self.tasks or any(is_within(path, task) for task in self.tasks)

    def paths_in(self, context: GateContext) -> list[str]:
        """Tasks that it is about: those it names, present or not, else all that have its metric."""
        if not self.tasks:
            return [path for path in context.paths(self.against) if self.has_metric(context.card(path))]
        known = tuple(dict.fromkeys((*context.paths(), *context.paths(self.against))))
        found: list[str] = []
        for task in self.tasks:
            matches = [path for path in known if is_within(path, task)]
            found += [p for p in matches if "/" in task or self.has_metric(context.card(p))] if matches else [task]
        return list(dict.fromkeys(found))

    def lacking(self, context: GateContext) -> str:
        """Why no task is meant: none has the metric, and those that they have."""
        known = dict.fromkeys((*context.paths(), *context.paths(self.against)))
        there = dict.fromkeys(name for path in known for name in context.card(path).metrics)
        return f"no task has the metric {self.metric!r}" + (f": their cards name {', '.join(there)}" if there else "")

    def has_metric(self, task: Task) -> bool:
        """Whether a card names the metric, or has a score at all; of one label where the rule is about labels."""
        if self.metric in task.by_label and self.asks_for_labels(task):
            return True
        return bool(task.metrics) if self.metric == "score" else self.metric in task.metrics

    def asks_for_labels(self, task: Task) -> bool:
        """Whether it is about a slice ``label=NAME`` (``type=NAME``)."""
        return self.slice is not None and label_of(self.slice, task) is not None

    def quantity_on(self, pairing: PairedRecords) -> Quantity:
        """What its metric is on a task.

        Raises:
            NotComparable: The split or the clusters are not those that the rule asks for, the task lacks the metric, or its
                score is a mean of what has none.
        """
        split, cluster = pairing.cells[0].split, pairing.task.cluster
        if self.split is not None and self.split != split:
            raise NotComparable(f"{pairing.path} was measured on {split}, the rule asks for {self.split}")
        columns = cluster.columns if cluster else ()
        if self.cluster is not None and self.cluster not in columns:
            by = f"by {', '.join(columns)}" if columns else "not clustered"
            raise NotComparable(f"{pairing.path} is {by} on its card, the rule asks for {self.cluster}")
        if not self.has_metric(pairing.task):
            names = ", ".join(pairing.task.metrics)
            raise NotComparable(f"{pairing.path} has no metric {self.metric!r}: its card names {names}")
        return pairing.quantity(self.metric)

    def records_in(self, context: GateContext, path: str) -> PairedRecords:
        """The answers that it is about: of the candidate, behind those of the model that it compares with. Raises NotComparable."""
        if self.slice is not None:
            pairing = context.slice(self.against, path, self.slice)
        else:
            pairing = context.pairing(self.against, path) if self.against else context.alone(path)
        self.quantity_on(pairing)
        return pairing


class MarginRule(TaskRule, frozen=True, kw_only=True):
    """A rule that allows, or asks for, a difference of some size.

    Attributes:
        margin: Loss, win or difference in the metric's unit, never negative.
    """

    allowed: ClassVar[tuple[int, ...]] = (-1,)
    """Where what is allowed ends, in margins of an improvement."""

    margin: Margin = 0.0

    @staticmethod
    def asks(margin: str) -> str:
        """What it asks for, in words, of a margin in words."""
        return f"a loss of {margin} is allowed"

    def range_problems(self, within: Quantity) -> list[BenchwrightError]:
        """A margin as wide as the metric."""
        found = limit_checks.margin_problem(self.margin, within)
        return [self.problem(f"margin: {found.what}", expected=found.expected, hint=found.hint)] if found else []

    def range_notes(self, within: Quantity, *, higher: bool | None = None) -> tuple[str, ...]:
        """A wide margin."""
        return tuple(filter(None, [limit_checks.margin_remark(self.margin, within)]))

    def fraction_notes(self) -> tuple[str, ...]:
        """A margin wider than nearly all that fractions can be."""
        if self.margin <= limit_checks.WIDE:
            return ()
        much = f"{100 * self.margin:g} points"
        return (f"the margin {self.margin:g} would be {much} of a fraction, which most scores are: 0.01 is one point",)
