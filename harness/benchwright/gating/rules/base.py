"""What all rules share: fields and their documentation, the tasks of a rule, and how a finding is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from benchwright import limit_checks, limit_texts, registry, unranked
from benchwright.comparison.pairing import PairedRecords
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.verdict import Finding, PendingFinding, Verdict
from benchwright.hardware.find import unknown_scenario
from benchwright.limit_checks import LOOSEST, TIGHTEST, Bound
from benchwright.quantities import BUILT_IN, MEASURED, SIZES, Quantity, meant_by
from benchwright.slicing import label_of
from benchwright.task_path import HARDWARE
from benchwright.types import Frozen, Task
from benchwright.types.hardware import SCENARIOS

Severity = Literal["fail", "warn"]
Text = Annotated[str, Meta(pattern=r"\S", description="a text")]
Number = Annotated[float, Meta(description="a number")]
Amount = Annotated[
    float | str,
    Meta(description="a number; of a size, a time, a rate, energy or cost a text with its unit, such as `50 ms`"),
]
"""A limit as the file has it; `limit_of` says what it amounts to."""
Margin = Annotated[
    float, Meta(ge=0, description="a number of at least 0 in the metric's unit: 0.01 is one point of a fraction")
]
PositiveMargin = Annotated[
    float, Meta(gt=0, description="a number above 0 in the metric's unit: 0.01 is one point of a fraction")
]
SliceName = Annotated[str, Meta(pattern=r"^[^=\s][^=]*=.+\Z", description="NAME=VALUE")]
TaskName = Annotated[str, Meta(pattern=r"^(hardware/[\w.-]+@)?[\w.-]+(/[\w.-]+)?\Z")]
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
    """The quantity that a rule is about: a value or a difference, on some tasks."""

    metric: str
    slice: str | None = None
    against: str = ""
    split: str | None = None
    tasks: tuple[str, ...] = ()

    def is_that_of(self, other: RuleSubject) -> bool:
        """Whether both are about the same value or difference of some common task."""
        if (self.metric, self.slice, self.against) != (other.metric, other.slice, other.against):
            return False
        if None not in (self.split, other.split) and self.split != other.split:
            return False
        return (
            not self.tasks
            or not other.tasks
            or any(is_within(a, b) or is_within(b, a) for a in self.tasks for b in other.tasks)
        )


def limit_of(given: float | str | None, metric: str) -> float | None:
    """A limit in the unit of its metric; None where there is none, or none that can be read (`limit_faults`)."""
    if given is None:
        return None
    if metric not in BUILT_IN:
        return None if isinstance(given, str) else given
    try:
        return limit_texts.read_limit(given, BUILT_IN[metric])
    except BenchwrightError:
        return None


def is_within(path: str, task: str) -> bool:
    """Whether ``path`` is the task ``task`` or belongs to the suite ``task``."""
    return path == task or path.startswith(f"{task}/")


class RuleBase(Frozen, frozen=True, kw_only=True, tag_field="kind"):
    """One ``[[rule]]``; the kinds are its subclasses, each with its fields, its check and its sentence.

    Attributes:
        id: Unique within the gate.
        severity: ``fail``: a failure fails the gate; ``warn``: it is a warning only.
        required: Whether the gate is invalid when this cannot be evaluated.
        alpha: Significance level of bounds and tests: the gate's, unless the rule has its own ``confidence``.
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
        """The kind of rule, as written in the file."""
        return str(self.__struct_config__.tag)

    @property
    def counts(self) -> bool:
        """Whether the gate is invalid if it cannot be evaluated."""
        return self.required and self.severity == "fail"

    @property
    def subject(self) -> RuleSubject | None:
        """The quantity it is about; None if no other rule can share it."""
        return None

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """Pending findings; those based on a test wait for the Holm correction. Raises NotComparable."""
        raise NotImplementedError

    def find_problems(self) -> Iterable[BenchwrightError]:
        """Problems of the rule that do not depend on tasks."""
        return ()

    def bounds(self) -> list[Bound]:
        """Its limits on the value or improvement, to find contradicting rules."""
        return []

    def fields(self) -> dict[str, Any]:
        """Fields that all its findings share."""
        return {"rule": self.id, "kind": self.kind, "severity": self.severity, "required": self.counts}

    def finding(self, verdict: Verdict, message: str, **fields: Any) -> Finding:
        """A finding of this rule."""
        return Finding(**{**self.fields(), "verdict": verdict, "message": message, **fields})

    def settled(self, verdict: Verdict, message: str, **fields: Any) -> PendingFinding:
        """A final finding: no correction applies to it."""
        return PendingFinding(finding=self.finding(verdict, message, **fields))

    def invalid(self, reason: str, **fields: Any) -> PendingFinding:
        """A final finding with verdict INVALID: not comparable or not measured."""
        return self.settled(Verdict.INVALID, reason, **fields)

    def problem(self, what: str, *, expected: str, hint: str = "") -> BenchwrightError:
        """A problem of this rule, for the list of mistakes."""
        return BenchwrightError(f"rule {self.id!r}: {what}", expected=expected, hint=hint)

    def limit_faults(self, limits: Mapping[str, float | str | None], metric: str) -> Iterable[BenchwrightError]:
        """Problems of limits by their keys: a text where the metric has no unit, a bare number where it has one."""
        for key, given in limits.items():
            if given is None:
                continue
            if metric not in BUILT_IN:
                if isinstance(given, str) and not meant_by(metric):  # else its name is a problem, and the unit is right
                    yield self.problem(f"{key}: {given!r}", expected="a number", hint=limit_checks.unquoted(given))
                continue
            try:
                limit_texts.read_limit(given, BUILT_IN[metric])
            except BenchwrightError as error:
                meant = error.hint.removeprefix("write ")
                hint = f'write {key} = "{meant}"' if error.hint.startswith("write ") else error.hint
                yield self.problem(f"{key}: {error.problem}", expected=error.expected, hint=hint)

    def place_problems(self, places: Iterable[str], *, measured: bool) -> Iterable[BenchwrightError]:
        """Problems of tasks ``hardware/SCENARIO@suite/task``: no such scenario, or a metric of answers (not ``measured``)."""
        for place in places:
            named = unknown_scenario(place)
            if named:
                near = registry.suggest(named, SCENARIOS) or "use one of these"
                what, expected = f"task: {named!r} is no scenario", f"one of: {', '.join(SCENARIOS)}"
                yield self.problem(what, expected=expected, hint=near)
            elif place.startswith(f"{HARDWARE}/") and "@" in place and not measured:
                what = f"task: under {place} times were measured, and the metric is one of answers"
                yield self.problem(what, expected="SUITE/TASK", hint=f"write {place.rpartition('@')[2]}")

    def metric_problem(self, metric: str, known: Iterable[str]) -> Iterable[BenchwrightError]:
        """A problem if the metric is not known; else None."""
        names = list(known)
        if metric in names:
            return
        meant = meant_by(metric)
        if metric in MEASURED:
            what = f"{metric!r} is measured by hardware profiles, which rules of kind {self.kind} do not judge"
            hint = 'a limit is judged by kind = "budget" or "absolute", a change by kind = "ratio"'
        elif meant:
            what = f"unknown metric {metric!r}"
            hint = (
                f"name one of {', '.join(meant)}; the unit belongs to the limit"
                if len(meant) > 1
                else f"write {meant[0]}; the unit belongs to the limit"
            )
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
        slice: Slice ``name=value``; None: all items.
        against: ``baseline``, ``anchor``, another name of the lock, or ``RUN:MODEL``; empty: no comparison.
        on_inconclusive: Whether INCONCLUSIVE is a note or ends the gate with exit code 4.
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
        """The value of its metric, or the difference of two systems."""
        return RuleSubject(
            metric=self.metric, slice=self.slice, against=self.against, split=self.split, tasks=self.tasks
        )

    def fields(self) -> dict[str, Any]:
        """Shared fields, with the metric and the slice."""
        return {**super().fields(), "metric": self.metric, "slice": self.slice}

    def defaults(self) -> dict[str, Any]:
        """Fields of a finding on a task that could not be compared."""
        return {"against": self.against}

    def compared_in(self, finding: Finding) -> str:
        """Name of the model that one of its findings compares with; empty without a comparison."""
        return self.against

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """One finding for each task of the rule."""
        paths = self.paths_in(context)
        if not paths:
            yield self.invalid(self.none_left(context), **self.defaults())
        for path in paths:
            try:
                yield self.evaluate_on(path, context)
            except NotComparable as error:
                yield self.invalid(error.problem, path=path, **self.defaults())

    def evaluate_on(self, path: str, context: GateContext) -> PendingFinding:
        """The finding on one task. Raises NotComparable."""
        raise NotImplementedError

    takes_measured: ClassVar[bool] = False
    """Whether the metric may be a quantity of hardware profiles."""

    def find_problems(self) -> Iterable[BenchwrightError]:
        """An unknown metric is a problem, and a hardware profile as the task of a metric of answers."""
        sizes = (*(SIZES if self.takes_sizes else ()), *(MEASURED if self.takes_measured else ()))
        yield from self.metric_problem(self.metric, ("score", *registry.names("metrics"), *sizes))
        yield from self.place_problems(self.tasks, measured=self.metric in sizes and self.metric in MEASURED)

    def range_problems(self, within: Quantity) -> list[BenchwrightError]:
        """A margin or limit outside the range of the metric is a problem."""
        return []

    def range_notes(self, within: Quantity, *, higher: bool | None = None) -> tuple[str, ...]:
        """Warnings about a margin or limit that nearly every model passes; ``higher``: whether higher values are better."""
        return ()

    def fraction_notes(self) -> tuple[str, ...]:
        """The same warnings if the score's range is not known yet and a fraction is assumed."""
        return ()

    def level_notes(self) -> tuple[str, ...]:
        """Warnings about a loose significance level."""
        return tuple(filter(None, [limit_checks.level_warning(self.alpha)]))

    def covers(self, path: str) -> bool:
        """Whether the rule names the task ``suite/task``, or its suite."""
        return not self.tasks or any(is_within(path, task) for task in self.tasks)

    def paths_in(self, context: GateContext) -> list[str]:
        """Tasks of the rule: those that it covers, of which an unranked one has to be named outright."""
        return [path for path in self.covered_in(context) if not self.leaves_out(path, context)]

    def leaves_out(self, path: str, context: GateContext) -> bool:
        """Whether a task that the rule covers is unranked, and meant by a suite, a pattern or no task at all."""
        there = path in context.paths() or path in context.paths(self.against)
        return there and context.card(path).unranked and not self.names(path)

    def names(self, path: str) -> bool:
        """Whether the rule names a task, or of a view its task, outright."""
        return path in self.tasks or path.rpartition("@")[2] in self.tasks

    def left_out(self, context: GateContext) -> list[str]:
        """Unranked tasks that it covers and does not judge, since it does not name them."""
        return [path for path in self.covered_in(context) if self.leaves_out(path, context)]

    def none_left(self, context: GateContext) -> str:
        """Why no task is left: those that it covers are unranked, or what `lacking` says."""
        out = self.left_out(context)
        if not out:
            return self.lacking(context)
        listed = unranked.listed({path: context.card(path) for path in out})
        return f'it names no task, and this is judged by rules that name it only: {listed}; task = "{out[0]}"'

    def covered_in(self, context: GateContext) -> list[str]:
        """Tasks that it names, present or not, else all that have its metric; a view of a task has to be named."""
        if not self.tasks:
            cards = {path: context.card(path) for path in context.paths(self.against)}
            return [path for path, card in cards.items() if not card.view_of and self.has_metric(card)]
        known = tuple(dict.fromkeys((*context.paths(), *context.paths(self.against))))
        found: list[str] = []
        for task in self.tasks:
            matches = [path for path in known if is_within(path, task)]
            found += [p for p in matches if "/" in task or self.has_metric(context.card(p))] if matches else [task]
        return list(dict.fromkeys(found))

    def lacking(self, context: GateContext) -> str:
        """Why no task is left: none has the metric; names the metrics that they have."""
        known = dict.fromkeys((*context.paths(), *context.paths(self.against)))
        there = dict.fromkeys(name for path in known for name in context.card(path).metrics)
        return f"no task has the metric {self.metric!r}" + (f": their cards name {', '.join(there)}" if there else "")

    def has_metric(self, task: Task) -> bool:
        """Whether a task has the metric (or a score); for a rule about labels, a metric of one label."""
        if self.metric in task.by_label and self.asks_for_labels(task):
            return True
        return bool(task.metrics) if self.metric == "score" else self.metric in task.metrics

    def asks_for_labels(self, task: Task) -> bool:
        """Whether the rule is about a slice ``label=NAME`` (``type=NAME``)."""
        return self.slice is not None and label_of(self.slice, task) is not None

    def quantity_on(self, pairing: PairedRecords) -> Quantity:
        """The quantity of its metric on a task.

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
        """The paired records it judges: the model compared with (system 0, if any), then the candidate. Raises NotComparable."""
        if self.slice is not None:
            pairing = context.slice(self.against, path, self.slice)
        else:
            pairing = context.pairing(self.against, path) if self.against else context.alone(path)
        self.quantity_on(pairing)
        return pairing


class MarginRule(TaskRule, frozen=True, kw_only=True):
    """A rule with a margin: a difference that is allowed or required.

    Attributes:
        margin: Size of the difference in the metric's unit, never negative.
    """

    allowed: ClassVar[tuple[int, ...]] = (-1,)
    """Where what is allowed ends, in margins of an improvement."""

    margin: Margin = 0.0

    @staticmethod
    def asks(margin: str) -> str:
        """What the rule asks for, as a phrase; ``margin`` as text."""
        return f"a loss of {margin} is allowed"

    def range_problems(self, within: Quantity) -> list[BenchwrightError]:
        """A margin as wide as the range of the metric is a problem."""
        found = limit_checks.margin_problem(self.margin, within)
        return [self.problem(f"margin: {found.what}", expected=found.expected, hint=found.hint)] if found else []

    def range_notes(self, within: Quantity, *, higher: bool | None = None) -> tuple[str, ...]:
        """A warning about a wide margin."""
        return tuple(filter(None, [limit_checks.margin_warning(self.margin, within)]))

    def fraction_notes(self) -> tuple[str, ...]:
        """A warning about a margin that is wide for a fraction."""
        if self.margin <= limit_checks.WIDE:
            return ()
        much = f"{100 * self.margin:g} points"
        return (f"the margin {self.margin:g} would be {much} of a fraction, which most scores are: 0.01 is one point",)
