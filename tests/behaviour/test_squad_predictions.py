"""The judging of the SQuAD suite: from a BERT model's stored answers, what the reference implementation said of every case."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchwright.behaviour.expectations import judge
from benchwright.behaviour.verdict import Answers
from benchwright.types import Kind
from benchwright.types.expectations import AnswerText, CaseTarget

CUT_OFF = {
    "Change name everywhere": 17,
    "Agent / object distinction with 3 agents": 17,
    "Change location everywhere": 6,
    "Intensifiers (very, super, extremely) and reducers (somewhat, kinda, etc)?": 1,
    "A is more X than B. Who is more antonym(X)? B. Who is less X? B. Who is more X? A. Who is less antonym(X)? A.": 1,
}
"""Tests of which the file lacks the deciding variant, or the name that was exchanged -> rows in which that shows."""


def targets(row: dict[str, Any]) -> list[CaseTarget]:
    """Known answers are compared once cleaned; the suite's invariances compare answers to the letter."""
    size = len(row["examples"])
    if row["type"] == "INV":
        return [CaseTarget(expect=AnswerText(clean="none"), judged="all_but_first")] * size
    golds = row["label"] if isinstance(row["label"], list) else [row["label"]] * size
    return [CaseTarget(expect=AnswerText(), gold=gold) for gold in golds[:size]]


@pytest.mark.realdata
def test_stored_answers_pass_and_fail_as_the_reference_says(shared_data: Path) -> None:
    rows = [
        json.loads(line)
        for line in (shared_data / "checklist" / "squad.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    differing: Counter[str] = Counter()
    for row in rows:
        verdict = judge(Kind.SPAN, targets(row), Answers(row["bert_pred"][: len(row["examples"])]))
        differing[row["test"]] += verdict.passed is not row["bert_passed"]
    assert len(rows) == 2400
    assert len(differing) == 24
    assert {test: count for test, count in differing.items() if count} == CUT_OFF
