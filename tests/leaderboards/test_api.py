"""The names that a Python program uses."""

import subprocess
import sys

import pytest

import benchwright_leaderboards


def test_every_public_name_is_there_and_told_in_the_documentation(pytestconfig):
    told = (pytestconfig.rootpath / "docs" / "boards.md").read_text(encoding="utf-8").partition("## From Python")[2]

    assert set(benchwright_leaderboards.__all__) <= set(dir(benchwright_leaderboards))
    for name in benchwright_leaderboards.__all__:
        assert callable(getattr(benchwright_leaderboards, name))
        assert f"`{name}" in told or f"{name}(" in told or f"import {name}" in told, name


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = benchwright_leaderboards.nothing


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, benchwright_leaderboards as b; print(sorted(b.__all__)[0], {'numpy', 'starlette', 'sqlalchemy'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert told == "Board set()\n"
