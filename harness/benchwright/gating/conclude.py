"""From findings to the result of a gate: the overall verdict, the exit code, the headline, and notes about the whole gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from benchwright import environment, unranked
from benchwright.alarm import causes
from benchwright.comparison.systems import System, alarms_of, count_attempts
from benchwright.gating.baselines import awaited_baselines
from benchwright.gating.context import GateContext, tasks_of
from benchwright.gating.lock import FILE
from benchwright.gating.result import SCHEMA, GateResult
from benchwright.gating.rule_checks import long_waiver
from benchwright.gating.rules import Rules, superfluous
from benchwright.gating.verdict import Finding, Verdict
from benchwright.items import count
from benchwright.score_cache import unanswered_alarms
from benchwright.types import CellKey, PlacedAlarm

_EVALUATED = (Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.WAIVED)


def conclude(rules: Rules, context: GateContext, findings: Sequence[Finding], *, strict: bool = False) -> GateResult:
    """The result of a gate, from the findings of all its rules."""
    verdict, code, reason = _overall(rules, findings, strict=strict, first=bool(awaited_baselines(rules, context)))
    same = compared_with_itself(rules, context)
    sides = {name: side for name, side in context.references.items() if isinstance(side, System)}
    alarms = _alarms(context, sides, findings)
    attempts = attempts_of(context)
    return GateResult(
        schema=SCHEMA,
        verdict=verdict,
        exit_code=code,
        reason="; ".join(
            (
                reason,
                *_unanswered(context, findings),
                *_warning(alarms),
                *(f"the candidate is the {name} itself" for name in same),
            )
        ),
        rules=rules.source,
        rules_digest=rules.digest,
        run=context.candidate.run.name,
        model=context.candidate.models[0],
        baseline=sides["baseline"].name if "baseline" in sides else "",
        anchor=sides["anchor"].name if "anchor" in sides else "",
        findings=tuple(findings),
        profile=rules.profile,
        alpha=rules.alpha,
        strict=strict,
        attempts=attempts,
        alarms=alarms,
        flags=gate_notes(rules, context, findings, same, attempts=attempts),
        environment=environment.describe(),
        created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )


def _unanswered(context: GateContext, findings: Sequence[Finding]) -> list[str]:
    """Sentences for the headline about unanswered items: the score without them, the score with them wrong, and which of the two was judged."""
    sentences = []
    judged = {finding.path for finding in findings}
    for path in tasks_of(context.candidate):
        if context.card(path).unranked and path not in judged:
            continue
        silent = context.count_unanswered(path)
        if silent:
            cell = context.candidate.cells(path)[0]
            records = context.candidate.store.read_records(str(cell.key))
            went = (
                "rules went by the others, as max_errored allows"
                if silent <= context.allowed
                else "rules counted it as wrong"
            )
            sentence = unanswered_alarms(context.card(path), records)[0].sentence
            sentences.append(f"{path}: {sentence} ({went})")
    return sentences


def _alarms(
    context: GateContext, references: Mapping[str, System], findings: Sequence[Finding]
) -> tuple[PlacedAlarm, ...]:
    """Alarms of the candidate and of the models that it is compared with, on the tasks that are judged."""
    sides = {"candidate": context.candidate, **references}
    named = [replace(side, label=f"{part} {side.name}") for part, side in sides.items()]
    told = {one.path for one in findings}
    every = dict.fromkeys(path for side in named for path in tasks_of(side))
    paths = [path for path in every if path in told or not context.card(path).unranked]
    judged = {
        path: [one.metric for one in findings if one.path == path and not (one.slice or "").startswith("label=")]
        for path in paths
    }
    return alarms_of(named, judged)


def attempts_of(context: GateContext) -> int:
    """Number of models tried on the candidate's (or baseline's) tasks and the same data, as `count_attempts` counts them."""
    baseline = context.references.get("baseline")
    sides = [context.candidate, *([baseline] if isinstance(baseline, System) else [])]
    return count_attempts(sides, dict.fromkeys(path for side in sides for path in tasks_of(side)))


def _warning(alarms: Sequence[PlacedAlarm]) -> Iterable[str]:
    """A warning for the headline if numbers that were judged carry alarms."""
    loud = [cause for cause in causes(alarms) if cause.severity == "alarm"]
    if loud:
        parts = dict.fromkeys(system.partition(" ")[0] for cause in loud for system in cause.systems)
        yield f"{count(len(loud), 'alarm')} about the {' and the '.join(parts)}"


def _overall(
    rules: Rules, findings: Sequence[Finding], *, strict: bool, first: bool = False
) -> tuple[Verdict, int, str]:
    """Verdict, exit code and reason. FAIL comes before INVALID, then nothing evaluated, then INCONCLUSIVE."""
    counted = [finding for finding in findings if finding.severity == "fail"]
    failed = _of(counted, Verdict.FAIL)
    if failed:
        return Verdict.FAIL, 1, f"{count(len(failed), 'check')} failed: {_names(failed)}"
    broken = [finding for finding in _of(counted, Verdict.ERROR, Verdict.INVALID) if finding.required]
    if broken:
        worst = Verdict.ERROR if _of(broken, Verdict.ERROR) else Verdict.INVALID
        what = "could not be evaluated" if worst is Verdict.ERROR else "not comparable or not measured"
        return worst, 3, f"{count(len(broken), 'check')} {what}: {_names(broken)}"
    evaluated = [
        finding
        for finding in counted
        if finding.required and finding.kind != "coverage" and finding.verdict in _EVALUATED
    ]
    if not evaluated and first and _of(counted, Verdict.PASS):  # coverage: something was measured
        return Verdict.PASS, 0, "nothing was compared: this is a first run"
    if not evaluated:
        return Verdict.INVALID, 3, "nothing that is required was evaluated"
    unclear = _of(counted, Verdict.INCONCLUSIVE)
    if unclear:
        asking = {rule.id for rule in rules.rules if getattr(rule, "on_inconclusive", "warn") == "fail"}
        stopping = [finding for finding in unclear if strict or finding.rule in asking]
        reason = f"{count(len(unclear), 'check')} cannot be told on these items: {_names(unclear)}"
        return Verdict.INCONCLUSIVE, 4 if stopping else 0, reason
    return Verdict.PASS, 0, _passed(counted, findings)


def _passed(counted: Sequence[Finding], findings: Sequence[Finding]) -> str:
    passed, waived = _of(counted, Verdict.PASS), _of(counted, Verdict.WAIVED)
    parts = [f"{count(len(passed), 'check')} passed"]
    if waived:
        parts.append(f"{len(waived)} waived: {_names(waived)}")
    unmeasured = _of(counted, Verdict.INVALID, Verdict.ERROR)  # not required, else the gate had not passed
    if unmeasured:
        parts.append(f"{count(len(unmeasured), 'check')} not required and not measured: {_names(unmeasured)}")
    warned = [f for f in findings if f.verdict is not Verdict.PASS and f not in counted]
    if warned:
        parts.append(f"{count(len(warned), 'warning')}: {_names(warned)}")
    return ", ".join(parts)


def _of(findings: Sequence[Finding], *verdicts: Verdict) -> list[Finding]:
    return [finding for finding in findings if finding.verdict in verdicts]


def _names(findings: Sequence[Finding]) -> str:
    names = list(dict.fromkeys(finding.rule for finding in findings))
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def compared_with_itself(rules: Rules, context: GateContext) -> tuple[str, ...]:
    """Names that rules compare with and that are the candidate itself: the same run and model, or a copy of it."""
    sides = [(name, context.references.get(name)) for name in rules.compared]
    return tuple(name for name, side in sides if isinstance(side, System) and _is_itself(side, context.candidate))


def gate_notes(
    rules: Rules,
    context: GateContext,
    findings: Sequence[Finding],
    same: Sequence[str],
    *,
    attempts: int = 1,
    today: dt.date | None = None,
) -> tuple[str, ...]:
    """Sentences about the gate as a whole; ``same``: names from `compared_with_itself`; ``attempts``: as in `GateResult`."""
    day = today or dt.datetime.now(dt.UTC).date()
    mine = context.candidate.name
    notes = [*context.notes, *superfluous(rules.rules), *_no_first(rules, context, attempts), *_left_out(context)]
    for name in same:
        side = context.references[name]
        other = side.name if isinstance(side, System) else ""
        copy = "itself" if other == mine else f"{other}, the same model"
        notes.append(f"{mine} was compared with {copy} ({name}): this tells nothing about a change")
    for waiver in rules.waivers:
        notes += long_waiver(waiver, day)
        if not any(waiver.is_about(finding) for finding in findings):
            notes.append(f"{waiver.name} applies to nothing that was judged")
    return tuple(notes)


def _left_out(context: GateContext) -> Iterable[str]:
    """A note on unranked tasks, of which rules judge only those that they name."""
    cards = {path: context.card(path) for path in dict.fromkeys((*context.paths(), *tasks_of(context.candidate)))}
    named = [path for path in cards if context.is_named(path)]
    out = unranked.listed(cards, [path for path in cards if path not in named])
    if out:
        yield f"left out of every rule, as none names it: {out}"
    told = unranked.listed(cards, named)
    if told:
        yield f"judged by rules that name it only: {told}"


def _no_first(rules: Rules, context: GateContext, attempts: int) -> tuple[str, ...]:
    """A note if models were tried before this "first" run: the lock file may have been deleted."""
    names = awaited_baselines(rules, context)
    if not names or attempts < 2:
        return ()
    note = (
        f"{' and '.join(names)} would be recorded as if nothing came before, but {attempts:,} models here answered the same tasks:"
        f" if {FILE} was there and is gone, take it from the last good commit"
    )
    return (note,)


def _is_itself(side: System, candidate: System) -> bool:
    """Whether two systems are one model: the same name, or equal files and options on all their tasks."""
    if side.name == candidate.name and side.store.root == candidate.store.root:
        return True
    shared = [path for path in side.paths if path in candidate.paths]
    return bool(shared) and all(_artefact(side, path) == _artefact(candidate, path) for path in shared)


def _artefact(side: System, path: str) -> tuple[object, ...]:
    key: CellKey = side.store.read_cell(str(side.cells(path)[0].key)).key
    read = (key.labels.to_task, key.labels.neutral)  # the same files may be read with a third label, or other ones
    return key.model, key.adapter, key.adapter_version, key.options, key.precision, read
