"""Tokens of rows: how many the model reads, how many are of the text, and how many the vocabulary lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchwright.coded import Coded
from benchwright.encoders.encoded import Encoded, Flags, Ints, RowSummary
from benchwright.prediction_table import PredictionTable


@dataclass(frozen=True, kw_only=True)
class TokenCounts:
    """Counts for each row.

    Attributes:
        tokens: Tokens that the model reads, special ones included.
        text: Of them those of the text.
        unknown: Of those the ones for which the vocabulary has nothing but its unknown token; None where it has no such
            token (bytes).
    """

    tokens: Ints
    text: Ints
    unknown: Ints | None

    def facts(self, examples: Sequence[RowSummary]) -> list[dict[str, Any]]:
        """The facts of each example, of all its rows, and the token budget where memory lowered it."""
        found: list[dict[str, Any]] = []
        for one in examples:
            facts: dict[str, Any] = {"tokens": int(self.tokens[one.rows].sum())}
            if self.unknown is not None:
                facts["text_tokens"] = int(self.text[one.rows].sum())
                if unknown := int(self.unknown[one.rows].sum()):
                    facts["unknown_tokens"] = unknown
            if one.budget is not None:
                facts["token_budget"] = one.budget
            found.append(facts)
        return found


def with_counts(
    table: PredictionTable, counts: TokenCounts, *, errors: Mapping[int, str], truncated: Flags, lowered: Ints
) -> PredictionTable:
    """Predictions of a row each with its facts, as `TokenCounts.facts` has them, and errors in place of answers.

    Args:
        table: A prediction for each row.
        counts: Of the rows.
        errors: Row -> why it has no answer; it has no facts either.
        truncated: For each row whether tokens were cut off.
        lowered: For each row the token budget where memory lowered it, else -1.
    """
    facts = {"tokens": counts.tokens}
    if counts.unknown is not None:
        facts |= {"text_tokens": counts.text, "unknown_tokens": np.where(counts.unknown > 0, counts.unknown, -1)}
    facts["token_budget"] = lowered
    if errors:
        failed = np.isin(np.arange(len(table)), list(errors))
        facts = {name: np.where(failed, -1, numbers) for name, numbers in facts.items()}
    given = {name: numbers.astype(np.int64) for name, numbers in facts.items() if (numbers >= 0).any()}
    why = Coded.of(errors.get(row) for row in range(len(table))) if errors else None
    return replace(table, truncated=truncated, errors=why, facts=given)


def count_tokens(encoded: Encoded, tokenizer: Any) -> TokenCounts:
    """Counts of the rows as a tokenizer of `transformers` names its special tokens."""
    ids = encoded.columns["input_ids"]
    unknown = unknown_token(tokenizer)
    special = [token for token in tokenizer.all_special_ids if token is not None and token != unknown]
    return TokenCounts(
        tokens=encoded.lengths,
        text=_sum_rows(~np.isin(ids, special), encoded.offsets),
        unknown=None if unknown is None else _sum_rows(ids == unknown, encoded.offsets),
    )


def unknown_token(tokenizer: Any) -> int | None:
    """The unknown token; None where it is none, as for GPT-2, whose end of text bears the name."""
    found = tokenizer.unk_token_id
    others = (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id, tokenizer.cls_token_id)
    return None if found is None or found in others else int(found)


def _sum_rows(flags: Flags, offsets: Ints) -> Ints:
    before = np.concatenate([[0], np.cumsum(flags)])
    found: Ints = before[offsets[1:]] - before[offsets[:-1]]
    return found
