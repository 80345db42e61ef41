"""Rules by which a masked language model scores a sentence or a candidate, as pure functions of token ids.

A rule says which rows the model reads and which log-probability of each is wanted (`TokenRead`), and how these become a score.
``m`` stands for the mask token, ``S`` for a sentence of tokens ``t_1 ... t_n`` between its special tokens, logarithms are natural.

Sentences (``FillTask.rule`` of a task whose items are options alone):

- ``pll``: sum over i of log P(t_i | S, t_i masked), special tokens left out (Salazar et al. 2020, https://aclanthology.org/2020.acl-main.240).
- ``pll-word-l2r``: the same, with the later tokens of t_i's word masked too (Kauf and Ivanova 2023,
  https://aclanthology.org/2023.acl-short.80): a word of several tokens cannot be guessed from its own end.
- ``official-2020``: the sum over the tokens that an item's two sentences share, each masked alone, rounded to 3 decimals
  (Nangia et al. 2020, ``metric.py`` of nyu-mll/crows-pairs). Shared are the equal blocks of `difflib` over ids, special tokens
  included; the first and the last of them are left out. Where nothing is left both scores are 0, a tie.
- ``bias-bench-2022``: the mean over the tokens that the two sentences do not share, each masked alone, rounded to 3 decimals (Meade et al.
  2022, ``crows.py`` of McGill-NLP/bias-bench). Where one sentence has no such token both scores are 0: the script skips the pair.
- ``aul``: mean over i of log P(t_i | S), nothing masked (Kaneko and Bollegala 2022, https://arxiv.org/abs/2104.07496).
- ``aula``: the same mean with each term times the attention that t_i receives: mean over layers, heads and all positions that attend. No
  log-probability: closer to 0 than one.

Candidates at a slot (``FillTask.rule`` of a task with an input ``text``):

- ``slot``: the sum over the candidate's tokens c_1 ... c_k of log P(c_i | text, c_1 ... c_(i-1), m in the place of c_i ... c_k): as many masks as
  tokens are left, filled from left to right.
- ``stereoset``: the mean over the candidate's tokens of **P**(c_i | text, c_1 ... c_(i-1), one m; later tokens absent), a probability and no
  logarithm (Nadeem et al. 2021, ``dataloader.py`` of moinnadeem/StereoSet). A text with several slots has the candidate in each, and the first is read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


class TokenRead(NamedTuple):
    """A row as the model reads it, and the token whose log-probability at a position of it is wanted."""

    row: tuple[int, ...]
    position: int
    token: int


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """Token ids of a sentence.

    Attributes:
        ids: With special tokens.
        begin: Position of its first token that is none.
        words: For each token from there on the number of its word; special tokens at the end have none.
    """

    ids: tuple[int, ...]
    begin: int
    words: tuple[int, ...]

    @property
    def own(self) -> range:
        """Positions of its tokens, special ones left out."""
        return range(self.begin, self.begin + len(self.words))


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Token ids of a text with a candidate in its place.

    Attributes:
        contexts: What stands before the slot, and after it; with several slots also between them. Special tokens are in it.
        candidate: The candidate.
    """

    contexts: tuple[tuple[int, ...], ...]
    candidate: tuple[int, ...]

    def filled(self, tokens: Sequence[int]) -> tuple[int, ...]:
        """The row with these tokens in every slot."""
        first, *others = self.contexts
        row = list(first)
        for context in others:
            row += (*tokens, *context)
        return tuple(row)


TokenReads = tuple[TokenRead, ...]
ReadSentences = Callable[[Sequence[Sentence], int], list[TokenReads]]
"""(the sentences of an item, id of the mask) -> readings of each."""
ReadSlot = Callable[[Slot, int], TokenReads]
"""(a candidate in its text, id of the mask) -> its readings."""
Combine = Callable[[Values], float]
"""Log-probabilities of a candidate's readings (k), or with what weighs them (k, 2) -> its score."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How an option is scored.

    Attributes:
        name: As `FillTask.rule` says it.
        combine: What the score of an option is, of the log-probabilities that were read.
        sentences: Readings of whole sentences; None: the rule is for candidates.
        slot: Readings of a candidate at a slot; None: the rule is for sentences.
        digits: Decimals to which the published script rounds.
        attention: Whether each log-probability comes with the attention that its position receives.
    """

    name: str
    combine: Combine
    sentences: ReadSentences | None = None
    slot: ReadSlot | None = None
    digits: int | None = None
    attention: bool = False

    def score(self, values: Values, digits: int | None = None) -> float:
        """The score of an option, rounded to ``digits`` or else as the published script does."""
        places = self.digits if digits is None else digits
        score = self.combine(values)
        return score if places is None else round(score, places)


def masked(ids: Sequence[int], positions: Sequence[int], mask: int) -> tuple[int, ...]:
    """The row with masks at some positions."""
    row = list(ids)
    for position in positions:
        row[position] = mask
    return tuple(row)


