"""Texts as heat maps: words, signs, steps, long texts, hostile ones."""

from __future__ import annotations

import re

from benchwright.render.heat_map import LONG, heat_map, shortened, signed
from benchwright.render.shaded_text import Piece, ShadedText
from benchwright.testing import hostile


def text(*words):
    """Words with shares of 1 = the largest; blanks between them."""
    pieces = []
    for word, share in words:
        pieces += [*([Piece(" ", None, 0.0)] if pieces else []), Piece(word, share / 2, share)]
    return ShadedText("sentence", tuple(pieces))


def test_words_that_raise_and_lower_the_number_have_classes_by_steps_and_their_values_as_titles():
    shown = heat_map(text(("great", 1.0), ("film", 0.05), ("badly", -0.5)))
    assert shown == "<i class=r5 title=+0.500>great</i> film <i class=l3 title=−0.250>badly</i>"


def test_a_short_text_is_shown_whole():
    words = [(f"w{at}", 1.0 if at == 3 else 0.0) for at in range(LONG)]
    assert "<details" not in heat_map(text(*words))


def test_a_long_text_is_shown_around_the_words_that_count_and_nothing_of_it_is_lost():
    words = [(f"w{at}", {100: 1.0, 40: -0.8}.get(at, 0.0)) for at in range(200)]
    shown = heat_map(text(*words))
    assert [int(one) for one in re.findall(r"… (\d+) words …", shown)] == [35, 49, 94]
    plain = re.sub(r"<summary>.*?</summary>|<[^>]*>", "", shown)
    assert plain == " ".join(word for word, _ in words)
    seen = re.sub(r"<details.*?</details>", "", shown)
    assert "w35" in seen
    assert "w34" not in re.findall(r"w\d+", seen)


def test_a_long_text_in_which_no_word_counts_keeps_its_beginning():
    stretches = shortened(text(*[(f"w{at}", 0.0) for at in range(100)]).pieces)
    assert [one.hidden for one in stretches] == [False, True]


def test_nothing_of_a_hostile_text_becomes_markup():
    for bad in hostile.HOSTILE:
        shown = heat_map(ShadedText("x", (Piece(bad, 0.3, 1.0), Piece(bad, None, 0.0))))
        assert re.findall(r"<[^>]*>", shown) == ["<i class=r5 title=+0.300>", "</i>"]


def test_values_have_signs_but_for_those_that_round_to_nothing():
    assert [signed(one) for one in (0.4121, -0.05, 0.0001, -0.0001, float("nan"))] == [
        "+0.412",
        "−0.050",
        "0.000",
        "0.000",
        "–",
    ]
