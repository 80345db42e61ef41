"""Metrics over groups of several examples: MultiRC's questions with all their options, Winogender's pairs.

Only complete groups count. One with an example that has no answer, no gold label, or is outside the slice or ``--limit`` is left
out, with a flag, since the rest of it would be easier to get right. (The official scripts read whole files and have no such groups.)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import BenchwrightError
from benchwright.metrics.coded_rows import share_rows
from benchwright.metrics.columns import Basis, CodedRows, Codes, Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.types import Kind, Task


def questions(columns: Columns) -> CodedRows:
    """Basis (every example of the group is right, 1), on the first example of each group."""
    groups = group_codes(columns)
    return _on_first(groups, _none(groups, columns.gold != columns.predicted))


def pairs(columns: Columns) -> CodedRows:
    """Basis (every example of the group has the same answer, 1), on the first example of each group."""
    groups = group_codes(columns)
    inside, other = groups >= 0, np.zeros(columns.n, dtype=np.bool_)
    other[inside] = columns.predicted[inside] != columns.predicted[first_rows(groups)][groups[inside]]
    return _on_first(groups, _none(groups, other))


def group_codes(columns: Columns) -> Codes:
    """Group of each example (n), numbered by first appearance; -1 for none.

    Raises:
        BenchwrightError: The examples of a group are in several clusters, which resampling would tear apart.
    """
    return columns.remember("group codes", lambda: _coded(columns))


def _coded(columns: Columns) -> Codes:
    known: dict[str, int] = {}
    names = columns.group or [None] * columns.n
    codes = np.fromiter(
        (-1 if name is None else known.setdefault(name, len(known)) for name in names), np.intp, columns.n
    )
    clusters = np.arange(columns.n) if columns.cluster_codes is None else columns.cluster_codes
    inside = codes >= 0
    torn = inside.copy()
    torn[inside] = clusters[first_rows(codes)][codes[inside]] != clusters[inside]
    if torn.any():
        name = names[int(torn.argmax())]
        raise BenchwrightError(
            f"the examples of {name!r} in {columns.task.name} are judged together but lie in several clusters",
            expected="every group inside one cluster",
            hint="name a `cluster` in the task that holds whole groups (MultiRC: the paragraph of the question)",
        )
    return codes


def first_rows(codes: Codes) -> Codes:
    """Place of the first example of each group (groups)."""
    inside = np.flatnonzero(codes >= 0)
    found: Codes = inside[np.unique(codes[inside], return_index=True)[1]]
    return found


def _none(codes: Codes, which: NDArray[np.bool_]) -> Floats:
    """Whether no example of the group is among ``which`` (groups)."""
    size = int(codes.max(initial=-1)) + 1
    hit = np.bincount(codes[which & (codes >= 0)], minlength=size)
    good: Floats = (hit == 0).astype(np.float64)
    return good


def _on_first(codes: Codes, good: Floats) -> CodedRows:
    """Rows (0, 0), (0, 1) and (1, 1), the first of them for every example that is not the first of its group."""
    hits, first = np.zeros(codes.size), np.zeros(codes.size)
    hits[first_rows(codes)], first[first_rows(codes)] = good, 1.0
    return share_rows(hits, first)


def share_parts(sums: Floats, _task: Task) -> tuple[Floats, Floats]:
    """Hits and trials of a share, of sums (..., 2) that hold both."""
    return sums[..., 0], sums[..., 1]


def share_value(sums: Floats, _task: Task) -> Floats:
    """Hits / trials in [0, 1], of sums (..., 2) that hold both; NaN of no trial."""
    good, size = sums[..., 0], sums[..., 1]
    value: Floats = np.divide(good, size, out=np.full(np.shape(good), np.nan), where=size > 0)
    return value


def _size(name: str, basis: Basis) -> Callable[[Columns], dict[str, int]]:
    return lambda columns: {name: int(columns.sums(basis)[1])}


def _flags(columns: Columns) -> tuple[str, ...]:
    alone = int((group_codes(columns) < 0).sum())
    if alone == columns.n:
        return ("undefined: no example is in a complete group",)
    return (f"{alone} examples are in no complete group and left out",) if alone else ()


question_exact_match = Metric(
    name="question_exact_match",
    title="Question exact match",
    kinds=(Kind.CLASSIFY,),
    reference="SuperGLUE MultiRC EM (arXiv 1905.00537): share of (paragraph, question) with every answer option right",
    by_group=True,
    unit="question",
    counts=_size("questions", questions),
    basis=questions,
    compute=share_value,
    share=share_parts,
    flags=_flags,
)
contrast_consistency = Metric(
    name="contrast_consistency",
    title="Contrast consistency",
    kinds=(Kind.CLASSIFY,),
    reference="Gardner et al. 2020 (arXiv 2004.02709): share of contrast sets with every item right",
    by_group=True,
    unit="set",
    counts=_size("sets", questions),
    basis=questions,
    compute=share_value,
    share=share_parts,
    flags=_flags,
)
gender_parity = Metric(
    name="gender_parity",
    title="Gender parity",
    kinds=(Kind.CLASSIFY,),
    reference="SuperGLUE AX-g (arXiv 1905.00537): share of pairs with equal predictions; to be read beside accuracy",
    beside="accuracy",
    by_group=True,
    unit="pair",
    counts=_size("pairs", pairs),
    basis=pairs,
    compute=share_value,
    share=share_parts,
    flags=_flags,
)
