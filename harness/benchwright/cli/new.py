"""`benchwright new`: a small package with a working plugin and its test."""

from __future__ import annotations

import keyword
import re
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import click

from benchwright.errors import BenchwrightError
from benchwright.paths import exists

_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_OURS = ("suites", "adapters", "reports", "leaderboards")

_SHARED = {
    "pyproject.toml": "pyproject.toml",
    "benchwright_$name/__init__.py": "init.py",
    "benchwright_$name/py.typed": "py.typed",
}
_FILES: dict[str, dict[str, str]] = {
    "suite": {
        "benchwright_$name/suite.py": "suite.py",
        "benchwright_$name/data/train.jsonl": "train.jsonl",
        "benchwright_$name/data/validation.jsonl": "validation.jsonl",
        "tests/test_$name.py": "test.py",
    },
    "adapter": {"benchwright_$name/adapter.py": "adapter.py", "tests/test_$name.py": "test.py"},
    "metric": {"benchwright_$name/metric.py": "metric.py", "tests/test_$name.py": "test.py"},
}
"""Path in the new package -> template; those of every kind lie beside the folders of the kinds."""

_TRY = {
    "suite": "benchwright run majority tfidf --suite $name",
    "adapter": "benchwright run $name --suite starter",
    "metric": 'benchwright list metrics    # then name it in a task: metrics=("accuracy", "$name")',
}


@click.command(
    "new", short_help="Write a working suite, adapter or metric with its test, rules of a gate, or behavioural tests."
)
@click.argument("kind", type=click.Choice(["suite", "adapter", "metric", "gate", "behaviour"]))
@click.argument("name")
@click.option("--directory", default=".", metavar="DIR", help="Where the new folder goes [here].")
def command(kind: str, name: str, directory: str) -> int:
    """Write benchwright-NAME, an installable package that holds one plugin and the test of its contract.

    A gate is no plugin: NAME.toml is written, rules to start from. Neither are behavioural tests: a folder NAME is written,
    with the program that makes the suite, the suite, and its test.
    """
    from benchwright import console

    if kind == "gate":
        return _write_gate(name, Path(directory))
    if kind == "behaviour":
        return _write_behaviour(name, Path(directory))
    _check_name(kind, name)
    folder = Path(directory) / f"benchwright-{name}"
    contents = _contents(kind, name)
    _write(folder, contents)
    console.say(f"wrote {folder}:")
    for path in contents:
        console.say(f"  {path}")
    console.say("next:")
    for line in (f"pip install --editable {folder}", f"pytest {folder}", Template(_TRY[kind]).substitute(name=name)):
        console.say(f"  {line}")
    return 0


def _write_gate(name: str, folder: Path) -> int:
    """A file of rules to start from."""
    from benchwright import console
    from benchwright.store.atomic import write_output

    if not _NAME.fullmatch(name):
        raise BenchwrightError(
            f"{name!r} cannot name a gate",
            expected="2 to 40 small letters, digits and `_`, a letter first",
            hint="benchwright new gate release",
        )
    template = files("benchwright.cli").joinpath("templates", "gate", "gate.toml.tmpl").read_text(encoding="utf-8")
    text = Template(template).substitute(name=name, title=name.replace("_", " ").capitalize())
    path = folder / f"{name}.toml"
    write_output(path, text, what="the rules", new=True)
    console.say(f"wrote {path}")
    console.say("next:")
    for line in (
        f"benchwright gate {path} --check",
        'benchwright baseline accept RUN[:MODEL] --name prod --reason "first release"',
        f"benchwright gate {path} RUN[:MODEL]",
    ):
        console.say(f"  {line}")
    return 0


def _write_behaviour(name: str, folder: Path) -> int:
    """A folder with a suite of behavioural tests, the program that made it, and its test."""
    import runpy

    from benchwright import console, registry
    from benchwright.behaviour import suite_lines
    from benchwright.store.atomic import write_output

    _check_module_name("behaviour", name)
    if registry.get("suites", "behaviour").task(name) is not None:
        raise BenchwrightError(
            f"behaviour/{name} is a suite that there is already",
            expected="a name of its own",
            hint=f"benchwright new behaviour my_{name}",
        )
    words = _words("behaviour", name)
    root = files("benchwright.cli").joinpath("templates", "behaviour")
    program, test = (
        Template(root.joinpath(f"{file}.py.tmpl").read_text(encoding="utf-8")).substitute(words)
        for file in ("suite", "test")
    )
    target = folder / name
    _write(target, {f"{name}.py": program, f"test_{name}.py": test})
    suite = runpy.run_path(str(target / f"{name}.py"))["make"]()
    write_output(target / f"{name}.jsonl", b"".join(suite_lines(suite)).decode(), what="the suite", new=True)
    console.say(f"wrote {target}:")
    for line in (
        f"  {name}.py        makes the suite: change it, and run it again",
        f"  {name}.jsonl     the suite, which anybody can run",
        f"  test_{name}.py",
    ):
        console.say(line)
    console.say("next:")
    for line in (
        f"python {target / f'{name}.py'}",
        f"pytest {target}",
        f"benchwright run constant:positive --suite 'behaviour/{name}?path={target / f'{name}.jsonl'}'",
    ):
        console.say(f"  {line}")
    return 0


def _check_module_name(kind: str, name: str) -> None:
    """Raise BenchwrightError for a name that cannot be a module."""
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        near = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        good = _NAME.fullmatch(near) and not keyword.iskeyword(near)
        raise BenchwrightError(
            f"{name!r} cannot name a {kind}",
            expected="2 to 40 small letters, digits and `_`, a letter first, and no word of Python's own",
            hint=f"benchwright new {kind} {near if good else 'my_' + kind}",
        )


def _check_name(kind: str, name: str) -> None:
    """Raise BenchwrightError for a name that cannot be a module, or that another plugin has."""
    from benchwright import registry

    _check_module_name(kind, name)
    if name in _OURS:
        raise BenchwrightError(
            f"the package benchwright_{name} is benchwright's own",
            expected="another name",
            hint=f"benchwright new {kind} my_{name}",
        )
    group: Any = f"{kind}s"
    taken = registry.entries(group).get(name)
    if taken is not None:
        raise BenchwrightError(
            f"there is a {kind} {name!r} already, from {taken.owner}",
            expected="a name of its own",
            hint=f"benchwright new {kind} my_{name}",
        )


def _words(kind: str, name: str) -> dict[str, str]:
    """What templates are filled with."""
    return {
        "name": name,
        "kind": kind,
        "title": name.replace("_", " ").capitalize(),
        "camel": name.replace("_", " ").title().replace(" ", ""),
    }


def _contents(kind: str, name: str) -> dict[str, str]:
    """Path below the new folder -> text of the file."""
    words = _words(kind, name)
    templates = {**_SHARED, **{path: f"{kind}/{file}" for path, file in _FILES[kind].items()}}
    root = files("benchwright.cli").joinpath("templates")
    return {
        Template(path).substitute(words): Template(
            root.joinpath(f"{template}.tmpl").read_text(encoding="utf-8")
        ).substitute(words)
        for path, template in templates.items()
    }


def _write(folder: Path, contents: dict[str, str]) -> None:
    from benchwright.store.atomic import write_folder

    if exists(folder):
        raise BenchwrightError(
            f"{folder} exists, and nothing is overwritten",
            expected="a folder that is not there yet",
            hint="choose another name or --directory, or remove it first",
        )
    write_folder(folder, contents, what="the package")
