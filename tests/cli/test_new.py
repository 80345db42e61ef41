"""`benchwright new`: what it writes works, and it never overwrites."""

import os
import subprocess
import sys
import zipfile

import pytest

KINDS = ("suite", "adapter", "metric")


@pytest.fixture
def installed(program, tmp_path):
    """Write a new package, build its wheel and unpack it; returns its folder and the environment that has it."""

    def make(kind, name):
        program("new", kind, name, check=0)
        folder, site = tmp_path / f"benchwright-{name}", tmp_path / "site"
        build = [
            sys.executable,
            "-m",
            "hatchling",
            "build",
            "--target",
            "wheel",
            "--directory",
            str(tmp_path / "wheel"),
        ]
        subprocess.run(build, cwd=folder, capture_output=True, check=True)
        (wheel,) = (tmp_path / "wheel").glob("*.whl")
        zipfile.ZipFile(wheel).extractall(site)
        return folder, {"PYTHONPATH": str(site)}

    return make


@pytest.mark.parametrize("kind", KINDS)
def test_its_test_passes(kind, installed):
    """The package that is written builds, registers its plugin, and passes its own test with warnings as errors."""
    folder, environment = installed(kind, "brand_new")
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]

    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("suite", ("run", "majority", "--suite", "brand_new")),
        ("adapter", ("run", "brand_new?words=7", "--suite", "starter/sentiment")),
        ("metric", ("list", "metrics")),
    ],
)
def test_what_it_says_next_works(kind, command, installed, program):
    """The command that is proposed at the end knows the new plugin."""
    _, environment = installed(kind, "brand_new")

    done = program(*command, env=environment, check=0)

    assert "brand_new" in done.stdout


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


def test_what_it_writes_is_clean(program, tmp_path):
    """Whatever is written passes this project's own linter for plugins, formatter and strict types."""
    for kind in KINDS:
        program("new", kind, f"new_{kind}", check=0)
    sources = [str(path) for path in tmp_path.glob("benchwright-*/benchwright_*/*.py")]
    for command in (
        ("ruff", "check", "--isolated", "--line-length=120", "--select=E,F,I,B,UP,SIM", *sources),
        ("ruff", "format", "--isolated", "--line-length=120", "--check", *sources),
    ):
        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stdout


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
        ("behaviour", "typos", "no behavioural suites yet", "benchwright new suite typos"),
    ],
)
def test_refuses(kind, name, said, proposed, program, tmp_path):
    """A name that cannot work, or a kind that is not there yet, is refused with what to type instead."""
    done = program("new", kind, name, check=2)

    assert said in done.stderr
    assert proposed in done.stderr
    assert list(tmp_path.glob("benchwright-*")) == []
