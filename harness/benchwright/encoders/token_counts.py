"""Tokens of rows: how many the model reads, how many are of the text, and how many the vocabulary lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchwright.encoders.encoded import Encoded, Flags, Ints, RowSummary


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
