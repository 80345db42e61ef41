"""The eleven TSV files of a GLUE submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from benchwright.submit.collect import Answers, number_of
from benchwright.submit.written import Written
from benchwright.types import Record, Task

_Form = Literal["id", "name", "number"]

_FILES: tuple[tuple[str, str, _Form], ...] = (
    ("CoLA.tsv", "cola", "id"),
    ("SST-2.tsv", "sst2", "id"),
    ("MRPC.tsv", "mrpc", "id"),
    ("STS-B.tsv", "stsb", "number"),
    ("QQP.tsv", "qqp", "id"),
    ("MNLI-m.tsv", "mnli", "name"),
    ("MNLI-mm.tsv", "mnli_mm", "name"),
    ("QNLI.tsv", "qnli", "name"),
    ("RTE.tsv", "rte", "name"),
    ("WNLI.tsv", "wnli", "id"),
    ("AX.tsv", "ax", "name"),
)
SAME_MODEL = {"mnli_mm": "mnli", "ax": "mnli"}
"""Task -> task whose model must have answered it."""
_LOW, _HIGH = 0.0, 5.0


def write_glue(answers: Mapping[str, Answers]) -> Written:
    """The files: LF, no quotes, ``index`` from 0 in every file in the order of the rows' own numbers, STS-B clipped to [0, 5] with 3 decimals."""
    files: dict[str, bytes] = {}
    remarks: list[str] = []
    for name, task, form in _FILES:
        found = answers[task]
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
    return Written(files=files, remarks=tuple(remarks))


def _spelling(task: Task, form: _Form) -> dict[str, str]:
    return {label.name: str(label.id) if form == "id" else label.name for label in task.labels}


def _numbers(records: Sequence[Record]) -> tuple[list[str], int]:
    """Texts of the values, and how many lay outside the range."""
    values = [float(record.output) for record in records]
    inside = [min(max(value, _LOW), _HIGH) + 0.0 for value in values]  # + 0.0: -0.0 is written as 0.000
    return [f"{value:.3f}" for value in inside], sum(a != b for a, b in zip(values, inside, strict=True))
