"""Whether a zip is a GLUE submission: eleven TSV files, every rule of the server and some that are stricter.

Formats are those on which jiant, jiant-v1 and T5's `prepare_glue_submission.py` agree; AX holds label strings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from benchwright.submit.archive import text_lines, unpack
from benchwright.submit.findings import Findings

_BITS = frozenset({"0", "1"})
_TWO = frozenset({"entailment", "not_entailment"})
_THREE = frozenset({"entailment", "neutral", "contradiction"})

VOCABULARY: dict[str, frozenset[str] | None] = {
    "CoLA.tsv": _BITS,
    "SST-2.tsv": _BITS,
    "MRPC.tsv": _BITS,
    "STS-B.tsv": None,
    "QQP.tsv": _BITS,
    "MNLI-m.tsv": _THREE,
    "MNLI-mm.tsv": _THREE,
    "QNLI.tsv": _TWO,
    "RTE.tsv": _TWO,
    "WNLI.tsv": _BITS,
    "AX.tsv": _THREE,
}
"""File -> predictions that it may hold; None: a number from 0 to 5."""

TASKS = {
    "CoLA.tsv": "cola",
    "SST-2.tsv": "sst2",
    "MRPC.tsv": "mrpc",
    "STS-B.tsv": "stsb",
    "QQP.tsv": "qqp",
    "MNLI-m.tsv": "mnli",
    "MNLI-mm.tsv": "mnli_mm",
    "QNLI.tsv": "qnli",
    "RTE.tsv": "rte",
    "WNLI.tsv": "wnli",
    "AX.tsv": "ax",
}
"""File -> task whose test split it answers."""

_HEADER = "index\tprediction"
_WHOLE = re.compile(r"0|[1-9][0-9]{0,11}")
_THREE_DECIMALS = re.compile(r"[0-9]\.[0-9]{3}")


def check_glue(content: bytes, sizes: Mapping[str, int]) -> tuple[str, ...]:
    """Everything that is wrong with a zip; empty for a good one.

    Args:
        content: Bytes of the zip.
        sizes: Task -> rows of its test split.
    """
    findings = Findings()
    files = unpack(content, VOCABULARY, findings)
    for name in VOCABULARY:
        if name in files:
            _check_file(name, files[name], sizes[TASKS[name]], findings)
    return findings.lines()


def _check_file(name: str, content: bytes, rows: int, findings: Findings) -> None:
    lines = text_lines(name, content, findings)
    header = lines[0] if lines else ""
    if header != _HEADER:
        findings.add(name, "has not the header index<TAB>prediction", line=1, given=header)
    indices: list[int] = []
    allowed = VOCABULARY[name]
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
            _strange(name, prediction, allowed, number, findings)
    count = max(len(lines) - 1, 0)
    if count != rows:
        hint = "; another count may be the superseded first release" if name == "QNLI.tsv" else ""
        findings.add(name, f"has {count:,} rows, the test split has {rows:,}{hint}")
    check_indices(name, indices, rows, findings)


def check_indices(name: str, indices: Sequence[int], rows: int, findings: Findings, *, what: str = "index") -> None:
    """Fault unless the indices are 0 to rows - 1, each once, in any order."""
    different = set(indices)
    if len(different) < len(indices):
        seen: set[int] = set()
        first = next(index for index in indices if index in seen or seen.add(index))  # type: ignore[func-returns-value]
        findings.add(name, f"has {len(indices) - len(different):,} repeated {what} values", given=first)
    start = min(different, default=0)
    if start > 0 and different == set(range(start, start + len(different))):
        findings.add(name, f"has an {what} that begins at {start}; it begins at 0 in every file")
        return
    foreign = [index for index in different if index >= rows]
    missing = rows - len(different) + len(foreign)
    if foreign:
        findings.add(name, f"has {len(foreign):,} {what} values beyond {rows - 1:,}", given=min(foreign))
    if missing:
        first = next(index for index in range(rows) if index not in different)
        findings.add(name, f"lacks {missing:,} of the {what} values 0 to {rows - 1:,}", given=first)


def _unquoted(name: str, cell: str, line: int, findings: Findings) -> str:
    bare = cell.strip("\"'")
    if bare != cell:
        findings.add(name, "has a quote around a field", line=line, given=cell)
    return bare


def _check_number(name: str, text: str, line: int, findings: Findings) -> None:
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


def _strange(name: str, text: str, allowed: frozenset[str], line: int, findings: Findings) -> None:
    listing = ", ".join(sorted(allowed))
    if not text:
        findings.add(name, "has an empty prediction", line=line)
    elif text.casefold() in {one.casefold() for one in allowed}:
        findings.add(name, f"has a wrongly cased prediction; allowed: {listing}", line=line, given=text)
    else:
        findings.add(name, f"has a prediction that is not one of {listing}", line=line, given=text)
