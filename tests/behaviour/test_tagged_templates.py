"""Word lists with tags: an entity is what its brackets enclose, however many words fill it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.behaviour import Editor, tagged
from benchwright.errors import BenchwrightError
from benchwright.tags import entities

names = st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=3).map(" ".join)


def test_words_and_tags_come_out_together():
    filled = tagged(
        Editor(),
        "[PER {first} {last}] met [PER Bo] in [LOC {place}] .",
        first=["Ann"],
        last=["Lee", "van Dyck"],
        place=["New York"],
    )

    assert filled.data[1] == {"words": ["Ann", "van", "Dyck", "met", "Bo", "in", "New", "York", "."]}
    assert filled.labels[1] == ["B-PER", "I-PER", "I-PER", "O", "B-PER", "O", "B-LOC", "I-LOC", "O"]
    assert filled.slots[1] == {"first": "Ann", "last": "van Dyck", "place": "New York"}
    assert filled.templates[1] == "[PER {first} {last}] met [PER Bo] in [LOC {place}] ."


@settings(deadline=None)
@given(names, names)
def test_every_entity_is_the_filled_text(one, other):
    filled = tagged(Editor(), "so [A {x}] [A {y}] , [B the {y}] !", x=[one], y=[other])
    (words,), (tags,) = [item["words"] for item in filled], filled.labels

    found = [(entity.type, " ".join(words[entity.start : entity.end])) for entity in entities(tags)]
    assert found == [("A", one), ("A", other), ("B", f"the {other}")]
    assert len(words) == len(tags)


def test_an_article_stays_outside_of_the_entity():
    filled = tagged(Editor(), "{A:job} from [LOC {place[0]}]", job=["actor"], place=[["Rome", 1]])

    assert filled.labels == (["O", "O", "O", "B-LOC"],)


def test_what_fills_nothing_has_no_word():
    filled = tagged(Editor(), "[PER {title} Ann] came", title=["", "Dr"])

    assert filled.data[0] == {"words": ["Ann", "came"]}
    assert filled.labels == (["B-PER", "O"], ["B-PER", "I-PER", "O"])


@pytest.mark.parametrize("template", ["in [LOC {city}].", "in ([LOC {city}] )", "in [LOC {city}][LOC {city}]"])
def test_an_entity_without_a_space_is_refused(template):
    with pytest.raises(BenchwrightError, match="adjoins"):
        tagged(Editor(), template)


def test_other_brackets_are_words():
    assert tagged(Editor(), "[1] [LOC Rome]").data == ({"words": ["[1]", "Rome"]},)


def test_one_template_is_filled_at_a_time():
    with pytest.raises(BenchwrightError, match="the template is list"):
        tagged(Editor(), ["[A x]"])
