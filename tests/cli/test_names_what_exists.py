"""Help and doctor name only what exists: every verb, extra, option value and suite that they tell can be used."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from benchwright import registry
from benchwright.cli import COMMANDS
from benchwright.cli.doctor import _declared
from benchwright.cli.main import call, cli

ROOT = Path(__file__).parents[2]
LATER = ("ray", "peft")
"""Words of what is planned; none of them stands yet."""


def _help(command, name):
    with click.Context(command, info_name=name) as context:
        return command.get_help(context)


def _commands():
    yield "benchwright", cli
    for name in COMMANDS:
        command = cli.get_command(None, name)
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {part}", inner) for part, inner in command.commands.items())


@pytest.mark.parametrize(("name", "command"), list(_commands()))
def test_help_names_only_what_exists(name, command):
    """No verb's help speaks of what is only planned, and every `benchwright VERB` in it is a verb."""
    text = _help(command, name)

    assert not [word for word in LATER if word in text.lower()]
    assert set(re.findall(r"`benchwright ([a-z]+)\b", text)) <= set(COMMANDS)


def test_doctor_names_only_declared_extras(capsys):
    """The extras that doctor tells are those of pyproject.toml, with the packages that they install."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]

    assert set(_declared()) == set(declared) - {"all", "dev"}
    for extra, packages in _declared().items():
        assert sorted(packages) == sorted(re.match(r"[\w.-]+", line)[0] for line in declared[extra])
    assert call(["doctor"]) == 0
    told = capsys.readouterr().out
    assert not [word for word in LATER if word in told.lower()]


def test_the_package_promises_only_what_exists():
    """Description, keywords and extras of the package name nothing that is planned."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = " ".join([project["description"], *project["keywords"], *project["optional-dependencies"]]).lower()

    assert not [word for word in LATER if word in text]


def test_hints_name_suites_that_exist():
    """Suites that the help or a usage message gives as an example are in the registry."""
    text = " ".join(_help(command, name) for name, command in _commands())
    named = re.findall(r"--suite ([a-z]+)", text)

    assert set(named) <= set(registry.names("suites"))
