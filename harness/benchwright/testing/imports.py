"""What a piece of code imports: in a fresh interpreter, or while it runs."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest import mock

from benchwright import registry
from benchwright.testing.checks import require

HEAVY = frozenset(
    {
        "torch",
        "transformers",
        "datasets",
        "pandas",
        "matplotlib",
        "sklearn",
        "pyarrow",
        "sqlalchemy",
        "scipy.stats",
        "torchao",
        "onnx",
        "onnxruntime",
        "openvino",
        "nncf",
        "tensorflow",
        "jax",
    }
)
"""Modules that take longer to import than a listing may take."""

ARRAYS = frozenset({"numpy", "scipy"})
"""Modules that a card has no use for."""


def check_imports_light(group: registry.Group, plugin: Any, heavy: Collection[str] = HEAVY) -> None:
    """The module of a plugin, imported alone, loads no heavy module."""
    entry = registry.entries(group).get(plugin.name)
    module = entry.module if entry else type(plugin).__module__
    loaded = loaded_by(module, frozenset(heavy))
    require(not loaded, f"importing {module} loads {', '.join(loaded)}; import them inside the functions that use them")


@cache
def loaded_by(module: str, heavy: frozenset[str]) -> list[str]:
    """Heavy modules that importing a module loads in a fresh interpreter; raises what the import raises."""
    code = (
        "import sys, importlib; importlib.import_module(sys.argv[1]); "
        "print(*sorted(set(sys.argv[2:]) & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code, module, *sorted(heavy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - our own
    if done.returncode:
        raise ImportError(f"{module} cannot be imported alone: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout.split()


@contextmanager
def watched(names: Collection[str]) -> Iterator[set[str]]:
    """The top-level modules among names that are imported meanwhile, even where they were loaded before."""
    seen: set[str] = set()
    before = set(sys.modules)
    real = builtins.__import__

    def note(name: str, *args: Any, **kwargs: Any) -> Any:
        top = name.partition(".")[0]
        relative = len(args) > 3 and args[3]
        if top in names and not relative:
            seen.add(top)
        return real(name, *args, **kwargs)

    with mock.patch.object(builtins, "__import__", note):
        yield seen
    seen.update(name for name in names if name in sys.modules and name not in before)
