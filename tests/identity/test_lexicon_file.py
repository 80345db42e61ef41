"""A user's lexicon: its terms are exchanged, and everything wrong with it is told at once."""

import pytest

from benchwright.errors import ConfigError
from benchwright.identity import chosen, read_lexicon

GOOD = """
[dialect]
title = "Dialect"

[dialect.northern]
person = ["Northerner"]
persons = ["Northerners"]
drink = ["tea", "iced tea"]

[dialect.southern]
person = ["Southerner"]
persons = ["Southerners"]
drink = ["coffee", "iced coffee"]
"""


@pytest.fixture
def lexicon(tmp_path):
    """The dimensions of a text written as a file."""

    def read(text, name="own.toml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return read_lexicon(tmp_path / name)

    return read


def test_terms_of_ones_own_are_exchanged_the_longest_first(lexicon, swapped):
    """Terms inside of others are no mistake: iced tea is one, and teapot is none."""
    own = lexicon(GOOD)

    assert swapped("A Northerner drinks iced tea, tea or a teapot.", "dialect", own=own) == {
        "southern": "A Southerner drinks iced coffee, coffee or a teapot."
    }


def test_without_dimensions_those_of_the_lexicon_are_meant_and_with_them_both_can_be_named(lexicon):
    """One of the same name takes the place of the one that ships."""
    own = lexicon(GOOD + GOOD.replace("dialect", "gender"))

    assert [one.name for one in chosen((), own)] == ["dialect", "gender"]
    assert chosen(("gender",), own)[0] is own[1]
    assert [one.name for one in chosen(("religion", "dialect"), own)] == ["religion", "dialect"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("[d.a]\n[d.b]\nx = ['one']", "d.a: the group is empty"),
        ("[d.a]\nx = []\n[d.b]\nx = ['one']", "d.a.x: it is empty"),
        ("[d.a]\nx = ['one']", "it has the group a alone"),
        ("[d]\ntitle = 'D'", "it has no group"),
        ("[d.a]\nx = ['one']\n[d.b]\nx = ['One']", "'one' stands in the groups a and b"),
        ("[d.a]\nx = ['one  two']\n[d.b]\nx = ['one two']", "stands in the groups a and b"),
        ("[d.a]\nx = ['caf\u00e9']\n[d.b]\nx = ['Cafe\u0301']", "'caf\u00e9' stands in the groups a and b"),
        ("[d.a]\nx = ['man']\n[d.b]\nx = ['m\u0430n']", "'man' and 'm\\u0430n', which look alike, stand in the groups"),
        ("[d.a]\nx = ['man']\n[d.b]\nx = ['man\u200b']", "invisible characters (U+200B)"),
        ("[d.a]\nx = ['one', ' ']\n[d.b]\nx = ['two']", "it holds ' '"),
        ("[d.a]\nx = ['one', '']\n[d.b]\nx = ['two']", "it holds ''"),
        ("[d.a]\nx = ['one', '?!']\n[d.b]\nx = ['two']", "it holds '?!'"),
        ("[d.a]\nx = ['one', 3]\n[d.b]\nx = ['two']", "it holds a number"),
        ("[d.a]\nx = ['one', 'one']\n[d.b]\nx = ['two']", "it holds 'one' twice"),
        ("[d.a]\nx = 7\n[d.b]\nx = ['two']", "d.a.x: it is a number"),
        ("[d.a]\nx = ['one']\n[d.b]\ny = ['two']", "it has the forms x"),
        ("d = 1", "d: it is a number"),
        ("[d]\nkind = 'name'\n[d.a]\nx = ['one']\n[d.b]\nx = ['two']", "one of: words, names, places"),
        ("[d]\nnot_before = 'x'\n[d.a]\nx = ['one']\n[d.b]\nx = ['two']", "a list of words"),
        ("[d]\nwhole = 'x'\n[d.a]\nx = ['one']\n[d.b]\nx = ['two']", "true or false"),
        ("[d]\nambigous = ['x']\n[d.a]\nx = ['one']\n[d.b]\nx = ['two']", "d.ambigous"),
        ("['my d'.a]\nx = ['one']\n['my d'.b]\nx = ['two']", "cannot be typed"),
        ("[d]\nkind = 'places'\n[d.a]\nx = ['one']\ny = ['p', 'q']\n[d.b]\nx = ['two']\ny = ['r']", "x 1, y 2"),
        ("[d\n", "own.toml, line 1"),
    ],
)
def test_a_mistake_in_a_lexicon_is_told_with_its_place(lexicon, text, said):
    """What it is and what was expected."""
    with pytest.raises(ConfigError) as raised:
        lexicon(text)

    assert said in str(raised.value)


def test_every_mistake_is_told_at_once(lexicon):
    """In one answer."""
    with pytest.raises(ConfigError) as raised:
        lexicon("[d.a]\nx = []\n[d.b]\nx = [3]\n[e.a]\nx = ['one']")

    assert len(raised.value.problems) == 3


def test_beside_an_empty_group_its_neighbour_is_no_second_mistake(lexicon):
    """Which forms the other could share is not known yet."""
    with pytest.raises(ConfigError) as raised:
        lexicon("[d.a]\n[d.b]\nx = ['one']")

    assert len(raised.value.problems) == 1


@pytest.mark.parametrize(
    ("make", "said"), [("nothing", "there is no such file"), ("folder", "is a folder"), ("large", "bytes")]
)
def test_a_file_that_cannot_be_read_is_told(tmp_path, make, said):
    """Missing, a folder, too large."""
    path = tmp_path / "own.toml"
    if make == "folder":
        path.mkdir()
    if make == "large":
        path.write_bytes(b"#" * 1_000_001)

    with pytest.raises(ConfigError, match=said):
        read_lexicon(path)


def test_names_of_ones_own_are_drawn(lexicon, swapped):
    """Of a dimension that says that its terms are names."""
    own = lexicon(
        "[team]\nkind = 'names'\n[team.red]\nmember = ['Zorro', 'Zelda']\n[team.blue]\nmember = ['Quil', 'Quent']"
    )

    new = swapped("Zorro and Zelda won; Zorro cried.", "team", own=own)["blue"]
    one, _, other, *_ = new.split()
    assert {one, other} == {"Quil", "Quent"}
    assert new == f"{one} and {other} won; {one} cried."


def test_a_term_may_have_several_spellings_of_which_the_first_is_written(lexicon, swapped):
    """``a | b``: either is found."""
    own = lexicon("[d.a]\nx = ['colour | color']\n[d.b]\nx = ['hue | tint']")

    assert swapped("color", "d", own=own) == {"b": "hue"}
    assert swapped("a tint", "d", own=own) == {"a": "a colour"}
