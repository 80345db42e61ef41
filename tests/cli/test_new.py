"""`benchwright new`: what it writes works, and it never overwrites."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

KINDS = ("suite", "adapter", "metric")


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """One new package of each kind, its wheel built and unpacked: kind -> folder, and the environment that has all."""
    root = tmp_path_factory.mktemp("new")
    folders = {}
    for kind in KINDS:
        run("benchwright", "new", kind, f"new_{kind}", cwd=root)
        folders[kind] = root / f"benchwright-new_{kind}"
        run("hatchling", "build", "--target", "wheel", "--directory", str(root / "wheels"), cwd=folders[kind])
    for wheel in (root / "wheels").glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(root / "site")
    return folders, {"PYTHONPATH": str(root / "site")}


def run(module, *args, cwd, env=None):
    """Run a Python module; returns the finished process, which must have succeeded."""
    command = [sys.executable, "-m", module, *args]
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, env={**os.environ, **(env or {})}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.mark.parametrize("kind", KINDS)
def test_its_test_passes(kind, built):
    """The package that is written builds, registers its plugin, and passes its own test with warnings as errors."""
    folders, environment = built

    done = run(
        "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", str(folders[kind]), cwd=folders[kind], env=environment
    )

    assert "1 passed" in done.stdout


def test_a_renamed_task_still_passes(built, tmp_path):
    """The test of a new suite asks for the tasks that the suite has, whatever they are called."""
    folder = shutil.copytree(built[0]["suite"], tmp_path / "copy")
    site = shutil.copytree(Path(built[1]["PYTHONPATH"]), tmp_path / "site")
    card = site / "benchwright_new_suite" / "suite.py"
    card.write_text(card.read_text().replace('name="questions"', 'name="asked"'))

    done = run("pytest", "-q", "-p", "no:cacheprovider", str(folder), cwd=folder, env={"PYTHONPATH": str(site)})

    assert "1 passed" in done.stdout


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("suite", ("run", "majority", "--suite", "new_suite")),
        ("adapter", ("run", "new_adapter?words=7", "--suite", "starter/sentiment")),
        ("metric", ("list", "metrics")),
    ],
)
def test_what_it_says_next_works(kind, command, built, program):
    """The command that is proposed at the end knows the new plugin."""
    done = program(*command, env=built[1], check=0)

    assert f"new_{kind}" in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_writes_is_clean(kind, built):
    """Whatever is written is sorted, formatted and typed."""
    folder = built[0][kind]

    run(
        "ruff",
        "check",
        "--isolated",
        "--line-length=120",
        "--select=E,F,I,B,UP,SIM,ANN,D1",
        "--ignore=D104,ANN401",
        f"benchwright_new_{kind}",
        cwd=folder,
    )
    run("ruff", "check", "--isolated", "--line-length=120", "--select=E,F,I", "tests", cwd=folder)
    done = run("ruff", "format", "--isolated", "--line-length=120", "--check", ".", cwd=folder)

    assert "already formatted" in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_says_what_to_type(kind, program):
    """It names every file that it wrote, and how to install, test and use it."""
    done = program("new", kind, "brand_new", check=0)

    wanted = ("pyproject.toml", "tests/test_brand_new.py", "pip install --editable", "pytest benchwright-brand_new")
    assert [text for text in wanted if text not in done.stdout] == []


@pytest.mark.parametrize("kind", KINDS)
def test_is_small(kind, program, tmp_path):
    """A plugin to start from is short: a suite in about 30 lines, an adapter in about 50."""
    program("new", kind, "brand_new", check=0)

    lines = (tmp_path / f"benchwright-brand_new/benchwright_brand_new/{kind}.py").read_text().splitlines()

    assert len(lines) <= {"suite": 30, "adapter": 55, "metric": 35}[kind]


def test_never_overwrites(program, tmp_path):
    """A folder that is there stays as it is."""
    (tmp_path / "benchwright-mine").mkdir()

    done = program("new", "suite", "mine", check=2)

    assert "nothing is overwritten" in done.stderr
    assert list((tmp_path / "benchwright-mine").iterdir()) == []


def test_goes_into_a_directory(program, tmp_path):
    """--directory says where, and is made when it is not there."""
    program("new", "suite", "mine", "--directory", "deep/down", check=0)

    assert (tmp_path / "deep/down/benchwright-mine/benchwright_mine/suite.py").is_file()


@pytest.mark.parametrize(
    ("kind", "name", "said", "proposed"),
    [
        ("suite", "My-Suite", "cannot name a suite", "benchwright new suite my_suite"),
        ("suite", "../up", "cannot name a suite", "benchwright new suite up"),
        ("metric", "class", "cannot name a metric", "benchwright new metric my_metric"),
        ("metric", "7", "cannot name a metric", "benchwright new metric my_metric"),
        ("adapter", "suites", "benchwright's own", "benchwright new adapter my_suites"),
        (
            "suite",
            "starter",
            "there is a suite 'starter' already, from benchwright",
            "benchwright new suite my_starter",
        ),
    ],
)
def test_refuses(kind, name, said, proposed, program, tmp_path):
    """A name that cannot work is refused with what to type instead."""
    done = program("new", kind, name, check=2)

    assert said in done.stderr
    assert proposed in done.stderr
    assert list(tmp_path.glob("benchwright-*")) == []
