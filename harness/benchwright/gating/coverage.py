"""The rule that is always on: every task, slice and item of the baseline is there, and answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from msgspec import structs

from benchwright.comparison.pairing import Pairing
from benchwright.comparison.sides import Side
from benchwright.errors import NotComparable
from benchwright.gating.draft import Draft, final, invalid
from benchwright.gating.ground import FLIPS_NAMED, Ground, tasks_of
from benchwright.gating.rules import Rule
from benchwright.gating.verdict import Verdict
from benchwright.items import call, count, noun
from benchwright.slicing import slices_in
from benchwright.types import Record, Task


def evaluate(rule: Rule, ground: Ground) -> Iterable[Draft]:
    """One draft for each task of the baseline, or of the candidate where there is no baseline."""
    for suite, version in ground.suites.items():
        found = ground.candidate.run.suites.get(suite)
        if str(found) != version:
            ran = f"{suite}@{found}" if found is not None else f"no {suite}"
            yield invalid(rule, f"the candidate ran {ran}, the rules ask for {suite}@{version}", metric="suite")
    baseline = ground.references.get("baseline")
    if not isinstance(baseline, Side):
        yield from _alone(rule, ground, () if baseline is None else (baseline.reason,))
        return
    paths = tasks_of(baseline)
    extra = [path for path in tasks_of(ground.candidate) if path not in paths]
    flags = (f"not in the baseline, so compared with nothing: {', '.join(extra)}",) if extra else ()
    for path in paths:
        draft = _on_task(rule, ground, baseline, path)
        yield replace(draft, finding=structs.replace(draft.finding, flags=(*draft.finding.flags, *flags)))
        flags = ()
    if not paths:
        yield invalid(rule, "the baseline has no task", metric="items", against="baseline")


def _on_task(rule: Rule, ground: Ground, baseline: Side, path: str) -> Draft:
    fields = {"path": path, "metric": "items", "against": "baseline"}
    try:
        pairing = ground.answered("baseline", path)
    except NotComparable as error:
        return invalid(rule, error.given, **fields)
    first, second = _records(baseline, pairing, 0), _records(ground.candidate, pairing, 1)
    gone = _slices(first, pairing.task) - _slices(second, pairing.task)
    if gone:
        return invalid(rule, f"slices of the baseline are missing: {', '.join(sorted(gone))}", **fields)
    lost = [call(two) for one, two in zip(first, second, strict=True) if _answered(one) and not _answered(two)]
    neither = sum(one.target is not None and not _answered(one) for one in first)
    what = noun(pairing.task)
    counts = {
        "n": len(second),
        "unit": what,
        "limit": float(rule.max_errored),
        "flipped": tuple(lost[:FLIPS_NAMED]),
        "flags": (f"{count(neither, what)} that the baseline did not answer",) if neither else (),
    }
    if len(lost) > rule.max_errored:
        told = f"{count(len(lost), what)} of {len(second):,} that the baseline answers without an answer"
        return final(rule, Verdict.FAIL, f"{told}; {rule.max_errored:,} allowed", **fields, **counts)
    open_ = f", {len(lost):,} without an answer" if lost else ""
    slices = len(_slices(second, pairing.task))
    parts = f" in {count(slices, 'slice')}" if slices else ""
    return final(rule, Verdict.PASS, f"all {count(len(second), what)}{parts} are there{open_}", **fields, **counts)


def _alone(rule: Rule, ground: Ground, flags: tuple[str, ...]) -> Iterable[Draft]:
    """Without a baseline: the candidate's own tasks are finished and whole."""
    paths = tasks_of(ground.candidate)
    once: tuple[str, ...] = (": ".join(("no baseline to compare with", *flags)),)
    if not paths:
        yield invalid(rule, "nothing was measured: the run has no task", metric="items")
    for path in paths:
        try:
            pairing = ground.answered("", path)
        except NotComparable as error:
            yield invalid(rule, error.given, path=path, metric="items", flags=once)
            once = ()
            continue
        total, lost = pairing.n + pairing.left_out, pairing.left_out
        verdict = Verdict.FAIL if lost > rule.max_errored else Verdict.PASS
        whole = count(total, noun(pairing.task))
        told = f"{lost:,} of {whole} without an answer" if lost else f"all {whole} answered"
        yield final(
            rule,
            verdict,
            told,
            path=path,
            metric="items",
            n=total,
            unit=noun(pairing.task),
            limit=float(rule.max_errored),
            flags=once,
        )
        once = ()


def _records(side: Side, pairing: Pairing, system: int) -> Sequence[Record]:
    """All records of a side; a pairing that left nothing out has them already."""
    if not pairing.left_out:
        return pairing.records[system]
    return side.store.read_records(str(pairing.cells[system].key))


def _answered(record: Record) -> bool:
    return record.error is None and record.output is not None


def _slices(records: Sequence[Record], task: Task) -> set[str]:
    return {slice for record in records for slice in slices_in(record.slices, task)}
