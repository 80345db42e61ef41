"""Texts as heat maps: words, signs, steps, long texts, hostile ones."""

from __future__ import annotations

import re
from dataclasses import replace

from benchwright.render.heat_map import LONG, heat_map, shortened
from benchwright.render.shaded_text import ShadedPiece, ShadedText
from benchwright.testing import hostile


def text(*words):
    """Words with shares of 1 = the largest; blanks between them."""
    pieces = []
    for word, share in words:
        pieces += [*([ShadedPiece(" ", None, 0.0)] if pieces else []), ShadedPiece(word, share / 2, share)]
    return ShadedText("sentence", tuple(pieces))


def test_words_that_raise_and_lower_the_number_have_classes_by_steps_and_their_values_as_titles():
    shown = heat_map(text(("great", 1.0), ("film", 0.05), ("badly", -0.5)))
    assert shown == "<i class=r5 title=+0.500>great</i> film <i class=l3 title=−0.250>badly</i>"


def test_a_short_text_is_shown_whole():
    words = [(f"w{at}", 1.0 if at == 3 else 0.0) for at in range(LONG)]
    assert "<details" not in heat_map(text(*words))


def test_a_long_text_is_shown_around_the_words_that_count_most_and_says_how_many_are_left_out():
    words = [(f"w{at}", {100: 1.0, 40: -0.8}.get(at, 0.0)) for at in range(200)]
    shown = heat_map(text(*words))
    assert [int(one) for one in re.findall(r"<small> … (\d+) words … </small>", shown)] == [36, 51, 95]
    seen = re.findall(r"w\d+", shown)
    assert seen == [*(f"w{at}" for at in range(36, 45)), *(f"w{at}" for at in range(96, 105))]


def test_marked_words_that_are_left_out_can_be_opened():
    count_more = {at: 1.0 - at / 1000 for at in range(0, 60, 10)}
    words = [(f"w{at}", (count_more | {150: 0.3, 170: -0.2}).get(at, 0.0)) for at in range(200)]
    (hidden,) = re.findall(r"<details class=cut>(.*?)</details>", heat_map(text(*words)))
    assert hidden.startswith("<summary>… 145 words, 2 marked …</summary>")
    assert re.findall(r"w\d+", hidden) == ["w149", "w150", "w151", "w169", "w170", "w171"]


def test_a_long_text_in_which_no_word_counts_keeps_its_beginning():
    stretches = shortened(text(*[(f"w{at}", 0.0) for at in range(100)]).pieces)
    assert [one.hidden for one in stretches] == [False, True]


def test_nothing_of_a_hostile_text_becomes_markup():
    for bad in hostile.HOSTILE:
        shown = heat_map(ShadedText("x", (ShadedPiece(bad, 0.3, 1.0), ShadedPiece(bad, None, 0.0))))
        assert re.findall(r"<[^>]*>", shown) == ["<i class=r5 title=+0.300>", "</i>"]


def named(pieces, *which):
    return tuple(replace(piece, named=at in which) for at, piece in enumerate(pieces))


def test_what_is_explained_is_one_frame_also_around_marked_words():
    given = text(("met", 0.0), ("Ada", 1.0), ("Lovelace", 0.0), ("there", 0.0))
    shown = heat_map(replace(given, pieces=named(given.pieces, 2, 3, 4)))
    assert shown == "met <em><i class=r5 title=+0.500>Ada</i> Lovelace</em> there"


def test_both_ends_of_what_is_explained_are_seen_in_a_long_text_wherever_the_words_that_count_stand():
    given = text(*[(f"w{at}", 1.0 if at == 150 else 0.0) for at in range(200)])
    shown = heat_map(replace(given, pieces=named(given.pieces, *range(2 * 30, 2 * 60 + 1))))
    seen = re.findall(r"w\d+", re.sub(r"<details.*?</details>", "", shown))
    assert {"w30", "w60", "w150"} <= set(seen)
    assert "w45" not in seen
