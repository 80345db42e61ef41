"""Options as rows: each is read with its context, by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchwright.encoders.encoded import Encoded, Ints
from benchwright.encoders.tokenise import Truncation, encode
from benchwright.types import Example, Task


@dataclass(frozen=True, kw_only=True)
class ChoiceRows:
    """Rows of options.

    Attributes:
        encoded: One row for each option; rows of one example stand together, in the order of its options.
        owner: Example of each row (n_rows).
        errors: Example -> why it has no rows.
    """

    encoded: Encoded
    owner: Ints
    errors: Mapping[int, str] = field(default_factory=dict)


def choice_texts(task: Task, example: Example) -> tuple[list[str], list[str]]:
    """First and second text of each option.

    Without a placeholder the texts before ``options`` are joined by a blank and the option is the second text. With
    one, an option takes its place in the text right before ``options``, and that is the second text.

    Raises:
        ValueError: There are no options, or the text has no placeholder.
    """
    *names, last = task.inputs
    options = [str(option) for option in example.inputs[last]]
    if not options:
        raise ValueError("an example without options")
    texts = [str(example.inputs[name]) for name in names]
    if not task.placeholder:
        return [_join(texts)] * len(options), options
    query = texts.pop()
    if task.placeholder not in query:
        raise ValueError(f"{names[-1]} holds no {task.placeholder}, whose place an option takes: {query[:80]!r}")
    return [_join(texts)] * len(options), [query.replace(task.placeholder, option) for option in options]


def encode_choices(
    tokenizer: Any,
    task: Task,
    examples: Sequence[Example],
    *,
    max_length: int,
    truncation: Truncation = "longest_first",
    names: Sequence[str] = ("input_ids", "token_type_ids"),
    stand_in: int | None = None,
) -> ChoiceRows:
    """A row of at most ``max_length`` tokens for each option of each example.

    Args:
        tokenizer: A tokenizer of `transformers`.
        task: Of kind ``choose``.
        examples: Their last input is a list of options; lists may differ in length.
        max_length: Most tokens to a row, special tokens included.
        truncation: Which text loses tokens.
        names: Columns wanted; those the tokenizer does not give are left out.
        stand_in: As in `encode`.
    """
    firsts: list[str] = []
    seconds: list[str] = []
    owner: list[int] = []
    errors: dict[int, str] = {}
    for at, example in enumerate(examples):
        try:
            first, second = choice_texts(task, example)
        except ValueError as error:
            errors[at] = str(error)
            continue
        firsts += first
        seconds += second
        owner += [at] * len(first)
    encoded = encode(
        tokenizer, firsts, seconds, max_length=max_length, truncation=truncation, names=names, stand_in=stand_in
    )
    return ChoiceRows(encoded=encoded, owner=np.array(owner, dtype=np.int64), errors=errors)


def _join(texts: Sequence[str]) -> str:
    """The texts with a blank between them; a single one stays as it is."""
    return texts[0] if len(texts) == 1 else " ".join(text for text in texts if text.strip())
