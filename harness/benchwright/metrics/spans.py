"""Metrics over answer texts: exact match and F1 as the official SQuAD scripts, for spans and for ReCoRD's entities."""

from __future__ import annotations

import numpy as np

from benchwright.answer_text import SQUAD, answer_scores, gold_texts
from benchwright.metrics.columns import CodedRows, Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.types import Kind, Task

_SQUAD = "SQuAD evaluate-v1.1.py, with `unanswerable` evaluate-v2.0.py; ReCoRD as v1.1; on request MLQA's mlqa_evaluation_v1.py"


def answers(columns: Columns) -> CodedRows:
    """Basis (exact, F1, 1): how an answer compares with the gold answer it is most like."""
    two, rule = columns.task.unanswerable, columns.task.normalisation
    found = [
        answer_scores(str(said), gold_texts(target), unanswerable=two, rule=rule)
        for target, said in zip(columns.targets, columns.outputs, strict=True)
    ]
    pairs = np.array(found, dtype=np.float64).reshape(columns.n, 2)
    return CodedRows(np.concatenate([pairs, np.ones((columns.n, 1))], axis=1), np.arange(columns.n))


def _exact(sums: Floats, task: Task) -> Floats:
    return _mean(*_exact_share(sums, task))


def _exact_share(sums: Floats, _task: Task) -> tuple[Floats, Floats]:
    return sums[..., 0], sums[..., 2]


def _f1(sums: Floats, _task: Task) -> Floats:
    return _mean(sums[..., 1], sums[..., 2])


def _mean(total: Floats, size: Floats) -> Floats:
    mean: Floats = np.divide(total, size, out=np.full(np.shape(total), np.nan), where=size > 0)
    return mean


def _flags(columns: Columns) -> tuple[str, ...]:
    rule = columns.task.normalisation
    told = (
        ()
        if rule == SQUAD
        else (f"answers are normalised as MLQA's script does for {rule.partition(':')[2]}, not SQuAD's",)
    )
    lacking = 0 if columns.task.unanswerable else sum(not gold_texts(target) for target in columns.targets)
    return (*told, *((f"{lacking} examples have no gold answer: counted as 0",) if lacking else ()))


exact_match = Metric(
    name="exact_match",
    title="Exact match",
    kinds=(Kind.SPAN, Kind.CHOOSE),
    reference=f"{_SQUAD}: share of answers equal to a gold answer after normalisation",
    basis=answers,
    compute=_exact,
    share=_exact_share,
    flags=_flags,
)
answer_f1 = Metric(
    name="answer_f1",
    title="Answer F1",
    kinds=(Kind.SPAN, Kind.CHOOSE),
    reference=f"{_SQUAD}: mean over examples of the best F1 over tokens with a gold answer",
    basis=answers,
    compute=_f1,
    flags=_flags,
)
