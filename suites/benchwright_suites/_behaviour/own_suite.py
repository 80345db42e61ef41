"""A task from a user's own suite of behavioural tests: `behaviour/NAME?path=FILE.jsonl`, or `behaviour/NAME.jsonl` in a data folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from benchwright.behaviour.card import card_of
from benchwright.behaviour.suite_format import read_suite
from benchwright.data.api import expanded, is_file, missing_file
from benchwright.errors import BenchwrightError
from benchwright.types import AnyTask, Custom, Files, Label, Source
from benchwright_suites._behaviour.options import COMMON, cases_in, check_options, configured, served_by, with_aliases

_NAME = re.compile(r"[\w.-]{1,60}")
_SHIPPED = ("sentiment", "ner", "qa")
_PATH = "your suite, in the format of docs/behaviour.md"


def configure(name: str, task: AnyTask | None, given: Mapping[str, str], data: Path | None) -> Custom | None:
    """The task that options ask for: one of the suite with other options, or one from a file of the user's.

    Args:
        name: Of the task, as typed.
        task: The task of the suite of that name; None where there is none.
        given: Options as typed.
        data: The ``--data`` folder.

    Returns:
        The task and the folder of its file; None where there is neither an option nor a file for it.

    Raises:
        BenchwrightError: An option is unknown, has no such value, or the file is absent or malformed.
    """
    if task is not None and "path" in given:
        raise BenchwrightError(
            f"behaviour/{name} is a task of the suite",
            expected="a name of its own for your suite",
            hint=f"--suite 'behaviour/my-{name}?path={given['path']}'",
        )
    if task is not None:
        check_options(given, COMMON, task=f"behaviour/{name}")
        return Custom(task=configured(task, given, suite="behaviour"), folders=None)
    found = next((path for path in _places(name, data) if is_file(path)), None) if "path" not in given else None
    if "path" not in given and found is None:
        if not given and get_close_matches(name, _SHIPPED):
            return None
        if not given:
            raise BenchwrightError(
                f"unknown task behaviour/{name}",
                expected=f"one of: {', '.join(f'behaviour/{one}' for one in _SHIPPED)}, or the file of your suite",
                hint=f"--suite 'behaviour/{name}?path={name}.jsonl', or {name}.jsonl in the folder of --data",
            )
        raise BenchwrightError(
            f"behaviour/{name} needs a file", expected="path=FILE", hint=f"--suite 'behaviour/{name}?path={name}.jsonl'"
        )
    check_options(given, {"path": _PATH, **COMMON}, task=f"behaviour/{name}")
    return _own(name, found or expanded(given["path"]), given, shown=given.get("path", ""))


def _places(name: str, data: Path | None) -> list[Path]:
    """Where the suite of that name lies in a data folder."""
    return [data / "behaviour" / f"{name}.jsonl", data / f"{name}.jsonl"] if data is not None else []


def _own(name: str, path: Path, given: Mapping[str, str], *, shown: str) -> Custom:
    if not _NAME.fullmatch(name):
        raise BenchwrightError(
            f"{name!r} cannot name a task",
            expected="letters, digits, `.`, `_` or `-`; at most 60",
            hint="behaviour/mine",
        )
    if not is_file(path):
        raise missing_file(path, shown or str(path), "a suite of behavioural tests: JSON lines")
    suite = read_suite(path)
    trained_on = given.get("trained_on") or suite.trained_on
    labels = tuple(Label(name=label, id=at) for at, label in enumerate(suite.labels))
    if trained_on:
        labels = with_aliases(labels, served_by(trained_on, "behaviour", suite.kind).labels)
    layout = Files(names=(path.name,), format="behaviour")
    task = card_of(
        suite,
        name=name,
        splits={"test": Source(files=(layout,), cases=cases_in(given, None))},
        labels=labels,
        trained_on=trained_on or None,
        licence=suite.licence or "yours",
        citation=suite.citation or "a file of the user's own",
        description=suite.description or f"Behavioural tests of {path.name}.",
    )
    return Custom(task=task, folders={"test": path.parent})
