"""The file that holds the predictions of one task."""

from __future__ import annotations

from pathlib import Path

from benchwright.errors import DataMissing, PredictionsError
from benchwright.types import ModelRef, Task

_SUFFIXES = (".jsonl", ".tsv", ".parquet", ".conll", ".json", ".csv")

OFFICIAL: dict[str, dict[str, str]] = {
    "glue": {
        "cola": "CoLA.tsv",
        "sst2": "SST-2.tsv",
        "mrpc": "MRPC.tsv",
        "stsb": "STS-B.tsv",
        "qqp": "QQP.tsv",
        "mnli": "MNLI-m.tsv",
        "mnli_mm": "MNLI-mm.tsv",
        "qnli": "QNLI.tsv",
        "rte": "RTE.tsv",
        "wnli": "WNLI.tsv",
        "ax": "AX.tsv",
    },
    "superglue": {
        "boolq": "BoolQ.jsonl",
        "cb": "CB.jsonl",
        "copa": "COPA.jsonl",
        "multirc": "MultiRC.jsonl",
        "record": "ReCoRD.jsonl",
        "rte": "RTE.jsonl",
        "wic": "WiC.jsonl",
        "wsc": "WSC.jsonl",
        "axb": "AX-b.jsonl",
        "axg": "AX-g.jsonl",
    },
}
"""Suite -> task -> file name of an official submission."""


def locate(model: ModelRef, task: Task, suite: str) -> Path:
    """The file itself, or that of the task in a folder: ``<suite>/<task>.*`` or the official submission's name.

    Raises:
        DataMissing: A folder has no file for the task.
        PredictionsError: There is no such path, the folder has several files for the task, or a revision is asked for.
    """
    if model.revision is not None:
        raise PredictionsError(f"predictions have no revisions: @{model.revision}", hint="leave the revision out")
    if not model.path:
        raise PredictionsError("predictions: without a path", expected="predictions:FILE or predictions:FOLDER")
    path = Path(model.path)
    if path.is_file():
        return path
    if not path.is_dir():
        raise PredictionsError(f"no file or folder {model.path}", expected="predictions:FILE or predictions:FOLDER")
    official = OFFICIAL.get(suite, {}).get(task.name)
    found = _files(path, suite, task.name, official)
    if not found:
        others = ", ".join((*_SUFFIXES[1:], *((f"or {official}",) if official else ())))
        raise DataMissing(
            f"{model.path} has no predictions for {suite}/{task.name}",
            expected=f"{suite}/{task.name}.jsonl (or {others})",
        )
    if len(found) > 1:
        names = ", ".join(candidate.relative_to(path).as_posix() for candidate in found)
        raise PredictionsError(f"{model.path} has several files for {suite}/{task.name}: {names}", expected="one")
    return found[0]


def _files(path: Path, suite: str, task: str, official: str | None) -> list[Path]:
    """The candidates that exist, each once: `rte.tsv` and `RTE.tsv` are one file where case does not count."""
    wanted = [path / suite / f"{task}{suffix}" for suffix in _SUFFIXES]
    if official:
        wanted += [path / official, path / suite / official]
    found: list[Path] = []
    for candidate in wanted:
        if candidate.is_file() and not any(candidate.samefile(other) for other in found):
            found.append(candidate)
    return found
