"""Where numbers come from: models, settings and environment of runs, as rows of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.formatting import UNDEFINED, count, plain
from benchwright.paths import short
from benchwright.render.grid import Grid
from benchwright.task_path import suite_of
from benchwright.types import Run

MOST_FACTS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelRow:
    """A model's label, then run, adapter, path, revision and options."""

    label: str
    rest: tuple[str, ...]


def list_models(grid: Grid) -> tuple[ModelRow, ...]:
    """Models of all runs. Absolute paths are cut to their last two parts, so that a report names no user or home."""
    rows = []
    for system in grid.systems:
        ref = system.ref
        rest = (
            (
                ref.adapter,
                short_path(ref.path),
                ref.revision or UNDEFINED,
                ", ".join(f"{name}={short_path(value)}" for name, value in ref.options.items()) or UNDEFINED,
            )
            if ref
            else (UNDEFINED,) * 4
        )
        runs = ", ".join(dict.fromkeys((system.run, *(name.partition(":")[0] for name in system.also))))
        rows.append(ModelRow(label=system.label, rest=(runs, *rest)))
    return tuple(rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineRow:
    """A fact, and its text on each machine."""

    name: str
    texts: tuple[str, ...]


def list_machines(grid: Grid) -> tuple[MachineRow, ...]:
    """Facts of the machines that models were measured on, then what was so at that moment; a machine is a column. Empty without any."""
    machines = list({profile.machine.fingerprint: profile.machine for _, profile in grid.profiles}.values())
    if not machines:
        return ()
    facts = dict.fromkeys(name for one in machines for name in one.facts)
    state = dict.fromkeys(name for one in machines for name in one.state)
    rows = [MachineRow(name="Fingerprint", texts=tuple(one.fingerprint[:16] for one in machines))]
    if any(one.name for one in machines):
        rows.append(MachineRow(name="Called", texts=tuple(one.name or UNDEFINED for one in machines)))
    rows += [MachineRow(name=name, texts=tuple(one.facts.get(name, UNDEFINED) for one in machines)) for name in facts]
    return (
        *rows,
        *(
            MachineRow(name=f"{name} (when measured)", texts=tuple(one.state.get(name, UNDEFINED) for one in machines))
            for name in state
        ),
    )


def list_settings(runs: Sequence[Run]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Name and one text per run: what was asked for, then the environment."""
    return tuple(
        [(name, tuple(_asked(run)[name] for run in runs)) for name in _asked(runs[0])] if runs else []
    ) + _environment(runs)


def versions(runs: Sequence[Run]) -> dict[str, str]:
    """Suite -> the versions used, an empty string when no run says."""
    names = {cell.suite for run in runs for cell in run.cells}
    names |= {score.suite for run in runs for score in run.aggregates}
    names |= {suite_of(profile.base) for run in runs for profile in run.profiles}
    return {
        name: ", ".join(sorted({str(run.suites[name]) for run in runs if name in run.suites})) for name in sorted(names)
    }


def short_path(path: str) -> str:
    """A relative path or hub id as it is, the last two parts of an absolute path after an ellipsis."""
    slashed = path.replace("\\", "/")
    if not (slashed.startswith(("/", "~")) or slashed[1:3] == ":/"):
        return path or UNDEFINED
    return short(path)


def short_selector(text: str) -> str:
    """A ``suite/task?key=value&...`` selector with the absolute paths in it shortened as `short_path` does."""
    head, mark, tail = text.partition("?")
    options = (part.partition("=") for part in tail.split("&"))
    return head + mark + "&".join(f"{key}{equals}{value and short_path(value)}" for key, equals, value in options)


def _asked(run: Run) -> dict[str, str]:
    spec = run.spec
    return {
        "Created": run.created or UNDEFINED,
        "Finished": plain(run.complete),
        "Suites asked for": plain(tuple(map(short_selector, spec.suites))),
        "Suite versions": ", ".join(f"{name} {version}" for name, version in sorted(run.suites.items())) or UNDEFINED,
        "Applied to": plain(spec.on),
        "Split": spec.split or "each task's default",
        "Examples per task": count(spec.limit) if spec.limit is not None else "all",
        "Seed": str(spec.seed),
        "Device": spec.device,
        "Precision": spec.precision,
        "Executor": spec.executor,
        "Error budget": f"{count(spec.errors)} examples per result",
        "Results reused from the store": f"{sum(cell.reused for cell in run.cells)} of {len(run.cells)}",
    }


def _environment(runs: Sequence[Run]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    flat = [_flatten(run.environment) for run in runs]
    names = list(dict.fromkeys(name for facts in flat for name in facts))[:MOST_FACTS]
    return tuple((name, tuple(facts.get(name, UNDEFINED) for facts in flat)) for name in names)


def _flatten(value: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    found = {}
    for name, item in value.items():
        if isinstance(item, Mapping):
            found.update(_flatten(item, f"{prefix}{name} "))
        else:
            found[f"{prefix}{name}"] = plain(item)
    return found
