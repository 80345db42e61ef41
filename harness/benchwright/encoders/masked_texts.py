"""Token ids of sentences, and of texts with a slot, as scoring rules take them.

A candidate is read where it stands: the text is tokenised with the candidate in the slot, and what lies in the slot's characters are its
tokens. Byte-level and SentencePiece tokenizers so read the blank before it as they do in any text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.encoded import Ints
from benchwright.encoders.masked_rules import Sentence, Slot, TokenRead, positions_by_block
from benchwright.encoders.template import join_runs, read_template, tokens_of
from benchwright.encoders.token_table import to_runs
from benchwright.encoders.tokenise import ROWS, Tokenizing, check_rows
from benchwright.types import Example, Task

MASK = "{mask}"
"""Where the slot is in an input ``text``."""

_SHARED = "candidates that share a token with the text around them"
_SEVERAL = "differing words of several tokens"
_SINGLE = "differing words of one token"
_SILENT = "has no token in this vocabulary"
_SPECIAL = "holds {}, a special token of this tokenizer and no word; write it otherwise"


@dataclass(frozen=True, kw_only=True)
class MaskedInputs:
    """Token ids of examples.

    Attributes:
        sentences: For each example its options as sentences; empty where they are candidates.
        slots: For each example its options as candidates; of a task that asks for words one, of a single mask.
        truncated: For each example whether tokens were cut off.
        errors: Example -> why it cannot be scored.
        facts: For each example what is told beside its answer.
    """

    sentences: Sequence[tuple[Sentence, ...]]
    slots: Sequence[tuple[Slot, ...]]
    truncated: Sequence[bool]
    errors: Mapping[int, str]
    facts: tuple[dict[str, Any], ...]

    def open_slot(self, number: int) -> tuple[TokenRead, ...]:
        """The one reading of a text whose slot holds a mask; its token says nothing."""
        (slot,) = self.slots[number]
        return (TokenRead(slot.filled(slot.candidate), len(slot.contexts[0]), slot.candidate[0]),)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """Token ids of one example."""

    sentences: tuple[Sentence, ...] = ()
    slots: tuple[Slot, ...] = ()
    facts: dict[str, Any]
    truncated: bool = False
    problem: str | None = None


def _join(found: Sequence[_Found]) -> MaskedInputs:
    return MaskedInputs(
        sentences=[one.sentences for one in found],
        slots=[one.slots for one in found],
        truncated=[one.truncated for one in found],
        errors={number: one.problem for number, one in enumerate(found) if one.problem is not None},
        facts=tuple(one.facts for one in found),
    )


class MaskedTexts:
    """How the texts of a task become token ids."""

    def __init__(self, task: Task, tokenizing: Tokenizing, mask: int) -> None:
        self._task, self._tokenizing, self._mask = task, tokenizing, mask
        self._tokenizer = tokenizing.tokenizer
        self._template = read_template(self._tokenizer, tokenizing.names)
        self._before, self._after = (tuple(part.tolist()) for part in self._template.fixed["input_ids"])
        self._room = tokenizing.max_length - self._template.special
        self._special = {token for token in self._tokenizer.all_special_ids if token is not None}
        self._no_word = self._special - {self._tokenizer.unk_token_id}
        self._checked = False

    def encode(self, examples: Sequence[Example]) -> MaskedInputs:
        """Token ids of the options of each example."""
        if "text" in self._task.inputs:
            return self._encode_slots(examples)
        return self._encode_sentences(examples)

    def columns(self, rows: Sequence[Sequence[int]]) -> tuple[dict[str, NDArray[np.int32]], Ints]:
        """Rows that begin and end with special tokens as flat columns, and where each begins and ends."""
        lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        ends = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        flat = {"input_ids": np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(ends[-1]))}
        for name in self._template.names[1:]:
            before, after = self._template.fixed[name]
            values = np.full(int(ends[-1]), self._template.types[0], dtype=np.int32)
            for number, value in enumerate(before.tolist()):
                values[ends[:-1] + number] = value
            for number, value in enumerate(reversed(after.tolist())):
                values[ends[1:] - 1 - number] = value
            flat[name] = values
        return flat, ends

    def words(self, tokens: Sequence[int]) -> tuple[str, ...]:
        """Tokens as text, without the blank that belongs to some."""
        return tuple(str(self._tokenizer.decode([token])).strip() for token in tokens)

    def _encode_sentences(self, examples: Sequence[Example]) -> MaskedInputs:
        options = [tuple(map(str, example.inputs["options"])) for example in examples]
        texts = list(chain.from_iterable(options))
        return _join([self._sentences(*one) for one in self._by_example(options, texts)])

    def _sentences(self, options: Sequence[str], encodings: Sequence[Any], failed: str | None) -> _Found:
        problem = failed or self._unreadable(options, [one.ids for one in encodings])
        if problem:
            return _Found(facts={}, problem=problem)
        own = tuple(self._sentence(one) for one in encodings)
        return _Found(
            sentences=own,
            facts=self._facts([one.ids for one in own]) | _count_differing(own),
            truncated=any(len(one.ids) > self._room for one in encodings),
        )

    def _sentence(self, encoding: Any) -> Sentence:
        ids = tuple(encoding.ids[: self._room])
        words = tuple(-1 - at if word is None else word for at, word in enumerate(encoding.word_ids[: self._room]))
        return Sentence(ids=(*self._before, *ids, *self._after), begin=len(self._before), words=words)

    def _encode_slots(self, examples: Sequence[Example]) -> MaskedInputs:
        pieces = [str(example.inputs["text"]).split(MASK) for example in examples]
        options = [self._options(example) for example in examples]
        texts = [one.join(parts) for parts, some in zip(pieces, options, strict=True) for one in some]
        each = zip(pieces, self._by_example(options, texts), strict=True)
        return _join([self._candidates_in(parts, *one) for parts, one in each])

    def _candidates_in(
        self, parts: Sequence[str], options: Sequence[str], encodings: Sequence[Any], failed: str | None
    ) -> _Found:
        """The candidates between special tokens, cut at the end so that all of them keep the same text after the slot."""
        cuts = [_cut_out(*one, parts) for one in zip(encodings, options, strict=True)]
        slots = [slot for slot, _ in cuts]
        problem = failed or self._unreadable(options, [one.candidate for one in slots])
        if problem:
            return _Found(facts={}, problem=problem)
        room = min(self._room - len(one.filled(one.candidate)) + len(one.contexts[-1]) for one in slots)
        if room < 0:
            problem = f"the slot lies beyond the {self._room} tokens of a text that are read"
            return _Found(facts={}, problem=problem, truncated=True)
        shared = sum(is_shared for _, is_shared in cuts)
        return _Found(
            slots=tuple(self._framed(one, room) for one in slots),
            facts=self._facts([one.filled(one.candidate) for one in slots])
            | ({"counts": {_SHARED: shared}} if shared else {}),
            truncated=max(len(one.contexts[-1]) for one in slots) > room,
        )

    def _unreadable(self, options: Sequence[str], tokens: Sequence[Sequence[int]]) -> str | None:
        """Why an option has no score: no token, or a special one written in its text, of which a model says no probability as a word."""
        for text, ids in zip(options, tokens, strict=True):
            if not len(ids):
                return f"{text!r} {_SILENT}"
            special = None if self._task.top else next((one for one in ids if one in self._no_word), None)
            if special is not None:
                return f"{text!r} {_SPECIAL.format(self._tokenizer.convert_ids_to_tokens(special))}"
        return None

    def _framed(self, slot: Slot, room: int) -> Slot:
        """The slot between special tokens, with at most ``room`` tokens of text after it."""
        first, *between, last = slot.contexts
        contexts = ((*self._before, *first), *between, (*last[:room], *self._after))
        return Slot(contexts=contexts, candidate=slot.candidate)

    def _by_example(
        self, options: Sequence[tuple[str, ...]], texts: Sequence[str]
    ) -> Iterator[tuple[tuple[str, ...], list[Any], str | None]]:
        """For each example its options, their tokens, and why the tokenizer does not take one of them."""
        encodings, failed = tokens_of(self._tokenizer, texts)
        if not self._task.top:
            self._check(texts, encodings)
        at = 0
        for some in options:
            problems = [failed[one] for one in range(at, at + len(some)) if one in failed]
            own = [] if problems else encodings[at : at + len(some)]
            yield (() if problems else some), own, next(iter(problems), None)
            at += len(some)

    def _options(self, example: Example) -> tuple[str, ...]:
        if self._task.top:
            return (str(self._tokenizer.mask_token),)
        return tuple(map(str, example.inputs["options"]))

    def _facts(self, rows: Sequence[Sequence[int]]) -> dict[str, Any]:
        """Tokens of the texts themselves, each text once however often it is read with masks."""
        ids = np.array(list(chain.from_iterable(rows)), dtype=np.int64)
        unknown = self._tokenizer.unk_token_id
        text = int((~np.isin(ids, [one for one in self._special if one != unknown])).sum())
        lacking = 0 if unknown is None or not self._has_unknown() else int((ids == unknown).sum())
        return {"text_tokens": text, **({"unknown_tokens": lacking} if lacking else {})}

    def _has_unknown(self) -> bool:
        """Whether the unknown token is one, and not the end of text under another name."""
        how = self._tokenizer
        return how.unk_token_id not in (how.bos_token_id, how.eos_token_id, how.pad_token_id, how.cls_token_id)

    def _check(self, texts: Sequence[str], encodings: Sequence[Any | None]) -> None:
        """Hold the first texts, put together here, against what the tokenizer's own file gives for them."""
        if self._checked:
            return
        self._checked = True
        whole = [(text, one) for text, one in zip(texts, encodings, strict=True) if one is not None and one.ids][:ROWS]
        rows = join_runs(self._template, [to_runs([one.ids for _, one in whole])])
        check_rows(self._tokenizer, rows, {at: (text,) for at, (text, _) in enumerate(whole)}, self._tokenizing.shown)


