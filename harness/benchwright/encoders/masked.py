"""Sentences and candidates as rows with masks, and log-probabilities of tokens as scores of options.

The scoring rules stand in `masked_rules`, how texts become token ids in `masked_texts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.batches import Batch
from benchwright.encoders.codec import CodecOptions, HeadOutputs, Row
from benchwright.encoders.encoded import Encoded, InputRows, Ints, Reads
from benchwright.encoders.flat import Buffer
from benchwright.encoders.masked_rules import RULES, Rule, TokenRead
from benchwright.encoders.masked_texts import MaskedInputs, MaskedTexts
from benchwright.encoders.tokenise import Tokenizing
from benchwright.errors import ModelError
from benchwright.types import Example, Prediction, Task

RELATIVE, TOTALS, ATTENTIONS, TOKENS = "relative_logits", "totals", "attentions", "tokens"
"""Names of what a forward pass gives for each read."""


@dataclass(frozen=True, kw_only=True)
class MaskedRows(InputRows):
    """Rows with masks; equal ones of an example are one.

    Attributes:
        terms: For each example and each of its options the places, among all that is read of the example's rows, of what its
            score is made of. Empty for an example with an error.
        facts: For each example what is told beside its answer.
    """

    terms: tuple[tuple[Ints, ...], ...]
    facts: tuple[dict[str, Any], ...]


class FillCodec:
    """Options as masked rows, and the log-probabilities that a rule wants of them."""

    def __init__(self, task: Task, tokenizing: Tokenizing, _head: HeadOutputs, _options: CodecOptions) -> None:
        self.tokenizing, self.refuses_nan = tokenizing, True
        mask = tokenizing.tokenizer.mask_token_id
        if mask is None:
            raise ModelError(
                f"{tokenizing.shown}: its tokenizer has no mask token, and {task.name} asks for words in the place of one",
                expected="the tokenizer of a masked language model",
                hint="save the tokenizer that it was trained with into its folder",
            )
        self._task, self._mask = task, int(mask)
        self._rule = rule_of(task)
        self._texts = MaskedTexts(task, tokenizing, self._mask)
        self.settings = {"rule": "top" if task.top else self._rule.name, "truncation": "the end of the text"}

    def encode(self, examples: Sequence[Example]) -> MaskedRows:
        """Rows of the examples, each with what is read of it."""
        texts = self._texts.encode(examples)
        rows = _Rows()
        terms = [
            () if number in texts.errors else rows.add(number, self._readings(texts, number), texts)
            for number in range(len(examples))
        ]
        return MaskedRows(
            encoded=rows.encoded(self._texts),
            owner=np.array(rows.owner, dtype=np.int64),
            errors=texts.errors,
            terms=tuple(terms),
            facts=texts.facts,
        )

    def texts_of_rows(self, _rows: MaskedRows, _examples: Sequence[Example]) -> dict[int, tuple[Any, ...]]:
        """None: a row with masks is no text. Texts are compared before masks are put into them."""
        return {}

    def pick(self, outputs: Mapping[str, NDArray[np.float32]], batch: Batch | Buffer) -> list[Row]:
        """What was read of each row: for each read a relative logit, the total, and what comes with them."""
        shape = outputs[RELATIVE].shape
        names = (RELATIVE, TOTALS, ATTENTIONS, TOKENS)
        columns = [outputs[name] for name in names if name in outputs]
        values = np.stack(
            [np.broadcast_to(one if one.ndim == len(shape) else one[:, None], shape) for one in columns], axis=1
        )
        ends = (np.cumsum(batch.lengths)[: len(batch)] if batch.reads is None else batch.reads.offsets[1:]).tolist()
        return [values[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]

    def decode(self, rows: MaskedRows, outputs: Sequence[Row | None], examples: Sequence[Example]) -> list[Prediction]:
        """The best option, the first of equal ones, with a score for each; or the most probable words."""
        answers = []
        for number, (begin, end) in enumerate(rows.bounds(len(examples))):
            found = outputs[begin:end]
            read = [value for value in found if value is not None]
            if number in rows.errors or len(read) < len(found):
                answers.append(Prediction())
                continue
            values = np.concatenate(read).astype(np.float64) if read else np.zeros((0, 2))
            answers.append(self._answer(values, rows.terms[number], rows.facts[number]))
        return answers

    def _readings(self, texts: MaskedInputs, number: int) -> list[tuple[TokenRead, ...]]:
        """Readings of each option of an example."""
        if self._task.top:
            return [texts.open_slot(number)]
        if self._rule.slot is not None:
            return [self._rule.slot(slot, self._mask) for slot in texts.slots[number]]
        assert self._rule.sentences is not None
        return self._rule.sentences(texts.sentences[number], self._mask)

    def _answer(self, values: NDArray[np.float64], terms: Sequence[Ints], facts: dict[str, Any]) -> Prediction:
        log_probabilities = values[:, 0] - np.log(values[:, 1])
        if self._task.top:
            return Prediction(
                output=self._texts.words(values[0, 2].astype(np.int64).tolist()),
                scores=tuple(log_probabilities[0].tolist()),
                extra=facts,
            )
        read = np.column_stack([log_probabilities, values[:, 2]]) if self._rule.attention else log_probabilities
        scores = tuple(self._rule.score(read[own], self._task.digits) for own in terms)
        return Prediction(output=scores.index(max(scores)), scores=scores, extra=facts)


def rule_of(task: Task) -> Rule:
    """The rule that a task names; raises ModelError where there is no such rule, or not for its form of items."""
    slot = "text" in task.inputs
    fitting = [name for name, rule in RULES.items() if (rule.slot is not None) is slot]
    if task.rule not in fitting:
        form = "candidates at a slot" if slot else "whole sentences"
        raise ModelError(
            f"{task.name} scores {form} by the rule {task.rule!r}",
            expected=f"one of: {', '.join(fitting)}",
            hint=f'write rule="{fitting[0]}" in the task',
        )
    return RULES[task.rule]


class _Rows:
    """Rows as they are found: distinct within an example, each with what is read of it."""

    def __init__(self) -> None:
        self.owner: list[int] = []
        self._ids: list[tuple[int, ...]] = []
        self._truncated: list[bool] = []
        self._reads: list[dict[tuple[int, int], int]] = []

    def add(self, number: int, options: Iterable[Sequence[TokenRead]], texts: MaskedInputs) -> tuple[Ints, ...]:
        """Add the rows of an example; for each option the places of its terms among all that is read of them."""
        first = len(self._ids)
        known: dict[tuple[int, ...], int] = {}
        places: list[list[tuple[int, int]]] = []
        for readings in options:
            own: list[tuple[int, int]] = []
            for row, position, token in readings:
                at = known.get(row)
                if at is None:
                    at = known[row] = len(self._ids)
                    self._ids.append(row)
                    self._reads.append({})
                    self.owner.append(number)
                    self._truncated.append(texts.truncated[number])
                reads = self._reads[at]
                own.append((at - first, reads.setdefault((position, token), len(reads))))
            places.append(own)
        sizes = [len(reads) for reads in self._reads[first:]]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return tuple(np.array([starts[row] + read for row, read in own], dtype=np.int64) for own in places)

    def encoded(self, texts: MaskedTexts) -> Encoded:
        """The rows as flat columns, with their reads."""
        reads = [pair for row in self._reads for pair in row]
        flat = np.array(reads, dtype=np.int64).reshape(-1, 2)
        offsets = np.concatenate([[0], np.cumsum([len(row) for row in self._reads])]).astype(np.int64)
        columns, ends = texts.columns(self._ids)
        return Encoded(
            columns=columns,
            offsets=ends,
            truncated=np.array(self._truncated, dtype=bool),
            reads=Reads(offsets=offsets, positions=flat[:, 0], tokens=flat[:, 1]),
        )
