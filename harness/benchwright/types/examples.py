"""Items of a split, what a model says about them, and the records of both."""

from __future__ import annotations

from typing import Any

from benchwright.types.base import Frozen


class Example(Frozen, frozen=True, kw_only=True):
    """One item of a split.

    Attributes:
        id: ``<task>/<row>``; unique within the split.
        index: 0-based row of the split in file order.
        inputs: Input name -> value, in the order of ``Task.inputs`` (first text, second text).
        target: Gold answer: label name, number, tags, ...; None where an engine hides it from a model.
        slices: Slice name -> value.
        cluster: What the item shares with others (document, passage, template); None: the item stands alone.
        official_id: The item's own id in the data (a SQuAD question id, MultiRC's ``paragraph/question/answer``), by which
            official prediction and submission files call it; also the number that a row carries in a column ``index``,
            ``idx`` or ``id``, where these numbers are not the rows' places.
        group: What items are judged together in (MultiRC's question, a Winogender pair).
        metadata: What a metric of the task must know of the item besides; its record holds it in ``extra``, under that name.
        rationale: Which parts of the texts people marked as the reason for the gold answer: (input, first character, behind the last
            one); empty where nothing was marked. None: nobody was asked, or an engine hides it from a model. Explanations are held against
            it; no prediction, record, score or key knows of it.
        edits: Of an example of a view: input name -> what was changed in it, as (start, end, replacement) in positions of the
            original (characters of a text, words of a sentence to tag; a list for each of several options); None elsewhere. Its
            record holds it in ``extra``.
        strict: Of a ``tag`` task: the gold entities (type, start, end) that are legal in the scheme the file is written in,
            where a strict reading of the IOB2 target would find others; else None.
    """

    id: str
    index: int
    inputs: dict[str, Any]
    target: Any = None
    strict: tuple[tuple[str, int, int], ...] | None = None
    slices: dict[str, str] = {}
    cluster: str | None = None
    official_id: str | None = None
    group: str | None = None
    metadata: dict[str, str] = {}
    rationale: tuple[tuple[str, int, int], ...] | None = None
    edits: dict[str, tuple[Any, ...]] | None = None


class Prediction(Frozen, frozen=True, kw_only=True):
    """What a model says about one example.

    Attributes:
        output: Label name, number, tags, text, ... by kind.
        scores: One number per task label or option, in the task's label order; declared by ``Facts.scores``.
        extra: JSON facts beside the answer: ``tokens``, of them ``text_tokens`` (without special ones), and of those
            ``unknown_tokens`` (what the vocabulary lacks), which the ledger adds up; of a span ``start``, ``score``, ``null_score`` and ``windows``
            (first and last character of the context that each window showed); ``counts``: what the ledger adds up
            (``{"words without a prediction": 3}``); ``strict``: as ``Example.strict``, of the tags that were predicted.
        truncated: Whether the model saw less than the whole input.
        error: Why there is no answer; the record is then errored.
    """

    output: Any = None
    scores: tuple[float, ...] | None = None
    extra: dict[str, Any] = {}
    truncated: bool = False
    error: str | None = None


class Record(Frozen, frozen=True, kw_only=True):
    """An example's target and what came out for it. It holds no clock: equal runs give equal bytes."""

    id: str
    target: Any
    output: Any = None
    scores: tuple[float, ...] | None = None
    slices: dict[str, str] = {}
    cluster: str | None = None
    error: str | None = None
    truncated: bool = False
    extra: dict[str, Any] = {}
    official_id: str | None = None
    group: str | None = None
