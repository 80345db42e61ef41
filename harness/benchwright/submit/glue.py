"""The eleven TSV files of a GLUE submission: written, and checked by every rule of the server and some that are stricter.

Formats are those on which jiant, jiant-v1 and T5's `prepare_glue_submission.py` agree; AX holds label strings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from benchwright.submit.archive import unpack
from benchwright.submit.collect import SubmissionFiles, TaskAnswers, number_of
from benchwright.submit.faults import Faults, check_indices, text_lines
from benchwright.submit.official_files import FILES
from benchwright.types import Record, Task

_Form = Literal["id", "name", "number"]

_FORMS: dict[str, _Form] = {
    "cola": "id",
    "sst2": "id",
    "mrpc": "id",
    "stsb": "number",
    "qqp": "id",
    "mnli": "name",
    "mnli_mm": "name",
    "qnli": "name",
    "rte": "name",
    "wnli": "id",
    "ax": "name",
}
"""Task -> how its predictions are written: label ids, label names, or numbers."""
_LOW, _HIGH = 0.0, 5.0


def write_glue(answers: Mapping[str, TaskAnswers]) -> SubmissionFiles:
    """The files: LF, no quotes, ``index`` from 0 in every file in the order of the rows' own numbers, STS-B clipped to [0, 5] with 3 decimals."""
    files: dict[str, bytes] = {}
    remarks: list[str] = []
    for task, name in FILES["glue"].items():
        found, form = answers[task], _FORMS[task]
        if form == "number":
            texts, clipped = _numbers(found.records)
            if clipped:
                remarks.append(f"{name}: {clipped:,} of {len(texts):,} values clipped to [0, 5]")
        else:
            spelling = _spelling(found.task, form)
            texts = [spelling[record.output] for record in found.records]
        ordered = sorted(zip(map(number_of, found.records), texts, strict=True))
        body = "".join(f"{index}\t{text}\n" for index, (_, text) in enumerate(ordered))
        files[name] = f"index\tprediction\n{body}".encode()
    return SubmissionFiles(files=files, remarks=tuple(remarks))


def _spelling(task: Task, form: _Form) -> dict[str, str]:
    return {label.name: str(label.id) if form == "id" else label.name for label in task.labels}


def _numbers(records: Sequence[Record]) -> tuple[list[str], int]:
    """Texts of the values, and how many lay outside the range."""
    values = [float(record.output) for record in records]
    inside = [min(max(value, _LOW), _HIGH) + 0.0 for value in values]  # + 0.0: -0.0 is written as 0.000
    return [f"{value:.3f}" for value in inside], sum(a != b for a, b in zip(values, inside, strict=True))


_BITS = frozenset({"0", "1"})
_TWO = frozenset({"entailment", "not_entailment"})
_THREE = frozenset({"entailment", "neutral", "contradiction"})

_PREDICTIONS: dict[str, frozenset[str] | None] = {
    "cola": _BITS,
    "sst2": _BITS,
    "mrpc": _BITS,
    "stsb": None,
    "qqp": _BITS,
    "mnli": _THREE,
    "mnli_mm": _THREE,
    "qnli": _TWO,
    "rte": _TWO,
    "wnli": _BITS,
    "ax": _THREE,
}
"""Task -> predictions that its file may hold; None: a number from 0 to 5."""

_HEADER = "index\tprediction"
_WHOLE = re.compile(r"0|[1-9][0-9]{0,11}")
_THREE_DECIMALS = re.compile(r"[0-9]\.[0-9]{3}")


def check_glue(content: bytes, sizes: Mapping[str, int]) -> tuple[str, ...]:
    """Everything that is wrong with a zip; empty for a good one.

    Args:
        content: Bytes of the zip.
        sizes: Task -> rows of its test split.
    """
    findings = Faults()
    files = unpack(content, FILES["glue"].values(), findings)
    for task, name in FILES["glue"].items():
        if name in files:
            _check_file(task, files[name], sizes[task], findings)
    return findings.lines()


def _check_file(task: str, content: bytes, rows: int, findings: Faults) -> None:
    name, allowed = FILES["glue"][task], _PREDICTIONS[task]
    lines = text_lines(name, content, findings)
    header = lines[0] if lines else ""
    if header != _HEADER:
        findings.add(name, "has not the header index<TAB>prediction", line=1, given=header)
    indices: list[int] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != 2:
            findings.add(name, "has a row without exactly two columns", line=number, given=line)
            continue
        index, prediction = (_unquoted(name, cell, number, findings) for cell in cells)
        if _WHOLE.fullmatch(index):
            indices.append(int(index))
        else:
            findings.add(name, "has an index that is no whole number", line=number, given=index)
        if allowed is None:
            _check_number(name, prediction, number, findings)
        elif prediction not in allowed:
            _check_allowed(name, prediction, allowed, number, findings)
    count = max(len(lines) - 1, 0)
    if count != rows:
        hint = "; another count may be the superseded first release" if task == "qnli" else ""
        findings.add(name, f"has {count:,} rows, the test split has {rows:,}{hint}")
    check_indices(name, indices, rows, findings)


def _unquoted(name: str, cell: str, line: int, findings: Faults) -> str:
    bare = cell.strip("\"'")
    if bare != cell:
        findings.add(name, "has a quote around a field", line=line, given=cell)
    return bare


def _check_number(name: str, text: str, line: int, findings: Faults) -> None:
    if not text:
        findings.add(name, "has an empty prediction", line=line)
        return
    try:
        value = float(text)
    except ValueError:
        findings.add(name, "has a prediction that is no number", line=line, given=text)
        return
    if not math.isfinite(value):
        findings.add(name, "has a prediction that is not finite", line=line, given=text)
    elif not 0 <= value <= 5:
        findings.add(name, "has a prediction outside [0, 5]", line=line, given=text)
    elif not _THREE_DECIMALS.fullmatch(text):
        findings.add(name, "has a prediction that is not written with 3 decimals", line=line, given=text)


def _check_allowed(name: str, text: str, allowed: frozenset[str], line: int, findings: Faults) -> None:
    listing = ", ".join(sorted(allowed))
    if not text:
        findings.add(name, "has an empty prediction", line=line)
    elif text.casefold() in {one.casefold() for one in allowed}:
        findings.add(name, f"has a wrongly cased prediction; allowed: {listing}", line=line, given=text)
    else:
        findings.add(name, f"has a prediction that is not one of {listing}", line=line, given=text)
