"""The first run of a gate whose file says ``on_missing = "record"``: nothing to compare with yet, so it becomes the baseline."""

from __future__ import annotations

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.gating.ground import Ground, name_of
from benchwright.gating.lock import accept
from benchwright.gating.references import Where
from benchwright.gating.rules import Rules
from benchwright.gating.verdict import GateResult, Verdict

REASON = 'first run, recorded by the gate (on_missing = "record")'
"""What the lock file says of a baseline that nobody accepted by hand."""


def awaited(rules: Rules, ground: Ground) -> tuple[str, ...]:
    """Names of the file under which nothing is pinned yet and a first run is to be recorded."""
    names = {"baseline": rules.baseline.name, "anchor": rules.baseline.anchor}
    return tuple(dict.fromkeys(name for part, name in names.items() if name and ground.tolerates(part)))


def record(rules: Rules, ground: Ground, where: Where, result: GateResult) -> GateResult:
    """The result, with what was recorded; nothing is where no name waits for it, or where the gate does not let it through.

    A candidate that cannot be a baseline (limited, unfinished, without an answer to items) leaves a first run INVALID: else
    every run would be a first run.
    """
    names = awaited(rules, ground)
    if not names:
        return result
    if result.exit_code:
        return msgspec.structs.replace(result, reason=f"{result.reason}; nothing is recorded as {' or '.join(names)}")
    try:
        for name in names:
            accept(ground.candidate, name=name, reason=REASON, path=where.lock, force=ground.allowed > 0)
    except BenchwrightError as error:
        reason = f"nothing was compared, and nothing could be recorded as {' and '.join(names)}: {error.given}"
        return msgspec.structs.replace(result, verdict=Verdict.INVALID, exit_code=3, reason=reason)
    told = (
        f"{name_of(ground.candidate)} is recorded as {' and '.join(names)} in {where.lock.name}: commit that file, or every run is"
        " a first run and nothing is ever compared"
    )
    return msgspec.structs.replace(result, reason=f"{result.reason}; {told}")
