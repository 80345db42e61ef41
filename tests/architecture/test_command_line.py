"""The command line answers at once: names are known without importing what they name."""

import json
import subprocess
import sys
import time

import pytest

HEAVY = (
    "torch",
    "transformers",
    "datasets",
    "pandas",
    "matplotlib",
    "sklearn",
    "scipy.stats",
    "sqlalchemy",
    "pyarrow",
    "shap",
    "lime",
    "captum",
    "numba",
)
AIM = 0.2
"""Seconds for `--help` and `list suites` on a quiet machine."""
SLACK = 2.0
"""How much slower a busy machine may be before the machine itself is measured."""

WATCH = """
import json, sys
from benchwright.cli.main import call
code = call(json.loads(sys.argv[1]))
print(json.dumps([code, sorted(set(json.loads(sys.argv[2])) & set(sys.modules))]), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "--version",
        "list suites",
        "list tasks",
        "list adapters",
        "list reports",
        "run --help",
        "profile --help",
        "explain --help",
        "list tasks explain/shap",
        "list runs",
    ],
)
def test_loads_nothing_heavy(command, tmp_path):
    """Help and lists load no heavy library."""
    code = [sys.executable, "-c", WATCH, json.dumps(command.split()), json.dumps(HEAVY)]

    done = subprocess.run(code, capture_output=True, text=True, check=True, cwd=tmp_path)

    assert json.loads(done.stderr.splitlines()[-1]) == [0, []]


@pytest.mark.parametrize("command", ["--help", "list suites"])
def test_answers_at_once(command, tmp_path):
    """The quickest of five starts stays near the aim, allowing for a machine that is busy."""
    # What any program with a command line needs here and now: about 0.06 s on a quiet machine.
    programs = [["-m", "benchwright", *command.split()], ["-c", "import click"]]
    ours, bare = quickest_seconds([[sys.executable, *arguments] for arguments in programs], tmp_path)

    print(f"benchwright {command}: {ours:.3f} s, python with click alone {bare:.3f} s")
    assert ours < max(SLACK * AIM, 6 * bare)


def quickest_seconds(commands, folder):
    """Wall-clock seconds of the quickest of five runs of each command, in turn, after one that fills the caches."""
    seconds = {at: [] for at in range(len(commands))}
    for _ in range(6):
        for at, command in enumerate(commands):
            started = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True, cwd=folder)
            seconds[at].append(time.perf_counter() - started)
    return [min(found[1:]) for found in seconds.values()]


def test_every_command_is_there():
    """Each verb in the table has a file with a command of that name, and its help shows how it is used."""
    code = (
        "import json; from benchwright.cli import COMMANDS; from benchwright.cli.main import cli; import click\n"
        "print(json.dumps({n: cli.get_command(click.Context(cli), n).name for n in COMMANDS}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = json.loads(done.stdout)

    assert names == {name: name for name in names}
    assert "run" in names
