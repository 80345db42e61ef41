"""Methods of attribution, a file each; `method_named` finds them, and their libraries are imported when they are used."""

from __future__ import annotations

from importlib import import_module

from benchwright.explanations.methods.base import GradientMethod, Method
from benchwright.types import METHODS


def method_named(name: str) -> Method | GradientMethod:
    """The method of that name, one of `types.METHODS`."""
    assert name in METHODS
    found: Method | GradientMethod = import_module(f"benchwright.explanations.methods.{name}").method
    return found
