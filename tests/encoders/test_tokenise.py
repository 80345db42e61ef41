"""Truncation is counted exactly, and a text that cannot be tokenised is an error of its own row."""

import numpy as np

from benchwright import encoders


class Letters:
    """A tokenizer with one token per letter, 1 and 2 around each text; it calls a lone second text like `transformers`."""

    def __init__(self):
        self.calls = 0

    def __call__(self, firsts, seconds=None, *, truncation, max_length=None, **_):
        self.calls += 1
        rows = [self._row(first, second, truncation, max_length) for first, second in self._pairs(firsts, seconds)]
        return {"input_ids": [ids for ids, _ in rows], "token_type_ids": [kinds for _, kinds in rows]}

    def _pairs(self, firsts, seconds):
        assert isinstance(firsts, list)
        return zip(firsts, seconds or [None] * len(firsts), strict=True)

    def _row(self, first, second, truncation, max_length):
        first.encode()
        texts = [list(map(ord, text)) for text in (first, second) if text is not None]
        special = len(texts) + 1
        while truncation and sum(map(len, texts)) + special > max_length:
            victim = {"only_first": 0, "only_second": len(texts) - 1}.get(truncation)
            victim = int(np.argmax([len(text) for text in texts])) if victim is None else victim
            if not texts[victim]:
                raise ValueError("sequence to truncate too short")
            texts[victim].pop()
        ids, kinds = [1], [0]
        for kind, text in enumerate(texts):
            ids += [*text, 2]
            kinds += [kind] * (len(text) + 1)
        return ids, kinds


class Bare(Letters):
    """The same without special tokens."""

    def _row(self, first, second, truncation, max_length):
        ids = list(map(ord, first + (second or "")))[:max_length]
        return ids, [0] * len(ids)


def test_truncated_means_longer_than_the_maximum():
    """A row that fits exactly is not truncated, one token more is."""
    encoded = encoders.encode(Letters(), ["abc", "abcd", "abcdefgh"], max_length=6)

    assert encoded.truncated.tolist() == [False, False, True]
    assert encoded.lengths.tolist() == [5, 6, 6]
    assert encoded.row(2).tolist() == [1, *map(ord, "abcd"), 2]


def test_the_strategy_decides_which_text_is_cut():
    """longest_first, only_first and only_second give other ids of the same length."""
    rows = {
        strategy: encoders.encode(Letters(), ["aaaa"], ["bbbbbb"], max_length=9, truncation=strategy).row(0).tolist()
        for strategy in ("longest_first", "only_first", "only_second")
    }

    assert [row.count(ord("a")) for row in rows.values()] == [3, 0, 4]
    assert all(len(row) == 9 for row in rows.values())


def test_a_pair_that_cannot_be_cut_enough_is_an_error_of_its_row():
    """The other rows keep their answers."""
    encoded = encoders.encode(Letters(), ["a", "a"], ["b" * 9, "b"], max_length=6, truncation="only_first")

    assert list(encoded.errors) == [0]
    assert "only_first" in encoded.errors[0]
    assert encoded.lengths.tolist() == [0, 5]


def test_a_text_that_cannot_be_tokenised_is_an_error_of_its_row():
    """A lone surrogate does not take its neighbours down."""
    encoded = encoders.encode(Letters(), ["fine", "\ud800", "x"], max_length=9)

    assert list(encoded.errors) == [1]
    assert "UnicodeEncodeError" in encoded.errors[1]
    assert encoded.lengths.tolist() == [6, 0, 3]


def test_one_call_serves_all_texts_that_fit():
    """Batch calls, not a call per text."""
    tokenizer = Letters()
    encoders.encode(tokenizer, ["a"] * 500, max_length=9)

    assert tokenizer.calls == 1


def test_an_empty_second_text_keeps_the_form_of_a_pair():
    """A pair whose second text is empty has both separators."""
    encoded = encoders.encode(Letters(), ["a"], [""], max_length=9)

    assert encoded.row(0).tolist() == [1, ord("a"), 2, 2]


def test_an_input_without_tokens_is_read_as_the_stand_in():
    """Or is an error where there is none."""
    assert encoders.encode(Bare(), ["", "a"], max_length=9, stand_in=7).row(0).tolist() == [7]
    assert list(encoders.encode(Bare(), ["", "a"], max_length=9).errors) == [0]


def test_only_wanted_columns_are_kept():
    """A model without segments gets none."""
    assert list(encoders.encode(Letters(), ["a"], max_length=9, names=["input_ids"]).columns) == ["input_ids"]


def test_no_texts_give_no_rows():
    """An empty shard is fine."""
    assert len(encoders.encode(Letters(), [], max_length=9)) == 0
