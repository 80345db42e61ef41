"""A gate from beginning to end: rules, models, findings, one verdict, an exit code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchwright import environment
from benchwright.alarm import causes
from benchwright.comparison.attempts import count_attempts
from benchwright.comparison.sides import Side, alarms_of, read_side
from benchwright.errors import BenchwrightError
from benchwright.gating.evaluate import evaluate
from benchwright.gating.ground import Ground, name_of, tasks_of
from benchwright.gating.lock import FILE
from benchwright.gating.reading import make_rules, read_rules
from benchwright.gating.recording import awaited, record
from benchwright.gating.references import OnceStore, Where, find_references
from benchwright.gating.remarks import itself, whole_remarks
from benchwright.gating.rules import RuleKind, Rules
from benchwright.gating.verdict import SCHEMA, Finding, GateResult, Verdict
from benchwright.items import count
from benchwright.limits import check_draws
from benchwright.paths import is_folder
from benchwright.scored import silence
from benchwright.store import Store, locate
from benchwright.types import Placed, Run

_FOLDER = "benchwright-results"
_EVALUATED = (Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.WAIVED)


def gate(
    rules: str | Path | Mapping[str, Any] | Rules,
    run: str | Run,
    *,
    baseline: str | Run | None = None,
    store: str | Path | Store | None = None,
    lock: str | Path | None = None,
    strict: bool = False,
    resamples: int = 10_000,
    seed: int = 0,
) -> GateResult:
    """The verdict on a stored model.

    Where the rules say ``on_missing = "record"`` and nothing is pinned yet, a candidate that is let through is written to the
    lock as the baseline; nothing else is written.

    Args:
        rules: A ``gate.toml``, what was read from one, or rules.
        run: ``RUN`` or ``RUN:MODEL``: the candidate.
        baseline: ``RUN[:MODEL]`` in place of the rules' own baseline.
        store: Store folder; default: as on the command line, or beside the rules.
        lock: Lock file of baselines; default: beside the rules.
        strict: Whether an open question ends with exit code 4.
        resamples: Of every bootstrap.
        seed: Of every bootstrap.

    Raises:
        ConfigError: The rules are wrong somewhere; every problem is told.
        BenchwrightError: The run or the model is not there, or several models are meant.
    """
    asked = as_rules(rules)
    where = places(rules, store, lock)
    ground = make_ground(asked, where, run, baseline=baseline, resamples=resamples, seed=seed)
    return record(asked, ground, where, conclude(asked, ground, evaluate(asked, ground), strict=strict))


def as_rules(rules: str | Path | Mapping[str, Any] | Rules) -> Rules:
    """Rules from a file, from what was read from one, or as they are. Raises ConfigError."""
    if isinstance(rules, Rules):
        return rules
    if not isinstance(rules, str | Path | Mapping):
        raise BenchwrightError(f"{rules!r} holds no rules", expected="a gate.toml, a mapping or Rules")
    return make_rules(rules) if isinstance(rules, Mapping) else read_rules(rules)


def places(rules: Any, store: str | Path | Store | None, lock: str | Path | None) -> Where:
    """Store and lock: as given, else beside the rules file, else as everywhere."""
    folder = Path(rules).parent if isinstance(rules, str | Path) else Path()
    if not isinstance(store, Store):
        found = locate(str(store) if store else None)
        beside = folder / _FOLDER
        store = Store(beside if store is None and not is_folder(found) and is_folder(beside) else found)
    return Where(store=OnceStore(store.root), lock=Path(lock) if lock else folder / FILE)


def make_ground(
    rules: Rules,
    where: Where,
    run: str | Run,
    *,
    baseline: str | Run | None = None,
    resamples: int = 10_000,
    seed: int = 0,
) -> Ground:
    """Candidate and references of a gate. Raises BenchwrightError where the candidate is not one stored model."""
    check_draws(resamples, seed)
    if not isinstance(run, str | Run):
        raise BenchwrightError(f"{run!r} is no run", expected="RUN, RUN:MODEL or a Run", hint="benchwright list runs")
    candidate = read_side(where.store, run.name if isinstance(run, Run) else run)
    if candidate.is_recipe:
        told = f"{'+'.join(candidate.models)} are {len(candidate.models)} models"
        raise BenchwrightError(told, expected="one", hint="a gate judges one checkpoint")
    other = baseline.name if isinstance(baseline, Run) else baseline
    return Ground(
        candidate=candidate,
        references=find_references(rules, where, other),
        suites=rules.suites,
        allowed=max((rule.max_errored for rule in rules.rules if rule.kind is RuleKind.COVERAGE), default=0),
        resamples=resamples,
        seed=seed,
    )


def conclude(rules: Rules, ground: Ground, findings: Sequence[Finding], *, strict: bool = False) -> GateResult:
    """The result that follows from findings."""
    verdict, code, reason = _overall(rules, findings, strict=strict, first=bool(awaited(rules, ground)))
    same = itself(rules, ground)
    sides = {name: side for name, side in ground.references.items() if isinstance(side, Side)}
    told = _alarms(ground, sides, findings)
    attempts = attempts_of(ground)
    return GateResult(
        schema=SCHEMA,
        verdict=verdict,
        exit_code=code,
        reason="; ".join(
            (reason, *_silence(ground), *_warning(told), *(f"the candidate is the {name} itself" for name in same))
        ),
        rules=rules.source,
        rules_digest=rules.digest,
        run=ground.candidate.run.name,
        model=ground.candidate.models[0],
        baseline=name_of(sides["baseline"]) if "baseline" in sides else "",
        anchor=name_of(sides["anchor"]) if "anchor" in sides else "",
        findings=tuple(findings),
        profile=rules.profile,
        alpha=rules.alpha,
        strict=strict,
        attempts=attempts,
        alarms=told,
        flags=whole_remarks(rules, ground, findings, same, attempts=attempts),
        environment=environment.describe(),
        created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )


def _silence(ground: Ground) -> list[str]:
    """What the headline says of items without an answer: the score on the others, with silence as wrong, and which was judged."""
    told = []
    for path in tasks_of(ground.candidate):
        silent = ground.silent(path)
        if silent:
            cell = ground.candidate.cells(path)[0]
            records = ground.candidate.store.read_records(str(cell.key))
            went = (
                "rules went by the others, as max_errored allows"
                if silent <= ground.allowed
                else "rules counted it as wrong"
            )
            sentence = silence(ground.card(path), records)[0].sentence
            told.append(f"{path}: {sentence} ({went})")
    return told


def _alarms(ground: Ground, references: Mapping[str, Side], findings: Sequence[Finding]) -> tuple[Placed, ...]:
    """Alarms of the candidate and of what it is compared with, on the tasks of each that are judged."""
    sides = {"candidate": ground.candidate, **references}
    named = [replace(side, label=f"{part} {name_of(side)}") for part, side in sides.items()]
    paths = dict.fromkeys(path for side in named for path in tasks_of(side))
    judged = {
        path: [one.metric for one in findings if one.path == path and not (one.slice or "").startswith("label=")]
        for path in paths
    }
    return alarms_of(named, judged)


def attempts_of(ground: Ground) -> int:
    """Models tried on the candidate's tasks, or the baseline's, and the same data: `count_attempts`, as for `select`."""
    baseline = ground.references.get("baseline")
    sides = [ground.candidate, *([baseline] if isinstance(baseline, Side) else [])]
    return count_attempts(sides, dict.fromkeys(path for side in sides for path in tasks_of(side)))


def _warning(told: Sequence[Placed]) -> Iterable[str]:
    """A word in the headline where the numbers that were judged may not be what they seem."""
    loud = [cause for cause in causes(told) if cause.severity == "alarm"]
    if loud:
        parts = dict.fromkeys(system.partition(" ")[0] for cause in loud for system in cause.systems)
        yield f"{count(len(loud), 'alarm')} about the {' and the '.join(parts)}"


def _overall(
    rules: Rules, findings: Sequence[Finding], *, strict: bool, first: bool = False
) -> tuple[Verdict, int, str]:
    """Verdict, exit code and reason: failed before invalid before nothing evaluated before open questions."""
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
        if finding.required and finding.kind != RuleKind.COVERAGE and finding.verdict in _EVALUATED
    ]
    if not evaluated and first and _of(counted, Verdict.PASS):  # coverage: something was measured
        return Verdict.PASS, 0, "nothing was compared: this is a first run"
    if not evaluated:
        return Verdict.INVALID, 3, "nothing that is required was evaluated"
    unclear = _of(counted, Verdict.INCONCLUSIVE)
    if unclear:
        asking = {rule.id for rule in rules.rules if strict or rule.on_inconclusive == "fail"}
        stopping = [finding for finding in unclear if finding.rule in asking]
        reason = f"{count(len(unclear), 'check')} cannot be told on these items: {_names(unclear)}"
        return Verdict.INCONCLUSIVE, 4 if stopping else 0, reason
    return Verdict.PASS, 0, _passed(counted, findings)


def _passed(counted: Sequence[Finding], findings: Sequence[Finding]) -> str:
    passed, waived = _of(counted, Verdict.PASS), _of(counted, Verdict.WAIVED)
    told = [f"{count(len(passed), 'check')} passed"]
    if waived:
        told.append(f"{len(waived)} waived: {_names(waived)}")
    unmeasured = _of(counted, Verdict.INVALID, Verdict.ERROR)  # not required, else the gate had not passed
    if unmeasured:
        told.append(f"{count(len(unmeasured), 'check')} not required and not measured: {_names(unmeasured)}")
    warned = [f for f in findings if f.verdict is not Verdict.PASS and f not in counted]
    if warned:
        told.append(f"{count(len(warned), 'warning')}: {_names(warned)}")
    return ", ".join(told)


def _of(findings: Sequence[Finding], *verdicts: Verdict) -> list[Finding]:
    return [finding for finding in findings if finding.verdict in verdicts]


def _names(findings: Sequence[Finding]) -> str:
    names = list(dict.fromkeys(finding.rule for finding in findings))
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
