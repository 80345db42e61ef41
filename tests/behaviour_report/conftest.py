"""A behavioural task and answers to it by hand: one capability that always fails, changes that are harmless, hostile texts."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest


def load_by_hand():
    """The module ``by_hand`` beside this file; tests are not a package, so it is loaded by its path."""
    name = "behaviour_report_by_hand"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("by_hand.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def by_hand():
    """The module ``by_hand``."""
    return load_by_hand()
