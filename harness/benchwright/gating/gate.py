"""What a gate is asked: its rules, where its store and lock lie, and candidate and references as a context."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchwright.comparison.systems import read_system
from benchwright.errors import BenchwrightError
from benchwright.gating.baselines import Locations, find_baselines
from benchwright.gating.context import CachingStore, GateContext
from benchwright.gating.lock import FILE
from benchwright.gating.rules import Rules
from benchwright.gating.toml import make_rules, read_rules
from benchwright.limit_checks import check_draws
from benchwright.paths import is_folder
from benchwright.store import Store, locate
from benchwright.types import Run

_FOLDER = "benchwright-results"


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
