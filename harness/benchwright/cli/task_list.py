"""What `benchwright list tasks` says: a line for each task, or the whole card of one; no data are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from benchwright import registry
from benchwright.caveats import caveat_text
from benchwright.cli.view_list import view_cards
from benchwright.data.load import available
from benchwright.task_path import TaskPath, task_path
from benchwright.task_refs import named_task
from benchwright.types import Caveat, Source, Suite, Task

COLUMNS = ("task", "kind", "split", "rows", "score", "licence", "from", "here")
_PINNED = re.compile(r"[0-9a-f]{40}")
_LICENCE = 44
_NO_HUB = "no pinned hub copy"


def cards(suite: Suite, folder: Path | None) -> Iterator[dict[str, Any]]:
    """The card of every task of a suite, for programs; a task from the user's own files has no splits."""
    if suite.views:
        yield from view_cards(suite)
    for task in suite.tasks:
        yield card(suite, task, folder)
    for path in map(TaskPath.parse, suite.includes):
        home: Suite = registry.get("suites", path.suite)
        yield card(home, named_task(home, path.task), folder)
    for name, build in suite.custom.items():
        own: dict[str, Any] = {"task": task_path(suite.name, name), "kind": None, "split": None, "splits": {}}
        yield own | _own_data(build, suite.name)


def _own_data(build: str, suite: str) -> dict[str, Any]:
    """How a task of the user's own files is asked for; what else its module says of itself and of its ``options``, needed ones first."""
    of = import_module(registry.function(build, owner=f"the suite {suite}").__module__)
    known: dict[str, str] = dict(getattr(of, "options", {}))
    if not known:
        return {"how": "?path=FILE&..."}
    said = (of.__doc__ or "").splitlines()[0]
    return {"how": f"?{next(iter(known))}=FILE&...", "description": said, "options": known}


def card(suite: Suite, task: Task, folder: Path | None) -> dict[str, Any]:
    """Everything about a task that a user may ask before running it; ``here`` is None where a split is not to be had."""
    return {
        "task": task_path(suite.name, task.name),
        "kind": str(task.kind),
        "split": task.default_split,
        "metrics": list(task.metrics),
        "score": list(task.score_metrics),
        "labels": list(task.label_names),
        "licence": task.licence,
        "citation": task.citation,
        "description": task.description,
        "notes": list(task.notes),
        "caveats": msgspec.to_builtins(task.caveats),
        "diagnostic": task.diagnostic,
        "trained_on": task.trained_on,
        "splits": {name: _split(suite, task, name, source, folder) for name, source in task.splits.items()},
    }


def line(found: dict[str, Any]) -> tuple[Any, ...]:
    """A card as a row of the listing."""
    if "dimensions" in found:
        return (
            found["task"],
            "view",
            "-",
            "",
            "",
            "as the task's",
            f"any task: {', '.join(found['dimensions'])}",
            found["how"],
        )
    if "share_of" in found or "scenario" in found:
        return (found["task"], "view", "-", "", "", "as the task's", "any task", found["how"])
    if found["split"] is None:
        return (found["task"], "your data", "-", "", "", "yours", "your files", found["how"])
    splits = found["splits"]
    default = splits[found["split"]]
    rows = "/".join(f"{split['rows']}" for split in splits.values() if split["rows"] is not None)
    licence = found["licence"]
    return (
        found["task"],
        found["kind"],
        found["split"],
        rows,
        "+".join(found["score"]),
        licence if len(licence) <= _LICENCE else f"{licence[: _LICENCE - 3]}...",
        _origin(default),
        default["here"] or "-",
    )


def page(found: dict[str, Any]) -> Iterator[str]:
    """A card as lines to read."""
    yield f"{found['task']}: {found.get('description', '')}"
    if found["split"] is None:
        yield f"from your own files: --suite '{found['task']}{found['how']}'"
        yield from (f"  {name:<9} {meaning}" for name, meaning in found.get("options", {}).items())
        return
    yield f"kind      {found['kind']}" + (f", labels {', '.join(found['labels'])}" if found["labels"] else "")
    yield f"score     {'+'.join(found['score'])}" + (
        "; stays out of the suite's average" if found["diagnostic"] else ""
    )
    yield f"metrics   {', '.join(found['metrics'])}"
    if found["trained_on"]:
        yield f"model     that of {found['trained_on']}"
    yield f"licence   {found['licence']}"
    yield f"paper     {found['citation']}"
    yield from (f"caveat    {caveat_text(Caveat(**caveat)).removeprefix('caveat: ')}" for caveat in found["caveats"])
    yield from (f"note      {note}" for note in found["notes"])
    for name, split in found["splits"].items():
        rows = "" if split["rows"] is None else f"{split['rows']:,} rows, "
        default = " (default)" if name == found["split"] else ""
        labels = "" if split["labelled"] else "; the public copy has no gold labels"
        yield f"{name}{default}: {rows}{'here: ' + split['here'] if split['here'] else 'not here'}{labels}"
        yield f"  hub     {_hub_text(split)}"
        yield from (f"  files   {names}" for names in split["files"])


def _split(suite: Suite, task: Task, name: str, source: Source, folder: Path | None) -> dict[str, Any]:
    hub = source.hub
    return {
        "rows": task.sizes.get(name),
        "labelled": source.labelled,
        "hub": {"repo": hub.repo, "config": hub.config, "split": hub.split, "revision": hub.revision} if hub else None,
        "pinned": bool(hub and _PINNED.fullmatch(hub.revision)),
        "package": source.package,
        "files": [layout.listing for layout in source.files],
        "here": available(task, name, suite=suite, folder=folder, offline=True, need_targets=False),
    }


def _origin(split: dict[str, Any]) -> str:
    """Where a split comes from, short."""
    if split["package"]:
        return "this package"
    hub = split["hub"]
    if hub is None:
        return f"files ({_NO_HUB})"
    return f"{hub['repo']}@{hub['revision'][:8]}" if split["pinned"] else f"{hub['repo']} (revision not pinned)"


def _hub_text(split: dict[str, Any]) -> str:
    hub = split["hub"]
    if split["package"]:
        return "none needed: it ships with the suite"
    if hub is None:
        return _NO_HUB
    config = f", config {hub['config']}" if hub["config"] else ""
    pinned = f"@{hub['revision']}" if split["pinned"] else f" (revision not pinned: {hub['revision'] or 'none'})"
    return f"{hub['repo']}{pinned}{config}, split {hub['split']}"
