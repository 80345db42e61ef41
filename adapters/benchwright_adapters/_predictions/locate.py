"""The file that holds the predictions of one task."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchwright.data.api import is_file, is_folder, is_same_file, listing
from benchwright.errors import DataMissing, PredictionsError
from benchwright.submit.official_files import FILES
from benchwright.types import ModelRef, Task

from .rows import listed

_SUFFIXES = (".jsonl", ".tsv", ".parquet", ".conll", ".json", ".csv")


def locate(model: ModelRef, task: Task, suite: str) -> Path:
    """The file itself, or that of the task in a folder: ``<suite>/<task>.*`` or the official submission's name.

    Raises:
        DataMissing: A folder has no file for the task.
        PredictionsError: There is no such path, the folder has several files for the task, or a revision is asked for.
    """
    if model.revision is not None:
        raise PredictionsError(f"predictions have no revisions: @{model.revision}", hint="leave the revision out")
    if not model.path:
        raise PredictionsError(
            "predictions: without a path",
            expected="predictions:FILE or predictions:FOLDER",
            hint="predictions:answers.jsonl",
        )
    path = Path(model.path)
    if is_file(path):
        return path
    if not is_folder(path):
        raise PredictionsError(
            f"no file or folder {model.path}",
            expected="predictions:FILE or predictions:FOLDER",
            hint="check the path; it is relative to the folder you are in",
        )
    official = FILES.get(suite, {}).get(task.name)
    found = _files(path, suite, task.name, official)
    alike = _alike(path, suite, task.name, official, found)
    if not found:
        others = ", ".join((*_SUFFIXES[1:], *((f"or {official}",) if official else ())))
        raise DataMissing(
            f"{model.path} has no predictions for {suite}/{task.name}{_there(path, suite, alike)}",
            expected=f"{suite}/{task.name}.jsonl (or {others})",
            hint=f"move {alike[0]} to {suite}/{task.name}{Path(alike[0]).suffix}"
            if alike
            else f"put the file there under that name, or name it itself: predictions:{path / 'FILE'}",
        )
    if len(found) + len(alike) > 1:
        names = ", ".join([*(candidate.relative_to(path).as_posix() for candidate in found), *alike])
        raise PredictionsError(
            f"{model.path} has several files for {suite}/{task.name}: {names}",
            expected="one",
            hint="remove the others, or put them in a folder of their own",
        )
    return found[0]


def _files(path: Path, suite: str, task: str, official: str | None) -> list[Path]:
    """The candidates that exist, each once: `rte.tsv` and `RTE.tsv` are one file where case does not count."""
    wanted = [path / suite / f"{task}{suffix}" for suffix in _SUFFIXES]
    if official:
        wanted += [path / official, path / suite / official]
    found: list[Path] = []
    for candidate in wanted:
        if is_file(candidate) and not any(is_same_file(candidate, other) for other in found):
            found.append(candidate)
    return found


def _alike(path: Path, suite: str, task: str, official: str | None, found: Sequence[Path]) -> list[str]:
    """Unused files whose names match the task but for letter case, a hyphen or the folder.

    The official files of another suite are not among them: GLUE has an RTE.tsv, SuperGLUE an RTE.jsonl.
    """
    names = {_bare(task), *((_bare(Path(official).stem),) if official else ())}
    foreign = {name for other, files in FILES.items() if other != suite for name in files.values()}
    return [
        name
        for name in _listing(path, suite)
        if _bare(Path(name).stem) in names and name not in foreign and not _is_one_of(path / name, found)
    ]


def _is_one_of(path: Path, found: Sequence[Path]) -> bool:
    return any(is_same_file(path, other) for other in found)


def _bare(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "")


def _listing(path: Path, suite: str) -> list[str]:
    """Files in the folder and in its folder of the suite that may be predictions, by their relative names."""
    return [
        candidate.relative_to(path).as_posix()
        for folder in (path, path / suite)
        for candidate in listing(folder)
        if candidate.suffix in _SUFFIXES and is_file(candidate)
    ]


def _there(path: Path, suite: str, alike: Sequence[str]) -> str:
    """Files found instead: those with similar names, else those that no task of the suite reads."""
    known = FILES.get(suite, {})
    read = {*known.values(), *(f"{suite}/{name}" for name in known.values())}
    strange = [name for name in _listing(path, suite) if name not in read and not _may_be_read(name, suite)]
    shown = alike or strange
    return f" (there is {listed(shown)})" if shown else ""


def _may_be_read(name: str, suite: str) -> bool:
    """Whether a file lies in the folder of the suite and is called as one of its tasks, where these are known."""
    known = FILES.get(suite)
    return Path(name).parent.name == suite and (known is None or Path(name).stem in known)
