"""`gate`: read rules and models, evaluate every rule, return one verdict and an exit code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchwright.comparison.systems import read_system
from benchwright.errors import BenchwrightError
from benchwright.gating.baselines import Locations, find_baselines, record
from benchwright.gating.conclude import conclude
from benchwright.gating.context import CachingStore, GateContext
from benchwright.gating.evaluate import evaluate
from benchwright.gating.lock import FILE
from benchwright.gating.result import GateResult
from benchwright.gating.rules import Rules
from benchwright.gating.toml import make_rules, read_rules
from benchwright.limit_checks import check_draws
from benchwright.paths import is_folder
from benchwright.store import Store, locate
from benchwright.types import Run

_FOLDER = "benchwright-results"


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
    inputs: bool = True,
) -> GateResult:
    """The verdict on a stored model.

    If the rules say ``on_missing = "record"`` and no baseline is accepted yet, a candidate that passes is written to the
    lock as the baseline; nothing else is written.

    Args:
        rules: A ``gate.toml``, what was read from one, or rules.
        run: ``RUN`` or ``RUN:MODEL``: the candidate.
        baseline: ``RUN[:MODEL]`` in place of the rules' own baseline.
        store: Store folder; default: as on the command line, or beside the rules.
        lock: Lock file of baselines; default: beside the rules.
        strict: Whether INCONCLUSIVE ends with exit code 4.
        resamples: Of every bootstrap.
        seed: Of every bootstrap.
        inputs: Whether failing cases of behavioural tests are given with their texts, and with answers that may quote them.

    Raises:
        ConfigError: The rules have mistakes; all of them are listed.
        BenchwrightError: The run or the model does not exist, or the run has several models and none is named.
    """
    asked = as_rules(rules)
    where = find_locations(rules, store, lock)
    context = make_context(asked, where, run, baseline=baseline, resamples=resamples, seed=seed, inputs=inputs)
    return record(asked, context, where, conclude(asked, context, evaluate(asked, context), strict=strict))


def as_rules(rules: str | Path | Mapping[str, Any] | Rules) -> Rules:
    """Rules from a file, from a parsed document, or unchanged if they are rules. Raises ConfigError."""
    if isinstance(rules, Rules):
        return rules
    if not isinstance(rules, str | Path | Mapping):
        raise BenchwrightError(f"{rules!r} holds no rules", expected="a gate.toml, a mapping or Rules")
    return make_rules(rules) if isinstance(rules, Mapping) else read_rules(rules)


def find_locations(rules: Any, store: str | Path | Store | None, lock: str | Path | None) -> Locations:
    """Store and lock file: as given, else beside the rules file, else the defaults."""
    folder = Path(rules).parent if isinstance(rules, str | Path) else Path()
    if not isinstance(store, Store):
        found = locate(str(store) if store else None)
        beside = folder / _FOLDER
        store = Store(beside if store is None and not is_folder(found) and is_folder(beside) else found)
    return Locations(store=CachingStore(store.root), lock=Path(lock) if lock else folder / FILE)


def make_context(
    rules: Rules,
    where: Locations,
    run: str | Run,
    *,
    baseline: str | Run | None = None,
    resamples: int = 10_000,
    seed: int = 0,
    inputs: bool = True,
) -> GateContext:
    """The candidate and the models it is compared with. Raises BenchwrightError unless the candidate is one stored model."""
    check_draws(resamples, seed)
    if not isinstance(run, str | Run):
        raise BenchwrightError(f"{run!r} is no run", expected="RUN, RUN:MODEL or a Run", hint="benchwright list runs")
    candidate = read_system(where.store, run.name if isinstance(run, Run) else run)
    if candidate.has_replicates:
        message = f"{'+'.join(candidate.models)} are {len(candidate.models)} models"
        raise BenchwrightError(message, expected="one", hint="a gate judges one checkpoint")
    other = baseline.name if isinstance(baseline, Run) else baseline
    return GateContext(
        candidate=candidate,
        references=find_baselines(rules, where, other),
        suites=rules.suites,
        named=rules.named,
        allowed=rules.max_errored,
        resamples=resamples,
        seed=seed,
        inputs=inputs,
    )
