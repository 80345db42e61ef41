"""The runs by hand, for every test here."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def sample():
    """The module ``sample``; tests are not a package, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location("reports_sample", Path(__file__).with_name("sample.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def typical(sample):
    """Four models on nine tasks: the run and its records."""
    return sample.build()
