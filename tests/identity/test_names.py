"""Given names are drawn for each item; words, months, places and parts of other names are left."""

import pytest

from benchwright.identity import built_in


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("We met Ali in Rome.", 1),
        ("Ali's sister called Ali.", 2),
        ("Ali Haddad came. Mr Haddad was late.", 3),
        ("Carlos Haddad came.", 1),
        ("They thanked Grace for it.", 1),
        ("Grace is a virtue.", 0),
        ("They thanked Grace. Grace smiled.", 2),
        ("She will mark it in April, I hope.", 0),
        ("He will leave on May 3.", 0),
        ("It stands in the Rose Garden.", 0),
        ("a song by Elton John", 0),
        ("at St. George's Chapel in Fort Wayne", 0),
        ("George Street and Charles III", 0),
        ("William of Orange and Richard the Lionheart", 0),
        ("as it says in Daniel 7", 0),
        ("When John came, Mr. John Smith left.", 3),
        ("Anne-Marie and @James and #James", 0),
        ("directed by jose campanella with grace and hope", 1),
        ("ALI CAME", 1),
        ("jamesian prose, Carlosesque", 0),
        ("Prophet Muhammad", 0),
        ("They toppled Mr. Hussein.", 0),
        ("Mr. Hussein Haddad came.", 2),
        ("Prince Harry waved.", 0),
        ("my Uncle Tom came", 1),
        ("They posted May sales.", 0),
        ("They met May Miller.", 2),
    ],
)
def test_names_are_taken_only_where_they_are_names(counted, text, taken):
    """Capitals, what stands before and behind, and whether the word is a name elsewhere in the item."""
    assert counted(text, "ethnicity")[0] == taken


def test_what_is_drawn_keeps_gender_and_is_the_same_everywhere_in_the_item(swapped):
    """One of the women of each other group for a woman; the surname goes along."""
    new = swapped("Fatima Haddad met Omar. Haddad knew Omar's aunt.", "ethnicity")

    assert set(new) == {"african_american", "anglo", "hispanic", "east_asian", "south_asian"}
    for group, text in new.items():
        forms = built_in("ethnicity").group(group).forms
        woman, surname, _, man = text.rstrip(".").replace(".", "").split()[:4]
        assert (woman,) in forms["female"]
        assert (surname,) in forms["surname"]
        assert (man,) in forms["male"]
        assert text == f"{woman} {surname} met {man}. {surname} knew {man}'s aunt."


def test_several_names_of_a_group_are_drawn_and_none_is_ambiguous_or_there_already(swapped):
    """Three draws, three names; a name that the item holds stays that person's."""
    ambiguous = built_in("ethnicity").ambiguous
    texts = swapped("Omar met the peter plant.", "ethnicity", names=3)

    assert {len(set(new)) for new in texts.values()} == {3}
    drawn = {text.split()[0].lower() for new in texts.values() for text in new}
    assert not drawn & ambiguous
    assert "peter" not in drawn


def test_a_possessive_of_a_name_in_s_fits_the_new_name(swapped):
    """Carlos' house: Omar's house, unless the new name ends so too."""
    for text in swapped("Carlos' house", "ethnicity").values():
        name = text.removesuffix(" house")
        assert name.endswith(("'s", "s'"))


def test_in_a_sentence_to_tag_names_are_taken_inside_of_persons_alone(tagged):
    """Paris is a town, Jordan a country; the gold entity says which James is a person."""
    words = ["James", "lives", "in", "James", "Town"]

    assert tagged(words, ((0, 1), (3, 5)), ((0, 1),), "ethnicity")["arabic"][1:] == ("lives", "in", "James", "Town")
    assert tagged(words, ((3, 5),), (), "ethnicity") == {}


@pytest.mark.parametrize("form", ["female", "male"])
def test_every_group_has_forty_names_and_each_stands_in_one_group(form):
    """As many that can be drawn: those that are also words come on top."""
    ethnicity = built_in("ethnicity")
    names = {group.name: {term[0].lower() for term in group.forms[form]} for group in ethnicity.groups}

    assert all(len(some - ethnicity.ambiguous) >= 37 for some in names.values())
    assert all(len(some) >= 40 for some in names.values())
    every = [name for some in names.values() for name in some]
    assert len(every) == len(set(every))
