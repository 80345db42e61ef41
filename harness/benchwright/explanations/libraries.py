"""Libraries that methods call: imported when they are used, and nothing that they warn of on the way is shown."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from benchwright.errors import BenchwrightError


def library(name: str) -> Any:
    """The module of that name. Raises BenchwrightError where it cannot be imported."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(name)
    except Exception as error:  # a library that does not fit to another one beside it raises what it likes
        raise BenchwrightError(
            f"{name.partition('.')[0]} cannot be imported: {type(error).__name__}: {error}",
            hint='pip install "benchwright[explain]"',
        ) from error


def refuse_missing(packages: Sequence[str]) -> None:
    """Raise BenchwrightError where one of these is not installed; nothing is imported."""
    missing = [package for package in packages if not _is_there(package)]
    if missing:
        raise BenchwrightError(
            f"{' and '.join(missing)} must be installed for this method", hint='pip install "benchwright[explain]"'
        )


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # a hook of imports forbids it, or something else stands in its place
        return False
