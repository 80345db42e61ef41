"""Scoring rules of masked language models as functions of ids: which rows are read, and what is made of what was read."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.encoders.encoded import Reads, Unique, merge_reads
from benchwright.encoders.masked_rules import RULES, Sentence, Slot, TokenRead, positions_by_block

MASK, BEGIN, END = 99, 1, 2
TOKENS = st.lists(st.integers(3, 9), min_size=1, max_size=8)


def sentence(tokens, words=None):
    return Sentence(ids=(BEGIN, *tokens, END), begin=1, words=tuple(words or range(len(tokens))))


@st.composite
def sentences(draw):
    tokens = draw(TOKENS)
    joined = draw(st.lists(st.booleans(), min_size=len(tokens), max_size=len(tokens)))
    return sentence(tokens, np.cumsum([not one for one in joined]).tolist())


def read(rule, *some):
    return RULES[rule].sentences(some, MASK)


@given(sentences())
def test_each_token_is_read_once_behind_a_mask_and_the_rest_is_left(one):
    """Both pseudo-log-likelihoods; special tokens are never masked and never read."""
    for rule in ("pll", "pll-word-l2r"):
        (readings,) = read(rule, one)
        assert [(reading.position, reading.token) for reading in readings] == [(at, one.ids[at]) for at in one.own]
        for row, position, _ in readings:
            assert row[position] == MASK
            assert all(row[at] == one.ids[at] for at in range(len(row)) if row[at] != MASK)
            assert (row[0], row[-1]) == (BEGIN, END)


@given(sentences())
def test_the_later_tokens_of_a_word_are_masked_with_it(one):
    """And no others: where every word is one token, both rules read the same rows."""
    (plain,), (words,) = read("pll", one), read("pll-word-l2r", one)
    for number, (row, position, _) in enumerate(words):
        hidden = {at for at, token in enumerate(row) if token == MASK}
        assert hidden == {1 + at for at in range(number, len(one.words)) if one.words[at] == one.words[number]}
        assert min(hidden) == position
    assert (plain == words) is (len(set(one.words)) == len(one.words))


@given(TOKENS, TOKENS)
def test_shared_and_differing_positions_are_all_positions(first, second):
    """Equal blocks hold equal ids in equal order; what is in none is the rest."""
    shared, differing = (positions_by_block(first, second, equal=equal) for equal in (True, False))

    assert [first[at] for at in shared[0]] == [second[at] for at in shared[1]]
    for ids, own, other in zip((first, second), shared, differing, strict=True):
        assert sorted(own + other) == list(range(len(ids)))


@given(TOKENS, TOKENS)
def test_rules_of_pairs_read_each_shared_or_differing_token_masked_alone(first, second):
    """The official rule reads as many tokens of both, and never the special ones at either end."""
    pair = (sentence(first), sentence(second))
    official, bench = read("official-2020", *pair), read("bias-bench-2022", *pair)

    assert [reading.token for reading in official[0]] == [reading.token for reading in official[1]]
    for one, readings in (*zip(pair, official, strict=True), *zip(pair, bench, strict=True)):
        assert all(reading.row.count(MASK) == 1 and reading.position in one.own for reading in readings)
    assert (bench == [(), ()]) or all(bench)


def test_sentences_that_share_nothing_or_lack_a_difference_score_nothing():
    assert read("official-2020", sentence([3]), sentence([4])) == [(), ()]
    assert read("bias-bench-2022", sentence([3]), sentence([3, 4])) == [(), ()]
    nothing = np.zeros(0)
    assert [RULES[name].score(nothing) for name in ("official-2020", "bias-bench-2022")] == [0.0, 0.0]


def test_three_sentences_are_no_pair():
    with pytest.raises(ValueError, match="3 options, and the rule compares two sentences"):
        read("official-2020", sentence([3]), sentence([4]), sentence([5]))


def test_a_candidate_is_filled_in_from_left_to_right():
    """By hand: [3 {4 5 6} 7]."""
    slot = Slot(contexts=((BEGIN, 3), (7, END)), candidate=(4, 5, 6))

    assert RULES["slot"].slot(slot, MASK) == (
        TokenRead((BEGIN, 3, MASK, MASK, MASK, 7, END), 2, 4),
        TokenRead((BEGIN, 3, 4, MASK, MASK, 7, END), 3, 5),
        TokenRead((BEGIN, 3, 4, 5, MASK, 7, END), 4, 6),
    )
    assert RULES["stereoset"].slot(slot, MASK) == (
        TokenRead((BEGIN, 3, MASK, 7, END), 2, 4),
        TokenRead((BEGIN, 3, 4, MASK, 7, END), 3, 5),
        TokenRead((BEGIN, 3, 4, 5, MASK, 7, END), 4, 6),
    )


def test_two_slots_hold_the_same_word_and_the_first_is_read():
    slot = Slot(contexts=((BEGIN,), (3,), (END,)), candidate=(4, 5))

    assert RULES["stereoset"].slot(slot, MASK) == (
        TokenRead((BEGIN, MASK, 3, MASK, END), 1, 4),
        TokenRead((BEGIN, 4, MASK, 3, 4, MASK, END), 2, 5),
    )


def test_scores_are_made_of_what_was_read_as_each_rule_says():
    """By hand, of two log-probabilities; attention weighs the terms of AULA."""
    values = np.array([math.log(0.5), math.log(0.25)])

    assert RULES["pll"].score(values) == pytest.approx(math.log(0.125))
    assert RULES["slot"].score(values) == pytest.approx(math.log(0.125))
    assert RULES["aul"].score(values) == pytest.approx(math.log(0.125) / 2)
    assert RULES["stereoset"].score(values) == pytest.approx(0.375)
    assert RULES["official-2020"].score(values) == -2.079
    assert RULES["bias-bench-2022"].score(values) == -1.04
    assert RULES["pll"].score(values, 1) == -2.1
    weighted = np.column_stack([values, [0.2, 0.4]])
    assert RULES["aula"].score(weighted) == pytest.approx((0.2 * math.log(0.5) + 0.4 * math.log(0.25)) / 2)


ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=4)), max_size=8
)


@given(ROWS)
def test_equal_rows_read_for_each_other_and_each_finds_its_own(rows):
    """``merge_reads`` against dictionaries: every (position, token) once for a distinct row, every read found again."""
    first: dict[int, int] = {}
    source = [first.setdefault(kind, len(first)) for kind, _ in rows]
    distinct = [next(at for at, (kind, _) in enumerate(rows) if kind == wanted) for wanted in first]
    flat = [pair for _, reads in rows for pair in reads]
    offsets = np.concatenate([[0], np.cumsum([len(reads) for _, reads in rows])]).astype(np.int64)
    pairs = np.array(flat, dtype=np.int64).reshape(-1, 2)
    unique = Unique(rows=np.array(distinct, dtype=np.int64), source=np.array(source, dtype=np.int64))
    merged, places = merge_reads(Reads(offsets=offsets, positions=pairs[:, 0], tokens=pairs[:, 1]), unique)

    for at, (_, reads) in enumerate(rows):
        own = merged.of(np.array([distinct[source[at]]]))
        found = list(zip(own.positions.tolist(), own.tokens.tolist(), strict=True))
        assert len(set(found)) == len(found)
        assert [found[place] for place in places[offsets[at] : offsets[at + 1]]] == reads
        assert at in distinct or merged.offsets[at] == merged.offsets[at + 1]
