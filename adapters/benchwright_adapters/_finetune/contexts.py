"""Questions and contexts, as a head for answers learns from them: windows with the first and last token of the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchwright.checkpoints.tokenizer import quiet
from benchwright.encoders.contexts import ContextRows, encode_contexts
from benchwright.encoders.encoded import Ints
from benchwright.encoders.spans import find_spans
from benchwright.types import Example

from .build import Built
from .material import Material, column_names, keep_readable, on_device, padding_values


def prepare_contexts(built: Built, examples: Sequence[Example]) -> Material:
    """A row for each window; a window without the whole answer points at the token that means there is none."""
    inputs = _encode(built, examples)
    readable = keep_readable(examples, set(inputs.errors))
    if inputs.errors:
        inputs = _encode(built, readable)
    return Material(
        examples=readable,
        encoded=inputs.encoded,
        fill=padding_values(built),
        targets=on_device(built, point(inputs, readable)),
        owner=inputs.owner,
        weights=np.ones(len(inputs.encoded), dtype=np.int64),
        unreadable=len(examples) - len(readable),
        windows=inputs,
    )


def point(inputs: ContextRows, examples: Sequence[Example]) -> Ints:
    """First and last token of the answer in each window (n, 2)."""
    targets = np.stack([inputs.cls, inputs.cls], axis=1)
    answers = [find_answer(example) for example in examples]
    for window, (owner, (low, high)) in enumerate(zip(inputs.owner.tolist(), inputs.windows.tolist(), strict=True)):
        answer = answers[owner]
        if answer is None or answer[0] < low or answer[1] > high:
            continue
        offsets = inputs.offsets[window]
        inside = np.flatnonzero((offsets[:, 1] > answer[0]) & (offsets[:, 0] < answer[1]))
        if len(inside):
            targets[window] = inputs.context[window, 0] + inside[[0, -1]]
    return targets


def find_answer(example: Example) -> tuple[int, int] | None:
    """First character and end of the answer that is given most often, the first of equals; None where there is none.

    Blanks around it are left out. An answer that does not stand where it is said to stand is looked for in the context.
    """
    gold, context = example.target or {}, str(example.inputs["context"])
    texts = list(gold.get("text", ()))
    starts = [*gold.get("answer_start", ()), *[-1] * len(texts)]
    pairs = Counter((text.strip(), at + _indent(text)) for text, at in zip(texts, starts, strict=False))
    for (text, start), _ in pairs.most_common():
        at = start if start >= 0 and context.startswith(text, start) else context.find(text)
        if text and at >= 0:
            return at, at + len(text)
    return None


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _encode(built: Built, examples: Sequence[Example]) -> ContextRows:
    with quiet():
        return encode_contexts(
            built.tokenizer,
            [str(example.inputs["question"]) for example in examples],
            [str(example.inputs["context"]) for example in examples],
            max_length=built.max_length,
            stride=built.stride,
            names=column_names(built),
        )


def read_answers(material: Material, outputs: Sequence[NDArray[np.float32]]) -> tuple[list[str], list[float]]:
    """The best answer of each example ("" only where its context has none to give), and its null score.

    As the adapter `transformers` reads them, with its usual ``n_best`` and ``max_answer_length``.
    """
    inputs: ContextRows = material.windows
    lengths = inputs.encoded.lengths.tolist()
    rows = [row[:length].T for row, length in zip(outputs, lengths, strict=True)]
    spans = find_spans(inputs, rows, len(material.examples))
    contexts = [str(example.inputs["context"]) for example in material.examples]
    bounds = zip(contexts, spans.start.tolist(), spans.end.tolist(), strict=True)
    texts = [text[start:end] if start >= 0 else "" for text, start, end in bounds]
    nulls = np.where(spans.start >= 0, spans.null - spans.score, np.inf)
    return texts, nulls.tolist()
