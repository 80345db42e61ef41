"""Short names: never two alike."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchwright.formatting import shorten


def test_short_names_stay_as_they_are():
    """What fits is not touched."""
    assert shorten(["bert", "roberta"], 20) == ["bert", "roberta"]


def test_both_ends_are_kept():
    """Where ends tell names apart, both ends are shown."""
    assert shorten(["distilbert-base-uncased", "bert"], 20) == ["distilbert…e-uncased", "bert"]


def test_the_differing_middle_is_kept():
    """Names that differ in the middle show the middle."""
    names = [f"organisation-with-a-long-name-{at}-and-a-long-end" for at in range(3)]

    assert shorten(names, 20) == [f"…with-a-long-name-{at}…" for at in range(3)]


@given(st.lists(st.text(alphabet="ab-", max_size=60), unique=True, max_size=30))
def test_different_names_stay_different(names):
    """No two names become one, and all are short."""
    short = shorten(names, 20)

    assert len(set(short)) == len(names)
    assert all(len(name) <= 20 for name in short)
