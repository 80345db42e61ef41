"""Texts with marks, cut into segments."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchwright.render.segments import GOLD, Ending, Segment, SpanMark, cut_segments
from benchwright.render.text_change import ChangePiece, find_changes


def test_a_text_without_marks_is_one_plain_segment() -> None:
    assert cut_segments("a film") == (Segment("a film"),)


def test_overlapping_spans_are_cut_where_either_begins_or_ends() -> None:
    # gold: "New York", model 0: "York City" in "in New York City".
    found = cut_segments("in New York City", [SpanMark(3, 11, GOLD, "LOC"), SpanMark(7, 16, 0, "LOC")])
    assert found == (
        Segment("in "),
        Segment("New ", gold=True),
        Segment("York", gold=True, models=(0,), ends=(Ending(gold=True, models=(), label="LOC"),)),
        Segment(" City", models=(0,), ends=(Ending(gold=False, models=(0,), label="LOC"),)),
    )


def test_models_that_agree_with_gold_share_one_ending() -> None:
    (found,) = cut_segments("Lima", [SpanMark(0, 4, GOLD, "LOC"), SpanMark(0, 4, 2, "LOC"), SpanMark(0, 4, 0, "LOC")])
    assert found.ends == (Ending(gold=True, models=(0, 2), label="LOC"),)


def test_changed_words_and_spans_are_drawn_in_one_text() -> None:
    pieces = find_changes("Ana met Bo", "Eva met Bo")
    found = cut_segments("Eva met Bo", [SpanMark(0, 3, 1, "PER")], pieces)
    assert [(one.text, one.change, one.models) for one in found] == [
        ("Ana", "removed", ()),
        ("Eva", "inserted", (1,)),
        (" met Bo", "kept", ()),
    ]


def test_a_long_text_is_shown_around_what_is_marked_in_it() -> None:
    text = "a" * 50_000 + "GOLD" + "b" * 50_000
    found = cut_segments(text, [SpanMark(50_000, 50_004, GOLD)])
    assert "GOLD" in [one.text for one in found]
    assert sum(len(one.text) for one in found) < 600


def test_a_long_text_without_marks_keeps_its_beginning() -> None:
    (found,) = cut_segments("x" * 100_000, longest=100)
    assert found.text == "x" * 100 + " … "


def test_signs_that_cannot_be_seen_are_marks_and_do_not_move_spans() -> None:
    found = cut_segments("\u202eab\x00cd", [SpanMark(4, 6, GOLD)])
    assert [one.text for one in found] == ["\\u202eab\\x00", "cd"]


@given(
    st.text(alphabet="ab \u05d0", min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(-2, 42), st.integers(-2, 42), st.integers(-1, 3)), max_size=8),
)
def test_segments_joined_are_the_text_and_each_is_covered_by_the_marks_over_it(
    text: str, places: list[tuple[int, int, int]]
) -> None:
    marks = [SpanMark(start, end, who) for start, end, who in places]
    found = cut_segments(text, marks)
    assert "".join(one.text for one in found) == text
    at = 0
    for one in found:
        inside = [m for m in marks if 0 <= m.start < m.end <= len(text) and m.start <= at < m.end]
        assert one.gold == any(m.who == GOLD for m in inside)
        assert set(one.models) == {m.who for m in inside if m.who != GOLD}
        at += len(one.text)


@given(st.text(alphabet="ab ", max_size=20), st.text(alphabet="ab ", max_size=20))
def test_without_what_was_removed_segments_are_the_changed_text(old: str, new: str) -> None:
    pieces: tuple[ChangePiece, ...] = find_changes(old, new)
    found = cut_segments(new, [SpanMark(1, 3, 0)], pieces)
    assert "".join(one.text for one in found if one.change != "removed") == new
