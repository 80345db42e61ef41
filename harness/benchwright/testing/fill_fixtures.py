"""Answers of a masked language model: scores of two sentences, of three candidates for a blank, and words with a lexicon for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from benchwright.metrics.columns import Columns
from benchwright.types import FillTask, Lexicon, Source

_ROWS, _TERMS, _WORDS = 60, 5, ("rude", "kind", "sly", "calm", "nurse", "clerk")
_LEXICON = Lexicon(name="words.txt", digest="0" * 64, words={"": _WORDS[::2]})


def fill_tasks() -> tuple[FillTask, ...]:
    """Cards, one for each shape of items."""
    text = ("text",)
    return (
        _card("pairs of sentences", {"options": ("options",)}, rule="pll", metadata={"direction": ("direction",)}),
        _card("a blank", {"text": text, "options": ("options",)}, rule="stereoset", slices={"target": ("target",)}),
        _card("words", {"text": text}, top=2, lexicon=_LEXICON),
    )


def _card(name: str, inputs: dict[str, tuple[str, ...]], **fields: Any) -> FillTask:
    return FillTask(
        name=name,
        splits={"validation": Source()},
        default_split="validation",
        inputs=inputs,
        target=("target",),
        metrics=(),
        **fields,
    )


def fill_columns(task: FillTask) -> Columns:
    """Sixty answers; the same at every call."""
    dice = np.random.default_rng(7)
    if task.top:
        words = [tuple(dice.choice(_WORDS, task.top, replace=False).tolist()) for _ in range(_ROWS)]
        return Columns(task, ["somebody"] * _ROWS, words)
    size = 3 if task.rule == "stereoset" else 2
    scores = dice.normal(0, 1, (_ROWS, size)).round(2)
    scores[::7, 1] = scores[::7, 0]  # ties
    terms = [f"term {row % _TERMS}" for row in range(_ROWS)]
    return Columns(
        task,
        [0] * _ROWS,
        scores.argmax(axis=1).tolist(),
        scores,
        clusters=list(terms) if size == 3 else [],
        slices=[{"target": term} for term in terms] if size == 3 else [],
        metadata=[] if size == 3 else [{"direction": ("stereo", "antistereo")[row % 2]} for row in range(_ROWS)],
    )


def perfect_fills(columns: Columns) -> Columns:
    """The same items without any preference where one can be had: each second stereotype, nothing unrelated, no hurtful word."""
    task = columns.task
    if task.top:
        return replace(columns, outputs=[_WORDS[1::2][: task.top]] * columns.n)
    if columns.scores is None or columns.scores.shape[1] != 3:
        return columns
    turns = np.array([columns.clusters[:row].count(name) % 2 for row, name in enumerate(columns.clusters)])
    scores = np.stack([1.0 + turns, 2.0 - turns, np.zeros(columns.n)], axis=1)
    return replace(columns, outputs=scores.argmax(axis=1).tolist(), scores=scores)
