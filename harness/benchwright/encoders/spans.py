"""Questions on a context: the best answer over all windows of it, from start and end scores of tokens.

The rule is that of the question-answering example of `transformers` (and of the first BERT release): in each window the
``n_best`` highest starts meet the ``n_best`` highest ends, over all tokens of the row; a pair counts when both lie in the
context, the end does not come before the start, and the answer is not too long; the highest sum over all windows wins. The null
score of a question is the least over its windows of the sum at the class token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.batches import Batch
from benchwright.encoders.codec import CodecOptions, Floats, HeadOutputs, Row
from benchwright.encoders.contexts import ContextRows, encode_contexts, most_of_question
from benchwright.encoders.encoded import Flags, Ints
from benchwright.encoders.flat import Buffer
from benchwright.encoders.places import Places
from benchwright.encoders.span_places import places_of_questions
from benchwright.encoders.template import read_template
from benchwright.encoders.token_places import TokenPlaces, places_in_window
from benchwright.encoders.tokenise import ROWS, Tokenizing
from benchwright.errors import ModelError
from benchwright.types import Example, Prediction, Target, Task

Scores = NDArray[np.float32]
"""Start and end scores of one window, 2 x tokens."""

LENGTH = 384
STRIDE = 128
"""Those of the published SQuAD recipes."""

BEYOND_N_BEST = "questions whose n-best held no possible answer"
EMPTY = "questions without a candidate answer"

_BLOCK = 256
"""Windows that are looked at together; bounds memory."""


@dataclass(frozen=True, kw_only=True)
class BestSpans:
    """The best answer of each example; where there is no candidate at all, ``score`` is -inf and ``start`` is -1.

    Attributes:
        start: First character of the answer in the context.
        end: Character after its last one.
        score: Sum of the raw scores of its start and end.
        null: Least over the windows of the sum of both scores at the class token; inf without a window.
        outside: Whether no pair of the n-best was possible, so that all pairs were searched.
    """

    start: Ints
    end: Ints
    score: Floats
    null: Floats
    outside: Flags


def find_spans(
    inputs: ContextRows, rows: Sequence[Scores | None], examples: int, *, n_best: int = 20, max_answer_length: int = 30
) -> BestSpans:
    """The best answer of each example.

    Among equal sums the earliest window wins, then the earliest start, then the earliest end. An answer holds at least one
    character that is not blank. Where the n-best of all windows hold no possible pair, all pairs are searched: a question with
    a context never goes without an answer.

    Args:
        inputs: The windows.
        rows: Scores of each window; None where there are none, and the window is left out.
        examples: Number of examples.
        n_best: Starts and ends tried in each window.
        max_answer_length: Most tokens to an answer.
    """
    shape = len(inputs.owner)
    score, pairs, null = np.full(shape, -np.inf), np.zeros((shape, 2), dtype=np.int64), np.full(shape, np.inf)
    given = np.array([at for at, row in enumerate(rows) if row is not None], dtype=np.int64)
    for begin in range(0, len(given), _BLOCK):
        some = given[begin : begin + _BLOCK]
        block = _WindowScores(inputs, rows, some)
        score[some], pairs[some] = block.best(n_best, max_answer_length)
        null[some] = block.null()
    lowest = np.full(examples, np.inf)
    np.minimum.at(lowest, inputs.owner, null)
    reached = _best_of(inputs.owner, score, examples)
    for at in given[np.isneginf(reached[inputs.owner[given]])].tolist():
        row = rows[at]
        if row is not None:
            score[at], pairs[at] = _search(row, inputs.context[at], inputs.offsets[at], max_answer_length)
    outside = np.isneginf(reached) & (_best_of(inputs.owner, score, examples) > -np.inf)
    return _pick(inputs, score, pairs, lowest, outside)


class _WindowScores:
    """Some windows as rectangles, filled up with -inf."""

    def __init__(self, inputs: ContextRows, rows: Sequence[Scores | None], some: Ints) -> None:
        lengths = inputs.encoded.lengths[some]
        width = int(lengths.max())
        self.logits = np.full((2, len(some), width), -np.inf, dtype=np.float32)
        self.characters = np.zeros((2, len(some), width), dtype=np.int32)
        self.context, self.cls = inputs.context[some], inputs.cls[some]
        for line, at in enumerate(some.tolist()):
            row, first = rows[at], int(self.context[line, 0])
            if row is not None:
                self.logits[:, line, : row.shape[1]] = row
            offsets = inputs.offsets[at]
            self.characters[:, line, first : first + len(offsets)] = offsets.T

    def null(self) -> Floats:
        """Sum at the class token of each window."""
        at_class = self.logits[:, np.arange(len(self.cls)), self.cls].astype(np.float64)
        found: Floats = at_class.sum(axis=0)
        return found

    def best(self, n_best: int, longest: int) -> tuple[Floats, Ints]:
        """Highest sum of a possible pair of each window, -inf where there is none, and the pair."""
        starts, ends = _highest(self.logits[0], n_best), _highest(self.logits[1], n_best)
        first, last = self.context[:, :1], self.context[:, 1:]
        start_in = (starts >= first) & (starts <= last)
        end_in = (ends >= first) & (ends <= last)
        length = ends[:, None, :] - starts[:, :, None] + 1
        text = (
            np.take_along_axis(self.characters[1], ends, 1)[:, None, :]
            > np.take_along_axis(self.characters[0], starts, 1)[:, :, None]
        )
        possible = start_in[:, :, None] & end_in[:, None, :] & (length >= 1) & (length <= longest) & text
        high = np.take_along_axis(self.logits[0], starts, 1).astype(np.float64)
        low = np.take_along_axis(self.logits[1], ends, 1).astype(np.float64)
        sums = np.where(possible, high[:, :, None] + low[:, None, :], -np.inf).reshape(len(starts), -1)
        chosen = sums.argmax(axis=1)
        lines = np.arange(len(starts))
        pair = np.stack([starts[lines, chosen // ends.shape[1]], ends[lines, chosen % ends.shape[1]]], axis=1)
        return sums[lines, chosen], pair


def _highest(logits: NDArray[np.float32], count: int) -> Ints:
    """Positions of the highest scores of each line, rising; of equal ones the earlier."""
    if count >= logits.shape[1]:
        return np.broadcast_to(np.arange(logits.shape[1]), logits.shape)
    return np.sort(np.argsort(-logits, axis=1, kind="stable")[:, :count], axis=1)


def _best_of(owner: Ints, score: Floats, examples: int) -> Floats:
    """Highest score of each example, -inf where there is none."""
    found = np.full(examples, -np.inf)
    np.maximum.at(found, owner, score)
    return found


def _search(row: Scores, context: Ints, offsets: NDArray[np.int32], longest: int) -> tuple[float, tuple[int, int]]:
    """Highest sum of all possible pairs of one window, and the pair."""
    first, last = context.tolist()
    starts, ends = row[:, first : last + 1].astype(np.float64)
    best, pair = -np.inf, (0, 0)
    for more in range(min(longest, len(starts))):
        sums = starts[: len(starts) - more] + ends[more:]
        sums = np.where(offsets[more:, 1] > offsets[: len(starts) - more, 0], sums, -np.inf)
        at = int(sums.argmax())
        if sums[at] > best or (sums[at] == best > -np.inf and first + at < pair[0]):
            best, pair = float(sums[at]), (first + at, first + at + more)
    return best, pair


def _pick(inputs: ContextRows, score: Floats, pairs: Ints, null: Floats, outside: Flags) -> BestSpans:
    """The best window of each example, in characters."""
    examples = len(null)
    start, end = np.full(examples, -1, dtype=np.int64), np.full(examples, -1, dtype=np.int64)
    best = np.full(examples, -np.inf)
    order = np.lexsort((np.arange(len(score)), -score, inputs.owner))
    owners, heads = np.unique(inputs.owner[order], return_index=True)
    for owner, at in zip(owners.tolist(), order[heads].tolist(), strict=True):
        if np.isneginf(score[at]):
            continue
        offsets, first = inputs.offsets[at], inputs.context[at, 0]
        best[owner] = score[at]
        start[owner], end[owner] = offsets[pairs[at, 0] - first, 0], offsets[pairs[at, 1] - first, 1]
    return BestSpans(start=start, end=end, score=best, null=null, outside=outside)


def answer_texts(spans: BestSpans, contexts: Sequence[str]) -> list[str]:
    """The answer to each question as it stands in its context; "" where there is no candidate."""
    bounds = zip(contexts, spans.start.tolist(), spans.end.tolist(), strict=True)
    return [text[start:end] if start >= 0 else "" for text, start, end in bounds]


def null_scores(spans: BestSpans) -> Floats:
    """Null score of each question, less the score of its best answer; inf where there is no candidate."""
    scores: Floats = np.where(spans.start >= 0, spans.null - spans.score, np.inf)
    return scores


class SpanCodec:
    """Questions on a context, whose answer stands in it."""

    def __init__(self, task: Task, tokenizing: Tokenizing, head: HeadOutputs, options: CodecOptions) -> None:
        self.tokenizing, self.refuses_nan = tokenizing, True
        self._question, self._context = task.inputs
        self._threshold = options.threshold
        self._n_best, self._longest = options.n_best, options.max_answer_length
        self._stride = self._choose_stride(options.doc_stride)
        self.settings = {
            "n_best": str(self._n_best),
            "max_answer_length": str(self._longest),
            "doc_stride": str(self._stride),
            "truncation": "none: windows",
        }
        if self._threshold is not None:
            self.settings["null_threshold"] = f"{self._threshold.value:g} ({self._threshold.origin})"

    def encode(self, examples: Sequence[Example]) -> ContextRows:
        """Windows over each context, behind its question."""
        how = self.tokenizing
        return encode_contexts(
            how.tokenizer,
            [str(example.inputs[self._question]) for example in examples],
            self._contexts(examples),
            max_length=how.max_length,
            stride=self._stride,
            names=how.names,
        )

    def texts_of_rows(self, rows: ContextRows, examples: Sequence[Example]) -> dict[int, tuple[Any, ...]]:
        """The first rows that hold a whole question and context, with these."""
        once = np.flatnonzero((np.bincount(rows.owner)[rows.owner] == 1) & ~rows.encoded.truncated)
        chosen = [(int(row), examples[rows.owner[row]].inputs) for row in once[:ROWS]]
        return {row: (str(texts[self._question]).lstrip(), str(texts[self._context])) for row, texts in chosen}

    def token_places(self, rows: ContextRows, row: int, example: Example) -> TokenPlaces | str:
        """Where the tokens of a window stand in question and context."""
        texts = {name: str(example.inputs[name]) for name in (self._question, self._context)}
        return places_in_window(self.tokenizing, texts, rows.context[row], rows.offsets[row], rows.encoded.row(row))

    def pick(self, outputs: Mapping[str, NDArray[np.float32]], batch: Batch | Buffer) -> list[Row]:
        """Raw start and end outputs of each row, 2 x tokens, without those of padding."""
        starts, ends = outputs["start_logits"], outputs["end_logits"]
        return [np.stack([batch.of_text(starts, text), batch.of_text(ends, text)]) for text in range(len(batch))]

    def decode(self, rows: ContextRows, outputs: Sequence[Row | None], examples: Sequence[Example]) -> list[Prediction]:
        """The answer as it stands in the context.

        ``extra``: ``windows`` (characters that each window showed), ``start`` (the answer's first character), ``score``
        (sum of the raw start and end outputs), and where questions may have no answer ``null_score`` (least sum at the
        class token over the windows, minus ``score``): "" is said where it exceeds the threshold. Without a candidate
        the answer is "", and counted.
        """
        spans = find_spans(rows, outputs, len(examples), n_best=self._n_best, max_answer_length=self._longest)
        texts = answer_texts(spans, self._contexts(examples))
        windows = rows.windows.tolist()
        found = []
        for number, (begin, end) in enumerate(rows.bounds(len(examples))):
            output, extra = self._decide(spans, number, texts[number])
            found.append(Prediction(output=output, extra={"windows": windows[begin:end], **extra}))
        return found

    def places(
        self,
        rows: ContextRows,
        outputs: Sequence[Row | None],
        examples: Sequence[Example],
        targets: Sequence[Sequence[Target]],
    ) -> list[Places | str]:
        """Where the ends of answers stand among the outputs of tokens, as `span_places` says."""

        def best() -> BestSpans:
            return find_spans(rows, outputs, len(examples), n_best=self._n_best, max_answer_length=self._longest)

        return places_of_questions(rows, outputs, targets, best, null=self._threshold is not None)

    def _decide(self, spans: BestSpans, number: int, answer: str) -> tuple[str, dict[str, Any]]:
        """The answer to one question, and the facts beside it."""
        if spans.start[number] < 0:
            return "", {"counts": {EMPTY: 1}}
        score, null = float(spans.score[number]), float(spans.null[number])
        facts: dict[str, Any] = {"start": int(spans.start[number]), "score": score}
        if spans.outside[number]:
            facts["counts"] = {BEYOND_N_BEST: 1}
        if self._threshold is not None:
            facts["null_score"] = null - score
            if facts["null_score"] > self._threshold.value:
                return "", {name: value for name, value in facts.items() if name != "start"}
        return answer, facts

    def _contexts(self, examples: Sequence[Example]) -> list[str]:
        return [str(example.inputs[self._context]) for example in examples]

    def _choose_stride(self, wanted: int | None) -> int:
        how = self.tokenizing
        room = how.max_length - read_template(how.tokenizer, how.names, texts=2).special
        stride = min(STRIDE, room // 2) if wanted is None else wanted
        if most_of_question(room, stride) < 1:
            raise ModelError(
                f"{how.shown}: doc_stride={stride} with a max_length of {how.max_length}",
                expected=f"a stride that leaves room for a question and new text: at most {room - room // 8 - 2}",
                hint="a longer ?max_length=, or a shorter ?doc_stride=",
            )
        return stride