def _cut_out(encoding: Any, option: str, parts: Sequence[str]) -> tuple[Slot, bool]:
    """The candidate and what stands around it, by the characters of the slots; and whether a token holds both."""
    filled = option.join(parts)
    ids, offsets, words = encoding.ids, encoding.offsets, encoding.word_ids
    contexts: list[tuple[int, ...]] = []
    candidate: tuple[int, ...] = ()
    shared = False
    start = at = 0
    for number, part in enumerate(parts[:-1]):
        at += len(part)
        begin, end = at, at + len(option)
        inside = [one for one in range(start, len(ids)) if offsets[one][0] < end and offsets[one][1] > begin]
        first, last = (inside[0], inside[-1] + 1) if inside else (start, start)
        while first > start and inside and _is_blank_of(first - 1, first, filled, offsets, words):
            first -= 1
        contexts.append(tuple(ids[start:first]))
        if number == 0:
            candidate = tuple(ids[first:last])
        edges = (
            filled[min(offsets[one][0], begin) : begin] + filled[end : max(offsets[one][1], end)] for one in inside
        )
        shared = shared or any(edge.strip() for edge in edges)
        start, at = last, end
    contexts.append(tuple(ids[start:]))
    return Slot(contexts=tuple(contexts), candidate=candidate), shared


def _is_blank_of(
    token: int, following: int, filled: str, offsets: Sequence[tuple[int, int]], words: Sequence[int | None]
) -> bool:
    """Whether a token is the blank of the word that the next token begins with, as a piece of its own (SentencePiece)."""
    begin, end = offsets[token]
    return words[token] is not None and words[token] == words[following] and not filled[begin:end].strip()


def _count_differing(sentences: Sequence[Sentence]) -> dict[str, Any]:
    """Of an item of two sentences how many words that one of them alone has are one token, and how many are several."""
    if len(sentences) != 2:
        return {}
    counts = {_SINGLE: 0, _SEVERAL: 0}
    sides = positions_by_block(sentences[0].ids, sentences[1].ids, equal=False)
    for one, positions in zip(sentences, sides, strict=True):
        for word in set(_words_at(one, positions)):
            counts[_SEVERAL if one.words.count(word) > 1 else _SINGLE] += 1
    counts = {name: count for name, count in counts.items() if count}
    return {"counts": counts} if counts else {}


def _words_at(sentence: Sentence, positions: Sequence[int]) -> Iterator[int]:
    for position in positions:
        if position in sentence.own:
            yield sentence.words[position - sentence.begin]
