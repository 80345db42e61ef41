"""Where the ends of an answer stand among the raw outputs of tokens of a context.

An end is read at the context's token that holds the first, or the last, character of the answer; where no token holds it (a
character that the tokenizer drops), the start at the first token behind it, the end at the last token before it. Of several
windows that show both tokens the one is read in which the sum of both raw outputs is highest, as an answer is chosen; where none
shows both, each end is read where its own raw output is highest.

That there is no answer is read at the class token of the window where the sum of both raw outputs there is lowest, less the raw
outputs at both ends of the best answer: the null score of `spans.SpanCodec`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from benchwright.encoders.codec import Row
from benchwright.encoders.contexts import ContextRows
from benchwright.encoders.encoded import Ints
from benchwright.encoders.places import OutputPlace, Places, all_or_why
from benchwright.types import Target

_STARTS, _ENDS = 0, 1


class Best(Protocol):
    """The best answer of each example, in characters of its context; -1 where there is none."""

    @property
    def start(self) -> Ints:
        """First character."""

    @property
    def end(self) -> Ints:
        """Behind the last one."""


def places_of_questions(
    rows: ContextRows,
    outputs: Sequence[Row | None],
    targets: Sequence[Sequence[Target]],
    best: Callable[[], Best],
    *,
    null: bool,
) -> list[Places | str]:
    """The places of each question's targets, or why there are none.

    Args:
        rows: All windows.
        outputs: Raw outputs of each row, 2 x tokens; None: nothing is read of its question.
        targets: Of each question.
        best: Finds the best answers, which "no answer" is held against.
        null: Whether questions may have no answer.
    """
    spans = best() if any(target.edge == "none" for some in targets for target in some) else None
    found: list[Places | str] = []
    for number, (some, rows_of_one) in enumerate(zip(targets, rows.bounds(len(targets)), strict=True)):
        windows = range(*rows_of_one)
        if not windows or any(outputs[row] is None for row in windows):
            found.append("there are no raw outputs")
            continue
        answer = None if spans is None else (int(spans.start[number]), int(spans.end[number]))
        found.append(
            all_or_why(
                null_places(answer, windows, rows, outputs)
                if target.edge == "none"
                else span_places(target, windows, rows, outputs, null=null)
                for target in some
            )
        )
    return found


def span_places(
    target: Target, windows: Sequence[int], rows: ContextRows, outputs: Sequence[Row | None], *, null: bool
) -> tuple[OutputPlace, ...] | str:
    """The place of one end of an answer, or why there is none.

    Its rivals are the tokens of the context in that window, and the class token where questions may have no answer.

    Args:
        target: Characters of the answer, and which end.
        windows: Rows of the question.
        rows: All windows.
        outputs: Raw outputs of each row, 2 x tokens.
        null: Whether questions may have no answer.
    """
    start, end = target.start or 0, target.end or 0
    tokens = {row: _tokens(rows, row, start, end) for row in windows}
    edge = _STARTS if target.edge == "start" else _ENDS
    both = [row for row in windows if None not in tokens[row]]
    some = both or [row for row in windows if tokens[row][edge] is not None]
    if not some:
        return "no token of the context stands where the answer does"
    best = max(some, key=lambda row: _worth(tokens[row] if both else _only(tokens[row], edge), outputs[row]))
    width = int(rows.encoded.lengths[best])
    first, last = rows.context[best].tolist()
    among = np.arange(first, last + 1, dtype=np.int64)
    if null and not first <= rows.cls[best] <= last:
        among = np.append(rows.cls[best], among)
    at = tokens[best][edge]
    assert at is not None
    return (OutputPlace(row=best, at=np.array([edge * width + at]), rivals=((best, edge * width + among),)),)


def null_places(
    best: tuple[int, int] | None, windows: Sequence[int], rows: ContextRows, outputs: Sequence[Row | None]
) -> tuple[OutputPlace, ...] | str:
    """The places of the answer that there is none, or why there are none.

    Args:
        best: Characters of the best answer.
        windows: Rows of the question.
        rows: All windows.
        outputs: Raw outputs of each row, 2 x tokens.
    """
    if best is None or best[0] < 0:
        return "there is no answer that no answer could be held against"
    found: list[OutputPlace] = []
    for edge in ("start", "end"):
        answer = Target(name=edge, start=best[0], end=best[1], edge=edge)
        place = span_places(answer, windows, rows, outputs, null=True)
        if isinstance(place, str):
            return place
        found += [replace(one, weight=-1.0) for one in place]
    lowest = min(windows, key=lambda row: _worth((int(rows.cls[row]),) * 2, outputs[row]))
    width, at = int(rows.encoded.lengths[lowest]), int(rows.cls[lowest])
    return (*(OutputPlace(row=lowest, at=np.array([edge * width + at])) for edge in (_STARTS, _ENDS)), *found)


_Pair = tuple[int | None, int | None]


def _only(pair: _Pair, edge: int) -> _Pair:
    return (pair[0], None) if edge == _STARTS else (None, pair[1])


def _worth(pair: _Pair, row: Row | None) -> float:
    """Sum of the raw outputs at the tokens."""
    assert row is not None
    return sum(float(row[edge, at]) for edge, at in enumerate(pair) if at is not None)


def _tokens(rows: ContextRows, row: int, start: int, end: int) -> _Pair:
    """Tokens of a window that hold the first and the last character, None where it does not show them."""
    low, high = rows.windows[row].tolist()
    offsets, first = rows.offsets[row], int(rows.context[row, 0])
    full: Ints = np.flatnonzero(offsets[:, 1] > offsets[:, 0])
    begins = full[offsets[full, 1] > start] if low <= start < high else full[:0]
    stops = full[offsets[full, 0] < end] if low < end <= high else full[:0]
    return (
        int(first + begins[0]) if len(begins) else None,
        int(first + stops[-1]) if len(stops) else None,
    )
