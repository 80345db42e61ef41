"""The public function `gate`: the verdict on a stored model, after measuring what its rules about ratios judge where that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchwright.execution.outcome import Progress
from benchwright.fresh_sessions import measure_sessions
from benchwright.gating.baselines import record
from benchwright.gating.conclude import conclude
from benchwright.gating.evaluate import evaluate
from benchwright.gating.gate import as_rules, find_locations, make_context
from benchwright.gating.result import GateResult
from benchwright.gating.rules import Rules
from benchwright.store import Store
from benchwright.types import Run


def gate(
    rules: str | Path | Mapping[str, Any] | Rules,
    run: str | Run,
    *,
    baseline: str | Run | None = None,
    store: str | Path | Store | None = None,
    lock: str | Path | None = None,
    strict: bool = False,
    measure: bool = False,
    progress: Progress | None = None,
    resamples: int = 10_000,
    seed: int = 0,
    inputs: bool = True,
) -> GateResult:
    """The verdict on a stored model.

    If the rules say ``on_missing = "record"`` and no baseline is accepted yet, a candidate that passes is written to the
    lock as the baseline. With ``measure`` a run is stored for the rules of kind ``ratio``. Nothing else is written.

    Args:
        rules: A ``gate.toml``, what was read from one, or rules.
        run: ``RUN`` or ``RUN:MODEL``: the candidate.
        baseline: ``RUN[:MODEL]`` in place of the rules' own baseline.
        store: Store folder; default: as on the command line, or beside the rules.
        lock: Lock file of baselines; default: beside the rules.
        strict: Whether INCONCLUSIVE ends with exit code 4.
        measure: Measure baseline and candidate in turn first, now and on this machine, for the rules of kind ``ratio``.
        progress: Callbacks for the progress of that.
        resamples: Of every bootstrap.
        seed: Of every bootstrap.
        inputs: Whether failing cases of behavioural tests are given with their texts, and with answers that may quote them.

    Raises:
        ConfigError: The rules have mistakes; all of them are listed.
        NotComparable: With ``measure``: a model cannot be opened here, or is no longer the one whose answers are judged.
        BenchwrightError: The run or the model does not exist, or the run has several models and none is named.
    """
    asked = as_rules(rules)
    where = find_locations(rules, store, lock)
    context = make_context(asked, where, run, baseline=baseline, resamples=resamples, seed=seed, inputs=inputs)
    if measure:
        context = measure_sessions(asked, context, where.store, progress=progress)
    return record(asked, context, where, conclude(asked, context, evaluate(asked, context), strict=strict))
