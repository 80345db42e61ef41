"""The rule about speed beside a baseline: a ratio of times over blocks that both models ran in turn, and never of two runs apart."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from benchwright import formatting, registry
from benchwright.comparison.systems import System
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.context import GateContext, MissingBaseline, profiles_of
from benchwright.gating.improvement import POWER
from benchwright.gating.machines import check_machine
from benchwright.gating.rules.base import RuleSubject, TaskRule, Text, is_within
from benchwright.gating.verdict import Finding, PendingFinding, RequiredItems, Verdict
from benchwright.hardware.ratios import QUANTITIES, NoisyLimit, block_values, has_copy, noise_of, ratio_of
from benchwright.limit_checks import Bound
from benchwright.quantities import Quantity
from benchwright.stats.block_ratio import FEWEST_BLOCKS, BlockRatio
from benchwright.task_path import HARDWARE, TaskPath, is_hardware_view
from benchwright.types import Measurements, Run, Scenario

SCENARIO: Scenario = "interleaved"
"""The scenario whose blocks are compared."""

_VIEW = f"{HARDWARE}/{SCENARIO}"

_Tasks = Annotated[
    tuple[Annotated[str, Meta(pattern=r"^[\w.@/?&=*-]+\Z")], ...],
    Meta(min_length=1, description="SUITE/TASK, SUITE, or a list of them", extra={"or_one": True}),
]
_Ratio = Annotated[
    float,
    Meta(
        ge=0.01,
        le=100,
        description="the candidate's value divided by the baseline's, from 0.01 to 100: 1.10 is a tenth more",
    ),
]


@dataclass(frozen=True, kw_only=True, eq=False)
class RatioOfSession:
    """Two models of one session.

    Attributes:
        before: What was measured of the model compared with.
        now: Of the candidate.
        found: Candidate over that, round by round.
        noise: The second copy of the session's first model over that model.
        same: Whether the two are one and the same stored model, and ``found`` is that of its second copy.
        run: The run whose session it is.
    """

    before: Measurements
    now: Measurements
    found: BlockRatio
    noise: BlockRatio
    same: bool
    run: Run


class RatioRule(TaskRule, frozen=True, kw_only=True, tag="ratio"):
    """Is it shown that the candidate's latency is at most so many times the baseline's, or its throughput at least so many times?

    Attributes:
        metric: ``latency_p50``: a block's time is the median of its queries; ``throughput``: inputs a second of a whole block.
        maximum: ``max``: limit of the ratio of latencies.
        minimum: ``min``: limit of the ratio of throughputs.
        design: How the two were measured: ``interleaved``, in one session and in turn. There is no other.
        blocks: Rounds that a session must have; None: as many as bounds take. One that is measured for the gate has so many, or those of its preset.
        machine: Name or fingerprint of the machine that the session must be of; empty: the one on which the gate runs.
    """

    no_keys: ClassVar[frozenset[str]] = frozenset({"alpha", "slice", "cluster"})

    tasks: _Tasks = msgspec.field(default=(), name="task")
    metric: Text = "latency_p50"
    maximum: _Ratio | None = msgspec.field(default=None, name="max")
    minimum: _Ratio | None = msgspec.field(default=None, name="min")
    design: Literal["interleaved"] = "interleaved"
    blocks: Annotated[int, Meta(ge=FEWEST_BLOCKS, description=f"a whole number of at least {FEWEST_BLOCKS}")] | None = (
        None
    )
    machine: Text | None = None

    @property
    def limit(self) -> float:
        """The limit of the ratio."""
        return (self.minimum if self.of_rate else self.maximum) or 1.0

    @property
    def of_rate(self) -> bool:
        """Whether more is better."""
        return self.metric == "throughput"

    @property
    def subject(self) -> RuleSubject:
        """The ratio of its metric."""
        return RuleSubject(metric=self.metric, against=self.against, split=self.split, tasks=self.tasks)

    def bounds(self) -> list[Bound]:
        """Its limit as a bound on the ratio."""
        sign: Literal["<=", ">="] = ">=" if self.of_rate else "<="
        return [Bound(rule=self.id, operator=sign, amount=self.limit)]

    def find_problems(self) -> Iterable[BenchwrightError]:
        """Problems: another metric, or a limit from the wrong side."""
        if self.metric not in QUANTITIES:
            near = registry.suggest(self.metric, QUANTITIES)
            hint = near or (
                'metric = "latency_p50"' if self.metric.startswith("latency") else "an absolute rule takes the others"
            )
            yield self.problem(
                f"metric: {self.metric!r} has no ratio over blocks",
                expected=f"one of: {', '.join(QUANTITIES)}",
                hint=hint,
            )
            return
        wanted, other = ("min", "max") if self.of_rate else ("max", "min")
        given = {"max": self.maximum, "min": self.minimum}
        if given[wanted] is None or given[other] is not None:
            hint = "max = 1.10 allows a tenth more" if wanted == "max" else "min = 0.90 allows a tenth less"
            yield self.problem(
                f"{self.metric} needs {wanted}, not {other}" if given[other] is not None else "no limit",
                expected=wanted,
                hint=hint,
            )

    def range_notes(self, within: Quantity, *, higher: bool | None = None) -> tuple[str, ...]:
        """None: the range of the metric says nothing of its ratio."""
        return ()

    def defaults(self) -> dict[str, Any]:
        """Default fields, with the limit."""
        return {"against": self.against, "limit": self.limit}

    def covered_in(self, context: GateContext) -> list[str]:
        """Sessions, by the path of their view, that the candidate or the model compared with has of the tasks that the rule names; of a
        task without one the path that it would have.
        """
        sides = reversed(self._sides(context))
        known = [path for side in sides if isinstance(side, System) for path in profiles_of(side)]
        there = [path for path in dict.fromkeys(known) if _is_session(path)]
        if not self.tasks:
            return there
        found: list[str] = []
        for task in self.tasks:
            mine = [path for path in there if task == path or is_within(_base(path), task)]
            found += mine or [task if "@" in task else f"{_VIEW}@{task}"]
        return list(dict.fromkeys(found))

    def names(self, path: str) -> bool:
        """Whether it names the task of a session outright."""
        return path in self.tasks or _base(path) in self.tasks

    def covers(self, path: str) -> bool:
        """Whether it is about a session."""
        return _is_session(path) and (not self.tasks or any(is_within(_base(path), task) for task in self.tasks))

    def lacking(self, context: GateContext) -> str:
        """Why there is nothing to judge."""
        return f"no two models were measured in turn: {_remedy('SUITE/TASK')}"

    def evaluate_on(self, path: str, context: GateContext) -> PendingFinding:
        """PASS if the bound of the ratio keeps the limit, FAIL if the other bound is beyond it; on a noisy machine both with room for the noise.

        Raises NotComparable where the two were not measured in turn, or on another machine.
        """
        judged = self.session(path, context)
        found, noise = judged.found, judged.noise
        fields = self._fields(path, judged)
        session = _session(judged)
        if found.blocks < (self.blocks or FEWEST_BLOCKS):
            said = f"{found.blocks} rounds were measured, the rule asks for {self.blocks}"
            return self.invalid(f"{said}: {_remedy(_base(path), self.blocks)} ({session})", **fields)
        if noise.reach is None:
            return self.invalid(
                f"{noise.blocks} rounds of a model beside itself: too few to know the noise ({session})", **fields
            )
        limit = NoisyLimit(limit=self.limit, noise=noise.reach)
        return PendingFinding(
            finding=self.finding(Verdict.INCONCLUSIVE, "", **fields),
            alpha=self.alpha,
            passes=self._keeps(found, limit),
            violation_p=found.p(limit.below(), "less") if self.of_rate else found.p(limit.above(), "greater"),
            describe=partial(self.describe, judged, limit),
            required_items=partial(self._required, found, limit),
        )

    def _required(self, found: BlockRatio, limit: NoisyLimit) -> RequiredItems | None:
        """Rounds that would tell on this machine; None where it is too noisy for that, or there are as many."""
        if limit.is_noisy:
            return None
        rounds = found.rounds_to_tell(math.log(found.value) - math.log(self.limit), self.alpha)
        if rounds is None:
            return RequiredItems(items=None, sentence="the ratio lies too near to the limit for any number of rounds")
        if rounds <= found.blocks:
            return None
        sure = f"({formatting.percent(POWER, 0)} power)"
        return RequiredItems(items=rounds, sentence=f"if the ratio is as seen, about {rounds} rounds tell {sure}")

    def session(self, path: str, context: GateContext) -> RatioOfSession:
        """The ratio in a session, and the noise of it; of a model beside itself that of its second copy.

        Raises NotComparable as `evaluate_on`.
        """
        baseline, candidate = self._sides(context)
        if not isinstance(baseline, System):
            baseline = context.reference(self.against)
        before, now = (self._measured(side, path, context) for side in (baseline, candidate))
        same = _keys(baseline, path) == _keys(candidate, path)
        try:
            noise = noise_of(self._first(path, context, baseline, before), self.metric)
            found = (noise if same else ratio_of(now, before, self.metric)).beside(noise)
        except NotComparable as error:
            again = f"{_command(_base(path))}, then judge that run, --baseline RUN:MODEL with it; or {_MEASURE}"
            raise NotComparable(f"{error.problem}: {again}") from error
        return RatioOfSession(before=before, now=now, found=found, noise=noise, same=same, run=candidate.run)

    def _keeps(self, found: BlockRatio, limit: NoisyLimit) -> bool:
        bound = found.bound(self.alpha, "lower" if self.of_rate else "upper")
        if bound is None:
            return False
        return bound >= limit.above() if self.of_rate else bound <= limit.below()

    def describe(self, judged: RatioOfSession, limit: NoisyLimit, verdict: Verdict, p: float | None) -> str:
        """The sentence of the finding: ratio, both bounds, rounds, limit, the noise of the machine, and which session it was; ``p``: after
        the Holm correction.
        """
        found = judged.found
        low, high = (_times(found.bound(self.alpha, side)) for side in ("lower", "upper"))
        each = formatting.confidence(1 - self.alpha)
        what = "at least" if self.of_rate else "at most"
        ends = f"bounds {low} and {high} ({each} each) over {found.blocks} rounds"
        message = (
            f"x {_times(found.value)}, {ends}; {what} x {self.limit:g} asked for; {_itself(limit)}; {_session(judged)}"
        )
        if verdict is Verdict.FAIL:
            return f"{message}; p of harm {formatting.p_equals(p or 0.0)} after Holm"
        if verdict is Verdict.INCONCLUSIVE and limit.is_noisy:
            return f"noisy machine, nothing is told of the candidate: {message}; measure again when nothing else runs"
        return message

    def _fields(self, path: str, judged: RatioOfSession) -> dict[str, Any]:
        found = judged.found
        values = [_typical(one, self.metric) for one in (judged.before, judged.now)]
        itself = ("identical", "the second copy of the model was compared with it") if judged.same else ()
        rate = self.of_rate
        return {
            "path": path,
            "against": self.against,
            "baseline": values[0],
            "candidate": values[1],
            "low": found.bound(self.alpha, "lower"),
            "high": found.bound(self.alpha, "upper"),
            "limit": self.limit,
            "direction": "higher" if rate else "lower",
            "value_unit": "per_second" if rate else "seconds",
            "alpha": self.alpha,
            "n": found.blocks,
            "unit": "round",
            "method": f"ratio over blocks, {found.method}",
            "flags": tuple(dict.fromkeys((*itself, *found.flags, *judged.now.notes))),
        }

    def _measured(self, side: System, path: str, context: GateContext) -> Measurements:
        """What was measured of a model in a session. Raises NotComparable if nothing was, or on another machine."""
        cell = next((one for one in side.cells(path) if one.status == "measured" and one.key), None)
        if cell is None:
            planned = next(iter(side.cells(path)), None)
            why = f" ({planned.reason})" if planned is not None and planned.reason else ""
            raise NotComparable(f"{side.name} was not measured in turn with another{why}: {_remedy(_base(path))}")
        if self.split is not None and cell.split != self.split:
            raise NotComparable(f"{path} was measured on {cell.split}, the rule asks for {self.split}")
        found = side.store.read_measurements(str(cell.key))
        device = side.store.read_cell(str(cell.key)).key.device
        try:
            check_machine(found.machine, self.machine, device, side.name, here=context.machine)
        except NotComparable as error:
            raise NotComparable(f"{error.problem}; {error.hint}; or {_MEASURE}") from error
        return found

    def _sides(self, context: GateContext) -> tuple[System | MissingBaseline | None, System]:
        """Baseline and candidate of the session that was measured for this gate, else of the runs that it compares."""
        fresh = context.sessions.get(self.id)
        return fresh or (context.references.get(self.against), context.candidate)

    def _first(self, path: str, context: GateContext, baseline: System, before: Measurements) -> Measurements:
        """The measurements of the session's first model, which hold the second copy; the baseline's own, where there is none."""
        if has_copy(before):
            return before
        for model in baseline.run.spec.models:
            for cell in baseline.run.cells:
                if cell.task_path == path and cell.model == model.name and cell.status == "measured" and cell.key:
                    found = baseline.store.read_measurements(cell.key)
                    if has_copy(found) and found.session == before.session:
                        return found
        return before

    def compared_in(self, finding: Finding) -> str:
        """The baseline."""
        return self.against


def _is_session(path: str) -> bool:
    return is_hardware_view(path) and TaskPath.parse(path).view.partition("?")[0] == _VIEW


def _base(path: str) -> str:
    """``suite/task`` of a view of it."""
    return path.rpartition("@")[2]


def _keys(side: System, path: str) -> list[str | None]:
    return [cell.key for cell in side.cells(path)]


def _itself(limit: NoisyLimit) -> str:
    """How far a model was told apart from its second copy, and what that means where it is much."""
    said = f"a model beside itself differs by up to {formatting.percent(limit.noise)}"
    return (
        f"{said}, which is allowed for, as it is more than {formatting.percent(limit.tolerated)}"
        if limit.is_noisy
        else said
    )


def _times(ratio: float | None) -> str:
    return "none" if ratio is None else f"{ratio:.3f}"


def _typical(measured: Measurements, metric: str) -> float | None:
    """The median over blocks of a block's value, for people; the ratio is not that of two such."""
    values = block_values(measured, metric)
    return median(values) if values else None


def _session(judged: RatioOfSession) -> str:
    """Which session was judged, and when it was measured; of one that does not say, when its run was begun."""
    taken, begun = judged.now.taken, judged.run.created
    when = f"measured {_minute(taken)}" if taken else f"of a run begun {_minute(begun)}"
    return f"session {judged.run.name}, {when}"


def _minute(time: str) -> str:
    """``2026-11-27 03:40 UTC`` of an ISO time; another text as it is."""
    return f"{time[:10]} {time[11:16]} UTC" if time.endswith("+00:00") else time


_MEASURE = "add --measure, which measures both now"
"""What a gate does itself; in Python `measure=True`."""


def _remedy(task: str, blocks: int | None = None) -> str:
    """What measures both in turn: a command of its own, or the gate."""
    return f"{_command(task, blocks)}; or {_MEASURE}"


def _command(task: str, blocks: int | None = None) -> str:
    """What measures both in turn."""
    more = f" --blocks {blocks}" if blocks else ""
    return f"benchwright profile BASELINE CANDIDATE --suite {task} --interleave{more}"
