"""Where in an example's inputs each token of a row begins: what attributions of tokens are added up by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.contexts import trim
from benchwright.encoders.encoded import Flags, Ints
from benchwright.encoders.template import cut, read_template, tokens_of
from benchwright.encoders.tokenise import Tokenizing
from benchwright.encoders.truncation import Truncation
from benchwright.types import Word

UNKNOWN = "a slow tokenizer does not say where in a text a token stands"
OTHER = "the tokenizer gives other tokens when it is asked where they stand"


@dataclass(frozen=True, kw_only=True)
class TokenPlaces:
    """The tokens of one row.

    Attributes:
        names: Of the inputs, in the order of the task.
        inputs: For each token the number of the input that it is of; -1 for a special token.
        starts: For each token the first character from its own on that is not blank (a token of blanks belongs to what follows),
            of a sentence of words the number of the word; -1 for a special token.
    """

    names: tuple[str, ...]
    inputs: Ints
    starts: Ints

    @property
    def of_text(self) -> Flags:
        """Tokens that are not special."""
        found: Flags = self.inputs != _SPECIAL
        return found

    def words(self, words: Sequence[Word]) -> Ints:
        """For each token the position of the word that it begins in, of words that do not overlap; -1 where that is none."""
        found = np.full(len(self.inputs), -1, dtype=np.int64)
        for number, name in enumerate(self.names):
            mine = [(word.start, word.end, at) for at, word in enumerate(words) if word.input == name]
            tokens = np.flatnonzero(self.inputs == number)
            if not mine or not len(tokens):
                continue
            starts, ends, at = (np.array(values, dtype=np.int64) for values in zip(*sorted(mine), strict=True))
            before = np.searchsorted(starts, self.starts[tokens], side="right") - 1
            inside = (before >= 0) & (self.starts[tokens] < ends[before])
            found[tokens[inside]] = at[before[inside]]
        return found


_SPECIAL = -1


def places_in_texts(
    how: Tokenizing, texts: Mapping[str, str], ids: NDArray[np.int32], truncation: Truncation
) -> TokenPlaces | str:
    """The tokens of a row of one text or two, or why they are not known.

    Args:
        how: The tokenizer, as it made the row.
        texts: The text, or both, by the names of their inputs.
        ids: Of the row.
        truncation: Which text was cut.
    """
    if not how.tokenizer.is_fast:
        return UNKNOWN
    cut: dict[str, Any] = {"truncation": truncation, "max_length": how.max_length}
    lists, names = [[text] for text in texts.values()], tuple(texts)
    whole = how.tokenizer(*lists, padding=False, truncation=False, verbose=False).encodings[0]
    if len(whole.ids) > how.max_length:
        lists, names = [[text] for text in texts.values()], tuple(texts)
    whole = how.tokenizer(*lists, padding=False, verbose=False, **cut).encodings[0]
    if not whole.ids and len(ids) == 1:  # what stands for an input without a token
        return TokenPlaces(names=names, inputs=np.array([_SPECIAL]), starts=np.array([-1]))
    if list(whole.ids) != ids.tolist():
        return OTHER
    inputs = np.array([_SPECIAL if one is None else one for one in whole.sequence_ids], dtype=np.int64)
    starts = np.full(len(ids), -1, dtype=np.int64)
    offsets = np.array(whole.offsets, dtype=np.int32).reshape(-1, 2)
    for number, text in enumerate(texts.values()):
        mine = inputs == number
        starts[mine] = trim(offsets[mine], text)[:, 0]
    return TokenPlaces(names=names, inputs=inputs, starts=starts)


def places_in_window(
    how: Tokenizing, texts: Mapping[str, str], context: Ints, offsets: NDArray[np.int32], ids: NDArray[np.int32]
) -> TokenPlaces | str:
    """The tokens of a question with a window over its context, or why they are not known.

    Args:
        how: The tokenizer, as it made the row.
        texts: Question and context, by the names of their inputs.
        context: First and last position of the context's tokens in the row.
        offsets: Of these tokens, without blanks.
        ids: Of the row.
    """
    question = next(iter(texts.values()))
    template = read_template(how.tokenizer, how.names, texts=2)
    heads, failed = tokens_of(how.tokenizer, [question.lstrip()])
    if heads[0] is None:
        return failed[0]
    inputs = np.full(len(ids), _SPECIAL, dtype=np.int64)
    starts = np.full(len(ids), -1, dtype=np.int64)
    first, last = context.tolist()
    inputs[first : last + 1], starts[first : last + 1] = 1, offsets[:, 0]
    begin = template.begin()
    count = len(ids) - template.special - len(offsets)
    head = np.array(heads[0].ids[:count], dtype=np.int32)
    if head.tolist() != ids[begin : begin + count].tolist():
        return OTHER
    dropped = len(question) - len(question.lstrip())
    inputs[begin : begin + count] = 0
    starts[begin : begin + count] = trim(heads[0].offsets, question.lstrip())[:count, 0] + dropped
    return TokenPlaces(names=tuple(texts), inputs=inputs, starts=starts)


def places_in_sentence(
    how: Tokenizing, words: Sequence[str], ids: NDArray[np.int32], *, name: str, window: int, stride: int
) -> TokenPlaces | str:
    """The tokens of a window over a sentence of words, or why they are not known.

    Args:
        how: The tokenizer, as it made the row.
        words: The sentence.
        ids: Of the row.
        name: Of the input.
        window: Number of the window.
        stride: Tokens that windows share.
    """
    template = read_template(how.tokenizer, how.names, words=True)
    encodings, failed = tokens_of(how.tokenizer, [list(words)], words=True)
    if encodings[0] is None:
        return failed[0]
    start, end = cut(len(encodings[0].ids), how.max_length - template.special, stride)[window]
    begin = template.begin()
    inputs = np.full(len(ids), _SPECIAL, dtype=np.int64)
    starts = np.full(len(ids), -1, dtype=np.int64)
    if list(encodings[0].ids[start:end]) != ids[begin : begin + end - start].tolist():
        return OTHER
    inputs[begin : begin + end - start] = 0
    starts[begin : begin + end - start] = [-1 if one is None else one for one in encodings[0].word_ids[start:end]]
    return TokenPlaces(names=(name,), inputs=inputs, starts=starts)


@dataclass(frozen=True, kw_only=True)
class InputPiece:
    """A piece of a text that was made of several, where it stands there, and which input it is of.

    Attributes:
        name: Of the input.
        at: Its first character in the text.
        start: Its first character in the input.
        size: Characters.
    """

    name: str
    at: int
    start: int
    size: int


def regroup(found: TokenPlaces, pieces: Sequence[Sequence[InputPiece]]) -> TokenPlaces:
    """Places in texts that were made of pieces as places in the inputs that the pieces are of.

    Args:
        found: Places in the texts.
        pieces: Of each text. A token that begins in none of them is one of an input ``""``, which has no words.
    """
    names = ("", *dict.fromkeys(piece.name for some in pieces for piece in some))
    inputs = np.where(found.inputs == _SPECIAL, _SPECIAL, 0)
    starts = found.starts.copy()
    for text, some in enumerate(pieces):
        for piece in some:
            mine = (found.inputs == text) & (found.starts >= piece.at) & (found.starts < piece.at + piece.size)
            inputs[mine] = names.index(piece.name)
            starts[mine] = found.starts[mine] - piece.at + piece.start
    return TokenPlaces(names=names, inputs=inputs, starts=starts)
