"""What a record says about an input: how many tokens the model read, and how many of its text it did not know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchwright.encoders import Encoded
from benchwright.encoders.encoded import Flags, Ints


@dataclass(frozen=True, kw_only=True)
class Tally:
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

    def facts(self, rows: slice | Ints, budget: int | None) -> dict[str, Any]:
        """The facts of the rows of one example, and the token budget where memory lowered it."""
        found: dict[str, Any] = {"tokens": int(self.tokens[rows].sum())}
        if self.unknown is not None:
            found["text_tokens"] = int(self.text[rows].sum())
            if unknown := int(self.unknown[rows].sum()):
                found["unknown_tokens"] = unknown
        if budget is not None:
            found["token_budget"] = budget
        return found


def count_tokens(encoded: Encoded, tokenizer: Any) -> Tally:
    """Counts of the rows as a tokenizer of `transformers` names its special tokens."""
    ids = encoded.columns["input_ids"]
    unknown = _unknown(tokenizer)
    special = [token for token in tokenizer.all_special_ids if token is not None and token != unknown]
    return Tally(
        tokens=encoded.lengths,
        text=_sum_rows(~np.isin(ids, special), encoded.offsets),
        unknown=None if unknown is None else _sum_rows(ids == unknown, encoded.offsets),
    )


def _unknown(tokenizer: Any) -> int | None:
    """The unknown token; None where it is none, as for GPT-2, whose end of text bears the name."""
    found = tokenizer.unk_token_id
    others = (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id, tokenizer.cls_token_id)
    return None if found is None or found in others else int(found)


def _sum_rows(flags: Flags, offsets: Ints) -> Ints:
    before = np.concatenate([[0], np.cumsum(flags)])
    found: Ints = before[offsets[1:]] - before[offsets[:-1]]
    return found
