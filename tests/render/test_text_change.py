"""What changed between two texts: the pieces give back both texts, mark whole words, and are found in bounded time."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.render.text_change import ChangePiece, abridge, find_changes, with_marks

TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(["a", "not", "good", " ", "  ", ",", "\n", "\u202e<b>"]), max_size=14).map("".join),
)


def side(pieces, left_out):
    """The old or the new text of pieces."""
    return "".join(piece.text for piece in pieces if piece.change != left_out)


@st.composite
def edited(draw):
    """A text, edits in order that do not overlap, and the text that they make."""
    old = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(old)), max_size=6)))
    edits = [(start, end, draw(st.text("ab -", max_size=4))) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    new, done = "", 0
    for start, end, replacement in edits:
        new += old[done:start] + replacement
        done = end
    return old, edits, new + old[done:]


@given(TEXTS, TEXTS)
@settings(max_examples=300)
def test_pieces_give_back_both_texts(old, new):
    """Without what was inserted they are the old text, without what was removed the new one; none is empty."""
    pieces = find_changes(old, new)

    assert side(pieces, "inserted") == old
    assert side(pieces, "removed") == new
    assert all(piece.text for piece in pieces)


@given(edited())
@settings(max_examples=300)
def test_pieces_by_edits_give_back_both_texts(case):
    """Known edits are taken as they are, wherever they cut words."""
    old, edits, new = case
    pieces = find_changes(old, new, edits)

    assert side(pieces, "inserted") == old
    assert side(pieces, "removed") == new


@given(TEXTS)
def test_equal_texts_are_one_kept_piece(text):
    """Nothing changed, nothing is marked."""
    assert all(piece.change == "kept" for piece in find_changes(text, text))
    assert len(find_changes(text, text)) <= 1


def test_words_that_changed_are_marked_with_characters():
    """Marks are read without colour, and a name that changed twice is marked twice."""
    pieces = find_changes("Anna met Tom, and Anna left.", "Maria met Tom, and Maria left.")

    assert with_marks(pieces) == "[-Anna-]{+Maria+} met Tom, and [-Anna-]{+Maria+} left."


def test_a_removed_word_leaves_no_inserted_piece():
    """Reducing a sentence shows what went."""
    assert with_marks(find_changes("It is not good.", "It is good.")) == "It is [-not -]good."


def test_an_edit_within_a_word_marks_the_word():
    """Two swapped letters are seen as a word that changed."""
    assert with_marks(find_changes("a great film", "a gerat film", [(3, 5, "er")])) == "a [-great-]{+gerat+} film"


def test_an_inserted_letter_marks_the_word_and_an_inserted_word_only_itself():
    """A plural changes its noun, a negation does not change the verb before it."""
    assert with_marks(find_changes("good film", "good films", [(9, 9, "s")])) == "good [-film-]{+films+}"
    assert with_marks(find_changes("it is good", "it is not good", [(5, 5, " not")])) == "it is{+ not+} good"


def test_edits_tell_which_of_two_equal_words_went():
    """Words alone cannot say it."""
    assert with_marks(find_changes("very very good", "very good", [(5, 10, "")])) == "very [-very -]good"


def test_edits_that_do_not_lead_to_the_new_text_are_left_aside():
    """Offsets of another text, of words, or beyond the end: then the words are compared."""
    for edits in ([(0, 1, "x")], [(0, 99, "x")], [(4, 2, "x")], [(0, 1, ["bad"])]):
        assert with_marks(find_changes("a good film", "a bad film", edits)) == "a [-good-]{+bad+} film"


def test_long_texts_that_differ_everywhere_are_one_change_at_once():
    """Comparing every word with every other would take minutes."""
    old = " ".join(f"w{at % 7}" for at in range(40_000))
    new = " ".join(f"w{at % 5}" for at in range(40_000))
    started = time.process_time()
    pieces = find_changes("a " + old, "a " + new)

    assert time.process_time() - started < 5
    assert side(pieces, "inserted") == "a " + old
    assert side(pieces, "removed") == "a " + new


def test_a_long_text_with_a_sentence_at_its_end_keeps_its_words():
    """What both texts begin and end with needs no comparison."""
    old = " ".join(f"w{at}" for at in range(40_000))

    assert find_changes(old, old + " More.") == (ChangePiece("kept", old), ChangePiece("inserted", " More."))


def test_abridged_pieces_show_what_is_beside_a_change():
    """A context of a thousand words is cut away from the word that changed; changes that are long are cut too."""
    pieces = (
        ChangePiece("kept", "x" * 500),
        ChangePiece("removed", "y" * 500),
        ChangePiece("kept", "z" * 500),
        ChangePiece("inserted", "!"),
    )
    short = abridge(pieces, beside=5, most=10)

    assert [piece.text for piece in short] == [" … xxxxx", "y" * 9 + "…", "zzzzz … zzzzz", "!"]
    assert abridge((ChangePiece("kept", "k" * 50),), most=10) == (ChangePiece("kept", "k" * 9 + "…"),)
    assert abridge(()) == ()
