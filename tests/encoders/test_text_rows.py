"""Rows made of tokens of distinct texts are those that `transformers` makes of each text by itself."""

import numpy as np
import pytest
import transformers_checkpoints as checkpoints
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.checkpoints.tokenizer import open_tokenizer
from benchwright.encoders import encode
from benchwright.encoders.template import cut, cut_all
from benchwright.encoders.tokenise import TextRows, Tokenizing
from benchwright.encoders.words import encode_words

pytestmark = [pytest.mark.torch]

FAMILIES = ("bert", "roberta", "deberta-v3", "gpt2")
STRATEGIES = ("longest_first", "only_first", "only_second")

WORDS = st.sampled_from(
    ["the", "film", "lovely", "Caf\u00e9", "\u4f60\u597d", "x" * 12, " ", "\t", ".", "[SEP]", "</s>", "\u200b", "3,14"]
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory):
    """Tokenizers as the adapter opens them."""
    done = {}
    for family in FAMILIES:
        folder = tmp_path_factory.mktemp(family)
        checkpoints.FAMILIES[family][1]().save_pretrained(folder)
        done[family] = open_tokenizer(folder), open_tokenizer(folder, words=True)
    return done


def expect_row(tokenizer, texts, **options):
    """Ids and segments of the library's own call for one row, or None where it refuses."""
    try:
        found = tokenizer(*([text] for text in texts), padding=False, verbose=False, **options)
    except Exception:
        return None
    return {name: found[name][0] for name in ("input_ids", "token_type_ids") if name in found}


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=40)
@given(
    rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4),
    pair=st.booleans(),
    room=st.integers(1, 14),
    strategy=st.sampled_from(STRATEGIES[:2]) | st.sampled_from(STRATEGIES),
    side=st.sampled_from(["right", "left"]),
)
def test_rows_are_those_of_each_text_alone(tokenizers, family, rows, pair, room, strategy, side):
    """Ids, segments, what is cut off on which side, what is refused: as the library has it, one row at a time."""
    tokenizer, _ = tokenizers[family]
    tokenizer.truncation_side = side
    strategy = strategy if pair else "longest_first"
    longest = room + tokenizer.num_special_tokens_to_add(pair=pair)
    texts = [row if pair else row[:1] for row in rows]
    columns = [list(column) for column in zip(*texts, strict=True)]
    encoded = encode(tokenizer, *columns, max_length=longest, truncation=strategy, stand_in=1)

    for at, row in enumerate(texts):
        whole = expect_row(tokenizer, row, truncation=False)
        expected = expect_row(tokenizer, row, truncation=strategy, max_length=longest)
        assert encoded.truncated[at] == (len(whole["input_ids"]) > longest)
        if expected is None:
            assert "cannot shorten it enough" in encoded.errors[at]
            assert len(encoded.row(at)) == 0
        elif not expected["input_ids"]:
            assert encoded.row(at).tolist() == [1]
        else:
            assert {name: encoded.row(at, name).tolist() for name in encoded.columns} == expected


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=40)
@given(sentences=st.lists(st.lists(WORDS | st.just(""), max_size=9), min_size=1, max_size=4))
def test_words_are_those_of_each_sentence_alone(tokenizers, family, sentences):
    """Ids, the first token of each word, and the words without one, in rows that are cut into windows and in rows that are not."""
    tokenizer = tokenizers[family][1]
    for longest in (9, 99):
        found = encode_words(tokenizer, sentences, max_length=longest, stride=2)
        for at, words in enumerate(sentences):
            whole = (
                tokenizer([words], is_split_into_words=True, add_special_tokens=False).encodings[0] if words else None
            )
            owners = [] if whole is None else whole.word_ids
            mine = np.flatnonzero(found.owner == at).tolist()
            answered = [
                (int(word), int(found.encoded.row(row)[place])) for row in mine for place, word in found.firsts[row]
            ]
            assert sorted(answered) == [
                (word, whole.ids[owners.index(word)]) for word in range(len(words)) if word in owners
            ]
            assert found.lost[at] == tuple(word for word in range(len(words)) if word not in owners)


def test_a_text_is_tokenised_once_however_often_it_is_given(tokenizers):
    """A premise with three hypotheses, an option of every question."""
    tokenizer, _ = tokenizers["bert"]
    rows = TextRows(Tokenizing(tokenizer=tokenizer, max_length=99), texts=2)
    seen = []

    class Watched:
        truncation = padding = None

        def encode_batch_fast(self, texts, **options):
            seen.extend(texts)
            return tokenizer.backend_tokenizer.encode_batch_fast(texts, **options)

    class Around:
        is_fast, truncation_side, backend_tokenizer = True, "right", Watched()

    rows._how = Tokenizing(tokenizer=Around(), max_length=99)
    rows.encode(["the film"] * 3, ["a", "the", "a"])

    assert seen == ["the film", "a", "the"]


def test_a_class_that_makes_rows_in_its_own_way_is_asked_for_them(tokenizers):
    """What stands around texts is not put there by us where the library's call gives something else."""
    inner, _ = tokenizers["bert"]

    class Reversing:
        is_fast, truncation_side, backend_tokenizer = True, "right", inner.backend_tokenizer

        def __call__(self, firsts, seconds=None, **options):
            found = inner(firsts, seconds, **options)
            for row in found["input_ids"]:
                row.reverse()
            return found

    found = encode(Reversing(), ["the lovely film"], max_length=99)

    assert found.row(0).tolist() == inner("the lovely film")["input_ids"][::-1]


@given(
    lengths=st.lists(st.integers(0, 60), min_size=1, max_size=5),
    room=st.integers(1, 20),
    share=st.floats(0, 0.99),
    least=st.integers(0, 1),
)
def test_windows_of_many_runs_are_those_of_each(lengths, room, share, least):
    """Nothing changes by making them at once."""
    stride = int(room * share)
    found = cut_all(np.array(lengths), room, stride, least=least)

    expected = [
        (owner, start, end)
        for owner, length in enumerate(lengths)
        for start, end in cut(length, room, stride) or [(0, 0)] * least
    ]
    assert list(zip(found.owner.tolist(), found.starts.tolist(), found.ends.tolist(), strict=True)) == expected
