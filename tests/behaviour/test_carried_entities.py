"""Entities of a tagged original are carried through edits: whoever tags the variant as the original is the same, whatever the edits."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.behaviour.answers import clean, differing_entities, substituted
from benchwright.edits import Edit, project_tags
from benchwright.tags import entities

TAGS = st.lists(st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]), min_size=1, max_size=12)


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[str], tuple[Edit[tuple[str, ...]], ...]]:
    """Tags and edits of their words, in order and apart."""
    tags = draw(TAGS)
    cuts = sorted(draw(st.lists(st.integers(0, len(tags)), max_size=6)))
    pairs = [(cuts[at], cuts[at + 1]) for at in range(0, len(cuts) - 1, 2)]
    pairs = [pair for at, pair in enumerate(pairs) if at == 0 or pair[0] > pairs[at - 1][1]]
    sizes = [draw(st.integers(0, 3)) for _ in pairs]
    return tags, tuple(Edit(low, high, ("w",) * size) for (low, high), size in zip(pairs, sizes, strict=True))


@settings(max_examples=200, deadline=None)
@given(edited())
def test_the_carried_tags_differ_in_no_entity(case: tuple[list[str], tuple[Edit[tuple[str, ...]], ...]]) -> None:
    tags, edits = case
    carried = project_tags(tags, edits)
    if carried is not None:
        assert differing_entities(tags, carried, edits) == 0


@settings(max_examples=200, deadline=None)
@given(edited())
def test_each_entity_that_is_missed_counts_once(case: tuple[list[str], tuple[Edit[tuple[str, ...]], ...]]) -> None:
    tags, edits = case
    carried = project_tags(tags, edits)
    if carried is not None:
        assert differing_entities(tags, ["O"] * len(carried), edits) == len(entities(list(carried)))


def test_an_entity_that_an_edit_cuts_asks_for_nothing_where_it_was() -> None:
    """Of "New York Times said" came "New York wrote of": whether an organisation is left there cannot be said."""
    original, crossing = ["B-ORG", "I-ORG", "I-ORG", "O", "B-PER"], [(2, 4, ["wrote", "of"])]
    for found in (["B-ORG", "I-ORG", "O", "O"], ["O", "O", "B-LOC", "O"], ["O"] * 4):
        assert differing_entities(original, [*found, "B-PER"], crossing) == 0
        assert differing_entities(original, [*found, "O"], crossing) == 1


def test_of_an_entity_that_is_deleted_nothing_is_asked() -> None:
    assert differing_entities(["B-PER", "O"], ["O"], [(0, 1, [])]) == 0
    assert differing_entities(["B-PER", "O"], ["B-PER"], [(0, 1, [])]) == 1


def test_without_edits_entities_stand_where_they_stood() -> None:
    assert differing_entities(["B-PER", "O"], ["B-PER", "O"], None) == 0
    assert differing_entities(["B-PER", "O"], ["O", "B-PER"], None) == 2
    assert differing_entities(["B-PER", "O"], ["B-PER"], None) is None


@given(st.text(st.characters(categories=["L", "N", "Z"]), max_size=20))
def test_cleaning_twice_is_cleaning_once_for_texts_without_several_articles(text: str) -> None:
    once = clean(text)
    assert clean(once) == once or once.split(" ")[0] in {"a", "an", "the"}


def test_only_whole_words_are_substituted() -> None:
    assert substituted("Ann met Anna and Ann.", ("Ann", "Bo (\\1)")) == "Bo (\\1) met Anna and Bo (\\1)."
    assert substituted("Ann", None) == "Ann"


def test_where_edits_cut_every_entity_nothing_can_be_said() -> None:
    original, crossing = ["B-ORG", "I-ORG", "I-ORG", "O", "O"], [(2, 4, ["wrote", "of"])]
    assert differing_entities(original, ["B-ORG", "I-ORG", "O", "O", "O"], crossing) is None
    assert differing_entities(original, ["O"] * 5, crossing) is None
    assert differing_entities(original, ["O", "O", "O", "O", "B-PER"], crossing) == 1
