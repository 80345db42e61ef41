"""What was replaced by what is found from two texts, and checked by doing it again."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchwright.behaviour.substitutions import find_substitution, substitute

WORDS = st.text("abcdef", min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("original", "variant", "found"),
    [
        ("Ann lives in Rome. Who is Ann?", "Eve lives in Rome. Who is Eve?", ("Ann", "Eve")),
        ("James Watt came. Watt stayed.", "James Hill came. Watt stayed.", ("James Watt", "James Hill")),
        ("New York is large, says New York.", "Port Orange is large, says Port Orange.", ("New York", "Port Orange")),
        ("It was James O. McKinsey.", "It was Joshua Diaz.", ("James O. McKinsey", "Joshua Diaz")),
        ("In the United States", "In Peru", ("the United States", "Peru")),
    ],
)
def test_a_name_or_place_is_found(original, variant, found):
    assert find_substitution(original, variant) == found


@pytest.mark.parametrize(
    ("original", "variant"),
    [
        ("Ann met Bo.", "Eve met Cy."),
        ("Ann met Ann.", "Eve met Ann."),
        ("same", "same"),
    ],
)
def test_what_no_single_replacement_makes_is_not_guessed(original, variant):
    """Two names for two others, a name that was left in one place, no change at all."""
    found = find_substitution(original, variant)

    assert found is None or substitute(original, *found) == variant


@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_what_is_found_makes_the_variant(words, data):
    """A replaced word gives back its pair, or another that does the same."""
    old, new = data.draw(st.sampled_from(words)), data.draw(WORDS)
    original = " ".join(words)
    variant = substitute(original, old, new)
    assume(variant != original)

    found = find_substitution(original, variant)

    assert found is None or substitute(original, *found) == variant
    if new not in words:
        assert found is not None
