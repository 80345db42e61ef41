"""Options as rows, each read with its context by itself, and their scores as a choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.batches import Batch
from benchwright.encoders.codec import CodecOptions, Floats, HeadOutputs, Row
from benchwright.encoders.encoded import InputRows
from benchwright.encoders.flat import Buffer
from benchwright.encoders.places import OutputPlace, Places
from benchwright.encoders.token_places import InputPiece, TokenPlaces, places_in_texts, regroup
from benchwright.encoders.tokenise import ROWS, TextRows, Tokenizing
from benchwright.types import Example, Prediction, Target, Task


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


def choice_pieces(task: Task, example: Example, option: int) -> tuple[list[InputPiece], list[InputPiece]]:
    """What the first and the second text of an option, as `choice_texts` makes them, hold of the inputs beside the options."""
    *names, last = task.inputs
    second: list[InputPiece] = []
    if task.placeholder:
        query = str(example.inputs[names[-1]])
        instead = len(str(example.inputs[last][option]))
        at = read = 0
        for part in query.split(task.placeholder):
            second.append(InputPiece(name=names[-1], at=at, start=read, size=len(part)))
            at, read = at + len(part) + instead, read + len(part) + len(task.placeholder)
        names.pop()
    texts = {name: str(example.inputs[name]) for name in names}
    first: list[InputPiece] = []
    at = 0
    for name, text in texts.items():
        if len(texts) == 1 or text.strip():
            first.append(InputPiece(name=name, at=at, start=0, size=len(text)))
            at += len(text) + 1
    return first, second


def encode_choices(rows: TextRows, task: Task, examples: Sequence[Example]) -> InputRows:
    """A row for each option of each example, in the order of the options.

    Args:
        rows: Makes rows of two texts.
        task: Of kind ``choose``.
        examples: Their last input is a list of options; lists may differ in length.
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
    return InputRows(encoded=rows.encode(firsts, seconds), owner=np.array(owner, dtype=np.int64), errors=errors)


def _join(texts: Sequence[str]) -> str:
    """The texts with a blank between them; a single one stays as it is."""
    return texts[0] if len(texts) == 1 else " ".join(text for text in texts if text.strip())


def choose_option(scores: Floats, options: Sequence[str], *, by_text: bool) -> tuple[int | str, tuple[float, ...]]:
    """The best option, the first of equals, and the softmax over all of them.

    Args:
        scores: Raw score of each option.
        options: The options.
        by_text: Whether the answer is the option's text; else its number.
    """
    powers = np.exp(scores - scores.max())
    best = int(scores.argmax())
    return (str(options[best]) if by_text else best), tuple((powers / powers.sum()).tolist())


class ChoiceCodec:
    """Examples with several options, of which one is right."""

    def __init__(self, task: Task, tokenizing: Tokenizing, head: HeadOutputs, options: CodecOptions) -> None:
        self.tokenizing, self.refuses_nan = tokenizing, True
        self._task, self._truncation = task, options.truncation
        self._rows = TextRows(tokenizing, texts=2, truncation=options.truncation)
        self.settings = {"truncation": options.truncation}

    def encode(self, examples: Sequence[Example]) -> InputRows:
        """A row for each option."""
        return encode_choices(self._rows, self._task, examples)

    def texts_of_rows(self, rows: InputRows, examples: Sequence[Example]) -> dict[int, tuple[Any, ...]]:
        """The first rows that hold all of their texts, with these."""
        texts: list[tuple[str, str]] = []
        for number, example in enumerate(examples):
            if number not in rows.errors:
                texts += zip(*choice_texts(self._task, example), strict=True)
            if len(texts) >= ROWS:
                break
        encoded = rows.encoded
        return {row: pair for row, pair in enumerate(texts) if row not in encoded.errors and not encoded.truncated[row]}

    def token_places(self, rows: InputRows, row: int, example: Example) -> TokenPlaces | str:
        """Where the tokens of an option's row stand in the texts beside the options."""
        option = row - int(np.searchsorted(rows.owner, rows.owner[row]))
        firsts, seconds = choice_texts(self._task, example)
        texts = {"first": firsts[option], "second": seconds[option]}
        found = places_in_texts(self.tokenizing, texts, rows.encoded.row(row), self._truncation)
        if isinstance(found, str):
            return found
        return regroup(found, choice_pieces(self._task, example, option))

    def pick(self, outputs: Mapping[str, NDArray[np.float32]], batch: Batch | Buffer) -> list[Row]:
        """The raw score of each row."""
        return list(outputs["logits"].reshape(-1, 1)[: len(batch)])

    def decode(self, rows: InputRows, outputs: Sequence[Row | None], examples: Sequence[Example]) -> list[Prediction]:
        """The number of the best option, or its text where the task says so, and the softmax over the options."""
        return [
            self._decode_one(example, outputs[begin:end])
            for example, (begin, end) in zip(examples, rows.bounds(len(examples)), strict=True)
        ]

    def places(
        self,
        rows: InputRows,
        outputs: Sequence[Row | None],
        examples: Sequence[Example],
        targets: Sequence[Sequence[Target]],
    ) -> list[Places | str]:
        """Where options stand: the score of the row of each, beside those of the other options."""
        bounds = rows.bounds(len(examples))
        return [_option_places(range(*rows_of_one), some) for some, rows_of_one in zip(targets, bounds, strict=True)]

    def _decode_one(self, example: Example, outputs: Sequence[Row | None]) -> Prediction:
        scores = np.array([row[0] for row in outputs if row is not None], dtype=np.float64)
        options = example.inputs[tuple(self._task.inputs)[-1]]
        if not len(options) or len(scores) < len(options):
            return Prediction()
        chosen, probabilities = choose_option(scores, options, by_text=self._task.by_text)
        return Prediction(output=chosen, scores=probabilities)


def _option_places(rows: range, targets: Sequence[Target]) -> Places | str:
    """The place of each option; a label is its number as text."""
    numbers = [int(target.label or 0) for target in targets]
    if any(number >= len(rows) for number in numbers):
        return f"there are {len(rows)} options"
    score = np.zeros(1, dtype=np.int64)
    rivals = tuple((row, score) for row in rows)
    return tuple((OutputPlace(row=rows[number], at=score, rivals=rivals),) for number in numbers)
