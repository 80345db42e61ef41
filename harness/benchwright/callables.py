"""Python functions as models: found by ``module:function`` or ``file.py:function``, or kept while this session lasts."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from benchwright.errors import ModelError

_KEPT: dict[str, Callable[..., Any]] = {}
"""Functions of this session that no import finds: lambdas, closures, methods of objects."""

_SESSION = "session:"
_EXPECTED = "MODULE:FUNCTION or FILE.py:FUNCTION"


def path_of(function: Callable[..., Any]) -> str:
    """The path under which `find` gives the function again: ``module:function`` where an import finds it, else ``session:NAME``."""
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
    found = sys.modules.get(module) if isinstance(module, str) and module != "__main__" else None
    if found is not None and name.isidentifier() and getattr(found, name, None) is function:
        return f"{module}:{name}"
    stem = name_of(function)
    path = next(
        path
        for number in range(1, len(_KEPT) + 2)
        if _KEPT.get(path := f"{_SESSION}{stem}" if number == 1 else f"{_SESSION}{stem}-{number}", function) is function
    )
    _KEPT[path] = function
    return path


def kept() -> frozenset[str]:
    """Paths of the functions of this session."""
    return frozenset(_KEPT)


def forget(path: str) -> None:
    """Let go of a function of this session."""
    _KEPT.pop(path, None)


def is_kept(path: str) -> bool:
    """Whether a path means a function of this session, which no other process finds."""
    return path.startswith(_SESSION)


def name_of(function: Callable[..., Any]) -> str:
    """What the function is called: its name, of an object that of its class."""
    while isinstance(function, partial):
        function = function.func
    name = getattr(function, "__name__", type(function).__name__)
    return "function" if name == "<lambda>" else str(name)


@contextmanager
def printing_aside() -> Iterator[None]:
    """What is printed meanwhile goes to standard error: standard output holds results alone."""
    with redirect_stdout(sys.stderr):
        yield


def find(path: str) -> Callable[..., Any]:
    """The function that a path names; its module is imported now, from the working folder too.

    Raises:
        ModelError: The path is not one, the module cannot be imported, it has no such function, or the session is over.
    """
    if path.startswith(_SESSION):
        if path not in _KEPT:
            raise ModelError(
                f"python:{path} is a function of another Python session, which is over",
                expected=f"{_EXPECTED}, which any session can import",
                hint="put the function into a file: python:my_model.py:predict",
            )
        return _KEPT[path]
    place, colon, name = path.rpartition(":")
    if not colon or not place or not name.isidentifier():
        raise ModelError(f"python:{path} names no function", expected=_EXPECTED, hint="python:my_model:predict")
    with printing_aside():
        module = _from_file(Path(place)) if place.endswith(".py") else _imported(place)
    function = getattr(module, name, None)
    if not callable(function):
        there = [known for known, value in vars(module).items() if callable(value) and not known.startswith("_")]
        what = f"{place} has no function {name!r}" if function is None else f"{name!r} in {place} cannot be called"
        raise ModelError(what, expected=f"one of: {', '.join(there[:8]) or 'none there'}", hint="check the name")
    found: Callable[..., Any] = function
    return found


def _imported(name: str) -> ModuleType:
    with _found_first(Path.cwd()):
        try:
            return importlib.import_module(name)
        except (Exception, SystemExit) as error:
            raise _broken(name, error) from error


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise ModelError(
            f"no file {path}", expected=_EXPECTED, hint="check the path; it is relative to the folder you are in"
        )
    name = f"{__name__}.files.{path.stem}_{zlib.crc32(str(path.resolve()).encode()):08x}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module  # dataclasses and the like look their module up there
    with _found_first(path.resolve().parent):
        try:
            spec.loader.exec_module(module)
        except (Exception, SystemExit) as error:
            _put_back(name, before)
            raise _broken(str(path), error) from error
    return module


def _put_back(name: str, module: ModuleType | None) -> None:
    if module is None:
        sys.modules.pop(name, None)
    else:
        sys.modules[name] = module


@contextmanager
def _found_first(folder: Path) -> Iterator[None]:
    """Modules of a folder are found before others, as by ``python FILE.py``; later, when the function itself imports, after them."""
    place = str(folder)
    if place in sys.path:
        yield
        return
    sys.path.insert(0, place)
    try:
        yield
    finally:
        if place in sys.path:
            sys.path.remove(place)
        sys.path.append(place)


def _broken(what: str, error: BaseException) -> ModelError:
    return ModelError(
        f"{what} cannot be imported: {type(error).__name__}: {error}",
        expected="a module that Python can import from the folder you are in",
        hint="try: python -c 'import ...' there",
    )
