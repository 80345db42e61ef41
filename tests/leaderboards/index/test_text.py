"""Texts come back from a database as they went in."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchwright_leaderboards.index import text

ANY = st.text(
    alphabet=st.characters(categories=None) | st.sampled_from("\x00\ud800\udfff\U0010f000\U0010f800\U0010f8ff")
)


@settings(max_examples=200, deadline=None)
@given(ANY, ANY)
@example("\x00", "\U0010f8ff\U0010f800")
def test_what_is_kept_can_be_stored_and_comes_back(one, other):
    """No NUL and no half of a pair is left; two texts stay two; a part stays a part."""
    kept = text.kept(one)

    assert "\x00" not in kept
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert text.given(kept) == one
    assert (kept == text.kept(other)) == (one == other)
    assert kept in text.kept(f"a{one}b")


def test_ordinary_texts_are_kept_as_they_are():
    """Letters of any script and signs are not touched."""
    assert text.kept("a'b\"c\n\u05e9\U0001f600\x1b") == "a'b\"c\n\u05e9\U0001f600\x1b"
