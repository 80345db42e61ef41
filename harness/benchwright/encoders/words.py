"""Sentences of words as rows of tokens, first-token alignment of words, and token outputs decoded to tags of words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.batches import Batch
from benchwright.encoders.codec import CodecOptions, HeadOutputs, Row, check_outputs
from benchwright.encoders.encoded import InputRows, Ints
from benchwright.encoders.flat import Buffer
from benchwright.encoders.places import Places, all_or_why
from benchwright.encoders.tag_places import first_tokens, tag_places
from benchwright.encoders.template import Windows, byte_level_space, cut, cut_all, join_runs, ranges, read_template
from benchwright.encoders.token_places import TokenPlaces, places_in_sentence
from benchwright.encoders.token_table import Runs, Tokens, plain_backend, tokenise
from benchwright.encoders.tokenise import ROWS, Tokenizing
from benchwright.errors import ModelError
from benchwright.labels import output_names
from benchwright.tags import OUTSIDE, Read, Scheme, count_loose, parts, read_tags, scheme_of_names, whole_tags
from benchwright.types import Example, Prediction, Target, Task

UNPREDICTED = "words without a prediction"
LONG = "sentences read in several windows"
LOOSE = "tags I- that continue no entity: the lenient mode opens one there (a head that writes IOB1? ?scheme=IOB1)"


@dataclass(frozen=True, kw_only=True)
class WordRows(InputRows):
    """Windows over sentences; a sentence without any token has none.

    Attributes:
        firsts: For each window the words that it answers for, (k, 2): position of the word's first token in the window,
            and number of the word in its sentence. Each word with a token appears once over all windows.
        lost: For each sentence its words without a token (empty, or made of characters the tokenizer drops).
    """

    firsts: tuple[Ints, ...]
    lost: tuple[tuple[int, ...], ...]


def encode_words(
    tokenizer: Any,
    sentences: Sequence[Sequence[str]],
    *,
    max_length: int,
    stride: int | None = None,
    names: Sequence[str] = ("input_ids", "token_type_ids"),
) -> WordRows:
    """Rows of at most ``max_length`` tokens that hold every word's first token.

    Words go in as words, one by one, and are never joined. A sentence that is too long becomes several
    windows, and a word takes its answer from the window that shows most on both sides of it.

    Args:
        tokenizer: A fast tokenizer, opened by `checkpoints.tokenizer.open_tokenizer(..., words=True)`: RoBERTa and other byte-level
            ones read a blank before each word then (``add_prefix_space``), as they did in training.
        sentences: Words of each sentence.
        max_length: Most tokens to a row, special tokens included.
        stride: Tokens that neighbouring windows share; default: half of a window.
        names: Columns wanted; those the tokenizer does not give are left out.

    Raises:
        ModelError: A slow tokenizer.
        ValueError: The windows have no room for text, or the stride fills them.
    """
    template = read_template(tokenizer, names, words=True)
    room = max_length - template.special
    overlap = room // 2 if stride is None else stride
    cut(1, room, overlap)  # says what is wrong with the sizes before anything is read
    read = _read_sentences(tokenizer, sentences)
    windows = cut_all(read.lengths, room, overlap)
    starts = np.cumsum(read.lengths) - read.lengths
    runs = Runs(ids=read.ids, starts=starts[windows.owner] + windows.starts, lengths=windows.ends - windows.starts)
    return WordRows(
        encoded=join_runs(template, [runs]),
        owner=windows.owner,
        firsts=tuple(_firsts(read, windows, template.begin())),
        lost=read.lost,
        errors=read.errors,
    )


@dataclass(frozen=True, kw_only=True)
class _Sentences:
    """Tokens of sentences, which are those of their words, one word after the other.

    Attributes:
        ids: Of all sentences.
        lengths: Tokens of each sentence; 0 for one with an error.
        words: Number in its sentence of each word that has a token, of all sentences.
        starts: First token in its sentence of each of these words.
        bounds: ``sentences + 1`` places of ``words`` and ``starts``.
        lost: For each sentence its words without a token.
        errors: Sentence -> why it has no tokens.
    """

    ids: Tokens
    lengths: Ints
    words: Ints
    starts: Ints
    bounds: Ints
    lost: tuple[tuple[int, ...], ...]
    errors: Mapping[int, str]


def _read_sentences(tokenizer: Any, sentences: Sequence[Sequence[str]]) -> _Sentences:
    """Tokenise each distinct word once: a tokenizer that is given words reads each by itself."""
    sizes = np.fromiter(map(len, sentences), dtype=np.int64, count=len(sentences))
    owners = np.repeat(np.arange(len(sentences)), sizes)
    numbers = ranges(np.zeros_like(sizes), sizes)
    table = tokenise(plain_backend(tokenizer), list(chain.from_iterable(sentences)))
    errors: dict[int, str] = {}
    for word in np.flatnonzero(np.isin(table.source, list(table.errors))).tolist() if table.errors else ():
        errors.setdefault(int(owners[word]), table.errors[int(table.source[word])])
    runs = table.runs()
    counts = np.where(np.isin(owners, list(errors)), 0, runs.lengths)
    lengths = np.bincount(owners, counts, minlength=len(sentences)).astype(np.int64)
    before = np.cumsum(lengths) - lengths
    spoken = counts > 0
    lost: list[tuple[int, ...]] = [()] * len(sentences)
    for word in np.flatnonzero(~spoken).tolist():
        owner = int(owners[word])
        lost[owner] = () if owner in errors else (*lost[owner], int(numbers[word]))
    return _Sentences(
        ids=runs.ids[ranges(runs.starts, counts)],
        lengths=lengths,
        words=numbers[spoken],
        starts=(np.cumsum(counts) - counts - before[owners])[spoken],
        bounds=np.searchsorted(owners[spoken], np.arange(len(sentences) + 1)),
        lost=tuple(lost),
        errors=errors,
    )


def _firsts(read: _Sentences, windows: Windows, begin: int) -> Iterator[Ints]:
    """For each window the words that it answers for, as `WordRows.firsts` has them; text begins at ``begin`` in a row."""
    counts = np.bincount(windows.owner, minlength=len(read.lengths))
    each = np.stack([read.starts + begin, read.words], axis=1)
    bounds = read.bounds.tolist()
    at = 0
    for owner in np.flatnonzero(counts).tolist():
        pairs, count = each[bounds[owner] : bounds[owner + 1]], int(counts[owner])
        if count == 1:
            yield pairs
        else:
            parts = list(
                zip(windows.starts[at : at + count].tolist(), windows.ends[at : at + count].tolist(), strict=True)
            )
            chosen = _choose(pairs[:, 0] - begin, parts, int(read.lengths[owner]))
            yield from (pairs[chosen == number] - (start, 0) for number, (start, _) in enumerate(parts))
        at += count


def _choose(positions: Ints, windows: Sequence[tuple[int, int]], length: int) -> Ints:
    """For each position the window that shows most on its poorer side; an end of the sentence takes nothing away."""
    if len(windows) < 2:
        return np.zeros(len(positions), dtype=np.int64)
    shown = np.full((len(windows), len(positions)), -1, dtype=np.int64)
    for number, (start, end) in enumerate(windows):
        left = positions - start if start else np.full(len(positions), length)
        right = end - 1 - positions if end < length else np.full(len(positions), length)
        inside = (positions >= start) & (positions < end)
        shown[number] = np.where(inside, np.minimum(left, right), -1)
    best: Ints = shown.argmax(axis=0)
    return best


def decode_tags(
    rows: WordRows, outputs: Sequence[NDArray[Any] | None], names: Sequence[str], sizes: Sequence[int]
) -> list[list[str]]:
    """A tag for each word of each sentence: that of its first token, and ``O`` for a word without one.

    Args:
        rows: Windows over the sentences.
        outputs: For each window raw outputs (tokens, outputs), or the number of the highest of each token (tokens); None
            where there are none.
        names: Tag of each output.
        sizes: Words of each sentence.
    """
    written = np.array(names, dtype=object)
    tags = [[OUTSIDE] * size for size in sizes]
    for owner, firsts, output in zip(rows.owner.tolist(), rows.firsts, outputs, strict=True):
        if output is None:
            continue
        spoken = output[firsts[:, 0]]
        numbers = spoken.argmax(axis=1) if spoken.ndim == 2 else spoken
        for word, tag in zip(firsts[:, 1].tolist(), written[numbers], strict=True):
            tags[owner][word] = tag
    return tags


class WordCodec:
    """Sentences of words with a tag each."""

    def __init__(self, task: Task, tokenizing: Tokenizing, head: HeadOutputs, options: CodecOptions) -> None:
        check_outputs(head.count, len(head.labels.to_task), tokenizing.shown)
        self.tokenizing, self.refuses_nan = tokenizing, True
        named = None if head.labels.origin == "user" else head.names
        self._scheme = options.scheme or (scheme_of_names(named.values()) if named else None)
        self._tags = _written(output_names(task, head.labels), named, self._scheme)
        self._words = next(iter(task.inputs))
        self._stride = self._choose_stride(options.doc_stride)
        space = byte_level_space(tokenizing.tokenizer)
        self.settings = {
            "doc_stride": str(self._stride),
            "truncation": "none: windows",
            **({} if self._scheme is None else {"scheme": self._scheme}),
            **({} if space is None else {"prefix_space": str(space).lower()}),
        }

    def encode(self, examples: Sequence[Example]) -> WordRows:
        """Windows over each sentence."""
        how = self.tokenizing
        sentences = [self._sentence(example) for example in examples]
        return encode_words(how.tokenizer, sentences, max_length=how.max_length, stride=self._stride, names=how.names)

    def texts_of_rows(self, rows: WordRows, examples: Sequence[Example]) -> dict[int, tuple[Any, ...]]:
        """The first rows that hold a whole sentence, with its words."""
        once = np.flatnonzero(np.bincount(rows.owner)[rows.owner] == 1)[:ROWS].tolist()
        return {row: (self._sentence(examples[rows.owner[row]]),) for row in once}

    def token_places(self, rows: WordRows, row: int, example: Example) -> TokenPlaces | str:
        """Which words the tokens of a window are of."""
        window = row - int(np.searchsorted(rows.owner, rows.owner[row]))
        sentence, ids = self._sentence(example), rows.encoded.row(row)
        return places_in_sentence(self.tokenizing, sentence, ids, name=self._words, window=window, stride=self._stride)

    def pick(self, outputs: Mapping[str, NDArray[np.float32]], batch: Batch | Buffer) -> list[Row]:
        """Raw outputs of each token, tokens x outputs, without those of padding."""
        logits = outputs["logits"]
        return [batch.of_text(logits, text).copy() for text in range(len(batch))]

    def decode(self, rows: WordRows, outputs: Sequence[Row | None], examples: Sequence[Example]) -> list[Prediction]:
        """One tag for each word.

        A word takes the tag of its first token, where most is shown around it. Words without a token are ``O`` and
        counted (``extra["counts"]``), and so are tags ``I-`` that continue no entity, where nobody said how the head
        writes tags. Where that was said, the tags are given in IOB2, and what is legal in the scheme in ``extra["strict"]``.
        """
        tags = decode_tags(rows, outputs, self._tags, [len(self._sentence(example)) for example in examples])
        windows = np.bincount(rows.owner, minlength=len(examples)).tolist()
        return [
            self._decode_one(some, {UNPREDICTED: len(lost), LONG: int(count > 1)})
            for some, lost, count in zip(tags, rows.lost, windows, strict=True)
        ]

    def places(
        self,
        rows: WordRows,
        outputs: Sequence[Row | None],
        examples: Sequence[Example],
        targets: Sequence[Sequence[Target]],
    ) -> list[Places | str]:
        """Where the tags of entities stand among the outputs of tokens, as `tag_places` says."""
        found: list[Places | str] = []
        for some, rows_of_one in zip(targets, rows.bounds(len(examples)), strict=True):
            firsts = first_tokens(range(*rows_of_one), rows.firsts)
            found.append(all_or_why(tag_places(target, firsts, outputs, self._tags, self._scheme) for target in some))
        return found

    def _decode_one(self, tags: Sequence[str], counts: dict[str, int]) -> Prediction:
        """The prediction for one sentence, with what the ledger adds up."""
        if self._scheme is None:
            counts |= {LOOSE: count_loose(tags)}
            read = Read(tuple(tags), None)
        else:
            read = read_tags(tags, self._scheme)
        counts = {name: count for name, count in counts.items() if count}
        strict = {} if read.strict is None else {"strict": read.strict}
        return Prediction(output=read.tags, extra=({"counts": counts} if counts else {}) | strict)

    def _sentence(self, example: Example) -> list[str]:
        return [str(word) for word in example.inputs[self._words]]

    def _choose_stride(self, wanted: int | None) -> int:
        how = self.tokenizing
        room = how.max_length - read_template(how.tokenizer, how.names, words=True).special
        if wanted is not None and wanted >= room:
            given = f"{how.shown}: doc_stride={wanted} with a max_length of {how.max_length}"
            raise ModelError(given, expected=f"less than the {room} tokens that a window shows", hint="?doc_stride=0")
        return room // 2 if wanted is None else wanted


def _written(meant: Sequence[str], named: Mapping[int, str] | None, scheme: Scheme | None) -> list[str]:
    """What each output writes: the task's types behind the head's own letters, where a scheme says how these are read."""
    if scheme is None or named is None:
        return list(meant)
    whole = whole_tags([named[at].strip() for at in range(len(meant))], scheme)
    letters = [parts(tag)[0] for tag in whole]
    return [f"{letter}-{parts(tag)[1]}" if parts(tag)[1] else tag for letter, tag in zip(letters, meant, strict=True)]