def read_each(sentence: Sentence, positions: Sequence[int], mask: int) -> TokenReads:
    """The token at each of these positions, masked alone."""
    ids = sentence.ids
    return tuple(TokenRead(masked(ids, (at,), mask), at, ids[at]) for at in positions)


def read_pll(sentences: Sequence[Sentence], mask: int) -> list[TokenReads]:
    """Each token of its own, masked alone."""
    return [read_each(one, one.own, mask) for one in sentences]


def read_pll_word_l2r(sentences: Sequence[Sentence], mask: int) -> list[TokenReads]:
    """Each token of its own, masked with the later tokens of its word."""
    return [_read_words(one, mask) for one in sentences]


def _read_words(sentence: Sentence, mask: int) -> TokenReads:
    ids, words, begin = sentence.ids, sentence.words, sentence.begin
    found = []
    for number, word in enumerate(words):
        later = takewhile(lambda at: words[at] == word, range(number, len(words)))  # noqa: B023 - used up here
        found.append(TokenRead(masked(ids, [begin + at for at in later], mask), begin + number, ids[begin + number]))
    return tuple(found)


def read_unmasked(sentences: Sequence[Sentence], _mask: int) -> list[TokenReads]:
    """Each token of its own, nothing masked."""
    return [tuple(TokenRead(one.ids, at, one.ids[at]) for at in one.own) for one in sentences]


def read_shared(sentences: Sequence[Sentence], mask: int) -> list[TokenReads]:
    """The tokens that both sentences share, each masked alone; the first and the last of them are left out."""
    first, second = _pair(sentences)
    shared = positions_by_block(first.ids, second.ids, equal=True)
    return [read_each(one, positions[1:-1], mask) for one, positions in zip((first, second), shared, strict=True)]


def read_differing(sentences: Sequence[Sentence], mask: int) -> list[TokenReads]:
    """The tokens that the sentences do not share, each masked alone; none of either where one of them has none."""
    first, second = _pair(sentences)
    differing = positions_by_block(first.ids, second.ids, equal=False)
    if not all(differing):
        return [(), ()]
    return [read_each(one, positions, mask) for one, positions in zip((first, second), differing, strict=True)]


def _pair(sentences: Sequence[Sentence]) -> tuple[Sentence, Sentence]:
    if len(sentences) != 2:
        raise ValueError(f"{len(sentences)} options, and the rule compares two sentences")
    first, second = sentences
    return first, second


def positions_by_block(first: Sequence[int], second: Sequence[int], *, equal: bool) -> tuple[list[int], list[int]]:
    """Positions in each of two sequences of ids that lie in equal blocks of `difflib`, or in none."""
    found: tuple[list[int], list[int]] = ([], [])
    for tag, begin, end, other_begin, other_end in SequenceMatcher(None, first, second).get_opcodes():
        if (tag == "equal") is equal:
            found[0].extend(range(begin, end))
            found[1].extend(range(other_begin, other_end))
    return found


def read_slot(slot: Slot, mask: int) -> TokenReads:
    """Each token of the candidate, with masks in its place and in those of the later ones."""
    candidate, begin = slot.candidate, len(slot.contexts[0])
    return tuple(
        TokenRead(slot.filled((*candidate[:at], *[mask] * (len(candidate) - at))), begin + at, token)
        for at, token in enumerate(candidate)
    )


def read_stereoset(slot: Slot, mask: int) -> TokenReads:
    """Each token of the candidate, with one mask after the earlier ones and nothing of the later ones."""
    candidate, begin = slot.candidate, len(slot.contexts[0])
    return tuple(
        TokenRead(slot.filled((*candidate[:at], mask)), begin + at, token) for at, token in enumerate(candidate)
    )


def add(values: Values) -> float:
    """The sum; 0 of none."""
    return math.fsum(values.tolist())


def average(values: Values) -> float:
    """The mean; 0 of none."""
    return math.fsum(values.tolist()) / len(values) if len(values) else 0.0


def average_weighted(values: Values) -> float:
    """The mean of each times its weight; 0 of none."""
    return average(values[:, 0] * values[:, 1]) if len(values) else 0.0


def average_probability(values: Values) -> float:
    """The mean of the probabilities; 0 of none."""
    return average(np.exp(values))


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(name="slot", combine=add, slot=read_slot),
        Rule(name="stereoset", combine=average_probability, slot=read_stereoset),
        Rule(name="pll", combine=add, sentences=read_pll),
        Rule(name="pll-word-l2r", combine=add, sentences=read_pll_word_l2r),
        Rule(name="official-2020", combine=add, sentences=read_shared, digits=3),
        Rule(name="bias-bench-2022", combine=average, sentences=read_differing, digits=3),
        Rule(name="aul", combine=average, sentences=read_unmasked),
        Rule(name="aula", combine=average_weighted, sentences=read_unmasked, attention=True),
    )
}
"""Rules by name."""
