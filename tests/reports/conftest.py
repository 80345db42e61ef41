"""The runs by hand and the page reader, for every test here."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest


def _load(name):
    """A module beside this file; tests are not a package, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location(f"reports_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sample():
    """The module ``sample``."""
    return _load("sample")


@pytest.fixture(scope="session")
def explained():
    """The module ``explained``: runs with explanations."""
    return _load("explained")


@pytest.fixture(scope="session")
def read():
    """``page.read``: a page as a tree, strictly."""
    return _load("page").read


@pytest.fixture(scope="session")
def typical(sample):
    """Four models on nine tasks: the run and its records."""
    return sample.build()
