"""The coverage rule, always on: every task, slice and item of the baseline is present and answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from msgspec import Meta, structs

from benchwright.comparison.pairing import PairedRecords
from benchwright.comparison.systems import System
from benchwright.errors import NotComparable
from benchwright.gating.context import GateContext, profiles_of, tasks_of
from benchwright.gating.rules.base import RuleBase
from benchwright.gating.verdict import IDS_NAMED, PendingFinding, Verdict
from benchwright.items import call, count, noun
from benchwright.slicing import slices_in
from benchwright.types import Record, Task

COVERAGE = "coverage"
"""Id of the rule where the file names none."""


class CoverageRule(RuleBase, frozen=True, kw_only=True, tag="coverage"):
    """Is every task, slice and item of the baseline answered? Always on; unranked tasks are left to the rules that name them.

    Attributes:
        max_errored: Items that the baseline answered and the candidate may leave unanswered.
    """

    no_keys: ClassVar[frozenset[str]] = frozenset({"alpha", "severity", "required"})

    max_errored: Annotated[int, Meta(ge=0, description="a whole number")] = 0

    def fields(self) -> dict[str, Any]:
        """Shared fields, with what is counted."""
        return {**super().fields(), "metric": "items"}

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """One finding for each task of the baseline, or of the candidate where there is no baseline."""
        for suite, version in context.suites.items():
            found = context.candidate.run.suites.get(suite)
            if str(found) != version:
                ran = f"{suite}@{found}" if found is not None else f"no {suite}"
                yield self.invalid(f"the candidate ran {ran}, the rules ask for {suite}@{version}", metric="suite")
        baseline = context.references.get("baseline")
        if not isinstance(baseline, System):
            why = () if baseline is None else (baseline.reason,)
            yield from self._alone(context, ": ".join(("no baseline to compare with", *why)))
            return
        paths = context.judged(tasks_of(baseline))
        extra = [path for path in context.judged(tasks_of(context.candidate)) if path not in tasks_of(baseline)]
        flags = (f"not in the baseline, so compared with nothing: {', '.join(extra)}",) if extra else ()
        for path in paths:
            yield _flagged(self._on_task(path, baseline, context), flags)
            flags = ()
        if not paths:
            yield self._nothing_answered(f"the baseline has {_no_task(baseline)}", context, against="baseline")

    def _nothing_answered(self, why: str, context: GateContext, **fields: Any) -> PendingFinding:
        """Without a task INVALID, unless hardware was measured alone, which has no items; rules about hardware ask for what they need."""
        measured = profiles_of(context.candidate)
        if tasks_of(context.candidate) or not measured:
            return self.invalid(why, **fields)
        message = f"{count(len(measured), 'hardware profile')} and no task that was answered: no item can be missing"
        return self.settled(Verdict.PASS, message, **fields)

    def _on_task(self, path: str, baseline: System, context: GateContext) -> PendingFinding:
        fields: dict[str, Any] = {"path": path, "against": "baseline"}
        try:
            pairing = context.answered("baseline", path)
        except NotComparable as error:
            return self.invalid(error.problem, **fields)
        first, second = _records(baseline, pairing, 0), _records(context.candidate, pairing, 1)
        slices = _slices(second, pairing.task)
        gone = _slices(first, pairing.task) - slices
        if gone:
            return self.invalid(f"slices of the baseline are missing: {', '.join(sorted(gone))}", **fields)
        lost = [call(two) for one, two in zip(first, second, strict=True) if _answered(one) and not _answered(two)]
        neither = sum(one.target is not None and not _answered(one) for one in first)
        what = noun(pairing.task)
        fields |= {
            "n": len(second),
            "unit": what,
            "limit": float(self.max_errored),
            "flipped": tuple(lost[:IDS_NAMED]),
            "flags": (f"{count(neither, what)} that the baseline did not answer",) if neither else (),
        }
        if len(lost) > self.max_errored:
            message = f"{count(len(lost), what)} of {len(second):,} that the baseline answers without an answer"
            return self.settled(Verdict.FAIL, f"{message}; {self.max_errored:,} allowed", **fields)
        parts = f" in {count(len(slices), 'slice')}" if slices else ""
        open_ = f", {len(lost):,} without an answer" if lost else ""
        return self.settled(Verdict.PASS, f"all {count(len(second), what)}{parts} are there{open_}", **fields)

    def _alone(self, context: GateContext, why: str) -> Iterable[PendingFinding]:
        """Without a baseline: checks that the candidate's own tasks are complete; the first finding says why there is none."""
        paths = context.judged(tasks_of(context.candidate))
        if not paths:
            yield self._nothing_answered(f"nothing was measured: the run has {_no_task(context.candidate)}", context)
        flags: tuple[str, ...] = (why,)
        for path in paths:
            yield self._whole(path, context, flags)
            flags = ()

    def _whole(self, path: str, context: GateContext, flags: tuple[str, ...]) -> PendingFinding:
        try:
            pairing = context.answered("", path)
        except NotComparable as error:
            return self.invalid(error.problem, path=path, flags=flags)
        total, lost = pairing.n + pairing.left_out, pairing.left_out
        items = count(total, noun(pairing.task))
        return self.settled(
            Verdict.FAIL if lost > self.max_errored else Verdict.PASS,
            f"{lost:,} of {items} without an answer" if lost else f"all {items} answered",
            path=path,
            n=total,
            unit=noun(pairing.task),
            limit=float(self.max_errored),
            flags=flags,
        )


def _no_task(side: System) -> str:
    return "only tasks that rules judge where they name them" if tasks_of(side) else "no task"


def _flagged(pending: PendingFinding, flags: tuple[str, ...]) -> PendingFinding:
    finding = pending.finding
    return replace(pending, finding=structs.replace(finding, flags=(*finding.flags, *flags))) if flags else pending


def _records(side: System, pairing: PairedRecords, system: int) -> Sequence[Record]:
    """All records of a system, taken from the pairing if that is complete."""
    if not pairing.left_out:
        return pairing.records[system]
    return side.store.read_records(str(pairing.cells[system].key))


def _answered(record: Record) -> bool:
    return record.error is None and record.output is not None


def _slices(records: Sequence[Record], task: Task) -> set[str]:
    return {name for record in records for name in slices_in(record.slices, task)}
