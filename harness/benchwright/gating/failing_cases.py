"""Cases of behavioural tests that a candidate fails, with what was expected, answered and asked, for the findings of a gate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from benchwright.behaviour.verdict import CaseVerdict
from benchwright.comparison.pairing import PairedRecords
from benchwright.formatting import clip
from benchwright.gating.context import GateContext
from benchwright.gating.verdict import CASES_NAMED, FailingCase
from benchwright.metrics.behaviour import case_verdicts
from benchwright.redaction import answers_are_texts
from benchwright.render import examples
from benchwright.types import Record, Task

_WIDE = 300
"""Characters of one text or answer."""
_VARIANTS = 12
"""Examples of a case that a finding holds."""


WITHHELD = "left out"
"""In place of an answer that is a piece of a text, where texts are left out."""


def failing_cases(
    pairing: PairedRecords, rows: Sequence[int], context: GateContext, *, most: int = CASES_NAMED
) -> tuple[FailingCase, ...]:
    """The first cases that begin at these rows of the pairing, whose last system is the candidate."""
    wanted = list(rows)[:most]
    if not wanted:
        return ()
    texts = context.texts(str(pairing.cells[-1].key)) if context.inputs else {}
    withheld = not context.inputs and answers_are_texts(pairing.task)
    found = case_verdicts(pairing.columns[-1])
    place = {first: at for at, first in enumerate(found.first.tolist())}
    return tuple(
        _case(
            pairing,
            found.rows[place[first]][:_VARIANTS],
            _failed(pairing.records[-1][first], found.verdicts[place[first]]),
            texts,
            withheld=withheld,
        )
        for first in wanted
    )


def _failed(first: Record, verdict: CaseVerdict) -> list[bool]:
    """Whether each example of a case fails; an original that is not judged does not."""
    failed = [one.passed is False for one in verdict.results]
    return [False, *failed[1:]] if first.target.get("judged") == "all_but_first" else failed


def _case(
    pairing: PairedRecords,
    rows: Sequence[int],
    failed: Sequence[bool],
    texts: Mapping[str, Mapping[str, Any]],
    *,
    withheld: bool,
) -> FailingCase:
    said = [[_with(records[at], texts) for at in rows] for records in pairing.records]
    first, task = said[-1][0], pairing.task

    def written(write: Callable[[Task, Record], str], records: Sequence[Record]) -> tuple[str, ...]:
        return tuple(WITHHELD if withheld else clip(write(task, record), _WIDE) for record in records)

    asked = tuple(examples.inputs(record, _WIDE) for record in said[-1])
    return FailingCase(
        case=str(first.group),
        test=first.slices.get("test", ""),
        capability=first.slices.get("capability", ""),
        type=first.slices.get("type", ""),
        expected=written(examples.gold, said[-1]),
        candidate=written(examples.given, said[-1]),
        failed=tuple(failed[: len(rows)]),
        baseline=written(examples.given, said[0]) if len(said) > 1 else (),
        texts=asked if any(asked) else (),
    )


def _with(record: Record, texts: Mapping[str, Mapping[str, Any]]) -> Record:
    return msgspec.structs.replace(record, extra={**record.extra, "inputs": dict(texts.get(record.id, {}))})
