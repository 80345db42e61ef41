"""Names of runs, and when an existing name may be used again."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

import msgspec

from benchwright.errors import BenchwrightError, ConfigError, StoreError
from benchwright.plan import Plan, make_token
from benchwright.planning.desk import Rerun
from benchwright.store import Store
from benchwright.task_path import is_hardware_view
from benchwright.types import PlannedCell, Run, RunSpec


def check_written(spec: RunSpec) -> None:
    """Raise ConfigError for what no run file could hold, since nobody could read it again.

    Half of a surrogate pair, as a name that is not UTF-8 has it; a setting of another type, which Python lets through.
    """
    try:
        msgspec.json.decode(msgspec.json.encode(spec), type=RunSpec)
    except (msgspec.ValidationError, TypeError) as error:
        what, _, where = str(error).partition(" - at ")
        name = where.strip("`").removeprefix("$.") or "a setting"
        given = f"{name} {getattr(spec, name)!r}" if hasattr(spec, name) else name
        wanted = what.removeprefix("Expected ").partition(", got ")[0]
        problem = BenchwrightError(given, expected=wanted, hint="write numbers and true or false without quotes")
        raise ConfigError([problem], where="the run") from error
    except UnicodeEncodeError as error:
        problem = BenchwrightError(
            f"{error.object[max(0, error.start - 40) : error.end]} is not UTF-8",
            expected="names, paths and options in UTF-8",
            hint="rename the file, then name it anew",
        )
        raise ConfigError([problem], where="the run") from error


def default_name(plan: Plan) -> str:
    """A name that equal runs share and different ones do not: models, suites, and a digest of both and the data."""
    models = "+".join(model.name for model in plan.spec.models)
    asked = (selector.partition("?")[0] for selector in plan.spec.suites)  # options hold paths of this machine
    suites = "+".join(dict.fromkeys(selector.replace("/", "-") for selector in asked))
    seen = (selector.partition("?")[0] for selector in plan.spec.on)
    suites += "".join(f"@{name.replace('/', '-')}" for name in dict.fromkeys(seen))
    keys = [cell.id or f"{cell.model.name} {cell.task_path} {cell.status}" for cell in plan.cells]
    content = msgspec.json.encode([plan.spec, keys], order="deterministic")
    stem = re.sub(r"[^\w.+-]+", "-", f"{models}.{suites}")[:60].strip(".-+")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:8]}"


def token_of(spec: RunSpec, store: Store, name: str | None, rerun: Rerun) -> str:
    """A new token, or that of the named run where it goes on: unfinished, or to be computed again as a whole."""
    if name is not None and store.has_run(name):
        old = store.read_run(name)
        goes_on = not old.complete or rerun == "always" or _only_reads(old, rerun) or _has_unmeasured(old)
        if old.spec == spec and goes_on:
            return old.token or make_token()
    return make_token()


def _only_reads(run: Run, rerun: Rerun) -> bool:
    """Whether what a run measured is only looked at again. Answers of a model without a digest are not: it may be another one today."""
    return rerun == "never" and any(is_hardware_view(cell.task_path) for cell in run.cells)


def _has_unmeasured(run: Run) -> bool:
    """Whether a hardware profile of a finished run failed: the same command tries it again beside what was measured."""
    return any(cell.status == "failed" and is_hardware_view(cell.task_path) for cell in run.cells)


def has_no_digest(cell: PlannedCell) -> bool:
    """Whether a model has no digest, so that it may change between runs."""
    return cell.facts is not None and not cell.facts.digest


def is_of_one_run(cell: PlannedCell) -> bool:
    """Whether the run's token stands in a cell's key: of a model without a digest, and of times, which are measured anew in each run."""
    return has_no_digest(cell) or cell.is_hardware


def refuse_other_spec(name: str, plan: Plan, store: Store) -> None:
    """Raise StoreError where the name is that of a run with other settings, or whose models or data were others."""
    if not store.has_run(name):
        return
    old = store.read_run(name)
    if old.spec != plan.spec:
        changed = [f for f in RunSpec.__struct_fields__ if getattr(old.spec, f) != getattr(plan.spec, f)]
        raise StoreError(
            f"the run {name!r} exists and was made with other settings ({', '.join(changed)})",
            expected="a name of its own for each specification",
            hint="choose another --name, or leave it out",
        )
    before = {(cell.model, cell.suite, cell.task, cell.split): cell.key for cell in old.cells}
    for cell in plan.cells:
        key = before.get((cell.model.name, cell.suite.name, cell.task.name, cell.split))
        if key is not None and cell.id is not None and key != cell.id:
            if old.complete and cell.is_hardware:
                raise _measured_before(name, cell)
            if has_no_digest(cell):
                raise _asked_before(name, cell)
            raise StoreError(
                f"the run {name!r} exists, but {cell.model.name} on {cell.task_path} is no longer the same"
                f" ({_what_changed(store, key, cell)})",
                expected="the same models, data and versions under the same name",
                hint="choose another --name, or leave it out",
            )


def _asked_before(name: str, cell: PlannedCell) -> StoreError:
    """A model without a digest may be another one today, and its old answers are never taken for new ones."""
    return StoreError(
        f"the run {name!r} is finished, and {cell.model.name} has no digest: nothing says that it is still the same model",
        expected="a name of its own for each run of such a model",
        hint="choose another --name, leave it out, or type --rerun always to ask it again under this name",
    )


def _measured_before(name: str, cell: PlannedCell) -> StoreError:
    """Times of yesterday are never taken for those of today."""
    return StoreError(
        f"the run {name!r} is finished, and {cell.model.name} on {cell.task_path} is measured anew in each run",
        expected="a name of its own for each measuring",
        hint="choose another --name, leave it out, or type --rerun always to measure it again under this name",
    )


def _what_changed(store: Store, key: str, cell: PlannedCell) -> str:
    try:
        old = store.read_cell(key).key
    except StoreError:
        return "its earlier cell is gone"
    assert cell.key is not None
    changed = [field for field in old.__struct_fields__ if getattr(old, field) != getattr(cell.key, field)]
    return f"changed: {', '.join(changed)}"


def first_begun(name: str, store: Store) -> str:
    """When the run was first begun; a resumed or repeated run keeps its date."""
    if store.has_run(name):
        return store.read_run(name).created
    return datetime.now(UTC).isoformat(timespec="seconds")
