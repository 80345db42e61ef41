"""Run a list of checks to its end and tell everything that was found at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from benchwright import registry

Check = tuple[str, Callable[[], None]]
"""What is true of a good plugin, in a few words, and the function that raises when it is not."""


class Broken(Exception):
    """A check found something; the message says what."""


class Skipped(Exception):
    """A check does not apply, or cannot be made here; the message says why."""


def require(condition: object, found: str) -> None:
    """Raise Broken with what was found unless the condition holds."""
    if not condition:
        raise Broken(found)


def run_checks(subject: str, checks: Iterable[Check]) -> tuple[str, ...]:
    """Names of the checks that passed; one that was skipped carries ``(skipped: reason)``.

    Raises:
        AssertionError: Lists every check that failed, with what it found.
    """
    passed: list[str] = []
    failed: list[str] = []
    bug: Exception | None = None
    for name, check in checks:
        try:
            check()
        except Skipped as reason:
            passed.append(f"{name} (skipped: {reason})")
        except Broken as found:
            failed.append(f"{name}: {found}")
        except Exception as error:
            bug = bug or error
            failed.append(f"{name}: {type(error).__name__}: {error}")
        else:
            passed.append(name)
    if failed:
        lines = "\n".join("- " + problem.replace("\n", "\n  ") for problem in failed)
        raise AssertionError(f"{subject} fails {len(failed)} of {len(failed) + len(passed)} checks:\n{lines}") from bug
    return tuple(passed)


def check_registered(group: registry.Group, plugin: Any) -> None:
    """The registry gives this very plugin for its own name."""
    known = registry.entries(group)
    kind = group[:-1]
    require(
        plugin.name in known,
        f"no {kind} is registered as {plugin.name!r}; declare it in pyproject.toml under "
        f'[project.entry-points."benchwright.{group}"] and type `pip install --editable .`',
    )
    entry = known[plugin.name]
    found = registry.get(group, plugin.name)
    require(
        found is plugin or found == plugin,
        f"the name {plugin.name!r} belongs to {entry.module}:{entry.attribute} of {entry.owner}",
    )
