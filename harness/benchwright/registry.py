"""Which plugins exist, known by name; a plugin is imported when it is asked for.

Built-ins are the files of the plugin packages beside the harness, third parties come through entry points.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal

import msgspec

from benchwright.errors import PluginError
from benchwright.task_path import task_path

Group = Literal["suites", "adapters", "reports", "metrics"]

_BUILT_IN: dict[str, tuple[str, str]] = {
    "suites": ("benchwright_suites", "suite"),
    "adapters": ("benchwright_adapters", "adapter"),
    "reports": ("benchwright_reports", "report"),
}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A registered plugin: name, owner, and location of its value."""

    name: str
    owner: str
    module: str
    attribute: str


def names(group: Group) -> tuple[str, ...]:
    """Names of a group, sorted; nothing is imported."""
    return tuple(sorted(entries(group)))


def entries(group: Group) -> dict[str, Entry]:
    """Name -> entry of a group. Raises PluginError when two owners claim one name."""
    return dict(_entries(group))


def get(group: Group, name: str) -> Any:
    """The plugin of that name, imported now.

    Raises:
        PluginError: The name is unknown (with suggestions), the module fails to import, or it lacks the value.
    """
    found = _entries(group)
    if name not in found:
        raise PluginError(
            f"unknown {group[:-1]} {name!r}",
            expected=f"one of: {', '.join(sorted(found)) or '(none installed)'}",
            hint=(group == "suites" and _with_task(name)) or suggest(name, found) or f"type `benchwright list {group}`",
        )
    return _load(group, found[name])


def _with_task(name: str) -> str:
    """A hint with the suites that have a task of that name, if only the task was named."""
    found = []
    for suite, entry in _entries("suites").items():
        with contextlib.suppress(PluginError):
            card = _load("suites", entry)
            found += [task_path(suite, name)] if card.task(name) is not None or name in card.custom else []
    return f"did you mean {' or '.join(sorted(found))}?" if found else ""


def function(spec: str, *, owner: str) -> Callable[..., Any]:
    """What ``module:function`` in a plugin's card names, imported now.

    Raises:
        PluginError: The module fails to import or lacks the function; ``owner`` says whose card it is.
    """
    module, _, attribute = spec.partition(":")
    try:
        found = getattr(import_module(module), attribute, None)
    except ImportError as error:
        raise PluginError(f"{spec!r} of {owner} cannot be imported: {error}", hint=f"reinstall {owner}") from error
    if not callable(found):
        raise PluginError(f"{spec!r} of {owner} is no function", expected="module:function")
    made: Callable[..., Any] = found
    return made


def suggest(name: str, known: Any) -> str:
    """A *did you mean* line, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else ""


def clear() -> None:
    """Forget what was found; for tests and for sessions that install packages."""
    _entries.cache_clear()
    _load.cache_clear()


@cache
def _entries(group: Group) -> dict[str, Entry]:
    found = {entry.name: entry for entry in _built_ins(group)}
    for point in entry_points(group=f"benchwright.{group}"):
        owner = point.dist.name if point.dist else "unknown package"
        entry = Entry(name=point.name, owner=owner, module=point.module, attribute=point.attr or group[:-1])
        other = found.get(point.name)
        if other is not None and (other.module, other.attribute) != (entry.module, entry.attribute):
            raise PluginError(
                f"two packages register the {group[:-1]} {point.name!r}: {other.owner} ({other.module}) "
                f"and {owner} ({entry.module})",
                expected="one owner for each name",
                hint=f"rename it in the entry points of {owner}, or uninstall one of the two",
            )
        found[point.name] = entry
    return found


def _built_ins(group: Group) -> list[Entry]:
    if group == "metrics":
        index: dict[str, str] = import_module("benchwright.metrics").INDEX
        return [
            Entry(name=name, owner="benchwright", module=f"benchwright.metrics.{module}", attribute=name)
            for name, module in index.items()
        ]
    package, attribute = _BUILT_IN[group]
    return [
        Entry(name=_called(group, name), owner="benchwright", module=f"{package}.{name}", attribute=attribute)
        for name in _modules_of(package)
    ]


def _called(group: Group, module: str) -> str:
    """A report is typed behind ``--as``, where words have a dash; names in references of suites and adapters have none."""
    return module.replace("_", "-") if group == "reports" else module


def _modules_of(package: str) -> list[str]:
    """Public module and sub-package names, from file names alone."""
    spec = PathFinder.find_spec(package)
    found = []
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in Path(folder).iterdir():
            is_plugin = path.suffix == ".py" or (path / "__init__.py").is_file()
            if is_plugin and not path.name.startswith("_"):
                found.append(path.stem)
    return found


@cache
def _load(group: Group, entry: Entry) -> Any:
    try:
        module = import_module(entry.module)
    except Exception as error:
        raise PluginError(
            f"the {group[:-1]} {entry.name!r} of {entry.owner} cannot be imported: {type(error).__name__}: {error}",
            hint=f"reinstall {entry.owner}, or check with `python -c 'import {entry.module}'`",
        ) from error
    value = module
    for part in entry.attribute.split("."):
        value = getattr(value, part, None)  # type: ignore[assignment]
    if value is None:
        raise PluginError(
            f"{entry.module} of {entry.owner} holds no value {entry.attribute!r}",
            expected=f"a module-level `{entry.attribute} = ...`",
            hint=f"see the docs page on adding a {group[:-1]}",
        )
    return value
